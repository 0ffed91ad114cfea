//! Known data against what CPython, numpy and pandas say of it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::pickle_support::pythons::pythons;
use picklestream::known::{self, Policy, Tally};
use picklestream::literal;
use picklestream::pickle::{self, Objects, ReadOptions, WriteOptions};
use picklestream::value::Value;

const FOLDER: &str = "tests/golden/known";

/// A line that `make.py` writes.
#[derive(Deserialize)]
pub struct Case {
    row: String,
    pub name: String,
    text: Option<String>,
    json: Option<String>,
    pub pickles: BTreeMap<String, String>,
}

impl Case {
    fn values(&self) -> impl Iterator<Item = (&str, Value)> {
        self.pickles.iter().map(|(protocol, pickle)| {
            let pickle = from_base64(pickle);
            let value = read(&pickle);
            let value = value.unwrap_or_else(|e| panic!("{} {protocol}: {e}", self.name));
            (protocol.as_str(), value)
        })
    }
}

fn read(pickle: &[u8]) -> pickle::Result<Value> {
    let mut options = ReadOptions::default();
    options.objects = Objects::AsData;
    pickle::from_reader(Cursor::new(pickle), &options)
}

pub fn from_base64(text: &str) -> Vec<u8> {
    let digit = |b: u8| match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut out = Vec::new();
    for group in text.trim_end_matches('=').as_bytes().chunks(4) {
        let bits = group
            .iter()
            .fold(0_u32, |bits, b| bits << 6 | u32::from(digit(*b)));
        let bytes = (bits << (6 * (4 - group.len()))).to_be_bytes();
        out.extend_from_slice(&bytes[1..group.len()]);
    }
    out
}

fn cases(lines: &str) -> Vec<Case> {
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

pub fn committed(file: &Path) -> Vec<Case> {
    cases(&fs::read_to_string(file).unwrap())
}

/// Every committed file.
pub fn files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(FOLDER)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "jsonl")
        })
        .collect();
    files.sort();
    assert!(files.len() >= 10, "known data is missing");
    files
}

/// What the newest Python says of a case, by its name.
fn newest() -> BTreeMap<String, (String, String)> {
    let cases = committed(&Path::new(FOLDER).join("python-3.13.jsonl")).into_iter();
    cases
        .map(|case| (case.name, (case.text.unwrap(), case.json.unwrap())))
        .collect()
}

/// Reads, shows and writes every pickle of some cases; all that went wrong.
fn check(cases: &[Case], newest: &BTreeMap<String, (String, String)>) -> Vec<String> {
    let mut wrong = Vec::new();
    for case in cases {
        let own = || {
            (
                case.text.clone().unwrap_or_default(),
                case.json.clone().unwrap_or_default(),
            )
        };
        let (text, json) = newest.get(&case.name).cloned().unwrap_or_else(own);
        for (protocol, value) in case.values() {
            let mut complain = |what: &str, got: String, wanted: &str| {
                wrong.push(format!(
                    "{} in protocol {protocol}: {what}\n  got    {got}\n  wanted {wanted}",
                    case.name
                ));
            };
            if text.is_empty() {
                let refused = Policy::Refuse.apply(value, &mut Tally::default());
                if refused.is_ok() {
                    complain("read", String::new(), "a refusal");
                }
                continue;
            }
            let ours = literal::to_string(&value).unwrap_or_else(|e| e.to_string());
            if ours != text {
                complain("text", ours, &text);
            }
            if !json.is_empty() && !json.contains("NaN") {
                let ours = serde_json::to_string(&value).unwrap_or_else(|e| e.to_string());
                let (read, wanted) = (
                    serde_json::from_str::<Value>(&ours).ok(),
                    serde_json::from_str::<Value>(&json).ok(),
                );
                if read != wanted {
                    complain("JSON", ours, &json);
                }
            }
            // Named tuples are written as tuples.
            let value = match Policy::Refuse.apply(value, &mut Tally::default()) {
                Ok(Some(value)) => value,
                other => {
                    complain("policy", format!("{other:?}"), "known");
                    continue;
                }
            };
            for protocol in [0, 2, 4] {
                let mut options = WriteOptions::default();
                options.protocol = protocol;
                let mut written = Vec::new();
                match pickle::to_writer(&mut written, &value, &options) {
                    Ok(()) => {
                        let read: Value = read(&written).unwrap();
                        let again = literal::to_string(&read).unwrap_or_else(|e| e.to_string());
                        if again != text {
                            complain("written and read", again, &text);
                        }
                    }
                    Err(error) => complain("written", error.to_string(), "no error"),
                }
            }
        }
    }
    wrong
}

#[test]
pub fn committed_data_is_read_as_what_it_is() {
    let newest = newest();
    let wrong: Vec<String> = files()
        .iter()
        .flat_map(|file| {
            let is_standard = file.to_string_lossy().contains("python-");
            let newest = if is_standard {
                &newest
            } else {
                &BTreeMap::new()
            };
            let wrong = check(&committed(file), newest);
            wrong
                .into_iter()
                .map(|what| format!("{}: {what}", file.display()))
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_row_has_data() {
    let rows: Vec<String> = files()
        .iter()
        .flat_map(|file| committed(file).into_iter().map(|case| case.row))
        .collect();
    // What numpy writes of the same data in protocol 5.
    let elsewhere = ["numpy.ndarray in protocol 5"];
    for row in known::ROWS {
        let found = rows.iter().any(|name| name == row.title) || elsewhere.contains(&row.title);
        assert!(found, "{} has no data", row.title);
        assert!(!row.source.is_empty() && !row.names.is_empty());
    }
    for row in rows {
        let found = known::ROWS.iter().any(|known| known.title == row);
        assert!(
            found || matches!(row.as_str(), "named tuple" | "zoneinfo.ZoneInfo"),
            "{row}"
        );
    }
}

#[test]
fn every_python_writes_data_that_is_read() {
    let newest = newest();
    let mut compared = 0;
    for python in pythons() {
        let output = Command::new(&python)
            .args(["-W", "ignore", "tests/golden/known/make.py", "standard"])
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{python:?}: {errors}");
        let cases = cases(&String::from_utf8(output.stdout).unwrap());
        let wrong = check(&cases, &newest);
        assert!(wrong.is_empty(), "{python:?}:\n{}", wrong.join("\n"));
        compared += cases.len();
    }
    if compared == 0 {
        eprintln!("SKIPPED: no python on this machine to compare known data with");
    }
}
