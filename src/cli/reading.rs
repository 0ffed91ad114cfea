//! How a file of the user's is read, whatever is done with its records: its format,
//! which records there are in it, what becomes of objects, and the limits.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, Args, Command, ValueEnum};
use picklestream::known::Policy;
use picklestream::path::Path as DataPath;
use picklestream::pickle::{self, MemoPolicy};
use plainfigures::{parse_bytes, parse_count, thousands, visible};

use crate::convert::{self, Met, Source, any_of};
use crate::formats::{self, FileFormat, Formats, InputFile, ReadLimits, Wanted};
use crate::results::Operation;

use super::bytes_bar::{BytesBar, MakeBar};
use super::streams::{Looking, is_dash};

/// The flags that every command has which reads all records of a file.
#[derive(Debug, Clone, Args)]
pub(super) struct Reading {
    /// Format of the input: FORMATS [default: by its content, then by its name]
    #[arg(long, value_name = "FORMAT")]
    from: Option<String>,
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
#[derive(Debug, Clone, Args)]
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
#[derive(Debug, Clone, Args)]
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

/// A file of the user's whose records can be read.
pub(super) struct Opened {
    /// Its records.
    pub(super) source: Source,
    /// Bytes of it as they are stored: all there are, or of a pipe those that were
    /// read so far.
    pub(super) stored: Arc<AtomicU64>,
}

impl Reading {
    /// The flag that chooses which records there are, if one was given.
    pub(super) fn flag_of_records(&self) -> Option<&'static str> {
        self.records.flag()
    }

    /// Opens what the user named, which may be standard input, and tells how far
    /// its reading is.
    pub(super) fn open(&self, path: &Path, formats: &Formats) -> Result<Opened, convert::Error> {
        self.open_with(path, formats, BytesBar::new)
    }

    /// As [`open`](Reading::open), with a bar that `make_bar` makes.
    pub(super) fn open_with(
        &self,
        path: &Path,
        formats: &Formats,
        make_bar: MakeBar,
    ) -> Result<Opened, convert::Error> {
        let mut input = self.looking.open(path, formats, Wanted::Records)?;
        let format = match &self.from {
            Some(name) => named(formats, name, Operation::StreamRead)?,
            None => recognise(formats, &mut input)?,
        };
        let mut limits = self.limits.options();
        if let Some(encoding) = self.encoding {
            if format.name() != "pickle" {
                return Err(convert::Error::Usage(format!(
                    "--encoding is for pickles, and {} is read as {}: leave it out",
                    input.name(),
                    format.name()
                )));
            }
            limits.pickle.encoding = encoding.into();
        }
        let chosen = &self.records;
        if let Some(flag) = chosen.flag().filter(|_| !format.has_parts()) {
            return Err(convert::Error::NoParts {
                flag,
                name: input.name().to_owned(),
                title: format.title(),
            });
        }
        // What is refused is told of when its record is there, with what is known of it.
        limits.pickle.objects = pickle::Objects::AsData;
        limits.pickle.records.items = chosen.items;
        limits.pickle.records.path = chosen.path.clone().unwrap_or_default();
        // Once more to find the path.
        let passes = format.passes() + u64::from(chosen.path.is_some());
        let total = input.stored_length().map(|length| length * passes);
        let mut bar = make_bar(total);
        let stored = Arc::new(AtomicU64::new(input.stored_length().unwrap_or(0)));
        let so_far = input.stored_length().is_none().then(|| Arc::clone(&stored));
        let source = Source {
            input: formats::input(input.on_read(move |bytes| {
                bar.advance(bytes);
                if let Some(so_far) = &so_far {
                    so_far.fetch_add(bytes, Ordering::Relaxed);
                }
            })),
            format,
            others: match self.from {
                Some(_) => Vec::new(),
                None => told_by_looks(formats),
            },
            again: (!is_dash(path)).then(|| self.again(path, formats)),
            limits,
            objects: self.objects.into(),
        };
        Ok(Opened { source, stored })
    }

    /// Opens the input once more.
    fn again(&self, path: &Path, formats: &Formats) -> convert::Again {
        let (looking, formats) = (self.looking.clone(), formats.clone());
        let path: PathBuf = path.to_owned();
        Box::new(move || looking.open(&path, &formats, Wanted::Records).ok())
    }
}

/// Says in the help of a command which formats can be read.
pub(super) fn describe(command: Command, formats: &Formats) -> Command {
    let help = format!(
        "Format of the input: {} [default: by its content, then by its name]",
        any_of(&names(formats, Operation::StreamRead))
    );
    command.mut_arg("from", |argument| {
        name_of_a_format(argument, formats, Operation::StreamRead).help(help)
    })
}

/// An argument that takes the name of a format which can do `operation` with any
/// record.
pub(super) fn name_of_a_format(argument: Arg, formats: &Formats, operation: Operation) -> Arg {
    let names = names(formats, operation)
        .into_iter()
        .map(PossibleValue::new);
    // Those of other builds: what they are told is more than that there are none.
    let absent = formats
        .absent(operation)
        .map(|format| PossibleValue::new(format.name).hide(true));
    argument
        .value_parser(PossibleValuesParser::new(names.chain(absent)))
        .hide_possible_values(true)
}

/// The formats that can do `operation` with any record.
pub(super) fn names(formats: &Formats, operation: Operation) -> Vec<&'static str> {
    let formats = formats.for_any_record(operation);
    formats.map(|format| format.name()).collect()
}

/// Of these formats those that a file may be in that does not begin as its own do: a table
/// has a mark at its beginning.
fn told_by_looks(formats: &Formats) -> Vec<&'static str> {
    let formats = formats.for_any_record(Operation::StreamRead);
    let formats = formats.filter(|format| format.table().is_none());
    formats.map(|format| format.name()).collect()
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

/// The format of this name, which clap has made sure of, but for those of other
/// builds.
pub(super) fn named(
    formats: &Formats,
    name: &str,
    operation: Operation,
) -> Result<&'static dyn FileFormat, convert::Error> {
    let found = formats
        .for_any_record(operation)
        .find(|format| format.name() == name);
    found.ok_or_else(|| match formats.absent_by_name(name, operation) {
        Some(absent) => convert::Error::Usage(absent.way_out()),
        None => convert::Error::UnknownFormat {
            name: name.to_owned(),
            why: "",
            flag: if operation.writes() { "--to" } else { "--from" },
            known: any_of(&names(formats, operation)),
        },
    })
}

/// The notes on what became of objects, where the output does not show it.
pub(super) fn told_met(met: &Met) -> Vec<String> {
    let mut notes = Vec::new();
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
    notes
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
