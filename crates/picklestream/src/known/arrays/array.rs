//! An array as a view of its bytes, or of its list of objects.

use std::borrow::Cow;

use crate::known::Form;
use crate::known::Part;
use crate::value::Value;

use super::dtype::{Dtype, Kind};
use super::element;

/// An array of numbers, texts or objects, of any number of dimensions, in the bytes
/// that the pickle holds. Nothing is copied.
#[derive(Debug, Clone)]
pub struct Array<'a> {
    dtype: Dtype,
    data: Data<'a>,
    shape: Vec<usize>,
    /// Elements from one index to the next, for each dimension.
    strides: Vec<usize>,
}

#[derive(Debug, Clone)]
enum Data<'a> {
    Bytes(Cow<'a, [u8]>),
    Objects(&'a [Value]),
}

/// Numpy itself has no more dimensions.
const DIMENSIONS: usize = 64;

/// Rows of an array that has no elements, at most: nothing else bounds them.
const EMPTY_ROWS: usize = 1 << 16;

impl<'a> Array<'a> {
    /// An array whose elements lie in `bytes`, which must be as many as the shape
    /// says.
    pub(super) fn of_bytes(
        dtype: Dtype,
        bytes: Cow<'a, [u8]>,
        shape: Vec<usize>,
        is_fortran: bool,
    ) -> Option<Array<'a>> {
        let count = count(&shape)?;
        let fits = count.checked_mul(dtype.size) == Some(bytes.len());
        let is_plain = dtype.kind != Kind::Object && (dtype.size > 0 || count == 0);
        (fits && is_plain).then_some(())?;
        Array::new(dtype, Data::Bytes(bytes), shape, is_fortran)
    }

    /// An array of objects.
    pub(super) fn of_objects(
        dtype: Dtype,
        objects: &'a [Value],
        shape: Vec<usize>,
    ) -> Option<Array<'a>> {
        let fits = count(&shape)? == objects.len() && dtype.kind == Kind::Object;
        fits.then_some(())?;
        Array::new(dtype, Data::Objects(objects), shape, false)
    }

    fn new(dtype: Dtype, data: Data<'a>, shape: Vec<usize>, is_fortran: bool) -> Option<Array<'a>> {
        let mut strides = vec![1; shape.len()];
        let mut stride = 1_usize;
        let mut fill = |axis: usize| {
            strides[axis] = stride;
            stride = stride.saturating_mul(shape[axis]);
        };
        match is_fortran {
            true => (0..shape.len()).for_each(&mut fill),
            false => (0..shape.len()).rev().for_each(&mut fill),
        }
        Some(Array {
            dtype,
            data,
            shape,
            strides,
        })
    }

    /// How many elements there are in each dimension.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// What the elements are: `float64`, `object`, `U3`.
    #[must_use]
    pub fn type_name(&self) -> String {
        self.dtype.name()
    }

    /// Bytes of all elements; of objects, of the pointers to them.
    #[must_use]
    pub fn byte_len(&self) -> u64 {
        self.shape.iter().map(|&n| n as u64).product::<u64>() * self.dtype.size as u64
    }

    /// How many elements the plain form writes as strings for what are none.
    pub(in crate::known) fn strings(&self) -> u64 {
        match self.dtype.kind {
            Kind::Instant(_) | Kind::Duration(_) => self.count() as u64,
            _ => 0,
        }
    }

    /// How many elements there are.
    pub(in crate::known) fn count(&self) -> usize {
        self.shape.iter().product()
    }

    pub(in crate::known) fn dtype(&self) -> &Dtype {
        &self.dtype
    }

    /// The element at this place, counted as it lies in the pickle.
    fn element(&self, place: usize, form: Form) -> Part<'_> {
        match &self.data {
            Data::Objects(objects) => objects
                .get(place)
                .map_or(Part::Value(Value::None), Part::Nested),
            Data::Bytes(bytes) => {
                let size = self.dtype.size;
                let bytes = bytes.get(place * size..(place + 1) * size);
                Part::Value(element::read(&self.dtype, bytes.unwrap_or_default(), form))
            }
        }
    }

    /// The element at these indices, which must be as many as there are dimensions.
    pub(in crate::known) fn get(&self, indices: &[usize], form: Form) -> Part<'_> {
        let places = indices
            .iter()
            .zip(&self.strides)
            .map(|(i, stride)| i * stride);
        self.element(places.sum(), form)
    }

    /// The bytes of the element at these indices.
    pub(in crate::known) fn bytes_at(&self, indices: &[usize]) -> Option<&[u8]> {
        let places = indices
            .iter()
            .zip(&self.strides)
            .map(|(i, stride)| i * stride);
        let place: usize = places.sum();
        match &self.data {
            Data::Bytes(bytes) => bytes.get(place * self.dtype.size..(place + 1) * self.dtype.size),
            Data::Objects(_) => None,
        }
    }

    /// The whole, as nested lists; an array of no dimension is its element.
    pub(in crate::known) fn part(&self, form: Form) -> Part<'_> {
        if self.shape.is_empty() {
            return self.element(0, form);
        }
        Part::Array(Slice {
            array: self,
            axis: 0,
            place: 0,
            index: 0,
            form,
        })
    }
}

/// The number of elements, if the shape is one that numpy could have.
fn count(shape: &[usize]) -> Option<usize> {
    if shape.len() > DIMENSIONS {
        return None;
    }
    let count = shape.iter().try_fold(1_usize, |n, &m| match (n, m) {
        (0, _) | (_, 0) => Some(0),
        _ => n.checked_mul(m),
    })?;
    if count == 0 {
        let before = shape.iter().take_while(|&&n| n > 0);
        let rows = before.fold(1_usize, |n, &m| n.saturating_mul(m));
        return (rows <= EMPTY_ROWS).then_some(0);
    }
    Some(count)
}

/// What lies along one dimension of an array: elements, or slices of the next.
#[derive(Debug, Clone)]
pub struct Slice<'a> {
    array: &'a Array<'a>,
    axis: usize,
    /// Where it begins, in elements.
    place: usize,
    index: usize,
    form: Form,
}

impl<'a> Iterator for Slice<'a> {
    type Item = Part<'a>;

    #[inline]
    fn next(&mut self) -> Option<Part<'a>> {
        if self.index >= self.array.shape[self.axis] {
            return None;
        }
        let place = self.place + self.index * self.array.strides[self.axis];
        self.index += 1;
        if self.axis + 1 == self.array.shape.len() {
            return Some(self.array.element(place, self.form));
        }
        Some(Part::Array(Slice {
            array: self.array,
            axis: self.axis + 1,
            place,
            index: 0,
            form: self.form,
        }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.array.shape[self.axis] - self.index;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Slice<'_> {}
