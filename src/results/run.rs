//! A run: where, over what, and each case.

use serde::{Deserialize, Serialize};

use super::environment::Environment;
use super::footprint::Footprint;
use super::format_note::FormatNote;
use super::source::DatasetSource;
use super::tutorial::{Interpreter, Tutorial};

/// The version of `run.json` that this code writes and reads.
pub const SCHEMA: u32 = 1;

/// The JSON Schema of `run.json`.
pub const JSON_SCHEMA: &str = include_str!("run.schema.json");

/// One invocation of the suite: where it ran, over what, and each case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// [`SCHEMA`] of the code that wrote it.
    pub schema: u32,
    /// Where and how it ran.
    pub environment: Environment,
    /// The records that every case wrote or read.
    pub dataset: Dataset,
    /// The Pythons of the cases, those that were named and could not answer
    /// included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pythons: Vec<Interpreter>,
    /// In the order in which they ran.
    pub cases: Vec<Footprint>,
    /// What the formats of the cases are; runs of older versions do not tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub formats: Vec<FormatNote>,
    /// The tutorial's experiments, where `picklebench tutorial` has run them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tutorial: Option<Tutorial>,
}

/// The records of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dataset {
    /// What the records look like, by the dataset's name: `tuples` are the
    /// tutorial's.
    pub name: String,
    /// How many.
    pub records: u64,
    /// The generator's seed; of records from a file that of the sample, 0 where
    /// there is none.
    pub seed: u64,
    /// SHA-256 of the records as text, one Python literal a line: the
    /// `sha256sum` of the file that the format `text` writes.
    pub digest: String,
    /// Deep size of the list in memory, tight: no spare capacity.
    pub heap_bytes: u64,
    /// The file that they came from; `None` for a built-in dataset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<DatasetSource>,
}
