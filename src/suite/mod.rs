//! Measuring: which cases there are, and one process for each run of one.
//!
//! - `case.rs`: every combination of operation, format and variant, by name.
//! - `data.rs`: the files that the reading cases read.
//! - `worker.rs`: the child process: one case, measured.
//! - `process.rs`: the parent's side of one child: time, signals, memory.
//! - `runner.rs`: all the cases of a run.
//! - `operate.rs`: what a worker does within its window.
//! - `environment.rs`: where the figures come from.
//! - `interrupt.rs`: Ctrl-C.

mod case;
pub mod data;
mod environment;
pub mod interrupt;
pub mod operate;
mod process;
mod runner;
mod worker;

use std::io;
use std::path::PathBuf;

use thiserror::Error;

pub use case::{Case, Selection, Task, cases};
pub use data::DataFolder;
pub use environment::{commit, default_limit_bytes, environment};
pub use process::Limits;
pub use runner::{Observer, Plan, measure};
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
    #[error("cannot {action} {}: {source}; {hint}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
        /// What to do next.
        hint: &'static str,
    },
    /// A data file could not be made.
    #[error("cannot make {}: {source}", path.display())]
    Data {
        /// The file.
        path: PathBuf,
        /// What the format said.
        source: crate::formats::Error,
    },
    /// Ctrl-C.
    #[error("interrupted; nothing was left half written")]
    Interrupted,
}

fn suggestion(near: &Option<String>) -> String {
    near.as_ref()
        .map_or(String::new(), |near| format!("; did you mean {near}?"))
}
