//! `picklebench report --format`: figures in the shapes that other programs read.

use std::fs;

use crate::command::{run as picklebench, stderr, stdout};
use crate::support::{run, troubled};
use picklebench::results::{Run, Status};
use serde_json::{Value, json};

/// What `report --format` prints of a run.
fn export(run: &Run, format: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("run.json"), run.to_json()).unwrap();
    let output = picklebench(&folder, &["report", "run.json", "--format", format]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stderr(&output), "");
    stdout(&output)
}

/// The JSON Schema of Bencher's metric format, by its reference.
fn bmf() -> Value {
    json!({
        "type": "object",
        "patternProperties": { ".+": {
            "type": "object",
            "patternProperties": { ".+": {
                "type": "object",
                "properties": {
                    "value": { "type": "number" },
                    "lower_value": { "type": "number" },
                    "upper_value": { "type": "number" }
                },
                "required": ["value"],
                "additionalProperties": false
            } },
            "propertyNames": { "minLength": 1, "maxLength": 64 }
        } },
        "propertyNames": { "minLength": 1, "maxLength": 1024 }
    })
}

#[test]
fn bencher_gets_its_metric_format() {
    let schema = jsonschema::validator_for(&bmf()).unwrap();
    for run in [run(), troubled()] {
        let exported: Value = serde_json::from_str(&export(&run, "bencher")).unwrap();
        assert!(schema.is_valid(&exported), "{exported}");
        let with_figures = run.cases.iter().filter(|case| case.status == Status::Ok);
        assert_eq!(exported.as_object().unwrap().len(), with_figures.count());
    }
    let run = run();
    let exported: Value = serde_json::from_str(&export(&run, "bencher")).unwrap();
    let case = run
        .cases
        .iter()
        .find(|case| case.id == "read/text")
        .unwrap();
    let (heap, resident) = (case.heap.as_ref().unwrap(), case.resident.as_ref().unwrap());
    let measures = &exported["read/text"];
    assert_eq!(
        measures["peak-heap"],
        json!({"value": heap.peak_bytes as f64})
    );
    assert_eq!(
        measures["file-size"]["value"],
        case.file_bytes.unwrap() as f64
    );
    assert_eq!(measures["allocations"]["value"], heap.allocations as f64);
    let high = &measures["high-water"];
    assert_eq!(high["value"], resident.high_water_bytes.unwrap() as f64);
    assert_eq!(
        high["lower_value"],
        resident.high_water_runs_bytes[0] as f64
    );
    // Bencher's own measure of time is in nanoseconds.
    assert_eq!(
        measures["latency"]["value"],
        (case.seconds[0] * 1e9).round()
    );
    assert_eq!(
        measures["latency"]["upper_value"],
        (case.seconds[1] * 1e9).round()
    );
}

#[test]
fn bencher_gets_no_name_that_it_would_refuse() {
    let mut run = run();
    run.cases[1].id = "x".repeat(5000);
    run.cases[2].id = String::new();
    let schema = jsonschema::validator_for(&bmf()).unwrap();
    let exported: Value = serde_json::from_str(&export(&run, "bencher")).unwrap();
    assert!(schema.is_valid(&exported));
}

#[test]
fn github_action_benchmark_gets_what_is_smaller_is_better() {
    let entry = json!({
        "type": "array",
        "items": {
            "type": "object",
            "required": ["name", "unit", "value"],
            "properties": {
                "name": { "type": "string" },
                "unit": { "type": "string" },
                "value": { "type": "number" },
                "range": { "type": "string", "pattern": "^± [0-9.e-]+$" },
                "extra": { "type": "string" }
            },
            "additionalProperties": false
        }
    });
    let schema = jsonschema::validator_for(&entry).unwrap();
    for run in [run(), troubled()] {
        let exported: Value =
            serde_json::from_str(&export(&run, "github-action-benchmark")).unwrap();
        assert!(schema.is_valid(&exported), "{exported}");
        // The action tells its charts apart by name.
        let entries = exported.as_array().unwrap();
        let mut names: Vec<&str> = entries
            .iter()
            .map(|it| it["name"].as_str().unwrap())
            .collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), entries.len());
    }
    let exported: Value = serde_json::from_str(&export(&run(), "github-action-benchmark")).unwrap();
    let entries = exported.as_array().unwrap();
    let named = |name: &str| entries.iter().find(|it| it["name"] == name).unwrap();
    let run = run();
    let case = run
        .cases
        .iter()
        .find(|case| case.id == "read/text")
        .unwrap();
    assert_eq!(
        named("read/text: peak heap")["value"],
        case.heap.as_ref().unwrap().peak_bytes
    );
    assert_eq!(named("read/text: peak heap")["unit"], "bytes");
    assert_eq!(named("read/text: time")["value"], case.seconds[0]);
    assert_eq!(named("read/text: high-water")["range"], "± 4096");
}

#[test]
fn markdown_has_a_row_a_case_and_is_safe() {
    let exported = export(&run(), "markdown");
    let ok = run()
        .cases
        .iter()
        .filter(|case| case.status == Status::Ok)
        .count();
    let rows: Vec<&str> = exported
        .lines()
        .filter(|line| line.starts_with('|'))
        .collect();
    assert_eq!(rows.len(), ok + 2);
    let columns = rows[0].matches('|').count();
    assert!(rows.iter().all(|row| row.matches('|').count() == columns));
    assert!(
        exported.starts_with("**Reading 1,000,000 records back"),
        "{exported:.200}"
    );

    let exported = export(&troubled(), "markdown");
    assert!(exported.contains("No space left on device"), "{exported}");
    for bad in ["<script", "\u{202e}"] {
        assert!(!exported.contains(bad), "{exported}");
    }
    let mut failed = troubled();
    failed.cases.retain(|case| case.status != Status::Ok);
    let exported = export(&failed, "markdown");
    assert!(
        exported.starts_with("**None of the 5 cases finished.**"),
        "{exported}"
    );
    assert!(!exported.contains("| case"), "{exported}");
}

#[test]
fn csv_goes_to_standard_output_or_to_a_file() {
    let csv = export(&run(), "csv");
    assert_eq!(csv.lines().count(), run().cases.len() + 1);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("run.json"), run().to_json()).unwrap();
    let arguments = ["report", ".", "--format", "csv", "-o", "figures.csv"];
    let output = picklebench(&folder, &arguments);
    assert_eq!(
        (output.status.code(), stdout(&output).as_str()),
        (Some(0), "")
    );
    assert_eq!(
        fs::read_to_string(folder.path().join("figures.csv")).unwrap(),
        csv
    );
}

#[test]
fn formats_of_one_run_refuse_two() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("run.json"), run().to_json()).unwrap();
    let output = picklebench(
        &folder,
        &["report", "run.json", "run.json", "--format", "csv"],
    );
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("picklebench compare"),
        "{}",
        stderr(&output)
    );
    let output = picklebench(&folder, &["report", "run.json", "--format", "xml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("github-action-benchmark"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn runs_of_different_datasets_stand_beside_each_other() {
    let folder = tempfile::tempdir().unwrap();
    for shape in ["tuples", "words", "dicts"] {
        let mut run = run();
        run.dataset.name = shape.into();
        fs::write(folder.path().join(shape), run.to_json()).unwrap();
    }
    let report = |runs: &[&str]| {
        let arguments = [&["report", "-o", "page.html"], runs].concat();
        let output = picklebench(&folder, &arguments);
        let page = fs::read_to_string(folder.path().join("page.html"));
        (
            output.status.code(),
            stderr(&output),
            page.unwrap_or_default(),
        )
    };
    let (code, said, page) = report(&["words", "tuples", "dicts"]);
    assert_eq!((code, said.as_str()), (Some(0), "report: page.html\n"));
    // The page is the first run's, and the columns are in the order given.
    assert!(page.contains("<title>picklebench: 1,000,000 words, "));
    let places =
        ["words", "tuples", "dicts"].map(|shape| page.find(&format!("<bdi>{shape}</bdi>")));
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{places:?}"
    );
    assert!(!page.contains("id=\"comparison\""));

    // Two of one dataset are compared, which more than two cannot be.
    let (code, _, page) = report(&["words", "words"]);
    assert_eq!(code, Some(0));
    assert!(page.contains("id=\"comparison\"") && !page.contains("id=\"shapes\""));
    let (code, said, _) = report(&["words", "tuples", "words"]);
    assert_eq!(code, Some(2));
    assert!(
        said.contains("words and words are both of words: name one run of each dataset"),
        "{said}"
    );
}
