//! Why a run could not be made.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::files::{FileError, shown, write_hint};
use crate::formats::{self, find_cause};
use crate::job::{Interrupted, JobError};

/// Why a run could not be made. A case that fails is not such a reason: it
/// becomes a row of the results.
#[derive(Debug, Error)]
pub enum Error {
    /// No case has such a name.
    #[error(
        "no case matches {filter:?}; --list shows them all{}",
        suggestion(near)
    )]
    NoSuchCase {
        /// What was asked for.
        filter: String,
        /// A case's name that is much like it.
        near: Option<String>,
    },
    /// The records that a run is over cannot be read again.
    #[error("the records cannot be read: {0}")]
    Records(#[source] formats::Error),
    /// There is nothing to measure.
    #[error("a dataset needs at least one record; give --records 1 or more")]
    NoRecords,
    /// A file or folder that the suite needs.
    #[error("{error}{}", flag(error.hint, *in_data_folder))]
    Io {
        /// What failed.
        #[source]
        error: FileError,
        /// Whether it lies in the data folder, which the user can choose.
        in_data_folder: bool,
    },
    /// A format could not write or read a file.
    #[error("cannot {action} {}: {source}{hint}{}", shown(path), flag(hint, *in_data_folder))]
    Format {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the format said.
        source: formats::Error,
        /// What to do next, if anything can be said, with its punctuation.
        hint: &'static str,
        /// Whether the file lies in the data folder, which the user can choose.
        in_data_folder: bool,
    },
    /// This program cannot be started again for a case.
    #[error("this program could not be started again for a case: {0}")]
    NotStarted(#[source] io::Error),
    /// Ctrl-C.
    #[error("{Interrupted}")]
    Interrupted,
}

impl Error {
    /// A file or folder could not be written to; `action` says in which way.
    pub(crate) fn io(action: &'static str, path: &Path, source: io::Error) -> Error {
        Error::Io {
            error: FileError::write(action, path, source),
            in_data_folder: false,
        }
    }

    /// A file or folder could not be read.
    pub(crate) fn read(path: &Path, source: io::Error) -> Error {
        Error::Io {
            error: FileError::read(path, source),
            in_data_folder: false,
        }
    }

    /// A format failed; `action` says at what.
    pub(crate) fn format(action: &'static str, path: &Path, source: formats::Error) -> Error {
        let hint = match find_cause(&*source) {
            Some(error) if action != "read" => write_hint(error),
            _ => "",
        };
        Error::Format {
            action,
            path: path.to_owned(),
            source,
            hint,
            in_data_folder: false,
        }
    }

    /// Whether whoever reads the output has gone away, as `head` does.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        let is_broken = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
        match self {
            Error::Io { error, .. } => is_broken(&error.source),
            Error::Format { source, .. } => find_cause(&**source).is_some_and(is_broken),
            _ => false,
        }
    }

    /// The same error of a file in the data folder: the advice then names the
    /// flag that chooses another.
    pub(crate) fn in_data_folder(mut self) -> Error {
        match &mut self {
            Error::Io { in_data_folder, .. } | Error::Format { in_data_folder, .. } => {
                *in_data_folder = true;
            }
            Error::NoSuchCase { .. }
            | Error::Records(_)
            | Error::NoRecords
            | Error::NotStarted(_)
            | Error::Interrupted => {}
        }
        self
    }
}

impl From<FileError> for Error {
    fn from(error: FileError) -> Error {
        Error::Io {
            error,
            in_data_folder: false,
        }
    }
}

impl From<Interrupted> for Error {
    fn from(_: Interrupted) -> Error {
        Error::Interrupted
    }
}

impl From<JobError> for Error {
    fn from(error: JobError) -> Error {
        match error {
            JobError::Interrupted(_) => Error::Interrupted,
            JobError::NotStarted(error) => Error::NotStarted(error),
        }
    }
}

/// The flag that helps, where there is advice that it belongs to.
fn flag(hint: &str, in_data_folder: bool) -> &'static str {
    if in_data_folder && !hint.is_empty() {
        " (--data DIR)"
    } else {
        ""
    }
}

fn suggestion(near: &Option<String>) -> String {
    near.as_ref()
        .map_or(String::new(), |near| format!("; did you mean {near}?"))
}
