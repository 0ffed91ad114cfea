//! What a field can hold of Python's values.

use std::borrow::Cow;

use picklestream::known::{self, Form, Known, Part};
use picklestream::literal;
use picklestream::value::Value;

/// Up to here every int is a float, and so is every int below.
const MOST_EXACT: i128 = 1 << 53;

/// A value as a field sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Scalar<'v> {
    None,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(&'v str),
    Bytes(&'v [u8]),
    /// No field holds it.
    Other,
}

impl<'v> Scalar<'v> {
    /// Of a value that is [`plain`].
    pub(super) fn of(value: &'v Value) -> Scalar<'v> {
        match value {
            Value::None => Scalar::None,
            Value::Bool(bool) => Scalar::Bool(*bool),
            Value::Int(int) => Scalar::Int(*int),
            Value::Float(float) => Scalar::Float(*float),
            Value::Str(text) => Scalar::Text(text),
            Value::Bytes(bytes) | Value::ByteArray(bytes) => Scalar::Bytes(bytes),
            Value::BigInt(_)
            | Value::Complex(..)
            | Value::Surrogates(_)
            | Value::Tuple(_)
            | Value::List(_)
            | Value::Dict(_)
            | Value::Set(_)
            | Value::FrozenSet(_)
            | Value::Object(_) => Scalar::Other,
        }
    }
}

/// The int as a float, if nothing is lost.
pub(super) fn exact_float(int: i128) -> Option<f64> {
    (-MOST_EXACT..=MOST_EXACT)
        .contains(&int)
        .then_some(int as f64)
}

/// What an error calls a value: `an int beyond 64 bits`, `a str`.
pub(super) fn told(value: &Value) -> String {
    match value {
        Value::None => "None".to_owned(),
        Value::Int(int) if *int >= 0 && u64::try_from(*int).is_err() => wide(),
        Value::Int(int) if *int < 0 && i64::try_from(*int).is_err() => wide(),
        Value::Int(int) => format!("the int {int}"),
        Value::BigInt(_) => wide(),
        Value::Surrogates(_) => "a str with lone surrogates".to_owned(),
        Value::Dict(pairs) if pairs.is_empty() => "an empty dict".to_owned(),
        Value::Object(object) => format!("an object of {}", object.class_name()),
        value => format!("a value of type {}", value.type_name()),
    }
}

fn wide() -> String {
    "an int beyond 64 bits".to_owned()
}

/// The value as Python writes it.
pub(super) fn written(value: &Value) -> String {
    // What it cannot write it writes as best it can.
    literal::to_string(value).unwrap_or_else(|_| told(value))
}

/// What known data ([`picklestream::known`]) is where there are no classes: a date is a
/// str, an `OrderedDict` a dict, a named tuple a list. Everything else as it is.
#[must_use]
pub fn plain(value: &Value) -> Cow<'_, Value> {
    let Value::Object(object) = value else {
        return Cow::Borrowed(value);
    };
    let known = known::read(object);
    // Tables and arrays are no values of a field, and can be large.
    let known = known.filter(|known| !matches!(known, Known::Frame(_) | Known::Array(_)));
    match known.as_ref().map(|known| known.part(Form::Plain)) {
        Some(Part::Value(value)) => Cow::Owned(value),
        Some(Part::Nested(value)) => Cow::Owned(plain(value).into_owned()),
        Some(Part::Pairs(pairs)) => {
            let pairs = pairs.map(|(key, value)| (key.clone(), value.clone()));
            Cow::Owned(Value::Dict(pairs.collect()))
        }
        Some(Part::Items(items)) => Cow::Owned(Value::List(items.cloned().collect())),
        _ => Cow::Borrowed(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ints_are_floats_where_nothing_is_lost() {
        let edge = 1_i128 << 53;
        for int in [0, -1, edge, -edge] {
            let float = exact_float(int).unwrap();
            assert_eq!(float as i128, int);
        }
        assert_eq!(exact_float(edge + 1), None);
        assert_eq!(exact_float(-edge - 1), None);
    }
}
