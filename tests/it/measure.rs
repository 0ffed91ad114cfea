//! What `picklebench measure` promises: a contract, exact figures, the same
//! every time.

use std::fs;

use crate::command::{
    assert_keeps_the_contract, case, figure, files, measure, picklebench, run, stderr, stdout,
};
use serde_json::{Value, json};

#[test]
fn a_run_of_everything_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let (code, run) = measure(&folder, &["-n", "3000", "--runs", "2", "--no-python"]);
    assert_eq!(code, Some(0));
    assert_keeps_the_contract(&folder.path().join("results/latest"), &run);

    assert_eq!(run["dataset"]["heap_bytes"], 180_000);
    for row in run["cases"].as_array().unwrap() {
        match row["status"].as_str().unwrap() {
            "ok" => assert_eq!(row["heap"]["deterministic"], true, "{row}"),
            "unsupported" => assert!(row["message"].is_string(), "{row}"),
            _ => panic!("{row}"),
        }
    }
    // Only what is meant to stay stays.
    let names = files(&folder.path().join("results"));
    let expected = [
        "figures.csv",
        "latest",
        "peak-heap.svg",
        "report.html",
        "run.json",
        "run.schema.json",
    ];
    assert_eq!(names, expected);
    assert!(
        files(&folder.path().join("data"))
            .iter()
            .all(|name| name.starts_with("tuples-3000-42-"))
    );
}

#[test]
fn the_empty_case_is_next_to_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (_, run) = measure(&folder, &["empty", "-n", "10"]);
    assert!(figure(&run, "empty/none", "/heap/peak_bytes") < 4096);
    assert_eq!(figure(&run, "empty/none", "/heap/allocations"), 0);
    assert_eq!(figure(&run, "empty/none", "/heap/retained_bytes"), 0);
}

#[test]
fn figures_mean_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let (_, run) = measure(&folder, &["text", "-n", "50_000", "--runs", "2"]);
    let data = 50_000 * 60;
    let floor = figure(&run, "write/text", "/heap/floor_bytes");
    assert!(
        (data..data + 8192).contains(&floor),
        "the list is live: {floor}"
    );
    let extra = figure(&run, "write/text", "/heap/extra_bytes");
    assert!(
        (65_536..70_000).contains(&extra),
        "the buffer and a line: {extra}"
    );
    let peak = figure(&run, "read/text", "/heap/peak_bytes");
    assert_eq!(figure(&run, "read/text", "/heap/extra_bytes"), peak - data);
    for id in [
        "write/text",
        "read/text",
        "stream-read/text",
        "column-read/text",
    ] {
        assert_eq!(figure(&run, id, "/heap/retained_bytes"), 0, "{id} leaks");
        let upper = figure(&run, id, "/heap/peak_upper_bytes");
        assert!(upper >= figure(&run, id, "/heap/peak_bytes"));
        let row = case(&run, id);
        assert_eq!(row["seconds"].as_array().unwrap().len(), 2);
        let live = row["timeline"]["live_bytes"].as_array().unwrap();
        let highest = live.iter().filter_map(Value::as_i64).max();
        assert_eq!(highest, Some(figure(&run, id, "/heap/peak_bytes")), "{id}");
        assert_eq!(row["steps"][1]["name"], "drop");
        assert!(
            row["steps"][1]["heap_bytes"].as_i64().unwrap() < 600_000,
            "{id}: given back"
        );
    }
    if cfg!(target_os = "linux") {
        let high = figure(&run, "read/text", "/resident/high_water_bytes");
        assert!(high > peak && high < peak + (16 << 20), "{high}");
    }
}

#[test]
fn streams_need_the_same_at_any_length() {
    let folder = tempfile::tempdir().unwrap();
    let (_, run) = measure(&folder, &["stream", "-n", "1_000_000", "--runs", "1"]);
    let mut seen = 0;
    for row in run["cases"].as_array().unwrap() {
        if row["status"] != "unsupported" && row["operation"] != "empty" {
            let scaled = row["scaling"].as_array().unwrap();
            let of = |key: &'static str| scaled.iter().map(move |at| at[key].as_i64().unwrap());
            assert_eq!(
                of("records").collect::<Vec<_>>(),
                [10_000, 100_000],
                "{row}"
            );
            for peak in of("peak_bytes").chain(row["heap"]["peak_bytes"].as_i64()) {
                // A compression has tables and a window of its own; who is not told
                // how many there will be waits for the last.
                let most = match row["format"].as_str().unwrap() {
                    format if format.contains('+') => 1024 * 1024,
                    "messagepack" if row["variant"] == "untold" => continue,
                    _ => 256 * 1024,
                };
                assert!(peak < most, "{}: {peak}", row["id"]);
                seen += 1;
            }
        }
    }
    assert!(seen >= 12);
}

#[test]
fn fewer_records_are_measured_where_that_tells_something() {
    let folder = tempfile::tempdir().unwrap();
    let scaling = |records: &str, more: &[&str]| {
        let arguments = ["read/text", "empty", "-n", records, "--runs", "1"];
        let (code, run) = measure(&folder, &[&arguments[..], more].concat());
        assert_eq!(code, Some(0));
        assert_eq!(case(&run, "empty/none")["scaling"], json!([]));
        (case(&run, "read/text")["scaling"].clone(), run)
    };
    let (scaled, large) = scaling("100_000", &[]);
    let (_, small) = scaling("10_000", &[]);
    // What is measured on the side is what a run of its own measures.
    assert_eq!(
        scaled[1],
        json!({"records": 10_000, "peak_bytes": figure(&small, "read/text", "/heap/peak_bytes")})
    );
    assert_eq!(scaled[0]["records"], 1_000);
    assert!(
        scaled[1]["peak_bytes"].as_i64() < Some(figure(&large, "read/text", "/heap/peak_bytes"))
    );
    assert_eq!(
        scaling("99_999", &[]).0,
        json!([]),
        "999 records tell nothing"
    );
    assert_eq!(scaling("100_000", &["--no-scaling"]).0, json!([]));
}

#[test]
fn lists_are_tight_whatever_their_length() {
    let folder = tempfile::tempdir().unwrap();
    for records in [700_000, 1_000_000] {
        let arguments = ["read/text", "column-read/text", "-n", &records.to_string()];
        let (_, run) = measure(
            &folder,
            &[&arguments[..], &["--exact", "--runs", "1", "--no-scaling"]].concat(),
        );
        let most = |bytes: i64| records * bytes * 105 / 100;
        let list = figure(&run, "read/text", "/heap/peak_bytes");
        assert!(list <= most(60), "{records}: {list}");
        let columns = figure(&run, "column-read/text", "/heap/peak_bytes");
        assert!(columns <= most(36), "{records}: {columns}");
    }
}

#[test]
fn two_runs_give_the_same_peaks_to_the_byte() {
    let folder = tempfile::tempdir().unwrap();
    let peaks = || {
        let (_, run) = measure(&folder, &["-n", "2000", "--runs", "1", "--no-python"]);
        let cases = run["cases"].as_array().unwrap().iter();
        cases
            .map(|case| case["heap"]["peak_bytes"].clone())
            .collect::<Vec<_>>()
    };
    let first = peaks();
    assert!(first.iter().filter(|peak| peak.is_number()).count() >= 8);
    assert_eq!(first, peaks());
}

#[test]
fn the_table_has_the_answer_and_the_way_to_the_report() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(
        &folder,
        &["measure", "read/text", "-n", "1000", "--runs", "1"],
    );
    let table = stdout(&output);
    for word in [
        "peak heap",
        "× data",
        "high-water",
        "retained",
        "allocations",
        "stream-read/text",
    ] {
        assert!(table.contains(word), "{word}: {table}");
    }
    assert!(
        table.contains("report: results/latest/report.html"),
        "{table}"
    );
    assert!(!table.contains('\x1b'), "colours in a pipe");
    assert!(!stderr(&output).contains('\r'), "a progress bar in a pipe");
}

#[test]
fn lists_name_what_is_not_there_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let list = stdout(&run(&folder, &["measure", "--list"]));
    assert!(list.lines().any(|line| line == "read/text"), "{list}");
    let stream = list
        .lines()
        .find(|line| line.starts_with("stream-read/serde-pickle"))
        .unwrap();
    assert!(stream.contains("whole tree"), "{stream}");
    assert!(files(folder.path()).is_empty(), "listing makes no files");
}

#[test]
fn a_report_made_again_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    run(&folder, &["measure", "text", "-n", "1000", "--runs", "1"]);
    let results = folder.path().join("results/latest");
    let output = run(
        &folder,
        &["report", "results/latest/run.json", "-o", "again.html"],
    );
    assert!(output.status.success(), "{}", stderr(&output));
    let again = fs::read(folder.path().join("again.html")).unwrap();
    assert!(again == fs::read(results.join("report.html")).unwrap());
    let piped = run(&folder, &["report", "results/latest/run.json", "-o", "-"]);
    assert!(piped.stdout == again);
}

#[test]
fn help_teaches() {
    let folder = tempfile::tempdir().unwrap();
    for command in [
        "measure",
        "fit",
        "scale",
        "report",
        "generate",
        "completions",
    ] {
        let help = stdout(&run(&folder, &[command, "--help"]));
        assert!(help.contains("Examples:\n  picklebench "), "{help}");
    }
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = stdout(&run(&folder, &["completions", shell]));
        assert!(
            script.contains("measure") && script.contains("memory-limit"),
            "{shell}"
        );
    }
    let version = picklebench(&folder).arg("--version").output().unwrap();
    assert_eq!(
        stdout(&version),
        concat!("picklebench ", env!("CARGO_PKG_VERSION"), "\n")
    );
}
