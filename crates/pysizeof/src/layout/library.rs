//! How each build lays out objects of the standard library's classes.
//!
//! Sources, all in CPython: `Include/datetime.h`, `Modules/_collectionsmodule.c`,
//! `Modules/_decimal/_decimal.c`, `Objects/rangeobject.c`, `Objects/sliceobject.c`,
//! `Lib/fractions.py`, `Lib/decimal.py` (2.7).

use crate::blocks::Parts;
use crate::class::Class;

use super::{Layout, one};

/// The numbers of a build for the standard library; bytes unless another unit is
/// named.
#[derive(Debug)]
pub(super) struct Library {
    /// `dequeobject`, with the blocks that it keeps to use again.
    deque: u64,
    /// Items of a block of it.
    deque_items: u64,
    /// Places that are free before the first item.
    deque_first: u64,
}

pub(super) const PYTHON_2_7: Library = Library {
    deque: 80,
    deque_items: 62,
    deque_first: 31,
};

pub(super) const PYTHON_3_8: Library = Library {
    deque: 80,
    deque_items: 64,
    deque_first: 1,
};

pub(super) const PYTHON_3_11: Library = Library {
    deque: 216,
    ..PYTHON_3_8
};

/// Digits of a Decimal that `_decimal` has room for in the object, and those of a
/// word of 8 bytes beyond.
const DECIMAL_DIGITS: (u64, u64) = (76, 19);

impl Layout {
    /// An object of a class that refers to a few others at most.
    pub(crate) fn atom(&self, class: Class) -> Parts {
        one(match class {
            Class::Date => 32,
            Class::DateTime => 48,
            Class::Time | Class::TimeDelta | Class::ZeroTimeDelta => 40,
            Class::TimeZone | Class::Utc => 32,
            Class::Fraction => self.collector + 32,
            Class::Range if self.is_python_2() => 40,
            Class::Range => 48,
            Class::Slice => self.collector + 40,
            _ => 0,
        })
    }

    /// A Decimal of so many digits.
    pub(crate) fn decimal(&self, digits: u64) -> Parts {
        // A class written in Python with four slots.
        if self.is_python_2() {
            return one(self.collector + 48);
        }
        let (room, of_word) = DECIMAL_DIGITS;
        let words = if digits > room {
            digits.div_ceil(of_word)
        } else {
            0
        };
        // Without a collector's header, before 3.13.
        Parts::slots(104, 8 * words)
    }

    /// The digits that a Decimal refers to in 2.7: one alone exists once for all.
    pub(crate) fn decimal_digits(&self, digits: u64) -> Parts {
        if self.is_python_2() && digits > 1 {
            self.bytes(digits)
        } else {
            one(0)
        }
    }

    /// A deque without its blocks.
    pub(crate) fn deque(&self) -> Parts {
        one(self.collector + self.library.deque)
    }

    /// A block of a deque: its items and two links.
    pub(crate) fn deque_block(&self) -> Parts {
        Parts::slots(0, 8 * (self.library.deque_items + 2))
    }

    /// How many blocks a deque has that got so many items at its end.
    pub(crate) fn deque_blocks(&self, len: u64) -> u64 {
        (self.library.deque_first + len).div_ceil(self.library.deque_items)
    }
}
