//! Whatever goes wrong: a message that names the file and the way out, an exit
//! code that scripts can use, and no half-written file.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::command::{
    case, figure, files, json_of, measure, picklebench, run, run_with_room_for, signal, stderr,
    stdout,
};
use tempfile::TempDir;

/// It failed as wrong usage or unreadable input, and said these things.
fn assert_refused(output: &Output, says: &[&str]) {
    let message = stderr(output);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert_eq!(stdout(output), "");
    assert!(
        message.lines().any(|line| line.starts_with("error: ")),
        "{message}"
    );
    for part in says {
        assert!(message.contains(part), "{part:?} is not in: {message}");
    }
}

#[test]
fn an_unknown_case() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(&folder, &["measure", "raed/text", "-n", "10"]);
    assert_refused(
        &output,
        &["\"raed/text\"", "did you mean read/text?", "--list"],
    );
    assert!(files(folder.path()).is_empty());
}

#[test]
fn zero_records() {
    let folder = tempfile::tempdir().unwrap();
    for command in [
        &["measure", "-n", "0"][..],
        &["generate", "text", "-n", "0"],
    ] {
        assert_refused(
            &run(&folder, command),
            &["at least one record", "--records 1"],
        );
    }
    assert!(files(folder.path()).is_empty());
}

#[test]
fn sizes_that_are_none() {
    let folder = tempfile::tempdir().unwrap();
    for wrong in [
        ["-n", "many"],
        ["-n", "-1"],
        ["--memory-limit", "64QiB"],
        ["--timeout", "0"],
        ["--timeout", "NaN"],
        ["--runs", "0"],
    ] {
        let output = run(&folder, &["measure", wrong[0], wrong[1]]);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
        assert!(
            stderr(&output).contains("error: "),
            "{wrong:?}: {}",
            stderr(&output)
        );
    }
    for right in ["1e2", "1_00", "100"] {
        let output = run(
            &folder,
            &["measure", "empty", "-n", right, "--memory-limit", "64MiB"],
        );
        assert_eq!(
            output.status.code(),
            Some(0),
            "{right}: {}",
            stderr(&output)
        );
    }
}

#[test]
fn folders_that_cannot_be_written_to() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "not a folder").unwrap();
    let output = run(
        &folder,
        &["measure", "-n", "10", "--results", "file/results"],
    );
    assert_refused(&output, &["cannot make the folder file/results"]);
    let output = run(&folder, &["measure", "-n", "10", "--data", "file/data"]);
    assert_refused(&output, &["cannot make the folder file/data", "--data DIR"]);
    let output = run(
        &folder,
        &["generate", "text", "-n", "10", "-o", "file/text"],
    );
    assert_refused(&output, &["cannot write file/text"]);
    let output = run(
        &folder,
        &["generate", "text", "-n", "10", "-o", "none/text"],
    );
    assert_refused(&output, &["cannot write none/text"]);
    assert_eq!(
        fs::read_to_string(folder.path().join("file")).unwrap(),
        "not a folder"
    );
}

#[test]
#[cfg(unix)]
fn a_full_disk() {
    let folder = tempfile::tempdir().unwrap();
    let output = run_with_room_for(
        &folder,
        40,
        &["generate", "text", "-n", "10_000", "-o", "t.txt"],
    );
    assert_refused(&output, &["cannot write t.txt"]);
    assert!(
        files(folder.path()).is_empty(),
        "{:?}",
        files(folder.path())
    );

    let output = run_with_room_for(&folder, 40, &["measure", "read/text", "-n", "10_000"]);
    assert_refused(
        &output,
        &["cannot write data/tuples-10000-42-text.txt", "--data DIR"],
    );
    // The empty case was measured before.
    let left = files(folder.path());
    assert_eq!(left, ["data", "latest", "results", "unfinished.json"]);

    // Room for the data, not for what a case writes: a row that says so.
    run(&folder, &["generate", "text", "-n", "3000"]);
    let arguments = [
        "measure",
        "--json",
        "write/text",
        "-n",
        "3000",
        "--runs",
        "1",
    ];
    let output = run_with_room_for(&folder, 200, &arguments);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let run = json_of(&output);
    assert_eq!(case(&run, "write/text")["status"], "failed");
    assert_eq!(case(&run, "empty/none")["status"], "ok");
    assert!(
        case(&run, "write/text")["message"]
            .as_str()
            .unwrap()
            .contains("too large")
    );
}

#[test]
#[cfg(unix)]
fn results_that_do_not_fit_leave_the_old_ones() {
    let folder = tempfile::tempdir().unwrap();
    run(&folder, &["measure", "empty", "-n", "10"]);
    let path = folder.path().join("results/latest/run.json");
    let before = fs::read(&path).unwrap();
    let output = run_with_room_for(&folder, 0, &["measure", "empty", "-n", "20"]);
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{message}");
    for says in [
        "error: cannot write results/latest/run.json",
        "does not take it either",
        "--results DIR",
    ] {
        assert!(message.contains(says), "{says:?} is not in: {message}");
    }
    assert!(stdout(&output).contains("empty/none"), "the table is told");
    assert!(fs::read(&path).unwrap() == before);
}

#[test]
fn a_data_file_that_was_truncated_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["read/text", "-n", "1000", "--runs", "1"];
    measure(&folder, &arguments);
    let path = folder.path().join("data/tuples-1000-42-text.txt");
    let whole = fs::read(&path).unwrap();
    File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(5000)
        .unwrap();
    let output = picklebench(&folder)
        .arg("measure")
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success());
    let message = stderr(&output);
    assert!(
        message.contains("tuples-1000-42-text.txt is damaged; making it again"),
        "{message}"
    );
    assert!(fs::read(&path).unwrap() == whole);
    // One byte is enough, and so is a sum that is missing.
    let mut changed = whole.clone();
    changed[100] ^= 1;
    fs::write(&path, changed).unwrap();
    assert_eq!(measure(&folder, &arguments).0, Some(0));
    assert!(fs::read(&path).unwrap() == whole);
    fs::remove_file(folder.path().join("data/tuples-1000-42-text.txt.sha256")).unwrap();
    assert_eq!(measure(&folder, &arguments).0, Some(0));
}

#[test]
fn a_run_json_that_is_none() {
    let folder = tempfile::tempdir().unwrap();
    run(&folder, &["measure", "empty", "-n", "10"]);
    let good = fs::read_to_string(folder.path().join("results/latest/run.json")).unwrap();
    let newer = good.replacen("\"schema\": 1", "\"schema\": 2", 1);
    let nonsense = good.replacen("\"seconds\": [", "\"seconds\": [-1.5, ", 1);
    let backwards = good.replacen("\"start_seconds\": ", "\"start_seconds\": -7", 1);
    let endless = good.replacen("\"seconds\": [", "\"seconds\": [1e999, ", 1);
    let foreign = r#"{"benchmarks": [{"name": "x", "value": 3}]}"#;
    for (text, says) in [
        ("", "damaged"),
        (&good[..good.len() / 2], "damaged"),
        ("\u{0}\u{1}", "damaged"),
        ("[1, 2]", "not a run of picklebench"),
        (foreign, "not a run of picklebench"),
        (&newer, "newer picklebench (schema 2; this one reads 1)"),
        (&nonsense, "-1.5 seconds"),
        (&backwards, "-70 seconds"),
        (&endless, "damaged"),
    ] {
        fs::write(folder.path().join("odd.json"), text).unwrap();
        let output = run(&folder, &["report", "odd.json", "-o", "page.html"]);
        assert_refused(&output, &["odd.json", says]);
    }
    let output = run(&folder, &["report", "missing.json", "-o", "page.html"]);
    assert_refused(&output, &["cannot read missing.json"]);
    assert!(!folder.path().join("page.html").exists());
}

#[test]
fn two_runs_in_one_results_folder() {
    let folder = tempfile::tempdir().unwrap();
    let results = folder.path().join("results/latest");
    fs::create_dir_all(&results).unwrap();
    let lock = File::create(results.join(".lock")).unwrap();
    lock.lock().unwrap();
    let output = run(&folder, &["measure", "empty", "-n", "10"]);
    assert_refused(&output, &["another run", "results/latest", "--results DIR"]);
    drop(lock);
    assert!(
        run(&folder, &["measure", "empty", "-n", "10"])
            .status
            .success()
    );
}

#[test]
fn a_case_that_takes_too_long_is_a_row() {
    let folder = tempfile::tempdir().unwrap();
    let (code, run) = measure(
        &folder,
        &["write/text", "-n", "300_000", "--timeout", "0.02"],
    );
    assert_eq!(code, Some(1));
    assert_eq!(case(&run, "write/text")["status"], "timed-out");
    assert!(
        case(&run, "write/text")["message"]
            .as_str()
            .unwrap()
            .contains("--timeout")
    );
    assert!(case(&run, "write/text")["heap"].is_null());
}

#[test]
#[cfg(target_os = "linux")]
fn a_case_that_needs_too_much_memory_is_a_row() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = [
        "read/text",
        "-n",
        "500_000",
        "--runs",
        "2",
        "--memory-limit",
        "16MiB",
    ];
    let (code, run) = measure(&folder, &arguments);
    assert_eq!(code, Some(1));
    let row = case(&run, "read/text");
    assert_eq!(row["status"], "out-of-memory", "{row}");
    assert!(
        row["message"]
            .as_str()
            .unwrap()
            .contains("16 MiB; see --memory-limit"),
        "{row}"
    );
    // The others run all the same, within the same limit.
    assert_eq!(case(&run, "stream-read/text")["status"], "ok");
    assert!(figure(&run, "stream-read/text", "/heap/peak_bytes") < 256 * 1024);
}

/// Starts a long run and waits until a worker is at work; gives its process.
#[cfg(target_os = "linux")]
fn start_long_run(folder: &TempDir) -> (std::process::Child, u32) {
    let mut child = picklebench(folder)
        .args([
            "measure",
            "write/text",
            "-n",
            "1_500_000",
            "--runs",
            "9",
            "--json",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let children = format!("/proc/{0}/task/{0}/children", child.id());
    let deadline = Instant::now() + Duration::from_secs(60);
    while Instant::now() < deadline {
        // The empty case is over in no time; a worker that has allocated is not it.
        let workers = fs::read_to_string(&children).unwrap_or_default();
        if let Some(worker) = workers.split_whitespace().next() {
            let status = fs::read_to_string(format!("/proc/{worker}/status")).unwrap_or_default();
            let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
            let resident = resident.and_then(|text| text.split_whitespace().next());
            if resident
                .and_then(|text| text.parse().ok())
                .is_some_and(|kib: u64| kib > 20_000)
            {
                return (child, worker.parse().unwrap());
            }
        }
        thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    panic!(
        "no worker began: {}",
        stderr(&child.wait_with_output().unwrap())
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_worker_that_is_killed_is_a_row() {
    let folder = tempfile::tempdir().unwrap();
    let (child, worker) = start_long_run(&folder);
    signal("KILL", worker);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let run = json_of(&output);
    assert_eq!(case(&run, "write/text")["status"], "killed");
    assert!(
        case(&run, "write/text")["message"]
            .as_str()
            .unwrap()
            .contains("signal 9")
    );
    assert!(
        figure(&run, "stream-write/text", "/heap/peak_bytes") > 0,
        "the others ran"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn an_interrupt_leaves_nothing_behind() {
    for (name, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let folder = tempfile::tempdir().unwrap();
        let (child, worker) = start_long_run(&folder);
        signal(name, child.id());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
        assert!(
            stderr(&output).contains("interrupted"),
            "{}",
            stderr(&output)
        );
        assert!(
            !Path::new(&format!("/proc/{worker}")).exists(),
            "the worker goes along"
        );
        // And what has been measured, for --resume.
        let left = files(folder.path());
        assert_eq!(left, ["data", "latest", "results", "unfinished.json"]);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_killed_run_takes_its_worker_along() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, worker) = start_long_run(&folder);
    child.kill().unwrap();
    child.wait().unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    let alive = || {
        let state = fs::read_to_string(format!("/proc/{worker}/stat")).unwrap_or_default();
        !state.is_empty() && !state.contains(") Z ")
    };
    while alive() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(5));
    }
    assert!(!alive());
    // What it left is no obstacle to the next run.
    let (code, _) = measure(&folder, &["write/text", "-n", "100", "--runs", "1"]);
    assert_eq!(code, Some(0));
}

#[test]
#[cfg(unix)]
fn an_interrupted_generate_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = picklebench(&folder)
        .args(["generate", "text", "-n", "1e9", "-o", "text"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    while files(folder.path()).is_empty() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(5));
    }
    signal("INT", child.id());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(files(folder.path()).is_empty());
}
