//! What became of the tutorial's claims, by this run's figures.
//!
//! Each rule in `rules.rs` says when its claim holds. The verdict is that of
//! the newest Python in the run, asked the tutorial's own way. Where it does
//! not hold there, Python 2.7 decides whether it ever did: the one in the run,
//! or else the tutorial's own figures.
//!
//! - `figure.rs`: what rules may ask of a profile.
//! - `rule.rs`: what a claim is, and how it is decided.
//! - `rules.rs`: the claims, one after another; `sizes.rs`: the one about single
//!   objects.

mod figure;
mod rule;
mod rules;
mod sizes;

use crate::results::{Claim, Tutorial};

use super::then;
use rule::Rule;

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
        profiles.any(|profile| profile.experiment == rule.experiment.name())
    };
    let rules = rules::RULES.iter().filter(ran);
    let decided = rules.map(|rule| rule.decide(tutorial, &then));
    let sizes = (!tutorial.objects.is_empty()).then(|| sizes::claim(tutorial));
    sizes.into_iter().chain(decided).collect()
}
