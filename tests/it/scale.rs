//! How peaks grow with the number of records: `picklebench scale`.

use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::command::{
    assert_keeps_the_contract, case, files, picklebench, run, run_json, signal, stderr, stdout,
};
use picklebench::report::growth_table;
use picklebench::results::Run;
use serde_json::Value;

#[test]
fn streams_are_flat_and_lists_grow_by_their_records() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["stream-read/text", "write/text", "--exact", "--points", "9"];
    let scale = ["scale", "--records", "1e3..1e5", "--json"];
    let (code, found) = run_json(&folder, &[&scale[..], &arguments].concat());
    assert_eq!(code, Some(0), "{found}");

    let stream = case(&found, "stream-read/text");
    assert_eq!(stream["of"], "heap");
    assert_eq!(stream["points"].as_array().unwrap().len(), 9);
    assert_eq!(stream["law"]["kind"], "flat", "{stream}");
    assert_eq!(stream["law"]["bytes_a_record"], 0.0);
    let far = &stream["law"]["estimate"];
    assert_eq!(far["records"], 1_000_000_000);
    assert!(far["high_bytes"].as_i64().unwrap() < 256 * 1024, "{far}");

    let list = case(&found, "write/text");
    assert_eq!(list["law"]["kind"], "line", "{list}");
    let slope = list["law"]["bytes_a_record"].as_f64().unwrap();
    assert!((59.9..60.1).contains(&slope), "{list}");
    let far = &list["law"]["estimate"];
    let (low, high) = (far["low_bytes"].as_f64(), far["high_bytes"].as_f64());
    assert!(low.unwrap() <= 6.01e10 && high.unwrap() >= 5.99e10, "{far}");
    let residuals = list["points"].as_array().unwrap().iter();
    assert!(
        residuals
            .clone()
            .all(|at| at["residual_bytes"].as_i64().unwrap().abs() < 4096)
    );

    // The run has the points, and the page has the law of them.
    let results = folder.path().join("results/latest");
    let json = std::fs::read_to_string(results.join("run.json")).unwrap();
    let run: Value = serde_json::from_str(&json).unwrap();
    assert_keeps_the_contract(&results, &run);
    assert_eq!(run["dataset"]["records"], 100_000);
    let scaling = case(&run, "write/text")["scaling"].as_array().unwrap();
    assert_eq!(scaling.len(), 8);
    for (scaled, point) in scaling.iter().zip(residuals) {
        assert_eq!(scaled["records"], point["records"]);
        assert_eq!(scaled["peak_bytes"], point["peak_bytes"]);
    }
    let page = std::fs::read_to_string(results.join("report.html")).unwrap();
    assert!(page.contains("The law of each line") && page.contains("Each point and its residual"));
    // Files of the points in between are not kept.
    let data = files(&folder.path().join("data"));
    assert_eq!(
        data,
        [
            "tuples-100000-42-text.txt",
            "tuples-100000-42-text.txt.sha256"
        ]
    );
}

#[test]
fn the_table_shows_laws_points_and_residuals() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["scale", "stream-write/text", "--exact", "-n", "1e3..1e4"];
    let output = run(&folder, &arguments);
    let table = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{table}");
    for word in [
        "at 1,000,000,000 records",
        "not at all",
        "residual",
        "10,000",
        "report: results/latest/report.html",
    ] {
        assert!(table.contains(word), "{word}: {table}");
    }
    // Four for each of 3.3 doublings.
    let points = table.lines().filter(|line| line.ends_with(" B")).count();
    assert!((13..=16).contains(&points), "{table}");
}

/// CPython's memo is a table that doubles, and its pickler holds all of it.
#[test]
#[cfg(target_os = "linux")]
fn in_python_the_resident_set_grows_and_the_memo_of_a_dump_doubles() {
    if Command::new("python3").arg("--version").output().is_err() {
        return eprintln!("SKIPPED: there is no python3");
    }
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["python-pickle/dump-protocol-4", "--python", "python3"];
    let scale = ["scale", "-n", "1e4..3e5", "--points", "17", "--json"];
    let output = run(&folder, &[&scale[..], &arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    // The data files of the run, and none of its points.
    let made = stderr(&output).matches("making ").count();
    assert!(made <= 2, "{}", stderr(&output));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let cases = found["cases"].as_array().unwrap().iter();
    let mut dumps = cases.filter(|case| case["id"].as_str().unwrap().contains("/python-pickle/"));
    let dump = dumps.next().unwrap();
    assert_eq!(dump["of"], "high-water", "{dump}");
    assert_eq!(dump["points"].as_array().unwrap().len(), 17);
    assert_eq!(dump["law"]["kind"], "line-and-doubling", "{dump}");

    let results = folder.path().join("results/latest");
    let page = std::fs::read_to_string(results.join("report.html")).unwrap();
    for words in [
        "Peaks against records",
        "The resident set, of cases without a meter.",
        "high-water mark against the number of records",
        "The law of each line of the resident set",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let run = Run::load(&results.join("run.json")).unwrap();
    let table = growth_table::render(&run, false);
    let row = table.lines().find(|line| line.contains("python-pickle"));
    let row = row.unwrap_or_else(|| panic!("{table}"));
    assert!(
        row.contains("resident set") && row.contains("by doubling"),
        "{table}"
    );
}

#[test]
fn a_range_that_shows_nothing_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (range, says) in [
        ("1e7..1e4", "did you mean 10000..10000000?"),
        ("1e5..1e5", "shows no growth"),
        ("1e5", "such as 1e4..1e7"),
        ("0..1e4", "at least one record"),
        ("1e4..", "is not a number"),
        ("1..99999999999999999999", "is too large"),
    ] {
        let output = run(&folder, &["scale", "text", "--records", range]);
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{range}: {message}");
        assert!(message.contains(says), "{range}: {message}");
    }
    for (arguments, says) in [
        (&["scale", "read/nothing"][..], "no case matches"),
        (&["scale", "empty"], "no records to scale"),
        (&["scale", "text", "--points", "1"], "2..=1000"),
    ] {
        let output = run(&folder, arguments);
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
        assert!(message.contains(says), "{arguments:?}: {message}");
    }
    assert!(files(folder.path()).is_empty());
}

#[test]
#[cfg(target_os = "linux")]
fn an_interrupt_leaves_no_files_of_points() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["scale", "read/text", "--exact", "--records", "1e3..2e5"];
    let mut child = picklebench(&folder)
        .args(arguments)
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let data = folder.path().join("data");
    let is_at_points = || {
        files(&data)
            .iter()
            .any(|name| name.starts_with("tuples-1000-"))
    };
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_at_points() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(1));
    }
    signal("INT", child.id());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let left = files(&data);
    assert_eq!(
        left,
        [
            "tuples-200000-42-text.txt",
            "tuples-200000-42-text.txt.sha256"
        ]
    );
}
