//! What a claim is, and how it is decided.

use crate::results::{Claim, ClaimFinding, FunctionProfile, Status, Tutorial, Verdict, version};
use crate::tutorial::experiment::Experiment;

use super::figure::{Figure, Seen};

/// A claim, and when it holds.
pub(super) struct Rule {
    pub(super) id: &'static str,
    pub(super) claim: &'static str,
    /// When it holds, for people.
    pub(super) rule: &'static str,
    /// Why it does or does not, in one sentence.
    pub(super) why: &'static str,
    pub(super) then: Then,
    pub(super) experiment: Experiment,
    pub(super) function: &'static str,
    /// The Python variants that stand for the tutorial's way: the first that
    /// an interpreter has.
    pub(super) python: &'static [&'static str],
    pub(super) figure: fn(Seen<'_>) -> Option<Figure>,
}

/// What the tutorial has to say itself.
pub(super) enum Then {
    /// Figures, to which the rule applies as well.
    Figures,
    /// Words only.
    Words(&'static str),
    /// Nothing: readers will want to know all the same.
    Nothing,
}

impl Rule {
    /// What became of it, by the figures of `now` and those that were printed `then`.
    pub(super) fn decide(&self, now: &Tutorial, then: &Tutorial) -> Claim {
        let mut findings = Vec::new();
        for interpreter in newest_first(now) {
            let found = self.python.iter().find_map(|variant| {
                self.profiles(now)
                    .find(|profile| profile.by == interpreter && profile.variant == *variant)
            });
            findings.extend(found.map(|profile| self.finding(now, profile)));
        }
        let newest = findings.first().and_then(|finding| finding.holds);
        let old = findings
            .iter()
            .find(|finding| finding.by.starts_with("cpython-2."));
        let old = old.and_then(|finding| finding.holds);
        let decided = verdict(newest, || old.or_else(|| self.held_then(then)));
        let rust = self
            .profiles(now)
            .filter(|profile| profile.by == FunctionProfile::RUST);
        findings.extend(rust.map(|profile| self.finding(now, profile)));
        Claim {
            id: self.id.to_owned(),
            claim: self.claim.to_owned(),
            then: match self.then {
                Then::Figures => self.printed(then),
                Then::Words(words) => words.to_owned(),
                Then::Nothing => "not in the tutorial".to_owned(),
            },
            rule: self.rule.to_owned(),
            findings,
            verdict: decided,
            why: self.why.to_owned(),
        }
    }

    fn profiles<'a>(&self, tutorial: &'a Tutorial) -> impl Iterator<Item = &'a FunctionProfile> {
        let (experiment, function) = (self.experiment.name(), self.function);
        tutorial.profiles.iter().filter(move |profile| {
            profile.experiment == experiment
                && profile.function == function
                && profile.status == Status::Ok
        })
    }

    fn finding(&self, tutorial: &Tutorial, profile: &FunctionProfile) -> ClaimFinding {
        let figure = (self.figure)(Seen { tutorial, profile });
        ClaimFinding {
            by: profile.by.clone(),
            variant: Some(profile.variant.clone()),
            holds: figure.as_ref().map(|figure| figure.holds),
            now: figure.map(|figure| figure.text),
        }
    }

    /// The tutorial's own figures.
    fn printed(&self, then: &Tutorial) -> String {
        let figures = self.profiles(then).filter_map(|profile| {
            let figure = (self.figure)(Seen {
                tutorial: then,
                profile,
            })?;
            Some(match profile.by.as_str() {
                FunctionProfile::TUTORIAL_32_BIT => format!("32-bit: {}", figure.text),
                _ => figure.text,
            })
        });
        figures.collect::<Vec<_>>().join("; ")
    }

    /// By the original text's own figures.
    fn held_then(&self, then: &Tutorial) -> Option<bool> {
        if !matches!(self.then, Then::Figures) {
            return None;
        }
        let mut profiles = self.profiles(then);
        let profile = profiles.find(|profile| profile.by == FunctionProfile::TUTORIAL)?;
        let seen = Seen {
            tutorial: then,
            profile,
        };
        (self.figure)(seen).map(|figure| figure.holds)
    }
}

/// The newest Python's word, and where it says no, whether it held `then`.
pub(super) fn verdict(newest: Option<bool>, then: impl FnOnce() -> Option<bool>) -> Verdict {
    match newest {
        None => Verdict::Unknown,
        Some(true) => Verdict::Holds,
        // Never is for claims against which there is evidence.
        Some(false) => match then() {
            Some(false) => Verdict::NeverDid,
            _ => Verdict::NoLonger,
        },
    }
}

/// Names of the interpreters that answered, the newest first.
pub(super) fn newest_first(tutorial: &Tutorial) -> Vec<&str> {
    let answered = tutorial.interpreters.iter();
    let mut names: Vec<&str> = answered
        .filter(|interpreter| interpreter.status == Status::Ok)
        .map(|interpreter| interpreter.name.as_str())
        .collect();
    names.sort_by_key(|name| std::cmp::Reverse(version(name)));
    names
}
