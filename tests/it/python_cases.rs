//! The cases that run in Python: what they tell, and what becomes of a library
//! that is not there, too old, crashes, or changes the data. Where there is no
//! python3, the tests say so and end.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::command::{
    assert_keeps_the_contract, case, figure, measure, picklebench, run, stderr, stdout,
};
use serde_json::Value;
use tempfile::TempDir;

/// Whether there is a Python to test with; says so where there is none.
fn has_python() -> bool {
    let version = Command::new("python3").arg("--version").output();
    let there = version.is_ok_and(|output| output.status.success());
    if !there {
        eprintln!("no python3: not tested");
    }
    there
}

/// A python3 without the libraries of this machine, and with these modules.
#[cfg(unix)]
fn python_with(folder: &TempDir, modules: &[(&str, &str)]) -> String {
    use std::os::unix::fs::PermissionsExt;

    let library = folder.path().join("library");
    fs::create_dir_all(&library).unwrap();
    for (name, text) in modules {
        fs::write(library.join(format!("{name}.py")), text).unwrap();
    }
    let program = folder.path().join("python-alone");
    let library = library.display();
    let script = format!("#!/bin/sh\nPYTHONPATH='{library}' exec python3 -S \"$@\"\n");
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    program.display().to_string()
}

/// The ids of the cases in Python that ended so, without the Python's version.
fn ended(run: &Value, status: &str) -> Vec<String> {
    let cases = run["cases"].as_array().unwrap().iter();
    let ids = cases.filter(|case| case["status"] == status);
    let ids = ids.filter_map(|case| case["id"].as_str());
    let ids = ids.filter_map(|id| id.rsplit_once('-').filter(|_| id.contains("/python-")));
    ids.map(|(id, _)| id.to_owned()).collect()
}

/// The name of a case in Python, with the version of the Python of this run.
fn in_python(run: &Value, id: &str) -> String {
    let cases = run["cases"].as_array().unwrap().iter();
    let mut ids = cases.filter_map(|case| case["id"].as_str());
    let found = ids.find(|name| name.rsplit_once('-').is_some_and(|(name, _)| name == id));
    found.unwrap_or_else(|| panic!("no {id}")).to_owned()
}

#[test]
fn what_a_case_tells_is_the_contract_of_all_cases() {
    if !has_python() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (code, run) = measure(&folder, &["python-json", "python-csv", "-n", "20_000"]);
    assert_eq!(code, Some(0), "{:?}", ended(&run, "failed"));
    assert_keeps_the_contract(&folder.path().join("results/latest"), &run);
    let python = &run["pythons"][0];
    assert_eq!(python["status"], "ok");
    assert!(
        python["version"]
            .as_str()
            .unwrap()
            .starts_with(|c: char| c.is_ascii_digit())
    );

    let load = in_python(&run, "read/python-json/load");
    let row = case(&run, &load);
    assert_eq!(row["heap"], Value::Null, "no figure is made up");
    assert_eq!(row["loss"], "tuples come back as lists");
    assert_eq!(row["steps"][0]["name"], "import");
    assert_eq!(row["steps"][2]["name"], "drop");
    assert_eq!(row["seconds"].as_array().unwrap().len(), 1);
    assert_eq!(row["cpu_seconds"].as_array().unwrap().len(), 1);
    let peak = figure(&run, &load, "/traced/peak_bytes");
    assert!(peak > 20_000 * 100, "a record takes over 100 bytes: {peak}");
    let csv = case(&run, &in_python(&run, "read/python-csv/reader"));
    assert_eq!(csv["loss"], Value::Null, "its fields are typed again");
    if cfg!(target_os = "linux") {
        let list = figure(&run, &load, "/resident/list_bytes");
        assert!((20_000 * 150..20_000 * 500).contains(&list), "{list}");
        let rose = figure(&run, &load, "/resident/high_water_bytes")
            - figure(&run, &load, "/resident/before_bytes");
        assert!(rose > list, "lists take more than tuples: {rose} {list}");
        let stream = in_python(&run, "stream-read/python-json/loads-lines");
        let rose = figure(&run, &stream, "/resident/high_water_bytes")
            - figure(&run, &stream, "/resident/before_bytes");
        assert!(rose < 1 << 20, "one record at a time: {rose}");
    }
    // What was made on the way is gone.
    let data = fs::read_dir(folder.path().join("data")).unwrap();
    let names = data.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(
        names
            .into_iter()
            .all(|name| name.starts_with("tuples-20000-42-"))
    );

    let page = fs::read_to_string(folder.path().join("results/latest/report.html")).unwrap();
    assert!(page.contains("In Python") && page.contains(&load));
    assert!(page.contains(", reading back costs between "));
}

#[cfg(unix)]
#[test]
fn a_library_that_fails_is_a_row_that_says_so() {
    if !has_python() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let changes = "import json, sys\n\
        def dumps(data): return json.dumps(data).encode()\n\
        def loads(text):\n    data = json.loads(text)\n    data[7][2] += 1\n    return data\n";
    let python = python_with(
        &folder,
        &[
            ("orjson", changes),
            ("ujson", "import os\ndef dump(data, file): os.abort()\n"),
            ("msgpack", "version = (0, 1)\n"),
            ("cbor2", "raise ValueError('it does not even start')\n"),
        ],
    );
    let libraries = [
        "python-orjson",
        "python-ujson",
        "python-msgpack",
        "python-cbor2",
    ];
    let how = ["--python", &python, "-n", "100", "--runs", "1"];
    let (code, run) = measure(&folder, &[&libraries[..], &how].concat());
    assert_eq!(code, Some(1));
    for (id, said) in [
        (
            "read/python-orjson/loads",
            "its records are not the dataset's",
        ),
        (
            "write/python-orjson/dumps",
            "its records are not the dataset's",
        ),
        ("write/python-ujson/dump", "signal 6"),
        ("read/python-ujson/load", "there is no file to read"),
        ("write/python-msgpack/pack", "has no attribute 'pack'"),
        ("write/python-cbor2/dump", "it does not even start"),
    ] {
        let row = case(&run, &in_python(&run, id));
        let message = row["message"].as_str().unwrap_or_default();
        assert!(message.contains(said), "{id}: {row}");
        assert!(
            row["status"] == "failed" || row["status"] == "killed",
            "{row}"
        );
        assert_eq!(row["resident"], Value::Null, "{id} has no figures");
    }
}

#[cfg(unix)]
#[test]
fn the_usual_cases_are_few() {
    if !has_python() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let python = python_with(&folder, &[]);
    let (code, run) = measure(&folder, &["--python", &python, "-n", "100", "--runs", "1"]);
    assert_eq!(code, Some(0), "{:?}", ended(&run, "failed"));
    let ok = ended(&run, "ok");
    for id in [
        "read/python-pickle/load-protocol-4",
        "write/python-json/dump",
        "stream-read/python-csv/reader",
        "read/python-repr/split",
        "read/python-marshal/load",
    ] {
        assert!(ok.iter().any(|name| name == id), "{id}: {ok:?}");
    }
    assert!(ok.len() < 25, "{ok:?}");
    assert!(!ok.iter().any(|id| id.contains("protocol-0")), "{ok:?}");
    let orjson = case(&run, &in_python(&run, "write/python-orjson/dumps"));
    assert_eq!(orjson["status"], "unsupported");
    assert_eq!(orjson["message"], "not installed: pip install orjson");
    assert!(
        run["cases"]
            .as_array()
            .unwrap()
            .iter()
            .all(|case| case["traced"].is_null())
    );
}

#[test]
fn other_records_are_kept_or_refused_with_a_reason() {
    if !has_python() {
        return;
    }
    for (dataset, records) in [("dicts", "200"), ("blobs", "3"), ("mapping", "50")] {
        let folder = tempfile::tempdir().unwrap();
        let filters = [
            "python-json",
            "python-marshal",
            "python-repr",
            "python-array",
        ];
        let how = ["--dataset", dataset, "-n", records, "--runs", "1"];
        let (code, run) = measure(&folder, &[&filters[..], &how].concat());
        assert_eq!(code, Some(0), "{dataset}: {:?}", ended(&run, "failed"));
        let marshal = case(&run, &in_python(&run, "read/python-marshal/load"));
        assert_eq!(marshal["status"], "ok", "{marshal}");
        let json = case(&run, &in_python(&run, "read/python-json/load"));
        let expected = if dataset == "blobs" {
            "unsupported"
        } else {
            "ok"
        };
        assert_eq!(json["status"], expected, "{json}");
        let array = case(&run, &in_python(&run, "write/python-array/tofile"));
        assert_eq!(array["status"], "unsupported", "{array}");
        assert!(
            array["message"].as_str().unwrap().contains("rows of"),
            "{array}"
        );
    }
}

/// The program with a `PATH` that has no Python.
#[test]
fn without_a_python_the_rest_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = |arguments: &[&str]| {
        let mut command = picklebench(&folder);
        command.env("PATH", folder.path()).args(arguments);
        command.output().unwrap()
    };
    let list = nowhere(&["measure", "--list"]);
    assert!(list.status.success());
    assert!(stdout(&list).contains("read/text") && !stdout(&list).contains("python"));
    assert_eq!(stderr(&list), "", "nobody asked for a Python");
    let asked = nowhere(&["measure", "python-json", "-n", "10"]);
    assert_eq!(asked.status.code(), Some(2));
    let message = stderr(&asked);
    assert!(message.contains("skipping python"), "{message}");
    assert!(message.contains("--python PATH"), "{message}");
}

#[test]
fn cases_in_python_are_only_there_for_who_may_want_them() {
    let folder = tempfile::tempdir().unwrap();
    let list = stdout(&run(&folder, &["measure", "--list", "pickle"]));
    assert!(list.contains("read/pickle/protocol-4"), "{list}");
    assert!(!list.contains("python"), "{list}");
    let list = stdout(&run(&folder, &["measure", "--list", "--no-python"]));
    assert!(!list.contains("python"), "{list}");
    assert!(!Path::new(&folder.path().join("data")).exists());
}
