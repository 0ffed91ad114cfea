//! The forms in which numpy writes its arrays and scalars, of numpy 1 (`numpy.core`)
//! and 2 (`numpy._core`).

use std::borrow::Cow;

use crate::known::atoms::Atom;
use crate::known::parts::{
    class_itself, flag, int, is_bare, name, object, payload, sequence, size, state, tuple,
};
use crate::known::{Form, Known};
use crate::value::{Object, Value};

use super::Array;
use super::dtype::{Dtype, Kind};
use super::element;

/// The classes that lay their elements down as `ndarray` does and add nothing.
pub(in crate::known) const CLASSES: [(&str, &str); 9] = [
    ("numpy", "ndarray"),
    ("numpy", "matrix"),
    ("numpy.matrixlib.defmatrix", "matrix"),
    ("numpy", "recarray"),
    ("numpy.rec", "recarray"),
    ("numpy.core.records", "recarray"),
    ("numpy", "memmap"),
    ("numpy.core.memmap", "memmap"),
    ("numpy._core.memmap", "memmap"),
];

/// `_reconstruct(ndarray, (0,), b'b')` with its state: version, shape, type, whether
/// the order is Fortran's, and the data.
pub(in crate::known) fn ndarray<'a>(array: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    let [class, _, _] = args else { return None };
    let class = class_itself(class)?;
    let names = (class.module.as_str(), class.name.as_str());
    CLASSES.contains(&names).then_some(())?;
    let state = tuple(state(array)?)?;
    // Numpy 1.0 wrote no version.
    let state = match state {
        [version, rest @ ..] if int(version).is_some() => rest,
        all => all,
    };
    let [shape, dtype, is_fortran, data] = state else {
        return None;
    };
    build(dtype, shape, flag(is_fortran)?, data)
}

/// `_frombuffer(bytes, type, shape, order)`: protocol 5.
pub(in crate::known) fn from_buffer<'a>(array: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    let [data, dtype, shape, order] = args else {
        return None;
    };
    let is_fortran = match name(order)? {
        "C" => false,
        "F" => true,
        _ => return None,
    };
    is_bare(array).then_some(())?;
    build(dtype, shape, is_fortran, data)
}

fn build<'a>(dtype: &Value, shape: &Value, is_fortran: bool, data: &'a Value) -> Option<Known<'a>> {
    let dtype = Dtype::read(dtype)?;
    let shape: Vec<usize> = tuple(shape)?.iter().map(size).collect::<Option<_>>()?;
    let array = if dtype.kind == Kind::Object {
        // Whatever order the array has, its objects are listed in C's.
        Array::of_objects(dtype, sequence(data)?, shape)
    } else {
        let count = shape.iter().try_fold(1_usize, |n, &m| n.checked_mul(m));
        let length = count?.checked_mul(dtype.size)?;
        Array::of_bytes(dtype, payload(data, length)?, shape, is_fortran)
    };
    Some(Known::Array(array?))
}

/// `scalar(type, bytes)`.
pub(in crate::known) fn scalar<'a>(scalar: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    let [dtype, data] = args else { return None };
    is_bare(scalar).then_some(())?;
    let dtype = Dtype::read(dtype)?;
    if dtype.kind == Kind::Object {
        return None;
    }
    let bytes: Cow<'_, [u8]> = payload(data, dtype.size)?;
    let [python, plain] =
        [Form::Python, Form::Plain].map(|form| element::read(&dtype, &bytes, form));
    Some(Known::Atom(Atom::Scalar { python, plain }))
}

/// A type by itself.
pub(in crate::known) fn dtype<'a>(object: &'a Object, _: &'a [Value]) -> Option<Known<'a>> {
    Dtype::of(object).map(|dtype| Known::Atom(Atom::Dtype(dtype.name())))
}

/// Visits the objects of every array of objects that lies in `object`, however deep,
/// or that it is.
pub(in crate::known) fn each_object<E>(
    object: &mut Object,
    visit: &mut impl FnMut(&mut Value) -> Result<(), E>,
) -> Result<(), E> {
    let is_array = ndarray(object, &object.args).is_some();
    for state in &mut object.states {
        match state {
            Value::Tuple(parts) if is_array => {
                if let Some(Value::List(objects)) = parts.last_mut() {
                    objects.iter_mut().try_for_each(&mut *visit)?;
                }
            }
            state => each_within(state, visit)?,
        }
    }
    for inner in object.args.iter_mut().chain(&mut object.items) {
        each_within(inner, visit)?;
    }
    object
        .pairs
        .iter_mut()
        .try_for_each(|(_, inner)| each_within(inner, visit))
}

fn each_within<E>(
    value: &mut Value,
    visit: &mut impl FnMut(&mut Value) -> Result<(), E>,
) -> Result<(), E> {
    match value {
        Value::Object(object) => each_object(object, visit),
        Value::List(items) | Value::Tuple(items) => {
            let mut items = items.iter_mut();
            items.try_for_each(|item| each_within(item, visit))
        }
        Value::Dict(pairs) => {
            let mut pairs = pairs.iter_mut();
            pairs.try_for_each(|(_, inner)| each_within(inner, visit))
        }
        _ => Ok(()),
    }
}

/// The array that a value is.
pub(in crate::known) fn array(value: &Value) -> Option<Array<'_>> {
    match crate::known::read(object(value)?)? {
        Known::Array(array) => Some(array),
        _ => None,
    }
}
