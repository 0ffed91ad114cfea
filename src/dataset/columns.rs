//! Columns allocated beforehand: the tutorial's advice to fill NumPy arrays
//! row by row instead of loading everything and converting it.
//!
//! Plain vectors stand in for the arrays. What matters here is that each column
//! is one block of fixed-width items, and that is what a `Vec` of numbers is.

use picklestream::literal;

use super::digest::Digester;

/// Where records of a type `T` go, column by column.
pub trait Columns<T>: Sized {
    /// Columns with room for exactly `rows` rows, all of it allocated now.
    fn with_rows(rows: usize) -> Self;

    /// Adds a row.
    ///
    /// # Errors
    ///
    /// If the columns are full or a field does not fit its column; the message
    /// says which.
    fn push(&mut self, record: T) -> Result<(), String>;

    /// Adds all rows, in their order, to a digest.
    ///
    /// # Errors
    ///
    /// As [`Digester::add`].
    fn digest(&self, digester: &mut Digester) -> Result<(), literal::Error>;
}
