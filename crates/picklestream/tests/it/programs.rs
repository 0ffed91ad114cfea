//! Pickles that no pickler writes, against what CPython makes of them; see
//! `tests/golden/programs/make.py`. Both find the same, or we refuse for a reason
//! that is named here: never another value, and never one where CPython has none.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;
use std::process::Command;

use crate::pickle_support::describe;
use crate::pickle_support::hex::bytes_of;
use crate::pickle_support::pythons::pythons;
use picklestream::pickle::{self, Encoding, ErrorKind, PickleRecords, ReadOptions};
use picklestream::value::Value;

const MADE: &str = include_str!("../golden/programs/programs.txt");

/// What CPython loads and we do not, by a part of what we say: nothing that a pickler
/// writes.
const REFUSALS: [(&str, &str); 17] = [
    (
        "the last frame is longer than the pickle",
        "a STOP within a frame",
    ),
    (
        "on an object of another type",
        "a change of nothing to what cannot have it",
    ),
    (
        "refused: opcode READONLY_BUFFER",
        "READONLY_BUFFER of no buffer",
    ),
    ("something follows the pickle", "bytes after STOP"),
    ("contains itself", "an object that contains itself"),
    ("one NaN is given twice", "one NaN twice as a key"),
    (
        "refused: builtins.",
        "data by INST, or by a call that none makes",
    ),
    ("refused: __builtin__.", "the same, by Python 2's name"),
    ("refused: _codecs.encode", "bytes by another codec"),
    ("refused: opcode NEWOBJ", "data by NEWOBJ or NEWOBJ_EX"),
    ("refused: opcode OBJ", "data by OBJ"),
    ("refused: opcode BUILD", "BUILD of nothing"),
    ("MEMOIZE after memo ids with gaps", "MEMOIZE after gaps"),
    ("STOP with ", "objects or marks left at STOP"),
    ("is not an integer", "a LONG that no pickler spells so"),
    ("is not a memo id", "a memo id that no pickler spells so"),
    ("a frame within a frame", "a frame within a frame"),
];

/// What CPython refuses and we do not: a part of what it says, and what the program
/// has in it.
const ALLOWANCES: [(&str, &[u8], &str); 4] = [
    (
        "error ModuleNotFoundError",
        b"__builtin__",
        "Python 2's names whatever the protocol",
    ),
    (
        "unhashable",
        b"0",
        "an unhashable key in what is thrown away",
    ),
    (
        "unhashable",
        b"1",
        "an unhashable key in what is thrown away",
    ),
    (
        "error UnpicklingError",
        b"' \n",
        "white space after a STRING, which Python 2 passes over",
    ),
];

/// How often what was found, by its name.
type Counts = BTreeMap<&'static str, u32>;

/// Reads a program, and returns what it comes to.
fn judge(line: &str) -> Result<&'static str, String> {
    let parts: Vec<&str> = line.split('\t').collect();
    let [encoding, program, expected] = parts[..] else {
        panic!("{line}: not three parts");
    };
    let pickle = bytes_of(program);
    let mut options = ReadOptions::default();
    options.encoding = match encoding {
        "ascii" => Encoding::Ascii,
        "utf-8" => Encoding::Utf8,
        "latin1" => Encoding::Latin1,
        "bytes" => Encoding::Bytes,
        other => panic!("{other}: no such encoding"),
    };
    let whole = pickle::from_reader::<_, Value>(Cursor::new(&pickle), &options);
    // As records it is the same, or cannot be read so.
    if let Ok(records) = PickleRecords::<_, Value>::with_options(Cursor::new(&pickle), &options)
        && let Ok(records) = records.collect::<Result<Vec<Value>, _>>()
    {
        let again = match &whole {
            Ok(Value::List(items)) => items.iter().map(describe).collect(),
            Ok(value) => vec![describe(value)],
            Err(error) => return Err(format!("records, where the whole is: {error}")),
        };
        let records: Vec<String> = records.iter().map(describe).collect();
        if records != again {
            return Err(format!("records {records:?}, whole {again:?}"));
        }
    }
    match whole {
        Ok(value) => match described(value) {
            found if found == expected => Ok("the same value"),
            found => {
                let has = |part: &[u8]| pickle.windows(part.len()).any(|it| it == part);
                let mut allowed = ALLOWANCES.iter();
                let allowed = allowed.find(|(says, part, _)| *says == expected && has(part));
                allowed.map(|(_, _, name)| *name).ok_or(found)
            }
        },
        Err(_)
            if ["unhashable", "error ", "other "]
                .iter()
                .any(|it| expected.starts_with(it)) =>
        {
            Ok("refused by both")
        }
        Err(error) => {
            let text = error.to_string();
            let named = REFUSALS.iter().find(|(part, _)| text.contains(part));
            match (error.kind(), named) {
                (ErrorKind::Io(_) | ErrorKind::Truncated, _) | (_, None) => Err(text),
                (_, Some((_, name))) => Ok(name),
            }
        }
    }
}

/// As `describe` of `make.py` has it: items of sets are sorted.
fn described(value: Value) -> String {
    describe(&sorted(value))
}

fn sorted(value: Value) -> Value {
    let all = |items: Vec<Value>| items.into_iter().map(sorted).collect();
    let set = |items: Vec<Value>| {
        let mut items: Vec<Value> = items.into_iter().map(sorted).collect();
        items.sort_by_key(describe);
        items
    };
    match value {
        Value::Tuple(items) => Value::Tuple(all(items)),
        Value::List(items) => Value::List(all(items)),
        Value::Set(items) => Value::Set(set(items)),
        Value::FrozenSet(items) => Value::FrozenSet(set(items)),
        Value::Dict(pairs) => {
            let pair = |(key, value)| (sorted(key), sorted(value));
            Value::Dict(pairs.into_iter().map(pair).collect())
        }
        leaf => leaf,
    }
}

/// Judges every line, and says how many came to what.
fn check(what: &str, lines: &str) -> Counts {
    let mut counts = Counts::new();
    let mut wrong = Vec::new();
    for line in lines.lines() {
        match judge(line) {
            Ok(found) => *counts.entry(found).or_default() += 1,
            Err(ours) => wrong.push(format!("{line}\n  ours: {ours}")),
        }
    }
    println!("{what}: {counts:?}");
    assert!(
        wrong.is_empty(),
        "{what}: {} differ\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    counts
}

fn share(counts: &Counts, name: &str) -> f64 {
    let all: u32 = counts.values().sum();
    f64::from(counts.get(name).copied().unwrap_or(0)) / f64::from(all)
}

#[test]
fn programs_come_to_what_cpython_made_of_them() {
    let counts = check("committed", MADE);
    assert_eq!(counts.values().sum::<u32>(), 450);
    assert!(share(&counts, "the same value") > 0.5, "{counts:?}");
    assert!(share(&counts, "refused by both") > 0.1, "{counts:?}");
}

/// `PROGRAMS_SEED` in the environment makes other programs than usual.
#[test]
fn and_to_what_the_pythons_of_this_machine_make_of_thousands() {
    let is_new = |python: &Path| {
        let version = "import sys; sys.exit(sys.version_info < (3, 8))";
        let status = Command::new(python).args(["-c", version]).status();
        status.is_ok_and(|status| status.success())
    };
    let pythons: Vec<_> = pythons().into_iter().filter(|it| is_new(it)).collect();
    if pythons.is_empty() {
        eprintln!("SKIPPED: there is no python3 from 3.8 on to run programs of opcodes");
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/programs/make.py");
    let seed = std::env::var("PROGRAMS_SEED").map(|seed| seed.parse());
    let seed = seed.unwrap_or(Ok(2)).expect("PROGRAMS_SEED is a number");
    for (seed, python) in (seed..).zip(&pythons) {
        for (kind, count) in [("opcodes", "2000"), ("tables", "1000")] {
            let seed = u64::to_string(&seed);
            let output = Command::new(python)
                .args([script, kind, &seed, count])
                .output()
                .unwrap();
            assert!(output.status.success(), "{python:?}: the script failed");
            let what = format!("{python:?}, {kind}");
            let counts = check(&what, str::from_utf8(&output.stdout).unwrap());
            assert_eq!(counts.values().sum::<u32>().to_string(), count, "{what}");
        }
    }
}
