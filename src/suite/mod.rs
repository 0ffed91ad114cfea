//! Measuring: which cases there are, and one process for each run of one.
//!
//! - `case.rs`: every combination of operation, format and variant, by name.
//! - `data.rs`: the files that the reading cases read.
//! - `worker.rs`: what a child process does: one case, measured.
//! - `child.rs`: the child's side of any job in a process of its own.
//! - `process.rs`: the parent's side of it: time, signals, memory; and waiting
//!   for a process of any kind.
//! - `runner.rs`: all the cases of a run.
//! - `operate.rs`: what a worker does within its window.
//! - `environment.rs`: where the figures come from.
//! - `interrupt.rs`: Ctrl-C.

mod case;
mod child;
pub mod data;
mod environment;
pub mod interrupt;
pub mod operate;
pub(crate) mod process;
mod runner;
mod worker;

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::formats;

pub(crate) use child::{answer_if, limit_memory};

pub use case::{Case, Selection, Task, cases};
pub use data::DataFolder;
pub use environment::{commit, default_limit_bytes, environment};
pub use process::Limits;
pub use runner::{Observer, Plan, describe, measure};
pub use worker::run_if_worker;

/// Why a run could not be made. A case that fails is no such reason: it
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
    /// There is nothing to measure.
    #[error("a dataset needs at least one record; give --records 1 or more")]
    NoRecords,
    /// A file or folder that the suite needs.
    #[error("cannot {action} {}: {source}{hint}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
        /// What to do next, if anything can be said, with its punctuation.
        hint: &'static str,
    },
    /// A format could not write or read a file.
    #[error("cannot {action} {}: {source}{hint}", path.display())]
    Format {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the format said.
        source: formats::Error,
        /// What to do next, if anything can be said, with its punctuation.
        hint: &'static str,
    },
    /// Ctrl-C.
    #[error("interrupted; nothing was left half written")]
    Interrupted,
}

impl Error {
    pub(crate) fn io(action: &'static str, path: &Path, source: io::Error) -> Error {
        let hint = hint(&source);
        Error::Io {
            action,
            path: path.to_owned(),
            source,
            hint,
        }
    }

    pub(crate) fn format(action: &'static str, path: &Path, source: formats::Error) -> Error {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&*source);
        let mut help = "";
        while let Some(error) = cause {
            if let Some(error) = error.downcast_ref::<io::Error>() {
                help = hint(error);
            }
            cause = error.source();
        }
        Error::Format {
            action,
            path: path.to_owned(),
            source,
            hint: help,
        }
    }
}

/// What to do about an error of the system.
fn hint(error: &io::Error) -> &'static str {
    use io::ErrorKind::{
        FileTooLarge, NotADirectory, NotFound, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem,
        StorageFull,
    };
    match error.kind() {
        StorageFull | QuotaExceeded | FileTooLarge => {
            "; make room, or choose another folder (--data DIR)"
        }
        PermissionDenied | ReadOnlyFilesystem | NotADirectory | NotFound => {
            "; choose a folder that is there and that you may write to (--data DIR)"
        }
        _ => "",
    }
}

fn suggestion(near: &Option<String>) -> String {
    near.as_ref()
        .map_or(String::new(), |near| format!("; did you mean {near}?"))
}
