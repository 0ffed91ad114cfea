//! Sizes against the interpreters themselves, object by object.

#[path = "support/hex.rs"]
mod hex;

use std::fs;
use std::io::Cursor;
use std::path::PathBuf;
use std::process::Command;

use hex::bytes_of;
use pysizeof::{Build, Memory, Object, Sizing};
use serde_json::Value;

/// The interpreters that are looked for, and the build that each is.
const PYTHONS: [(&str, Build); 6] = [
    ("2.7", Build::Cpython27),
    ("3.8", Build::Cpython38),
    ("3.11", Build::Cpython311),
    ("3.12", Build::Cpython312),
    // Lays its objects out as 3.12.
    ("3.13", Build::Cpython312),
    ("3.14", Build::Cpython314),
];

/// Says what build of CPython a program is, if it is one of them on 64-bit
/// Linux, with strings of four bytes a character.
const WHO: &str = "import sys, platform
print('%s %d.%d %d %s' % (platform.python_implementation(), sys.version_info[0],
    sys.version_info[1], sys.maxunicode, sys.maxsize > 2**32 and sys.platform[:5]))";

fn version_of(python: &str) -> Option<(&'static str, Build)> {
    let output = Command::new(python).args(["-c", WHO]).output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    let version = said
        .strip_prefix("CPython ")?
        .strip_suffix(" 1114111 linux\n")?;
    PYTHONS.into_iter().find(|(known, _)| *known == version)
}

/// One program for each version that is there: `python3` first, then others on
/// the path or with pyenv.
fn pythons() -> Vec<(Build, String)> {
    let mut programs = vec!["python3".to_owned()];
    programs.extend(
        PYTHONS
            .iter()
            .map(|(version, _)| format!("python{version}")),
    );
    let root = Command::new("pyenv").arg("root").output();
    if let Ok(root) = root.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()) {
        let versions = fs::read_dir(PathBuf::from(root).join("versions"));
        for version in versions.into_iter().flatten().flatten() {
            programs.push(version.path().join("bin/python").display().to_string());
        }
    }
    let mut versions = Vec::new();
    let mut found: Vec<(Build, String)> = Vec::new();
    for program in programs {
        if let Some((version, build)) = version_of(&program)
            && !versions.contains(&version)
        {
            versions.push(version);
            found.push((build, program));
        }
    }
    found
}

/// Compares an object with what Python says, and its parts as far as both
/// tell them.
fn check(object: &Object, python: &Value, build: Build, place: &str) {
    let bytes = python["bytes"].as_u64().unwrap();
    assert_eq!(
        object.bytes().of(build),
        bytes,
        "{place}: {}",
        object.repr(200)
    );
    let parts = python["parts"].as_array().unwrap();
    for (child, python) in object.children().zip(parts) {
        check(child, python, build, place);
    }
}

fn check_all(sizing: &Sizing, python: &Value, build: Build, place: &str) {
    // Python 2 has its own order of the items of a dict.
    if build == Build::Cpython27 {
        assert_eq!(sizing.root().bytes().of(build), python["bytes"], "{place}");
    } else {
        check(sizing.root(), python, build, place);
    }
    assert_eq!(
        sizing.total().of(build),
        python["total"],
        "total of {place}"
    );
}

#[test]
fn random_values_have_the_sizes_that_the_interpreters_tell() {
    let pythons = pythons();
    if pythons.is_empty() {
        eprintln!("SKIPPED: there is no CPython of a known version to compare with");
    }
    for (build, python) in pythons {
        let script = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/golden/sizeof/random_values.py"
        );
        let output = Command::new(&python)
            .args([script, "2000"])
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{python}: {errors}");
        let lines = String::from_utf8(output.stdout).unwrap();
        assert_eq!(lines.lines().count(), 2000);
        for (index, line) in lines.lines().enumerate() {
            let told: Value = serde_json::from_str(line).unwrap();
            let text = told["text"].as_str().unwrap();
            let place = format!("{} {index}: {text}", build.name());
            let sizing = pysizeof::of_literal(text, Memory::Requested).unwrap();
            check_all(&sizing, &told["compiled"], build, &place);

            let pickle = bytes_of(told["pickle"].as_str().unwrap());
            let sizing = pysizeof::of_pickle(Cursor::new(pickle), Memory::Requested);
            let sizing = sizing.unwrap_or_else(|error| panic!("{place}: {error}"));
            check_all(
                &sizing,
                &told["unpickled"],
                build,
                &format!("unpickled {place}"),
            );
        }
    }
}

/// Compares what a script of the golden folder tells of pickles, a line each.
fn check_objects(script: &str, arguments: &[&str], least: usize) {
    check_objects_of(pythons(), script, arguments, least);
}

fn check_objects_of(pythons: Vec<(Build, String)>, script: &str, arguments: &[&str], least: usize) {
    for (build, python) in pythons {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/sizeof/");
        let mut command = Command::new(&python);
        command.arg(format!("{folder}{script}")).args(arguments);
        let output = command.output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{python}: {errors}");
        let lines = String::from_utf8(output.stdout).unwrap();
        assert!(lines.lines().count() >= least, "{python}");
        check_lines(&lines, build);
    }
}

fn check_lines(lines: &str, build: Build) {
    for line in lines.lines() {
        let told: Value = serde_json::from_str(line).unwrap();
        let place = format!("{} {}", build.name(), told["what"]);
        let pickle = bytes_of(told["pickle"].as_str().unwrap());
        let sizing = pysizeof::of_pickle(Cursor::new(pickle), Memory::Requested);
        let sizing = sizing.unwrap_or_else(|error| panic!("{place}: {error}"));
        let unknown: Vec<&str> = sizing.unknown().iter().map(|one| &*one.name).collect();
        let named: Option<Vec<&str>> = match &told["unknown"] {
            Value::Null if told.get("unknown").is_some() => None,
            Value::Array(names) => Some(names.iter().filter_map(Value::as_str).collect()),
            _ => Some(Vec::new()),
        };
        // Known in part: a lower bound that says so.
        if named.as_ref().is_none_or(|names| !names.is_empty()) {
            assert!(sizing.is_at_least(), "{place}");
            assert!(
                named.is_none_or(|names| names == unknown),
                "{place}: {unknown:?}"
            );
            let (total, whole) = (sizing.total().of(build), told["total"].as_u64().unwrap());
            assert!(
                total < whole,
                "total of {place}: {total}, but all is {whole}"
            );
            continue;
        }
        assert_eq!(unknown, [""; 0], "{place}");
        assert_eq!(sizing.root().bytes().of(build), told["bytes"], "{place}");
        assert_eq!(sizing.total().of(build), told["total"], "total of {place}");
    }
}

#[test]
fn objects_of_the_standard_library_have_the_sizes_that_the_interpreters_tell() {
    check_objects("objects.py", &[], 100);
}

#[test]
fn arrays_have_the_sizes_that_numpy_tells() {
    let numpy = |python: &str| {
        let import = Command::new(python).args(["-c", "import numpy"]).output();
        import.is_ok_and(|output| output.status.success())
    };
    let mut pythons = pythons();
    pythons.retain(|(_, python)| numpy(python));
    if pythons.is_empty() {
        eprintln!("SKIPPED: there is no numpy to compare with");
    }
    check_objects_of(pythons, "arrays.py", &[], 300);
}

#[test]
fn random_objects_have_the_sizes_that_the_interpreters_tell() {
    check_objects("random_objects.py", &["2000"], 2000);
}

/// The figures that the scripts told, of a few pickles each, for all.
#[test]
fn objects_have_the_sizes_that_were_told_before() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/sizeof/objects");
    for (version, build) in PYTHONS {
        let path = format!("{folder}/cpython-{version}.jsonl");
        let Ok(lines) = fs::read_to_string(&path) else {
            assert!(version == "3.14", "{path}");
            continue;
        };
        check_lines(&lines, build);
    }
}

/// How much the resident set of `python3` grows, against the blocks that we
/// count. The allocator's own bookkeeping is the difference.
#[test]
#[cfg(target_os = "linux")]
fn a_million_tuples_take_what_the_process_grows_by() {
    let Some((_, build)) = version_of("python3") else {
        eprintln!("SKIPPED: there is no python3 of a known version to measure");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let make = "
import pickle, random
random.seed(42)
letters = [chr(64 + i) for i in range(26)]
records = [(random.random(), ''.join(random.choices(letters, k=20)), random.getrandbits(64))
    for _ in range(1000000)]
with open('a.pkl', 'wb') as file:
    pickle.dump(records, file, protocol=4)";
    let made = Command::new("python3")
        .args(["-c", make])
        .current_dir(&folder)
        .status();
    assert!(made.unwrap().success());
    let script = "
import gc, pickle, re
def resident():
    return 1024 * int(re.search(r'VmRSS:\\s+(\\d+)', open('/proc/self/status').read()).group(1))
with open('a.pkl', 'rb') as file:
    before = resident()
    data = pickle.load(file)
gc.collect()
print(resident() - before)";
    let output = Command::new("python3")
        .args(["-c", script])
        .env("MALLOC_MMAP_THRESHOLD_", "131072")
        .env_remove("PYTHONMALLOC")
        .current_dir(&folder)
        .output()
        .unwrap();
    assert!(output.status.success());
    let grown: f64 = String::from_utf8(output.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    let file = fs::File::open(folder.path().join("a.pkl")).unwrap();
    let reader = std::io::BufReader::new(file);
    let sizing = pysizeof::of_pickle(reader, Memory::Allocated).unwrap();
    let ratio = sizing.total().of(build) as f64 / grown;
    assert!((0.98..1.02).contains(&ratio), "{ratio} of {grown} bytes");
}
