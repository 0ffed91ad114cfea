//! What every command that measures is told: over which records, within which
//! limits, and where files go.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::dataset::{Recipe, Shape};
use crate::job::{JobLimits, too_little};
use crate::suite;

use super::Error;

/// The seed of every dataset, unless somebody says another.
const SEED: u64 = 42;

/// What a process may take over a made dataset.
const USUAL_TIME: Duration = Duration::from_secs(300);

/// So much of a file the slowest format gets through in a second.
const BYTES_A_SECOND: u64 = 4_000_000;

/// How many records, for commands that measure at one number of them.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct RecordCount {
    /// Records in the dataset, such as 1e6 or 1M [default: 1_000_000; blobs
    /// have 10_000, a mapping 50_000 items]
    #[arg(short = 'n', long, value_name = "COUNT",
          value_parser = plainfigures::parse_count)]
    pub(super) records: Option<u64>,
}

/// The flags that every command which measures has.
#[derive(Debug, Clone, Args)]
pub(super) struct Setting {
    /// Seed of the dataset [default: 42]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Seconds that one process may take [default: 300, and over the records of a
    /// file one more for each 4 MB]
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    timeout: Option<Duration>,
    /// Memory that one process may allocate, such as 2GiB: in Rust by its
    /// allocator's own count, to the byte [default: nine tenths of what is
    /// available]
    #[arg(long, value_name = "SIZE", value_parser = parse_memory_limit)]
    memory_limit: Option<u64>,
    /// Folder of the generated data files
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub(super) data: PathBuf,
    /// Folder that the results go to
    #[arg(long, value_name = "DIR", default_value = "results/latest")]
    pub(super) results: PathBuf,
}

impl Setting {
    /// The records of a shape that are asked for.
    ///
    /// # Errors
    ///
    /// If none are.
    pub(super) fn recipe(
        &self,
        shape: Shape,
        records: RecordCount,
    ) -> Result<Recipe, suite::Error> {
        recipe(shape, records.records, self.seed())
    }

    /// Refuses a limit that is too small for Python, and for workers whose memory
    /// the system counts.
    ///
    /// # Errors
    ///
    /// If it is.
    pub(super) fn check_limit_by_system(&self) -> Result<(), Error> {
        let least = JobLimits::LEAST_MEMORY_BYTES;
        match self.memory_limit {
            Some(bytes) if bytes < least => {
                Err(format!("--memory-limit: {}", too_little(least)).into())
            }
            _ => Ok(()),
        }
    }

    /// The same, with results in another folder.
    pub(super) fn within_folder(&self, results: PathBuf) -> Setting {
        Setting {
            results,
            ..self.clone()
        }
    }

    /// What each process may allocate, in bytes, where that was asked for.
    pub(super) fn memory_limit(&self) -> Option<u64> {
        self.memory_limit
    }

    /// The seed that was asked for, if one was.
    pub(super) fn seed_given(&self) -> Option<u64> {
        self.seed
    }

    /// The seed that was asked for, else the usual one.
    pub(super) fn seed(&self) -> u64 {
        self.seed.unwrap_or(SEED)
    }

    /// What each process may take.
    pub(super) fn limits(&self) -> JobLimits {
        self.limits_over(0)
    }

    /// What each process may take, where the records come from a file of so many
    /// bytes.
    pub(super) fn limits_over(&self, bytes: u64) -> JobLimits {
        let usual = || USUAL_TIME + Duration::from_secs(bytes / BYTES_A_SECOND);
        JobLimits {
            time: self.timeout.unwrap_or_else(usual),
            memory_bytes: self.memory_limit.or_else(suite::default_limit_bytes),
            resident: false,
        }
    }
}

/// The records of a shape: as many as are asked for, else the usual number.
///
/// # Errors
///
/// If none are asked for.
pub(super) fn recipe(
    shape: Shape,
    records: Option<u64>,
    seed: u64,
) -> Result<Recipe, suite::Error> {
    let records = records.unwrap_or(shape.usual_records());
    if records == 0 {
        return Err(suite::Error::NoRecords);
    }
    Ok(Recipe {
        shape,
        records,
        seed,
    })
}

/// What `--dataset` takes.
pub(super) fn shapes() -> impl TypedValueParser<Value = Shape> {
    let names = Shape::ALL.map(Shape::name);
    PossibleValuesParser::new(names).try_map(|name| name.parse())
}

/// A limit under which a process can begin.
fn parse_memory_limit(text: &str) -> Result<u64, String> {
    let bytes = plainfigures::parse_bytes(text).map_err(|error| error.to_string())?;
    let least = JobLimits::LEAST_HEAP_BYTES;
    if bytes < least {
        return Err(too_little(least));
    }
    Ok(bytes)
}

fn parse_seconds(text: &str) -> Result<Duration, String> {
    let seconds = text
        .parse()
        .map_err(|_| "not a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|time| !time.is_zero())
        .ok_or_else(|| "a time limit must be more than 0 seconds".to_owned())
}
