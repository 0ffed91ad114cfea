//! Arrays of numpy and of `array`: views of the bytes that the pickle holds.
//!
//! - `dtype` what an element is
//! - `array` the view, and its rows
//! - `element` one element as a value
//! - `half` floats of 16 bits
//! - `numpy` the forms in which numpy writes arrays and scalars
//! - `typed` those of Python's own `array.array`

mod array;
mod dtype;
mod element;
mod half;
mod numpy;
mod typed;

pub use array::{Array, Slice};
pub(super) use dtype::Kind;
pub(super) use element::{is_missing, nanoseconds, signed};
pub(super) use numpy::{CLASSES, array, dtype, each_object, from_buffer, ndarray, scalar};
pub use typed::Typed;
pub(super) use typed::{array_array, array_reconstructor};
