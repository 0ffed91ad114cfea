//! The records that are measured.
//!
//! [`Tuples`] makes the tutorial's. Whatever can be written, read and counted
//! is a [`Record`]; formats and suite ask for no more.

mod columns;
mod digest;
mod tuples;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use columns::{Columns, TupleColumns};
pub use digest::Digester;
pub(crate) use digest::of_reader as digest_of_reader;
pub use tuples::{TEXT_CHARS, Tuple, Tuples};

/// What can be measured: it goes through any serde format, and its size in
/// memory is known.
pub trait Record: Serialize + DeserializeOwned + 'static {
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
pub fn deep_bytes<T: Record>(record: &T) -> usize {
    size_of::<T>() + record.owned_bytes()
}
