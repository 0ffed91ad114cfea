//! How many strs are equal to others that are objects of their own: from a sample
//! that does not grow with the data.

use std::collections::HashMap;

/// Different strs in the sample.
const MOST: usize = 4096;

/// Strs that are equal to one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RepeatedTexts {
    /// How many of them there are.
    pub count: u64,
    /// What they take in the newest build, in bytes.
    pub bytes: u64,
    /// Figures come from one in so many different strs; 1 if all were looked at.
    pub one_in: u64,
}

/// The strs so far whose hash is small enough.
#[derive(Debug)]
pub(super) struct Repeats {
    sample: HashMap<u64, (u64, u64)>,
    /// Hashes of the sample begin with so many zeros.
    zeros: u32,
}

impl Repeats {
    pub(super) fn new() -> Repeats {
        Repeats {
            sample: HashMap::new(),
            zeros: 0,
        }
    }

    /// One more str that is an object of its own.
    #[inline]
    pub(super) fn add(&mut self, text: &[u8], bytes: u64) {
        let hash = hash(text);
        if hash.leading_zeros() >= self.zeros {
            self.take(hash, bytes);
        }
    }

    #[inline(never)]
    fn take(&mut self, hash: u64, bytes: u64) {
        let seen = self.sample.entry(hash).or_insert((0, bytes));
        seen.0 += 1;
        while self.sample.len() > MOST {
            self.zeros += 1;
            self.sample
                .retain(|hash, _| hash.leading_zeros() >= self.zeros);
        }
    }

    pub(super) fn told(&self) -> RepeatedTexts {
        let one_in = 1 << self.zeros.min(63);
        let more = self.sample.values().map(|&(count, _)| count - 1);
        let bytes = self.sample.values().map(|&(count, bytes)| {
            let more: u64 = count - 1;
            more.saturating_mul(bytes)
        });
        RepeatedTexts {
            count: more.sum::<u64>().saturating_mul(one_in),
            bytes: bytes.sum::<u64>().saturating_mul(one_in),
            one_in,
        }
    }
}

/// A hash of which every bit depends on all of the text. Who makes texts that have
/// the same gets a wrong piece of advice.
#[inline]
fn hash(text: &[u8]) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| (hash ^ word).wrapping_mul(ODD).rotate_left(29);
    let (words, rest) = text.as_chunks::<8>();
    let mut hash = words.iter().fold(text.len() as u64, |hash, word| {
        mix(hash, u64::from_le_bytes(*word))
    });
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    hash = mix(hash, u64::from_le_bytes(last));
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(ODD);
    hash ^ (hash >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(texts: impl Iterator<Item = String>) -> RepeatedTexts {
        let mut repeats = Repeats::new();
        for text in texts {
            repeats.add(text.as_bytes(), 50);
            assert!(repeats.sample.len() <= MOST);
        }
        repeats.told()
    }

    #[test]
    fn few_texts_are_counted_and_many_are_estimated() {
        let few = told((0..9000).map(|number| format!("text {}", number % 1000)));
        assert_eq!((few.count, few.bytes, few.one_in), (8000, 400_000, 1));
        let many = told((0..900_000).map(|number| format!("text {}", number % 300_000)));
        assert!(many.one_in > 1);
        let off = many.count.abs_diff(600_000);
        assert!(off < 60_000, "{many:?}");
        let different = told((0..100_000).map(|number| format!("text {number}")));
        assert_eq!((different.count, different.bytes), (0, 0));
    }
}
