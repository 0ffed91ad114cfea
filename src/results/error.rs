//! What can go wrong with results on disk.

use std::path::PathBuf;

use thiserror::Error;

use crate::files::FileError;

use super::run::SCHEMA;

/// What can go wrong with results on disk.
#[derive(Debug, Error)]
pub enum ResultsError {
    /// The system said no.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is JSON of another make, or damaged.
    #[error(
        "{} is not a run of picklebench, or is damaged: {source}; \
         make a new one with 'picklebench measure'", path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Where it stops making sense.
        source: serde_json::Error,
    },
    /// It was written by a later version.
    #[error(
        "{} was written by a newer picklebench (schema {found}; this one reads {SCHEMA}): \
         update picklebench to read it", path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: u64,
    },
    /// Its figures cannot be.
    #[error("{}: {problem}; the file was changed or damaged", path.display())]
    Nonsense {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        problem: String,
    },
    /// Figures of another build are there, and do not belong beside new ones.
    #[error("another {what} made {}; {advice}", path.display())]
    OtherBuild {
        /// The file.
        path: PathBuf,
        /// What differs: `build` or `commit`.
        what: &'static str,
        /// What to do next.
        advice: &'static str,
    },
    /// Another process holds the folder.
    #[error(
        "another run is writing to {}: wait for it to end, or choose another folder \
         with --results DIR", path.display()
    )]
    Busy {
        /// The folder.
        path: PathBuf,
    },
}
