//! Names from anybody: of files, of arguments, of what is in them.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

use crate::command::{picklebench, run, stderr, stdout};
use crate::outputs::folder;

/// Nothing that drives a terminal, ends a line in the middle of a name, or turns
/// text around.
fn assert_harmless(text: &str, what: &dyn std::fmt::Debug) {
    let bad = |char: char| {
        (char.is_control() && char != '\n')
            || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
    };
    assert!(!text.contains(bad), "{what:?}: {text:?}");
    assert!(
        !text.lines().any(|line| line.starts_with("FORGED")),
        "{what:?}: {text:?}"
    );
}

#[test]
fn names_from_anybody_drive_no_terminal() {
    let folder = folder();
    let odd = "a\u{1b}[2J\u{9b}31m\u{7}\u{202e}b\nFORGED c\r";
    fs::create_dir(folder.path().join(odd)).unwrap();
    fs::write(folder.path().join(odd).join(odd), "(").unwrap();
    fs::copy(
        folder.path().join("data.pkl"),
        folder.path().join(format!("{odd}.pkl")),
    )
    .unwrap();
    let inside = format!("{odd}/{odd}");
    let missing = format!("{odd}/none/{odd}");
    let pickle = format!("{odd}.pkl");
    for arguments in [
        &[odd][..],
        &["measure", odd],
        &["measure", "--records", odd],
        &["measure", "--dataset", odd],
        &["measure", odd, "--unknown"],
        &["measure", "empty", "-n", "10", "--results", &inside],
        &["measure", "empty", "-n", "10", "--data", &inside],
        &["tutorial", odd],
        &["tutorial", "objects", "-n", "10", "--python", odd],
        &["report", odd],
        &["report", &inside],
        &["report", "run", "-o", &missing],
        &["report", "run", "--format", odd],
        &["compare", odd, odd],
        &["compare", "run", "run", "--metric", odd],
        &["compare", "run", "run", "--max-increase", odd],
        &["publish", &inside],
        &["publish", "run", "--results", &inside],
        &["publish", "run", "--allow-dirty", "--results", odd],
        &["generate", odd],
        &["generate", "text", "-n", "10", "-o", &missing],
        &["convert", &inside, "x.pkl"],
        &["convert", odd, odd],
        &["convert", "data.txt", &missing],
        &["convert", "data.txt", &format!("{odd}.txt")],
        &["convert", "data.txt", odd, "--to", odd],
        &["inspect", &inside],
        &["inspect", &pickle],
        &["inspect", odd],
        &["sizeof", odd],
        &["sizeof", "--file", &inside],
        &["sizeof", "--file", odd],
        &["completions", odd],
        &[&format!("--{odd}")],
    ] {
        let output = run(&folder, arguments);
        assert_harmless(&stderr(&output), &arguments);
        assert_harmless(&stdout(&output), &arguments);
    }
    // Names that are no Unicode.
    let bytes = OsStr::from_bytes(b"a\xff\x1b[2J.pkl");
    let mut command = picklebench(&folder);
    let output = command.arg("inspect").arg(bytes).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_harmless(&String::from_utf8(output.stderr).unwrap(), &"bytes");
}
