//! A bad day: signals, folders that vanish, limits of the system, odd clocks. What
//! was measured is not lost, and nothing is left behind.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::command::{
    case, files, folder_with, json_of, measure, picklebench, run, run_within, signal, stderr,
    stdout,
};
use tempfile::TempDir;

/// Waits for the child's end, at most so long.
fn end_within(mut child: Child, seconds: u64) -> Output {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > deadline {
            child.kill().unwrap();
            panic!("it has not ended after {seconds} s");
        }
        thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap()
}

fn wait_for(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < deadline, "no {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn is_alive(process: u32) -> bool {
    let state = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    !state.is_empty() && !state.contains(") Z ")
}

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

// Signals.

#[test]
fn one_signal_is_enough_while_output_blocks() {
    let folder = folder_with(&[("data.txt", &b"[1, 2, 3]\n".repeat(100_000))]);
    for arguments in [
        &["generate", "text", "-n", "1e9", "-o", "-"][..],
        &["generate", "text", "-n", "1e9", "-o", "pipe"],
        &["convert", "data.txt", "-", "--to", "json-lines"],
    ] {
        for (name, code) in [("TERM", 143), ("INT", 130), ("HUP", 129)] {
            let pipe = folder.path().join("pipe");
            let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
            assert!(made.success());
            let mut child = picklebench(&folder)
                .args(arguments)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            // Open, and read no further than to see that it writes.
            let mut first = [0];
            let mut output = child.stdout.take().unwrap();
            let named = arguments
                .contains(&"pipe")
                .then(|| fs::File::open(&pipe).unwrap());
            match &named {
                Some(file) => {
                    let mut file: &fs::File = file;
                    file.read_exact(&mut first).unwrap();
                }
                None => output.read_exact(&mut first).unwrap(),
            }
            thread::sleep(Duration::from_millis(100));
            signal(name, child.id());
            let ended = end_within(child, 20);
            assert_eq!(ended.status.code(), Some(code), "{arguments:?} {name}");
            fs::remove_file(&pipe).unwrap();
            assert_eq!(files(folder.path()), ["data.txt"], "{arguments:?} {name}");
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn what_was_ignored_stays_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let script = "trap '' HUP; exec \"$0\" generate text -n 1e9 -o text";
    let mut command = Command::new("sh");
    command.args(["-c", script, env!("CARGO_BIN_EXE_picklebench")]);
    let child = command.current_dir(&folder).stderr(Stdio::piped());
    let mut child = child.spawn().unwrap();
    wait_for("file", || !files(folder.path()).is_empty());
    signal("HUP", child.id());
    thread::sleep(Duration::from_millis(1500));
    assert!(child.try_wait().unwrap().is_none(), "HUP ended it");
    signal("TERM", child.id());
    assert_eq!(end_within(child, 20).status.code(), Some(143));
    assert!(files(folder.path()).is_empty());
}

#[test]
fn help_tells_the_exit_codes() {
    let folder = tempfile::tempdir().unwrap();
    let help = stdout(&run(&folder, &["--help"]));
    for code in [
        "0 done",
        "has had enough",
        "130 after SIGINT",
        "143 after SIGTERM",
    ] {
        assert!(help.contains(code), "{code}: {help}");
    }
}

// What a killed process leaves.

#[test]
#[cfg(target_os = "linux")]
fn no_python_outlives_its_parent() {
    let folder = tempfile::tempdir().unwrap();
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("SKIPPED: there is no python3 to be left alone");
        return;
    }
    // A Python that is told to take its time.
    let slow = folder.path().join("slow");
    let script = "#!/bin/sh\n[ \"$1\" = --version ] && exec python3 --version\nexec sleep 600\n";
    fs::write(&slow, script).unwrap();
    fs::set_permissions(&slow, fs::Permissions::from_mode(0o755)).unwrap();
    let mut child = picklebench(&folder)
        .args(["tutorial", "objects", "-n", "100", "--python", "./slow"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let children = format!("/proc/{0}/task/{0}/children", child.id());
    let sleeper = || {
        let all = fs::read_to_string(&children).unwrap_or_default();
        let of = |id: &str| fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default();
        let mut all = all.split_whitespace();
        all.find(|id| of(id).trim() == "sleep")
            .and_then(|id| id.parse().ok())
    };
    wait_for("Python", || sleeper().is_some());
    let python: u32 = sleeper().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let clock = Instant::now();
    while is_alive(python) {
        assert!(clock.elapsed() < Duration::from_secs(2), "it lives on");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn what_a_killed_process_left_goes_with_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let start = |arguments: &[&str]| {
        let mut command = picklebench(&folder);
        command
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.spawn().unwrap()
    };
    let mut killed = start(&["generate", "text", "-n", "1e9", "-o", "text"]);
    wait_for("file", || !files(folder.path()).is_empty());
    let mut alive = start(&["generate", "text", "-n", "1e9", "-o", "text"]);
    wait_for("second file", || files(folder.path()).len() == 2);
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert_eq!(files(folder.path()).len(), 2, "it was killed");
    let output = run(&folder, &["generate", "text", "-n", "10", "-o", "small"]);
    assert!(output.status.success());
    let left = files(folder.path());
    assert_eq!(left.len(), 2, "the living one's stays: {left:?}");
    signal("TERM", alive.id());
    alive.wait().unwrap();
    assert_eq!(files(folder.path()), ["small"]);
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
    assert!(!message.contains("panicked"), "{what:?}: {message}");
    match output.status.code() {
        Some(0 | 1) => {}
        Some(2) => assert!(
            message.contains("error: ") || message.contains("memory allocation of"),
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
    for command in ["measure", "tutorial"] {
        for limit in ["0", "1", "1MiB"] {
            let output = run(&folder, &[command, "-n", "10", "--memory-limit", limit]);
            assert_eq!(output.status.code(), Some(2));
            let message = stderr(&output);
            assert!(
                message.contains("a process needs 8.0 MiB to begin"),
                "{message}"
            );
        }
    }
    // And the least that is said is enough.
    let (code, run) = measure(
        &folder,
        &["text", "-n", "10", "--runs", "1", "--memory-limit", "8MiB"],
    );
    assert_eq!(code, Some(0), "{run}");
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

// What we write, we can read; and what nobody can have written is refused.

#[test]
fn times_that_cannot_be_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    run(&folder, &["measure", "empty", "-n", "10", "--runs", "1"]);
    let good = fs::read_to_string(folder.path().join("results/latest/run.json")).unwrap();
    for (seconds, says) in [
        ("1e308", "1000000"),
        ("-52", "-52"),
        ("1e10", "10000000000"),
    ] {
        let odd = good.replacen("\"seconds\": [", &format!("\"seconds\": [{seconds}, "), 1);
        fs::write(folder.path().join("odd.json"), odd).unwrap();
        let output = run(&folder, &["report", "odd.json", "-o", "page.html"]);
        assert_eq!(output.status.code(), Some(2));
        let message = stderr(&output);
        assert!(
            message.contains(&format!("claims to have taken {says}")),
            "{message}"
        );
    }
    let long = good.replacen("\"seconds\": [", "\"seconds\": [1e9, ", 1);
    fs::write(folder.path().join("long.json"), long).unwrap();
    let output = run(&folder, &["report", "long.json", "-o", "page.html"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let page = fs::read_to_string(folder.path().join("page.html")).unwrap();
    assert!(
        !page.contains("NaN") && !page.contains("=\"inf"),
        "in a picture"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_published_folder_without_a_name_is_left_out() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let folder = tempfile::tempdir().unwrap();
    run(&folder, &["measure", "empty", "-n", "10", "--runs", "1"]);
    let run_json = folder.path().join("results/latest/run.json");
    let odd = folder
        .path()
        .join("results")
        .join(OsStr::from_bytes(b"2026-01-01-\xff-x"));
    fs::create_dir(&odd).unwrap();
    fs::copy(run_json, odd.join("run.json")).unwrap();
    let output = run(&folder, &["publish", "--allow-dirty"]);
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(0), "{message}");
    assert!(
        message.contains("warning: 2026-01-01-�-x is left out"),
        "{message}"
    );
    assert!(message.contains("rename the folder"), "{message}");
    assert!(message.contains("(1 run)"), "{message}");
}

#[test]
fn names_in_a_run_turn_no_page_around() {
    let folder = tempfile::tempdir().unwrap();
    run(&folder, &["measure", "empty", "-n", "10", "--runs", "1"]);
    let path = folder.path().join("results/latest/run.json");
    let good = fs::read_to_string(&path).unwrap();
    let odd = good.replace(
        "\"empty/none\"",
        "\"empty/\u{202e}enon\\u001b[2J\\r\\u009b\"",
    );
    let odd = odd.replacen("\"host\": \"", "\"host\": \"\u{2066}\\u0007", 1);
    fs::write(&path, odd).unwrap();
    for arguments in [
        &["report", "results/latest", "-o", "-"][..],
        &["report", "results/latest", "--format", "csv"],
        &["report", "results/latest", "--format", "markdown"],
        &["compare", "results/latest", "results/latest"],
        &[
            "compare",
            "results/latest",
            "results/latest",
            "--format",
            "html",
        ],
        &[
            "compare",
            "results/latest",
            "results/latest",
            "--format",
            "markdown",
        ],
        &["publish", "--allow-dirty"],
    ] {
        let output = run(&folder, arguments);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{arguments:?}: {}",
            stderr(&output)
        );
        let said = stdout(&output).replace("\r\n", "\n") + &stderr(&output);
        let drives = |char: char| {
            char.is_control() && char != '\n'
                || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        assert!(!said.contains(drives), "{arguments:?}");
    }
    let index = fs::read_to_string(folder.path().join("results/index.html")).unwrap();
    assert!(!index.contains(['\u{202e}', '\u{2066}', '\u{1b}', '\u{7}']));
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
        &["convert", "a folder", "x.pkl"][..],
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

// A run that is interrupted, and goes on.

/// Starts a run and interrupts it after some cases.
fn interrupted(folder: &TempDir, arguments: &[&str]) {
    let child = picklebench(folder)
        .args(["measure", "text", "-n", "20_000", "--runs", "2"])
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let journal = folder.path().join("results/latest/unfinished.json");
    wait_for("case", || {
        fs::read_to_string(&journal).is_ok_and(|text| text.contains("write/text"))
    });
    signal("KILL", child.id());
    end_within(child, 20);
    assert!(journal.exists());
}

fn resume(folder: &TempDir, arguments: &[&str]) -> Output {
    let mut command = picklebench(folder);
    command
        .args(["measure", "text", "--resume", "--json"])
        .args(arguments);
    command.output().unwrap()
}

#[test]
fn an_interrupted_run_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let latest = folder.path().join("results/latest");
    interrupted(&folder, &[]);
    let journal = fs::read_to_string(latest.join("unfinished.json")).unwrap();
    // Other runs say why they are others.
    for (arguments, says) in [
        (
            &["-n", "10_000", "--runs", "2"][..],
            "number of records was 20000, and is 10000",
        ),
        (
            &["-n", "20_000", "--runs", "3"],
            "number of runs was 2, and is 3",
        ),
        (
            &["-n", "20_000", "--runs", "2", "--seed", "7"],
            "seed was 42, and is 7",
        ),
        (
            &["-n", "20_000", "--runs", "2", "--memory-limit", "1GiB"],
            "memory limit was",
        ),
        (
            &["-n", "20_000", "--runs", "2", "--timeout", "9"],
            "time limit was",
        ),
        (
            &["-n", "20_000", "--runs", "2", "--dataset", "words"],
            "dataset was tuples",
        ),
    ] {
        let output = resume(&folder, arguments);
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.contains(says), "{says:?} is not in: {message}");
        assert!(message.contains("leave out --resume"), "{message}");
    }
    assert_eq!(
        fs::read_to_string(latest.join("unfinished.json")).unwrap(),
        journal
    );
    // A journal that was changed is no journal.
    fs::write(
        latest.join("unfinished.json"),
        journal.replace("\"seconds\":[", "\"seconds\":[0.5,"),
    )
    .unwrap();
    let output = resume(&folder, &["-n", "20_000", "--runs", "2"]);
    assert!(
        stderr(&output).contains("it is damaged"),
        "{}",
        stderr(&output)
    );
    assert_eq!(output.status.code(), Some(2));
    fs::write(latest.join("unfinished.json"), &journal).unwrap();

    let output = resume(&folder, &["-n", "20_000", "--runs", "2"]);
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(0), "{message}");
    assert!(message.contains("going on from "), "{message}");
    let run_json = json_of(&output);
    // What was measured then, to the last digit of its time, is what is told.
    let before: serde_json::Value = serde_json::from_str(journal.lines().nth(1).unwrap()).unwrap();
    let finished = before["cases"].as_array().unwrap();
    assert!(finished.len() >= 2);
    for row in finished {
        assert_eq!(case(&run_json, row["id"].as_str().unwrap()), row);
    }
    assert_eq!(run_json["environment"]["started"], before["started"]);
    assert_eq!(case(&run_json, "read/text")["status"], "ok");
    assert!(
        !latest.join("unfinished.json").exists(),
        "it has become run.json"
    );
    // Then there is nothing to go on from.
    let output = resume(&folder, &["-n", "100", "--runs", "1"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(
        stderr(&output).contains("nothing to go on from"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_run_that_begins_anew_says_what_it_leaves() {
    let folder = tempfile::tempdir().unwrap();
    interrupted(&folder, &[]);
    let output = run(&folder, &["measure", "empty", "-n", "10", "--runs", "1"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(
        stderr(&output).contains("--resume goes on from it"),
        "{}",
        stderr(&output)
    );
    assert!(
        !folder
            .path()
            .join("results/latest/unfinished.json")
            .exists()
    );
}

// The build.

/// The environment of a run while `git` tells that these files have changed.
fn measure_with_git(folder: &TempDir, changed: &str) -> serde_json::Value {
    let tools = folder.path().join("tools");
    fs::create_dir_all(&tools).unwrap();
    fs::write(tools.join("git"), format!("#!/bin/sh\necho {changed}\n")).unwrap();
    fs::set_permissions(tools.join("git"), fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap());
    let mut command = picklebench(folder);
    let command = command.args(["measure", "empty", "-n", "10", "--runs", "1", "--json"]);
    let output = command.env("PATH", path).output().unwrap();
    json_of(&output)["environment"].clone()
}

#[test]
fn a_run_carries_the_commit_that_it_was_built_from() {
    let folder = tempfile::tempdir().unwrap();
    // Such a git tells of that as the commit, too.
    let other = measure_with_git(&folder, "0123456789012345678901234567890123456789");
    let Some(commit) = other["commit"].as_str() else {
        eprintln!("SKIPPED: the program was built outside of a repository");
        return;
    };
    assert_ne!(&commit[..10], "0123456789", "it asks whoever is there");
    let is_dirty = other["dirty"].as_bool().unwrap();
    assert_eq!(other["sources_match"], is_dirty, "{other}");
    let same = measure_with_git(&folder, "");
    assert_eq!(same["commit"], other["commit"]);
    assert_eq!(same["sources_match"], !is_dirty, "{same}");
    // Of these two, one is of other sources, and says so.
    measure_with_git(&folder, if is_dirty { "" } else { "src/lib.rs" });
    let page = fs::read_to_string(folder.path().join("results/latest/report.html")).unwrap();
    assert!(page.contains("no longer those that the program was built from"));
    let published = run(&folder, &["publish", "--allow-dirty"]);
    assert!(
        stderr(&published).contains("sources had changed"),
        "{}",
        stderr(&published)
    );
}
