//! The Python data model: what a pickle or a Python literal can hold.
//!
//! [`Value`] is for data whose shape is not known beforehand. Where the shape
//! is known, read straight into your own type instead: it needs less memory
//! and says at once when a record does not fit.
//!
//! Both codecs, [`pickle`](crate::pickle) and [`literal`](crate::literal),
//! speak [`serde`]. Serde knows neither Python's sets nor tuples apart from
//! lists, so the private file `transport.rs` agrees on how a [`Value`] passes
//! through serde between our codecs without loss. Any other serde format sees
//! the nearest thing it has (a tuple is a sequence, a set is a sequence).

pub mod float;
mod keys;
mod model;
pub(crate) mod name;
mod object;
mod pairs;
mod parts;
pub(crate) mod surrogates;
mod transport;
mod written;

pub use model::{Global, Made, Object, Value};
pub(crate) use parts::{Receiver, captured_str, fields, give_parts, parts};
pub use surrogates::Surrogates;
pub(crate) use transport::{Kind, visit_kind};
pub use written::AsWritten;
