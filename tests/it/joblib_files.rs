//! Files of joblib, whose arrays lie between the parts of a pickle: every command reads
//! them. `fixtures/joblib/make.py` made the files.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{folder_with, json_of, run, stderr, stdout};
use crate::convert_support::through_pipe;

const MODEL: &str = "{'weights': [[0.0], [0.0, 1.0], [0.0, 1.0, 2.0]], \
    'names': ['x', 'weights'], 'shape': [[0, 1, 2], [3, 4, 5]]}\n";

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/joblib")
        .join(name)
}

#[test]
fn arrays_are_read_whatever_is_around_them() {
    let folder = folder_with(&[
        ("model.pkl", &fs::read(path("model.joblib")).unwrap()),
        ("model", &fs::read(path("model.joblib.z")).unwrap()),
    ]);
    let mut files: Vec<PathBuf> = ["model.joblib", "model.pkl.gz", "model.joblib.z"]
        .map(path)
        .into();
    files.extend(["model.pkl", "model"].map(|name| folder.path().join(name)));
    for file in files {
        let output = run(
            &folder,
            &["convert", file.to_str().unwrap(), "-", "--to", "text"],
        );
        assert_eq!(
            stdout(&output),
            MODEL,
            "{}: {}",
            file.display(),
            stderr(&output)
        );
        let content = fs::read(&file).unwrap();
        let output = through_pipe(&folder, &["-", "-", "--to", "text"], &content);
        assert_eq!(
            stdout(&output),
            MODEL,
            "{}: {}",
            file.display(),
            stderr(&output)
        );
    }
}

#[test]
fn what_is_written_is_a_plain_pickle() {
    let folder = folder_with(&[]);
    let output = run(
        &folder,
        &[
            "convert",
            path("model.joblib").to_str().unwrap(),
            "plain.pkl",
        ],
    );
    assert!(output.status.success(), "{}", stderr(&output));
    let plain = fs::read(folder.path().join("plain.pkl")).unwrap();
    assert!(!plain.windows(6).any(|at| at == b"joblib"));
    let output = run(&folder, &["convert", "plain.pkl", "-", "--to", "text"]);
    assert_eq!(stdout(&output), MODEL);
}

#[test]
fn the_name_tells_where_the_first_array_comes_late() {
    // What is looked at ends before the class is named.
    let file = path("late.joblib.xz");
    let folder = folder_with(&[("late.pkl.xz", &fs::read(&file).unwrap())]);
    let output = run(
        &folder,
        &["convert", file.to_str().unwrap(), "-", "--to", "text"],
    );
    assert!(
        stdout(&output).ends_with("'array': [0, 1, 2]}\n"),
        "{}",
        stderr(&output)
    );
    let output = run(&folder, &["convert", "late.pkl.xz", "-", "--to", "text"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("ends in .joblib"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn arrays_are_known_data() {
    let folder = folder_with(&[]);
    let file = path("model.joblib");
    let output = run(&folder, &["inspect", file.to_str().unwrap(), "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let told = json_of(&output);
    assert_eq!(told["refused_count"], 0, "{told}");
    let known = told["known"].to_string();
    assert!(
        known.contains("numpy.ndarray") && !known.contains("joblib"),
        "{known}"
    );
    let output = run(&folder, &["sizeof", "--file", file.to_str().unwrap()]);
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn an_array_that_is_cut_short_is_an_error() {
    let whole = fs::read(path("model.joblib")).unwrap();
    let array = whole
        .windows(5)
        .position(|at| at == b"\xff\xff\xff\xff\xff")
        .unwrap()
        + 12;
    let mut unknown = whole.clone();
    let dtype = whole.windows(2).position(|at| at == b"f8").unwrap();
    unknown[dtype] = b'?';
    let folder = folder_with(&[("short.joblib", &whole[..array]), ("odd.joblib", &unknown)]);
    for (file, said) in [("short.joblib", "end"), ("odd.joblib", "type is not known")] {
        let output = run(&folder, &["convert", file, "out.txt"]);
        assert_eq!(output.status.code(), Some(2), "{file}");
        assert!(
            stderr(&output).contains(said),
            "{file}: {}",
            stderr(&output)
        );
        assert!(!folder.path().join("out.txt").exists());
    }
}
