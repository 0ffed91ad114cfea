//! A folder in the place of a file: `convert`, `inspect` and `sizeof` over all that
//! is in it.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, SystemTime};

use crate::command::{
    end_within, files, json_of, picklebench, run, signal, stderr, stdout, wait_for,
};
use serde_json::Value;
use tempfile::TempDir;

/// `[1, 2]`, of protocol 4.
pub const PAIR: &[u8] = b"\x80\x04]\x94(K\x01K\x02e.";

/// A pickle that ends too early.
pub const CUT: &[u8] = b"\x80\x04]\x94(K\x01K";

/// A pickle of `os.system("ls")`.
pub const CALL: &[u8] = b"cos\nsystem\n(S'ls'\ntR.";

/// A folder with these files in it, and the folders that they are in.
pub fn tree(all: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in all {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

/// Paths of all files below a folder, in order.
pub fn paths(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let path = path.strip_prefix(folder).unwrap();
                found.push(path.to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

pub fn assert_code(output: &Output, code: i32) {
    let message = stderr(output);
    assert_eq!(output.status.code(), Some(code), "{message}");
    assert!(!message.contains("panicked"), "{message}");
}

/// Each line as a JSON document of its own; the last line is whole as well.
fn json_lines(output: &Output) -> Vec<Value> {
    let text = stdout(output);
    assert!(text.is_empty() || text.ends_with('\n'), "{text:?}");
    let lines = text.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().unwrap()
}

pub const TO_ROWS: &[&str] = &["convert", "in", "out", "--to", "json-lines"];

#[test]
fn files_keep_their_paths_and_get_the_ending_of_the_format() {
    let folder = tree(&[
        ("in/a.pkl", PAIR),
        ("in/b/c.d/e.v2.pickle", PAIR),
        ("in/b/rows", PAIR),
        ("in/log.2026-01-02", PAIR),
        ("in/log.2026-01-03", PAIR),
        ("in/text.txt", b"[1, 2]\n"),
        ("in/.hidden.pkl", PAIR),
        ("in/.git/a.pkl", PAIR),
        ("in/.picklebench-AbCd12", b"not finished"),
        ("in/a.pkl.sha256", b"a sum"),
    ]);
    let gzip = Command::new("gzip")
        .args(["-c", "in/a.pkl"])
        .current_dir(&folder)
        .output();
    if let Ok(packed) = gzip {
        fs::write(folder.path().join("in/packed.pkl.gz"), packed.stdout).unwrap();
    }
    let output = run(&folder, TO_ROWS);
    assert_code(&output, 0);
    let mut expected = vec![
        "a.jsonl",
        "b/c.d/e.v2.jsonl",
        "b/rows.jsonl",
        "log.2026-01-02.jsonl",
        "log.2026-01-03.jsonl",
        "packed.jsonl",
        "text.jsonl",
    ];
    if !folder.path().join("in/packed.pkl.gz").exists() {
        expected.retain(|name| *name != "packed.jsonl");
    }
    assert_eq!(paths(&folder.path().join("out")), expected);
    for name in &expected {
        let text = fs::read_to_string(folder.path().join("out").join(name)).unwrap();
        let alone = if *name == "text.jsonl" {
            "[1,2]\n"
        } else {
            "1\n2\n"
        };
        assert_eq!(text, alone, "{name}");
    }
    let records = 2 * (expected.len() - 1) + 1;
    let files = expected.len();
    let told = format!("out: {files} files, {records} records\n");
    assert_eq!(stderr(&output), told);
}

#[test]
fn what_fails_is_told_at_the_end_and_the_rest_is_done() {
    let folder = tree(&[
        ("in/a.pkl", PAIR),
        ("in/b/cut.pkl", CUT),
        ("in/c.pkl", CALL),
        ("in/d.pkl", PAIR),
        ("in/empty.pkl", b""),
    ]);
    let output = run(&folder, TO_ROWS);
    assert_code(&output, 1);
    let message = stderr(&output);
    assert_eq!(paths(&folder.path().join("out")), ["a.jsonl", "d.jsonl"]);
    for told in [
        "3 of 5 files failed:\n",
        "\n  cannot read in/b/cut.pkl: the input ends at byte 8",
        "\n  cannot read in/c.pkl: refused: os.system at byte 0",
        "in/empty.pkl",
        "\nout: 2 files, 4 records\n",
    ] {
        assert!(message.contains(told), "{told:?} is not in: {message}");
    }
    // A refused name is no failure of looking at it.
    for (arguments, failed) in [
        (&["inspect", "in"][..], "2 of 5 files failed"),
        (&["sizeof", "--file", "in"], "2 of 5 files failed"),
    ] {
        let output = run(&folder, arguments);
        assert_code(&output, 1);
        let (message, lines) = (stderr(&output), stdout(&output));
        assert!(message.contains(failed), "{message}");
        assert!(message.contains("in/b/cut.pkl"), "{message}");
        for name in ["in/a.pkl", "in/c.pkl", "in/d.pkl"] {
            let line = lines.lines().find(|line| line.ends_with(name));
            assert!(line.is_some(), "{name}: {lines}");
        }
    }
    let calls = stdout(&run(&folder, &["inspect", "in"]));
    let line = calls
        .lines()
        .find(|line| line.ends_with("in/c.pkl"))
        .unwrap();
    let figures: Vec<&str> = line.split_whitespace().collect();
    // A record, which is refused because it would call something.
    assert_eq!(figures[3..6], ["1", "1", "1"], "{line}");
}

#[test]
fn json_is_a_document_a_line_also_of_what_fails() {
    let folder = tree(&[
        ("in/a.pkl", PAIR),
        ("in/b.pkl", CUT),
        ("in/c.json", b"nothing of Python's"),
    ]);
    for arguments in [
        &["inspect", "in", "--json"][..],
        &["sizeof", "--file", "in", "--json", "--jobs", "2"],
    ] {
        let output = run(&folder, arguments);
        assert_code(&output, 1);
        let lines = json_lines(&output);
        let names: Vec<&Value> = lines.iter().map(|line| &line["file"]).collect();
        assert_eq!(
            names,
            ["in/a.pkl", "in/b.pkl", "in/c.json"],
            "{arguments:?}"
        );
        assert!(lines[2]["error"]["message"].is_string(), "{}", lines[2]);
    }
    // The same document as of the file alone.
    let of_folder = json_lines(&run(&folder, &["inspect", "in", "--json"]));
    let alone = json_of(&run(&folder, &["inspect", "in/a.pkl", "--json"]));
    assert_eq!(of_folder[0], alone);
    let of_folder = json_lines(&run(&folder, &["sizeof", "--file", "in", "--json"]));
    let mut alone = json_of(&run(&folder, &["sizeof", "--file", "in/a.pkl", "--json"]));
    alone["file"] = "in/a.pkl".into();
    assert_eq!(of_folder[0], alone);
}

#[test]
fn one_file_that_does_not_fit_makes_the_exit_code() {
    let large = b"[".to_vec();
    let mut large = large;
    large.extend(b"'0123456789abcdef', ".repeat(100_000));
    large.push(b']');
    let folder = tree(&[("text/large.txt", &large), ("in/a.pkl", PAIR)]);
    let made = ["convert", "text", "in", "--to", "pickle"];
    assert_code(&run(&folder, &made), 0);
    let fits = |limit| run(&folder, &["sizeof", "--file", "in", "--fits", limit]);
    assert_code(&fits("8GiB"), 0);
    let output = fits("17MiB");
    assert_code(&output, 1);
    let told = "1 file does not load in 17.0 MiB\n";
    assert!(stderr(&output).contains(told), "{}", stderr(&output));
    let lines = stdout(&output);
    let line = |name: &str| lines.lines().find(|line| line.ends_with(name)).unwrap();
    assert!(line("in/a.pkl").contains("yes, "), "{lines}");
    assert!(line("in/large.pkl").contains("no, "), "{lines}");
}

#[test]
fn folders_within_folders_and_very_many_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut deep = folder.path().join("in");
    for _ in 0..800 {
        deep.push("d");
    }
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("z.pkl"), PAIR).unwrap();
    // More than are listed at once.
    for number in 0..20_000 {
        fs::write(folder.path().join(format!("in/{number:05}.pkl")), PAIR).unwrap();
    }
    let output = run(&folder, &["inspect", "in", "--jobs", "2"]);
    assert_code(&output, 0);
    let lines = stdout(&output);
    let names: Vec<&str> = lines
        .lines()
        .skip(1)
        .map(|line| line.split_whitespace().last().unwrap())
        .collect();
    assert_eq!(names.len(), 20_001);
    assert!(names.is_sorted());
    assert!(names[20_000].ends_with("/d/d/z.pkl"));
    fs::remove_dir_all(folder.path().join("in")).unwrap();
}

#[test]
fn several_at_a_time_come_to_the_same() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("in")).unwrap();
    for number in 0..150_usize {
        // Some of them take much longer than others.
        let items = if number.is_multiple_of(50) {
            50_000
        } else {
            number % 7
        };
        let mut pickle = b"\x80\x04](".to_vec();
        pickle.extend(b"K\x01".repeat(items));
        pickle.extend(if number % 40 == 39 { &b"K"[..] } else { b"e." });
        fs::write(folder.path().join(format!("in/{number:03}.pkl")), pickle).unwrap();
    }
    for arguments in [
        &["inspect", "in"][..],
        &["inspect", "in", "--json"],
        &[
            "sizeof", "--file", "in", "--python", "3.11", "--fits", "1GiB",
        ],
        &["convert", "in", "out", "--to", "text"],
    ] {
        let one = run(&folder, arguments);
        let of_one = content(&folder.path().join("out"));
        let several = run(&folder, &[arguments, &["--jobs", "5"]].concat());
        assert_code(&one, 1);
        assert_code(&several, 1);
        assert_eq!(stdout(&one), stdout(&several), "{arguments:?}");
        assert_eq!(stderr(&one), stderr(&several), "{arguments:?}");
        assert!(of_one == content(&folder.path().join("out")));
    }
    assert_eq!(content(&folder.path().join("out")).len(), 147);
}

/// All files below a folder, with what is in them.
fn content(folder: &Path) -> Vec<(String, Vec<u8>)> {
    if !folder.exists() {
        return Vec::new();
    }
    let all = paths(folder).into_iter();
    let all = all.map(|name| (name.clone(), fs::read(folder.join(name)).unwrap()));
    all.collect()
}

#[test]
fn resuming_does_what_is_missing_or_older() {
    let folder = tree(&[
        ("in/a.pkl", PAIR),
        ("in/b/b.pkl", PAIR),
        ("in/b/c.pkl", PAIR),
        ("in/d.pkl", CUT),
    ]);
    let at = |name: &str| folder.path().join(name);
    let resume = [TO_ROWS, &["--resume"]].concat();
    // As old as files are that have been there for a while.
    let then = SystemTime::now() - Duration::from_secs(60);
    for name in ["in/a.pkl", "in/b/b.pkl", "in/b/c.pkl"] {
        fs::File::options()
            .write(true)
            .open(at(name))
            .unwrap()
            .set_modified(then)
            .unwrap();
    }
    assert_code(&run(&folder, &resume), 1);
    let number = |name: &str| fs::metadata(at(name)).unwrap().ino();
    let kept = number("out/a.jsonl");
    let old = number("out/b/b.jsonl");
    fs::remove_file(at("out/b/c.jsonl")).unwrap();
    fs::write(at("in/b/b.pkl"), b"\x80\x04](K\x07e.").unwrap();
    fs::write(at("in/d.pkl"), PAIR).unwrap();
    let after = SystemTime::now() + Duration::from_secs(60);
    fs::File::options()
        .write(true)
        .open(at("in/b/b.pkl"))
        .unwrap()
        .set_modified(after)
        .unwrap();
    let output = run(&folder, &resume);
    assert_code(&output, 0);
    assert_eq!(
        stderr(&output),
        "out: 3 files, 5 records, 1 file there already\n"
    );
    assert_eq!(number("out/a.jsonl"), kept);
    assert_ne!(number("out/b/b.jsonl"), old);
    assert_eq!(fs::read(at("out/b/b.jsonl")).unwrap(), b"7\n");
    assert_eq!(fs::read(at("out/b/c.jsonl")).unwrap(), b"1\n2\n");
    // Without the flag all are made again.
    assert_code(&run(&folder, TO_ROWS), 0);
    assert_ne!(number("out/a.jsonl"), kept);
}

/// A folder of files that take a moment each.
fn slow_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("in")).unwrap();
    let mut pickle = b"\x80\x04](".to_vec();
    pickle.extend(b"K\x01".repeat(200_000));
    pickle.extend(b"e.");
    for number in 0..200 {
        fs::write(folder.path().join(format!("in/{number:03}.pkl")), &pickle).unwrap();
    }
    folder
}

#[test]
fn an_interrupt_leaves_no_half_file_and_resuming_goes_on() {
    let folder = slow_folder();
    let out = folder.path().join("out");
    let arguments = [TO_ROWS, &["--resume", "--jobs", "2"]].concat();
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let before = files(&out).len();
        let mut command = picklebench(&folder);
        let command = command
            .args(&arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        wait_for("next file", || {
            let made = files(&out)
                .into_iter()
                .filter(|name| name.ends_with(".jsonl"));
            made.count() >= before + 3
        });
        signal(name, child.id());
        let output = end_within(child, 20);
        assert_code(&output, code);
        let message = stderr(&output);
        assert!(message.contains("done before the interrupt"), "{message}");
        assert!(!message.contains("failed"), "{message}");
        let made = content(&out);
        assert!(made.len() < 200, "it came too late");
        let expected = b"1\n".repeat(200_000);
        for (name, content) in made {
            assert!(name.ends_with(".jsonl") && content == expected, "{name}");
        }
    }
    let there = files(&out).len();
    let output = run(&folder, &arguments);
    assert_code(&output, 0);
    let told = format!(", {there} files there already\n");
    assert!(stderr(&output).ends_with(&told), "{}", stderr(&output));
    assert_eq!(files(&out).len(), 200);
}

#[test]
fn an_interrupt_leaves_no_half_document() {
    let folder = slow_folder();
    let all = folder.path().join("all.jsonl");
    let mut command = picklebench(&folder);
    let command = command.args(["inspect", "in", "--json", "--jobs", "2"]);
    let command = command
        .stdout(fs::File::create(&all).unwrap())
        .stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    wait_for("first line", || fs::metadata(&all).unwrap().len() > 0);
    signal("INT", child.id());
    assert_code(&end_within(child, 20), 130);
    let text = fs::read_to_string(&all).unwrap();
    assert!(text.ends_with('\n'));
    for line in text.lines() {
        let of_file: Value = serde_json::from_str(line).unwrap();
        assert_eq!(
            (&of_file["records"], &of_file["error"]),
            (&200_000.into(), &Value::Null)
        );
    }
}

#[test]
fn limits_and_what_is_left_out_are_those_of_each_file() {
    let folder = tree(&[("in/a.pkl", PAIR), ("in/b.pkl", PAIR), ("in/c.pkl", CALL)]);
    let limited = [TO_ROWS, &["--output-bytes", "4", "--objects", "skip"]].concat();
    let output = run(&folder, &limited);
    // Two files of four bytes each; a record is left out.
    assert_code(&output, 1);
    let message = stderr(&output);
    let told = "in/c.pkl: 1 record with such objects was left out\n";
    assert!(message.contains(told), "{message}");
    assert!(message.ends_with("out: 3 files, 4 records\n"), "{message}");
    let limited = [TO_ROWS, &["--output-bytes", "3"]].concat();
    let message = stderr(&run(&folder, &limited));
    assert!(message.contains("3 of 3 files failed"), "{message}");
}

#[test]
fn help_and_completions_teach_it() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["convert", "inspect", "sizeof"] {
        let help = stdout(&run(&folder, &[command, "--help"]));
        assert!(help.contains("--jobs"), "{help}");
        assert!(help.contains("folder"), "{help}");
    }
    let script = stdout(&run(&folder, &["completions", "bash"]));
    assert!(script.contains("--jobs") && script.contains("--resume"));
}
