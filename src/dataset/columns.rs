//! Columns allocated beforehand: the tutorial's advice to fill NumPy arrays
//! row by row instead of loading everything and converting it.
//!
//! Plain vectors stand in for the arrays. What matters here is that each column
//! is one block of fixed-width items, and that is what a `Vec` of numbers is.

use super::{Digester, TEXT_CHARS, Tuple};
use picklestream::literal;

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

/// The columns of a [`Tuple`]: 8 + 20 + 8 bytes a row.
#[derive(Debug, Clone, PartialEq)]
pub struct TupleColumns {
    floats: Vec<f64>,
    /// Fixed width, as NumPy's `S20`.
    texts: Vec<[u8; TEXT_CHARS]>,
    integers: Vec<u64>,
}

impl Columns<Tuple> for TupleColumns {
    fn with_rows(rows: usize) -> TupleColumns {
        TupleColumns {
            floats: Vec::with_capacity(rows),
            texts: Vec::with_capacity(rows),
            integers: Vec::with_capacity(rows),
        }
    }

    fn push(&mut self, (float, text, integer): Tuple) -> Result<(), String> {
        if self.floats.len() == self.floats.capacity() {
            return Err(format!(
                "more than the {} rows that were expected",
                self.floats.len()
            ));
        }
        let text = text.as_bytes().try_into().map_err(|_| {
            format!(
                "a string of {} bytes in a column of {TEXT_CHARS}",
                text.len()
            )
        })?;
        self.floats.push(float);
        self.texts.push(text);
        self.integers.push(integer);
        Ok(())
    }

    fn digest(&self, digester: &mut Digester) -> Result<(), literal::Error> {
        for ((float, text), integer) in self.floats.iter().zip(&self.texts).zip(&self.integers) {
            // Only whole strings of ASCII letters were put in; anything else
            // gives another digest, and that is what a digest is for.
            digester.add(&(float, String::from_utf8_lossy(text), integer))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Tuples;

    #[test]
    fn rows_come_back_in_their_order() {
        let mut columns = TupleColumns::with_rows(100);
        let (mut by_column, mut by_record) = (Digester::new(), Digester::new());
        for record in Tuples::new(100, 1) {
            by_record.add(&record).unwrap();
            columns.push(record).unwrap();
        }
        columns.digest(&mut by_column).unwrap();
        assert_eq!(by_column.finish(), by_record.finish());
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut columns = TupleColumns::with_rows(1);
        let short = columns.push((0.5, "short".to_owned(), 1));
        assert_eq!(short.unwrap_err(), "a string of 5 bytes in a column of 20");
        columns.push((0.5, "x".repeat(20), 1)).unwrap();
        let full = columns.push((0.5, "x".repeat(20), 1));
        assert_eq!(full.unwrap_err(), "more than the 1 rows that were expected");
    }
}
