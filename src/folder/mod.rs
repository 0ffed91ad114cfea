//! The files of a folder: one after another or several at a time, in memory that
//! grows neither with their number nor with their size.
//!
//! - `walk.rs`: which files there are, in order, and what is passed over.
//! - `jobs.rs`: work on them by several threads, with the results in order.

mod jobs;
mod walk;

pub(crate) use jobs::{Event, on_each};
pub(crate) use walk::{Found, NameOrder, PassedOver, Walk};
