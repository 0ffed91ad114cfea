//! Python's pickles and literals, read and written through [serde], record by
//! record, in constant memory. Nothing is ever executed.
//!
//! - [`pickle`] reads what CPython writes for plain data under protocols 0 to
//!   5, and writes any of these. A list of any length is read and written one
//!   item at a time.
//! - [`literal`] does the same for text with a Python literal on each line, as
//!   `print(record, file=f)` writes it.
//! - [`value`] is the Python data model, for data whose type is not known
//!   beforehand.
//! - [`known`] reads objects that are data and nothing else, such as dates and
//!   arrays, as what they are.
//!
//! ```
//! use std::io::Cursor;
//! use picklestream::{literal, pickle};
//!
//! let mut file = Vec::new();
//! let records = (0..1000).map(|n| (f64::from(n), "spam"));
//! pickle::write_list(&mut file, records, &pickle::WriteOptions::default())?;
//!
//! let mut text = literal::Writer::new(Vec::new());
//! for record in pickle::PickleRecords::new(Cursor::new(file))? {
//!     let record: (f64, String) = record?;
//!     text.write(&record)?;
//! }
//! assert!(text.into_inner().starts_with(b"(0.0, 'spam')\n(1.0, 'spam')\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Limits
//!
//! A file can be hostile. Whatever it claims, memory is taken as bytes arrive,
//! never on the word of a length field; [`pickle::PickleLimits`] and
//! [`literal::LiteralLimits`] bound the size of an item, a batch, a line, an
//! integer, and the nesting depth. An error names the limit that was met and
//! its value.
//!
//! A pickle that would run code is refused, and the error says what it asks
//! for; [`pickle::Objects`] makes data of that instead. There is no way to let it
//! run. [`pickle::event`] tells of such opcodes
//! without running them, and [`pickle::summary()`] lists them.

pub mod known;
pub mod literal;
pub mod path;
pub mod pickle;
pub mod value;

pub use value::Value;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
