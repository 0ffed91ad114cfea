//! Runs: one that is interrupted goes on, and one that is written can be read and
//! shown, by whomever.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Output, Stdio};

use crate::command::{
    case, end_within, json_of, picklebench, run, signal, stderr, stdout, wait_for,
};
use tempfile::TempDir;

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
