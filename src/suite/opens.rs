//! Records that can be asked for again and again.

use crate::dataset::{Measured, deep_bytes};
use crate::formats::{Codec, Compiled, Error, FileFormat};

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

    /// A format as one for these records.
    fn codec(&self, format: &'static dyn FileFormat) -> &'static dyn Codec<T>
    where
        T: Compiled,
    {
        T::codec(format)
    }

    /// Deep size of one of the records within a list, in bytes, tight.
    fn deep_bytes(&self, record: &T) -> usize
    where
        T: Measured,
    {
        deep_bytes(record)
    }
}

/// As many records as there are said to be, told beforehand as formats want it that
/// write their number first; or an error where there are fewer.
pub(super) struct Counted<I> {
    pub(super) records: I,
    pub(super) left: u64,
    pub(super) if_fewer: &'static str,
}

impl<T, I: Iterator<Item = Result<T, Error>>> Iterator for Counted<I> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let record = self.records.next();
        Some(record.unwrap_or_else(|| Err(self.if_fewer.into())))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.left);
        (left.unwrap_or(usize::MAX), left.ok())
    }
}
