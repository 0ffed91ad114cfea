//! Memory limits that are exact, and what `picklebench fit` finds with them.

use std::process::Command;

use crate::command::{
    assert_keeps_the_contract, case, figure, files, measure, run, run_json, stderr, stdout,
};
use serde_json::Value;

const KIB: i64 = 1024;

#[test]
fn the_smallest_limit_is_the_peak() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["fit", "d/text", "write/text", "-n", "20_000", "--json"];
    let (code, found) = run_json(&folder, &arguments);
    assert_eq!(code, Some(0));
    assert_keeps_the_contract(&folder.path().join("results/latest"), &found);
    let mut seen = 0;
    for row in found["cases"].as_array().unwrap() {
        if row["status"] != "ok" {
            assert!(row.get("fit").is_none(), "{row}");
            continue;
        }
        assert_eq!(row["fit"]["kind"], "heap");
        let peak = row["heap"]["peak_bytes"].as_i64().unwrap();
        let limit = row["fit"]["limit_bytes"].as_i64().unwrap();
        assert!((peak..peak + 64 * KIB).contains(&limit), "{row}");
        if cfg!(target_os = "linux") {
            // The heap, and the program.
            assert!(
                row["fit"]["resident_bytes"].as_i64().unwrap() > peak,
                "{row}"
            );
        }
        seen += 1;
    }
    assert!(seen >= 6, "{found}");
    let page = std::fs::read_to_string(folder.path().join("results/latest/report.html"));
    assert!(page.unwrap().contains("The smallest limit that works"));
}

/// In Python there is no meter: the smallest container is what was resident within the
/// least limit, and agrees with the high-water mark of a run without one.
#[test]
#[cfg(target_os = "linux")]
fn in_python_the_smallest_container_is_the_high_water_mark() {
    if Command::new("python3").arg("--version").output().is_err() {
        return eprintln!("SKIPPED: there is no python3");
    }
    let folder = tempfile::tempdir().unwrap();
    let cases = ["python-json/dump-3", "python-json/load-3"];
    let how = ["-n", "50_000", "--json", "--python", "python3"];
    let (code, found) = run_json(&folder, &[&["fit"], &cases[..], &how].concat());
    assert_eq!(code, Some(0), "{found}");
    let rows = found["cases"].as_array().unwrap().iter();
    let rows: Vec<&Value> = rows
        .filter(|row| row["format"] == "python-json" && row["status"] == "ok")
        .collect();
    let mut limits = Vec::new();
    for row in rows {
        let high_water = row["resident"]["high_water_bytes"].as_i64().unwrap();
        let limit = row["fit"]["limit_bytes"].as_i64().unwrap();
        let container = match row["fit"]["kind"].as_str() {
            Some("resident") => limit,
            Some("address-space") => row["fit"]["resident_bytes"].as_i64().unwrap(),
            other => panic!("{other:?}"),
        };
        let near = (high_water / 20).max(2 * 1024 * KIB);
        assert!((container - high_water).abs() <= near, "{row}");
        limits.push((row["operation"].as_str().unwrap(), limit));
    }
    limits.sort_unstable();
    let [("read", read), ("write", write)] = limits[..] else {
        panic!("{limits:?}");
    };
    // The check of what was written reads it back, and is not held to the limit.
    assert!(write < read, "{write} {read}");
    let page = std::fs::read_to_string(folder.path().join("results/latest/report.html"));
    assert!(page.unwrap().contains("Smallest container"));
    // What is found is enough for `measure`, but for some pages.
    let limit = (write + 512 * KIB).to_string();
    let within = [
        "-n",
        "50_000",
        "--python",
        "python3",
        "--memory-limit",
        &limit,
    ];
    let (code, run) = measure(
        &folder,
        &[&["write/python-json/dump-3"], &within[..]].concat(),
    );
    assert_eq!(code, Some(0), "{run}");
}

#[test]
fn a_limit_is_exact_to_the_byte() {
    let folder = tempfile::tempdir().unwrap();
    let within = |limit: &str| {
        let arguments = ["read/text", "--exact", "-n", "20_000", "--runs", "1"];
        let (_, run) = measure(
            &folder,
            &[&arguments[..], &["--memory-limit", limit]].concat(),
        );
        run
    };
    let peak = figure(&within("1GiB"), "read/text", "/heap/peak_bytes");
    let enough = within(&peak.to_string());
    assert_eq!(case(&enough, "read/text")["status"], "ok");
    assert_eq!(figure(&enough, "read/text", "/heap/peak_bytes"), peak);
    let row = case(&within(&(peak - 1).to_string()), "read/text").clone();
    assert_eq!(row["status"], "out-of-memory", "{row}");
}

#[test]
fn a_case_that_dies_says_at_which_step_and_how_much_it_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let messages = |limit: &str| {
        let arguments = ["text", "-n", "100_000", "--runs", "1", "--no-scaling"];
        let (code, run) = measure(
            &folder,
            &[&arguments[..], &["--memory-limit", limit]].concat(),
        );
        assert_eq!(code, Some(1));
        move |id: &str| {
            let row = case(&run, id);
            assert_eq!(row["status"], "out-of-memory", "{row}");
            row["message"].as_str().unwrap().to_owned()
        }
    };
    // 100,000 tuples of 40 bytes, in one piece.
    let small = messages("1000KiB");
    assert_eq!(
        small("write/text"),
        "in set-up, it asked for a block of 4,000,000 bytes; the worker was at its limit of \
         1000 KiB; see --memory-limit"
    );
    assert!(small("read/text").starts_with("in read, it asked for a block of "));
    // Room for the list and for nothing else: the buffer of the output is too much.
    let list = messages("6_010_000");
    let told = list("write/text");
    let asked = told.strip_prefix("in write, it asked for a block of ");
    let (asked, rest) = asked.and_then(|asked| asked.split_once(' ')).unwrap();
    assert!(
        asked.replace(',', "").parse::<u64>().unwrap() >= 65_536,
        "{told}"
    );
    assert_eq!(
        rest,
        "bytes; the worker was at its limit of 6,010,000 bytes; see --memory-limit"
    );
}

#[test]
fn the_table_has_the_limit_next_to_the_peak() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(&folder, &["fit", "stream-read/text", "-n", "1000"]);
    let table = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{table}");
    for word in [
        "smallest limit that works",
        "smallest container",
        "what was resident at its peak within that limit",
        "stream-read/text",
        " KiB)",
        "its heap, as the allocator counts",
        "report: results/latest/report.html",
    ] {
        assert!(table.contains(word), "{word}: {table}");
    }
}

#[test]
fn what_cannot_be_fitted_says_why() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, says) in [
        (
            &["fit", "read/nothing"][..],
            "no case matches \"read/nothing\"",
        ),
        (&["fit", "text", "-n", "0"], "at least one record"),
        (
            &["fit", "text", "--memory-limit", "15KiB"],
            "a process needs 16.0 KiB to begin",
        ),
    ] {
        let output = run(&folder, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let message = stderr(&output);
        assert!(message.contains(says), "{arguments:?}: {message}");
        assert!(files(folder.path()).is_empty());
    }
    // A case that does not work within the limit that is given has no smaller one.
    let arguments = [
        "fit",
        "read/text",
        "--exact",
        "-n",
        "20_000",
        "--memory-limit",
    ];
    let output = run(&folder, &[&arguments[..], &["500KiB"]].concat());
    assert_eq!(output.status.code(), Some(1));
    let table = stdout(&output);
    assert!(
        table.contains("read/text: out of memory: in read, it asked"),
        "{table}"
    );
    // The least limit that is accepted is enough for a worker.
    let (code, found) = run_json(
        &folder,
        &["fit", "empty", "--memory-limit", "16KiB", "--json"],
    );
    assert_eq!(code, Some(0), "{found}");
    assert!(case(&found, "empty/none")["fit"]["limit_bytes"].is_number());
}

#[test]
fn a_list_of_cases_is_that_of_measure() {
    let folder = tempfile::tempdir().unwrap();
    let lists = ["measure", "fit", "scale"].map(|command| {
        let output = run(&folder, &[command, "text", "--list", "--dataset", "words"]);
        stdout(&output)
    });
    assert!(lists[0].contains("read/text\n"));
    assert!(lists.iter().all(|list| *list == lists[0]));
    assert!(
        Value::from(files(folder.path()))
            .as_array()
            .unwrap()
            .is_empty()
    );
}
