//! Files that are something else than records: every command names each for what
//! it is, with the way out.

use std::fs;

use picklebench::formats::{Certainty, FileFormat, Formats};

use crate::command::{run, stderr, stdout};
use crate::convert_support::through_pipe;

/// Contents, and what they are said to be.
const FOREIGN: [(&[u8], &str); 26] = [
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
        "a NumPy file (.npy), which is a table: numpy.load, or picklebench convert",
    ),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file: h5py"),
    (b"MATLAB 5.0 MAT-file, Platform", "a MATLAB file"),
    (b"PAR1\x15\x04", "a Parquet file: pandas.read_parquet"),
    (b"ARROW1\0\0", "an Arrow or Feather file"),
    (b"FEA1\0\0\0\0", "a Feather file of the first version"),
    (b"Obj\x01\x04\x16", "an Avro file: fastavro.reader"),
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
        let commands = [
            &["inspect", "a.pkl"][..],
            &["sizeof", "--file", "a.pkl"],
            &["convert", "a.pkl", "-", "--to=text"],
            &["convert", "a.pkl", "b.txt", "--from=pickle"],
            &["convert", "a.pkl", "b.txt", "--from=text"],
        ];
        // What is a table is one for `convert`, in builds that read it.
        let is_table = |format: &&dyn FileFormat| {
            format.table().is_some() && format.recognise(content) == Certainty::SURE
        };
        let is_read = Formats::built_in().iter().any(|format| is_table(&format));
        for words in commands.iter().take(if is_read { 2 } else { 5 }) {
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
        if is_read {
            continue;
        }
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

/// CPython does not look at what follows either.
#[test]
fn what_follows_the_last_pickle_is_noted() {
    let folder = tempfile::tempdir().unwrap();
    for (end, note) in [
        (&b"\n"[..], "1 byte after the last pickle is ignored\n"),
        (b"\0\0\r\n", "4 bytes after the last pickle are ignored\n"),
        (b"", ""),
    ] {
        fs::write(
            folder.path().join("a.pkl"),
            [b"](K\x01K\x02e.", end].concat(),
        )
        .unwrap();
        let output = run(&folder, &["convert", "a.pkl", "-", "--to=text"]);
        assert_eq!((&*stdout(&output), &*stderr(&output)), ("1\n2\n", note));
        let output = run(&folder, &["inspect", "a.pkl"]);
        assert_eq!((output.status.code(), &*stderr(&output)), (Some(0), note));
        let output = run(&folder, &["sizeof", "--depth=0", "--file", "a.pkl"]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
    // Another pickle that is cut short is no such thing.
    fs::write(folder.path().join("a.pkl"), b"](K\x01e.](K").unwrap();
    for words in [
        &["convert", "a.pkl", "-", "--to=text"][..],
        &["inspect", "a.pkl"],
        &["sizeof", "--file", "a.pkl"],
    ] {
        assert_eq!(run(&folder, words).status.code(), Some(2), "{words:?}");
    }
}

/// However short a file is: it is cut short, and no limit is to be raised.
#[test]
fn a_header_cut_short_is_cut_short() {
    let folder = tempfile::tempdir().unwrap();
    for whole in [
        &b"\x80\x04\x95\x20\0\0\0\0\0\0\0\x8e\0\0\0\0\x01\0\0\0"[..],
        b"\x80\x04\x8d\xff\xff\xff\xff\xff\0\0\0",
        b"\x80\x05\x96\0\0\0\0\0\x01\0\0",
        b"\x80\x02X\xff\xff\xff\x7fa",
        b"\x80\x02T\xff\xff\xff\x7fa",
        b"\x80\x03B\xff\xff\xff\xffa",
        b"\x80\x02\x8b\xff\xff\xff\x7fa",
        b"\x80\x04]\x94(\x8c\x05abcde\x94M\x01",
        b"(lp0\nL12345678901234567890",
    ] {
        for end in 2..=whole.len() {
            fs::write(folder.path().join("a.pkl"), &whole[..end]).unwrap();
            for words in [
                &["convert", "a.pkl", "-", "--to=text"][..],
                &["inspect", "a.pkl"],
                &["sizeof", "--file", "a.pkl"],
            ] {
                let message = stderr(&run(&folder, words));
                let is_short = message.contains("is the file cut short?");
                assert!(is_short, "{words:?}, {:?}: {message}", &whole[..end]);
            }
        }
    }
}

/// What joblib makes of an array, with raw bytes after the object that wraps it
/// (its state is left out).
#[test]
fn a_file_of_joblib_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for (class, state, says) in [
        (
            "NumpyArrayWrapper",
            &b"\x0f\xff\xff\x00"[..],
            "a joblib file, in which the bytes of arrays",
        ),
        (
            "NDArrayWrapper",
            b".",
            "whose arrays lie in files beside it (_01.npy",
        ),
    ] {
        let head = format!("cjoblib.numpy_pickle\n{class}\n)");
        let file = [b"\x80\x02", head.as_bytes(), b"\x81}b", state].concat();
        fs::write(folder.path().join("a.joblib"), file).unwrap();
        let output = run(&folder, &["convert", "a.joblib", "-", "--to=text"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(says), "{}", stderr(&output));
        let output = run(&folder, &["inspect", "a.joblib"]);
        let is_broken = class == "NumpyArrayWrapper";
        // The arrays of the first are read, or it is said why not.
        let named = stdout(&output).contains(&format!("joblib.numpy_pickle.{class} at byte 2"));
        assert_eq!(named, !is_broken, "{}", stdout(&output));
        assert_eq!(output.status.code(), Some(if is_broken { 2 } else { 0 }));
        assert_eq!(
            stderr(&output).contains(says),
            is_broken,
            "{}",
            stderr(&output)
        );
    }
}

/// Of later protocols the damage shows only where something goes wrong.
#[test]
fn a_binary_pickle_that_was_copied_as_text_is_asked_about() {
    let folder = tempfile::tempdir().unwrap();
    let whole = b"\x80\x03](K\nK\nK\nX\n\0\0\0abcdefghije.".to_vec();
    fs::write(folder.path().join("a.pkl"), &whole).unwrap();
    let text = stdout(&run(&folder, &["convert", "a.pkl", "-", "--to=text"]));
    assert_eq!(text, "10\n10\n10\n'abcdefghij'\n");
    let damaged: Vec<u8> = whole
        .iter()
        .flat_map(|byte| match byte {
            b'\n' => vec![b'\r', b'\n'],
            byte => vec![*byte],
        })
        .collect();
    fs::write(folder.path().join("a.pkl"), damaged).unwrap();
    for words in [
        &["convert", "a.pkl", "-", "--to=text"][..],
        &["inspect", "a.pkl"],
        &["sizeof", "--file", "a.pkl"],
    ] {
        let output = run(&folder, words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        let message = stderr(&output);
        assert!(
            message.contains("was the file copied in text mode?"),
            "{words:?}: {message}"
        );
    }
}
