//! How each build lays out Python's own arrays, `array.array`.
//!
//! Source: `arrayobject`, `descriptors` and `array_resize` in `Modules/arraymodule.c`.

use crate::blocks::Parts;

use super::{Layout, TextLayout};

/// Bytes of an item of a type code, on Linux.
pub(crate) fn typed_item(code: char) -> u64 {
    match code {
        'b' | 'B' | 'c' => 1,
        'h' | 'H' => 2,
        'i' | 'I' | 'f' | 'u' | 'w' => 4,
        _ => 8,
    }
}

impl Layout {
    /// An array with room for so many items.
    pub(crate) fn typed_array(&self, code: char, slots: u64) -> Parts {
        let item = match (code, &self.text) {
            // C's `long`.
            ('l' | 'L', _) if self.plain_int_bits == Some(32) => 4,
            ('u', TextLayout::TwoTypes { unit, .. }) => *unit,
            _ => typed_item(code),
        };
        Parts::slots(self.typed_array, slots.saturating_mul(item))
    }
}

/// Items that an array has room for when it gets `len` at once while it is empty.
pub(crate) fn typed_slots(len: u64) -> u64 {
    match len {
        0 => 0,
        _ => len + len / 16 + 3,
    }
}
