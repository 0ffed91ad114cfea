//! `measure --input`: somebody's own records, read once and kept for the run.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use plainfigures::{format_bytes, thousands};

use crate::convert;
use crate::files::{self, shown};
use crate::formats::Formats;
use crate::job::interrupt;
use crate::results::DatasetSource;
use crate::suite::{self, Choose, DataFolder, Fields, RecordSource, Sample, Spool};

use super::Error;
use super::output::say;
use super::reading::{self, Opened, Reading, told_met};
use super::setting::{RecordCount, Setting};
use super::streams::{is_dash, told_ignored};

/// The flags of records that somebody brings.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Your own records")]
pub(super) struct Own {
    /// Measure over the records of this file instead of a made dataset: a pickle,
    /// text, JSON lines, or any other format that is read. Nothing in it is executed
    #[arg(long, value_name = "FILE", conflicts_with = "dataset")]
    pub(super) input: Option<PathBuf>,
    /// Of the records of --input a sample, as 10_000 or 1%; --seed chooses another
    #[arg(long, value_name = "SIZE", requires = "input")]
    sample: Option<Sample>,
    #[command(flatten)]
    reading: Reading,
}

/// Records that were read, and where they came from.
pub(super) struct Taken {
    pub(super) records: RecordSource,
    pub(super) source: DatasetSource,
}

impl Own {
    /// Reads the records of `path` into a folder of the run's own.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, has no records, or there is no room for them.
    pub(super) fn take(
        &self,
        path: &Path,
        records: RecordCount,
        setting: &Setting,
        formats: &Formats,
    ) -> Result<Taken, Error> {
        check_kind(path)?;
        if setting.seed_given().is_some() && self.sample.is_none() {
            let why = "--seed draws a sample, and without --sample every record of --input is \
                       taken: leave it out";
            return Err(convert::Error::Usage(why.to_owned()).into());
        }
        if records.records == Some(0) {
            return Err(suite::Error::NoRecords.into());
        }
        let first = records.records.unwrap_or(u64::MAX);
        let before = FileState::of(path)?;
        let data = DataFolder::open(&setting.data)?;
        let folder = data.scratch()?;
        check_room(folder.path(), before.bytes)?;
        let mut choose = match self.sample {
            None => Choose::first(first),
            Some(sample) => {
                // Who wants so many out of all has to know how many there are.
                let there = match sample {
                    Sample::Records(_) => self.count(path, first, formats)?,
                    Sample::Part(_) => 0,
                };
                Choose::sample(first, sample, there, setting.seed())
            }
        };
        let Opened { source, .. } = self.reading.open(path, formats)?;
        let format = source.format.name();
        let mut spool = Spool::create_in(folder).map_err(suite::Error::Records)?;
        let mut fields = Fields::default();
        let (mut seen, mut is_all) = (0_u64, true);
        let through = convert::read_through(source, &mut |record| {
            let Some(takes) = choose.take_next() else {
                is_all = false;
                return Ok(false);
            };
            seen += 1;
            if takes {
                fields.add(&record);
                let added = spool.add(&record);
                added.map_err(|error| convert::Error::read(&shown(path), error))?;
            }
            Ok(true)
        })?;
        told_ignored(through.ignored_bytes).iter().for_each(say);
        told_met(&through.met).iter().for_each(say);
        interrupt::check().map_err(suite::Error::from)?;
        if FileState::of(path)? != before {
            let why = "it changed while it was read: measure a copy of it";
            return Err(convert::Error::read(&shown(path), why).into());
        }
        let seed = self.sample.map(|_| setting.seed());
        let own = spool.finish(seed).map_err(suite::Error::Records)?;
        if own.records() == 0 {
            let why = match seen {
                0 => "there are no records in it".to_owned(),
                _ => format!(
                    "none of its {} records is in the sample: take a larger one with --sample, \
                     or another with --seed",
                    thousands(seen)
                ),
            };
            return Err(convert::Error::read(&shown(path), why).into());
        }
        let (fields, values_left_out) = fields.finish();
        let taken = match self.sample {
            Some(sample) => Some(format!(
                "a sample of {sample}, drawn with seed {}",
                setting.seed()
            )),
            None if is_all => None,
            None => Some(format!("the first {}", thousands(own.records()))),
        };
        let name = path.file_name().unwrap_or(path.as_os_str());
        Ok(Taken {
            records: RecordSource::Own(own),
            source: DatasetSource {
                file: shown(Path::new(name)),
                format: format.to_owned(),
                bytes: before.bytes,
                taken,
                fields,
                values_left_out,
            },
        })
    }

    /// How many records there are, of the first so many.
    fn count(&self, path: &Path, first: u64, formats: &Formats) -> Result<u64, Error> {
        let mut there = 0;
        let Opened { source, .. } = self.reading.open(path, formats)?;
        convert::read_through(source, &mut |_| {
            there += 1;
            Ok(there < first)
        })?;
        Ok(there)
    }
}

/// Says in the help of a command which formats can be read, and that how they are
/// read is asked for only where there is something to be read.
pub(super) fn describe(command: Command, formats: &Formats) -> Command {
    let command = reading::describe(command, formats);
    let reading = Reading::augment_args(Command::new("reading"));
    let names: Vec<String> = reading
        .get_arguments()
        .map(|argument| argument.get_id().to_string())
        .collect();
    names.into_iter().fold(command, |command, name| {
        command.mut_arg(name, |argument| {
            argument.requires("input").hide_short_help(true)
        })
    })
}

/// What a file is, as far as one sees from outside whether it was changed.
#[derive(PartialEq, Eq)]
struct FileState {
    bytes: u64,
    modified: Option<std::time::SystemTime>,
}

impl FileState {
    fn of(path: &Path) -> Result<FileState, Error> {
        let found = fs::metadata(path);
        let found = found.map_err(|cause| convert::Error::read(&shown(path), cause))?;
        Ok(FileState {
            bytes: found.len(),
            modified: found.modified().ok(),
        })
    }
}

/// Refuses what cannot be read twice: it is read for its memo and for its records.
fn check_kind(path: &Path) -> Result<(), Error> {
    let refuse = |why: &str| Err(convert::Error::read(&shown(path), why).into());
    if is_dash(path) {
        let why = "standard input cannot be measured, as records are read more than once: \
                   write it into a file first, as with cat > FILE";
        return Err(convert::Error::Usage(why.to_owned()).into());
    }
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => {
            refuse("it is a folder: name one of the files in it, or convert them into one first")
        }
        Ok(found) if !found.is_file() => {
            refuse("it is no regular file, and records are read more than once: write it into one")
        }
        Ok(_) => Ok(()),
        Err(cause) => Err(convert::Error::read(&shown(path), cause).into()),
    }
}

/// What the records and the files that are made of them take on disk, in sizes of the
/// input: themselves, a file that is read, one that is written, and as much again for
/// formats that need more room.
const ROOM: u64 = 4;

/// Refuses to begin where it cannot end well.
fn check_room(folder: &Path, bytes: u64) -> Result<(), Error> {
    let needed = bytes.saturating_mul(ROOM);
    match files::free_bytes(folder) {
        Some(free) if free < needed => Err(format!(
            "the files of a run over {} take about {}, and there are {} free in {}: choose \
             another folder with --data DIR, or fewer records with -n or --sample",
            format_bytes(bytes),
            format_bytes(needed),
            format_bytes(free),
            shown(folder.parent().unwrap_or(folder))
        )
        .into()),
        _ => Ok(()),
    }
}
