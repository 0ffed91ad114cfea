//! `picklebench convert`: records from one file format to another.

mod folder;
mod limits;

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Args, Command, ValueEnum};
use picklestream::known::Policy;
use picklestream::path::Path as DataPath;
use picklestream::pickle;
use plainfigures::{thousands, visible};

use crate::convert::{self, Allowance, Met, OutputFile, Source, any_of};
use crate::files::shown;
use crate::formats::{self, FileFormat, FileKind, Formats, InputFile};
use crate::job::interrupt;
use crate::results::Operation;

use super::bytes_bar::{BytesBar, MakeBar};
use super::choices::{self, Choices};
use super::folder::{Jobs, counted, is_folder, only_of_a_folder};
use super::output::{STDOUT, say, stdout};
use super::streams::{Looking, is_dash, open, told_ignored};
use super::{Error, Outcome};
use limits::Limits;

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
    /// Format of IN: FORMATS [default: by its content, then by its name]
    #[arg(long, value_name = "FORMAT")]
    from: Option<String>,
    /// Format of OUT: FORMATS [default: by its name: EXTENSIONS]
    #[arg(long, value_name = "FORMAT")]
    to: Option<String>,
    #[command(flatten)]
    choices: Choices,
    /// How strs of Python 2 are read, as pickle.load has it [default: UTF-8,
    /// else as bytes]
    #[arg(
        long,
        value_enum,
        value_name = "ENCODING",
        hide_possible_values = false
    )]
    encoding: Option<Encoding>,
    #[command(flatten)]
    looking: Looking,
    #[command(flatten)]
    records: Records,
    /// What becomes of objects that only code could make, but for known data such
    /// as dates and arrays: they are refused; become a dict of what is in them, with
    /// "__class__"; become null; or the records that hold one are left out, which
    /// makes the exit code 1
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = Objects::Refuse)]
    objects: Objects,
    #[command(flatten)]
    jobs: Jobs,
    /// Leave out the files whose output is there already, and newer. (An output that
    /// is there is whole: it takes its name only then)
    #[arg(long, help_heading = "Of a folder")]
    resume: bool,
    #[command(flatten)]
    limits: Limits,
}

/// What the records of a pickle are.
#[derive(Debug, Args)]
#[command(next_help_heading = "Records of a pickle")]
struct Records {
    /// Each item of a dict, set or tuple is a record as well, not only each item
    /// of a list. Of a dict they are pairs of a key and its value; a key that
    /// stands in the file twice comes twice
    #[arg(long)]
    items: bool,
    /// Each item of the list or dict at PATH is a record; anything else there is
    /// one record. Steps are names (data.rows), indices (rows[0]), and other
    /// keys as Python writes them (rows['a key']). What lies beside PATH is
    /// passed over, whatever it is. IN must be a file
    #[arg(long, value_name = "PATH")]
    path: Option<DataPath>,
}

impl Records {
    /// The flag that was given, if any.
    fn flag(&self) -> Option<&'static str> {
        match (&self.path, self.items) {
            (Some(_), _) => Some("--path"),
            (None, true) => Some("--items"),
            (None, false) => None,
        }
    }
}

/// The policies of [`Policy`], by the names that users type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Objects {
    Refuse,
    Fields,
    Null,
    Skip,
}

impl From<Objects> for Policy {
    fn from(objects: Objects) -> Policy {
        match objects {
            Objects::Refuse => Policy::Refuse,
            Objects::Fields => Policy::Fields,
            Objects::Null => Policy::Null,
            Objects::Skip => Policy::Skip,
        }
    }
}

/// Of a dict with more items than this, which is the only record, it is said that
/// they can be records themselves.
const MANY_ITEMS: u64 = 1000;

/// The encodings of [`pickle::Encoding`], by the names that Python has for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Encoding {
    Ascii,
    #[value(name = "utf-8")]
    Utf8,
    Latin1,
    Bytes,
}

impl From<Encoding> for pickle::Encoding {
    fn from(encoding: Encoding) -> pickle::Encoding {
        match encoding {
            Encoding::Ascii => pickle::Encoding::Ascii,
            Encoding::Utf8 => pickle::Encoding::Utf8,
            Encoding::Latin1 => pickle::Encoding::Latin1,
            Encoding::Bytes => pickle::Encoding::Bytes,
        }
    }
}

/// Says in the help of `convert` which formats there are.
pub(super) fn describe(command: Command, formats: &Formats) -> Command {
    let from: Vec<_> = names(formats, Operation::StreamRead);
    let to: Vec<_> = names(formats, Operation::StreamWrite);
    let extensions: Vec<String> = formats
        .for_any_record(Operation::StreamWrite)
        .flat_map(|format| format.extensions().iter().map(|end| format!(".{end}")))
        .collect();
    let choice = |names: Vec<&'static str>, help: String| {
        move |argument: Arg| {
            let names = PossibleValuesParser::new(names);
            argument
                .value_parser(names)
                .hide_possible_values(true)
                .help(help)
        }
    };
    let of_in = format!(
        "Format of IN: {} [default: by its content, then by its name]",
        any_of(&from)
    );
    let of_out = format!(
        "Format of OUT: {} [default: by its name: {}]",
        any_of(&to),
        extensions.join(", ")
    );
    let command = command
        .mut_arg("from", choice(from, of_in))
        .mut_arg("to", choice(to, of_out));
    choices::describe(command, formats)
}

fn names(formats: &Formats, operation: Operation) -> Vec<&'static str> {
    let formats = formats.for_any_record(operation);
    formats.map(|format| format.name()).collect()
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

fn convert(
    arguments: &Arguments,
    formats: &Formats,
    to: &FileKind,
    way: &Way<'_>,
) -> Result<Converted, convert::Error> {
    let input = open(way.input)?;
    let mut input = arguments.looking.look_into(input, formats)?;
    let from = match &arguments.from {
        Some(name) => named(formats, name, Operation::StreamRead)?,
        None => recognise(formats, &mut input)?,
    };
    let mut limits = arguments.limits.options();
    if let Some(encoding) = arguments.encoding {
        if from.name() != "pickle" {
            return Err(convert::Error::Usage(format!(
                "--encoding is for pickles, and {} is read as {}: leave it out",
                input.name(),
                from.name()
            )));
        }
        limits.pickle.encoding = encoding.into();
    }
    let chosen = &arguments.records;
    if let Some(flag) = chosen.flag().filter(|_| !from.has_parts()) {
        return Err(convert::Error::NoParts {
            flag,
            name: input.name().to_owned(),
            title: from.title(),
        });
    }
    // What is refused is told of when its record is there, with what is known of it.
    limits.pickle.objects = pickle::Objects::AsData;
    limits.pickle.records.items = chosen.items;
    limits.pickle.records.path = chosen.path.clone().unwrap_or_default();
    // Once more to find the path.
    let passes = from.passes() + u64::from(chosen.path.is_some());
    let total = input.stored_length().map(|length| length * passes);
    let mut bar = (way.make_bar)(total);
    let read = Rc::new(Cell::new(input.stored_length().unwrap_or(0)));
    let allowance = match arguments.limits.output_bytes {
        Some(bytes) => Allowance::Bytes(bytes),
        None => Allowance::OfInput(Rc::clone(&read)),
    };
    let is_pipe = input.stored_length().is_none();
    let source = Source {
        input: formats::input(input.on_read(move |bytes| {
            bar.advance(bytes);
            if is_pipe {
                read.set(read.get() + bytes);
            }
        })),
        format: from,
        others: match arguments.from {
            Some(_) => Vec::new(),
            None => names(formats, Operation::StreamRead),
        },
        again: (!is_dash(way.input)).then(|| again(way.input, arguments, formats)),
        limits,
        objects: arguments.objects.into(),
    };
    let done = convert::convert(source, to, || {
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
    tell_met(&done.met, &mut notes);
    let items = done.dict_items.filter(|items| {
        let is_only = done.records == 1 && from.has_parts() && chosen.flag().is_none();
        is_only && *items > MANY_ITEMS
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

/// Tells what became of objects, where the output does not show it.
fn tell_met(met: &Met, notes: &mut Vec<String>) {
    let list = |all: &[(String, u64)]| {
        let all = all
            .iter()
            .map(|(name, count)| format!("{name} {}", thousands(*count)));
        visible(&all.collect::<Vec<_>>().join(", "))
    };
    if !met.strings.is_empty() {
        notes.push(format!("written as strings: {}", list(&met.strings)));
    }
    if !met.unknown.is_empty() {
        notes.push(format!("objects of other classes: {}", list(&met.unknown)));
    }
    match met.skipped {
        0 => {}
        1 => notes.push("1 record with such objects was left out".to_owned()),
        count => notes.push(format!(
            "{} records with such objects were left out",
            thousands(count)
        )),
    }
    if !met.columns_left_out.is_empty() {
        let columns = met.columns_left_out.join(", ");
        notes.push(format!("columns left out: {}", visible(&columns)));
    }
}

/// Opens the input once more.
fn again(path: &Path, arguments: &Arguments, formats: &Formats) -> convert::Again {
    let (looking, formats) = (arguments.looking.clone(), formats.clone());
    let path = path.to_owned();
    Box::new(move || looking.open(&path, &formats).ok())
}

/// The format that an input is in, by its content and its name.
pub(super) fn recognise(
    formats: &Formats,
    input: &mut InputFile,
) -> Result<&'static dyn FileFormat, convert::Error> {
    let prefix = input.peek();
    let prefix = prefix.map_err(|cause| convert::Error::read(input.name(), cause))?;
    let found = formats.recognise(&prefix, input.content_name());
    found.ok_or_else(|| convert::Error::UnknownFormat {
        name: input.name().to_owned(),
        why: if prefix.is_empty() {
            ", which is empty"
        } else {
            " by its content or its name"
        },
        flag: "--from",
        known: any_of(&names(formats, Operation::StreamRead)),
    })
}

/// The format of this name, which clap has made sure of.
fn named(
    formats: &Formats,
    name: &str,
    operation: Operation,
) -> Result<&'static dyn FileFormat, convert::Error> {
    let found = formats
        .for_any_record(operation)
        .find(|format| format.name() == name);
    found.ok_or_else(|| convert::Error::UnknownFormat {
        name: name.to_owned(),
        why: "",
        flag: if operation.writes() { "--to" } else { "--from" },
        known: any_of(&names(formats, operation)),
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
    convert::Error::UnknownFormat {
        name: output_name(&arguments.output),
        why: match arguments.output.extension() {
            Some(json) if json == "json" => {
                " (JSON lines are not a JSON file; .jsonl is their name)"
            }
            _ => " by its name",
        },
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
