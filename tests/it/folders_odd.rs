//! What is odd about a folder in the place of a file: what cannot be done, what is no
//! file, what may not be read, names that are no Unicode.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::process::{Command, Stdio};

use crate::command::{end_within, picklebench, run, stderr, stdout};
use crate::folders::{PAIR, TO_ROWS, assert_code, paths, tree};

#[test]
fn what_cannot_be_done_is_said_before_anything_is() {
    let folder = tree(&[
        ("in/a.pkl", PAIR),
        ("twice/a.pkl", PAIR),
        ("twice/a-b.pkl", PAIR),
        ("twice/a.pkl.gz", PAIR),
        ("also/b.jsonl/c.pkl", PAIR),
        ("also/b.pkl", PAIR),
        ("hidden/.a.pkl", PAIR),
        ("file", b"precious"),
    ]);
    fs::create_dir_all(folder.path().join("empty/of/files")).unwrap();
    symlink("../in", folder.path().join("empty/link")).unwrap();
    symlink("in", folder.path().join("same")).unwrap();
    let before = paths(folder.path());
    for (arguments, says) in [
        (&["convert", "in", "out"][..], "say --to pickle"),
        (&["convert", "in", "-", "--to", "text"], "in is a folder"),
        (
            &["convert", "in", "file", "--to", "text"],
            "file is none: name a folder",
        ),
        (
            &["convert", "in", "in", "--to", "text"],
            "lie within each other",
        ),
        (
            &["convert", "in", "same/x/y", "--to", "text"],
            "lie within each other",
        ),
        (
            &["convert", "in", ".", "--to", "text"],
            "lie within each other",
        ),
        (
            &["convert", "in", "file/x", "--to", "text"],
            "is a file: choose another",
        ),
        (
            &["convert", "in/a.pkl", "in", "--to", "text"],
            "cannot write in: is a directory; name a file in it",
        ),
        (
            &["convert", "twice", "out", "--to", "text"],
            "twice/a.pkl and twice/a.pkl.gz would both become a.txt",
        ),
        (
            &["convert", "also", "out", "--to", "json-lines"],
            "also/b.jsonl and also/b.pkl would both become b.jsonl",
        ),
        (
            &["convert", "empty", "out", "--to", "text"],
            "no file in it (passed over: 1 link",
        ),
        (
            &["convert", "hidden", "out", "--to", "text"],
            "no file in it (hidden files",
        ),
        (
            &["convert", "none", "out", "--to", "text", "--resume"],
            "--resume is for the files",
        ),
        (
            &["convert", "in/a.pkl", "x.txt", "--resume"],
            "in/a.pkl is none: leave it out",
        ),
        (
            &["convert", "in/a.pkl", "x.txt", "--jobs", "2"],
            "--jobs is for the files",
        ),
        (
            &["convert", "in", "out", "--to", "text", "--jobs", "0"],
            "0 is not in",
        ),
        (
            &["convert", "in", "out", "--to", "text", "--keys", "str"],
            "--keys is for",
        ),
        (
            &["inspect", "in/a.pkl", "--jobs", "2"],
            "--jobs is for the files",
        ),
        (&["inspect", "-", "--jobs", "2"], "standard input is none"),
        (
            &["inspect", "empty"],
            "cannot read empty: there is no file in it",
        ),
        (&["sizeof", "[1]", "--jobs", "2"], "--jobs is for the files"),
        (
            &["sizeof", "--file", "hidden"],
            "cannot read hidden: there is no file in it",
        ),
        (
            &["sizeof", "--file", "in", "--tree"],
            "--tree tells of one file",
        ),
        (
            &["sizeof", "--file", "in", "--types"],
            "--types tells of one file",
        ),
        (
            &["sizeof", "--file", "in", "--html"],
            "--html tells of one file",
        ),
        (
            &["sizeof", "--file", "in", "--depth", "1"],
            "--depth tells of one file",
        ),
    ] {
        let mut command = picklebench(&folder);
        let output = command
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert_code(&output, 2);
        let message = stderr(&output);
        assert!(message.contains(says), "{arguments:?}: {message}");
        assert_eq!(stdout(&output), "", "{arguments:?}");
        assert_eq!(paths(folder.path()), before, "{arguments:?}");
        assert!(!folder.path().join("out").exists(), "{arguments:?}");
    }
    assert_eq!(fs::read(folder.path().join("file")).unwrap(), b"precious");
}

#[test]
fn what_is_no_file_is_passed_over_and_hangs_nobody() {
    let folder = tree(&[
        ("in/a.pkl", PAIR),
        ("in/b/c.pkl", PAIR),
        ("far/d.pkl", PAIR),
    ]);
    let at = |name: &str| folder.path().join(name);
    let made = Command::new("mkfifo").arg(at("in/pipe.pkl")).status();
    assert!(made.unwrap().success());
    let _socket = UnixListener::bind(at("in/socket")).unwrap();
    symlink("..", at("in/b/up")).unwrap();
    symlink(at("in"), at("in/b/round")).unwrap();
    symlink("../far", at("in/away")).unwrap();
    symlink("../far/d.pkl", at("in/away.pkl")).unwrap();
    symlink("/dev/zero", at("in/zero.pkl")).unwrap();
    for arguments in [TO_ROWS, &["inspect", "in"], &["sizeof", "--file", "in"]] {
        let mut command = picklebench(&folder);
        command
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let output = end_within(command.spawn().unwrap(), 60);
        assert_code(&output, 0);
        let message = stderr(&output);
        let told = "passed over: 5 links and 2 pipes, devices and sockets, in/";
        assert!(message.contains(told), "{arguments:?}: {message}");
    }
    assert_eq!(paths(&at("out")), ["a.jsonl", "b/c.jsonl"]);
    // What the user names is followed.
    symlink("in", at("named")).unwrap();
    assert_code(&run(&folder, &["inspect", "named"]), 0);
}

#[test]
fn what_may_not_be_read_is_one_failure() {
    let folder = tree(&[
        ("in/a.pkl", PAIR),
        ("in/closed.pkl", PAIR),
        ("in/closed/b.pkl", PAIR),
        ("in/d.pkl", PAIR),
    ]);
    let at = |name: &str| folder.path().join(name);
    let close = |mode| {
        for name in ["in/closed.pkl", "in/closed"] {
            fs::set_permissions(at(name), fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    close(0o000);
    if fs::File::open(at("in/closed.pkl")).is_ok() {
        eprintln!("SKIPPED: this process may read whatever there is");
        return;
    }
    let output = run(&folder, TO_ROWS);
    close(0o755);
    assert_code(&output, 1);
    let message = stderr(&output);
    for told in [
        "2 of 4",
        "cannot read in/closed:",
        "cannot read in/closed.pkl:",
    ] {
        assert!(message.contains(told), "{message}");
    }
    assert_eq!(paths(&at("out")), ["a.jsonl", "d.jsonl"]);
}

#[test]
fn names_that_are_no_unicode_go_through() {
    let folder = tree(&[("in/a.pkl", PAIR)]);
    let name = OsStr::from_bytes(b"b\xff\x1b[2J.pkl");
    let inner = OsStr::from_bytes(b"c\xfe");
    let at = folder.path().join("in");
    if fs::write(at.join(name), PAIR).is_err() {
        eprintln!("SKIPPED: this file system takes only names in Unicode");
        return;
    }
    fs::create_dir(at.join(inner)).unwrap();
    fs::write(at.join(inner).join(name), PAIR).unwrap();
    assert_code(&run(&folder, TO_ROWS), 0);
    let made = OsStr::from_bytes(b"b\xff\x1b[2J.jsonl");
    let out = folder.path().join("out");
    for path in [out.join(made), out.join(inner).join(made)] {
        assert_eq!(fs::read(path).unwrap(), b"1\n2\n");
    }
    for arguments in [&["inspect", "in"][..], &["inspect", "in", "--json"]] {
        let output = run(&folder, arguments);
        assert_code(&output, 0);
        assert!(!stdout(&output).contains('\u{1b}'), "{}", stdout(&output));
    }
}
