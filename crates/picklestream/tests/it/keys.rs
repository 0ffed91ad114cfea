//! Keys given twice, and keys that Python has no hash for, against what CPython
//! makes of them; see `tests/golden/keys/make.py`.

use crate::pickle_support::hex::bytes_of;
use std::process::Command;

use picklestream::literal;
use picklestream::pickle;
use picklestream::value::Value;

const MADE: &str = include_str!("../golden/keys/keys.txt");

fn check(lines: &str) {
    let mut merged = 0;
    for line in lines.lines() {
        let parts: Vec<&str> = line.split('\t').collect();
        let [kind, input, expected] = parts[..] else {
            panic!("{line}: not three parts");
        };
        let read: Result<Value, String> = match kind {
            "literal" => literal::from_str(input).map_err(|error| error.to_string()),
            _ => pickle::from_slice(&bytes_of(input)).map_err(|error| error.to_string()),
        };
        match read {
            Ok(value) => {
                assert_eq!(literal::to_string(&value).unwrap(), expected, "{line}");
                merged += 1;
            }
            Err(error) => {
                assert_eq!(expected, "error", "{line}: {error}");
                assert!(error.contains("unhashable type: '"), "{line}: {error}");
            }
        }
    }
    assert!(merged > 50);
}

#[test]
fn keys_given_twice_are_merged_as_python_merges_them() {
    check(MADE);
}

#[test]
fn and_as_the_python_of_this_machine_does() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/keys/make.py");
    let Ok(output) = Command::new("python3").args([script, "2", "200"]).output() else {
        eprintln!("SKIPPED: there is no python3 to compare keys with");
        return;
    };
    assert!(output.status.success(), "the script failed");
    check(str::from_utf8(&output.stdout).unwrap());
}

#[test]
fn an_unhashable_key_has_its_place() {
    let pickle = pickle::from_slice::<Value>(b"\x80\x02}(K\x01K\x02]K\x03u.");
    assert_eq!(pickle.unwrap_err().offset(), Some(8));
    let text = literal::from_str::<Value>("{1: 2, [3]: 4}").unwrap_err();
    assert_eq!(text.column(), Some(8));
    let item = literal::from_str::<Value>("{1, {2: 3}}").unwrap_err();
    assert_eq!(item.column(), Some(5));
    // Types of Rust have an equality of their own.
    let typed: Vec<(u8, u8)> = vec![(1, 2)];
    assert_eq!(
        literal::from_str::<Vec<(u8, u8)>>("[(1, 2)]").unwrap(),
        typed
    );
}

#[test]
fn a_nan_is_never_given_twice() {
    let pickle = b"\x80\x02}(G\x7f\xf8\0\0\0\0\0\0K\x01G\x7f\xf8\0\0\0\0\0\0K\x02u.";
    match pickle::from_slice(pickle).unwrap() {
        Value::Dict(pairs) => assert_eq!(pairs.len(), 2),
        other => panic!("{other:?}"),
    }
}
