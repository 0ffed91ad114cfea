//! How numpy's objects are laid out: by the numpy that each Python commonly has, 1.16
//! to 1.19 for 2.7 and 3.8, 1.22 to 1.26 for 3.11 and 3.12, 2 for 3.14.
//!
//! Sources, all in numpy: `PyArrayObject_fields` and `PyArray_Descr` in
//! `numpy/core/include/numpy/ndarraytypes.h`, `array_sizeof`, `array_setstate` and
//! `PyArray_FromBuffer` in `numpy/core/src/multiarray/`, the scalars' structs in
//! `arrayscalars.h`. Held against numpy 1.19, 1.24, 1.26 and 2.5.

use crate::blocks::Parts;

use super::{Layout, one};

/// The numbers of a build for numpy, in bytes.
#[derive(Debug)]
pub(super) struct Arrays {
    /// `PyArrayObject_fields`.
    array: u64,
    /// `PyArray_Descr`.
    dtype: u64,
    /// `PyVoidScalarObject`.
    void: u64,
    /// The memoryview that an array of a buffer has, with what it manages.
    view: u64,
}

pub(super) const NUMPY_1_16: Arrays = Arrays {
    array: 80,
    dtype: 96,
    void: 56,
    view: 0,
};

pub(super) const NUMPY_1_22: Arrays = Arrays {
    array: 96,
    dtype: 96,
    void: 64,
    view: 184,
};

pub(super) const NUMPY_2: Arrays = Arrays {
    array: 96,
    dtype: 120,
    void: 64,
    view: 184,
};

/// Bytes of data up to which an array copies them; of more, it keeps the bytes object.
pub(crate) const COPIED: u64 = 1000;

impl Layout {
    /// An array without its data: itself, and its dimensions and strides in a block of
    /// malloc.
    pub(crate) fn array(&self, dimensions: u64) -> (Parts, u64) {
        (one(self.arrays.array), 16 * dimensions)
    }

    /// The type of an array's elements.
    pub(crate) fn dtype(&self) -> Parts {
        one(self.arrays.dtype)
    }

    /// A scalar of so many bytes, which `sys.getsizeof` counts twice unless they are in
    /// a block of their own: a record, or other bytes without a type. Of text, which has
    /// 4 bytes a character in a pickle, as if it were ASCII.
    pub(crate) fn scalar(&self, kind: char, size: u64) -> Parts {
        let unit = match kind {
            'V' => return Parts::slots(self.arrays.void, size),
            'S' => return one(40 + 2 * size),
            'U' => return one(self.text_of_class(size / 4)),
            'm' | 'M' => 8,
            _ => 0,
        };
        one(self.object + size.next_multiple_of(8) + unit + size)
    }

    /// What an array of a buffer has between itself and the buffer, beside an array of
    /// one dimension.
    pub(crate) fn array_view(&self) -> Parts {
        one(self.arrays.view)
    }
}
