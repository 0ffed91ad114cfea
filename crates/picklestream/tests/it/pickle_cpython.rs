//! CPython as the oracle: what it writes is read equal, and the same bytes
//! are written again.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::pickle_support::pythons::pythons;
use crate::pickle_support::{describe, goldens};
use picklestream::pickle::{self, ReadOptions, WriteMemo, WriteOptions};
use picklestream::value::Value;

const ORACLE: &str = "tests/golden/pickle/oracle.py";

fn run(python: &Path, arguments: &[&str]) -> String {
    let output = Command::new(python)
        .arg(ORACLE)
        .args(arguments)
        .output()
        .expect("python runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{python:?} {arguments:?}: {errors}"
    );
    String::from_utf8(output.stdout).expect("the oracle writes ASCII")
}

fn pickles(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the oracle made the folder")
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "pkl"))
        .collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

/// The protocol, with which the names of the oracle's files begin.
fn protocol(path: &Path) -> u8 {
    let name = path.file_stem().unwrap().to_str().unwrap();
    name.split('-').next().unwrap().parse().unwrap()
}

fn written(value: &Value, protocol: u8, memo: WriteMemo) -> Vec<u8> {
    let mut options = WriteOptions::default();
    options.protocol = protocol;
    options.memo = memo;
    let mut out = Vec::new();
    pickle::to_writer(&mut out, value, &options).unwrap();
    out
}

fn assert_same(ours: &[u8], theirs: &[u8], what: &Path) {
    let differs = ours.iter().zip(theirs).position(|(a, b)| a != b);
    let at = differs.unwrap_or(ours.len().min(theirs.len()));
    let near = |bytes: &[u8]| bytes[at.saturating_sub(20)..(at + 20).min(bytes.len())].to_vec();
    assert!(
        ours == theirs,
        "{what:?} differs at byte {at}: ours {:x?}, CPython's {:x?}",
        near(ours),
        near(theirs)
    );
}

#[test]
fn golden_files_are_read_as_cpython_reads_them() {
    for (path, pickle) in goldens() {
        let Ok(expected) = std::fs::read_to_string(path.with_extension("txt")) else {
            continue;
        };
        let value: Value = pickle::from_slice(&pickle).unwrap_or_else(|e| panic!("{path:?}: {e}"));
        assert_eq!(describe(&value), expected.trim_end(), "{path:?}");
    }
}

#[test]
fn golden_files_are_written_byte_for_byte() {
    for (path, pickle) in goldens() {
        let name = path.file_stem().unwrap().to_str().unwrap();
        // With the C pickler of Python 3, and no object that is two things.
        let Some(rest) = name.strip_prefix("python3-p") else {
            continue;
        };
        if name.contains("pure") || name.contains("shared") {
            continue;
        }
        let protocol = rest[..1].parse().unwrap();
        let value: Value = pickle::from_slice(&pickle).unwrap();
        assert_same(
            &written(&value, protocol, WriteMemo::Cpython),
            &pickle,
            &path,
        );
    }
}

#[test]
fn random_data_of_every_python_is_read_equal() {
    let pythons = pythons();
    if pythons.is_empty() {
        eprintln!("SKIPPED: no python3 on this machine to make random pickles");
    }
    for python in pythons {
        let folder = tempfile::tempdir().unwrap();
        let seed = "20";
        run(
            &python,
            &["random", folder.path().to_str().unwrap(), seed, "60"],
        );
        for path in pickles(folder.path()) {
            let pickle = std::fs::read(&path).unwrap();
            let expected = std::fs::read_to_string(path.with_extension("txt")).unwrap();
            let value: Value =
                pickle::from_slice(&pickle).unwrap_or_else(|e| panic!("{python:?} {path:?}: {e}"));
            assert_eq!(describe(&value), expected.trim_end(), "{python:?} {path:?}");
            let piped: Value = pickle::from_pipe(&pickle[..], &ReadOptions::default()).unwrap();
            assert_eq!(piped, value, "{python:?} {path:?}");
        }
    }
}

/// The python whose C pickler we imitate, if there is one.
fn modern_python() -> Option<PathBuf> {
    let found = pythons().into_iter().find(|python| {
        let version = "import sys; sys.exit(not (3, 8) <= sys.version_info < (3, 15))";
        let status = Command::new(python).args(["-c", version]).status();
        status.is_ok_and(|status| status.success())
    });
    if found.is_none() {
        eprintln!("SKIPPED: no python3 from 3.8 to 3.14 on this machine to compare bytes with");
    }
    found
}

#[test]
fn random_data_is_written_byte_for_byte_and_read_back_by_cpython() {
    let Some(python) = modern_python() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    run(
        &python,
        &["random", folder.path().to_str().unwrap(), "21", "60"],
    );
    let mut paths = Vec::new();
    let mut expected = String::new();
    for path in pickles(folder.path()) {
        let theirs = std::fs::read(&path).unwrap();
        let value: Value = pickle::from_slice(&theirs).unwrap();
        let ours = written(&value, protocol(&path), WriteMemo::Cpython);
        assert_same(&ours, &theirs, &path);
        // Without memo the bytes differ, the value must not.
        std::fs::write(&path, written(&value, protocol(&path), WriteMemo::None)).unwrap();
        expected += &std::fs::read_to_string(path.with_extension("txt")).unwrap();
        paths.push(path.to_str().unwrap().to_owned());
    }
    let mut arguments = vec!["describe"];
    arguments.extend(paths.iter().map(String::as_str));
    assert_eq!(
        sorted_sets(&run(&python, &arguments)),
        sorted_sets(&expected)
    );
}

/// Sets come out of Python in any order; put the items of all containers in
/// one order to compare.
fn sorted_sets(lines: &str) -> Vec<Vec<String>> {
    let line = |line: &str| {
        let mut words: Vec<String> = line
            .split([' ', '{', '}', '='])
            .map(str::to_owned)
            .collect();
        words.sort();
        words
    };
    lines.lines().map(line).collect()
}

#[test]
fn batches_and_frames_end_where_cpython_ends_them() {
    let Some(python) = modern_python() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    run(&python, &["edges", folder.path().to_str().unwrap()]);
    for path in pickles(folder.path()) {
        let theirs = std::fs::read(&path).unwrap();
        let value: Value = pickle::from_slice(&theirs).unwrap_or_else(|e| panic!("{path:?}: {e}"));
        let protocol = protocol(&path);
        assert_same(
            &written(&value, protocol, WriteMemo::Cpython),
            &theirs,
            &path,
        );
        // The same by way of an iterator.
        if let Value::List(items) = &value {
            let mut options = WriteOptions::default();
            options.protocol = protocol;
            options.memo = WriteMemo::Cpython;
            let mut out = Vec::new();
            pickle::write_list(&mut out, items, &options).unwrap();
            assert_same(&out, &theirs, &path);
        }
    }
}

#[test]
fn without_memo_the_bytes_are_those_of_pickletools_optimize() {
    let Some(python) = modern_python() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    run(&python, &["edges", folder.path().to_str().unwrap()]);
    let paths: Vec<PathBuf> = pickles(folder.path())
        .into_iter()
        // Frames are written with the memo only, and data of other kinds
        // than records may be shared.
        .filter(|path| matches!(protocol(path), 0 | 2 | 3))
        .filter(|path| path.to_str().unwrap().contains("-records-"))
        .collect();
    let values: Vec<Value> = paths
        .iter()
        .map(|path| pickle::from_slice(&std::fs::read(path).unwrap()).unwrap())
        .collect();
    let mut arguments = vec!["optimize"];
    arguments.extend(paths.iter().map(|path| path.to_str().unwrap()));
    run(&python, &arguments);
    assert_eq!(paths.len(), 30);
    for (path, value) in paths.iter().zip(&values) {
        let theirs = std::fs::read(path).unwrap();
        assert_same(
            &written(value, protocol(path), WriteMemo::None),
            &theirs,
            path,
        );
    }
}
