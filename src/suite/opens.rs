//! Records that can be asked for again and again.

use crate::dataset::{Measured, deep_bytes};
use crate::formats::Error;

/// Records on their way out of a source.
pub type Sourced<T> = Box<dyn Iterator<Item = Result<T, Error>>>;

/// A source of records whose type is known.
pub trait Opens<T> {
    /// The records, one at a time.
    ///
    /// # Errors
    ///
    /// If what holds them cannot be read.
    fn open(&self) -> Result<Sourced<T>, Error>;

    /// How long the list of them is.
    fn list_len(&self) -> u64;

    /// Deep size of one of the records within a list, in bytes, tight.
    fn deep_bytes(&self, record: &T) -> usize
    where
        T: Measured,
    {
        deep_bytes(record)
    }
}
