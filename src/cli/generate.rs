//! `picklebench generate`: the dataset as a file.

use std::path::PathBuf;

use clap::Args;

use crate::dataset::Tuple;
use crate::formats::{self, Format, MadeBy};
use crate::job::interrupt;
use crate::suite::{self, DataFolder, data};

use super::streams::{is_dash, stdout};
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
  picklebench generate text -o - -n 3")]
pub(super) struct Arguments {
    /// The format, such as text or serde-pickle/protocol-3
    #[arg(value_name = "FORMAT")]
    format: String,
    /// Where the file goes; - for standard output [default: a name of its own
    /// in the data folder]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Records to write
    #[arg(short = 'n', long, value_name = "COUNT", default_value = "1_000_000",
          value_parser = plainfigures::parse_count)]
    records: u64,
    /// Seed of the dataset
    #[arg(long, value_name = "NUMBER", default_value_t = 42)]
    seed: u64,
    /// Folder of the generated data files, where no FILE is named
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Error> {
    let Arguments { records, seed, .. } = *arguments;
    if records == 0 {
        return Err(suite::Error::NoRecords.into());
    }
    let (format, made_by) = find(&arguments.format)?;
    let variant = made_by.variant.as_deref();
    interrupt::install();
    match &arguments.output {
        None => {
            let folder = DataFolder::open(&arguments.data)?;
            let say = &mut |message: &str| anstream::eprintln!("{message}");
            let path = folder.file(records, seed, &made_by, say)?;
            anstream::println!("{}", path.display());
        }
        Some(path) if is_dash(path) => {
            let output = formats::Output::new(stdout()?);
            data::write_records(output, &*format, variant, records, seed)?;
        }
        Some(path) => data::make(path, &*format, variant, records, seed)?,
    }
    interrupt::check()?;
    Ok(Outcome::Done)
}

/// A format that can be generated, from `format` or `format/variant`.
fn find(name: &str) -> Result<(Box<dyn Format<Tuple>>, MadeBy), Error> {
    let mut known = Vec::new();
    for format in formats::all::<Tuple>() {
        for variant in format.files() {
            let full = match variant {
                Some(variant) => format!("{}/{variant}", format.name()),
                None => format.name().to_owned(),
            };
            if full == name {
                let made_by = MadeBy {
                    format: format.name().to_owned(),
                    variant: variant.map(str::to_owned),
                };
                return Ok((format, made_by));
            }
            known.push(full);
        }
    }
    Err(format!(
        "there is no format {name:?}; there are: {}",
        known.join(", ")
    )
    .into())
}
