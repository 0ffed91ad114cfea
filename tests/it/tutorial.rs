//! What `picklebench tutorial` promises: every function of the tutorial, step
//! by step, with exact figures of the heap.

use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::command::{
    assert_keeps_the_contract, figure, measure, picklebench, run, run_json, signal, stderr, stdout,
};
use picklestream::value::Value as Dynamic;
use serde_json::Value;
use tempfile::TempDir;

const RECORDS: i64 = 20_000;

/// Every function in Rust, with the steps that it has; see the experiments.
const FUNCTIONS: [(&str, &[&str], &[&str]); 9] = [
    (
        "deepcopy copy_and_del",
        &["Vec<i64>", "Vec<Box<i64>>", "Vec<Value>"],
        &["build", "deepcopy", "del x", "del y", "trim"],
    ),
    (
        "free-list free_all_but_some",
        &["small objects", "large objects"],
        &["build", "free", "trim", "free the rest", "trim the rest"],
    ),
    (
        "pickle create_file",
        &[
            "serde-pickle/own-3",
            "pickle/protocol-0",
            "pickle/protocol-4",
        ],
        &["build", "dump", "del"],
    ),
    (
        "pickle load_file",
        &[
            "serde-pickle/protocol-4",
            "pickle/protocol-0",
            "pickle/protocol-4",
        ],
        &["load", "del"],
    ),
    ("flat create_file", &["text"], &["build", "write", "del"]),
    ("flat load_file", &["text"], &["read", "del"]),
    (
        "streaming process_file",
        &["text", "pickle/protocol-4"],
        &["stream"],
    ),
    (
        "streaming fill_columns",
        &["text", "pickle/protocol-4"],
        &["allocate", "fill", "del"],
    ),
    (
        "streaming load_then_convert",
        &["text", "pickle/protocol-4"],
        &["load", "convert", "del list", "del columns"],
    ),
];

/// Runs `tutorial` in Rust only, with `--json`, and gives what it prints.
fn tutorial(folder: &TempDir, arguments: &[&str]) -> (Option<i32>, Value) {
    let fixed = &["tutorial", "--no-python", "--json"];
    run_json(folder, &[fixed, arguments].concat())
}

/// A run of all experiments over [`RECORDS`].
fn all() -> Value {
    let folder = tempfile::tempdir().unwrap();
    let (code, run) = tutorial(&folder, &["-n", &RECORDS.to_string()]);
    assert_eq!(code, Some(0));
    run
}

/// Rust's profiles: the tutorial's own figures stand among them.
fn profiles(run: &Value) -> impl Iterator<Item = &Value> {
    let all = run["tutorial"]["profiles"].as_array().unwrap().iter();
    all.filter(|profile| profile["by"] == "rust")
}

fn profile<'a>(run: &'a Value, function: &str, variant: &str) -> &'a Value {
    let name = |p: &Value| format!("{} {}", text(&p["experiment"]), text(&p["function"]));
    let found = profiles(run).find(|p| name(p) == function && p["variant"] == variant);
    found.unwrap_or_else(|| panic!("no profile of {function} {variant}"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn step<'a>(profile: &'a Value, name: &str) -> &'a Value {
    let mut steps = profile["steps"].as_array().unwrap().iter();
    steps.find(|step| step["name"] == name).unwrap()
}

/// What a step kept and what it took at the most, in heap bytes.
fn heap(profile: &Value, name: &str) -> (i64, i64) {
    let step = step(profile, name);
    let bytes = |figure: &str| step[figure].as_i64().unwrap();
    let before = bytes("heap_before_bytes");
    (
        bytes("heap_after_bytes") - before,
        bytes("heap_peak_bytes") - before,
    )
}

#[test]
fn every_function_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let (code, run) = tutorial(&folder, &["-n", &RECORDS.to_string()]);
    assert_eq!(code, Some(0));
    let results = folder.path().join("results/latest");
    assert_keeps_the_contract(&results, &run);
    assert!(results.join("report.html").exists());

    let trims = cfg!(all(target_os = "linux", target_env = "gnu"));
    let mut profiles = profiles(&run);
    for (function, variants, steps) in FUNCTIONS {
        for variant in variants {
            let row = profiles.next().expect("a profile for every variant");
            let name = format!("{} {}", text(&row["experiment"]), text(&row["function"]));
            assert_eq!(
                (name.as_str(), text(&row["variant"])),
                (function, *variant),
                "in the tutorial's order"
            );
            assert_eq!(row["status"], "ok", "{row}");
            let found = row["steps"].as_array().unwrap().iter();
            let found: Vec<&str> = found.map(|step| text(&step["name"])).collect();
            let expected = steps.iter().filter(|name| trims || !name.contains("trim"));
            assert_eq!(found, expected.copied().collect::<Vec<_>>(), "{name}");
            source_is_real(row);
            timeline_has_the_peak(row);
        }
    }
    assert_eq!(profiles.next(), None);
    // Nothing is left but what can be used again.
    let names = crate::command::files(&folder.path().join("data"));
    assert!(
        names
            .iter()
            .all(|name| name.starts_with("tuples-20000-42-"))
    );
    let claims = run["tutorial"]["claims"].as_array().unwrap();
    assert!(claims.iter().any(|claim| claim["id"] == "dump-doubles"));
}

/// The line is where the file says, and shows the step.
fn source_is_real(profile: &Value) {
    for step in profile["steps"].as_array().unwrap() {
        let file = text(&step["file"]);
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let content = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
        let line = usize::try_from(step["line"].as_u64().unwrap()).unwrap();
        let source = text(&step["source"]);
        assert_eq!(content.lines().nth(line - 1).unwrap().trim(), source);
        assert!(
            source.contains(&format!("{:?}", text(&step["name"]))),
            "{source}"
        );
    }
}

fn timeline_has_the_peak(profile: &Value) {
    let steps = profile["steps"].as_array().unwrap().iter();
    let peak = steps
        .filter_map(|step| step["heap_peak_bytes"].as_i64())
        .max();
    let live = profile["timeline"]["live_bytes"].as_array().unwrap();
    let highest = live.iter().filter_map(Value::as_i64).max();
    assert!(highest >= peak, "{}", profile["function"]);
    // What lies between the steps is next to nothing.
    assert!(
        highest.unwrap() - peak.unwrap() < 4096,
        "{}",
        profile["function"]
    );
}

#[test]
fn a_copy_is_a_list_and_del_gives_it_back() {
    let run = all();
    let dynamic = RECORDS * size_of::<Dynamic>() as i64;
    for (variant, bytes, blocks) in [
        ("Vec<i64>", RECORDS * 8, 1),
        ("Vec<Box<i64>>", RECORDS * (8 + 8), 1 + RECORDS),
        ("Vec<Value>", dynamic, 1),
    ] {
        let profile = profile(&run, "deepcopy copy_and_del", variant);
        for name in ["build", "deepcopy"] {
            assert_eq!(heap(profile, name), (bytes, bytes), "{variant} {name}");
            assert_eq!(step(profile, name)["allocations"], blocks);
        }
        for name in ["del x", "del y"] {
            assert_eq!(heap(profile, name), (-bytes, 0), "{variant} {name}");
        }
    }
}

#[test]
fn one_small_object_in_every_page_stays() {
    let run = all();
    let small = profile(&run, "free-list free_all_but_some", "small objects");
    let built = RECORDS * (64 + 8);
    assert_eq!(heap(small, "build"), (built, built));
    let freed = -heap(small, "free").0;
    let kept = RECORDS * 64 - freed;
    assert_eq!(kept % 64, 0);
    // Each takes 64 bytes and the allocator's own of its page.
    let pages = RECORDS * 64 / 4096;
    assert!((pages..pages * 2).contains(&(kept / 64)), "{kept} bytes");
    assert_eq!(heap(small, "free the rest"), (freed - built, 0));

    let large = profile(&run, "free-list free_all_but_some", "large objects");
    assert_eq!(large["records"], 10, "as many bytes as the small ones");
    assert_eq!(heap(large, "free"), (-9 * 128 * 1024, 0));
    if cfg!(all(target_os = "linux", target_env = "gnu")) {
        // Those go back to the system by themselves, the small ones not even
        // when it is asked for.
        let resident = |profile, name, figure: &str| step(profile, name)[figure].as_i64().unwrap();
        let lost = |profile, name| {
            resident(profile, name, "resident_before_bytes")
                - resident(profile, name, "resident_after_bytes")
        };
        assert!(lost(large, "free") > 8 * 128 * 1024);
        let (free, trim) = (lost(small, "free"), lost(small, "trim"));
        assert!(free + trim < freed / 2, "{free} + {trim} of {freed}");
        assert!(lost(small, "trim the rest") > freed / 2);
    }
}

#[test]
fn what_dump_and_load_need_on_the_way() {
    let run = all();
    let data = RECORDS * 60;
    for variant in [
        "serde-pickle/own-3",
        "pickle/protocol-0",
        "pickle/protocol-4",
    ] {
        let create = profile(&run, "pickle create_file", variant);
        assert_eq!(heap(create, "build"), (data, data));
        let (kept, peak) = heap(create, "dump");
        assert_eq!(kept, 0, "{variant}");
        assert!((65_536..200_000).contains(&peak), "{variant}: {peak}");
        assert_eq!(heap(create, "del"), (-data, 0));
    }
    let load = |variant| heap(profile(&run, "pickle load_file", variant), "load");
    let (kept, peak) = load("serde-pickle/protocol-4");
    assert!(peak > kept * 3 / 2, "a tree, then another: {kept} {peak}");
    for (kept, peak) in [
        load("pickle/protocol-0"),
        load("pickle/protocol-4"),
        heap(profile(&run, "flat load_file", "text"), "read"),
    ] {
        assert!((data..data * 21 / 20).contains(&kept), "{kept}");
        assert!((kept..kept + 256 * 1024).contains(&peak), "{peak}");
    }
    let write = profile(&run, "flat create_file", "text");
    assert!((65_536..70_000).contains(&heap(write, "write").1));
}

/// Two ways to the same figure.
#[test]
fn the_suite_measures_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let records = ["-n", "5000"];
    let (_, run) = tutorial(&folder, &[&records[..], &["pickle", "flat"]].concat());
    let cases = ["write", "read/pickle/protocol", "read/text", "--runs", "1"];
    let (_, suite) = measure(&folder, &[&records[..], &cases].concat());
    for (id, function, variant, name) in [
        (
            "write/serde-pickle/protocol-3",
            "pickle create_file",
            "serde-pickle/own-3",
            "dump",
        ),
        (
            "write/pickle/protocol-4",
            "pickle create_file",
            "pickle/protocol-4",
            "dump",
        ),
        (
            "read/pickle/protocol-0",
            "pickle load_file",
            "pickle/protocol-0",
            "load",
        ),
        ("read/text", "flat load_file", "text", "read"),
        ("write/text", "flat create_file", "text", "write"),
    ] {
        let peak = figure(&suite, id, "/heap/peak_bytes");
        let floor = figure(&suite, id, "/heap/floor_bytes");
        let (_, taken) = heap(profile(&run, function, variant), name);
        assert_eq!(taken, peak - floor, "{id}");
    }
}

#[test]
fn streams_stay_flat_and_columns_are_all_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let peaks = |records: &str| {
        let (_, run) = tutorial(&folder, &["-n", records, "streaming"]);
        ["text", "pickle/protocol-4"].map(|variant| {
            let fill = profile(&run, "streaming fill_columns", variant);
            let columns: i64 = 36 * records.parse::<i64>().unwrap();
            assert_eq!(heap(fill, "allocate"), (columns, columns));
            assert_eq!(heap(fill, "fill").0, 0);
            assert!(heap(fill, "fill").1 < 256 * 1024);
            assert_eq!(heap(fill, "del"), (-columns, 0));

            let convert = profile(&run, "streaming load_then_convert", variant);
            let (kept, peak) = heap(convert, "convert");
            assert_eq!(kept, columns);
            assert_eq!(peak, columns + 20, "and one string at a time");
            assert_eq!(heap(convert, "del list").0, -heap(convert, "load").0);

            let stream = profile(&run, "streaming process_file", variant);
            let (kept, peak) = heap(stream, "stream");
            assert_eq!(kept, 0);
            assert!(peak < 256 * 1024, "{variant}: {peak}");
            peak
        })
    };
    assert_eq!(peaks("30000"), peaks("90000"));
}

#[test]
fn the_section_joins_the_run_of_the_same_build() {
    let folder = tempfile::tempdir().unwrap();
    let (_, before) = measure(&folder, &["text", "-n", "3000", "--runs", "1"]);
    let (_, after) = tutorial(&folder, &["flat", "-n", "3000"]);
    assert_eq!(after["cases"], before["cases"]);
    assert_eq!(after["environment"], before["environment"]);
    assert_eq!(after["tutorial"]["records"], 3000);
    let page = folder.path().join("results/latest/report.html");
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("read/text"), "the cases are still shown");

    // A section made again takes the place of the old one.
    let (_, again) = tutorial(&folder, &["deepcopy", "-n", "3000"]);
    assert_eq!(again["cases"], before["cases"]);
    assert!(profiles(&again).all(|p| p["experiment"] == "deepcopy"));

    // Of other records too: the section says itself how many it is about.
    let (code, other) = tutorial(&folder, &["flat", "-n", "2000", "--seed", "7"]);
    assert_eq!(code, Some(0));
    assert_eq!(other["cases"], before["cases"]);
    assert_eq!(other["dataset"], before["dataset"]);
    assert_eq!(other["tutorial"]["records"], 2000);
    assert_eq!(other["tutorial"]["seed"], 7);

    // And it outlives the cases beside it.
    let (_, measured) = measure(&folder, &["empty", "-n", "3000", "--runs", "1"]);
    assert_eq!(measured["cases"].as_array().unwrap().len(), 1);
    assert_eq!(measured["tutorial"], other["tutorial"]);
}

#[test]
fn cases_of_another_build_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    measure(&folder, &["text", "-n", "500", "--runs", "1"]);
    let path = folder.path().join("results/latest/run.json");
    let mut before: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    before["environment"]["picklebench"] = "0.0.1".into();
    let text = before.to_string();
    fs::write(&path, &text).unwrap();
    let arguments = ["tutorial", "--no-python", "flat", "-n", "500"];
    let output = run(&folder, &arguments);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("another build") && stderr(&output).contains("--results"),
        "{}",
        stderr(&output)
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_section_that_cannot_be_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (_, run) = tutorial(&folder, &["flat", "-n", "500"]);
    let path = folder.path().join("results/latest/run.json");
    let all = run["tutorial"]["profiles"].as_array().unwrap();
    let at = all.iter().position(|p| p["by"] == "rust").unwrap();
    for (pointer, value, problem) in [
        ("steps/0/seconds", (-1.0).into(), "-1 seconds"),
        ("timeline/seconds", Value::Array(vec![]), "two lengths"),
    ] {
        let mut broken = run.clone();
        let pointer = format!("/tutorial/profiles/{at}/{pointer}");
        *broken.pointer_mut(&pointer).unwrap() = value;
        fs::write(&path, broken.to_string()).unwrap();
        let output = crate::command::run(&folder, &["report", path.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(problem), "{}", stderr(&output));
    }
}

#[test]
fn a_function_that_runs_out_of_memory_is_a_row() {
    if !cfg!(target_os = "linux") {
        return eprintln!("SKIPPED: no memory limit on this system");
    }
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["deepcopy", "-n", "500_000", "--memory-limit", "20MiB"];
    let (code, run) = tutorial(&folder, &arguments);
    assert_eq!(code, Some(1));
    let row = |variant| profile(&run, "deepcopy copy_and_del", variant);
    assert_eq!(row("Vec<i64>")["status"], "ok");
    assert_eq!(row("Vec<Value>")["status"], "out-of-memory");
    assert!(text(&row("Vec<Value>")["message"]).contains("--memory-limit"));
    assert_eq!(row("Vec<Value>")["steps"].as_array().unwrap().len(), 0);
}

#[test]
fn the_table_is_for_people() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["tutorial", "deepcopy", "flat", "-n", "2e5", "--no-python"];
    let output = run(&folder, &arguments);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    assert!(!text.contains('\u{1b}'));
    let title = "deepcopy copy_and_del: Vec<i64>  rust, 200,000 items";
    let mut lines = text.lines().skip_while(|line| *line != title).skip(1);
    let heading = lines.next().unwrap();
    let columns: Vec<&str> = heading.split("  ").map(str::trim).collect();
    let columns: Vec<&str> = columns.into_iter().filter(|c| !c.is_empty()).collect();
    let expected = "Line #,Heap,Increment,Peak,Resident,Increment,Peak,Times,Line contents";
    assert_eq!(columns.join(","), expected);
    let copy = text
        .lines()
        .find(|line| line.contains("x.clone()"))
        .unwrap();
    assert!(copy.contains("+1.5"), "{copy}");
    let verdict = text.lines().find(|line| line.contains("deep copy takes"));
    assert!(
        verdict.unwrap().starts_with("unknown"),
        "no Python, no verdict"
    );
    assert!(text.contains("✓ rust Vec<i64>: +1.5 MiB, 1.0× the list"));
    assert!(text.trim_end().ends_with("report.html"));
}

#[test]
#[cfg(unix)]
fn an_interrupt_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let child = picklebench(&folder)
        .args(["tutorial", "--no-python", "pickle", "-n", "400_000"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    let written = || crate::command::files(folder.path()).contains(&"written".to_owned());
    while !written() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(5));
    }
    signal("INT", child.id());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", stderr(&output));
    let names = crate::command::files(folder.path());
    let stays = |name: &String| {
        ["data", "latest", "results"].contains(&name.as_str()) || name.starts_with("tuples-")
    };
    assert!(names.iter().all(stays), "{names:?}");
}

#[test]
fn wrong_usage_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let fails = |arguments: &[&str], expected: &str| {
        let output: Output = run(&folder, &[&["tutorial"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
        assert!(stdout(&output).is_empty());
    };
    fails(&["deepcpy"], "deepcopy");
    fails(&["-n", "0"], "at least one record");
    fails(&["--timeout", "0"], "more than 0");
    fails(
        &["--no-python", "--python", "python3"],
        "cannot be used with",
    );
    fs::write(folder.path().join("file"), "").unwrap();
    fails(&["--no-python", "-n", "9", "--results", "file"], "file");
    assert_eq!(crate::command::files(folder.path()), ["file"]);

    let list = stdout(&run(&folder, &["tutorial", "--list", "memo", "deepcopy"]));
    let names: Vec<&str> = list.lines().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!(names.len(), 2, "{list}");
    assert!(list.contains("copy_and_del: Vec<i64>, Vec<Box<i64>>, Vec<Value>"));
}
