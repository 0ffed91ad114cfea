//! Text that is not plain: lone surrogates, and the str of Python 2.

use std::io::Cursor;
use std::process::Command;

use crate::pickle_support::hex::bytes_of;
use crate::pickle_support::pythons::pythons;
use picklestream::literal;
use picklestream::pickle::{self, Encoding, ErrorKind, ReadOptions, WriteOptions};
use picklestream::value::Value;

const TEXTS: [&str; 5] = [
    r"'caf\udce9.txt'",
    r"'\ud83d\ude00'",
    r"'\udfff'",
    r#""it's \ud800""#,
    r"'\\\n\x00é😀\ud800\U000e0001'",
];

#[test]
fn surrogates_are_written_and_read_back() {
    for text in TEXTS {
        let value: Value = literal::from_str(text).unwrap();
        assert!(matches!(value, Value::Surrogates(_)), "{text}");
        assert_eq!(literal::to_string(&value).unwrap(), text);
        assert!(literal::from_str::<String>(text).is_err());
        for protocol in 0..=5 {
            let mut options = WriteOptions::default();
            options.protocol = protocol;
            let mut pickle = Vec::new();
            pickle::to_writer(&mut pickle, &vec![&value], &options).unwrap();
            let read: Vec<Value> = pickle::from_slice(&pickle).unwrap();
            assert_eq!(read, std::slice::from_ref(&value), "protocol {protocol}");
        }
    }
}

/// CPython writes the same, and reads what is written here.
#[test]
fn cpython_agrees_on_surrogates() {
    let script = "import pickle, sys
text = eval(sys.argv[1])
for p in range(0, pickle.HIGHEST_PROTOCOL + 1):
    print(pickle.dumps(text, p).hex())
print(ascii(pickle.loads(bytes.fromhex(sys.argv[2]))) == ascii(text))
";
    for python in pythons() {
        for text in TEXTS {
            let value: Value = literal::from_str(text).unwrap();
            let mut ours = Vec::new();
            pickle::to_writer(&mut ours, &value, &WriteOptions::default()).unwrap();
            let hex: String = ours.iter().map(|byte| format!("{byte:02x}")).collect();
            let output = Command::new(&python)
                .env("PYTHONUTF8", "1")
                .args(["-c", script, text, &hex])
                .output()
                .unwrap();
            let output = String::from_utf8_lossy(&output.stdout).into_owned();
            // Python 2 has no such str.
            if output.is_empty() {
                continue;
            }
            let mut lines: Vec<&str> = output.lines().collect();
            assert_eq!(lines.pop(), Some("True"), "{python:?} {text}");
            for line in lines {
                assert_eq!(
                    pickle::from_slice::<Value>(&bytes_of(line)).unwrap(),
                    value,
                    "{python:?}"
                );
            }
        }
    }
}

#[test]
fn python_2_strs_are_read_as_pickle_load_reads_them() {
    let read = |pickle: &[u8], encoding| {
        let mut options = ReadOptions::default();
        options.encoding = encoding;
        pickle::from_reader::<_, Value>(Cursor::new(pickle), &options)
    };
    for pickle in [
        &b"U\x04caf\xe9."[..],
        b"T\x04\0\0\0caf\xe9.",
        b"S'caf\\xe9'\n.",
    ] {
        let bytes = Value::Bytes(b"caf\xe9".to_vec());
        assert_eq!(read(pickle, Encoding::Default).unwrap(), bytes);
        assert_eq!(read(pickle, Encoding::Bytes).unwrap(), bytes);
        let text = Value::Str("caf\u{e9}".to_owned());
        assert_eq!(read(pickle, Encoding::Latin1).unwrap(), text);
        for strict in [Encoding::Ascii, Encoding::Utf8] {
            let error = read(pickle, strict).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Data(_)), "{error}");
            assert_eq!(error.offset(), Some(0));
            assert!(error.to_string().contains("Latin-1 and bytes"), "{error}");
        }
    }
    let utf_8 = b"U\x05caf\xc3\xa9.";
    let text = Value::Str("caf\u{e9}".to_owned());
    assert_eq!(read(utf_8, Encoding::Utf8).unwrap(), text);
    assert!(read(utf_8, Encoding::Ascii).is_err());
    let plain = Value::Str("a".to_owned());
    assert_eq!(read(b"U\x01a.", Encoding::Ascii).unwrap(), plain);
    assert_eq!(
        read(b"U\x01a.", Encoding::Bytes).unwrap(),
        Value::Bytes(vec![b'a'])
    );
    // What is text in any version is not touched.
    assert_eq!(read(b"X\x01\0\0\0a.", Encoding::Bytes).unwrap(), plain);
}
