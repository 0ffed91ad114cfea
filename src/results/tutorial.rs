//! The tutorial's experiments, as `run.json` keeps them.
//!
//! Profiles are what was measured, by Rust and by each Python; claims are what
//! follows from them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::environment::Package;
use super::status::Status;
use super::timeline::Timeline;

/// The tutorial, run again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Tutorial {
    /// When its first experiment began, RFC 3339, UTC.
    pub started: String,
    /// Length of every list: of integers, and of tuples.
    pub records: u64,
    /// Seed of the tuples.
    pub seed: u64,
    /// The Pythons that were asked, those that could not answer included.
    pub interpreters: Vec<Interpreter>,
    /// One for each function of the tutorial that was run, by each language.
    pub profiles: Vec<FunctionProfile>,
    /// The objects of `show_sizeof`.
    pub objects: Vec<ObjectSizes>,
    /// What the tutorial says, and what the profiles say to it.
    pub claims: Vec<Claim>,
}

/// A Python that took part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Interpreter {
    /// Its short name, unique within the run: `cpython-3.11.7`.
    pub name: String,
    /// `sys.version`, on one line; empty where it did not answer.
    pub version: String,
    /// `ok`, or why there are no profiles of it.
    pub status: Status,
    /// What to know about a status other than `ok`.
    pub message: Option<String>,
    /// The libraries whose calls were measured in it, with their versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<Package>,
}

impl Interpreter {
    /// All that its figures depend on, on one line.
    #[must_use]
    pub fn identity(&self) -> String {
        let packages = self.packages.iter();
        let packages = packages.map(|package| format!(", {} {}", package.name, package.version));
        format!(
            "{} {}{}",
            self.name,
            self.version,
            packages.collect::<String>()
        )
    }
}

/// One function, run in a process of its own and watched step by step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunctionProfile {
    /// The experiment that it belongs to, such as `deepcopy` or `pickle`.
    pub experiment: String,
    /// The function's name, such as `create_file`.
    pub function: String,
    /// What it was run with, such as `protocol-4` or `Vec<i64>`.
    pub variant: String,
    /// Who ran it: `rust`, an [`Interpreter::name`], or `tutorial` and
    /// `tutorial-32-bit` for the figures that it printed itself.
    pub by: String,
    /// Length of the list in this profile.
    pub records: u64,
    /// How it ended.
    pub status: Status,
    /// What to know about a status other than `ok`.
    pub message: Option<String>,
    /// In the order in which they first ran.
    pub steps: Vec<ProfileStep>,
    /// Live heap bytes over time, from Rust's meter; absent for Python.
    pub timeline: Option<Timeline>,
}

impl Tutorial {
    /// The builds in [`ObjectSizes::modelled_bytes`], the oldest first.
    #[must_use]
    pub fn modelled(&self) -> Vec<&str> {
        by_version(
            self.objects
                .iter()
                .flat_map(|object| object.modelled_bytes.keys()),
        )
    }

    /// The interpreters in [`ObjectSizes::measured_bytes`], the oldest first.
    #[must_use]
    pub fn measured(&self) -> Vec<&str> {
        by_version(
            self.objects
                .iter()
                .flat_map(|object| object.measured_bytes.keys()),
        )
    }
}

/// Each name once, the oldest version first: 3.8 is older than 3.11.
fn by_version<'a>(names: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    let mut names: Vec<&str> = names.map(String::as_str).collect();
    names.sort_by(|a, b| (version(a), *a).cmp(&(version(b), *b)));
    names.dedup();
    names
}

/// `cpython-3.11.7` as 3, 11, 7: what versions are compared by.
pub(crate) fn version(name: &str) -> Vec<u32> {
    let parts = name.split(|char: char| !char.is_ascii_digit());
    parts.filter_map(|part| part.parse().ok()).collect()
}

impl FunctionProfile {
    /// [`by`](Self::by) of what Rust ran.
    pub const RUST: &'static str = "rust";
    /// [`by`](Self::by) of the figures in the tutorial's original text.
    pub const TUTORIAL: &'static str = "tutorial";
    /// [`by`](Self::by) of the figures in its other text, of a 32-bit Python.
    pub const TUTORIAL_32_BIT: &'static str = "tutorial-32-bit";

    /// Whether its figures were printed by the tutorial, not measured.
    #[must_use]
    pub fn is_printed(&self) -> bool {
        [Self::TUTORIAL, Self::TUTORIAL_32_BIT].contains(&self.by.as_str())
    }

    /// Whether its memory is told by the heap, which is exact. Otherwise by the
    /// resident set: the C library takes memory that Python's allocators do
    /// not know of.
    #[must_use]
    pub fn counts_heap(&self) -> bool {
        let counted = |step: &ProfileStep| step.heap_after_bytes.is_some();
        self.by == Self::RUST && self.steps.iter().any(counted)
    }

    /// The step of that name.
    #[must_use]
    pub fn step(&self, name: &str) -> Option<&ProfileStep> {
        self.steps.iter().find(|step| step.name == name)
    }

    /// Memory before one of its steps, in bytes.
    #[must_use]
    pub fn before(&self, step: &ProfileStep) -> Option<u64> {
        if self.counts_heap() {
            step.heap_before_bytes
        } else {
            step.resident_before_bytes
        }
    }

    /// Memory after one of its steps, in bytes.
    #[must_use]
    pub fn after(&self, step: &ProfileStep) -> Option<u64> {
        if self.counts_heap() {
            step.heap_after_bytes
        } else {
            step.resident_after_bytes
        }
    }

    /// The most memory within one of its steps, in bytes. Where only the ends
    /// of the step were looked at, the larger of the two.
    #[must_use]
    pub fn peak(&self, step: &ProfileStep) -> Option<u64> {
        let peak = if self.counts_heap() {
            step.heap_peak_bytes
        } else {
            step.resident_peak_bytes
        };
        let ends = self.before(step)?.max(self.after(step)?);
        Some(peak.unwrap_or(ends).max(ends))
    }

    /// By how much memory was more after a step than before it, in bytes.
    #[must_use]
    pub fn change(&self, step: &ProfileStep) -> Option<i64> {
        Some(
            self.after(step)?
                .wrapping_sub(self.before(step)?)
                .cast_signed(),
        )
    }
}

/// A line of a function: what memory was before it, within it and after it.
///
/// A step that ran several times is one row: `before` is of the first time,
/// what is after it of the last, and peaks are the largest of all.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ProfileStep {
    /// What the step does: `build`, `dump`, `del x`.
    pub name: String,
    /// Source file, where known.
    pub file: Option<String>,
    /// Line in that file.
    pub line: Option<u32>,
    /// The text of that line, without its indentation.
    pub source: Option<String>,
    /// How many times it ran.
    pub times: u64,
    /// Seconds after the function began when it first began.
    pub start_seconds: f64,
    /// Sum of its times.
    pub seconds: f64,
    /// Live heap bytes before it. Of Python, what `tracemalloc` says in a run
    /// of its own: bytes requested through Python's allocators.
    pub heap_before_bytes: Option<u64>,
    /// Most live heap bytes within it.
    pub heap_peak_bytes: Option<u64>,
    /// Live heap bytes after it.
    pub heap_after_bytes: Option<u64>,
    /// Allocations within it.
    pub allocations: Option<u64>,
    /// Resident set before it.
    pub resident_before_bytes: Option<u64>,
    /// High-water mark of the resident set within it.
    pub resident_peak_bytes: Option<u64>,
    /// Resident set after it.
    pub resident_after_bytes: Option<u64>,
    /// Resident set after it and a full collection of Python's garbage.
    pub resident_collected_bytes: Option<u64>,
}

/// An object that the tutorial measured with `show_sizeof`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObjectSizes {
    /// As a Python literal.
    pub literal: String,
    /// Bytes that the tutorial gives.
    pub then_bytes: u64,
    /// Bytes by the layout tables, for each build that there is one for.
    pub modelled_bytes: BTreeMap<String, u64>,
    /// `sys.getsizeof` of each interpreter of this run.
    pub measured_bytes: BTreeMap<String, u64>,
}

/// Something that the tutorial says, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Its short name, such as `dump-doubles`.
    pub id: String,
    /// The claim in one sentence.
    pub claim: String,
    /// The tutorial's own figure for it.
    pub then: String,
    /// When it holds, in terms of figures: how `findings` are decided.
    pub rule: String,
    /// The same figure now: Rust's and each interpreter's.
    pub findings: Vec<ClaimFinding>,
    /// Over all of them.
    pub verdict: Verdict,
    /// Why, in one sentence.
    pub why: String,
}

/// What one of those who ran the experiments found about a claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClaimFinding {
    /// `rust`, an [`Interpreter::name`], or a build that there is a layout table for.
    pub by: String,
    /// The [`FunctionProfile::variant`] that the figure is of.
    pub variant: Option<String>,
    /// The figure as people read it; `None` where it could not be measured.
    pub now: Option<String>,
    /// Whether the rule is met; `None` where there is no figure.
    pub holds: Option<bool>,
}

/// What became of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is still so.
    Holds,
    /// It was so in the tutorial's time, and is no more.
    NoLonger,
    /// It was not so even then.
    NeverDid,
    /// There is no figure in this run to tell by.
    Unknown,
}
