//! Which functions each experiment has in Rust.

use crate::tutorial::experiment::Experiment;

use super::function::{Function, Source};
use super::{deepcopy, flat, free_list, pickle, streaming};

/// The experiment's functions in Rust; none where there is nothing of the kind.
#[must_use]
pub fn functions(experiment: Experiment) -> &'static [Function] {
    source(experiment).map_or(&[], |source| source.functions)
}

pub(super) fn source(experiment: Experiment) -> Option<&'static Source> {
    match experiment {
        Experiment::Deepcopy => Some(&deepcopy::SOURCE),
        Experiment::FreeList => Some(&free_list::SOURCE),
        Experiment::Pickle => Some(&pickle::SOURCE),
        Experiment::Flat => Some(&flat::SOURCE),
        Experiment::Streaming => Some(&streaming::SOURCE),
        Experiment::Memo | Experiment::Objects => None,
    }
}
