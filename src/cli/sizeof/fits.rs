//! Whether a process can load a pickle in so much memory, and what to change.

use std::fmt::{self, Display, Formatter};

use plainfigures::{format_bytes, thousands};
use pysizeof::{Build, Cost, Sizing};
use serde::Serialize;

use super::table::version;
use crate::cli::Error;

/// The share of a predicted peak that it may be too low by, and the least that
/// counts, in bytes: arenas come in MiB. Docs/sizeof.md has what was measured.
const MARGIN: (u64, u64) = (50, 1 << 20);

/// A saving that is smaller than this part of the peak is no advice.
const WORTHWHILE: u64 = 20;

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
            fits.advice = advice(sizing, cost, build, limit);
        }
        Ok(fits)
    }

    /// Whether the pickle loads in every version that counts.
    pub(super) fn all_fit(&self) -> bool {
        let mut counted = self.versions.iter().filter(|verdict| !verdict.is_aside);
        counted.all(|verdict| verdict.fits)
    }
}

/// Bytes of the whole process at the most.
fn peak(cost: &Cost, build: Build) -> u64 {
    let grown = cost.load_peak().of(build);
    let (part, least) = MARGIN;
    build.interpreter_bytes() + grown + (grown / part).max(least)
}

/// What makes the peak of a build smaller, as far as the figures of the pickle say
/// so: what takes the least effort first.
fn advice(sizing: &Sizing, cost: &Cost, build: Build, limit: u64) -> Vec<String> {
    let own = peak(cost, build);
    let is_worthwhile = |bytes: u64| bytes >= own / WORTHWHILE;
    let mut advice = Vec::new();
    let others = Build::ALL.into_iter().filter(|&other| cost.can_load(other));
    let smallest = others.min_by_key(|&other| peak(cost, other));
    if let Some(other) = smallest
        && is_worthwhile(own.saturating_sub(peak(cost, other)))
    {
        let needed = peak(cost, other);
        let enough = if needed <= limit {
            ", which is enough"
        } else {
            ""
        };
        advice.push(format!(
            "load it with Python {}: {}{enough}",
            version(other),
            format_bytes(needed)
        ));
    }
    let arguments = cost.arguments().of(build);
    if cost.protocol() < 4 && is_worthwhile(arguments) {
        advice.push(format!(
            "dump it by protocol 4 or 5, which needs no calls for bytes, sets and their \
             like: {} less",
            format_bytes(arguments)
        ));
    }
    let memo = cost.memo().of(build);
    if !sizing.is_recursive() && is_worthwhile(memo) {
        advice.push(format!(
            "dump it with Pickler.fast = True, if no object in it is there twice on \
             purpose: {} less, for loading it needs no memo",
            format_bytes(memo)
        ));
    }
    // The object and what refers to it, instead of 8 bytes.
    let float = pysizeof::of_literal("0.5", pysizeof::Memory::Allocated);
    let float = float.map_or(24, |sizing| sizing.total().of(build));
    let floats = cost.floats() * float;
    if is_worthwhile(floats) {
        advice.push(format!(
            "hold its {} floats in array.array or numpy arrays rather than as objects: {} less",
            thousands(cost.floats()),
            format_bytes(floats)
        ));
    }
    if sizing.root().type_name() == "list" && sizing.root().len() > 1 {
        advice.push(
            "read its records one at a time: picklebench convert makes JSON lines of it".to_owned(),
        );
    }
    advice
}

impl Display for Fits {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let limit = format_bytes(self.limit_bytes);
        for verdict in &self.versions {
            let python = verdict.python;
            let Some(peak) = verdict.peak_bytes else {
                let protocol = verdict.protocol;
                writeln!(out, "{python} cannot read it: protocol {protocol}")?;
                continue;
            };
            let peak_bytes = format_bytes(peak);
            if verdict.fits {
                writeln!(out, "loads in {python}: peak {peak_bytes} of {limit}")?;
            } else if peak <= self.limit_bytes {
                writeln!(
                    out,
                    "may not load in {python}: peak at least {peak_bytes} of {limit}, for some \
                     of its objects are unknown"
                )?;
            } else {
                let least = if verdict.at_least { "at least " } else { "" };
                writeln!(
                    out,
                    "does not load in {python}: peak {least}{peak_bytes} of {limit}"
                )?;
            }
        }
        for advice in &self.advice {
            writeln!(out, "  {advice}")?;
        }
        Ok(())
    }
}
