//! Files that are something else than records: every command names each for what
//! it is, with the way out.

use std::fs;

use crate::command::{run, stderr, stdout};
use crate::convert_support::through_pipe;

/// Contents, and what they are said to be.
const FOREIGN: [(&[u8], &str); 24] = [
    (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
        "a Git LFS pointer, not the file: git lfs pull",
    ),
    (
        b"/annex/objects/SHA256E-s1--00.pkl\n",
        "a git-annex pointer",
    ),
    (
        b"\n<!DOCTYPE HTML>\n<html>",
        "an HTML page, not the file: download it again",
    ),
    (b"<html lang=\"en\">", "an HTML page"),
    (b"<?xml version=\"1.0\"?><Error>", "XML, not the file"),
    (
        b"404: Not Found",
        "the answer of a server that did not find the file",
    ),
    (&[0; 300], "nothing but zeros"),
    (
        b"\xff\xfe(\x001\0,\0",
        "text saved as UTF-16: save it as UTF-8",
    ),
    (b"[\x001\0]\0", "text saved as UTF-16"),
    (
        b"\xef\xbb\xbf[1, 2]\n",
        "a byte order mark: save it as UTF-8 without one",
    ),
    (
        b"\xc2\x80\x04\xc2\x95",
        "a pickle whose bytes were saved as text in UTF-8",
    ),
    (
        b"\xef\xbf\xbd\x04\xef\xbf\xbd",
        "a pickle that was read as text and lost bytes",
    ),
    (
        b"gASVBwAAAAAAAABdlChLAWUu\n",
        "a pickle in base64: base64 -d",
    ),
    (
        b"(lp0\r\n(lp1\r\nVa\r\np2\r\naF1.5\r\naa.",
        "a pickle whose lines end in CR LF: was the file copied in text mode?",
    ),
    (
        b"\x80\x02cnumpy\r\ndtype\r\nq\0.",
        "a pickle whose lines end in CR LF",
    ),
    (
        b"\x93NUMPY\x01\0v\0{'descr': '<f8', ",
        "a NumPy file (.npy) of plain numbers",
    ),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file: h5py"),
    (b"MATLAB 5.0 MAT-file, Platform", "a MATLAB file"),
    (b"PAR1\x15\x04", "a Parquet file: pandas.read_parquet"),
    (b"ARROW1\0\0", "an Arrow or Feather file"),
    (b"SQLite format 3\0", "a SQLite database"),
    (b"\x40\0\0\0\0\0\0\0{\"a\":", "a safetensors file"),
    (b"7z\xbc\xaf\x27\x1c\0\x04", "a 7z archive: unpack it first"),
    (b"Rar!\x1a\x07\x01\0", "a RAR archive"),
];

#[test]
fn each_is_named_by_every_command_alike() {
    let folder = tempfile::tempdir().unwrap();
    for (content, says) in FOREIGN {
        fs::write(folder.path().join("a.pkl"), content).unwrap();
        let mut messages = Vec::new();
        for words in [
            &["convert", "a.pkl", "-", "--to=text"][..],
            &["convert", "a.pkl", "b.txt", "--from=pickle"],
            &["convert", "a.pkl", "b.txt", "--from=text"],
            &["inspect", "a.pkl"],
            &["sizeof", "--file", "a.pkl"],
        ] {
            let output = run(&folder, words);
            assert_eq!(output.status.code(), Some(2), "{words:?}");
            assert_eq!(stdout(&output), "", "{words:?}");
            messages.push(stderr(&output));
        }
        let expected = format!("error: cannot read a.pkl: {says}");
        let first = &messages[0];
        assert!(
            first.starts_with(&expected) || first.contains(says),
            "{first}"
        );
        assert!(first.starts_with("error: cannot read a.pkl: "), "{first}");
        assert!(
            messages.iter().all(|message| message == first),
            "{messages:?}"
        );
        // Of a pipe it is known when it is read, also when the format was given.
        for from in [&[][..], &["--from=pickle"]] {
            let output = through_pipe(&folder, &[&["-", "-", "--to=text"], from].concat(), content);
            let expected = first.replace("a.pkl", "standard input");
            assert_eq!(stderr(&output), expected);
            assert_eq!(output.status.code(), Some(2));
        }
    }
}

/// As many as there are of the table: one that is added needs a test.
#[test]
fn every_row_of_the_table_has_a_test() {
    let table = include_str!("../../src/formats/input/foreign.rs");
    let rows: Vec<&str> = table
        .lines()
        .filter_map(|line| line.trim().strip_prefix("what: \""))
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(rows.len() > 15, "{rows:?}");
    let untested = [
        "a tar archive",
        "a file of joblib before 0.10, which no longer has a reader",
    ];
    for row in rows {
        let is_tested = FOREIGN
            .iter()
            .any(|(_, says)| says.contains(row) || row.contains(says));
        let begins = FOREIGN.iter().any(|(_, says)| {
            says.split(':')
                .next()
                .is_some_and(|what| row.starts_with(what) || row.ends_with(what))
        });
        assert!(is_tested || begins || untested.contains(&row), "{row}");
    }
}

/// What begins like one of them and is none.
#[test]
fn no_record_is_taken_for_something_else() {
    let folder = tempfile::tempdir().unwrap();
    for (content, text) in [
        (&b"Va\r\n."[..], "'a\\r'\n"),
        (b"\x80\x02X\x04\0\0\0a\r\n.q\0.", "'a\\r\\n.'\n"),
        (b"('a', 1)\r\n", "('a', 1)\n"),
        (b"{\"a\": 1}\r\n", "{'a': 1}\n"),
        (b"b'PAR1'\n", "b'PAR1'\n"),
        (b"(S'a'\nt.", "('a',)\n"),
    ] {
        fs::write(folder.path().join("a"), content).unwrap();
        let output = run(&folder, &["convert", "a", "-", "--to=text"]);
        assert_eq!(stdout(&output), text, "{}", stderr(&output));
    }
}
