//! The tutorial's experiments: one file each, one process for each function.
//!
//! A function is written as the tutorial writes it, each of its lines a step
//! of a [`Profile`]. What comes out are [`results::Profile`]s, Python's among
//! them, and the claims that they decide.
//!
//! - `deepcopy.rs`, `free_list.rs`, `pickle.rs`, `flat.rs`, `streaming.rs`: the
//!   experiments, in Rust.
//! - `objects.rs`: the sizes of single objects, by layout tables.
//! - `store.rs`: a list of records in a file.
//! - `worker.rs`: what a child process does: one function, step by step.
//! - `runner.rs`: all functions of a run.
//! - `claims/`: what the figures say to the tutorial's claims; `then.rs`: the
//!   figures that it printed.
//!
//! [`results::Profile`]: crate::results::Profile

pub mod claims;
mod deepcopy;
mod flat;
mod free_list;
mod objects;
mod pickle;
mod runner;
mod store;
mod streaming;
pub mod then;
mod worker;

use std::path::Path;

use crate::formats::Error;
use peakheap::Profile;

pub use runner::{Plan, run};
pub use worker::run_if_worker;

/// One of the tutorial's experiments.
#[derive(Debug, Clone, Copy)]
pub struct Experiment {
    /// Its name: lower case with hyphens.
    pub name: &'static str,
    /// What it shows, in one sentence.
    pub about: &'static str,
    /// Its functions in Rust; none where there is nothing of the kind.
    pub functions: &'static [Function],
    /// The file in which they are, as `file!` names it, and its text, so that
    /// an installed command can show them.
    source: (&'static str, &'static str),
}

/// A function of the tutorial.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// Its name, such as `create_file`.
    pub name: &'static str,
    /// What it is run with, one after another.
    pub variants: &'static [&'static str],
    /// Whether it reads a file of records, in the format that the variant names.
    reads: bool,
    body: fn(&Call<'_>) -> Result<u64, Error>,
}

/// What a function is called with. It returns the length of its list.
struct Call<'a> {
    profile: &'a Profile<'a>,
    variant: &'a str,
    records: u64,
    seed: u64,
    /// The file to write or to read.
    path: &'a Path,
}

/// All of them, in the tutorial's order.
pub const EXPERIMENTS: [Experiment; 7] = [
    deepcopy::EXPERIMENT,
    free_list::EXPERIMENT,
    pickle::EXPERIMENT,
    flat::EXPERIMENT,
    streaming::EXPERIMENT,
    Experiment {
        name: "memo",
        about: "pickle.dump either side of the record at which its memo doubles: CPython only",
        functions: &[],
        source: ("", ""),
    },
    objects::EXPERIMENT,
];

/// Gives free memory back to the system, as a step; none where that cannot be
/// asked for.
#[track_caller]
fn trim(profile: &Profile<'_>, name: &'static str) {
    if peakheap::can_trim() {
        profile.named(name, peakheap::trim);
    }
}
