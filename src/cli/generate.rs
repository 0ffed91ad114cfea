//! `picklebench generate`: the dataset as a file.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::dataset::Shape;
use crate::files::OutputFile;
use crate::formats::{FileKind, Formats};
use crate::suite::{DataFolder, data};

use super::output::{STDOUT, print_path, say, stdout};
use super::setting::{recipe, shapes};
use super::streams::is_dash;
use super::{Error, Outcome};

/// Write the dataset to a file, in constant memory
///
/// FORMAT is a format's name, with a variant where it has several. The variants
/// cpython-N are laid out byte for byte as CPython's pickle.dump does.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  picklebench generate text -o tuples.txt --records 1e6 --seed 42
  picklebench generate serde-pickle/protocol-3 -o tuples.pkl -n 1000
  picklebench generate pickle/cpython-4 --dataset dicts -o dicts.pkl
  picklebench generate text -o - -n 3")]
pub(super) struct Arguments {
    /// The format, such as text or serde-pickle/protocol-3
    #[arg(value_name = "FORMAT")]
    format: String,
    /// Where the file goes; - for standard output [default: a name of its own
    /// in the data folder]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What the records look like: tuples are the tutorial's
    #[arg(long, value_name = "NAME", default_value_t = Shape::Tuples, value_parser = shapes())]
    dataset: Shape,
    /// Records to write [default: 1_000_000; blobs have 10_000, a mapping
    /// 50_000 items]
    #[arg(short = 'n', long, value_name = "COUNT",
          value_parser = plainfigures::parse_count)]
    records: Option<u64>,
    /// Seed of the dataset
    #[arg(long, value_name = "NUMBER", default_value_t = 42)]
    seed: u64,
    /// Folder of the generated data files, where no FILE is named
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
}

pub(super) fn run(arguments: &Arguments, formats: &Formats) -> Result<Outcome, Error> {
    let recipe = recipe(arguments.dataset, arguments.records, arguments.seed)?;
    let records = recipe.into();
    let kind = find(formats, &arguments.format)?;
    match &arguments.output {
        None => {
            let folder = DataFolder::open(&arguments.data)?;
            let path = folder.file(&records, &kind, &mut |message| say(message))?;
            print_path(&path)?;
        }
        Some(path) if is_dash(path) => {
            let output = stdout().map(OutputFile::stream);
            data::make_output(Path::new(STDOUT), output, &kind, &records)?;
        }
        Some(path) => data::make_output(path, OutputFile::create(path), &kind, &records)?,
    }
    Ok(Outcome::Done)
}

/// What can be generated.
fn kinds(formats: &Formats) -> impl Iterator<Item = FileKind> {
    formats.iter().flat_map(|format| {
        let variants = format.files().into_iter();
        variants.map(move |variant| FileKind {
            format,
            variant: variant.map(str::to_owned),
        })
    })
}

/// A kind of file by its name, `format` or `format/variant`.
fn find(formats: &Formats, name: &str) -> Result<FileKind, Error> {
    kinds(formats)
        .find(|kind| kind.to_string() == name)
        .ok_or_else(|| {
            let known: Vec<String> = kinds(formats).map(|kind| kind.to_string()).collect();
            format!(
                "there is no format {name:?}; there are: {}",
                known.join(", ")
            )
            .into()
        })
}
