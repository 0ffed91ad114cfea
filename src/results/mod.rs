//! What a run found: the data in `run.json`, and nothing else.
//!
//! The field names are a contract (`run.schema.json` beside this file, and
//! beside every `run.json`, says the same as a JSON Schema). A figure that could
//! not be measured is `null`, never 0. Sizes are bytes, times are seconds.
//!
//! - `run.rs`, `source.rs`, `environment.rs`, `footprint.rs`, `operation.rs`, `status.rs`,
//!   `timeline.rs`, `tutorial.rs`: the data.
//! - `extra.rs`: what a format costs, by its peak.
//! - `load.rs`, `json.rs`: `run.json` read and written.
//! - `folder.rs`: the folder that a run goes to; `update.rs`: what becomes of a
//!   run that is there already; `journal.rs`: one that has not ended.
//! - `published.rs`: the folders of runs that are kept.
//! - `criterion.rs`: the time bench's figures.
//! - `error.rs`: what can go wrong.

pub mod criterion;
mod environment;
mod error;
mod extra;
mod folder;
mod footprint;
mod format_note;
mod journal;
mod json;
mod load;
mod operation;
pub mod published;
mod run;
mod source;
mod status;
mod timeline;
mod tutorial;
mod update;

pub use environment::{Environment, Package};
pub use error::ResultsError;
pub use extra::extra_bytes;
pub use folder::ResultsFolder;
pub use footprint::{
    Fit, FitKind, Footprint, HeapFigures, Resident, Scaled, Step, Throughput, Traced,
};
pub use format_note::FormatNote;
pub use journal::{Beginning, Journal, RunKey};
pub(crate) use load::LONGEST_SECONDS;
pub use operation::{CaseOperation, Operation};
pub use run::{Dataset, JSON_SCHEMA, Run, SCHEMA};
pub use source::{DatasetSource, Field, TypeCount};
pub use status::Status;
pub use timeline::Timeline;
pub(crate) use tutorial::version;
pub use tutorial::{
    Claim, ClaimFinding, FunctionProfile, Interpreter, ObjectSizes, ProfileStep, Tutorial, Verdict,
};
pub use update::{Section, Update};
