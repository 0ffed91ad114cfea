//! JSON, through the crate serde_json: as one array, and one value a line.
//!
//! - `array.rs`, `lines.rs`: the two formats.
//! - `strict.rs`: a Python value as JSON, or why not; `form.rs`: what users may
//!   choose for what JSON has nothing for.
//! - `exact.rs`: Python values out of JSON.

mod array;
mod exact;
mod form;
mod lines;
mod strict;

pub use array::Json;
pub use lines::JsonLines;
