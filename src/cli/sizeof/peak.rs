//! What a whole process takes at the most that loads a pickle.

use pysizeof::{Build, Cost};

/// The share of a predicted peak that it may be too low by, and the least that
/// counts, in bytes: arenas come in MiB. Docs/sizeof.md has what was measured.
const MARGIN: (u64, u64) = (50, 1 << 20);

/// Bytes of the whole process at the most.
pub(super) fn peak(cost: &Cost, build: Build) -> u64 {
    let grown = cost.load_peak().of(build);
    let (part, least) = MARGIN;
    build.interpreter_bytes() + grown + (grown / part).max(least)
}
