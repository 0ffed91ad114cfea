//! Signals, and what a killed process leaves: nothing, once the next has begun.

use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::command::{
    end_within, files, folder_with, is_alive, picklebench, run, signal, stdout, wait_for,
};

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
