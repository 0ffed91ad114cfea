//! Which part of the data takes how much: a tree of totals in which what is alike
//! is one part, made while the data goes by.
//!
//! `leaf` tells what objects without parts take, `names` numbers types, `branch` is
//! the tree while it grows, within bounds, `watch` what an unpickler tells of its
//! objects, `shown` makes the same of objects that are all at hand, `repeats` looks
//! for equal strs, `part` is the answer.

mod branch;
mod leaf;
mod names;
mod part;
mod repeats;
mod shown;
mod watch;

pub(super) use branch::{Branch, NEWEST, Spot, Stats};
pub(super) use names::TypeId;
pub(super) use shown::parts_of;
pub(super) use watch::Watch;

pub use part::{Label, Part, Parts, TypeTotal};
pub use repeats::RepeatedTexts;
