//! The tutorial's experiments by real Pythons, and by programs that are none.

use std::time::Duration;

use crate::cpython_support::{Watching, limits, plan, run_plan};
use crate::pythons::pythons;
use picklebench::results::{FunctionProfile, Interpreter, ProfileStep, Status};
use picklebench::tutorial::Experiment;
use picklebench::tutorial::python::{self, PythonsMeasured};

const RECORDS: u64 = 20_000;

fn step<'a>(profile: &'a FunctionProfile, name: &str) -> &'a ProfileStep {
    let step = profile.steps.iter().find(|step| step.name == name);
    step.unwrap_or_else(|| panic!("no step {name} in {profile:?}"))
}

fn profile<'a>(measured: &'a PythonsMeasured, by: &str, path: &str) -> &'a FunctionProfile {
    let found = measured.profiles.iter().find(|profile| {
        let name = format!(
            "{}/{}/{}",
            profile.experiment, profile.function, profile.variant
        );
        profile.by == by && name == path
    });
    found.unwrap_or_else(|| panic!("no profile {path} by {by}"))
}

/// An interpreter's major and minor version.
fn version(interpreter: &Interpreter) -> (u32, u32) {
    let mut words = interpreter.version.split(['.', ' ']);
    let mut number = || words.next().unwrap().parse().unwrap();
    (number(), number())
}

/// One run of everything, looked at from all sides: it takes a while.
#[test]
fn every_python_runs_every_experiment() {
    let pythons = pythons();
    if pythons.is_empty() {
        eprintln!("SKIPPED: no python3 on this machine to run the experiments");
        return;
    }
    let data = tempfile::tempdir().unwrap();
    let mut watching = Watching::default();
    let mut everything = plan(data.path(), pythons, &[], RECORDS);
    everything.limits = limits(Duration::from_secs(300));
    let measured = python::run(&everything, &mut watching).unwrap();

    assert_eq!(watching.parts, watching.done);
    let left = std::fs::read_dir(data.path()).unwrap().count();
    assert_eq!(left, 0, "files were left behind");
    assert!(!measured.interpreters.is_empty());
    for interpreter in &measured.interpreters {
        assert_eq!(interpreter.status, Status::Ok, "{interpreter:?}");
        let name = &interpreter.name;
        let is_python_2 = version(interpreter).0 == 2;
        let begun = format!("{name} deepcopy/copy_and_del list of int");
        assert!(watching.begun.contains(&begun), "{:?}", watching.begun);
        has_all_profiles(&measured, interpreter);
        for profile in measured.profiles.iter().filter(|row| row.by == *name) {
            assert_eq!(profile.status, Status::Ok, "{profile:?}");
            assert_eq!(profile.message, None, "{profile:?}");
            is_sane(profile, is_python_2);
        }
        has_the_sizes_of_its_version(&measured, interpreter);
        memory_goes_where_it_must(&measured, name);
        if !is_python_2 {
            heap_is_exact_where_it_can_be(&measured, name, version(interpreter));
        }
    }
}

/// The contract between the languages: names of profiles and of their steps.
fn has_all_profiles(measured: &PythonsMeasured, by: &Interpreter) {
    let rows = measured.profiles.iter().filter(|row| row.by == by.name);
    let found: Vec<String> = rows
        .map(|row| {
            // Where the C library has it.
            let steps = row.steps.iter().map(|step| step.name.as_str());
            let steps: Vec<&str> = steps.filter(|name| !name.starts_with("trim")).collect();
            let (experiment, function, variant) = (&row.experiment, &row.function, &row.variant);
            format!("{experiment}/{function}/{variant}: {}", steps.join(", "))
        })
        .collect();
    let python_2 = version(by).0 == 2;
    let pickles = match python_2 {
        true => "pickle|cPickle protocol-0|cPickle protocol-2",
        false => "protocol-0|protocol-2|protocol-4",
    };
    let mut expected = Vec::new();
    let mut add = |function: &str, variants: &str, steps: &str| {
        expected.extend(
            variants
                .split('|')
                .map(|variant| format!("{function}/{variant}: {steps}")),
        );
    };
    add(
        "deepcopy/copy_and_del",
        "list of int",
        "build, deepcopy, del x, del y",
    );
    let sizes = "small objects|large objects";
    add(
        "free-list/free_all_but_some",
        sizes,
        "build, free, free the rest",
    );
    add("pickle/create_file", pickles, "build, dump, del");
    if !python_2 {
        add("pickle/create_file", "protocol-4 fast", "build, dump, del");
    }
    add("pickle/load_file", pickles, "load, del");
    add("flat/create_file", "repr", "build, write, del");
    add("flat/load_file", "eval|literal_eval|split", "read, del");
    let streams = "split|eval|pickle per record";
    add("streaming/process_file", streams, "stream");
    let arrays = "split into arrays";
    add("streaming/fill_columns", arrays, "allocate, fill, del");
    add(
        "streaming/load_then_convert",
        "pickle then arrays",
        "load, convert, del list, del columns",
    );
    if !python_2 {
        add("memo/dump_at_step", "below|above", "build, dump");
    }
    assert_eq!(found, expected, "{}", by.name);
}

/// What is true of every profile.
fn is_sane(profile: &FunctionProfile, is_python_2: bool) {
    let lines: Vec<&str> = include_str!("../../src/tutorial/python/experiments.py")
        .lines()
        .collect();
    let evaluates = profile.variant.ends_with("eval");
    let mut end = 0.0;
    for step in &profile.steps {
        let what = format!("{} {} {step:?}", profile.function, profile.variant);
        assert_eq!(step.file.as_deref(), Some("experiments.py"));
        let line = lines[step.line.unwrap() as usize - 1].trim();
        assert_eq!(step.source.as_deref(), Some(line), "{what}");
        assert_eq!(step.times, 1);
        assert!(step.seconds >= 0.0 && step.start_seconds >= end, "{what}");
        end = step.start_seconds + step.seconds;

        let heap = step.heap_before_bytes.zip(step.heap_after_bytes);
        assert_eq!(heap.is_some(), !is_python_2 && !evaluates, "{what}");
        if let (Some((before, after)), Some(peak)) = (heap, step.heap_peak_bytes) {
            assert!(peak >= before && peak >= after, "{what}");
        }
        if cfg!(target_os = "linux") {
            let before = step.resident_before_bytes.unwrap();
            assert!(step.resident_peak_bytes.unwrap() >= before, "{what}");
            assert!(
                step.resident_peak_bytes >= step.resident_after_bytes,
                "{what}"
            );
            let collected = step.resident_collected_bytes.unwrap();
            assert!((1 << 20..1 << 30).contains(&collected), "{what}");
        }
    }
}

/// The reference's table: sizes are facts of a version. Those of 32-bit builds
/// and of other implementations differ.
fn has_the_sizes_of_its_version(measured: &PythonsMeasured, by: &Interpreter) {
    if cfg!(not(target_pointer_width = "64")) || !by.name.starts_with("cpython-") {
        return;
    }
    let expected = match version(by) {
        (2, 7) => [16, 24, 36, 40, 60, 24, 37, 66, 72, 96, 280, 280, 72, 38],
        (3, 6 | 7) => [16, 28, 36, 40, 60, 24, 49, 78, 72, 96, 248, 248, 72, 50],
        (3, 8) => [16, 28, 36, 40, 60, 24, 49, 78, 56, 80, 64, 232, 56, 50],
        (3, 9) => [16, 28, 36, 40, 60, 24, 49, 78, 56, 120, 64, 232, 56, 50],
        (3, 10) => [16, 28, 36, 40, 60, 24, 49, 78, 56, 88, 64, 232, 56, 50],
        (3, 11) => [16, 28, 36, 40, 60, 24, 49, 78, 56, 88, 64, 184, 56, 50],
        (3, 12 | 13) => [16, 28, 36, 40, 60, 24, 41, 70, 56, 88, 64, 184, 56, 42],
        (3, 14 | 15) => [16, 28, 36, 40, 60, 24, 41, 70, 56, 88, 64, 184, 64, 42],
        _ => return,
    };
    let sizes: Vec<u64> = measured
        .objects
        .iter()
        .map(|row| row.measured_bytes[&by.name])
        .collect();
    // A build without the global lock or with debug checks has larger ones.
    let is_plain = by
        .name
        .ends_with(|last: char| last.is_ascii_digit() || last == '+');
    assert!(!is_plain || sizes == expected, "{}: {sizes:?}", by.name);
    let then: Vec<u64> = measured.objects.iter().map(|row| row.then_bytes).collect();
    let tutorial = [16, 24, 36, 40, 60, 24, 33, 62, 64, 88, 272, 272, 64, 34];
    assert_eq!(then, tutorial);
}

/// Resident set: coarse, but true of every version.
fn memory_goes_where_it_must(measured: &PythonsMeasured, by: &str) {
    if cfg!(not(target_os = "linux")) {
        return;
    }
    let of = |path: &str, name: &str| {
        let step = step(profile(measured, by, path), name);
        let before = step.resident_before_bytes.unwrap();
        let peak = step.resident_peak_bytes.unwrap() - before;
        let kept = step.resident_after_bytes.unwrap() as i64 - before as i64;
        (peak, kept)
    };
    // A float, a string, an integer, a tuple, a pointer: about 230 bytes.
    let (_, kept) = of("flat/create_file/repr", "build");
    let each = kept / RECORDS as i64;
    assert!((150..350).contains(&each), "{by}: {each} bytes a record");
    // Records that are dropped do not add up.
    let (peak, _) = of("streaming/process_file/split", "stream");
    assert!(peak < 1 << 20, "{by}: {peak}");
    // Large objects go back to the system at once.
    let (built, _) = of("free-list/free_all_but_some/large objects", "build");
    let (_, freed) = of("free-list/free_all_but_some/large objects", "free");
    // Two of 1 MiB, of which one stays; the system counts some pages late.
    assert!(built >= 1 << 19, "{by}: {built}");
    assert!(freed <= -(1 << 19), "{by}: {freed} of {built}");
    // Small ones do not while each page has one left, and do then.
    let small = "free-list/free_all_but_some/small objects";
    let (built, _) = of(small, "build");
    let (_, freed) = of(small, "free");
    assert!(freed > -(built as i64) / 2, "{by}: {freed} of {built}");
}

/// What `tracemalloc` counts are requested bytes: known beforehand.
fn heap_is_exact_where_it_can_be(measured: &PythonsMeasured, by: &str, version: (u32, u32)) {
    let grown = |path: &str, name: &str| {
        let step = step(profile(measured, by, path), name);
        let before = step.heap_before_bytes.unwrap() as i64;
        step.heap_after_bytes.unwrap() as i64 - before
    };
    let extra = |path: &str, name: &str| {
        let step = step(profile(measured, by, path), name);
        step.heap_peak_bytes.unwrap() as i64 - step.heap_before_bytes.unwrap() as i64
    };
    let near = |found: i64, expected: i64, slack: i64, what: &str| {
        assert!(
            (found - expected).abs() <= slack,
            "{by} {what}: {found}, not {expected}"
        );
    };
    let n = RECORDS as i64;
    // A list has up to an eighth of room to spare; the steps own a little too.
    let list = |found: i64, rest: i64, what: &str| {
        let found = found - rest;
        assert!(
            (8 * n - 4096..9 * n + 4096).contains(&found),
            "{by} {what}: {found}"
        );
    };
    let copies = "deepcopy/copy_and_del/list of int";
    // Integers from 257 on are objects; before 3.11 without their padding.
    let integer = if version < (3, 11) { 28 } else { 32 };
    list(grown(copies, "build"), integer * (n - 257), "x");
    list(grown(copies, "deepcopy"), 0, "y is a list of pointers");
    list(-grown(copies, "del x"), 0, "del x");
    list(-grown(copies, "del y"), integer * (n - 257), "del y");

    let built = grown("pickle/create_file/protocol-4", "build");
    for variant in ["protocol-0", "protocol-2", "protocol-4"] {
        let path = format!("pickle/load_file/{variant}");
        near(grown(&path, "load"), built, n, &path);
        let path = format!("pickle/create_file/{variant}");
        // The memo: 131,072 entries of 16 bytes, and the 32,768 before them.
        assert!(extra(&path, "dump") >= 16 * (131_072 + 32_768), "{path}");
        near(grown(&path, "dump"), 0, 4096, &path);
        near(grown(&path, "build"), -grown(&path, "del"), 262_144, &path);
    }
    let fast = extra("pickle/create_file/protocol-4 fast", "dump");
    // Up to 3.6 the pickler keeps all its output until the end.
    let output = if version < (3, 7) { 43 * n } else { 65_536 };
    assert!(fast < 2 * output + 65_536, "{by}: {fast}");
    // One record more, and the memo grows from 32,768 entries to 131,072.
    let below = extra("memo/dump_at_step/below", "dump");
    let above = extra("memo/dump_at_step/above", "dump");
    let step = 16 * (131_072 + 32_768) - 16 * (32_768 + 8_192);
    // With its output kept, the peak below the step lies at the end, when the
    // memo of before is gone.
    let slack = if version < (3, 7) {
        16 * 8_192 + 65_536
    } else {
        65_536
    };
    near(above - below, step, slack, "the step of the memo");
    assert_eq!(
        profile(measured, by, "memo/dump_at_step/above").records,
        10_923
    );
    assert_eq!(
        profile(measured, by, "memo/dump_at_step/below").records,
        10_922
    );

    near(
        grown("flat/load_file/split", "read"),
        built,
        n,
        "text becomes the same list",
    );
    for variant in ["split", "pickle per record"] {
        let path = format!("streaming/process_file/{variant}");
        assert!(extra(&path, "stream") < 262_144, "{by} {path}");
    }
    let fill = "streaming/fill_columns/split into arrays";
    near(grown(fill, "allocate"), 36 * n, 8192, "columns");
    assert!(extra(fill, "fill") < 262_144, "{by}");
    let convert = "streaming/load_then_convert/pickle then arrays";
    near(grown(convert, "convert"), 36 * n, 8192, "converted columns");
}

#[test]
fn experiments_are_chosen_by_name() {
    let Some(python) = pythons().pop() else {
        eprintln!("SKIPPED: no python3 on this machine to run the experiments");
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let chosen = ["memo", "objects"];
    assert!(chosen.iter().all(|name| Experiment::named(name).is_some()));
    // Too few records for the memo to grow at all.
    let measured = run_plan(&plan(data.path(), vec![python.clone()], &chosen, 2)).unwrap();
    assert_eq!(measured.profiles, []);
    assert_eq!(measured.objects.len(), 14);
    let measured = run_plan(&plan(data.path(), vec![python], &["memo"], 3)).unwrap();
    assert_eq!(measured.objects, []);
    let records: Vec<u64> = measured.profiles.iter().map(|row| row.records).collect();
    assert_eq!(records, [2, 3]);
}
