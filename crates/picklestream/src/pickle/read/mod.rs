//! From an input to any type that serde can read.
//!
//! `records` is what users call; `reader` runs the machine from batch to batch,
//! `de` gives serde one node, `bulk` a large str or bytes, `object` one that is an object that only code could
//! make, and `lend` says whether serde may borrow from it.
//! `trial` finds out beforehand whether a pipe would do.

mod bulk;
mod de;
mod lend;
mod object;
mod reader;
pub(crate) mod records;
pub(crate) mod trial;
