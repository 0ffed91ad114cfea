//! Python's pickle: any pickled list, read and written in constant memory, and
//! nothing ever executed.
//!
//! # Reading
//!
//! [`PickleRecords`] hands out one record after another; [`from_reader`],
//! [`from_pipe`] and [`from_slice`] read one pickle as a whole, into
//! [`Value`](crate::value::Value) or any type of yours. Read is what CPython
//! writes for plain data under protocols 0 to 5, from 2.7 on, and what other
//! writers make of the same opcodes:
//!
//! | Python | Rust |
//! |---|---|
//! | `None` | `()`, `Option` |
//! | `bool`, `int`, `float` | `bool`, integers to 128 bits, `f64` |
//! | `str` | `String`, `&str`, `char` |
//! | `bytes`, `bytearray` | `Vec<u8>`, `&[u8]` through `serde_bytes` |
//! | `tuple`, `list`, `set`, `frozenset` | tuples, sequences; structs by position |
//! | `dict` | maps; structs by name |
//! | `str`, or a `dict` of one item | enums |
//!
//! The items of a dict or set are handed over as they stand in the file, one by
//! one, and a map of Rust has its own equality.
//! [`Value`](crate::value::Value) has Python's: of a key given twice the first
//! place and the last value stay, `1`, `1.0` and `True` are one key, and a
//! `list` is none. A NaN equals nothing, itself neither. What reads a dict item
//! by item ([`event`]) sees it as it stands.
//!
//! What Python 2 calls `str` is read as `str` if it is UTF-8, else as `bytes`.
//! [`ReadOptions::encoding`] reads it in other ways. A `str` with lone surrogates is a
//! [`Value::Surrogates`](crate::value::Value::Surrogates), and no `String`. What
//! contains itself is an error that tells the way to it. What follows the last pickle
//! and begins no other is ignored: see [`PickleRecords::ignored`].
//!
//! # Objects
//!
//! What would run code (`GLOBAL`, `REDUCE`, `BUILD` and their like) is refused by
//! name, but for the few globals that stand for plain data. With
//! [`Objects::AsData`] it is described instead, and nothing runs either: as a
//! [`Value::Object`](crate::value::Value::Object), or for a type of yours as a map of
//! its attributes.
//!
//! ```
//! use std::io::Cursor;
//! use picklestream::pickle::{self, Objects, ReadOptions};
//!
//! #[derive(serde::Deserialize)]
//! struct Plain { i: u32, s: String }
//!
//! // pickle.dumps(Plain(7), 2), whose attributes are i = 7 and s = 'x'
//! let file = b"\x80\x02c__main__\nPlain\nq\0)\x81q\x01}q\x02(X\x01\0\0\0iq\x03K\x07\
//!     X\x01\0\0\0sq\x04X\x01\0\0\0xq\x05ub.";
//! let mut options = ReadOptions::default();
//! options.objects = Objects::AsData;
//! let plain: Plain = pickle::from_reader(Cursor::new(file), &options)?;
//! assert_eq!((plain.i, &*plain.s), (7, "x"));
//! # Ok::<(), pickle::Error>(())
//! ```
//!
//! The attributes are the state where that is a dict, or a tuple of two, `__dict__`
//! and slots; keys that are set in an object, as in a subclass of `dict`, come before
//! them. For a sequence an object is what was appended to it. Objects that are known
//! to be data can be written again, as what they were; no other can.
//!
//! # How it stays small
//!
//! The stack machine runs to the next `APPEND` or `APPENDS` on the root,
//! keeps that batch in vectors that are used again and again, lets serde read
//! it, and goes on. The memo, which makes CPython's unpickler keep everything,
//! is kept as far as a [`MemoPolicy`] says. [`PickleLimits`] bound what a hostile
//! file can cost.
//!
//! # Writing
//!
//! [`write_list`] takes records one at a time from an iterator,
//! [`to_writer`] any one value. Without memo files are smaller and written
//! faster; [`WriteMemo::Cpython`] writes CPython's own bytes.
//!
//! # Looking
//!
//! [`summary()`] tells what a file holds without reading it into anything.
//!
//! # Sources
//!
//! CPython's `pickletools`, `Lib/pickle.py` and `Modules/_pickle.c`; PEP 307
//! (protocol 2), PEP 3154 (protocol 4) and PEP 574 (protocol 5).
//!
//! # Where things are
//!
//! One folder for each direction, importing only from those before it:
//! `opcodes` (the table, the input, the loop over it) → `machine` (opcodes to
//! nodes, and their memory) → `scan` (passing over) → `read` (nodes to types).
//! `write` (types to opcodes) and `joblib` (opcodes to opcodes) stand beside them.

mod error;
pub mod joblib;
mod machine;
mod opcodes;
mod options;
mod read;
mod scan;
mod write;

pub use error::{Error, ErrorKind, Result};
pub use options::{
    Encoding, MemoPolicy, Objects, PickleLimits, ReadOptions, Select, WriteMemo, WriteOptions,
};
pub use read::records::{PickleRecords, from_pipe, from_reader, from_slice};
pub use read::trial::check_pipe;
pub use scan::event;
pub use scan::summarise::{summary, summary_so_far};
pub use scan::summary::{Refused, Summary};
pub use write::writer::{to_writer, try_write_list, write_list};
