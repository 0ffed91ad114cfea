//! `picklebench generate`: the dataset as a file, the same as CPython's.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use crate::command::{files, run, stderr, stdout};

/// Made by `data/samples/make_tuples.py`, in CPython.
const SAMPLE: &str = include_str!("../../data/samples/tuples-100-42-text.txt");

#[test]
fn text_is_what_cpython_prints() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(
        &folder,
        &["generate", "text", "-o", "-", "-n", "100", "--seed", "42"],
    );
    assert_eq!(stdout(&output), SAMPLE);
}

#[test]
fn cpython_reads_text_and_prints_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(
        &folder,
        &["generate", "text", "-o", "-", "-n", "20_000", "--seed", "7"],
    );
    let script = "\
import ast, sys
for line in sys.stdin:
    record = ast.literal_eval(line)
    assert [type(x) for x in record] == [float, str, int]
    print(record)";
    let python = Command::new("python3")
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut python) = python else {
        eprintln!("SKIPPED: there is no python3 to read the text with");
        return;
    };
    let mut stdin = python.stdin.take().unwrap();
    let text = output.stdout.clone();
    let feeder = std::thread::spawn(move || stdin.write_all(&text));
    let printed = python.wait_with_output().unwrap();
    feeder.join().unwrap().unwrap();
    assert!(printed.stdout == output.stdout);
}

#[test]
fn a_file_without_a_name_goes_to_the_data_folder() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(&folder, &["generate", "text", "-n", "100"]);
    assert_eq!(stdout(&output), "data/tuples-100-42-text.txt\n");
    let text = fs::read_to_string(folder.path().join("data/tuples-100-42-text.txt")).unwrap();
    assert_eq!(text, SAMPLE);
    let names = files(&folder.path().join("data"));
    assert_eq!(
        names,
        ["tuples-100-42-text.txt", "tuples-100-42-text.txt.sha256"]
    );
}

#[test]
fn an_unknown_format_names_those_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(&folder, &["generate", "yaml", "-o", "x"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("serde-pickle/protocol-3, "),
        "{}",
        stderr(&output)
    );
    assert!(files(folder.path()).is_empty());
}
