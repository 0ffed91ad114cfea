//! What a run does with records whose type it does not know: describes them, writes
//! them, and measures a case over them. Each is a visitor that is generic over the type;
//! `describe.rs`, `data.rs` and `worker.rs` say what it does.

use std::path::Path;

use peakheap::Heap;

use crate::dataset::Measured;
use crate::formats::{self, Compiled, FileKind, Formats};
use crate::job::{Allowance, Observer};
use crate::results::Dataset;

use super::case::Case;
use super::error::Error;
use super::opens::Opens;
use super::plain::Plain;
use super::window::Measurement;

/// Finds out the figures of a dataset.
pub(crate) struct Describe<'a> {
    /// What is known of it already.
    pub(super) dataset: Dataset,
    pub(super) observer: &'a mut dyn Observer,
}

/// What a case's result is checked against.
pub(crate) struct Described {
    pub(super) dataset: Dataset,
    /// The digest of the records with a list in the place of each tuple, where that
    /// is another: what is left of them in formats that know only one of the two.
    pub(super) as_lists: Option<String>,
}

/// Writes records into a file.
pub(crate) struct Write<'a> {
    pub(super) output: formats::Output,
    pub(super) kind: &'a FileKind,
}

/// Does one run of one case.
pub(crate) struct Work<'a> {
    /// Its name.
    pub(super) case: String,
    pub(super) data_bytes: u64,
    pub(super) path: &'a Path,
    pub(super) allowance: Allowance,
    pub(super) meter: Option<&'a Heap>,
    pub(super) formats: &'a Formats,
    pub(super) plain: &'a [Plain],
}

/// What is done with a source: a function that is generic over its records.
pub(crate) trait SourceVisitor {
    /// What comes of it.
    type Output;

    /// Does it.
    fn visit<T: Measured + Compiled>(self, source: &dyn Opens<T>) -> Self::Output;

    /// Has it done by a source whose type only the source knows.
    fn visit_typed(self, source: &dyn TypedSource, at: (u64, u64)) -> Self::Output;
}

/// What makes records of a type that only it knows: all that a run does with records,
/// for that type. `at` is their number and their seed.
pub(crate) trait TypedSource {
    /// What they are called.
    fn name(&self) -> &str;

    /// The cases over them.
    fn cases(&self, formats: &Formats) -> Vec<Case>;

    /// As [`SourceVisitor::visit`] of this visitor.
    fn describe(&self, at: (u64, u64), visitor: Describe<'_>) -> Result<Described, Error>;

    /// As [`SourceVisitor::visit`] of this visitor.
    fn work(&self, at: (u64, u64), visitor: Work<'_>) -> Result<Measurement, formats::Error>;

    /// As [`SourceVisitor::visit`] of this visitor.
    fn write(&self, at: (u64, u64), visitor: Write<'_>) -> Result<(), formats::Error>;
}
