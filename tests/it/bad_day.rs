//! A bad day: folders that vanish, a program that is replaced, limits of the system,
//! data of other records. What was measured is not lost.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::command::{
    case, end_within, files, folder_with, json_of, measure, picklebench, run, run_within, stderr,
    stdout, wait_for,
};
use tempfile::TempDir;

// Results that cannot be kept where they belong.

/// Runs `measure` with a case that takes a moment, and meanwhile spoils the
/// results folder.
fn measure_and_spoil(folder: &TempDir, spoil: impl FnOnce(&Path)) -> Output {
    let results = folder.path().join("results/latest");
    let child = picklebench(folder)
        .args(["measure", "write/text", "-n", "200_000", "--runs", "3"])
        .env("TMPDIR", folder.path().join("temporary"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_for("journal", || results.join("unfinished.json").exists());
    spoil(&results);
    end_within(child, 120)
}

fn assert_rescued(folder: &TempDir, output: &Output) {
    let message = stderr(output);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(stdout(output).contains("write/text"), "the table is told");
    assert!(message.contains("error: cannot write "), "{message}");
    let temporary = folder.path().join("temporary");
    let kept = files(&temporary);
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert!(message.contains(&kept[0]), "{message}");
    let path = temporary.join(&kept[0]);
    let report = run(
        folder,
        &["report", path.to_str().unwrap(), "--format", "csv"],
    );
    assert!(
        stdout(&report).contains("write/text"),
        "{}",
        stderr(&report)
    );
    fs::remove_file(path).unwrap();
}

#[test]
fn a_run_is_not_lost_with_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("temporary")).unwrap();
    let output = measure_and_spoil(&folder, |results| fs::remove_dir_all(results).unwrap());
    assert_rescued(&folder, &output);
    // The folder is a file by now.
    let output = measure_and_spoil(&folder, |results| {
        fs::remove_dir_all(results).unwrap();
        fs::write(results, "a file").unwrap();
    });
    assert_rescued(&folder, &output);
}

#[test]
fn a_run_is_not_lost_with_the_permission() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("temporary")).unwrap();
    let output = measure_and_spoil(&folder, |results| {
        fs::set_permissions(results, fs::Permissions::from_mode(0o555)).unwrap();
    });
    let results = folder.path().join("results/latest");
    fs::set_permissions(&results, fs::Permissions::from_mode(0o755)).unwrap();
    if output.status.success() {
        // The superuser writes all the same.
        return;
    }
    assert_rescued(&folder, &output);
}

// The program itself.

#[test]
#[cfg(target_os = "linux")]
fn a_program_that_is_replaced_while_it_runs_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("picklebench");
    fs::copy(env!("CARGO_BIN_EXE_picklebench"), &program).unwrap();
    let mut child = Command::new(&program)
        .args(["measure", "text", "-n", "20_000", "--runs", "2", "--json"])
        .current_dir(&folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let journal = folder.path().join("results/latest/unfinished.json");
    wait_for("journal", || journal.exists());
    assert!(child.try_wait().unwrap().is_none());
    // As cargo install does: another file takes the name.
    let other = folder.path().join("other");
    fs::write(&other, "#!/bin/sh\nexit 0\n").unwrap();
    fs::set_permissions(&other, fs::Permissions::from_mode(0o755)).unwrap();
    fs::rename(&other, &program).unwrap();
    let output = end_within(child, 120);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(case(&json_of(&output), "read/text")["status"], "ok");
}

// Limits of the system.

/// Ends by itself, with a message where it is no success.
fn assert_tells(output: &Output, what: &dyn std::fmt::Debug) {
    let message = String::from_utf8_lossy(&output.stderr);
    // Where a thread's stack is the last thing that there is room for, the standard
    // library itself panics before it runs any of our code.
    let by_the_library = message.contains("failed to allocate an alternative stack");
    assert!(
        by_the_library || !message.contains("panicked"),
        "{what:?}: {message}"
    );
    match output.status.code() {
        Some(0 | 1) => {}
        Some(2) => assert!(
            by_the_library
                || message.contains("error: ")
                || message.contains("memory allocation of"),
            "{what:?}: {message}"
        ),
        // The dynamic linker or the shell had not enough for a start.
        Some(126 | 127) => {}
        _ => panic!("{what:?}: {:?}: {message}", output.status),
    }
}

#[test]
#[cfg(target_os = "linux")]
fn too_little_of_anything_is_an_error() {
    let folder = folder_with(&[("data.txt", &b"[1, 2, 'three']\n".repeat(2000))]);
    let commands: [&[&str]; 6] = [
        &["--version"],
        &["measure", "text", "-n", "200", "--runs", "1"],
        &["tutorial", "deepcopy", "-n", "100", "--no-python"],
        &["convert", "data.txt", "out.pkl"],
        &["sizeof", "--file", "data.txt"],
        &["generate", "text", "-n", "100", "-o", "out.txt"],
    ];
    for arguments in commands {
        for handles in 3..16 {
            let limit = format!("ulimit -n {handles}");
            let output = run_within(&folder, &limit, arguments);
            assert_tells(&output, &(handles, arguments));
        }
    }
    // From the least on under which it starts at all.
    let starts = |mebibytes: &u32| {
        let limit = format!("ulimit -v {}", mebibytes << 10);
        run_within(&folder, &limit, &["--version"]).status.success()
    };
    let least = (1..200).find(starts).expect("it starts");
    for arguments in commands {
        for more in [0, 1, 2, 3, 4, 6, 8, 16, 32, 64, 128] {
            let limit = format!("ulimit -v {}", (least + more) << 10);
            let output = run_within(&folder, &limit, arguments);
            assert_tells(&output, &(least, more, arguments));
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_record_without_memory_for_it_is_an_error() {
    let record = [b"[".to_vec(), b"1,".repeat(5_000_000), b"1]\n".to_vec()].concat();
    let folder = folder_with(&[("data.txt", &record), ("out.pkl", b"old")]);
    let output = run_within(
        &folder,
        "ulimit -v 100000",
        &["convert", "data.txt", "out.pkl"],
    );
    assert_eq!(output.status.code(), Some(2), "{:?}", output.status);
    assert_tells(&output, &"a record");
    assert_eq!(fs::read(folder.path().join("out.pkl")).unwrap(), b"old");
    // What it left goes with the next.
    run(&folder, &["convert", "data.txt", "out.pkl"]);
    assert_eq!(files(folder.path()), ["data.txt", "out.pkl"]);
}

#[test]
fn no_memory_at_all_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    // A worker counts its own heap; of a Python the system counts all.
    for (command, limits, least) in [
        ("measure", ["0", "1", "15KiB"], "16.0 KiB"),
        ("fit", ["0", "1", "15KiB"], "16.0 KiB"),
        ("tutorial", ["0", "15KiB", "1MiB"], "to begin"),
        ("tutorial", ["20KiB", "1MiB", "7MiB"], "8.0 MiB"),
    ] {
        for limit in limits {
            let output = run(&folder, &[command, "-n", "10", "--memory-limit", limit]);
            assert_eq!(output.status.code(), Some(2));
            let message = stderr(&output);
            assert!(message.contains("a process needs "), "{message}");
            assert!(message.contains(least), "{command} {limit}: {message}");
        }
    }
    // And the least that is said is enough.
    for (case, limit) in [("text", "8MiB"), ("empty", "16KiB")] {
        let arguments = [case, "-n", "10", "--runs", "1", "--memory-limit", limit];
        let (code, run) = measure(&folder, &arguments);
        assert_eq!(code, Some(0), "{run}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_system_that_tells_less_degrades() {
    let folder = tempfile::tempdir().unwrap();
    let within = |setup: &str, arguments: &[&str]| {
        let script = format!("{setup} && exec \"$0\" \"$@\"");
        let mut command = Command::new("unshare");
        command.args(["-m", "sh", "-c", &script, env!("CARGO_BIN_EXE_picklebench")]);
        command.args(arguments).current_dir(&folder).output()
    };
    let measure = ["measure", "text", "-n", "100", "--runs", "1", "--json"];
    // Nothing can be written there, so that the high-water mark never starts anew.
    let output = within("mount -o remount,ro,bind /proc /proc", &measure);
    match output {
        Ok(output) if output.status.success() => {
            let row = case(&json_of(&output), "read/text")["resident"].clone();
            assert!(row["high_water_bytes"].is_null(), "{row}");
            assert!(row["after_drop_bytes"].is_number(), "{row}");
        }
        _ => {
            eprintln!("SKIPPED: this process may not unshare its mounts");
            return;
        }
    }
    let output = within("mount -t tmpfs none /proc", &measure).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let run_json = json_of(&output);
    assert_eq!(case(&run_json, "read/text")["status"], "ok");
    assert!(run_json["environment"]["memory_bytes"].is_null());
    let report = run(&folder, &["report", "results/latest", "--format", "csv"]);
    assert!(report.status.success(), "{}", stderr(&report));
}

#[test]
fn a_dumb_terminal_is_not_drawn_in() {
    let folder = tempfile::tempdir().unwrap();
    let measure = format!(
        "{} measure text -n 1000 --runs 1 >table",
        env!("CARGO_BIN_EXE_picklebench")
    );
    let drawn = |terminal: &str| {
        let mut command = Command::new("script");
        command.args(["-q", "-e", "-c", &measure, "/dev/null"]);
        let output = command.env("TERM", terminal).current_dir(&folder).output();
        output.map(|output| output.stdout.contains(&b'\x1b'))
    };
    match drawn("xterm") {
        Ok(drawn) => assert!(drawn, "a terminal that can draw shows a bar"),
        Err(_) => {
            eprintln!("SKIPPED: there is no script(1) to make a terminal with");
            return;
        }
    }
    assert!(!drawn("dumb").unwrap());
    assert!(!drawn("").unwrap());
}

#[test]
fn a_bare_environment_is_enough() {
    let folder = folder_with(&[("data.txt", b"[1, 2]\n")]);
    for arguments in [
        &["measure", "text", "-n", "100", "--runs", "1"][..],
        &["tutorial", "objects", "-n", "10", "--no-python"],
        &["convert", "data.txt", "data.pkl"],
        &["sizeof", "[1]"],
    ] {
        let mut command = picklebench(&folder);
        let output = command
            .args(arguments)
            .env_clear()
            .env("TERM", "dumb")
            .output();
        let output = output.unwrap();
        assert_eq!(
            output.status.code(),
            Some(0),
            "{arguments:?}: {}",
            stderr(&output)
        );
    }
}

// Data.

#[test]
fn data_of_other_records_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["read/text", "-n", "1000", "--runs", "2"];
    assert_eq!(measure(&folder, &arguments).0, Some(0));
    let path = folder.path().join("data/tuples-1000-42-text.txt");
    let whole = fs::read(&path).unwrap();
    // Other records, and none at all, each with a sum that fits.
    let other = run(
        &folder,
        &["generate", "text", "-n", "1000", "--seed", "7", "-o", "-"],
    );
    for content in [&other.stdout[..], b"(", b""] {
        fs::write(&path, content).unwrap();
        let made = Command::new("sha256sum")
            .arg("tuples-1000-42-text.txt")
            .current_dir(folder.path().join("data"))
            .output()
            .unwrap();
        fs::write(
            folder.path().join("data/tuples-1000-42-text.txt.sha256"),
            made.stdout,
        )
        .unwrap();
        let mut command = picklebench(&folder);
        let output = command
            .args(["measure", "--json"])
            .args(arguments)
            .output()
            .unwrap();
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(0), "{message}");
        assert_eq!(message.matches("making it again").count(), 1, "{message}");
        assert_eq!(case(&json_of(&output), "read/text")["status"], "ok");
        assert!(fs::read(&path).unwrap() == whole);
    }
}

#[test]
fn hints_are_about_what_failed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "not a folder").unwrap();
    fs::create_dir(folder.path().join("a folder")).unwrap();
    // Reading: nothing is said about writing.
    for arguments in [
        &["convert", "a folder", "x", "--to", "pickle"][..],
        &["inspect", "a folder"],
        &["sizeof", "--file", "a folder"],
        &["report", "file/run.json"],
        &["compare", "file/run.json", "file/run.json"],
        &["publish", "file/run.json"],
    ] {
        let message = stderr(&run(&folder, arguments));
        assert!(
            message.contains("error: cannot read"),
            "{arguments:?}: {message}"
        );
        for hint in [
            "write to",
            "choose another",
            "make the folder",
            "--data",
            "--results",
        ] {
            assert!(!message.contains(hint), "{arguments:?}: {message}");
        }
    }
    // An output that the user named is not in the data folder.
    for output in ["file/x", "none/x", "a folder"] {
        let message = stderr(&run(
            &folder,
            &["generate", "text", "-n", "10", "-o", output],
        ));
        assert!(
            message.contains(&format!("error: cannot write {output}")),
            "{message}"
        );
        assert!(!message.contains("--data"), "{message}");
    }
}

// One long string that is fetched again and again.

fn amplifier(bytes: usize, fetches: usize) -> Vec<u8> {
    let mut pickle = b"\x80\x02](X".to_vec();
    pickle.extend(u32::try_from(bytes).unwrap().to_le_bytes());
    pickle.extend(b"s".repeat(bytes));
    pickle.extend(b"q\x01");
    pickle.extend(b"h\x01".repeat(fetches));
    pickle.extend(b"e.");
    pickle
}

#[test]
fn a_small_input_makes_no_endless_output() {
    let folder = folder_with(&[
        ("bomb.pkl", &amplifier(60_000, 5000)),
        ("small.pkl", &amplifier(1000, 5000)),
    ]);
    for output in ["out.txt", "out.jsonl", "out.pkl"] {
        let ended = run(&folder, &["convert", "bomb.pkl", output]);
        let message = stderr(&ended);
        assert_eq!(ended.status.code(), Some(2), "{message}");
        for says in [
            "more than 133.5 MiB",
            "2,000 times the input",
            "--output-bytes SIZE",
        ] {
            assert!(message.contains(says), "{says:?} is not in: {message}");
        }
        assert!(!folder.path().join(output).exists());
        // Small outputs are let through whatever their input.
        let ended = run(&folder, &["convert", "small.pkl", output]);
        assert!(ended.status.success(), "{}", stderr(&ended));
        let ended = run(
            &folder,
            &["convert", "small.pkl", output, "--output-bytes", "1MiB"],
        );
        assert!(
            stderr(&ended).contains("more than 1.0 MiB"),
            "{}",
            stderr(&ended)
        );
        let large = ["convert", "bomb.pkl", output, "--output-bytes", "400MB"];
        assert!(run(&folder, &large).status.success());
        fs::remove_file(folder.path().join(output)).unwrap();
    }
    // From a pipe, it is counted as it comes.
    let mut child = picklebench(&folder)
        .args(["convert", "-", "-", "--from", "pickle", "--to", "text"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let _ = stdin.write_all(&amplifier(60_000, 5000));
    drop(stdin);
    let ended = end_within(child, 60);
    assert_eq!(ended.status.code(), Some(2), "{}", stderr(&ended));
    assert!(
        stderr(&ended).contains("--output-bytes"),
        "{}",
        stderr(&ended)
    );
}

// A batch of nothing but containers.

#[test]
fn a_batch_of_empty_lists_takes_bounded_memory() {
    let lists = |count: usize| [b"\x80\x02](", &*b"]".repeat(count), b"e."].concat();
    let folder = folder_with(&[
        ("million.pkl", &lists(1_000_000)),
        ("more.pkl", &lists(8_000_000)),
    ]);
    let size = |limit, file| run_within(&folder, limit, &["sizeof", "--file", file]);
    let ended = size("ulimit -v 400000", "million.pkl");
    assert!(ended.status.success(), "{}", stderr(&ended));
    // Whatever the file, there is an end to it.
    let ended = size("ulimit -v 1200000", "more.pkl");
    assert_eq!(ended.status.code(), Some(2));
    let message = stderr(&ended);
    assert!(message.contains("too many containers at once"), "{message}");
}
