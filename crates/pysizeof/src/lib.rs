//! How many bytes an object takes in Python, without running Python and
//! without executing anything: `sys.getsizeof` of a literal, or of what a
//! pickle holds, and of all that it refers to, for several builds of CPython
//! and for Rust.
//!
//! A container's size depends on how it was made, so [`of_literal`] makes it as
//! CPython compiles and evaluates a literal, [`of_pickle`] as CPython's C
//! unpickler builds it.
//!
//! ```
//! use pysizeof::{Build, Memory};
//!
//! let sizing = pysizeof::of_literal("[4, 'toaster', 230.1]", Memory::Requested)?;
//! // sys.getsizeof of the list alone …
//! assert_eq!(sizing.root().bytes().of(Build::Cpython27), 96);
//! assert_eq!(sizing.root().bytes().of(Build::Cpython311), 88);
//! // … and with all that it refers to.
//! assert_eq!(sizing.total().of(Build::Cpython311), 88 + 28 + 56 + 24);
//! # Ok::<(), pysizeof::Error>(())
//! ```
//!
//! # What is counted
//!
//! An object that is referred to twice is counted once: what a pickle fetches
//! from its memo, equal constants of a literal (which the compiler makes one
//! object), and what the interpreter has but one of, such as small ints.
//!
//! # Limits of the model
//!
//! - A str of a literal is `str` in Python 2 as well: bytes, in UTF-8.
//! - Equal keys are those that Python 3 takes to be equal; to Python 2, `'a'` and
//!   `b'a'` are equal too.
//! - The keys of a pickled dict, and the items of a pickled set, are taken to
//!   be different from each other, as every pickler writes them.
//! - A str that was once encoded to UTF-8 may keep that; a new one does not.
//! - A dict display of more than 65,535 items is not modelled for 3.8, which
//!   made it in several pieces.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod blocks;
mod build;
mod census;
mod class;
mod compiled;
mod container;
mod cost;
mod error;
mod forms;
mod growth;
mod heap;
mod kind;
mod layout;
mod object;
mod parts;
mod rust;
mod savings;
mod shape;
mod shared_keys;
mod sizing;
mod table;
mod text;
mod unpickled;

use std::io::{BufRead, Seek};

use picklestream::literal;
use picklestream::value::AsWritten;

pub use build::{Build, Sizes};
pub use cost::Cost;
pub use error::Error;
pub use forms::Form;
pub use layout::Memory;
pub use object::{KEPT_CHILDREN, Object};
pub use parts::{Label, Part, Parts, RepeatedTexts, TypeTotal};
pub use savings::TuplesForDicts;
pub use sizing::{Detail, Instances, Made, Sizing, Unknown};

/// The sizes of a Python literal.
///
/// # Errors
/// [`Error::Literal`] where the text is not a literal, [`Error::Unhashable`]
/// where Python would refuse a key.
pub fn of_literal(text: &str, memory: Memory) -> Result<Sizing, Error> {
    let AsWritten(value) = literal::from_str(text)?;
    compiled::size(&value, memory)
}

/// The sizes of the one pickle that `reader` holds. It is read twice: first
/// for what its memo fetches, which is kept, and nothing else, so that a list
/// takes memory for one batch of its records.
///
/// Nothing is run. A pickle that ends too early gives what was counted so far: see
/// [`Sizing::cut_short`]. What code would make is an object of unknown size, whose parts
/// are counted: see [`Unknown`].
///
/// ```
/// use std::io::Cursor;
/// use pysizeof::{Build, Memory};
///
/// // pickle.dumps([4, 'toaster', 230.1], 2)
/// let pickle = b"\x80\x02]q\0(K\x04X\x07\0\0\0toasterq\x01G@l\xc333333e.";
/// let sizing = pysizeof::of_pickle(Cursor::new(pickle), Memory::Requested)?;
/// // Appending leaves room: 8 slots, where the literal has 4.
/// assert_eq!(sizing.root().bytes().of(Build::Cpython311), 120);
/// assert_eq!(sizing.root().repr(40), "[4, 'toaster', 230.1]");
/// # Ok::<(), pysizeof::Error>(())
/// ```
///
/// # Errors
/// [`Error::Pickle`], with the byte at which the pickle cannot be read on.
pub fn of_pickle<R: BufRead + Seek>(reader: R, memory: Memory) -> Result<Sizing, Error> {
    of_pickle_in_detail(reader, memory, Detail::Totals)
}

/// [`of_pickle`] from an input that can be read only once. Then every object
/// in the memo is kept, since any of them may be fetched later; more than 2^20
/// of them are an error.
///
/// # Errors
/// [`Error::Pickle`].
pub fn of_pickle_pipe<R: BufRead>(reader: R, memory: Memory) -> Result<Sizing, Error> {
    of_pickle_pipe_in_detail(reader, memory, Detail::Totals)
}

/// [`of_pickle`], with so much told.
///
/// ```
/// use std::io::Cursor;
/// use pysizeof::{Build, Detail, Label, Memory};
///
/// // pickle.dumps({"a": [1.5, 2.5], "b": None})
/// let pickle = b"\x80\x02}(X\x01\0\0\0a](G?\xf8\0\0\0\0\0\0G@\x04\0\0\0\0\0\0eX\x01\0\0\0bNu.";
/// let sizing =
///     pysizeof::of_pickle_in_detail(Cursor::new(pickle), Memory::Requested, Detail::Parts)?;
/// let root = sizing.parts().unwrap().root();
/// let largest = &root.parts()[0];
/// assert_eq!(*largest.label(), Label::At("a".parse::<picklestream::path::Path>().unwrap().steps()[0].clone()));
/// // The list with room for 8 items, and two floats.
/// assert_eq!(largest.bytes().of(Build::Cpython312), 56 + 8 * 8 + 2 * 24);
/// assert_eq!(largest.parts()[0].count(), 2);
/// # Ok::<(), pysizeof::Error>(())
/// ```
///
/// # Errors
/// [`Error::Pickle`].
pub fn of_pickle_in_detail<R: BufRead + Seek>(
    reader: R,
    memory: Memory,
    detail: Detail,
) -> Result<Sizing, Error> {
    Ok(unpickled::size_of_file(reader, memory, detail)?)
}

/// [`of_pickle_pipe`], with so much told.
///
/// # Errors
/// [`Error::Pickle`].
pub fn of_pickle_pipe_in_detail<R: BufRead>(
    reader: R,
    memory: Memory,
    detail: Detail,
) -> Result<Sizing, Error> {
    Ok(unpickled::size_of_pipe(reader, memory, detail)?)
}
