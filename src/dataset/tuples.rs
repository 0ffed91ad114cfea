//! The tutorial's records, from a seed.
//!
//! The tutorial draws `(random.random(), ''.join(chr(64 + randint(0, 25)) …),
//! randint(0, 2**64))`. Two things differ here. The integer comes from the full
//! range of `u64`: the tutorial's range has one value more, 2**64 itself, which
//! turns up once in 2**64 draws. And the generator is ChaCha8 with a fixed rule
//! from its words to a record, so that a seed means the same records on every
//! machine and in every version.

use picklestream::literal;

use super::builtin::Builtin;
use super::columns::{Columns, has_room};
use super::digest::Digester;
use super::draw::Draw;
use super::shape::Shape;
use super::{Fixed, Measured, Record, RecordKind, Typed};

/// The tutorial's record: a float in [0, 1), a string of [`TEXT_CHARS`]
/// characters from `@` to `Y`, an integer.
pub type Tuple = (f64, String, u64);

/// Characters in a record's string.
pub const TEXT_CHARS: usize = 20;

impl Record for Tuple {
    const KIND: RecordKind = RecordKind::Built(Shape::Tuples);
    type Borrowed<'file> = (f64, &'file str, u64);
}

impl Typed for Tuple {}

impl Fixed for Tuple {}

impl Measured for Tuple {
    type Columns = TupleColumns;

    fn owned_bytes(&self) -> usize {
        self.1.len()
    }
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
        has_room(&self.floats)?;
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

impl Builtin for Tuple {
    const SHAPE: Shape = Shape::Tuples;
    type Source = Tuples;

    fn source(records: u64, seed: u64) -> Tuples {
        Tuples::new(records, seed)
    }
}

/// Makes a sequence of [`Tuple`]s, one at a time, from a seed.
///
/// ```
/// use picklebench::dataset::Tuples;
///
/// let list: Vec<_> = Tuples::new(3, 42).collect();
/// assert_eq!(list, Tuples::new(1_000_000, 42).take(3).collect::<Vec<_>>());
/// assert_eq!(list[0].1.len(), 20);
/// ```
#[derive(Debug, Clone)]
pub struct Tuples {
    left: u64,
    draw: Draw,
}

impl Tuples {
    /// `records` records of the sequence that belongs to `seed`.
    #[must_use]
    pub fn new(records: u64, seed: u64) -> Tuples {
        Tuples {
            left: records,
            draw: Draw::new(seed, Shape::Tuples),
        }
    }
}

impl Iterator for Tuples {
    type Item = Tuple;

    fn next(&mut self) -> Option<Tuple> {
        self.left = self.left.checked_sub(1)?;
        let float = self.draw.float();
        let text = self.draw.letters(TEXT_CHARS as u32, b'@', 26);
        Some((float, text, self.draw.word()))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match usize::try_from(self.left) {
            Ok(left) => (left, Some(left)),
            Err(_) => (usize::MAX, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Digester, deep_bytes};

    /// If this fails, every published figure is about other records.
    #[test]
    fn the_records_of_seed_42_are_pinned() {
        let records: Vec<Tuple> = Tuples::new(1000, 42).collect();
        let first = (
            0.348_254_468_548_076_3,
            "BGJLOIOUBADLLFFLFTAO".to_owned(),
            15_248_795_460_232_212_215,
        );
        assert_eq!(records[0], first);
        let bytes: usize = records.iter().map(deep_bytes).sum();
        assert_eq!(bytes, 60_000);
        let mut digester = Digester::new();
        records
            .iter()
            .for_each(|record| digester.add(record).unwrap());
        // Computed beforehand in Python, from the cipher's definition, this
        // file's rule and Python's own repr.
        let digest = "9116eae2d86d53b0cdf0bbfd6a8b2105478a1a07f3e2589f76f46094d7fc8749";
        assert_eq!(digester.finish(), digest);
    }

    #[test]
    fn records_are_what_the_tutorial_describes() {
        let records: Vec<Tuple> = Tuples::new(10_000, 7).collect();
        assert_eq!(records.len(), 10_000);
        assert!(records.iter().all(|record| (0.0..1.0).contains(&record.0)));
        assert!(records.iter().all(|record| record.1.len() == TEXT_CHARS));
        let letters: std::collections::BTreeSet<char> =
            records.iter().flat_map(|record| record.1.chars()).collect();
        assert_eq!(letters, ('@'..='Y').collect());
        // Half of the integers are too large for an i64.
        let large = records
            .iter()
            .filter(|record| record.2 > i64::MAX as u64)
            .count();
        assert!((4_700..5_300).contains(&large), "{large}");
    }

    #[test]
    fn seeds_give_different_records() {
        assert_ne!(Tuples::new(1, 1).next(), Tuples::new(1, 2).next());
    }

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
