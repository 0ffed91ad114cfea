//! What the tests of `picklebench convert` have in common.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;

use tempfile::TempDir;

#[cfg(target_os = "linux")]
use crate::command::run_within;
use crate::command::{files, picklebench, run, stderr, stdout};

pub fn read(folder: &TempDir, name: &str) -> Vec<u8> {
    fs::read(folder.path().join(name)).unwrap()
}

/// Converts, and it succeeds.
pub fn convert(folder: &TempDir, arguments: &[&str]) -> Output {
    let output = run(folder, &[&["convert"], arguments].concat());
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        stderr(&output)
    );
    output
}

/// Converts `input` through a pipe, and gives everything.
pub fn through_pipe(folder: &TempDir, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = picklebench(folder)
        .arg("convert")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // It may well end before it has read everything.
    let feeder = thread::spawn(move || _ = stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    output
}

/// It failed, said these things, and left only these files.
pub fn assert_refused(folder: &TempDir, output: &Output, says: &[&str], left: &[&str]) {
    let message = stderr(output);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.starts_with("error: "), "{message}");
    for part in says {
        assert!(message.contains(part), "{part:?} is not in: {message}");
    }
    assert_eq!(files(folder.path()), left, "{message}");
}

/// One record of each sort that all three formats hold, as Python writes them.
pub const COMMON: &str = "\
[0.5, 'text', 18446744073709551615]
[1e-05, -0.0, 1e+16, 5e-324, 1.7976931348623157e+308]
{'b': [1, None], 'a': {'': True}}
[-9223372036854775809, 340282366920938463463374607431768211456]
['it\\'s \"quoted\"', '\\x1b\\n\\u2028', 'é\u{1F980}']
[]
{}
'a str'
7
";

/// What JSON has nothing for.
pub const PYTHON_ONLY: &str = "\
(0.5, 'text', (1,), ())
b'\\x00bytes'
bytearray(b'a')
{1, 2}
frozenset({1})
set()
{1: 'one', (2, 'two'): None, None: b''}
(nan, inf, -inf)
(1+2j)
";

/// Runs a script in Python, or says that there is none.
pub fn cpython(folder: &Path, script: &str) -> Option<String> {
    match Command::new("python3")
        .args(["-c", script])
        .current_dir(folder)
        .output()
    {
        Ok(output) => {
            assert!(output.status.success(), "{}", stderr(&output));
            Some(stdout(&output))
        }
        Err(_) => {
            eprintln!("SKIPPED: there is no python3 to compare with");
            None
        }
    }
}

/// Address space that a conversion in constant memory may take, in bytes. The code
/// itself takes some of it, and that of all formats more.
#[cfg(target_os = "linux")]
pub const MOST_ADDRESS_SPACE: u64 = match cfg!(any(feature = "more-formats", feature = "parquet")) {
    true => 64 << 20,
    false => 32 << 20,
};

/// The most memory of a finished conversion, in bytes, as the kernel counts it.
#[cfg(target_os = "linux")]
pub fn peak_of(folder: &TempDir, arguments: &[&str]) -> u64 {
    // An inherited peak would hide ours, so a limit is the measure: the address
    // space that it takes to get through.
    let fits = |kib: u64| {
        let limit = format!("ulimit -v {kib}");
        let output = run_within(folder, &limit, &[&["convert"], arguments].concat());
        output.status.success()
    };
    let mut kib = 8192;
    while !fits(kib) {
        kib *= 2;
        assert!(kib < 1 << 22, "4 GiB are not enough");
    }
    kib * 1024
}
