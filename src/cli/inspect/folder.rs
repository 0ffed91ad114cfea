//! What is in the pickles of a folder: a line for each.

use std::path::Path;

use plainfigures::{format_bytes, thousands};

use crate::cli::bytes_bar::BytesBar;
use crate::cli::folder::{Folder, Told, failure_line};
use crate::cli::output::{Hearing, print_next};
use crate::cli::progress::Progress;
use crate::cli::streams::told_ignored;
use crate::cli::{Error, Outcome};
use crate::formats::Formats;

use super::{Arguments, Inspection, inspect};

/// The titles of the columns. The name comes last: how long names are is not known
/// before the last of them.
const TITLES: [&str; 5] = ["size", "protocol", "records", "refused", "would call"];

pub(super) fn run(arguments: &Arguments, formats: &Formats) -> Result<Outcome, Error> {
    let folder = Folder::by_name(&arguments.file)?;
    let work = |path: &Path, _: &Path| {
        let (inspection, fault) = inspect(path, arguments, formats, BytesBar::hidden)?;
        let line = match arguments.json {
            true => format!("{}\n", serde_json::to_string(&inspection)?),
            false => line(&inspection),
        };
        Ok(Told {
            what: line,
            notes: told_ignored(inspection.ignored_bytes).into_iter().collect(),
            fault,
        })
    };
    if !arguments.json && print_next(&row(TITLES.map(str::to_owned), "file"))? == Hearing::Enough {
        return Ok(Outcome::Done);
    }
    let tally = folder.run(
        &arguments.jobs,
        Progress::beside_output(),
        work,
        |path, result| match result {
            Ok(line) => print_next(&line),
            Err(message) if arguments.json => print_next(&failure_line(path, message)?),
            Err(_) => Ok(Hearing::On),
        },
    )?;
    Ok(tally.outcome())
}

/// The line of a file.
fn line(inspection: &Inspection) -> String {
    let calls = inspection.refused.iter().filter(|named| named.dangerous);
    let figures = [
        format_bytes(inspection.bytes),
        inspection.protocol.to_string(),
        thousands(inspection.records),
        thousands(inspection.refused_count),
        thousands(calls.map(|named| named.count).sum()),
    ];
    row(figures, &inspection.file)
}

fn row(figures: [String; 5], file: &str) -> String {
    let figures = figures.map(|figure| format!("{figure:>11}"));
    format!("{}  {file}\n", figures.concat())
}
