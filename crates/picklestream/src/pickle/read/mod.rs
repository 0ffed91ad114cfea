//! From an input to any type that serde can read.
//!
//! `records` is what users call; `reader` runs the machine from batch to batch,
//! over the part of a pickle that is the `choice`, and `missing` says what is
//! there instead; `items` are those of a root that is no list. `de` gives serde one
//! node, `object` one that is an object that only code could make, and `lend` says
//! whether serde may borrow from it. `trial` finds out beforehand whether a pipe
//! would do.

mod choice;
mod de;
mod items;
mod lend;
mod missing;
mod object;
mod reader;
pub(crate) mod records;
pub(crate) mod trial;
