//! `measure --input`: what formats need for somebody's own records.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command::{
    assert_keeps_the_contract, case, figure, files, folder_with, measure, run, stderr, stdout,
};

/// Records with a tuple, which JSON gives back as lists.
const TUPLES: &str = "(0.5, 'a', 1)\n(1.5, 'bc', 18446744073709551616)\n(2.5, 'é', -3)\n";

/// `sha256sum` of them.
const TUPLES_SHA256: &str = "e9361a92f14d587cb8ac7758684db596e14bcdda159f59b7086bbbf12766d2e2";

/// Dicts, which every format keeps.
const DICTS: &str = "{'name': 'a', 'n': 1}\n{'name': 'b', 'n': None}\n{'name': 'c', 'n': 3}\n";

fn with_text(name: &str, text: &str) -> TempDir {
    folder_with(&[(name, text.as_bytes())])
}

/// The statuses of a run's cases that are not `ok`, with their messages.
fn not_ok(run: &Value) -> Vec<String> {
    let rows = run["cases"].as_array().unwrap().iter();
    let rows = rows.filter(|row| row["status"] != "ok" && row["status"] != "unsupported");
    rows.map(|row| format!("{}: {} {}", row["id"], row["status"], row["message"]))
        .collect()
}

#[test]
fn a_file_goes_through_every_format_that_can_hold_it() {
    let folder = with_text("mine.txt", TUPLES);
    let (code, found) = measure(&folder, &["--input", "mine.txt", "--all", "--runs", "2"]);
    assert_eq!(not_ok(&found), [""; 0]);
    assert_eq!(code, Some(0));
    assert_keeps_the_contract(&folder.path().join("results/latest"), &found);
    let dataset = &found["dataset"];
    assert_eq!(dataset["records"], 3);
    // The digest of records is that of their text.
    assert_eq!(dataset["digest"], TUPLES_SHA256);
    assert_eq!(dataset["source"]["file"], "mine.txt");
    assert_eq!(dataset["source"]["format"], "text");
    assert_eq!(dataset["source"]["bytes"], TUPLES.len());
    assert_eq!(dataset["source"]["taken"], Value::Null);
    assert_eq!(
        dataset["source"]["fields"],
        json!([
            { "path": "", "types": [{ "name": "tuple", "count": 3 }] },
            { "path": "[0]", "types": [{ "name": "float", "count": 3 }] },
            { "path": "[1]", "types": [{ "name": "str", "count": 3 }] },
            { "path": "[2]", "types": [{ "name": "int", "count": 3 }] },
        ])
    );
    // What is lost is named, and nothing else is.
    let lost = "tuples come back as lists";
    assert_eq!(case(&found, "read/json-lines")["loss"], lost);
    assert_eq!(case(&found, "read/text").get("loss"), None);
    // Its files are gone with the run.
    assert_eq!(files(&folder.path().join("data")), [""; 0]);
    let page = fs::read_to_string(folder.path().join("results/latest/report.html")).unwrap();
    for said in [
        "3 records of mine.txt",
        "Fields of the records",
        "Not kept by json, json-lines",
    ] {
        assert!(page.contains(said), "{said}");
    }
}

/// Lists and dicts in fields; and what they would not come back as is said of its record.
#[test]
#[cfg(feature = "avro")]
fn a_table_is_measured_of_records_that_it_gives_back() {
    let nested = "{'a': [1, None], 'b': {'c': ('x',)}}\n{'a': [], 'b': {'c': ()}}\n";
    let lacking = "{'a': [{'b': 1}]}\n{'a': [{'b': 2}, {}]}\n{'a': [{'b': 3}]}\n";
    for (records, status, told, says) in [
        (nested, "ok", "loss", "tuples come back as lists"),
        (
            lacking,
            "unsupported",
            "message",
            "record 2 has no form in it: a key that only some of the dicts have comes back as None",
        ),
    ] {
        let folder = with_text("mine.txt", records);
        let words = ["--input", "mine.txt", "avro", "--runs", "1", "--no-scaling"];
        let (code, found) = measure(&folder, &words);
        assert_eq!((code, not_ok(&found)), (Some(0), vec![]));
        for id in ["write/avro/extend-ser", "read/avro", "stream-read/avro"] {
            let row = case(&found, id);
            assert_eq!(row["status"], status, "{row}");
            assert!(row[told].as_str().unwrap().contains(says), "{row}");
        }
    }
}

#[test]
fn the_same_records_have_the_same_digest_in_every_format() {
    let folder = with_text("mine.txt", DICTS);
    for to in ["mine.pkl", "mine.jsonl"] {
        assert!(run(&folder, &["convert", "mine.txt", to]).status.success());
    }
    let digests = ["mine.txt", "mine.pkl", "mine.jsonl"].map(|name| {
        let (code, found) = measure(&folder, &["--input", name, "read/", "--runs", "1"]);
        assert_eq!((code, not_ok(&found)), (Some(0), vec![]), "{name}");
        found["dataset"]["digest"].clone()
    });
    assert_eq!(digests[0], digests[1]);
    assert_eq!(digests[0], digests[2]);
}

#[test]
fn heap_figures_are_those_of_values_to_the_byte_each_time() {
    let lines: String = (0..2000)
        .map(|at| format!("({at}.5, 'text {at}', {at})\n"))
        .collect();
    let folder = with_text("mine.txt", &lines);
    let words = ["--input", "mine.txt", "text", "--runs", "2", "--no-scaling"];
    let (code, found) = measure(&folder, &words);
    assert_eq!((code, not_ok(&found)), (Some(0), vec![]));
    for row in found["cases"].as_array().unwrap() {
        if row["status"] == "ok" {
            assert_eq!(row["heap"]["deterministic"], true, "{row}");
        }
    }
    let data = found["dataset"]["heap_bytes"].as_i64().unwrap();
    // The list is what is live when writing begins, and little else.
    let floor = figure(&found, "write/text", "/heap/floor_bytes");
    assert!((data..data + 16_384).contains(&floor), "{data} {floor}");
    // A stream holds none of it.
    let peak = figure(&found, "stream-read/text", "/heap/peak_bytes");
    assert!(peak < data / 2, "{peak} of {data}");
}

#[test]
fn records_are_chosen() {
    let lines: String = (0..1000).map(|at| format!("{at}\n")).collect();
    let folder = with_text("mine.txt", &lines);
    let found = |more: &[&str]| {
        let words = ["--input", "mine.txt", "--exact", "read/text", "--runs", "1"];
        let (code, found) = measure(&folder, &[&words[..], more].concat());
        assert_eq!((code, not_ok(&found)), (Some(0), vec![]), "{more:?}");
        found["dataset"].clone()
    };
    let first = found(&["-n", "10"]);
    assert_eq!(first["records"], 10);
    assert_eq!(first["source"]["taken"], "the first 10");
    let sample = found(&["--sample", "100"]);
    assert_eq!(
        (&sample["records"], &sample["seed"]),
        (&json!(100), &json!(42))
    );
    let taken = "a sample of 100 records, drawn with seed 42";
    assert_eq!(sample["source"]["taken"], taken);
    assert_eq!(found(&["--sample", "100"]), sample);
    let other = found(&["--sample", "100", "--seed", "7"]);
    assert_ne!(other["digest"], sample["digest"]);
    let part = found(&["--sample", "10%"])["records"].as_u64().unwrap();
    assert!((60..150).contains(&part), "{part}");
    assert_eq!(
        found(&["--sample", "5000"])["source"]["taken"],
        "a sample of 5,000 records, drawn with seed 42"
    );
}

#[test]
fn parts_of_a_pickle_are_records_as_in_convert() {
    let folder = with_text("mine.txt", "{'rows': [1, 2, 3], 'more': None}\n");
    assert!(
        run(&folder, &["convert", "mine.txt", "mine.pkl"])
            .status
            .success()
    );
    let path = [
        "--input",
        "mine.pkl",
        "--path",
        "[0].rows",
        "read/text",
        "--runs",
        "1",
    ];
    let (code, found) = measure(&folder, &path);
    assert_eq!((code, &found["dataset"]["records"]), (Some(0), &json!(3)));
}

#[test]
fn lists_beyond_the_limit_are_left_out_and_streams_are_not() {
    let lines: String = (0..200_000)
        .map(|at| format!("'a text of some length {at:010}'\n"))
        .collect();
    let folder = with_text("mine.txt", &lines);
    let words = ["--input", "mine.txt", "text", "--runs", "1", "--no-scaling"];
    let (code, found) = measure(
        &folder,
        &[&words[..], &["--memory-limit", "12MiB"]].concat(),
    );
    assert_eq!(code, Some(0), "{:?}", not_ok(&found));
    for id in ["read/text", "write/text"] {
        let row = case(&found, id);
        assert_eq!(row["status"], "left-out", "{row}");
        let message = row["message"].as_str().unwrap();
        assert!(
            message.contains("12.0 MiB") && message.contains("--memory-limit"),
            "{message}"
        );
    }
    for id in ["stream-read/text", "stream-write/text"] {
        assert_eq!(case(&found, id)["status"], "ok");
    }
    // What a format cannot do is no question of memory.
    let cannot = [
        "--input",
        "mine.txt",
        "--exact",
        "read/postcard",
        "--memory-limit",
        "12MiB",
    ];
    let (code, found) = measure(&folder, &cannot);
    assert_eq!(code, Some(0));
    assert_eq!(case(&found, "read/postcard")["status"], "unsupported");
}

#[test]
fn what_cannot_be_measured_is_said_before_anything_is() {
    let folder = with_text("mine.txt", DICTS);
    fs::write(folder.path().join("empty.txt"), "").unwrap();
    fs::write(folder.path().join("odd.bin"), "hello, world\n").unwrap();
    fs::write(folder.path().join("bad.txt"), "1\n2\n(3\n").unwrap();
    fs::create_dir(folder.path().join("folder")).unwrap();
    let cases: [(&[&str], &str); 11] = [
        (&["--input", "-"], "cat > FILE"),
        (&["--input", "folder"], "it is a folder"),
        (&["--input", "none.txt"], "none.txt"),
        (&["--input", "empty.txt"], "empty"),
        (&["--input", "odd.bin"], "--from"),
        (&["--input", "bad.txt"], "line 3"),
        (&["--input", "mine.txt", "--seed", "3"], "leave it out"),
        (&["--input", "mine.txt", "-n", "0"], "at least one record"),
        (
            &["--input", "mine.txt", "--sample", "0"],
            "at least one record",
        ),
        (&["--input", "mine.txt", "read/nothing"], "no case matches"),
        (&["--from", "text"], "--input"),
    ];
    for (words, said) in cases {
        let output = run(&folder, &[&["measure"], words].concat());
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{words:?}: {message}");
        assert!(message.contains(said), "{words:?}: {message}");
        assert_eq!(stdout(&output), "", "{words:?}");
    }
    assert!(!folder.path().join("results").exists());
}

#[test]
fn nothing_of_a_pickle_is_executed_and_objects_are_the_users_choice() {
    // os.system('touch made'), as a record.
    let pickle = b"(lp0\ncos\nsystem\n(S'touch made'\ntRa.";
    let folder = folder_with(&[("evil.pkl", pickle)]);
    let words = ["measure", "--input", "evil.pkl", "read/text", "--runs", "1"];
    let output = run(&folder, &words);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("os.system") || stderr(&output).contains("posix"),
        "{}",
        stderr(&output)
    );
    let output = run(&folder, &[&words[..], &["--objects", "fields"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(!folder.path().join("made").exists());
}
