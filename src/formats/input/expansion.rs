//! How far compressed data may grow.

use plainfigures::MIB;

/// A limit against small files that unpack to endless ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expansion {
    /// How many times its size compressed data may grow to.
    pub times: u64,
    /// How many bytes are always allowed.
    pub floor_bytes: u64,
}

impl Default for Expansion {
    /// gzip reaches 1,032 times at most, the others far more on what repeats
    /// itself.
    fn default() -> Expansion {
        Expansion {
            times: 2000,
            floor_bytes: 64 * MIB,
        }
    }
}

impl Expansion {
    /// Whether `packed` bytes may have become `unpacked`.
    pub(super) fn allows(self, packed: u64, unpacked: u64) -> bool {
        unpacked <= self.floor_bytes.max(packed.saturating_mul(self.times))
    }
}
