//! `picklebench convert`: records from one file format to another.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Args, Command, ValueEnum};
use picklestream::known::Policy;
use picklestream::path::Path as DataPath;
use picklestream::pickle::{self, MemoPolicy};
use plainfigures::{parse_bytes, parse_count, thousands, visible};

use crate::convert::{self, Allowance, Met, OutputFile, Source, any_of};
use crate::files::shown;
use crate::formats::{self, FileFormat, FileKind, Formats, InputFile, ReadLimits};
use crate::job::interrupt;
use crate::results::Operation;

use super::bytes_bar::BytesBar;
use super::choices::{self, Choices};
use super::output::{STDOUT, say, stdout};
use super::streams::{Looking, is_dash, open, say_ignored};
use super::{Error, Outcome};

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
  picklebench convert old.pkl old.pkl --protocol 5       in place")]
pub(super) struct Arguments {
    /// What to read; - for standard input
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// What to write; - for standard output. It is replaced when all is
    /// written, and can be IN
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

/// What reading may take, against hostile files.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits of reading")]
struct Limits {
    /// Memory for what a pickle from a pipe may fetch again; one from a file is
    /// scanned first, and needs none
    #[arg(long, value_name = "SIZE", default_value = "1MiB", value_parser = parse_bytes)]
    memo_budget: u64,
    /// Memory for what a pickle from a file fetches again
    #[arg(long, value_name = "SIZE", default_value = "256MiB", value_parser = parse_bytes)]
    memo_bytes: u64,
    /// Size of one str or bytes in a pickle
    #[arg(long, value_name = "SIZE", default_value = "256MiB", value_parser = parse_bytes)]
    item_bytes: u64,
    /// Memory for the records between two APPENDS of a pickle
    #[arg(long, value_name = "SIZE", default_value = "1GiB", value_parser = parse_bytes)]
    batch_bytes: u64,
    /// Objects that a record of a pickle may visit through its memo
    #[arg(long, value_name = "COUNT", default_value = "262144", value_parser = parse_count)]
    shared_nodes: u64,
    /// Containers within containers [default: 200 in a pickle, 128 in text,
    /// which are the maxima; JSON has 128]
    #[arg(long, value_name = "COUNT")]
    depth: Option<u32>,
    /// Size of a line [default: 64MiB in a pickle of protocol 0, 16MiB in text
    /// and JSON]
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes)]
    line_bytes: Option<u64>,
    /// Digits of an int [default: 100000 in a pickle, 4300 in text and JSON]
    #[arg(long, value_name = "COUNT", visible_alias = "int-digits", value_parser = parse_count)]
    integer_digits: Option<u64>,
    /// Size of the output, which a small input can make large [default: 2,000
    /// times the input, and 64MiB in any case]
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes)]
    output_bytes: Option<u64>,
}

impl Limits {
    fn options(&self) -> ReadLimits {
        let mut options = ReadLimits::default();
        options.pickle.memo = MemoPolicy::Budget(self.memo_budget);
        let pickle = &mut options.pickle.limits;
        pickle.memo_bytes = self.memo_bytes;
        pickle.item_bytes = self.item_bytes;
        pickle.batch_bytes = self.batch_bytes;
        pickle.shared_nodes = self.shared_nodes;
        let lines = &mut options.lines;
        let size = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
        if let Some(depth) = self.depth {
            pickle.depth = depth;
            lines.depth = size(depth.into());
        }
        if let Some(bytes) = self.line_bytes {
            pickle.line_bytes = bytes;
            lines.line_bytes = size(bytes);
        }
        if let Some(digits) = self.integer_digits {
            pickle.integer_digits = digits;
            lines.int_digits = size(digits);
        }
        options
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

pub(super) fn run(arguments: &Arguments, formats: &Formats) -> Result<Outcome, Error> {
    let to = output_kind(arguments, formats)?;
    match convert(arguments, formats, &to) {
        // Whoever reads it has enough.
        Err(error) if error.is_broken_pipe() => Ok(Outcome::Done),
        result => Ok(result?),
    }
}

fn convert(
    arguments: &Arguments,
    formats: &Formats,
    to: &FileKind,
) -> Result<Outcome, convert::Error> {
    let input = open(&arguments.input)?;
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
    let mut bar = BytesBar::new(total);
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
        again: (!is_dash(&arguments.input)).then(|| again(arguments, formats)),
        limits,
        objects: arguments.objects.into(),
    };
    let done = convert::convert(source, to, || {
        Ok(create(&arguments.output)?.within(allowance))
    })?;
    if interrupt::asked() {
        return Err(convert::Error::Interrupted);
    }
    done.output.finish()?;
    say_ignored(done.ignored_bytes);
    say_met(&done.met);
    if !is_dash(&arguments.output) {
        let records = done.records;
        let plural = if records == 1 { "" } else { "s" };
        say(format_args!(
            "{}: {} record{plural}",
            shown(&arguments.output),
            thousands(records)
        ));
    }
    if let Some(items) = done.dict_items
        && items > MANY_ITEMS
        && done.records == 1
        && from.has_parts()
        && chosen.flag().is_none()
    {
        say(format_args!(
            "the only record is a dict of {} items: --items makes each of them a record \
             (--path '[0]' where the dict is in a list)",
            thousands(items)
        ));
    }
    let is_whole = done.met.skipped == 0 && done.met.columns_left_out.is_empty();
    Ok(match is_whole {
        true => Outcome::Done,
        false => Outcome::FoundFailure,
    })
}

/// Says what became of objects, where the output does not show it.
fn say_met(met: &Met) {
    let list = |all: &[(String, u64)]| {
        let all = all
            .iter()
            .map(|(name, count)| format!("{name} {}", thousands(*count)));
        visible(&all.collect::<Vec<_>>().join(", "))
    };
    if !met.strings.is_empty() {
        say(format_args!("written as strings: {}", list(&met.strings)));
    }
    if !met.unknown.is_empty() {
        say(format_args!(
            "objects of other classes: {}",
            list(&met.unknown)
        ));
    }
    match met.skipped {
        0 => {}
        1 => say("1 record with such objects was left out"),
        count => say(format_args!(
            "{} records with such objects were left out",
            thousands(count)
        )),
    }
    if !met.columns_left_out.is_empty() {
        let columns = met.columns_left_out.join(", ");
        say(format_args!("columns left out: {}", visible(&columns)));
    }
}

/// Opens the input once more.
fn again(arguments: &Arguments, formats: &Formats) -> convert::Again {
    let (looking, formats) = (arguments.looking.clone(), formats.clone());
    let path = arguments.input.clone();
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
    use clap::{CommandFactory, Parser};

    use super::*;
    use picklestream::literal;

    #[derive(Debug, Parser)]
    struct OnlyLimits {
        #[command(flatten)]
        limits: Limits,
    }

    fn parse(words: &[&str]) -> ReadLimits {
        let words = ["limits"].iter().chain(words);
        OnlyLimits::parse_from(words).limits.options()
    }

    #[test]
    fn what_help_calls_the_default_is_the_default() {
        let options = parse(&[]);
        assert_eq!(options.pickle.limits, pickle::PickleLimits::default());
        assert_eq!(options.pickle.memo, MemoPolicy::DEFAULT_BUDGET);
        assert_eq!(options.lines, literal::LiteralLimits::default());
        let help = OnlyLimits::command().render_long_help().to_string();
        let pickle = pickle::PickleLimits::default();
        let lines = literal::LiteralLimits::default();
        for default in [
            format!(
                "default: {} in a pickle, {} in text",
                pickle.depth, lines.depth
            ),
            format!(
                "default: {}MiB in a pickle of protocol 0, {}MiB in text",
                pickle.line_bytes / plainfigures::MIB,
                lines.line_bytes as u64 / plainfigures::MIB
            ),
            format!(
                "default: {} in a pickle, {} in text",
                pickle.integer_digits, lines.int_digits
            ),
            format!(
                "default: {} times the input, and {}MiB in any case",
                thousands(convert::MOST_TIMES),
                convert::AT_LEAST_BYTES / plainfigures::MIB
            ),
        ] {
            let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(help.contains(&default), "{default}: {help}");
        }
    }

    #[test]
    fn every_limit_has_a_flag_of_its_name() {
        let options = parse(&[
            "--memo-budget=1",
            "--memo-bytes=2",
            "--item-bytes=3",
            "--batch-bytes=4",
            "--shared-nodes=5",
            "--depth=6",
            "--line-bytes=7",
            "--integer-digits=8",
        ]);
        let pickle = pickle::PickleLimits {
            item_bytes: 3,
            batch_bytes: 4,
            depth: 6,
            memo_bytes: 2,
            integer_digits: 8,
            line_bytes: 7,
            shared_nodes: 5,
        };
        assert_eq!(options.pickle.limits, pickle);
        assert_eq!(options.pickle.memo, MemoPolicy::Budget(1));
        let lines = literal::LiteralLimits {
            line_bytes: 7,
            depth: 6,
            int_digits: 8,
        };
        assert_eq!(options.lines, lines);
        assert_eq!(parse(&["--int-digits=9"]).lines.int_digits, 9);
    }
}
