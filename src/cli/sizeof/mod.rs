//! `picklebench sizeof`: the bytes that a value takes in Python and in Rust.

mod fits;
mod folder;
mod forms;
mod json;
mod less;
mod page;
mod part_path;
mod peak;
mod table;
mod tree;
mod types;
mod words;

use std::io::Read;
use std::path::{Path, PathBuf};

use crate::convert::{self, advice, excerpt};
use crate::files::shown;
use crate::formats::{self, Formats, InputFile, Wanted};
use clap::Args;
use fits::Fits;
use picklestream::pickle::ErrorKind;
use plainfigures::{format_bytes, parse_bytes};
use pysizeof::{Build, Detail, Memory, Sizing};

use super::bytes_bar::{BytesBar, MakeBar};
use super::folder::{Jobs, is_folder};
use super::output::{print, print_line, put, say};
use super::reading::recognise;
use super::streams::{Looking, is_dash};
use super::{Error, Outcome};

/// Tell how many bytes a value takes in Python and in Rust
///
/// The value is a Python literal, or what a pickle holds. Neither Python nor
/// anything in the pickle is run: sizes follow from how each version of CPython
/// lays its objects out, and from how the value is made, a literal as CPython
/// compiles it, a pickle as its unpickler builds it. Each line is one object
/// with its own bytes, as sys.getsizeof tells them; the total counts an object
/// once, however often it is referred to. A list of a pickle takes memory for
/// one batch of its records only.
///
/// --tree tells which part takes how much, with parts that are alike as one,
/// --types how much each type of objects takes, --fits whether a process can load
/// the pickle and what would take less, --html all of it as a page.
///
/// Of a folder, there is a line for each file, and with --json a JSON object on a line of
/// its own. Hidden files, checksums (.sha256) and links are passed over. What cannot
/// be read is told at the end, and makes the exit code 1.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  picklebench sizeof \"[4, 'toaster', 230.1]\"
  picklebench sizeof --file data.pkl --depth 1
  picklebench sizeof --file data.pkl --allocated     in blocks of the allocators
  picklebench sizeof --file data.pkl --tree          which part takes how much
  picklebench sizeof --file data.pkl --types --python 3.11
  picklebench sizeof --file data.pkl --fits 8GiB --python 3.11,3.12
  picklebench sizeof --file data.pkl --html -o page.html
  picklebench sizeof --json \"{'a': 35}\" | jq '.total_bytes.\"cpython-3.12\"'
  zcat data.pkl.gz | picklebench sizeof -
  picklebench sizeof --file pickles --fits 8GiB --jobs 4    each file of a folder

Columns: CPython 2.7 on Linux and on Windows, 3.8, 3.11, 3.12 (and 3.13), 3.14, all
64-bit; Rust is picklebench's Value, and record the type (f64, String, u64) where the
value is one, or a list of such. Rust shares no objects.

Of a pickle, three more rows: what a process has grown by once it is loaded (kept), at
the most while it is loaded (load peak), and further if it dumps it again (dump extra).
docs/sizeof.md holds them against measurements.")]
pub(super) struct Arguments {
    /// A Python literal; - for a literal or a pickle on standard input
    #[arg(
        value_name = "LITERAL",
        required_unless_present = "file",
        conflicts_with = "file",
        allow_hyphen_values = true
    )]
    literal: Option<String>,
    /// Take the value from a file: a pickle, or the text of a literal; or from each
    /// file of a folder
    #[arg(long, value_name = "PATH")]
    file: Option<PathBuf>,
    /// Show parts within parts to this depth; 0 shows the value alone
    #[arg(long, value_name = "N")]
    depth: Option<usize>,
    /// Count the blocks that the allocators give, not the bytes asked for
    #[arg(long)]
    allocated: bool,
    /// Show which part takes how much, the largest first, and what is alike as one
    #[arg(long)]
    tree: bool,
    /// Show how much each type of objects takes, and what other forms would
    #[arg(long)]
    types: bool,
    /// Make a page of all of it
    #[arg(long, conflicts_with = "json")]
    html: bool,
    /// Where the page goes; - for standard output [default: sizeof.html]
    #[arg(short, long, value_name = "FILE", requires = "html")]
    output: Option<PathBuf>,
    /// Say whether a process can load the pickle in so much memory: exit code 1 if not
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes)]
    fits: Option<u64>,
    /// The versions of Python that --fits asks about; the first is the one whose
    /// bytes --tree and --html show: 3.11,3.12
    #[arg(long, value_name = "VERSIONS", value_delimiter = ',',
          value_parser = fits::build)]
    python: Vec<Build>,
    /// What is done anyway: objects of unknown size are counted by their parts, and listed
    #[arg(long, hide = true)]
    allow_opaque: bool,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    looking: Looking,
    #[command(flatten)]
    jobs: Jobs,
}

impl Arguments {
    fn memory(&self) -> Memory {
        match self.allocated {
            true => Memory::Allocated,
            false => Memory::Requested,
        }
    }

    /// The build whose bytes are shown where there is room for one only.
    fn build(&self) -> Build {
        let newest = Build::ALL[Build::ALL.len() - 1];
        self.python.first().copied().unwrap_or(newest)
    }
}

/// Bytes of a literal's text: beyond that it should be a pickle.
const MOST_TEXT: u64 = 16 << 20;

pub(super) fn run(arguments: &Arguments, formats: &Formats) -> Result<Outcome, Error> {
    let tells_parts = arguments.tree || arguments.types || arguments.html;
    if let Some(path) = arguments.file.as_deref().filter(|path| is_folder(path)) {
        return folder::run(arguments, path, formats);
    }
    if !arguments.python.is_empty() && !tells_parts && arguments.fits.is_none() {
        return Err(
            "--python says which version --fits, --tree, --types and --html answer for".into(),
        );
    }
    let named = arguments.file.as_deref();
    arguments
        .jobs
        .refuse_without_folder(named.unwrap_or(Path::new("LITERAL")))?;
    let (sizing, name) = size(arguments, formats)?;
    let fits = match arguments.fits {
        Some(limit) => Some(Fits::new(&sizing, limit, &arguments.python)?),
        None => None,
    };
    show(arguments, &sizing, &name, fits.as_ref())?;
    if let Some(told) = told_of_end(&sizing, &name) {
        return Err(told.into());
    }
    Ok(match fits {
        Some(fits) if !fits.all_fit() => Outcome::FoundFailure,
        _ => Outcome::Done,
    })
}

/// What is wrong with a pickle that ends too early.
fn told_of_end(sizing: &Sizing, name: &str) -> Option<String> {
    let byte = sizing.cut_short()?;
    Some(format!(
        "cannot read {name} to its end: the input ends at byte {byte}, before the pickle \
         does: is the file cut short? What was counted so far is told above"
    ))
}

/// Whatever was asked for.
fn show(
    arguments: &Arguments,
    sizing: &Sizing,
    name: &str,
    fits: Option<&Fits>,
) -> Result<(), Error> {
    let depth = arguments.depth.unwrap_or(usize::MAX);
    let build = arguments.build();
    if arguments.json {
        let json = json::told(sizing, depth, fits);
        return print_line(&serde_json::to_string_pretty(&json)?);
    }
    if arguments.html {
        let output = arguments.output.as_deref();
        let output = output.unwrap_or(Path::new("sizeof.html"));
        put(output, &page::page(sizing, name, build, fits))?;
        if !is_dash(output) {
            say(format_args!("page: {}", shown(output)));
        }
        return Ok(());
    }
    let mut texts: Vec<String> = fits.map(ToString::to_string).into_iter().collect();
    if let Some(parts) = sizing.parts() {
        if arguments.tree {
            texts.push(tree::tree(sizing, parts, depth, build));
        }
        if arguments.types {
            texts.push(types::types(sizing, parts));
        }
        if arguments.tree || arguments.types {
            texts.push(forms::forms(sizing, build));
        }
    }
    if texts.is_empty() {
        texts.push(table::table(sizing, depth));
    }
    print(&texts.join("\n"))
}

/// The sizes, and what they are of.
fn size(arguments: &Arguments, formats: &Formats) -> Result<(Sizing, String), Error> {
    let path = match (&arguments.file, &arguments.literal) {
        (Some(path), _) => path.as_path(),
        (None, Some(literal)) if is_dash(literal.as_ref()) => literal.as_ref(),
        (None, literal) => {
            let literal = literal.as_deref().unwrap_or_default();
            let name = "this literal".to_owned();
            return Ok((of_literal(&name, literal, arguments.memory())?, name));
        }
    };
    let all = arguments.json || arguments.tree || arguments.types || arguments.html;
    let detail = if all || arguments.fits.is_some() {
        Detail::Parts
    } else {
        Detail::Totals
    };
    size_of_file(path, arguments, formats, detail, BytesBar::new)
}

/// The sizes of what is in a file, and what messages call it.
fn size_of_file(
    path: &Path,
    arguments: &Arguments,
    formats: &Formats,
    detail: Detail,
    make_bar: MakeBar,
) -> Result<(Sizing, String), Error> {
    let memory = arguments.memory();
    let mut input = arguments.looking.open(path, formats, Wanted::Pickle)?;
    let name = input.name().to_owned();
    let question = input.question_if_damaged();
    let is_pickle = match recognise(formats, &mut input) {
        Ok(format) => format.name() == "pickle",
        Err(convert::Error::UnknownFormat { .. }) => false,
        Err(error) => return Err(error.into()),
    };
    if !is_pickle {
        let text = text_of(input, &name)?;
        return Ok((of_literal(&name, &text, memory)?, name));
    }
    let length = input.length();
    let sizing = of_pickle(input, memory, detail, make_bar).map_err(|error| {
        let told = match &error {
            pysizeof::Error::Pickle(error) => {
                advice::told_of_end(error, length).unwrap_or_else(|| advice::told(error))
            }
            error => error.to_string(),
        };
        let hint = match &error {
            pysizeof::Error::Pickle(error) if advice::is_damage(error) => question,
            pysizeof::Error::Pickle(error) => match error.kind() {
                ErrorKind::Trailing(_) => {
                    "; gather the records into one list first (picklebench convert)"
                }
                _ => "",
            },
            _ => "",
        };
        format!("cannot read {name}: {told}{hint}")
    })?;
    Ok((sizing, name))
}

fn of_pickle(
    input: InputFile,
    memory: Memory,
    detail: Detail,
    make_bar: MakeBar,
) -> Result<Sizing, pysizeof::Error> {
    let can_seek = input.can_seek();
    // A file is read twice.
    let mut bar = make_bar(input.stored_length().map(|bytes| 2 * bytes));
    let input = input.on_read(move |bytes| bar.advance(bytes));
    let reader = formats::input(input);
    match can_seek {
        true => pysizeof::of_pickle_in_detail(reader, memory, detail),
        false => pysizeof::of_pickle_pipe_in_detail(reader, memory, detail),
    }
}

fn text_of(input: InputFile, name: &str) -> Result<String, String> {
    let mut text = Vec::new();
    let read = input.take(MOST_TEXT + 1).read_to_end(&mut text);
    read.map_err(|error| convert::Error::read(name, error).to_string())?;
    if text.len() as u64 > MOST_TEXT {
        return Err(format!(
            "cannot read {name}: a literal of more than {}; make it a pickle first \
             (picklebench convert)",
            format_bytes(MOST_TEXT)
        ));
    }
    String::from_utf8(text).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("cannot read {name}: neither a pickle nor UTF-8 text, at byte {at}")
    })
}

/// The error of a literal is shown with a caret under its column.
fn of_literal(name: &str, text: &str, memory: Memory) -> Result<Sizing, Error> {
    pysizeof::of_literal(text, memory).map_err(|error| {
        let offset = match &error {
            pysizeof::Error::Literal(error) => error.byte_offset(),
            _ => None,
        };
        let place = offset.map(|offset| excerpt::point_at(text.as_bytes(), offset as usize));
        let many = matches!(&error, pysizeof::Error::Literal(error)
            if error.line().is_some_and(|line| line > 1) && error.column() == Some(1));
        let hint = if many {
            "\nRecords, one a line, are counted as a pickle: picklebench convert makes one."
        } else {
            ""
        };
        format!(
            "cannot read {name}: {error}{}{hint}",
            place.unwrap_or_default()
        )
        .into()
    })
}
