//! `picklebench convert` where something is wrong: a message that names the
//! place, an exit code, and never half a file.

use std::fs;
use std::io::Write;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::command::{
    files, folder_with, picklebench, run, run_with_room_for, signal, stderr, stdout,
};
use crate::convert_support::{COMMON, PYTHON_ONLY, assert_refused, convert, read, through_pipe};
use tempfile::TempDir;

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    run(
        &folder,
        &["generate", "pickle/protocol-4", "-n", "1e5", "-o", "a.pkl"],
    );
    let mut child = picklebench(&folder)
        .args(["convert", "a.pkl", "-", "--to", "text"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(stderr(&output), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn formats_that_nobody_can_tell() {
    let folder = folder_with(&[("a.txt", b"1\n"), ("odd", b"%PDF-1.7\n")]);
    let left = ["a.txt", "odd"];
    for (arguments, says) in [
        (
            &["a.txt", "out"][..],
            "cannot tell the format of out by its name; say --to pickle, text",
        ),
        (
            &["a.txt", "-"],
            "cannot tell the format of standard output by its name; say --to",
        ),
        (
            &["odd", "out.pkl"],
            "cannot tell the format of odd by its content or its name; say --from",
        ),
        (
            &["none.txt", "out.pkl"],
            "cannot read none.txt: No such file",
        ),
        (&[".", "out.pkl"], ". and out.pkl lie within each other"),
        (
            &["a.txt", "no/out.pkl"],
            "cannot write no/out.pkl: No such file",
        ),
        (
            &["a.txt", ".", "--to=text"],
            "cannot write .: is a directory; name a file in it",
        ),
        (
            &["a.txt", "b.pkl", "--protocol=6"],
            "[possible values: 0, 1, 2, 3, 4, 5]",
        ),
        (&["a.txt", "b.pkl", "--to=yaml"], "invalid value 'yaml'"),
        (&["a.txt", "b.pkl", "--line-bytes=x"], "'x'"),
    ] {
        let output = run(&folder, &[&["convert"], arguments].concat());
        assert_refused(&folder, &output, &[says], &left);
    }
}

#[test]
fn errors_show_the_place() {
    let folder = folder_with(&[
        ("a.txt", b"(1, 2)\n(1, 2; 3)\n"),
        ("b.jsonl", b"[1, 2]\n[1, \"x\" 2]\n"),
    ]);
    let output = run(&folder, &["convert", "a.txt", "out.pkl"]);
    let shown = "\
error: cannot read a.txt: line 2, column 6: expected ',' or ')', found ';'
  (1, 2; 3)
       ^
if it is not text, say --from pickle, json, json-lines, csv, messagepack or cbor
";
    assert_eq!(stderr(&output), shown);
    let output = run(
        &folder,
        &["convert", "b.jsonl", "out.pkl", "--from=json-lines"],
    );
    let shown = "\
error: cannot read b.jsonl: line 2, column 9: expected `,` or `]`
  [1, \"x\" 2]
          ^
";
    assert_eq!(stderr(&output), shown);
    let output = through_pipe(&folder, &["-", "out.pkl"], b"(1, 2; 3)\n");
    assert!(stderr(&output).contains("standard input: line 1, column 6"));
    assert_eq!(files(folder.path()), ["a.txt", "b.jsonl"]);
}

#[test]
fn code_in_a_pickle_is_refused() {
    let folder = folder_with(&[
        (
            "a.pkl",
            b"\x80\x04\x8c\x08builtinscbuiltins\neval\n(K\x01tR\x86.",
        ),
        ("b.pkl", b"](K\x01cos\nsystem\n(X\x02\0\0\0lstRe."),
    ]);
    for (name, says) in [
        (
            "a.pkl",
            "error: cannot read a.pkl: refused: builtins.eval at byte 12: \
             picklebench reads data, it does not run code; say --objects fields",
        ),
        (
            "b.pkl",
            "error: cannot read b.pkl: refused: os.system at byte 4: \
             picklebench reads data, it does not run code; say --objects fields",
        ),
    ] {
        let output = run(&folder, &["convert", name, "out.txt"]);
        assert_refused(&folder, &output, &[says], &["a.pkl", "b.pkl"]);
        let output = through_pipe(&folder, &["-", "out.txt"], &read(&folder, name));
        assert_refused(
            &folder,
            &output,
            &["standard input: refused: "],
            &["a.pkl", "b.pkl"],
        );
    }
}

#[test]
fn input_that_is_cut_short_is_an_error_and_no_file() {
    let all = format!("{COMMON}{PYTHON_ONLY}");
    let folder = folder_with(&[("all.txt", all.as_bytes())]);
    convert(&folder, &["all.txt", "whole.pkl"]);
    let whole = read(&folder, "whole.pkl");
    for end in [0, 1, 2, 10, whole.len() / 2, whole.len() - 1] {
        fs::write(folder.path().join("cut.pkl"), &whole[..end]).unwrap();
        let left = ["all.txt", "cut.pkl", "whole.pkl"];
        let output = run(&folder, &["convert", "cut.pkl", "out.txt"]);
        assert_refused(
            &folder,
            &output,
            &["cannot read cut.pkl: ", "at byte"],
            &left,
        );
        let output = through_pipe(&folder, &["-", "out.txt", "--from=pickle"], &whole[..end]);
        assert_refused(&folder, &output, &["standard input: ", "at byte"], &left);
    }
}

#[test]
fn what_json_cannot_hold_is_named() {
    for line in PYTHON_ONLY.lines().skip(1) {
        let text = format!("[1]\n{line}\n");
        let folder = folder_with(&[("a.txt", text.as_bytes())]);
        let output = run(&folder, &["convert", "a.txt", "a.jsonl"]);
        let says = [
            "cannot convert a.txt: record 2 holds ",
            "which JSON cannot; text and pickle can",
        ];
        assert_refused(&folder, &output, &says, &["a.txt"]);
    }
    let folder = folder_with(&[("a.txt", b"{1: 2}\n")]);
    let output = run(&folder, &["convert", "a.txt", "a.jsonl"]);
    assert_refused(
        &folder,
        &output,
        &[
            "record 1 holds a dict with a key of type int, which JSON cannot; text and pickle can; \
             or say --keys str or repr\n",
        ],
        &["a.txt"],
    );
}

#[test]
fn limits_can_be_set() {
    let long = format!("'{}'\n", "x".repeat(1000));
    let folder = folder_with(&[
        ("deep.txt", b"[[[[1]]]]\n"),
        ("long.txt", long.as_bytes()),
        (
            "int.txt",
            b"12345678901234567890123456789012345678901234567890\n",
        ),
    ]);
    for name in ["deep", "long", "int"] {
        convert(
            &folder,
            &[
                &format!("{name}.txt"),
                &format!("{name}.pkl"),
                "--protocol=0",
            ],
        );
    }
    for (name, limit, text_says, pickle_says) in [
        ("deep", "--depth=3", "(limit `depth`)", "depth = 3 allows"),
        (
            "long",
            "--line-bytes=900",
            "(limit `line_bytes`)",
            "raise --line-bytes",
        ),
        (
            "int",
            "--integer-digits=40",
            "(limit `int_digits`)",
            "raise --integer-digits",
        ),
        (
            "int",
            "--int-digits=40",
            "(limit `int_digits`)",
            "raise --integer-digits",
        ),
    ] {
        for (end, says) in [("txt", text_says), ("pkl", pickle_says)] {
            let output = run(
                &folder,
                &["convert", &format!("{name}.{end}"), "-", "--to=text", limit],
            );
            assert_eq!(output.status.code(), Some(2));
            assert!(
                stderr(&output).contains(says),
                "{says}: {}",
                stderr(&output)
            );
        }
    }
    let output = run(
        &folder,
        &["convert", "long.pkl", "-", "--to=text", "--item-bytes=900"],
    );
    assert!(
        stderr(&output).contains("raise --item-bytes"),
        "{}",
        stderr(&output)
    );
    // Beyond the default, for those who know what they do.
    let digits = format!("{}\n", "9".repeat(5000));
    for (name, content) in [
        ("wide.txt", digits.as_bytes()),
        ("wide.jsonl", digits.as_bytes()),
    ] {
        fs::write(folder.path().join(name), content).unwrap();
        let output = run(&folder, &["convert", name, "-", "--to=text"]);
        assert!(
            stderr(&output).contains("int_digits"),
            "{}",
            stderr(&output)
        );
        let output = convert(&folder, &[name, "-", "--to=text", "--int-digits=5000"]);
        assert_eq!(stdout(&output), digits);
    }
}

#[test]
#[cfg(unix)]
fn a_full_disk_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    run(
        &folder,
        &["generate", "text", "-n", "10_000", "-o", "a.txt"],
    );
    fs::write(folder.path().join("old.pkl"), "old").unwrap();
    for to in ["old.pkl", "new.jsonl", "new.txt"] {
        let output = run_with_room_for(&folder, 40, &["convert", "a.txt", to]);
        let says = [
            &format!("cannot write {to}: File too large")[..],
            "make room",
        ];
        assert_refused(&folder, &output, &says, &["a.txt", "old.pkl"]);
    }
    assert_eq!(read(&folder, "old.pkl"), b"old");
}

/// A conversion that goes on until it is told to stop.
#[cfg(unix)]
fn start_endless(folder: &TempDir, arguments: &[&str]) -> Child {
    let child = picklebench(folder)
        .arg("convert")
        .args(arguments)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    while files(folder.path()).is_empty() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(5));
    }
    child
}

#[cfg(unix)]
fn assert_interrupted(folder: &TempDir, child: Child) {
    signal("INT", child.id());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("interrupted"),
        "{}",
        stderr(&output)
    );
    assert!(
        files(folder.path()).is_empty(),
        "{:?}",
        files(folder.path())
    );
}

#[test]
#[cfg(unix)]
fn an_interrupt_leaves_no_file_behind() {
    // While it works.
    let folder = tempfile::tempdir().unwrap();
    let mut child = start_endless(&folder, &["-", "out.txt", "--from=text"]);
    let mut stdin = child.stdin.take().unwrap();
    let feeder = thread::spawn(move || while stdin.write_all(b"(1, 2)\n").is_ok() {});
    thread::sleep(Duration::from_millis(50));
    assert_interrupted(&folder, child);
    feeder.join().unwrap();
    // While it waits for what does not come.
    for start in [&b""[..], b"(1, 2)\n(3"] {
        let mut child = start_endless(&folder, &["-", "out.txt", "--from=text"]);
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(start).unwrap();
        assert_interrupted(&folder, child);
    }
}
