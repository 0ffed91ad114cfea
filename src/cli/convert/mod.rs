//! `picklebench convert`: records from one file format to another.

mod fields;
mod folder;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use plainfigures::{parse_bytes, thousands};

use crate::convert::{self, Allowance, OutputFile, any_of};
use crate::files::shown;
use crate::formats::{FileKind, Formats};
use crate::job::interrupt;
use crate::results::Operation;
use crate::schema::CanHold;

use super::bytes_bar::{BytesBar, MakeBar};
use super::choices::{self, Choices};
use super::folder::{Jobs, counted, is_folder, only_of_a_folder};
use super::output::{STDOUT, say, stdout};
use super::reading::{self, Opened, Reading, name_of_a_format, named, names, told_met};
use super::streams::{is_dash, told_ignored};
use super::{Error, Outcome};
use fields::Fields;

/// Convert records between pickle, text and JSON lines, in constant memory
///
/// The records of a pickle are the items of the list in it; anything else in it
/// is one record, held in memory as a whole. --items makes records of the items
/// of whatever is in it, --path of the items of a part of it. A file may hold
/// several pickles. Text and JSON lines have a record a line. What is written as a
/// pickle is a list of the records.
///
/// Text is what Python's repr() gives. JSON has arrays for lists and tuples,
/// which come back as lists; what it has nothing for (bytes, sets, complex
/// numbers, nan and inf, keys of a dict that are not strs) is an error, never a
/// silent loss. Ints of any size go through. Nothing in a pickle is executed.
///
/// Of a folder, each file becomes one of the folder OUT, with the same path and the
/// ending of the format (a/b.pkl.gz as a/b.jsonl). Hidden files, checksums (.sha256)
/// and links are passed over. What fails is told at the end, and makes the exit code
/// 1; the rest is done.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  picklebench convert data.pkl data.jsonl
  picklebench convert data.txt data.pkl --protocol 2 --memo cpython
  picklebench convert data.pkl - --to text | head
  picklebench convert dict.pkl pairs.jsonl --items       [key, value] a line
  picklebench convert model.pkl rows.jsonl --path data.rows
  picklebench convert log.pkl - --to text --path \"users[3]['sign ins']\" | head
  zcat data.pkl.gz | picklebench convert - data.txt --memo-budget 64MiB
  picklebench convert old.pkl old.pkl --protocol 5       in place
  picklebench convert pickles rows --to json-lines --jobs 4
  picklebench convert pickles rows --to json-lines --resume")]
pub(super) struct Arguments {
    /// What to read: a file, a folder, or - for standard input
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// What to write; - for standard output. It is replaced when all is
    /// written, and can be IN. A folder, if IN is one
    #[arg(value_name = "OUT")]
    output: PathBuf,
    /// Format of OUT: FORMATS [default: by its name: EXTENSIONS]
    #[arg(long, value_name = "FORMAT")]
    to: Option<String>,
    #[command(flatten)]
    choices: Choices,
    #[command(flatten)]
    fields: Fields,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    jobs: Jobs,
    /// Leave out the files whose output is there already, and newer. (An output that
    /// is there is whole: it takes its name only then)
    #[arg(long, help_heading = "Of a folder")]
    resume: bool,
    /// Size of the output, which a small input can make large [default: 2,000
    /// times the input, and 64MiB in any case]
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes,
          help_heading = "Limits of reading")]
    output_bytes: Option<u64>,
}

/// Of a dict with more items than this, which is the only record, it is said that
/// they can be records themselves.
const MANY_ITEMS: u64 = 1000;

/// Says in the help of `convert` which formats there are.
pub(super) fn describe(command: Command, formats: &Formats) -> Command {
    let to = Operation::StreamWrite;
    let extensions: Vec<String> = formats
        .for_any_record(to)
        .flat_map(|format| format.extensions().iter().map(|end| format!(".{end}")))
        .collect();
    let of_out = format!(
        "Format of OUT: {} [default: by its name: {}]",
        any_of(&names(formats, to)),
        extensions.join(", ")
    );
    let command = reading::describe(command, formats);
    let command = fields::describe(command, formats);
    let command = command.mut_arg("to", |argument| {
        name_of_a_format(argument, formats, to).help(of_out)
    });
    choices::describe(command, formats)
}

/// One file on its way into another.
struct Way<'a> {
    input: &'a Path,
    output: &'a Path,
    /// The folder of the output, if it is to be made.
    folder: Option<&'a Path>,
    make_bar: MakeBar,
}

/// What is told of a conversion.
struct Converted {
    records: u64,
    notes: Vec<String>,
    /// What else could be asked for.
    hint: Option<String>,
    /// Whether nothing was left out.
    is_whole: bool,
}

pub(super) fn run(arguments: &Arguments, formats: &Formats) -> Result<Outcome, Error> {
    if is_folder(&arguments.input) {
        return folder::run(arguments, formats);
    }
    arguments.jobs.refuse_without_folder(&arguments.input)?;
    if arguments.resume {
        return Err(only_of_a_folder("--resume", &arguments.input));
    }
    if arguments.fields.find_schema {
        return find_schema(arguments, formats);
    }
    let to = output_kind(arguments, formats)?;
    let way = Way {
        input: &arguments.input,
        output: &arguments.output,
        folder: None,
        make_bar: BytesBar::new,
    };
    let converted = match convert(arguments, formats, &to, &way) {
        // Whoever reads it has enough.
        Err(error) if error.is_broken_pipe() => return Ok(Outcome::Done),
        result => result?,
    };
    converted.notes.iter().for_each(say);
    if !is_dash(&arguments.output) {
        let records = counted(converted.records, "record");
        say(format_args!("{}: {records}", shown(&arguments.output)));
    }
    converted.hint.iter().for_each(say);
    Ok(match converted.is_whole {
        true => Outcome::Done,
        false => Outcome::FoundFailure,
    })
}

/// Writes which fields the records have.
fn find_schema(arguments: &Arguments, formats: &Formats) -> Result<Outcome, Error> {
    let opened = arguments.reading.open(&arguments.input, formats)?;
    let schema = arguments.fields.find(opened, CanHold::ALL)?;
    let mut output = create(&arguments.output)?;
    let written = output.writer().write_all(schema.to_json().as_bytes());
    let written =
        written.map_err(|cause| convert::Error::write(&output_name(&arguments.output), cause));
    match written.and_then(|()| output.finish()) {
        Err(error) if error.is_broken_pipe() => return Ok(Outcome::Done),
        finished => finished?,
    }
    if !is_dash(&arguments.output) {
        let fields = counted(schema.fields.len() as u64, "field");
        let records = counted(schema.records.unwrap_or(0), "record");
        say(format_args!(
            "{}: {fields} of {records}",
            shown(&arguments.output)
        ));
    }
    Ok(Outcome::Done)
}

fn convert(
    arguments: &Arguments,
    formats: &Formats,
    to: &FileKind,
    way: &Way<'_>,
) -> Result<Converted, convert::Error> {
    let open = || {
        let reading = &arguments.reading;
        reading.open_with(way.input, formats, way.make_bar)
    };
    let fields = &arguments.fields;
    let (opened, fit) = fields.fit(open()?, to.format, formats, way.input, open)?;
    let Opened { source, stored } = opened;
    let has_parts = source.format.has_parts();
    let allowance = match arguments.output_bytes {
        Some(bytes) => Allowance::Bytes(bytes),
        None => Allowance::OfInput(stored),
    };
    let done = convert::convert(source, to, fit, || {
        if let Some(folder) = way.folder {
            let made = fs::create_dir_all(folder);
            made.map_err(|cause| convert::Error::write(&shown(way.output), cause))?;
        }
        Ok(create(way.output)?.within(allowance))
    })?;
    if interrupt::asked() {
        return Err(convert::Error::Interrupted);
    }
    done.output.finish()?;
    let mut notes: Vec<String> = told_ignored(done.ignored_bytes).into_iter().collect();
    notes.extend(told_met(&done.met));
    let items = done.dict_items.filter(|items| {
        let is_only = done.records == 1 && has_parts;
        is_only && *items > MANY_ITEMS && arguments.reading.flag_of_records().is_none()
    });
    Ok(Converted {
        records: done.records,
        notes,
        hint: items.map(|items| {
            format!(
                "the only record is a dict of {} items: --items makes each of them a record \
                 (--path '[0]' where the dict is in a list)",
                thousands(items)
            )
        }),
        is_whole: done.met.skipped == 0 && done.met.columns_left_out.is_empty(),
    })
}

/// What is to be written.
fn output_kind(arguments: &Arguments, formats: &Formats) -> Result<FileKind, Error> {
    let to = Operation::StreamWrite;
    let format = match &arguments.to {
        Some(name) => named(formats, name, to)?,
        None => formats
            .by_name(&arguments.output, to)
            .ok_or_else(|| unknown_output(arguments, formats))?,
    };
    let variant = arguments.choices.variant(format, formats)?;
    Ok(FileKind { format, variant })
}

fn unknown_output(arguments: &Arguments, formats: &Formats) -> convert::Error {
    if let Some(absent) = formats.absent_by_path(&arguments.output) {
        return convert::Error::Usage(absent.way_out());
    }
    convert::Error::UnknownFormat {
        name: output_name(&arguments.output),
        why: " by its name",
        flag: "--to",
        known: any_of(&names(formats, Operation::StreamWrite)),
    }
}

fn create(path: &Path) -> Result<OutputFile, convert::Error> {
    if !is_dash(path) {
        return OutputFile::create(path);
    }
    let name = output_name(path);
    match stdout() {
        Ok(file) => OutputFile::stream(file, name),
        Err(cause) => Err(convert::Error::write(&name, cause)),
    }
}

fn output_name(path: &Path) -> String {
    if is_dash(path) {
        STDOUT.to_owned()
    } else {
        shown(path)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[derive(Debug, clap::Parser)]
    struct Only {
        #[command(flatten)]
        arguments: Arguments,
    }

    #[test]
    fn what_help_calls_the_default_size_of_the_output_is_the_default() {
        let help = Only::command().render_long_help().to_string();
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        let default = format!(
            "default: {} times the input, and {}MiB in any case",
            thousands(convert::MOST_TIMES),
            convert::AT_LEAST_BYTES / plainfigures::MIB
        );
        assert!(help.contains(&default), "{default}: {help}");
    }
}
