//! The records that are measured.
//!
//! There is a file for each [`Shape`] of them: [`Tuples`] makes the tutorial's.
//! Whatever can be written and read is a [`Record`], and formats ask for no more;
//! the suite asks that it can be counted, too: [`Measured`].

mod blobs;
mod builtin;
mod columns;
mod dicts;
mod digest;
mod draw;
mod floats;
mod integers;
mod mapping;
mod objects;
mod shape;
mod strings;
mod tuples;
mod typed;
mod value;
mod words;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use blobs::Blob;
pub use builtin::{Builtin, Drawn};
pub use columns::{Column, Columns, NoColumns};
pub use dicts::{BorrowedDict, DictRecord};
pub use digest::Digester;
pub(crate) use digest::of_reader as digest_of_reader;
pub use mapping::Mapping;
pub use objects::Object;
pub use shape::{Recipe, Shape};
pub use tuples::{TEXT_CHARS, Tuple, TupleColumns, Tuples};
pub use typed::Own;
pub use words::WordLists;

/// What goes through any serde format.
pub trait Record: Serialize + DeserializeOwned + Clone + 'static {
    /// What a format has to know of it to say whether it can hold it.
    const KIND: RecordKind;

    /// The same record, whose strings and bytes lie in the file that is read.
    type Borrowed<'file>: Deserialize<'file>;

    /// Whether a file holds one of them and nothing around it, where others
    /// are the items of a list.
    const IS_ROOT: bool = false;

    /// Whether equal strings of theirs are one object in a Python program, so
    /// that its pickles fetch them from the memo.
    const SHARES_STRINGS: bool = false;
}

/// A sort of record, as far as formats differ in what they can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordKind {
    /// Those of a built-in dataset.
    Built(Shape),
    /// Of a type that somebody wrote, in a program of their own.
    Typed,
    /// A [`Value`](picklestream::value::Value): whatever a file holds. Its type is known only from the
    /// file, so the file has to say it.
    Any,
}

/// A record whose type is known when the program is compiled.
pub trait Typed: Record {}

/// A record of which the type tells all: nothing in it is whatever a file holds.
pub trait Fixed: Typed {}

/// A record that the suite can measure: its size in memory is known.
pub trait Measured: Record {
    /// Where [`column-read`](crate::results::Operation::ColumnRead) puts it.
    type Columns: Columns<Self>;

    /// Heap bytes that belong to this record beyond its own `size_of`, tight:
    /// what it holds, not what it has reserved.
    fn owned_bytes(&self) -> usize;
}

/// Deep size of one record within a list, in bytes, without spare capacity.
///
/// ```
/// use picklebench::dataset::deep_bytes;
///
/// let record = (0.5, "twenty characters ok".to_owned(), 1u64);
/// assert_eq!(deep_bytes(&record), 8 + size_of::<String>() + 8 + 20);
/// ```
pub fn deep_bytes<T: Measured>(record: &T) -> usize {
    size_of::<T>() + record.owned_bytes()
}
