//! A function of the tutorial in Rust.

use std::path::Path;

use peakheap::Profile;

use crate::formats::Error;

/// A function of the tutorial.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// Its name, such as `create_file`.
    pub name: &'static str,
    /// What it is run with, one after another.
    pub variants: &'static [&'static str],
    /// Whether it reads a file of records, in the format that the variant names.
    pub(super) reads: bool,
    pub(super) body: fn(&Call<'_>) -> Result<u64, Error>,
}

/// What a function is called with. It returns the length of its list.
pub(super) struct Call<'a> {
    pub(super) profile: &'a Profile<'a>,
    pub(super) variant: &'static str,
    pub(super) records: u64,
    pub(super) seed: u64,
    /// The file to write or to read.
    pub(super) path: &'a Path,
}

/// Functions with the file in which they are, as `file!` names it, and its text,
/// so that an installed command can show their lines.
pub(super) struct Source {
    pub(super) functions: &'static [Function],
    pub(super) file: &'static str,
    pub(super) text: &'static str,
}

/// Gives free memory back to the system, as a step; none where that cannot be
/// asked for.
#[track_caller]
pub(super) fn trim(profile: &Profile<'_>, name: &'static str) {
    if peakheap::can_trim() {
        profile.named(name, peakheap::trim);
    }
}
