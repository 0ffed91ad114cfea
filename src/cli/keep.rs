//! Keeping what was measured: in the results folder, or elsewhere where that is
//! full, read-only or gone by now.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use crate::files::shown;
use crate::report;
use crate::results::{ResultsFolder, Run};

use super::Error;
use super::output::{print_line, print_raw, say};

/// What is told of a run on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Nothing,
    Json,
    Table,
}

impl Told {
    pub(super) fn json_or_table(json: bool) -> Told {
        if json { Told::Json } else { Told::Table }
    }
}

/// [Keeps](keep) a run and prints what `tell` makes of it: JSON or a table. It is printed whatever becomes of the folder: what was measured is not lost.
///
/// # Errors
///
/// If the folder does not take it, or standard output fails.
pub(super) fn keep_and_tell(
    folder: &ResultsFolder,
    run: &Run,
    told: Told,
    tell: impl FnOnce() -> String,
) -> Result<(), Error> {
    let kept = keep(folder, run);
    let printed = match told {
        Told::Nothing => Ok(()),
        Told::Json => print_raw(tell().as_bytes()),
        Told::Table => print_line(tell().trim_end()),
    };
    let report = kept?;
    printed?;
    match told {
        Told::Nothing => Ok(()),
        Told::Json => {
            say(format_args!("report: {}", shown(&report)));
            Ok(())
        }
        Told::Table => print_line(&format!("\nreport: {}", shown(&report))),
    }
}

/// Writes a run and everything that is made from it; gives the path of its
/// report.
///
/// # Errors
///
/// If the folder does not take it. The error says where the run is instead.
fn keep(folder: &ResultsFolder, run: &Run) -> Result<PathBuf, Error> {
    if let Err(error) = folder.write_run(run) {
        return Err(match elsewhere(run) {
            Ok(path) => {
                let path = shown(&path);
                format!(
                    "{error}\nThe run is in {path} instead: picklebench report {path} makes its page"
                )
            }
            Err(second) => format!(
                "{error}\nThe temporary folder {} does not take it either: {second}; choose \
                 another folder with --results DIR",
                shown(&env::temp_dir())
            ),
        }
        .into());
    }
    write_report(folder, run)
}

/// Everything that lies beside a `run.json`, made from it; gives the path of
/// the report.
///
/// # Errors
///
/// If the folder does not take it.
pub(super) fn write_report(folder: &ResultsFolder, run: &Run) -> Result<PathBuf, Error> {
    for (name, content) in report::files(run) {
        folder.write(name, &content)?;
    }
    Ok(folder.file("report.html"))
}

/// Writes the run to a file of a new name in the temporary folder.
fn elsewhere(run: &Run) -> io::Result<PathBuf> {
    let mut file = tempfile::Builder::new()
        .prefix("picklebench-run-")
        .suffix(".json")
        .tempfile()?;
    file.write_all(run.to_json().as_bytes())?;
    file.as_file().sync_all()?;
    let (_, path) = file.keep().map_err(|error| error.error)?;
    fs::canonicalize(path)
}
