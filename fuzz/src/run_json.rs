//! A `run.json`, which may come from anybody.

use std::cell::OnceCell;
use std::fs;

use picklebench::compare::compare;
use picklebench::report::{self, export};
use picklebench::results::Run;
use tempfile::TempDir;

thread_local! {
    static FOLDER: OnceCell<TempDir> = const { OnceCell::new() };
}

/// Any bytes as a `run.json`. What can be read is written and read again as the same,
/// and everything that is made of it is fit to be looked at.
pub fn run_json(bytes: &[u8]) -> String {
    let run = match load(bytes) {
        Ok(run) => run,
        Err(told) => return told,
    };
    let json = run.to_json();
    let again = load(json.as_bytes()).expect("what we write, we can read");
    assert_eq!(again.to_json(), json);
    check("the table", &report::terminal::render(&run, false));
    if let Some(tutorial) = &run.tutorial {
        check(
            "the tutorial's table",
            &report::tutorial_table::render(tutorial, false),
        );
    }
    for exporter in export::ALL {
        check(exporter.name(), &exporter.render(&run));
    }
    for (name, text) in report::files(&run) {
        check(name, &text);
    }
    if let Ok(comparison) = compare(&run, &again, &[], true) {
        check("a comparison", &comparison.to_json());
        let page = report::html::render_comparison(&run, &comparison);
        check("a page that compares", &page);
    }
    let tutorial = match &run.tutorial {
        Some(_) => " and a tutorial",
        None => "",
    };
    format!("a run of {} cases{tutorial}", run.cases.len())
}

/// The run that a file of these bytes is, or what is said of it.
fn load(bytes: &[u8]) -> Result<Run, String> {
    FOLDER.with(|folder| {
        let folder = folder.get_or_init(|| tempfile::tempdir().expect("there is room"));
        let path = folder.path().join("run.json");
        fs::write(&path, bytes).expect("there is room");
        Run::load(&path).map_err(|error| error.to_string())
    })
}

/// No control characters but line feeds and tabs: what is shown is text.
#[track_caller]
fn check(what: &str, text: &str) {
    // The line ends of CSV are those of its specification.
    let text = text.replace("\r\n", "\n");
    let is_bad = |c: &char| c.is_control() && !matches!(c, '\n' | '\t');
    if let Some(bad) = text.chars().find(is_bad) {
        panic!("{what} has a {bad:?}");
    }
}
