//! A folder of files into a folder of files.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::cli::bytes_bar::BytesBar;
use crate::cli::folder::{Folder, Told, counted};
use crate::cli::output::{Hearing, is_dash, say};
use crate::cli::progress::Progress;
use crate::cli::reading::names;
use crate::cli::{Error, Outcome};
use crate::convert::any_of;
use crate::files::{FileError, shown};
use crate::formats::{Formats, compressed_endings};
use crate::results::Operation;

use super::{Arguments, Converted, Way, convert, output_kind};

/// What became of a file.
enum Went {
    Converted(Converted),
    /// Its output was there already.
    WasThere,
}

pub(super) fn run(arguments: &Arguments, formats: &Formats) -> Result<Outcome, Error> {
    let (input, output) = (&arguments.input, &arguments.output);
    if arguments.fields.find_schema {
        let input = shown(input);
        return Err(format!(
            "--find-schema is for a file, and {input} is a folder: name one of its files"
        )
        .into());
    }
    check_output(input, output)?;
    if arguments.to.is_none() {
        let all = any_of(&names(formats, Operation::StreamWrite));
        let output = shown(output);
        return Err(format!(
            "cannot tell the format for the files of the folder {output}: say --to {all}"
        )
        .into());
    }
    let to = output_kind(arguments, formats)?;
    let naming = Naming::new(to.format.extensions()[0], formats);
    let order = |name: &OsStr| naming.of(name);
    let folder = Folder::look_through(input, &order, |first, second| {
        let name = second.file_name().unwrap_or_default();
        format!(
            "{} and {} would both become {}: rename one, or convert one of them by itself",
            shown(first),
            shown(second),
            shown(Path::new(&order(name)))
        )
    })?;
    fs::create_dir_all(output)
        .map_err(|source| FileError::write("make the folder", output, source))?;
    let (mut files, mut records, mut were_there) = (0, 0, 0);
    let (mut hint, mut is_whole) = (None, true);
    let work = |path: &Path, within: &Path| {
        let name = within.file_name().unwrap_or_default();
        let target = output.join(within.with_file_name(order(name)));
        if arguments.resume && is_newer(&target, path) {
            return Ok(Told {
                what: Went::WasThere,
                notes: Vec::new(),
                fault: None,
            });
        }
        let way = Way {
            input: path,
            output: &target,
            folder: target.parent(),
            make_bar: BytesBar::hidden,
        };
        let mut converted = convert(arguments, formats, &to, &way)?;
        Ok(Told {
            notes: std::mem::take(&mut converted.notes),
            what: Went::Converted(converted),
            fault: None,
        })
    };
    let tally = folder.run(&arguments.jobs, Progress::new(), work, |path, result| {
        match result {
            Ok(Went::Converted(converted)) => {
                files += 1;
                records += converted.records;
                is_whole &= converted.is_whole;
                if let Some(told) = converted.hint {
                    hint.get_or_insert(format!("{}: {told}", shown(path)));
                }
            }
            Ok(Went::WasThere) => were_there += 1,
            Err(_) => {}
        }
        Ok(Hearing::On)
    });
    // Also after an interrupt.
    let were_there = match were_there {
        0 => String::new(),
        count => format!(", {} there already", counted(count, "file")),
    };
    say(format_args!(
        "{}: {}, {}{were_there}",
        shown(output),
        counted(files, "file"),
        counted(records, "record")
    ));
    hint.iter().for_each(say);
    Ok(match tally?.outcome() {
        Outcome::Done if !is_whole => Outcome::FoundFailure,
        outcome => outcome,
    })
}

/// Makes sure that a folder can go there, apart from the one that is read.
fn check_output(input: &Path, output: &Path) -> Result<(), Error> {
    if is_dash(output) {
        return Err(format!(
            "{} is a folder, and its files do not go to standard output: name a folder for them",
            shown(input)
        )
        .into());
    }
    if fs::metadata(output).is_ok_and(|there| !there.is_dir()) {
        return Err(format!(
            "{} is a folder, and {} is none: name a folder for its files",
            shown(input),
            shown(output)
        )
        .into());
    }
    let from = fs::canonicalize(input).map_err(|source| FileError::read(input, source))?;
    let to = end_of(output).map_err(|source| FileError::write("write", output, source))?;
    // One would be read while it is written, or written over.
    if from.starts_with(&to) || to.starts_with(&from) {
        return Err(format!(
            "{} and {} lie within each other: choose a folder apart from the one that is read",
            shown(input),
            shown(output)
        )
        .into());
    }
    Ok(())
}

/// Where a path leads of which the last parts need not be there.
fn end_of(path: &Path) -> io::Result<PathBuf> {
    let mut missing = Vec::new();
    let mut there = path;
    loop {
        let at = if there.as_os_str().is_empty() {
            Path::new(".")
        } else {
            there
        };
        match fs::canonicalize(at) {
            Ok(mut end) => {
                end.extend(missing.iter().rev());
                return Ok(end);
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Err(error) => match (there.components().next_back(), there.parent()) {
                (Some(Component::Normal(name)), Some(parent)) => {
                    missing.push(name);
                    there = parent;
                }
                _ => return Err(error),
            },
        }
    }
}

/// Whether there is a file that was written after the other. What is written gets
/// its name when it is whole.
fn is_newer(target: &Path, source: &Path) -> bool {
    let there = fs::symlink_metadata(target);
    let there = there.ok().filter(fs::Metadata::is_file);
    let written = there.and_then(|there| there.modified().ok());
    let changed = fs::metadata(source).and_then(|there| there.modified());
    matches!((written, changed), (Some(written), Ok(changed)) if written > changed)
}

/// How the files of a folder are called in a format.
struct Naming {
    ending: &'static str,
    /// Endings that go: those of formats.
    of_formats: Vec<&'static str>,
}

impl Naming {
    fn new(ending: &'static str, formats: &Formats) -> Naming {
        let of_formats = formats.iter().flat_map(|format| format.extensions());
        Naming {
            ending,
            of_formats: of_formats.copied().collect(),
        }
    }

    /// `rows.jsonl` of `rows.pkl` and of `rows.pkl.gz`. An ending that no format has
    /// is part of the name: `log.2026-01-02` and `log.2026-01-03` are not the same.
    fn of(&self, name: &OsStr) -> OsString {
        let mut stem = Path::new(name);
        if compressed_endings().any(|ending| ends_with(stem, ending)) {
            stem = stem.file_stem().map_or(stem, Path::new);
        }
        if self.of_formats.iter().any(|ending| ends_with(stem, ending)) {
            stem = stem.file_stem().map_or(stem, Path::new);
        }
        let mut name = stem.as_os_str().to_owned();
        name.push(".");
        name.push(self.ending);
        name
    }
}

fn ends_with(name: &Path, ending: &str) -> bool {
    name.extension()
        .is_some_and(|it| it.eq_ignore_ascii_case(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_get_the_ending_of_the_format() {
        let naming = Naming::new("jsonl", &Formats::built_in());
        for (name, expected) in [
            ("rows.pkl", "rows.jsonl"),
            ("rows.PICKLE", "rows.jsonl"),
            ("rows.pkl.gz", "rows.jsonl"),
            ("rows.zst", "rows.jsonl"),
            ("rows.v2.pkl", "rows.v2.jsonl"),
            ("rows", "rows.jsonl"),
            ("log.2026-01-02", "log.2026-01-02.jsonl"),
            ("rows.", "rows..jsonl"),
        ] {
            assert_eq!(naming.of(OsStr::new(name)), expected, "{name}");
        }
    }
}
