//! What every command that measures is told: over which records, within which
//! limits, and where files go.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::suite::{self, Limits};

/// See the module.
#[derive(Debug, Args)]
pub(super) struct Setting {
    /// Records in the dataset, such as 1e6, 1_000_000 or 1M
    #[arg(short = 'n', long, value_name = "COUNT", default_value = "1_000_000",
          value_parser = plainfigures::parse_count)]
    pub(super) records: u64,
    /// Seed of the dataset
    #[arg(long, value_name = "NUMBER", default_value_t = 42)]
    pub(super) seed: u64,
    /// Seconds that one process may take
    #[arg(long, value_name = "SECONDS", default_value = "300", value_parser = parse_seconds)]
    timeout: Duration,
    /// Memory that one process may allocate, such as 2GiB [default: nine tenths
    /// of what is available]
    #[arg(long, value_name = "SIZE", value_parser = plainfigures::parse_bytes)]
    memory_limit: Option<u64>,
    /// Folder of the generated data files
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub(super) data: PathBuf,
    /// Folder that the results go to
    #[arg(long, value_name = "DIR", default_value = "results/latest")]
    pub(super) results: PathBuf,
}

impl Setting {
    /// What each process may take.
    pub(super) fn limits(&self) -> Limits {
        Limits {
            time: self.timeout,
            memory_bytes: self.memory_limit.or_else(suite::default_limit_bytes),
        }
    }
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
