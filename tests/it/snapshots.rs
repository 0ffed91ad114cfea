//! The tables in the terminal and the Markdown, whole, so that a change of
//! layout is seen as such in review.
//!
//! `INSTA_UPDATE=always cargo test --test it snapshots` writes them anew; look at
//! the difference before you commit it.

use std::fs;

use picklebench::report::{terminal, tutorial_table};
use picklebench::results::Run;
use tempfile::TempDir;

use crate::command::{folder_with, run as picklebench, stderr, stdout};
use crate::support::{run, troubled, with_troubled_tutorial, with_tutorial};

/// Compares with `snapshots/NAME.snap`.
#[track_caller]
fn assert_is(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// What a command prints that has nothing to complain of.
fn printed(folder: &TempDir, arguments: &[&str]) -> String {
    let output = picklebench(folder, arguments);
    assert_eq!(stderr(&output), "", "{arguments:?}");
    stdout(&output)
}

/// A folder with a run in `run.json`.
fn folder_of(run: &Run) -> TempDir {
    folder_with(&[("run.json", run.to_json().as_bytes())])
}

/// A folder with the fixture and the same after some changes: more and less in
/// the heap, a case that fails and one that is not there, another machine.
fn two_runs() -> TempDir {
    let folder = folder_of(&run());
    let mut new = run();
    new.environment.cpu = Some("Another CPU".into());
    let case = |id: &str| new.cases.iter().position(|case| case.id == id).unwrap();
    let (more, less) = (case("read/text"), case("read/pickle/protocol-4"));
    let (fails, gone) = (case("write/text"), case("stream-read/text"));
    for (case, bytes) in [(more, 4096), (less, -1)] {
        let heap = new.cases[case].heap.as_mut().unwrap();
        heap.peak_bytes = heap.peak_bytes.checked_add_signed(bytes).unwrap();
        heap.extra_bytes += bytes;
    }
    new.cases[fails].status = picklebench::results::Status::OutOfMemory;
    new.cases[fails].message = Some("it asked for more than 1 GiB".into());
    new.cases.remove(gone);
    fs::write(folder.path().join("new.json"), new.to_json()).unwrap();
    folder
}

/// `pickle.dumps({'birds': [('robin', 18.0), ('wren', 9.5)], 'seen': 2**70}, 4)`
const BIRDS: &[u8] = b"\x80\x04\x95H\0\0\0\0\0\0\0}\x94(\x8c\x05birds\x94]\x94(\x8c\x05robin\
    \x94G@2\0\0\0\0\0\0\x86\x94\x8c\x04wren\x94G@#\0\0\0\0\0\0\x86\x94e\x8c\x04seen\x94\
    \x8a\x09\0\0\0\0\0\0\0\0@u.";

#[test]
fn the_table_of_measure() {
    assert_is("measure", &terminal::render(&run(), false));
    assert_is("measure-troubled", &terminal::render(&troubled(), false));
}

#[test]
fn the_table_of_the_tutorial() {
    for (name, run) in [
        ("tutorial", with_tutorial()),
        ("tutorial-troubled", with_troubled_tutorial()),
    ] {
        let tutorial = run.tutorial.as_ref().unwrap();
        assert_is(name, &tutorial_table::render(tutorial, false));
    }
}

#[test]
fn the_table_of_compare() {
    let output = picklebench(&two_runs(), &["compare", "run.json", "new.json"]);
    assert_is("compare", &stdout(&output));
}

#[test]
fn the_tables_of_inspect() {
    let folder = folder_with(&[("birds.pkl", BIRDS)]);
    assert_is("inspect", &printed(&folder, &["inspect", "birds.pkl"]));
}

/// The column of Rust's sizes depends on the width of a pointer.
#[test]
#[cfg(target_pointer_width = "64")]
fn the_tables_of_sizeof() {
    let folder = folder_with(&[("birds.pkl", BIRDS)]);
    for (name, arguments) in [
        (
            "sizeof-literal",
            ["sizeof", "[4, 'toaster', 230.1]"].as_slice(),
        ),
        ("sizeof-file", &["sizeof", "--file", "birds.pkl"]),
        (
            "sizeof-parts",
            &["sizeof", "--tree", "--types", "--file", "birds.pkl"],
        ),
        (
            "sizeof-file-allocated",
            &["sizeof", "--allocated", "--file", "birds.pkl"],
        ),
    ] {
        assert_is(name, &printed(&folder, arguments));
    }
}

#[test]
fn markdown_of_a_run() {
    for (name, run) in [
        ("markdown", run()),
        ("markdown-troubled", troubled()),
        ("markdown-tutorial", with_tutorial()),
    ] {
        let folder = folder_of(&run);
        let arguments = ["report", "run.json", "--format", "markdown"];
        assert_is(name, &printed(&folder, &arguments));
    }
}

#[test]
fn markdown_of_a_comparison() {
    let arguments = ["compare", "run.json", "new.json", "--format", "markdown"];
    let output = picklebench(&two_runs(), &arguments);
    assert_is("markdown-compare", &stdout(&output));
}
