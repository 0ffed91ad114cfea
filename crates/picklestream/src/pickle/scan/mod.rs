//! Passing over a pickle without building values.
//!
//! `walk` tells an observer of every opcode. `first_pass` (what the memo must keep)
//! is such an observer, over the `state` that it is in; so is `summarise` (what a
//! file holds), with its `counter`, the `refusals` among it, and the `summary` that
//! it gives. `skim` and `tally` are the fast parts of the two. `locate` finds where
//! the target of a path lies (a `part`), by a `shadow` of the stack. `event` hands
//! every opcode with its argument to others.

mod counter;
pub mod event;
pub(crate) mod first_pass;
pub(crate) mod locate;
pub(crate) mod part;
mod refusals;
mod shadow;
mod skim;
mod state;
pub(crate) mod summarise;
pub(crate) mod summary;
mod tally;
mod walk;
