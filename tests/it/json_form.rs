//! What JSON has nothing for, in the form that was asked for; and strs of Python
//! 2 in the encoding that was.

use std::fs;

use crate::command::{folder_with, run, stderr, stdout};
use crate::convert_support::{assert_refused, convert, cpython};

const KEYS: &str = "{0: 1, -5: 2, 1.5: 3, 1e+16: 4, True: 5, None: 6, 'a': 7, 1e-05: 8}";

#[test]
fn every_form_is_written() {
    let lines = [
        KEYS,
        "[b'\\xff\\x00a', bytearray(b'')]",
        "[nan, inf, -inf, 1.5]",
        "[{1}, frozenset(), {'a': set()}]",
    ];
    for (flag, line, json) in [
        (
            "--keys=str",
            lines[0],
            r#"{"0":1,"-5":2,"1.5":3,"1e+16":4,"true":5,"null":6,"a":7,"1e-05":8}"#,
        ),
        (
            "--keys=repr",
            lines[0],
            r#"{"0":1,"-5":2,"1.5":3,"1e+16":4,"True":5,"None":6,"a":7,"1e-05":8}"#,
        ),
        ("--keys=repr", "{(1, 'a'): None}", r#"{"(1, 'a')":null}"#),
        ("--bytes=base64", lines[1], r#"["/wBh",""]"#),
        ("--bytes=hex", lines[1], r#"["ff0061",""]"#),
        ("--bytes=latin1", lines[1], "[\"\u{ff}\\u0000a\",\"\"]"),
        ("--non-finite=null", lines[2], "[null,null,null,1.5]"),
        (
            "--non-finite=string",
            lines[2],
            r#"["nan","inf","-inf",1.5]"#,
        ),
        ("--sets=array", lines[3], r#"[[1],[],{"a":[]}]"#),
    ] {
        let folder = folder_with(&[("a.txt", format!("{line}\n").as_bytes())]);
        // Text is written the same way through a pickle.
        for from in ["a.txt", "a.pkl"] {
            let output = convert(&folder, &[from, "-", "--to=json-lines", flag]);
            assert_eq!(stdout(&output), format!("{json}\n"), "{flag}");
            convert(&folder, &["a.txt", "a.pkl"]);
            if from == "a.pkl" {
                break;
            }
        }
        // Not asked for, it is an error that says how to ask.
        let output = run(&folder, &["convert", "a.txt", "b.jsonl"]);
        let (name, _) = flag.split_once('=').unwrap();
        let says = [
            &format!("or say {name} ")[..],
            "which JSON cannot; text and pickle can",
        ];
        assert_refused(&folder, &output, &says, &["a.pkl", "a.txt"]);
    }
}

#[test]
fn what_no_form_covers_is_refused_all_the_same() {
    for (line, flag, says) in [
        (
            "{(1, 2): 3}",
            "--keys=str",
            "a key of type tuple, which JSON cannot; text and pickle can; or say --keys str or repr",
        ),
        ("{b'a': 3}", "--keys=str", "a key of type bytes"),
        (
            "[1j]",
            "--keys=str",
            "a value of type complex, which JSON cannot; text and pickle can\n",
        ),
        ("[{1}]", "--bytes=hex", "a value of type set"),
        ("[b'']", "--sets=array", "a value of type bytes"),
    ] {
        let folder = folder_with(&[("a.txt", format!("{line}\n").as_bytes())]);
        let output = run(&folder, &["convert", "a.txt", "b.jsonl", flag]);
        assert_refused(&folder, &output, &[says], &["a.txt"]);
    }
}

#[test]
fn a_flag_that_the_output_does_not_use_is_an_error() {
    let folder = folder_with(&[("a.txt", b"(1, 2)\n")]);
    for (flag, to, says) in [
        (
            "--bytes=hex",
            "b.txt",
            "--bytes is for json or json-lines, and text is written",
        ),
        (
            "--keys=str",
            "b.pkl",
            "--keys is for json or json-lines, and pickle is written",
        ),
        (
            "--protocol=2",
            "b.jsonl",
            "--protocol is for pickle, and json-lines is written",
        ),
        (
            "--memo=cpython",
            "b.txt",
            "--memo is for pickle, and text is written",
        ),
        (
            "--encoding=latin1",
            "b.pkl",
            "--encoding is for pickles, and a.txt is read as text",
        ),
        (
            "--bytes=utf-8",
            "b.jsonl",
            "[possible values: base64, latin1, hex]",
        ),
    ] {
        let output = run(&folder, &["convert", "a.txt", to, flag]);
        assert_refused(&folder, &output, &[says], &["a.txt"]);
    }
}

/// As `json.dumps` has them.
#[test]
fn cpython_writes_the_same_keys() {
    let folder = folder_with(&[("a.txt", format!("{KEYS}\n").as_bytes())]);
    convert(&folder, &["a.txt", "a.jsonl", "--keys=str"]);
    let script = format!(
        "import json\nwanted = json.dumps({KEYS}, separators=(',', ':'))\n\
         assert open('a.jsonl').read() == wanted + '\\n', wanted"
    );
    cpython(folder.path(), &script);
}

#[test]
fn strs_of_python_2_have_the_encoding_that_is_said() {
    // 'caf\xe9' and 'abc', as Python 2 wrote them.
    let folder = folder_with(&[
        ("latin.pkl", b"\x80\x02U\x04caf\xe9."),
        ("ascii.pkl", b"\x80\x02U\x03abc."),
    ]);
    for (name, encoding, text) in [
        ("latin", None, "b'caf\\xe9'\n"),
        ("latin", Some("latin1"), "'café'\n"),
        ("latin", Some("bytes"), "b'caf\\xe9'\n"),
        ("ascii", None, "'abc'\n"),
        ("ascii", Some("ascii"), "'abc'\n"),
        ("ascii", Some("utf-8"), "'abc'\n"),
        ("ascii", Some("bytes"), "b'abc'\n"),
    ] {
        let file = format!("{name}.pkl");
        let encoding = encoding.map(|encoding| format!("--encoding={encoding}"));
        let mut words = vec![&file[..], "-", "--to=text"];
        words.extend(encoding.as_deref());
        assert_eq!(stdout(&convert(&folder, &words)), text, "{words:?}");
    }
    for encoding in ["ascii", "utf-8"] {
        let encoding = format!("--encoding={encoding}");
        let output = run(
            &folder,
            &["convert", "latin.pkl", "-", "--to=text", &encoding],
        );
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    }
    let output = convert(&folder, &["latin.pkl", "a.jsonl", "--encoding=latin1"]);
    assert_eq!(stderr(&output), "a.jsonl: 1 record\n");
    let json = fs::read_to_string(folder.path().join("a.jsonl")).unwrap();
    assert_eq!(json, "\"café\"\n");
}
