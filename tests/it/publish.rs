//! `picklebench publish`: a run for keeps, and the page of all of them.

use std::fs;

use crate::command::{files, run as picklebench, stderr, stdout};
use crate::support::{run, tags, troubled};
use picklebench::results::Run;
use tempfile::TempDir;

/// A run like the fixture, of that day, host and commit.
fn made(started: &str, host: &str, commit: &str) -> Run {
    let mut run = run();
    run.environment.started = started.into();
    run.environment.host = Some(host.into());
    run.environment.commit = Some(commit.into());
    run
}

/// Publishes a run, with what else is on the command line; exit code and messages.
fn publish(folder: &TempDir, run: &Run, more: &[&str]) -> (Option<i32>, String) {
    let latest = folder.path().join("results/latest");
    fs::create_dir_all(&latest).unwrap();
    fs::write(latest.join("run.json"), run.to_json()).unwrap();
    let mut arguments = vec!["publish"];
    arguments.extend(more);
    let output = picklebench(folder, &arguments);
    assert_eq!(stdout(&output), "");
    (output.status.code(), stderr(&output))
}

fn index(folder: &TempDir) -> String {
    fs::read_to_string(folder.path().join("results/index.html")).unwrap()
}

const COMMIT: &str = "5f1c2d3e4b5a69788796a5b4c3d2e1f001122334";

#[test]
fn a_run_gets_a_folder_and_the_index_a_row() {
    let folder = tempfile::tempdir().unwrap();
    let (code, said) = publish(&folder, &made("2026-11-20T10:14:07Z", "vm", COMMIT), &[]);
    assert_eq!(code, Some(0), "{said}");
    let own = folder.path().join("results/2026-11-20-vm-5f1c2d3");
    assert!(
        said.contains("published: ") && said.contains("(1 run)"),
        "{said}"
    );
    let names = [
        "figures.csv",
        "peak-heap.svg",
        "report.html",
        "run.json",
        "run.schema.json",
    ];
    assert_eq!(files(&own), names);
    let latest = folder.path().join("results/latest/run.json");
    assert!(fs::read(own.join("run.json")).unwrap() == fs::read(latest).unwrap());
    let picture = |at: &str| fs::read(folder.path().join("results").join(at)).unwrap();
    assert!(picture("peak-heap.svg") == picture("2026-11-20-vm-5f1c2d3/peak-heap.svg"));
    let page = index(&folder);
    assert_eq!(
        page.matches("<tr data-machine=").count(),
        1,
        "latest is not published"
    );
    assert!(
        page.contains("href=\"./2026-11-20-vm-5f1c2d3/report.html\""),
        "{page}"
    );
    assert!(page.contains("Reading 1,000,000 records back took between"));

    // A second time changes nothing.
    let (code, said) = publish(&folder, &made("2026-11-20T10:14:07Z", "vm", COMMIT), &[]);
    assert_eq!(code, Some(0));
    assert!(said.contains("already published"), "{said}");
    assert!(index(&folder) == page);

    // Another run of the same day is another run.
    let (code, said) = publish(&folder, &made("2026-11-20T18:00:59Z", "vm", COMMIT), &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        folder
            .path()
            .join("results/2026-11-20-vm-5f1c2d3-180059/run.json")
            .exists()
    );
    assert_eq!(index(&folder).matches("<tr data-machine=").count(), 2);
}

#[cfg(unix)]
#[test]
fn others_may_read_what_is_published() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    publish(&folder, &made("2026-11-20T10:14:07Z", "vm", COMMIT), &[]);
    let plain = folder.path().join("plain");
    fs::create_dir(&plain).unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode();
    let own = folder.path().join("results/2026-11-20-vm-5f1c2d3");
    assert_eq!(mode(&own), mode(&plain));
}

#[test]
fn newest_first_and_merged_by_adding_folders() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    publish(&here, &made("2026-11-21T10:00:00Z", "one", COMMIT), &[]);
    publish(&here, &made("2026-11-20T10:00:00Z", "one", COMMIT), &[]);
    let mut newest = made("2026-11-22T10:00:00Z", "two", COMMIT);
    newest.cases.truncate(3);
    publish(&there, &newest, &[]);
    let name = "results/2026-11-22-two-5f1c2d3";
    fs::create_dir(here.path().join(name)).unwrap();
    fs::copy(
        there.path().join(name).join("run.json"),
        here.path().join(name).join("run.json"),
    )
    .unwrap();
    let output = picklebench(&here, &["publish", "--rebuild"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let page = index(&here);
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}"));
    assert!(at("2026-11-22 10:00") < at(">2026-11-21 10:00"));
    assert!(at(">2026-11-21 10:00") < at(">2026-11-20 10:00"));
    assert!(page.contains(
        "3 published runs on 2 machines, from <span class=\"day\">2026-11-20</span> to "
    ));
    // Its page was not copied: no link that leads nowhere.
    assert!(!page.contains("2026-11-22-two-5f1c2d3/report.html"));
    // Made again, it is the same to the byte; and so is its picture.
    let picture = fs::read(here.path().join("results/peak-heap.svg")).unwrap();
    assert!(picture == fs::read(there.path().join("results/peak-heap.svg")).unwrap());
    picklebench(&here, &["publish", "--rebuild"]);
    assert!(index(&here) == page);
}

#[test]
fn what_nobody_can_make_again_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut dirty = made("2026-11-20T10:14:07Z", "vm", COMMIT);
    dirty.environment.dirty = Some(true);
    let mut without = made("2026-11-20T10:14:07Z", "vm", COMMIT);
    without.environment.commit = None;
    for (run, name) in [(&dirty, "vm-5f1c2d3-dirty"), (&without, "vm-no-commit")] {
        let (code, said) = publish(&folder, run, &[]);
        assert_eq!(code, Some(2));
        assert!(
            said.contains("commit") && said.contains("--allow-dirty"),
            "{said}"
        );
        let own = folder.path().join(format!("results/2026-11-20-{name}"));
        assert!(!own.exists());
        assert_eq!(publish(&folder, run, &["--allow-dirty"]).0, Some(0));
        assert!(own.join("run.json").exists());
    }
    assert!(index(&folder).contains("with changes"));
    let mut timeless = made("once", "vm", COMMIT);
    let (code, said) = publish(&folder, &timeless, &[]);
    assert_eq!(code, Some(2));
    assert!(said.contains("does not say when"), "{said}");
    timeless.environment.started = "../../../../tmp".into();
    assert_eq!(publish(&folder, &timeless, &[]).0, Some(2));
}

#[test]
fn a_damaged_run_is_named_and_left_out() {
    let folder = tempfile::tempdir().unwrap();
    publish(&folder, &made("2026-11-20T10:14:07Z", "vm", COMMIT), &[]);
    let results = folder.path().join("results");
    for (name, text) in [
        ("2026-11-18-vm-aaaaaaa", "{\"schema\": 99}"),
        ("2026-11-19-<b>-bbbbbbb", "{\"schema\": 1, \"envi"),
    ] {
        fs::create_dir(results.join(name)).unwrap();
        fs::write(results.join(name).join("run.json"), text).unwrap();
    }
    fs::create_dir(results.join("2026-11-17-vm-ccccccc")).unwrap();
    fs::create_dir(results.join("pictures")).unwrap();
    let output = picklebench(&folder, &["publish", "--rebuild"]);
    assert_eq!(output.status.code(), Some(0));
    let said = stderr(&output);
    for text in [
        "2026-11-17-vm-ccccccc is left out: cannot read",
        "2026-11-18-vm-aaaaaaa is left out: ",
        "newer picklebench",
        "2026-11-19-<b>-bbbbbbb is left out: ",
    ] {
        assert!(said.contains(text), "{text}: {said}");
    }
    assert!(!said.contains("pictures"), "{said}");
    let page = index(&folder);
    assert_eq!(page.matches("<tr data-machine=").count(), 1);
    assert!(page.contains("2026-11-19-&lt;b&gt;-bbbbbbb"));
    // What cannot be read is no reason to publish nothing, and a folder that is
    // not there is.
    let output = picklebench(&folder, &["publish", "--rebuild", "--results", "none"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!folder.path().join("none").exists());
}

#[test]
fn hostile_runs_stay_in_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let mut hostile = troubled();
    hostile.environment.host = Some("../../<script>alert(1)</script>\u{202e}".into());
    hostile.environment.cpu = Some("\"><img src=x onerror=alert(2)>".into());
    hostile.environment.commit = Some("'; rm -rf / #".into());
    hostile.environment.dirty = Some(false);
    hostile.dataset.name = "</title><b>".into();
    let (code, said) = publish(&folder, &hostile, &[]);
    assert_eq!(code, Some(0), "{said}");
    let own = folder
        .path()
        .join("results/2026-11-20-script-alert-1-script-rm-rf");
    assert!(own.join("run.json").exists(), "{:?}", files(folder.path()));
    let page = index(&folder);
    assert_eq!(page.matches("<script").count(), 1);
    for bad in ["<img", "<b>", "\u{202e}"] {
        assert!(!page.contains(bad), "{bad}");
    }
    for tag in tags(&page) {
        assert!(tag.attribute("style").is_none() && tag.attribute("src").is_none());
        if let Some(target) = tag.attribute("href") {
            assert!(
                target.starts_with('#') || target.starts_with("./"),
                "{target}"
            );
        }
    }
}

#[test]
fn a_run_in_which_everything_failed_is_published_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut failed = made("2026-11-20T10:14:07Z", "vm", COMMIT);
    for case in &mut failed.cases {
        case.status = picklebench::results::Status::Failed;
        case.heap = None;
    }
    assert_eq!(publish(&folder, &failed, &[]).0, Some(0));
    let page = index(&folder);
    assert!(page.contains("cases finished."), "the headline says so");
    assert!(page.contains(&format!("0 of {}", failed.cases.len())));
}

#[test]
fn a_bad_run_publishes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("odd.json"), "{}").unwrap();
    for run in ["odd.json", "missing.json"] {
        let output = picklebench(&folder, &["publish", run]);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(run), "{}", stderr(&output));
    }
    assert!(!folder.path().join("results").exists());
}
