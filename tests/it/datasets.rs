//! The built-in datasets: `measure --dataset` and `generate --dataset`.

use std::process::Command;

use picklebench::dataset::Shape;
use serde_json::Value;
use tempfile::TempDir;

use crate::command::{case, figure, json_of, measure, run, stderr, stdout};

/// Digests of 1,000 records from seed 42 (20 of the blobs). If one changes, every
/// figure published of that dataset is about other records.
const DIGESTS: [(Shape, &str, &str); 9] = [
    (Shape::Tuples, "1000", "9116eae2d86d53b0"),
    (Shape::Dicts, "1000", "0787e441375f2487"),
    (Shape::Objects, "1000", "6032517c39a15b6e"),
    (Shape::Floats, "1000", "75b00859e704daa4"),
    (Shape::Integers, "1000", "7674affa77603ac2"),
    (Shape::Strings, "1000", "f41ce64040b7be30"),
    (Shape::Words, "1000", "f8f7c711c3930a93"),
    (Shape::Blobs, "20", "39d67c60db34a702"),
    (Shape::Mapping, "1000", "930479ce83fcb401"),
];

#[test]
fn the_records_of_every_shape_are_pinned() {
    let folder = tempfile::tempdir().unwrap();
    let found: Vec<_> = DIGESTS
        .map(|(shape, records, _)| {
            let name = shape.name();
            let arguments = [
                "--dataset",
                name,
                "-n",
                records,
                "--exact",
                "stream-write/text",
            ];
            let (_, run) = measure(&folder, &arguments);
            run["dataset"]["digest"].as_str().unwrap()[..16].to_owned()
        })
        .into();
    assert_eq!(found, DIGESTS.map(|(.., digest)| digest));
    assert_eq!(Shape::ALL, DIGESTS.map(|(shape, ..)| shape));
}

#[test]
fn every_case_of_every_shape_is_right_or_says_why_not() {
    let folder = tempfile::tempdir().unwrap();
    for shape in Shape::ALL {
        let name = shape.name();
        let records = if shape == Shape::Blobs { "20" } else { "1000" };
        let arguments = [
            "--dataset",
            name,
            "-n",
            records,
            "--runs",
            "2",
            "--no-python",
        ];
        let (code, told) = measure(&folder, &arguments);
        assert_eq!(code, Some(0), "{name}");
        assert_eq!(told["dataset"]["name"], name);
        for case in told["cases"].as_array().unwrap() {
            let (id, status) = (&case["id"], &case["status"]);
            match status.as_str().unwrap() {
                "ok" => assert_eq!(case["heap"]["deterministic"], true, "{name} {id}"),
                "unsupported" => assert!(case["message"].is_string(), "{name} {id}"),
                status => panic!("{name} {id}: {status}"),
            }
        }
        // Reading the list needs the list, and what its `Vec`s have to spare.
        let data = told["dataset"]["heap_bytes"].as_i64().unwrap();
        let kept = figure(&told, "read/pickle/protocol-4", "/heap/result_bytes")
            - figure(&told, "read/pickle/protocol-4", "/heap/floor_bytes");
        assert!(kept >= data, "{name}: {kept} of {data}");
        assert!(kept <= data * 3 / 2 + 4096, "{name}: {kept} of {data}");
    }
}

/// What streams takes the same memory for more records.
#[test]
fn streaming_takes_the_same_memory_at_any_length() {
    let folder = tempfile::tempdir().unwrap();
    for shape in Shape::ALL {
        if matches!(shape, Shape::Blobs | Shape::Mapping) {
            continue; // Large records; and one record.
        }
        let name = shape.name();
        let peak = |records: &str| {
            let stream = ["--exact", "stream-read/pickle/protocol-4", "--runs", "1"];
            let arguments = [&["--dataset", name, "-n", records], &stream[..]].concat();
            let (_, told) = measure(&folder, &arguments);
            figure(&told, "stream-read/pickle/protocol-4", "/heap/peak_bytes")
        };
        let (few, many) = (peak("20000"), peak("60000"));
        assert!(many <= few + few / 10, "{name}: {few}, then {many}");
        assert!(many < 3 << 20, "{name}: {many}");
    }
}

/// The file that the pickle cases read is the one that Python writes of the same
/// records, byte for byte, and what Python has once is fetched from the memo.
#[test]
fn python_finds_the_same_records() {
    let folder = tempfile::tempdir().unwrap();
    let script = "
import hashlib, pickle, pickletools, sys
text, path, protocol = sys.argv[1:]
data = open(path, 'rb').read()
records = pickle.loads(data)
assert pickle.dumps(records, int(protocol)) == data, 'other bytes'
if not isinstance(records, list):
    records = [records]
lines = ''.join('%r\\n' % (record,) for record in records).encode()
assert lines == open(text, 'rb').read(), 'other records'
gets = sum(op.name in ('BINGET', 'LONG_BINGET', 'GET') for op, _, _ in pickletools.genops(data))
print(gets)";
    for shape in Shape::ALL {
        let name = shape.name();
        let records = if shape == Shape::Blobs { "20" } else { "500" };
        for protocol in [0, 2, 4] {
            let format = format!("pickle/cpython-{protocol}");
            let path = generate(&folder, &format, name, records);
            let text = generate(&folder, "text", name, records);
            let output = Command::new("python3")
                .args(["-c", script, &text, &path, &protocol.to_string()])
                .current_dir(&folder)
                .output();
            let Ok(output) = output else {
                eprintln!("SKIPPED: there is no python3 to compare with");
                return;
            };
            assert!(output.status.success(), "{name} {}", stderr(&output));
            let gets: u64 = stdout(&output).trim().parse().unwrap();
            let least = match shape {
                Shape::Dicts => 6 * 499,
                Shape::Words => 10 * 500 - 1000,
                Shape::Objects => 500,
                _ => 0,
            };
            assert!(gets >= least, "{name} {protocol}: {gets} fetches");
        }
    }
}

fn generate(folder: &TempDir, format: &str, dataset: &str, records: &str) -> String {
    let output = run(
        folder,
        &["generate", format, "--dataset", dataset, "-n", records],
    );
    assert!(output.status.success(), "{}", stderr(&output));
    stdout(&output).trim().to_owned()
}

#[test]
fn an_unknown_dataset_is_an_error_that_lists_them() {
    let folder = tempfile::tempdir().unwrap();
    for command in [
        &["measure", "--dataset", "tuple"][..],
        &["generate", "text", "--dataset", "tuple"],
    ] {
        let output = run(&folder, command);
        assert_eq!(output.status.code(), Some(2));
        for shape in Shape::ALL {
            assert!(
                stderr(&output).contains(shape.name()),
                "{}",
                stderr(&output)
            );
        }
    }
}

/// Cases that a dataset has no columns for say so; the numbers have one.
#[test]
fn columns_are_for_fields_of_a_fixed_width() {
    let folder = tempfile::tempdir().unwrap();
    for (dataset, has) in [("floats", true), ("integers", true), ("strings", false)] {
        let arguments = ["measure", "column-read/text", "--dataset", dataset];
        let output = run(
            &folder,
            &[&arguments[..], &["-n", "1000", "--json"]].concat(),
        );
        let told: Value = json_of(&output);
        let status = if has { "ok" } else { "unsupported" };
        assert_eq!(
            case(&told, "column-read/text")["status"],
            status,
            "{dataset}"
        );
    }
}
