//! What records are made of: numbers and letters from a seed, the same on every
//! machine and in every version.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::shape::Shape;

/// The words of ChaCha8 by a fixed rule. Each shape has a stream of its own.
#[derive(Debug, Clone)]
pub(super) struct Draw(ChaCha8Rng);

impl Draw {
    pub(super) fn new(seed: u64, shape: Shape) -> Draw {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        // That of the tuples is as it was before there were others.
        key[8] = shape.stream();
        Draw(ChaCha8Rng::from_seed(key))
    }

    pub(super) fn word(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// In [0, 1), with the 53 bits that Python's `random()` has.
    pub(super) fn float(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Below `n`: the upper half of a product, so that each is as likely as the
    /// others to within `n` in 2^32.
    pub(super) fn below(&mut self, n: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(n)) >> 32) as u32
    }

    /// From `least` to `most`, both included.
    pub(super) fn between(&mut self, least: u32, most: u32) -> u32 {
        least + self.below(most - least + 1)
    }

    /// `len` letters from `first` on, of which there are `count`.
    pub(super) fn letters(&mut self, len: u32, first: u8, count: u32) -> String {
        let mut text = String::with_capacity(len as usize);
        for _ in 0..len {
            text.push(char::from(first + self.below(count) as u8));
        }
        text
    }
}
