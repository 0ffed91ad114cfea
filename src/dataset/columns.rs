//! Columns allocated beforehand: the tutorial's advice to fill NumPy arrays
//! row by row instead of loading everything and converting it.
//!
//! Plain vectors stand in for the arrays. What matters here is that each column
//! is one block of fixed-width items, and that is what a `Vec` of numbers is.

use picklestream::literal;
use serde::Serialize;

use super::digest::Digester;

/// Where records of a type `T` go, column by column.
pub trait Columns<T>: Sized {
    /// Whether there are any: fields of a fixed width.
    const EXIST: bool = true;

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

/// A record that is one number, and so one column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column<T>(Vec<T>);

impl<T: Serialize> Columns<T> for Column<T> {
    fn with_rows(rows: usize) -> Column<T> {
        Column(Vec::with_capacity(rows))
    }

    fn push(&mut self, record: T) -> Result<(), String> {
        has_room(&self.0)?;
        self.0.push(record);
        Ok(())
    }

    fn digest(&self, digester: &mut Digester) -> Result<(), literal::Error> {
        self.0.iter().try_for_each(|record| digester.add(record))
    }
}

/// For records that have no field of a fixed width.
#[derive(Debug, Clone, PartialEq)]
pub struct NoColumns;

impl<T> Columns<T> for NoColumns {
    const EXIST: bool = false;

    fn with_rows(_: usize) -> NoColumns {
        NoColumns
    }

    fn push(&mut self, _: T) -> Result<(), String> {
        Err("its records have no columns".to_owned())
    }

    fn digest(&self, _: &mut Digester) -> Result<(), literal::Error> {
        Ok(())
    }
}

/// # Errors
///
/// If the column is full: then it would move, and be there twice.
pub(super) fn has_room<T>(column: &Vec<T>) -> Result<(), String> {
    if column.len() < column.capacity() {
        return Ok(());
    }
    Err(format!(
        "more than the {} rows that were expected",
        column.len()
    ))
}
