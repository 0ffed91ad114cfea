//! What became of the tutorial's claims, by this run's figures.
//!
//! Each rule in `rules.rs` says when its claim holds. The verdict is that of
//! the newest Python in the run, asked the tutorial's own way. Where it does
//! not hold there, Python 2.7 decides whether it ever did: the one in the run,
//! or else the tutorial's own figures.
//!
//! - `figure.rs`: what rules may ask of a profile.
//! - `rules.rs`: the claims, one after another.

mod figure;
mod rules;

use crate::results::{Claim, ClaimFinding, Profile, Status, Tutorial, Verdict, version};

use self::figure::{Figure, Seen};
use super::then;

/// A claim, and when it holds.
struct Rule {
    id: &'static str,
    claim: &'static str,
    /// When it holds, for people.
    rule: &'static str,
    /// Why it does or does not, in one sentence.
    why: &'static str,
    then: Then,
    experiment: &'static str,
    function: &'static str,
    /// The Python variants that stand for the tutorial's way: the first that
    /// an interpreter has.
    python: &'static [&'static str],
    figure: fn(Seen<'_>) -> Option<Figure>,
}

/// What the tutorial has to say itself.
enum Then {
    /// Figures, to which the rule applies as well.
    Figures,
    /// Words only.
    Words(&'static str),
    /// Nothing: readers will want to know all the same.
    Nothing,
}

/// The claims that this run's experiments are about, decided by their profiles
/// and by the sizes of objects.
#[must_use]
pub fn claims(tutorial: &Tutorial) -> Vec<Claim> {
    let then = Tutorial {
        profiles: then::profiles(),
        ..Tutorial::default()
    };
    let ran = |rule: &&Rule| {
        let mut profiles = tutorial.profiles.iter();
        profiles.any(|profile| profile.experiment == rule.experiment)
    };
    let rules = rules::RULES.iter().filter(ran);
    let decided = rules.map(|rule| rule.decide(tutorial, &then));
    let sizes = (!tutorial.objects.is_empty()).then(|| rules::sizes(tutorial));
    sizes.into_iter().chain(decided).collect()
}

impl Rule {
    fn decide(&self, now: &Tutorial, then: &Tutorial) -> Claim {
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
            .filter(|profile| profile.by == Profile::RUST);
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

    fn profiles<'a>(&self, tutorial: &'a Tutorial) -> impl Iterator<Item = &'a Profile> {
        let (experiment, function) = (self.experiment, self.function);
        tutorial.profiles.iter().filter(move |profile| {
            profile.experiment == experiment
                && profile.function == function
                && profile.status == Status::Ok
        })
    }

    fn finding(&self, tutorial: &Tutorial, profile: &Profile) -> ClaimFinding {
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
                Profile::TUTORIAL_32_BIT => format!("32-bit: {}", figure.text),
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
        let profile = profiles.find(|profile| profile.by == Profile::TUTORIAL)?;
        let seen = Seen {
            tutorial: then,
            profile,
        };
        (self.figure)(seen).map(|figure| figure.holds)
    }
}

/// The newest Python's word, and where it says no, whether it held `then`.
fn verdict(newest: Option<bool>, then: impl FnOnce() -> Option<bool>) -> Verdict {
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
fn newest_first(tutorial: &Tutorial) -> Vec<&str> {
    let answered = tutorial.interpreters.iter();
    let mut names: Vec<&str> = answered
        .filter(|interpreter| interpreter.status == Status::Ok)
        .map(|interpreter| interpreter.name.as_str())
        .collect();
    names.sort_by_key(|name| std::cmp::Reverse(version(name)));
    names
}
