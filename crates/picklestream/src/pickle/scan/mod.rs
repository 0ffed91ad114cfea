//! Passing over a pickle without building values.
//!
//! `walk` tells an observer of every opcode; `first_pass` (what the memo must
//! keep) and `summary` (what a file holds) are such observers. `event` hands
//! every opcode with its argument to others. `skim` is the fast part of the first
//! pass, `tally` that of the summary.

pub mod event;
pub(crate) mod first_pass;
mod skim;
pub(crate) mod summary;
mod tally;
mod walk;
