//! Reading `run.json`: a file from anybody.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::files::{self, FileError};

use super::error::ResultsError;
use super::folder::ResultsFolder;
use super::run::{Run, SCHEMA};

impl Run {
    /// Reads a run from its file, or from the folder that its `run.json` is in.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is not a run, is of a newer schema, or its
    /// figures cannot be.
    pub fn load(path: &Path) -> Result<Run, ResultsError> {
        Run::load_with_text(path).map(|(run, _)| run)
    }

    /// As [`load`](Self::load), and the content of the file.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    pub(crate) fn load_with_text(path: &Path) -> Result<(Run, Vec<u8>), ResultsError> {
        let within = path.is_dir().then(|| path.join(ResultsFolder::RUN));
        let (path, text) = match &within {
            // The name within a folder is ours, a file's is the user's.
            Some(within) => (&**within, files::read_ours(within)),
            None => (path, fs::read(path)),
        };
        let text = text.map_err(|source| FileError::read(path, source))?;
        Ok((Run::parse(path, &text)?, text))
    }

    /// As [`load`](Self::load), of a file whose name this program chose.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load), or if it is a link or no regular file.
    pub(super) fn load_ours(path: &Path) -> Result<Run, ResultsError> {
        let text = files::read_ours(path).map_err(|source| FileError::read(path, source))?;
        Run::parse(path, &text)
    }

    /// The run in the content of a file; errors name it.
    fn parse(path: &Path, text: &[u8]) -> Result<Run, ResultsError> {
        #[derive(Deserialize)]
        struct Head {
            schema: u64,
        }

        let foreign = |source| ResultsError::Foreign {
            path: path.to_owned(),
            source,
        };
        let head: Head = serde_json::from_slice(text).map_err(foreign)?;
        if head.schema > u64::from(SCHEMA) {
            return Err(ResultsError::Newer {
                path: path.to_owned(),
                found: head.schema,
            });
        }
        let run: Run = serde_json::from_slice(text).map_err(foreign)?;
        run.check().map_err(|problem| ResultsError::Nonsense {
            path: path.to_owned(),
            problem,
        })?;
        Ok(run)
    }

    /// What serde cannot see: figures that contradict each other.
    fn check(&self) -> Result<(), String> {
        for case in &self.cases {
            let id = &case.id;
            let steps = case.steps.iter();
            let points = case.timeline.iter().flat_map(|timeline| &timeline.seconds);
            let speeds = case.throughput.iter().flat_map(|speed| {
                [
                    &speed.median_seconds,
                    &speed.low_seconds,
                    &speed.high_seconds,
                ]
            });
            let times = case
                .seconds
                .iter()
                .chain(&case.cpu_seconds)
                .chain(steps.flat_map(|step| [&step.start_seconds, &step.seconds]))
                .chain(points)
                .chain(speeds);
            if let Some(bad) = times.into_iter().find(|s| !is_time(**s)) {
                return Err(format!("case {id} claims to have taken {bad} seconds"));
            }
            if let Some(heap) = &case.heap
                && heap.peak_bytes < heap.floor_bytes.max(heap.result_bytes)
            {
                return Err(format!("case {id} has a peak below what was live"));
            }
            if let Some(timeline) = &case.timeline
                && timeline.seconds.len() != timeline.live_bytes.len()
            {
                return Err(format!("case {id} has a timeline of two lengths"));
            }
        }
        let profiles = self.tutorial.iter().flat_map(|tutorial| &tutorial.profiles);
        for profile in profiles {
            let name = format!("{} {}", profile.function, profile.variant);
            let steps = profile.steps.iter();
            let points = profile.timeline.iter().flat_map(|line| &line.seconds);
            let mut times = steps
                .flat_map(|step| [&step.start_seconds, &step.seconds])
                .chain(points);
            if let Some(bad) = times.find(|s| !is_time(**s)) {
                return Err(format!("{name} claims to have taken {bad} seconds"));
            }
            if let Some(timeline) = &profile.timeline
                && timeline.seconds.len() != timeline.live_bytes.len()
            {
                return Err(format!("{name} has a timeline of two lengths"));
            }
        }
        Ok(())
    }
}

/// The longest time that anything measured can have taken, in seconds: thirty
/// years. Longer ones leave the room that a picture's arithmetic has.
pub(crate) const LONGEST_SECONDS: f64 = 1e9;

/// Whether something can have taken so many seconds.
fn is_time(seconds: f64) -> bool {
    (0.0..=LONGEST_SECONDS).contains(&seconds)
}
