//! Figures of a profile, as the rules of the claims ask for them.

use plainfigures::{format_bytes, format_ratio};

use crate::results::{FunctionProfile, Status, Tutorial};
use crate::tutorial::experiment::Experiment;

/// What one profile has to say about a claim.
pub(super) struct Figure {
    /// As people read it.
    pub(super) text: String,
    /// Whether the claim's rule is met.
    pub(super) holds: bool,
}

/// One profile, with the others of whoever ran it.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) tutorial: &'a Tutorial,
    pub(super) profile: &'a FunctionProfile,
}

/// A growth below this drowns in what any process does by the way, in bytes.
const LEAST_BYTES: i64 = 1 << 20;

impl<'a> Seen<'a> {
    /// A profile of the same program with another name.
    pub(super) fn other(
        &self,
        experiment: Experiment,
        function: &str,
        variant: &str,
    ) -> Option<Self> {
        let profile = self.tutorial.profiles.iter().find(|profile| {
            profile.by == self.profile.by
                && profile.experiment == experiment.name()
                && profile.function == function
                && (variant.is_empty() || profile.variant == variant)
                && profile.status == Status::Ok
        })?;
        Some(Seen { profile, ..*self })
    }

    /// What stays of the step's memory when it has ended.
    pub(super) fn kept(&self, name: &str) -> Option<i64> {
        self.profile.change(self.profile.step(name)?)
    }

    /// The most that the step took on top of what was there before it. The
    /// tutorial's own figures know no peaks: what stayed stands for them.
    pub(super) fn taken(&self, name: &str) -> Option<i64> {
        let step = self.profile.step(name)?;
        signed(self.profile.peak(step)? - self.profile.before(step)?)
    }

    /// The same over all steps: the function's own peak.
    pub(super) fn taken_by_all(&self) -> Option<i64> {
        let steps = &self.profile.steps;
        let start = self.profile.before(steps.first()?)?;
        let peaks = steps.iter().filter_map(|step| self.profile.peak(step));
        signed(peaks.max()?.saturating_sub(start))
    }

    /// Size of the list of tuples in this program: what building it took.
    fn data(&self) -> Option<i64> {
        let built = self
            .other(Experiment::Pickle, "create_file", "")
            .and_then(|seen| seen.kept("build"));
        let built = built.or_else(|| {
            self.other(Experiment::Flat, "create_file", "")?
                .kept("build")
        });
        built.filter(|bytes| *bytes >= LEAST_BYTES)
    }

    /// The most that a step took, beside the list of tuples; `holds` decides by
    /// the ratio of the two.
    pub(super) fn beside_the_list(
        &self,
        step: &str,
        holds: impl FnOnce(f64) -> bool,
    ) -> Option<Figure> {
        let taken = self.taken(step)?;
        let ratio = share(taken, self.data()?)?;
        Some(Figure {
            text: change(taken, ratio, "the list"),
            holds: holds(ratio),
        })
    }

    /// What is left of the function's growth after a step; `holds` decides by
    /// that share.
    pub(super) fn left(&self, after: &str, holds: impl FnOnce(f64) -> bool) -> Option<Figure> {
        let left = self.share_left(after)?;
        Some(Figure {
            text: format!("{} stays", percent(left)),
            holds: holds(left),
        })
    }

    /// Bytes of a list of pointers as long as this profile's.
    pub(super) fn pointers(&self) -> i64 {
        let each = if self.profile.by == FunctionProfile::TUTORIAL_32_BIT {
            4
        } else {
            8
        };
        i64::try_from(self.profile.records).unwrap_or(0) * each
    }

    /// Share of the function's growth that is resident after a step and a
    /// collection. Of the resident set for everyone: the question is what the
    /// system gets back.
    fn share_left(&self, after: &str) -> Option<f64> {
        let start = signed(self.profile.steps.first()?.resident_before_bytes?)?;
        let step = self.profile.step(after)?;
        let left = step
            .resident_collected_bytes
            .or(step.resident_after_bytes)?;
        let highest = self.profile.steps.iter().filter_map(|step| {
            signed(
                step.resident_after_bytes?
                    .max(step.resident_peak_bytes.unwrap_or(0)),
            )
        });
        let growth = highest.max()? - start;
        share(signed(left)? - start, growth)
    }
}

/// `part / whole`, where the whole is large enough to tell by.
pub(super) fn share(part: i64, whole: i64) -> Option<f64> {
    (whole >= LEAST_BYTES).then(|| part.max(0) as f64 / whole as f64)
}

/// `+95.9 MiB, 0.43× the list`.
pub(super) fn change(bytes: i64, ratio: f64, of: &str) -> String {
    format!("{}, {} {of}", plus(bytes), format_ratio(ratio))
}

/// A difference that always shows its sign. Pages that come and go by the way
/// are no difference.
pub(super) fn plus(bytes: i64) -> String {
    let size = format_bytes(bytes.unsigned_abs());
    if bytes.abs() <= 1 << 16 {
        "about 0".to_owned()
    } else if bytes > 0 {
        format!("+{size}")
    } else {
        format!("−{size}")
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

fn signed(bytes: u64) -> Option<i64> {
    i64::try_from(bytes).ok()
}
