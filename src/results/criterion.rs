//! What criterion measured, from its own JSON files rather than its output.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::footprint::Throughput;

/// `estimates.json`, as far as it is needed.
#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    confidence_interval: Interval,
    point_estimate: f64,
}

#[derive(Deserialize)]
struct Interval {
    confidence_level: f64,
    lower_bound: f64,
    upper_bound: f64,
}

/// Criterion's latest estimates of the bench `id` (`group/function`), below its
/// folder `criterion` (usually `target/criterion`), over `records` records that
/// make a file of `file_bytes`.
///
/// # Errors
///
/// If there are no estimates of this name, or they are of another make.
pub fn throughput(
    criterion: &Path,
    id: &str,
    records: u64,
    file_bytes: u64,
) -> io::Result<Throughput> {
    let folder = id
        .split_once('/')
        .map_or(criterion.join(id), |(group, function)| {
            // Criterion's own rule: a name is one folder, whatever it contains.
            criterion.join(group).join(function.replace('/', "_"))
        });
    let Estimates { median } = read(folder.join("new").join("estimates.json"))?;
    let interval = median.confidence_interval;
    Ok(Throughput {
        records,
        file_bytes,
        // Criterion counts nanoseconds.
        median_seconds: median.point_estimate / 1e9,
        low_seconds: interval.lower_bound / 1e9,
        high_seconds: interval.upper_bound / 1e9,
        confidence: interval.confidence_level,
    })
}

fn read<T: DeserializeOwned>(path: PathBuf) -> io::Result<T> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}
