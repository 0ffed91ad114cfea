//! Every command that writes, killed at many points: nothing torn, nothing left
//! after the next start, and that one's result is right.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::command::{folder_after, run, signal, stderr};
use crate::outputs::commands;
use serde_json::Value;
use tempfile::TempDir;

/// Points at which each command is ended by each signal: 7 × 4 × 10 = 280.
const POINTS: u32 = 10;

const SIGNALS: [(&str, Option<i32>); 4] = [
    ("KILL", None),
    ("TERM", Some(143)),
    ("INT", Some(130)),
    ("HUP", Some(129)),
];

/// A command that writes something.
struct Subject {
    arguments: &'static [&'static str],
    /// Makes what it needs, and puts back what was there before.
    prepare: fn(&Path),
    /// Fails unless what lies there is what was there before, or whole.
    check: fn(&Path, &Path),
}

const SUBJECTS: [Subject; 7] = [
    Subject {
        arguments: &["generate", "text", "-n", "20_000", "-o", "out"],
        prepare: put_old,
        check: is_old_or_expected,
    },
    Subject {
        arguments: &["convert", "data.txt", "out", "--to", "pickle"],
        prepare: put_old,
        check: is_old_or_expected,
    },
    Subject {
        arguments: &["publish", "run", "--allow-dirty"],
        prepare: |folder| {
            let _ = fs::remove_dir_all(folder.join("results"));
        },
        check: is_published_or_not,
    },
    Subject {
        arguments: &["measure", "text", "-n", "500", "--runs", "1"],
        prepare: |_| (),
        check: has_whole_runs,
    },
    Subject {
        arguments: &["fit", "--exact", "read/text", "-n", "500"],
        prepare: |_| (),
        check: has_whole_runs,
    },
    Subject {
        arguments: &["scale", "text", "-n", "50..500", "--points", "3"],
        prepare: |_| (),
        check: has_whole_runs,
    },
    Subject {
        arguments: &["tutorial", "deepcopy", "-n", "500", "--no-python"],
        prepare: |_| (),
        check: has_whole_runs,
    },
];

/// The others: they write one file at the most, and that as `convert` does.
const WRITE_NO_MORE: [&str; 5] = ["report", "compare", "inspect", "sizeof", "completions"];

#[test]
fn every_command_that_writes_is_in_the_table() {
    for command in commands() {
        let is_subject = SUBJECTS.iter().any(|it| it.arguments[0] == command);
        let writes_no_more = WRITE_NO_MORE.contains(&&*command);
        assert_ne!(is_subject, writes_no_more, "{command}");
    }
}

fn put_old(folder: &Path) {
    fs::write(folder.join("out"), "old").unwrap();
}

fn is_old_or_expected(folder: &Path, expected: &Path) {
    let there = fs::read(folder.join("out")).unwrap();
    assert!(there == b"old" || there == fs::read(expected.join("out")).unwrap());
}

/// A published folder has all that it should have, and the index is whole.
fn is_published_or_not(folder: &Path, expected: &Path) {
    for entry in fs::read_dir(folder.join("results")).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.starts_with('.') {
            continue;
        }
        let whole = expected.join("results").join(name);
        if !path.is_dir() {
            assert!(
                fs::read(&path).unwrap() == fs::read(whole).unwrap(),
                "{name}"
            );
            continue;
        }
        for file in ["run.json", "run.schema.json", "report.html", "figures.csv"] {
            let there = fs::read(path.join(file)).unwrap();
            assert!(
                there == fs::read(whole.join(file)).unwrap(),
                "{name}/{file}"
            );
        }
    }
}

fn has_whole_runs(folder: &Path, _: &Path) {
    let latest = folder.join("results/latest");
    if let Ok(text) = fs::read(latest.join("run.json")) {
        let run: Value = serde_json::from_slice(&text).unwrap();
        let cases = run["cases"].as_array().unwrap();
        assert!(
            cases
                .iter()
                .all(|case| case["status"] == "ok" || case["status"] == "unsupported")
        );
    }
    if let Ok(text) = fs::read_to_string(latest.join("unfinished.json")) {
        let (sum, json) = text.split_once('\n').unwrap();
        assert_eq!(sum.len(), 64);
        serde_json::from_str::<Value>(json).unwrap();
    }
    let data = fs::read_dir(folder.join("data")).into_iter().flatten();
    for path in data.map(|entry| entry.unwrap().path()) {
        if path.extension().is_some_and(|end| end == "sha256") {
            assert!(path.with_extension("").exists(), "a sum without its file");
        }
    }
}

/// What unfinished work is called, wherever it lies.
fn leftovers(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if name.to_string_lossy().starts_with(".picklebench-") {
                found.push(entry.path());
            } else if entry.path().is_dir() {
                folders.push(entry.path());
            }
        }
    }
    found
}

fn start(folder: &TempDir, subject: &Subject) -> Child {
    Command::new(env!("CARGO_BIN_EXE_picklebench"))
        .args(subject.arguments)
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn folder() -> TempDir {
    folder_after(&[
        &["generate", "text", "-n", "20_000", "-o", "data.txt"],
        &[
            "measure",
            "empty",
            "-n",
            "10",
            "--runs",
            "1",
            "--results",
            "run",
        ],
    ])
}

fn succeed(folder: &TempDir, subject: &Subject) {
    let output = run(folder, subject.arguments);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

#[test]
#[cfg(target_os = "linux")]
fn hundreds_of_kills_tear_nothing_and_leave_nothing() {
    let (folder, expected) = (folder(), folder());
    fs::copy(
        folder.path().join("run/run.json"),
        expected.path().join("run/run.json"),
    )
    .unwrap();
    for subject in &SUBJECTS {
        let what = subject.arguments;
        // What it makes when nobody disturbs it, and how long that takes.
        let mut whole = Duration::MAX;
        for _ in 0..2 {
            (subject.prepare)(expected.path());
            let clock = Instant::now();
            succeed(&expected, subject);
            whole = whole.min(clock.elapsed());
        }
        let (mut ended_early, mut disturbed) = (0, 0);
        for (name, code) in SIGNALS {
            for point in 0..POINTS {
                (subject.prepare)(folder.path());
                let mut child = start(&folder, subject);
                // Not at equal steps: another part of each for each signal.
                let shift = 0.25 + 0.2 * f64::from(SIGNALS.len() as u32 * point % 3);
                let part = (f64::from(point) + shift) / f64::from(POINTS);
                thread::sleep(whole.mul_f64(part));
                signal(name, child.id());
                let clock = Instant::now();
                while child.try_wait().unwrap().is_none() {
                    assert!(clock.elapsed() < Duration::from_secs(60), "{what:?} hangs");
                    thread::sleep(Duration::from_millis(1));
                }
                match child.wait().unwrap().code() {
                    Some(0) => ended_early += 1,
                    other => {
                        // Before it has taken signals over, they just end it.
                        assert!(
                            other == code || other.is_none(),
                            "{what:?} {name}: {other:?}"
                        );
                        disturbed += 1;
                    }
                }
                (subject.check)(folder.path(), expected.path());
                if name != "KILL" {
                    let left = leftovers(folder.path());
                    assert!(left.is_empty(), "{what:?} {name} {point}: {left:?}");
                    continue;
                }
                succeed(&folder, subject);
                (subject.check)(folder.path(), expected.path());
                let left = leftovers(folder.path());
                assert!(left.is_empty(), "{what:?} {name} {point}: {left:?}");
            }
        }
        // The next result is right.
        (subject.prepare)(folder.path());
        succeed(&folder, subject);
        (subject.check)(folder.path(), expected.path());
        // On a machine that is busy with other things most may come too late.
        eprintln!("{what:?}: {disturbed} ended by a signal, {ended_early} before it");
        assert!(disturbed > 0, "{what:?}");
    }
}
