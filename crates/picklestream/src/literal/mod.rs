//! Python literals as text, one record a line.
//!
//! [`Writer`] writes what Python's `print(record, file=f)` writes, and
//! [`LiteralRecords`] reads what it wrote: a line is a literal, a literal is a record,
//! and only one of them is in memory at a time. [`to_string`] and [`from_str`]
//! do the same for a single literal.
//!
//! ```
//! use picklestream::literal;
//!
//! let mut writer = literal::Writer::new(Vec::new());
//! writer.write(&(0.5, "spam", 7))?;
//! writer.write(&(1e16, "it's", 8))?;
//! let text = writer.into_inner();
//! assert_eq!(text, b"(0.5, 'spam', 7)\n(1e+16, \"it's\", 8)\n");
//!
//! for record in literal::LiteralRecords::new(text.as_slice()) {
//!     let (x, name, n): (f64, String, u64) = record?;
//!     println!("{name}: {x}, {n}");
//! }
//! # Ok::<(), literal::Error>(())
//! ```
//!
//! # How types map
//!
//! | Rust, through serde | Python |
//! |---|---|
//! | `Option::None`, `()`, unit struct | `None` |
//! | `bool` | `True`, `False` |
//! | integers | `int` |
//! | `f64`, `f32` | `float`, with the digits of `repr` |
//! | `str`, `char` | `str`, quoted as by `repr` |
//! | serde's bytes | `bytes` |
//! | tuple, tuple struct | `tuple` |
//! | sequence (`Vec`, slice, `HashSet`) | `list` |
//! | map | `dict` |
//! | struct | `dict` with its field names as keys |
//! | unit variant | `str` with its name |
//! | other variants | `dict` with one key, the name |
//!
//! Reading is the reverse, with three freedoms: any of Python's sequences is
//! read into a tuple or a sequence, a tuple or list is read into a struct field
//! by field, and `bytearray` is read as bytes. [`Value`](crate::value::Value)
//! keeps every Python type apart.
//!
//! # What is read
//!
//! The grammar of Python 3 for literals: all its strings and escapes, all its
//! numbers, containers with or without a trailing comma, parentheses around
//! any value, spaces anywhere between tokens. As in Python, `1` is not a float,
//! `01` is not a number, and `(1)` is not a tuple. Beyond it are read:
//!
//! - `inf`, `nan`, `-inf`, which `repr` writes though Python itself does not
//!   evaluate them;
//! - the suffix `L` that Python 2 wrote after a long integer;
//! - `set()`, `frozenset({…})` and `bytearray(b'…')`, as `repr` writes them, and
//!   `set([…])` of Python 2;
//! - complex numbers as `repr` writes them, with the sign of every zero kept
//!   (Python's own evaluation loses that of `(-0+1j)`).
//!
//! Refused, with a message that says so: comments, adjacent strings that
//! Python would join, f-strings, `\N{…}`, a tuple without its
//! parentheses, a parenthesis behind a sign, and any other name, call or
//! operator. Nothing is ever executed.
//!
//! Which characters `repr` writes as escapes depends on the version of Unicode;
//! this module knows 14.0, as CPython 3.11 does. A newer Python writes a few
//! more characters as themselves, and reads ours as the same strings.

mod cursor;
mod de;
mod error;
mod items;
mod limits;
mod lookahead;
mod number;
mod parser;
mod printable;
mod printable_table;
mod quote;
mod records;
mod ser;
mod string;
mod words;
mod writer;

use std::io::Write;

use serde::{Deserialize, Serialize};

pub use error::{Error, ErrorKind};
pub use limits::LiteralLimits;
pub use records::LiteralRecords;
pub use writer::{Writer, append_line, append_line_through};

/// Writes `value` as a Python literal, as Python 3's `repr` would.
///
/// # Errors
///
/// [`ErrorKind::Data`] when the type's own `Serialize` gives an error.
///
/// ```
/// # use picklestream::literal;
/// assert_eq!(literal::to_string(&(1, "two", [3.0], None::<()>))?, "(1, 'two', (3.0,), None)");
/// assert_eq!(literal::to_string(&vec![true, false])?, "[True, False]");
/// # Ok::<(), literal::Error>(())
/// ```
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    let mut out = Vec::new();
    ser::append(&mut out, None, value)?;
    String::from_utf8(out).map_err(|error| Error::data(error.to_string()))
}

/// Writes `value` as a Python literal, without a line end, in one call of
/// [`write_all`](Write::write_all).
///
/// For records one after another use [`Writer`].
///
/// # Errors
///
/// As [`to_string`], and [`ErrorKind::Io`] when `writer` fails.
pub fn to_writer<T: Serialize + ?Sized>(writer: &mut impl Write, value: &T) -> Result<(), Error> {
    let mut out = Vec::new();
    ser::append(&mut out, None, value)?;
    writer.write_all(&out).map_err(Error::io)
}

/// Reads a Python literal; `&str` and `&[u8]` in `T` borrow from `text` where
/// the literal has no escapes.
///
/// # Errors
///
/// See [`ErrorKind`]; the error holds line, column and byte offset.
///
/// ```
/// # use picklestream::literal;
/// let (x, name, n): (f64, &str, u64) = literal::from_str("(0.5, 'spam', 7)")?;
/// assert_eq!((x, name, n), (0.5, "spam", 7));
///
/// let error = literal::from_str::<(f64, u64)>("(1, 2)").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "line 1, column 2: expected a float, found the int 1 (Python writes a float with a point: 1.0)"
/// );
/// # Ok::<(), literal::Error>(())
/// ```
pub fn from_str<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, Error> {
    from_slice(text.as_bytes())
}

/// Reads a Python literal from bytes that should be UTF-8.
///
/// # Errors
///
/// As [`from_str`], and [`ErrorKind::Syntax`] where a string is not UTF-8.
pub fn from_slice<'de, T: Deserialize<'de>>(text: &'de [u8]) -> Result<T, Error> {
    from_slice_with(text, LiteralLimits::default())
}

/// Reads a Python literal within limits of your own.
///
/// # Errors
///
/// As [`from_slice`], and [`ErrorKind::Limit`] where `text` goes past a limit.
pub fn from_slice_with<'de, T: Deserialize<'de>>(
    text: &'de [u8],
    limits: LiteralLimits,
) -> Result<T, Error> {
    de::read(text, &limits).map_err(|error| error.in_text(text))
}
