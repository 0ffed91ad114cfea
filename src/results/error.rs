//! What can go wrong with results on disk.

use std::path::PathBuf;

use thiserror::Error;

use crate::files::{FileError, shown};

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
         make a new one with 'picklebench measure'",
        shown(path)
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
         update picklebench to read it",
        shown(path)
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: u64,
    },
    /// Its figures cannot be.
    #[error("{}: {problem}; the file was changed or damaged", shown(path))]
    Nonsense {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        problem: String,
    },
    /// Figures of another build are there, and do not belong beside new ones.
    #[error("another {what} made {}; {advice}", shown(path))]
    OtherBuild {
        /// The file.
        path: PathBuf,
        /// What differs: `build` or `commit`.
        what: &'static str,
        /// What to do next.
        advice: &'static str,
    },
    /// A name that no page can lead to.
    #[error(
        "{} is no Unicode, so that no page can link to it: rename the folder",
        shown(path)
    )]
    Name {
        /// The folder's name.
        path: PathBuf,
    },
    /// The journal of an interrupted run is of another kind of run.
    #[error(
        "cannot go on from {}: {why}; leave out --resume to begin anew",
        shown(path)
    )]
    OtherJournal {
        /// The file.
        path: PathBuf,
        /// What differs.
        why: String,
    },
    /// The journal of an interrupted run is not as it was written.
    #[error(
        "cannot go on from {}: it is damaged; leave out --resume to begin anew",
        shown(path)
    )]
    DamagedJournal {
        /// The file.
        path: PathBuf,
    },
    /// Another process holds the folder.
    #[error(
        "another run is writing to {}: wait for it to end, or choose another folder \
         with --results DIR",
        shown(path)
    )]
    Busy {
        /// The folder.
        path: PathBuf,
    },
}
