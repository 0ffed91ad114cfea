//! What the tests of the pickle codec share.

pub mod hex;
pub mod programs;
pub mod pythons;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use picklestream::value::Value;

/// The committed pickles.
pub fn goldens() -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new("tests/golden/pickle");
    let mut found: Vec<(PathBuf, Vec<u8>)> = std::fs::read_dir(folder)
        .expect("the golden files are there")
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "pkl"))
        .map(|path| {
            let pickle = std::fs::read(&path).expect("a golden file can be read");
            (path, pickle)
        })
        .collect();
    found.sort();
    assert!(found.len() > 40, "golden files are missing");
    found
}

/// The same as `describe` of `oracle.py`.
pub fn describe(value: &Value) -> String {
    let all = |kind: &str, items: &[Value]| {
        let items: Vec<String> = items.iter().map(describe).collect();
        format!("{kind}{{{}}}", items.join(" "))
    };
    match value {
        Value::None => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Int(int) => {
            let sign = if *int < 0 { "-" } else { "" };
            format!("int:{sign}{:x}", int.unsigned_abs())
        }
        Value::BigInt(int) => format!("int:{:x}", **int),
        Value::Float(float) => float_words(*float),
        Value::Complex(real, imaginary) => {
            format!("complex:{},{}", float_words(*real), float_words(*imaginary))
        }
        Value::Str(text) => format!("str:{}", hex(text.as_bytes())),
        Value::Surrogates(text) => format!("str:{}", hex(text.as_bytes())),
        Value::Bytes(bytes) => format!("bytes:{}", hex(bytes)),
        Value::ByteArray(bytes) => format!("bytearray:{}", hex(bytes)),
        Value::Tuple(items) => all("tuple", items),
        Value::List(items) => all("list", items),
        Value::Set(items) => all("set", items),
        Value::FrozenSet(items) => all("frozenset", items),
        Value::Dict(pairs) => {
            let pairs: Vec<String> = pairs
                .iter()
                .map(|(key, value)| format!("{}={}", describe(key), describe(value)))
                .collect();
            format!("dict{{{}}}", pairs.join(" "))
        }
        Value::Object(object) => format!("{object:?}"),
    }
}

fn float_words(float: f64) -> String {
    format!("float:{}", hex(&float.to_be_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
