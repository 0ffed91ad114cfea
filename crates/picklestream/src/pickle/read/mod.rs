//! From an input to any type that serde can read.
//!
//! `records` is what users call; `reader` runs the machine from batch to batch,
//! `node` is one node and `de` gives it to serde: `sequence` its items, `bulk` a large
//! str or bytes, `object` one that only code could make. `lend` says whether serde may
//! borrow from it.
//! `trial` finds out beforehand whether a pipe would do.

mod bulk;
mod de;
mod lend;
mod node;
mod object;
mod reader;
pub(crate) mod records;
mod sequence;
pub(crate) mod trial;
