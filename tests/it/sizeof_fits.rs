//! `picklebench sizeof --fits` against a real interpreter under a real limit.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::command::run;
use pysizeof::Build;

/// Shapes of `crates/pysizeof/benches/peak/make.py`: 20 files and more.
const SHAPES: [&str; 10] = [
    "tuples", "dicts", "floats", "integers", "strings", "blobs", "mapping", "sets", "nested",
    "matrix",
];

/// Loads a pickle, in so much memory beside what the interpreter has: what its
/// resident set was at first, and at the most. What loading it imports was imported.
const LOAD: &str = r#"
import os, pickle, resource, sys
def status(field):
    for line in open("/proc/self/status"):
        if line.startswith(field + ":"):
            return 1024 * int(line.split()[1])
with open(sys.argv[1][:-4] + ".small", "rb") as file:
    pickle.load(file)
base, limit = status("VmRSS"), int(sys.argv[2])
if limit:
    limit = status("VmSize") + limit - base
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
try:
    with open(sys.argv[1], "rb") as file:
        data = pickle.load(file)
except MemoryError:
    os._exit(3)
print(base, status("VmHWM"))
sys.stdout.flush()
os._exit(0)
"#;

/// What the resident set was at first and at the most; none if memory was too little.
fn load(pickle: &Path, limit: u64) -> Option<(u64, u64)> {
    let output = Command::new("python3")
        .args(["-c", LOAD])
        .arg(pickle)
        .arg(limit.to_string())
        .output()
        .unwrap();
    if output.status.code() == Some(3) {
        return None;
    }
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut numbers = told
        .split_whitespace()
        .map(|number| number.parse().unwrap());
    Some((numbers.next()?, numbers.next()?))
}

/// The version of `python3`, and its column.
fn version() -> Option<(String, Build)> {
    let script = "import sys; print('%d.%d' % sys.version_info[:2])";
    let output = Command::new("python3").args(["-c", script]).output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    let build = match version.as_str() {
        "3.8" => Build::Cpython38,
        "3.11" => Build::Cpython311,
        "3.12" | "3.13" => Build::Cpython312,
        _ => return None,
    };
    Some((version, build))
}

#[test]
#[cfg(target_os = "linux")]
fn it_is_right_around_the_true_limit() {
    let Some((version, build)) = version() else {
        eprintln!("SKIPPED: python3 is none with a column, so --fits was not tried");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/pysizeof/benches/peak/make.py");
    let mut make = Command::new("python3");
    let made = make.arg(script).arg(folder.path()).arg("0.2").args(SHAPES);
    assert!(made.output().unwrap().status.success());
    let entries = fs::read_dir(folder.path()).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "pkl"));
    files.sort();
    assert!(files.len() >= 20, "{files:?}");
    for path in &files {
        let (base, most) = load(path, 0).expect("it loads without a limit");
        if base.abs_diff(build.interpreter_bytes()) > 3 << 19 {
            eprintln!(
                "SKIPPED: this python3 takes {base} bytes by itself, so --fits was not tried"
            );
            return;
        }
        let name = path.file_name().unwrap().to_str().unwrap();
        let fits = |limit: u64| {
            let limit = limit.to_string();
            let arguments = [
                "sizeof", "--file", name, "--fits", &limit, "--python", &version,
            ];
            run(&folder, &arguments).status.code()
        };
        // A margin of 2 %, or of 1 MiB, and what the interpreter may differ by.
        let enough = (most / 100 * 105).max(most + (5 << 19));
        let too_little = most / 100 * 95;
        assert!(load(path, enough).is_some(), "{name} in {enough}");
        assert_eq!(fits(enough), Some(0), "{name} in {enough}");
        assert!(load(path, too_little).is_none(), "{name} in {too_little}");
        assert_eq!(fits(too_little), Some(1), "{name} in {too_little}");
    }
}
