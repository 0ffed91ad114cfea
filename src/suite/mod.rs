//! Measuring: which cases there are, and one process for each run of one.
//!
//! - `case.rs`: every combination of operation, format and variant, by name.
//! - `source.rs`: where records come from; `own/`: records that somebody brought;
//!   `typed.rs`: those that a program of somebody's makes.
//! - `data.rs`: the files that the reading cases read.
//! - `python/`: the cases that run in Python.
//! - `describe.rs`: what is known of the records, and the check against it.
//! - `operate.rs`: what a worker does within its window.
//! - `worker.rs`: what a child process does: one case, measured.
//! - `plain.rs`: cases of no format.
//! - `plan.rs`: what to measure; `runner.rs`: all the cases of a run.
//! - `fit.rs`: the least limit under which a case succeeds.
//! - `environment.rs`: where the figures come from; `notes.rs`: what their formats
//!   are.
//! - `error.rs`: why there is no run.

mod case;
pub mod data;
mod describe;
mod environment;
mod error;
mod fit;
mod notes;
mod opens;
pub mod operate;
mod own;
mod plain;
mod plan;
mod python;
mod runner;
mod source;
mod typed;
mod visitors;
mod window;
mod worker;

pub use case::{Case, FormatTask, PythonTask, Selection, Task, cases, cases_of};
pub use data::DataFolder;
pub use describe::describe;
pub use environment::{commit, default_limit_bytes, environment, now};
pub use error::Error;
pub use opens::{Opens, Sourced};
pub use own::{Choose, OwnRecords, Sample};
pub(crate) use own::{Fields, Spool};
pub use plain::Plain;
pub use plan::{Scaling, SuitePlan};
pub use python::{PythonTable, python_cases};
pub use runner::measure;
pub use source::RecordSource;
pub(crate) use typed::Made;
pub use typed::TypedRecords;
pub(crate) use worker::{OwnCases, run_if_worker};
