//! `examples/many-machines`: picklebench on every file, by a Dask cluster of two
//! workers on this machine.
//!
//! Dask is looked for where `.ci/run` puts it, then in `python3`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::command::{files, stderr};
use picklebench::formats::Formats;
use picklebench::results::Operation;
use serde_json::Value;
use tempfile::TempDir;

/// The Python that has Dask, if there is one.
fn python_with_dask() -> Option<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/many-machines/bin/python");
    let has_dask = |python: &PathBuf| {
        let tried = Command::new(python)
            .args(["-c", "import distributed"])
            .output();
        tried.is_ok_and(|output| output.status.success())
    };
    let found = [own, "python3".into()].into_iter().find(has_dask);
    if found.is_none() {
        eprintln!("SKIPPED: no Python here has dask[distributed]");
    }
    found
}

/// Twenty files: one is cut short, one would call something, half of the others lie
/// deeper.
fn twenty_files() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("in/deeper")).unwrap();
    for number in 0..18_u8 {
        let deeper = if number % 2 == 0 { "" } else { "deeper/" };
        let pickle = [b"\x80\x04](K", &[number][..], b"K\x02e."].concat();
        fs::write(
            folder.path().join(format!("in/{deeper}{number:02}.pkl")),
            pickle,
        )
        .unwrap();
    }
    fs::write(
        folder.path().join("in/call.pkl"),
        b"cos\nsystem\n(S'ls'\ntR.",
    )
    .unwrap();
    fs::write(folder.path().join("in/cut.pkl"), b"\x80\x04](K\x01K").unwrap();
    folder
}

fn on_dask(python: &Path, folder: &TempDir, arguments: &[&str]) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/many-machines/on_dask.py");
    let mut command = Command::new(python);
    command.arg(script).args(["--workers", "2"]).args(arguments);
    command.current_dir(folder).output().unwrap()
}

/// The rows of a table in JSON, by the end of the file's name.
fn row<'a>(rows: &'a [Value], file: &str) -> &'a Value {
    let found = rows
        .iter()
        .find(|row| row["file"].as_str().unwrap().ends_with(file));
    found.unwrap_or_else(|| panic!("no row of {file}"))
}

fn rows(folder: &TempDir, output: &Output) -> Vec<Value> {
    let text = fs::read(folder.path().join("all.json"));
    let text = text.unwrap_or_else(|error| panic!("{error}: {}", stderr(output)));
    serde_json::from_slice(&text).unwrap()
}

/// What `convert` writes, and the endings that go when a file gets another.
#[test]
fn the_script_knows_the_endings_of_all_formats() {
    let script = include_str!("../../examples/many-machines/on_dask.py");
    let within = |start: &str, end: &str| {
        let rest = script.split(start).nth(1).unwrap();
        rest.split(end).next().unwrap()
    };
    let (endings, plain) = (within("ENDINGS = {", "\n}"), within("PLAIN = (", "\n)"));
    let packed = within("PACKED = (", ")");
    let formats = Formats::built_in();
    let is_usual = cfg!(not(any(
        feature = "more-formats",
        feature = "arrow-ipc",
        feature = "parquet",
        feature = "avro"
    )));
    let mut lines = 0;
    for format in formats.for_any_record(Operation::StreamWrite) {
        let (name, ending) = (format.name(), format.extensions()[0]);
        let line = format!("    \"{name}\": \".{ending}\",");
        let is_there = endings.lines().any(|there| there == line);
        assert!(is_there || !is_usual, "{line}");
        lines += usize::from(is_there);
    }
    assert_eq!(endings.trim().lines().count(), lines, "none beyond these");
    // Those of formats that are not of the usual build make no difference here.
    for ending in formats.iter().flat_map(|format| format.extensions()) {
        let quoted = |part: &str| format!("\".{part}\"");
        let is_known = match ending.split_once('.') {
            Some((inner, packing)) => {
                plain.contains(&quoted(inner)) && packed.contains(&quoted(packing))
            }
            None => plain.contains(&quoted(ending)),
        };
        assert!(is_known || !is_usual, "{ending}");
    }
}

#[test]
fn two_workers_do_twenty_files() {
    let Some(python) = python_with_dask() else {
        return;
    };
    let folder = twenty_files();
    let program = ["--program", env!("CARGO_BIN_EXE_picklebench")];
    let convert = [
        "convert",
        "in",
        "out",
        "-o",
        "all.json",
        "--",
        "--to",
        "json-lines",
    ];
    let output = on_dask(&python, &folder, &[&program[..], &convert].concat());
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let told = "all.json: 20 files, 2 failed";
    assert!(stderr(&output).contains(told), "{}", stderr(&output));
    let all = rows(&folder, &output);
    assert_eq!(all.len(), 20);
    let whole = all.iter().filter(|row| row["exit_code"] == 0);
    assert_eq!(whole.count(), 18);
    let message = row(&all, "in/cut.pkl")["error"].as_str().unwrap();
    assert!(message.contains("the input ends at byte"), "{message}");
    let message = row(&all, "in/call.pkl")["error"].as_str().unwrap();
    assert!(message.contains("refused: os.system"), "{message}");
    // 18 files and the folder of half of them, and nothing unfinished.
    let made = files(&folder.path().join("out"));
    assert_eq!(made.len(), 19, "{made:?}");
    let deeper = fs::read(folder.path().join("out/deeper/17.jsonl"));
    assert_eq!(deeper.unwrap(), b"17\n2\n");
}

#[test]
fn what_is_killed_is_tried_again_and_a_listing_will_do() {
    let Some(python) = python_with_dask() else {
        return;
    };
    let folder = twenty_files();
    let at = |name: &str| folder.path().join(name);
    // Dies the first time that it is given 03.pkl, and whenever it is given 05.pkl.
    let flaky = format!(
        "#!/bin/sh\ncase $2 in\n*03.pkl) [ -e {met} ] || {{ touch {met}; kill -9 $$; }};;\n\
         *05.pkl) kill -9 $$;;\nesac\nexec {program} \"$@\"\n",
        met = at("met").to_str().unwrap(),
        program = env!("CARGO_BIN_EXE_picklebench"),
    );
    fs::write(at("flaky"), flaky).unwrap();
    let made = Command::new("chmod")
        .args(["+x", "flaky"])
        .current_dir(&folder)
        .status();
    assert!(made.unwrap().success());
    let listing: Vec<String> = [1, 3, 5, 7]
        .iter()
        .map(|number| {
            format!(
                "file://{}",
                at(&format!("in/deeper/0{number}.pkl")).to_str().unwrap()
            )
        })
        .collect();
    fs::write(at("listing.txt"), listing.join("\n")).unwrap();
    let inspect = [
        "--program",
        "./flaky",
        "inspect",
        "listing.txt",
        "-o",
        "all.json",
    ];
    let output = on_dask(&python, &folder, &inspect);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let all = rows(&folder, &output);
    assert_eq!(all.len(), 4);
    assert!(at("met").exists());
    for number in [1, 3, 7] {
        let row = row(&all, &format!("0{number}.pkl"));
        assert_eq!((&row["exit_code"], &row["records"]), (&0.into(), &2.into()));
    }
    let killed = row(&all, "05.pkl");
    assert_eq!(killed["exit_code"], Value::Null);
    let message = killed["error"].as_str().unwrap();
    assert!(
        message.contains("ended with -9") || message.contains("ended with 137"),
        "{message}"
    );
}
