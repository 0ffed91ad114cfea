//! What the values in the files of a folder take: a line for each.

use std::path::Path;

use plainfigures::{ABSENT, format_bytes};
use pysizeof::{Build, Detail, Sizing};
use serde::Serialize;

use crate::cli::bytes_bar::BytesBar;
use crate::cli::folder::{Folder, Told, counted, failure_line};
use crate::cli::output::{Hearing, print_next, say};
use crate::cli::progress::Progress;
use crate::cli::{Error, Outcome};
use crate::formats::Formats;

use super::fits::Fits;
use super::table::version;
use super::{Arguments, json, size_of_file, told_of_end};

/// What is printed of a file with `--json`.
#[derive(Debug, Serialize)]
struct OfFile<'s> {
    file: &'s str,
    #[serde(flatten)]
    told: json::Told<'s>,
}

/// A file that was sized.
struct Sized {
    line: String,
    does_not_fit: bool,
}

pub(super) fn run(arguments: &Arguments, path: &Path, formats: &Formats) -> Result<Outcome, Error> {
    refuse_what_is_of_one_file(arguments)?;
    let folder = Folder::by_name(path)?;
    let detail = match arguments.json {
        true => Detail::Parts,
        false => Detail::Totals,
    };
    let work = |path: &Path, _: &Path| {
        let (sizing, name) = size_of_file(path, arguments, formats, detail, BytesBar::hidden)?;
        let fits = match arguments.fits {
            Some(limit) => Some(Fits::new(&sizing, limit, &arguments.python)?),
            None => None,
        };
        Ok(Told {
            what: Sized {
                line: line(arguments, &sizing, &name, fits.as_ref())?,
                does_not_fit: fits.is_some_and(|fits| !fits.all_fit()),
            },
            notes: Vec::new(),
            fault: told_of_end(&sizing, &name),
        })
    };
    if !arguments.json && print_next(&row(&titles(arguments), "file"))? == Hearing::Enough {
        return Ok(Outcome::Done);
    }
    let mut do_not_fit = 0;
    let progress = Progress::beside_output();
    let tally = folder.run(
        &arguments.jobs,
        progress,
        work,
        |path, result| match result {
            Ok(sized) => {
                do_not_fit += u64::from(sized.does_not_fit);
                print_next(&sized.line)
            }
            Err(message) if arguments.json => print_next(&failure_line(path, message)?),
            Err(_) => Ok(Hearing::On),
        },
    )?;
    let Some(limit) = arguments.fits else {
        return Ok(tally.outcome());
    };
    let limit = format_bytes(limit);
    match do_not_fit {
        0 => Ok(tally.outcome()),
        count => {
            let files = counted(count, "file");
            let verb = if count == 1 { "does" } else { "do" };
            say(format_args!("{files} {verb} not load in {limit}"));
            Ok(Outcome::FoundFailure)
        }
    }
}

fn refuse_what_is_of_one_file(arguments: &Arguments) -> Result<(), Error> {
    let asked = [
        (arguments.tree, "--tree"),
        (arguments.types, "--types"),
        (arguments.html, "--html"),
        (arguments.depth.is_some() && !arguments.json, "--depth"),
    ];
    match asked.iter().find(|(is_asked, _)| *is_asked) {
        Some((_, flag)) => Err(format!(
            "{flag} tells of one file, and there is a line for each file of a folder: name one of \
             its files, or leave {flag} out"
        )
        .into()),
        None => Ok(()),
    }
}

fn titles(arguments: &Arguments) -> Vec<String> {
    match (arguments.fits, arguments.python.as_slice()) {
        (Some(_), []) => Build::ALL.map(in_python).into(),
        (Some(_), asked) => asked.iter().copied().map(in_python).collect(),
        (None, _) => {
            let build = version(arguments.build());
            let figures = ["bytes", "kept", "load peak"];
            figures.map(|figure| format!("{figure} {build}")).into()
        }
    }
}

fn in_python(build: Build) -> String {
    format!("in {}", version(build))
}

/// The line of a file.
fn line(
    arguments: &Arguments,
    sizing: &Sizing,
    name: &str,
    fits: Option<&Fits>,
) -> Result<String, Error> {
    if arguments.json {
        let depth = arguments.depth.unwrap_or(usize::MAX);
        let told = json::told(sizing, depth, fits);
        let line = serde_json::to_string(&OfFile { file: name, told })?;
        return Ok(format!("{line}\n"));
    }
    if let Some(fits) = fits {
        return Ok(row(&fits.cells(), name));
    }
    let build = arguments.build();
    let least = if sizing.is_at_least() { "≥ " } else { "" };
    let figure = |bytes: Option<u64>| match bytes {
        Some(bytes) => format!("{least}{}", format_bytes(bytes)),
        None => ABSENT.to_owned(),
    };
    let cost = sizing.cost().filter(|cost| cost.can_load(build));
    let figures = [
        Some(sizing.total().of(build)),
        cost.map(|cost| cost.kept().of(build)),
        cost.map(|cost| cost.load_peak().of(build)),
    ];
    Ok(row(&figures.map(figure), name))
}

/// The name comes last: how long names are is not known before the last of them.
fn row(figures: &[String], file: &str) -> String {
    let figures = figures.iter().map(|figure| format!("{figure:>18}"));
    format!("{}  {file}\n", figures.collect::<String>())
}
