//! What makes a type of record a built-in dataset.

use super::Measured;
use super::draw::Draw;
use super::shape::{Recipe, Shape};

/// Records of one shape, from a seed.
pub trait Builtin: Measured {
    /// Which.
    const SHAPE: Shape;

    /// Makes them, one at a time.
    type Source: Iterator<Item = Self> + 'static;

    /// The records of a [`Recipe`] with this number of records and this seed.
    fn source(records: u64, seed: u64) -> Self::Source;

    /// How long the list of them is.
    fn list_len(recipe: &Recipe) -> u64 {
        recipe.records
    }
}

/// Records that need nothing but random words, and their number.
#[derive(Debug, Clone)]
pub struct Drawn<T> {
    draw: Draw,
    made: u64,
    records: u64,
    make: fn(&mut Draw, u64) -> T,
}

impl<T> Drawn<T> {
    /// `make` is given the number of the record, from 0.
    pub(super) fn new(
        shape: Shape,
        records: u64,
        seed: u64,
        make: fn(&mut Draw, u64) -> T,
    ) -> Drawn<T> {
        Drawn {
            draw: Draw::new(seed, shape),
            made: 0,
            records,
            make,
        }
    }
}

impl<T> Iterator for Drawn<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        if self.made == self.records {
            return None;
        }
        self.made += 1;
        Some((self.make)(&mut self.draw, self.made - 1))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.records - self.made);
        (left.unwrap_or(usize::MAX), left.ok())
    }
}
