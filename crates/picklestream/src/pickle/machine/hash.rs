//! A hash for small numbers: one multiplication, by a number that no file knows.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Hashes numbers of up to 64 bits by a random odd factor. Two numbers collide
/// as rarely as chance has it, whoever chose them, as long as the factor is not
/// known.
#[derive(Debug, Clone)]
pub(crate) struct QuickHash {
    factor: u64,
}

impl Default for QuickHash {
    fn default() -> QuickHash {
        QuickHash {
            factor: RandomState::new().build_hasher().finish() | 1,
        }
    }
}

impl BuildHasher for QuickHash {
    type Hasher = QuickHasher;

    #[inline]
    fn build_hasher(&self) -> QuickHasher {
        QuickHasher {
            factor: self.factor,
            hash: 0,
        }
    }
}

/// Hashes one number.
pub(crate) struct QuickHasher {
    factor: u64,
    hash: u64,
}

impl Hasher for QuickHasher {
    #[inline]
    fn write_u64(&mut self, number: u64) {
        // A table looks at the lower bits: the upper half of the product, which
        // depends on every bit of the number, is folded onto them.
        let product = u128::from(self.hash ^ number) * u128::from(self.factor);
        self.hash = product as u64 ^ (product >> 64) as u64;
    }

    #[inline]
    fn write_u32(&mut self, number: u32) {
        self.write_u64(number.into());
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(byte.into());
        }
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.hash
    }
}
