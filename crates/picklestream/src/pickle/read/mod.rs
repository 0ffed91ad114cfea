//! From an input to any type that serde can read.
//!
//! `records` is what users call; `reader` runs the machine from batch to batch,
//! over the part of a pickle that is the `choice`, and `missing` says what is
//! there instead; `items` are those of a root that is no list. `node` is one node and
//! `de` gives it to serde: `sequence` its items, `bulk` a large str or bytes, `object`
//! one that only code could make. `lend` says whether serde may borrow from it,
//! and `nan` whether a dict or set is given one NaN twice. `trial` finds out beforehand whether a pipe would do.

mod bulk;
mod choice;
mod de;
mod items;
mod lend;
mod missing;
mod nan;
mod node;
mod object;
mod reader;
pub(crate) mod records;
mod sequence;
pub(crate) mod trial;
