//! The literal codec against the CPython of this machine, on random data.

use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;

use picklestream::literal;
use picklestream::value::Value;

/// What `random_values.py` writes; `None`, said loudly, without Python.
fn python(mode: &str, seed: u32, count: u32, input: String) -> Option<String> {
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/golden/literal/random_values.py"
    );
    let spawned = Command::new("python3")
        .args([script, mode, &seed.to_string(), &count.to_string()])
        // Sets of strings come in the same order every time.
        .env("PYTHONHASHSEED", "0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut child) = spawned else {
        eprintln!("SKIPPED: there is no python3 to compare the literal codec with");
        return None;
    };
    let mut stdin = child.stdin.take().unwrap();
    let feeder = thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap().unwrap();
    assert!(output.status.success(), "the script failed, see above");
    Some(String::from_utf8(output.stdout).unwrap())
}

/// As `structure` in the script spells it.
fn structure(value: &Value) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let float = |x: f64| match x.is_nan() {
        true => "float nan".to_owned(),
        false => format!("float {}", hex(&x.to_be_bytes())),
    };
    let content = match value {
        Value::None => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Int(int) => int.to_string(),
        Value::BigInt(int) => int.to_string(),
        Value::Float(x) => return float(*x),
        Value::Complex(re, im) => format!("{} {}", float(*re), float(*im)),
        Value::Str(text) => hex(text.as_bytes()),
        Value::Bytes(bytes) | Value::ByteArray(bytes) => hex(bytes),
        Value::Surrogates(text) => hex(text.as_bytes()),
        Value::Object(object) => panic!("{object:?} is no literal"),
        Value::Tuple(items) | Value::List(items) | Value::Set(items) | Value::FrozenSet(items) => {
            let items: Vec<_> = items.iter().map(structure).collect();
            format!("[{}]", items.join(" "))
        }
        Value::Dict(pairs) => {
            let items: Vec<_> = pairs
                .iter()
                .flat_map(|(k, v)| [k, v])
                .map(structure)
                .collect();
            format!("[{}]", items.join(" "))
        }
    };
    format!("{} {content}", value.type_name())
}

#[test]
fn what_python_writes_is_read_equal_and_written_alike() {
    for seed in 1..=4 {
        let Some(output) = python("dump", seed, 2500, String::new()) else {
            return;
        };
        let lines: Vec<_> = output.lines().collect();
        assert_eq!(lines.len(), 5000);
        for pair in lines.chunks(2) {
            let (repr, expected) = (pair[0], pair[1]);
            let value: Value = literal::from_str(repr).unwrap_or_else(|e| panic!("{repr}: {e}"));
            assert_eq!(structure(&value), expected, "{repr}");
            assert_eq!(literal::to_string(&value).unwrap(), repr);
        }
    }
}

#[test]
fn what_we_write_is_read_equal_by_python() {
    let Some(theirs) = python("plain", 5, 5000, String::new()) else {
        return;
    };
    let mut writer = literal::Writer::new(Vec::new());
    for record in literal::LiteralRecords::<_, Value>::new(theirs.as_bytes()) {
        writer.write(&record.unwrap()).unwrap();
    }
    let ours = String::from_utf8(writer.into_inner()).unwrap();
    assert_eq!(python("check", 5, 5000, ours).unwrap(), "equal\n");
}

/// Every character: what Python writes for it we write too, unless the two
/// disagree only on whether it exists.
#[test]
fn printable_is_what_python_calls_printable() {
    let script = "import sys, unicodedata\n\
        sys.stdout.reconfigure(encoding='utf-8')\n\
        print(unicodedata.unidata_version)\n\
        for c in map(chr, range(0x110000)):\n\
        \x20   k = unicodedata.category(c)\n\
        \x20   if k != 'Cs': print(('new ' if k == 'Cn' else 'old ') + repr(c))";
    let Ok(output) = Command::new("python3").args(["-c", script]).output() else {
        eprintln!("SKIPPED: there is no python3 to compare str.isprintable with");
        return;
    };
    let output = String::from_utf8(output.stdout).unwrap();
    let (version, rest) = output.split_once('\n').unwrap();
    let same_version = version == "14.0.0";
    // Not `lines`, which is right here too, but `\r` never stands for itself.
    let lines: Vec<_> = rest.split_terminator('\n').collect();
    let characters = (0..=0x10FFFF).filter_map(char::from_u32);
    assert_eq!(lines.len(), characters.clone().count());
    for (c, line) in characters.zip(lines) {
        let (age, theirs) = line.split_at(4);
        let ours = literal::to_string(&c).unwrap();
        // An escape of ours may be a character that their Unicode knows; and
        // what theirs does not know yet may be a character to us.
        let newer = !same_version && (age == "new " || ours.starts_with("'\\"));
        assert!(ours == theirs || newer, "{ours} {theirs}");
    }
}
