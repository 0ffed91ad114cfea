//! `picklebench inspect`: what a pickle holds, and what reading it will need.

mod dangerous;
mod folder;

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::convert::{self, advice};
use crate::formats::{self, Formats, Input, InputFile, Wanted};
use picklestream::known;
use picklestream::pickle::{self, ErrorKind, MemoPolicy, Summary};
use plainfigures::{Align, Table, format_bytes, thousands, visible};

use super::bytes_bar::{BytesBar, MakeBar};
use super::folder::{Jobs, is_folder};
use super::output::{print, print_line, say};
use super::streams::{Looking, is_dash, told_ignored};
use super::{Error, Outcome};
use dangerous::is_dangerous;

/// Tell what a pickle holds and what reading it will need
///
/// Like Python's pickletools.dis, but a summary, and in constant memory: the
/// records, the opcodes, the memo. Nothing in it is executed; what would be
/// refused is listed by name, with how often and where first, and is no error.
/// "would call" marks names that run code, as scanners do. The exit code tells
/// only whether it could be read.
///
/// Of a folder, there is a line for each file, and with --json a JSON object on a line of
/// its own. Hidden files, checksums (.sha256) and links are passed over. What cannot
/// be read is told at the end, and makes the exit code 1.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  picklebench inspect data.pkl
  picklebench inspect data.pkl --json | jq .records
  picklebench inspect data.pkl.gz
  picklebench inspect model.pt --entry model/data.pkl
  picklebench inspect pickles --jobs 4               a line for each file of a folder
  picklebench inspect pickles --json | jq 'select(.refused_count > 0) | .file'")]
pub(super) struct Arguments {
    /// The pickle, a folder of them, or - for standard input
    #[arg(value_name = "FILE.pkl")]
    file: PathBuf,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    looking: Looking,
    #[command(flatten)]
    jobs: Jobs,
}

/// Everything that is printed. The field names are those of the JSON, a contract.
#[derive(Debug, Serialize)]
struct Inspection {
    file: String,
    bytes: u64,
    /// Bytes after the last pickle that begin no other.
    ignored_bytes: u64,
    protocol: u8,
    pickles: u64,
    records: u64,
    largest_record_bytes: u64,
    depth: u64,
    most_objects: u64,
    frames: u64,
    memo_puts: u64,
    memo_fetches: u64,
    memo_ids_fetched: u64,
    #[serde(serialize_with = "as_object")]
    opcodes: Vec<(&'static str, u64)>,
    /// Objects that convert reads as the data that they are, if they are whole.
    known: Vec<Named>,
    refused_count: u64,
    /// The first hundred names of them, but for what is known.
    refused: Vec<Named>,
    /// Whether it can be read from a pipe with the default budget; absent if
    /// nobody could try.
    pipe: Option<bool>,
    /// Why it cannot be read so.
    pipe_problem: Option<String>,
    /// Where the file is damaged; the other figures are of what comes before.
    error: Option<Damage>,
}

#[derive(Debug, Serialize)]
struct Named {
    name: String,
    /// How often it would be called, or is named.
    count: u64,
    /// Where it is named first.
    offset: u64,
    /// Whether it is known to run code, and no class that is merely unknown.
    dangerous: bool,
}

impl Named {
    fn told(&self) -> String {
        let place = advice::told_place(&self.name, self.count, self.offset);
        match self.dangerous {
            true => format!("would call: {place}"),
            false => place,
        }
    }
}

#[derive(Debug, Serialize)]
struct Damage {
    message: String,
    offset: Option<u64>,
}

fn as_object<S: serde::Serializer>(
    opcodes: &[(&'static str, u64)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(opcodes.iter().copied())
}

pub(super) fn run(arguments: &Arguments, formats: &Formats) -> Result<Outcome, Error> {
    let path = &arguments.file;
    if is_folder(path) {
        return folder::run(arguments, formats);
    }
    arguments.jobs.refuse_without_folder(path)?;
    let (inspection, fault) = inspect(path, arguments, formats, BytesBar::new)?;
    if arguments.json {
        print_line(&serde_json::to_string_pretty(&inspection)?)?;
    } else {
        print(&inspection.table())?;
    }
    told_ignored(inspection.ignored_bytes).iter().for_each(say);
    match fault {
        None => Ok(Outcome::Done),
        Some(fault) => Err(fault.into()),
    }
}

/// Looks at a file; also tells why it could not be read to its end.
///
/// # Errors
///
/// If it could not be read at all.
fn inspect(
    path: &Path,
    arguments: &Arguments,
    formats: &Formats,
    make_bar: MakeBar,
) -> Result<(Inspection, Option<String>), Error> {
    let input = arguments.looking.open(path, formats, Wanted::Pickle)?;
    let name = input.name().to_owned();
    let question = input.question_if_damaged();
    let (summary, error) = pickle::summary_so_far(watched(input, make_bar));
    let container = summary
        .refused
        .iter()
        .find_map(|refused| advice::container(&refused.name));
    let cannot = |error: &pickle::Error| match (container, error.offset()) {
        // What comes between the parts of the pickle is none.
        (Some(what), Some(offset)) => format!("cannot read {name} beyond byte {offset}: {what}"),
        _ if advice::is_damage(error) => {
            format!("cannot read {name}: {}{question}", advice::told(error))
        }
        _ => format!("cannot read {name}: {}", advice::told(error)),
    };
    if let Some(ErrorKind::Io(_)) = error.as_ref().map(pickle::Error::kind) {
        return Err(error.as_ref().map(cannot).unwrap_or_default().into());
    }
    let pipe = match error {
        None => {
            let open = || arguments.looking.open(path, formats, Wanted::Pickle);
            let again = || open().map(|input| watched(input, make_bar));
            try_as_pipe((!is_dash(path)).then_some(again), &summary)?
        }
        Some(_) => None,
    };
    let fault = error.as_ref().map(cannot);
    let inspection = Inspection::new(name.clone(), summary, pipe, error.as_ref());
    Ok((inspection, fault))
}

/// The input with a buffer of the size that every format has, and with a
/// progress bar.
fn watched(input: InputFile, make_bar: MakeBar) -> Input {
    let mut bar = make_bar(input.stored_length());
    let input = input.on_read(move |bytes| bar.advance(bytes));
    formats::input(input)
}

/// Whether it can be read from a pipe with the default budget: it is tried, if it
/// can be opened again.
fn try_as_pipe(
    again: Option<impl FnOnce() -> Result<Input, convert::Error>>,
    summary: &Summary,
) -> Result<Option<Result<(), pickle::Error>>, convert::Error> {
    if summary.refused.iter().any(|it| !known::is_name(&it.name)) {
        return Ok(None);
    }
    if summary.memo_fetches == 0 {
        return Ok(Some(Ok(())));
    }
    again
        .map(|again| Ok(pickle::check_pipe(again()?)))
        .transpose()
}

impl Inspection {
    fn new(
        file: String,
        summary: Summary,
        pipe: Option<Result<(), pickle::Error>>,
        error: Option<&pickle::Error>,
    ) -> Inspection {
        let named = summary.refused.into_iter().map(|refused| Named {
            dangerous: is_dangerous(&refused.name),
            name: refused.name,
            count: refused.count,
            offset: refused.offset,
        });
        let (known, refused): (Vec<_>, Vec<_>) = named.partition(|it| known::is_name(&it.name));
        let known_count: u64 = known.iter().map(|it| it.count).sum();
        Inspection {
            file,
            bytes: summary.bytes,
            ignored_bytes: summary.ignored_bytes,
            protocol: summary.protocol,
            pickles: summary.pickles,
            records: summary.records,
            largest_record_bytes: summary.largest_record_bytes,
            depth: summary.depth,
            most_objects: summary.stack,
            frames: summary.frames,
            memo_puts: summary.memo_puts,
            memo_fetches: summary.memo_fetches,
            memo_ids_fetched: summary.memo_ids_fetched,
            opcodes: summary.opcodes,
            known,
            refused_count: summary.refused_count - known_count,
            refused,
            pipe: pipe.as_ref().map(Result::is_ok),
            pipe_problem: pipe.and_then(Result::err).map(|error| advice::told(&error)),
            error: error.map(|error| Damage {
                message: error.to_string(),
                offset: error.offset(),
            }),
        }
    }

    fn table(&self) -> String {
        let two = |second| Table::new([Align::Left, second]).first_at_least(NAME_WIDTH);
        let mut facts = two(Align::Left);
        let mut row = |name: &str, value: String| facts.row([name, &visible(&value)]);
        row("file", self.file.clone());
        row("size", with_bytes(self.bytes));
        row("protocol", self.protocol.to_string());
        row("pickles", thousands(self.pickles));
        row("records", thousands(self.records));
        row("largest record", with_bytes(self.largest_record_bytes));
        row("depth", thousands(self.depth));
        row(
            "most objects",
            format!("{} on the stack at once", thousands(self.most_objects)),
        );
        row("frames", thousands(self.frames));
        let (puts, fetches) = (thousands(self.memo_puts), thousands(self.memo_fetches));
        row("memo", format!("{puts} puts, {fetches} fetches"));
        if self.error.is_none() {
            for (name, need) in self.needs() {
                row(name, need);
            }
        }
        for (title, all) in [("known data", &self.known), ("refused", &self.refused)] {
            for (index, named) in all.iter().enumerate() {
                row(if index == 0 { title } else { "" }, named.told());
            }
        }
        let told: u64 = self.refused.iter().map(|refused| refused.count).sum();
        let more = self.refused_count - told;
        if more > 0 {
            row("", format!("and {} more", thousands(more)));
        }
        let mut opcodes = two(Align::Right);
        for (name, count) in &self.opcodes {
            opcodes.row([*name, &thousands(*count)]);
        }
        format!("{facts}\n{opcodes}")
    }

    /// What reading the pickle needs: two rows of the table.
    fn needs(&self) -> [(&'static str, String); 2] {
        let refused = self.refused_count > 0;
        let ids = self.memo_ids_fetched;
        let (objects, are) = if ids == 1 {
            ("object", "is")
        } else {
            ("objects", "are")
        };
        let file = match ids {
            _ if refused => "refused, see below".to_owned(),
            0 => "two passes; nothing of the memo is kept".to_owned(),
            _ => format!(
                "two passes; {} {objects} of the memo {are} kept",
                thousands(ids)
            ),
        };
        let budget = match MemoPolicy::DEFAULT_BUDGET {
            MemoPolicy::Budget(bytes) => format_bytes(bytes),
            _ => String::new(),
        };
        let pipe = match self.pipe {
            _ if refused => "refused, see below".to_owned(),
            Some(true) => {
                format!("one pass; the default of convert's --memo-budget, {budget}, is enough")
            }
            Some(false) => format!(
                "not with the default of convert's --memo-budget, {budget}: {}",
                self.pipe_problem.as_deref().unwrap_or_default()
            ),
            None => "not known: look at it in a file".to_owned(),
        };
        [("from a file", file), ("from a pipe", pipe)]
    }
}

/// The longest name of an opcode, `SHORT_BINUNICODE`: the facts above the
/// opcodes keep to the same columns, whichever opcodes there are.
const NAME_WIDTH: usize = 16;

fn with_bytes(bytes: u64) -> String {
    if bytes < 1024 {
        format!("{bytes} bytes")
    } else {
        format!("{} ({} bytes)", format_bytes(bytes), thousands(bytes))
    }
}
