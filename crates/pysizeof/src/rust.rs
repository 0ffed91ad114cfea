//! The same values in Rust: as a [`Value`], and as the record
//! `(f64, String, u64)` where they have that shape.
//!
//! Bytes as requested, without spare capacity. Nothing is shared: an object
//! that a pickle fetches twice is two values.

use picklestream::value::Value;

use super::layout::typed_item;
use super::shape::Shape;

/// A [`Value`] without what it points to: it lies in the container around it.
pub(super) const VALUE: u64 = size_of::<Value>() as u64;

/// A record without its text.
const RECORD: u64 = size_of::<(f64, String, u64)>() as u64;

/// The list of records, without the records.
pub(super) const LIST: u64 = size_of::<Vec<(f64, String, u64)>>() as u64;

/// A [`Value`] with its text or digits, but without its items.
pub(super) fn own(shape: Shape) -> u64 {
    let heap = match shape {
        Shape::Int(int) => {
            // An i128 has 127 bits and the sign.
            let digits = int.bits().div_ceil(64);
            if digits > 2 || (digits == 2 && int.bits() == 128) {
                size_of::<num_bigint::BigInt>() as u64 + 8 * digits
            } else {
                0
            }
        }
        Shape::Str(text) => text.utf8_bytes,
        Shape::Bytes(len, _) | Shape::ByteArray(len) => len,
        Shape::TypedArray(code, slots) => slots.saturating_mul(typed_item(code)),
        _ => 0,
    };
    VALUE + heap
}

/// Whether these three are a record.
pub(super) fn is_record(items: [Shape; 3]) -> bool {
    matches!(items, [Shape::Float, Shape::Str(_), Shape::Int(int)] if int.is_u64())
}

/// Bytes of a record, of which `value` are the bytes as a tuple of values.
pub(super) fn as_record(value: u64) -> u64 {
    // The tuple and its items are four values; only the text has more.
    value.saturating_sub(4 * VALUE) + RECORD
}

/// Bytes of the record that these three are, if they are one.
pub(super) fn record(items: [Shape; 3]) -> Option<u64> {
    let value = VALUE + items.map(own).iter().sum::<u64>();
    is_record(items).then(|| as_record(value))
}
