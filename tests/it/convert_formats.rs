//! `picklebench convert` to and from the formats of other programs.

use std::fs;

use crate::command::{folder_with, run, stderr, stdout};
use crate::convert_support::{COMMON, convert, read, through_pipe};

#[test]
fn what_all_can_hold_comes_back() {
    // MessagePack has ints of 64 bits, and CBOR of 128.
    let is_narrow = |line: &&str| !line.contains("-9223372036854775809");
    let narrow: String = COMMON.split_inclusive('\n').filter(is_narrow).collect();
    let texts = [
        ("a.txt", COMMON.as_bytes()),
        ("narrow.txt", narrow.as_bytes()),
    ];
    let folder = folder_with(&texts);
    let text_of = |name: &str| match name.contains("msgpack") || name.contains("cbor") {
        true => ("narrow.txt", narrow.as_str()),
        false => ("a.txt", COMMON),
    };
    for name in [
        "a.json",
        "a.jsonl",
        "a.msgpack",
        "a.cbor",
        "a.jsonl.gz",
        "a.msgpack.gz",
        "a.msgpack.lz4",
        "a.pkl.gz",
        "a.pkl.lz4",
    ] {
        let (from, text) = text_of(name);
        convert(&folder, &[from, name]);
        convert(&folder, &[name, "back.txt"]);
        let back = String::from_utf8(read(&folder, "back.txt")).unwrap();
        assert_eq!(back, text, "{name}");
    }
    convert(&folder, &["narrow.txt", "one.msgpack", "--layout=array"]);
    convert(&folder, &["one.msgpack", "back.txt"]);
    let back = String::from_utf8(read(&folder, "back.txt")).unwrap();
    assert_eq!(back, narrow);
    assert!(read(&folder, "one.msgpack") != read(&folder, "a.msgpack"));
    // A pipe is read once.
    for name in ["one.msgpack", "a.msgpack", "a.cbor", "a.json"] {
        let from = name.rsplit('.').next().unwrap();
        let from = if from == "msgpack" {
            "messagepack"
        } else {
            from
        };
        let arguments = ["-", "-", "--from", from, "--to", "text"];
        let output = through_pipe(&folder, &arguments, &read(&folder, name));
        let text = text_of(name).1;
        assert_eq!(stdout(&output), text, "{name}: {}", stderr(&output));
    }
}

/// As `json.dumps`, `msgpack.packb` and `cbor2.dumps` of Python write them, but for
/// the white space of JSON and the length of the CBOR array.
#[test]
fn the_bytes_are_those_of_the_formats() {
    let folder = folder_with(&[("a.txt", b"{'a': (1, None)}\n-1\n")]);
    for (name, expected) in [
        ("a.json", &b"[\n{\"a\":[1,null]},\n-1\n]\n"[..]),
        ("a.msgpack", b"\x81\xa1a\x92\x01\xc0\xff"),
        ("a.cbor", b"\x9f\xa1\x61a\x82\x01\xf6\x20\xff"),
    ] {
        convert(&folder, &["a.txt", name]);
        assert_eq!(read(&folder, name), expected, "{name}");
    }
    convert(&folder, &["a.txt", "b.msgpack", "--layout=array"]);
    assert_eq!(read(&folder, "b.msgpack"), b"\x92\x81\xa1a\x92\x01\xc0\xff");
}

#[test]
fn json_of_any_layout_is_read() {
    let wide = "[18446744073709551616, -0, 1e2]";
    let folder = folder_with(&[
        (
            "a.json",
            format!("  [{wide},\n {{\"b\": 1,\n\"a\": []}}\n]\n").as_bytes(),
        ),
        ("root.json", b"{\n  \"b\": [1,\n  2]\n}\n"),
        ("empty.json", b"[]"),
    ]);
    for (name, text) in [
        (
            "a.json",
            "[18446744073709551616, 0, 100.0]\n{'b': 1, 'a': []}\n",
        ),
        ("root.json", "{'b': [1, 2]}\n"),
        ("empty.json", ""),
    ] {
        convert(&folder, &[name, "a.txt"]);
        assert_eq!(String::from_utf8(read(&folder, "a.txt")).unwrap(), text);
        convert(&folder, &["a.txt", "back.json"]);
        convert(&folder, &["back.json", "b.txt"]);
        assert_eq!(read(&folder, "a.txt"), read(&folder, "b.txt"), "{name}");
    }
}

#[test]
fn rows_have_the_keys_of_dicts() {
    let folder = folder_with(&[
        (
            "dicts.txt",
            "{'a': 1, 'b': 'é, \"'}\n{'b': None, 'a': -0.5}\n".as_bytes(),
        ),
        ("tuples.txt", b"(1, True)\n[2, 'x']\n"),
        ("ints.txt", b"1\n36893488147419103232\n"),
        ("none.txt", b""),
    ]);
    for (name, rows, back) in [
        (
            "dicts",
            "a,b\n1,\"é, \"\"\"\n-0.5,\n",
            "{'a': '1', 'b': 'é, \"'}\n{'a': '-0.5', 'b': ''}\n",
        ),
        (
            "tuples",
            "0,1\n1,True\n2,x\n",
            "{'0': '1', '1': 'True'}\n{'0': '2', '1': 'x'}\n",
        ),
        (
            "ints",
            "0\n1\n36893488147419103232\n",
            "{'0': '1'}\n{'0': '36893488147419103232'}\n",
        ),
        ("none", "", ""),
    ] {
        convert(&folder, &[&format!("{name}.txt"), "a.csv"]);
        assert_eq!(String::from_utf8(read(&folder, "a.csv")).unwrap(), rows);
        convert(&folder, &["a.csv", "back.txt"]);
        assert_eq!(String::from_utf8(read(&folder, "back.txt")).unwrap(), back);
    }
}

#[test]
fn what_has_no_form_is_named() {
    let folder = folder_with(&[("a.txt", b"")]);
    for (text, to, says) in [
        (
            "{'a': 1}\n{'a': 1, 'b': 2}",
            "csv",
            "record 2 is another sort of row",
        ),
        (
            "{'a': 1}\n{'b': 2}",
            "csv",
            "record 2 is another sort of row than the first: it has no key \"a\"",
        ),
        ("(1, 2)\n(1,)", "csv", "it has 1 items, and not 2"),
        (
            "(1, [2])",
            "csv",
            "record 1 holds a value of type list in column \"1\"",
        ),
        ("b'x'", "csv", "holds a value of type bytes"),
        (
            "{1}",
            "msgpack",
            "record 1 holds a value of type set, which MessagePack cannot",
        ),
        (
            "18446744073709551616",
            "msgpack",
            "holds the int 18446744073709551616",
        ),
        (
            "(1j,)",
            "cbor",
            "record 1 holds a value of type complex, which CBOR cannot",
        ),
        ("nan", "json", "holds the float nan"),
    ] {
        fs::write(folder.path().join("a.txt"), text).unwrap();
        let to = format!("out.{to}");
        let output = run(&folder, &["convert", "a.txt", &to]);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(
            stderr(&output).contains(says),
            "{text}: {}",
            stderr(&output)
        );
        assert!(!folder.path().join(&to).exists(), "{text}");
    }
    fs::write(
        folder.path().join("a.txt"),
        "(18446744073709551616, b'x', {1: nan})",
    )
    .unwrap();
    convert(&folder, &["a.txt", "a.cbor"]);
    convert(&folder, &["a.cbor", "b.txt"]);
    assert_eq!(
        read(&folder, "b.txt"),
        b"[18446744073709551616, b'x', {1: nan}]\n"
    );
}

#[test]
fn damage_is_named_with_its_place() {
    let folder = folder_with(&[
        ("a.json", b"[\n1,\n[2,\n}]"),
        ("b.msgpack", b"\x92\x01\xa5abc"),
        ("c.cbor", b"\x82\x01\x65abc"),
        ("d.csv", b"a,b\n1,2\n3\n"),
        ("e.csv", b"a,a\n1,2\n"),
        ("f.cbor", b"\x81\x01\x02"),
    ]);
    for (name, says) in [
        ("a.json", "a.json: byte 10: trailing characters"),
        ("b.msgpack", "b.msgpack: byte 6: "),
        ("c.cbor", "c.cbor: byte 6: "),
        ("d.csv", "record 2 (line: 3, byte: 8)"),
        ("e.csv", "two columns are called \"a\""),
        (
            "f.cbor",
            "byte 2: it goes on where its list of records ends",
        ),
    ] {
        let output = run(&folder, &["convert", name, "out.txt"]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(
            stderr(&output).contains(says),
            "{name}: {}",
            stderr(&output)
        );
    }
}
