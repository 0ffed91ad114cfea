//! Whether a process can load a pickle in so much memory, and what to change.

use std::fmt::{self, Display, Formatter};

use plainfigures::format_bytes;
use pysizeof::{Build, Sizing};
use serde::Serialize;

use super::less::advice;
use super::peak::peak;
use super::table::version;
use crate::cli::Error;

/// The answer for every version that was asked for. The field names are those of
/// the JSON, a contract.
#[derive(Debug, Serialize)]
pub(super) struct Fits {
    limit_bytes: u64,
    versions: Vec<Verdict>,
    advice: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Verdict {
    python: &'static str,
    /// With the interpreter, and what the prediction may be too low by. Absent
    /// where this version cannot read the pickle.
    peak_bytes: Option<u64>,
    fits: bool,
    /// The peak is a lower bound: something is unknown.
    at_least: bool,
    /// Left out of the answer, for no one asked for this version by name.
    #[serde(skip)]
    is_aside: bool,
    #[serde(skip)]
    protocol: u8,
}

/// The build of a version as users write it.
///
/// # Errors
/// It is none that has a column.
pub(super) fn build(text: &str) -> Result<Build, String> {
    let name = match text.trim() {
        // It lays its objects out in the same way.
        "3.13" => "3.12",
        name => name,
    };
    let known = |build: &Build| build.name().trim_start_matches("cpython-") == name;
    Build::ALL.into_iter().find(known).ok_or_else(|| {
        let versions = Build::ALL.map(|build| build.name().trim_start_matches("cpython-"));
        format!(
            "there is no column for it; there is {} and 3.13",
            versions.join(", ")
        )
    })
}

impl Fits {
    /// The answer for these versions, or for all.
    ///
    /// # Errors
    /// The value is a literal, which no process loads.
    pub(super) fn new(sizing: &Sizing, limit: u64, asked: &[Build]) -> Result<Fits, Error> {
        let Some(cost) = sizing.cost() else {
            return Err("--fits is about loading a pickle; this is a literal".into());
        };
        let builds = if asked.is_empty() { &Build::ALL } else { asked };
        let verdict = |&build: &Build| {
            let can_load = cost.can_load(build);
            let peak = can_load.then(|| peak(cost, build));
            Verdict {
                python: version(build),
                peak_bytes: peak,
                fits: peak.is_some_and(|peak| peak <= limit) && !sizing.is_at_least(),
                at_least: sizing.is_at_least(),
                is_aside: asked.is_empty() && !can_load,
                protocol: cost.protocol(),
            }
        };
        let mut fits = Fits {
            limit_bytes: limit,
            versions: builds.iter().map(verdict).collect(),
            advice: Vec::new(),
        };
        let failing = builds.iter().zip(&fits.versions);
        let failing = failing.filter(|(_, verdict)| {
            let peak = verdict.peak_bytes;
            peak.is_some_and(|peak| peak > limit)
        });
        // What helps the version that is nearest to it.
        let nearest = failing.min_by_key(|(_, verdict)| verdict.peak_bytes);
        if let Some((&build, _)) = nearest {
            fits.advice = advice(sizing, cost, build, Some(limit));
        }
        Ok(fits)
    }

    /// Whether the pickle loads in every version that counts.
    pub(super) fn all_fit(&self) -> bool {
        let mut counted = self.versions.iter().filter(|verdict| !verdict.is_aside);
        counted.all(|verdict| verdict.fits)
    }
}

impl Fits {
    /// The answer of each version in a few characters.
    pub(super) fn cells(&self) -> Vec<String> {
        self.versions.iter().map(Verdict::cell).collect()
    }
}

impl Verdict {
    fn cell(&self) -> String {
        let Some(peak) = self.peak_bytes else {
            return "cannot read".to_owned();
        };
        let answer = if self.fits { "yes" } else { "no" };
        let least = if self.at_least { "≥ " } else { "" };
        format!("{answer}, {least}{}", format_bytes(peak))
    }

    /// What it says, with the memory that there is.
    fn sentence(&self, limit_bytes: u64) -> String {
        let (python, limit) = (self.python, format_bytes(limit_bytes));
        let Some(peak) = self.peak_bytes else {
            return format!("{python} cannot read it: protocol {}", self.protocol);
        };
        let peak_bytes = format_bytes(peak);
        if self.fits {
            format!("loads in {python}: peak {peak_bytes} of {limit}")
        } else if peak <= limit_bytes {
            format!(
                "may not load in {python}: peak at least {peak_bytes} of {limit}, for some of \
                 its objects are unknown"
            )
        } else {
            let least = if self.at_least { "at least " } else { "" };
            format!("does not load in {python}: peak {least}{peak_bytes} of {limit}")
        }
    }
}

impl Fits {
    /// A sentence for each version.
    pub(super) fn sentences(&self) -> Vec<String> {
        let sentence = |verdict: &Verdict| verdict.sentence(self.limit_bytes);
        self.versions.iter().map(sentence).collect()
    }
}

impl Display for Fits {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        for sentence in self.sentences() {
            writeln!(out, "{sentence}")?;
        }
        for advice in &self.advice {
            writeln!(out, "  {advice}")?;
        }
        Ok(())
    }
}
