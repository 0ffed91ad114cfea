//! The arrays that blocks and indexes are made of: numpy's own, and those that
//! pandas wraps.

use crate::known::Form;
use crate::known::Part;
use crate::known::arrays::{self, Array, Kind, is_missing, nanoseconds, signed};
use crate::known::make;
use crate::known::parts::{How, class_itself, class_of, dict, field, made, object, tuple};
use crate::known::zones::Zone;
use crate::value::Value;

use super::arrow::Strings;

/// Cells, in one row or in several.
#[derive(Debug, Clone)]
pub(super) enum Values<'a> {
    /// Numbers, texts or objects.
    Plain(Array<'a>),
    /// Instants, which pandas shows as `Timestamp`, with their zone.
    Instants(Array<'a>, Option<&'a Value>),
    /// Durations, which it shows as `Timedelta`.
    Durations(Array<'a>),
    /// Strings of Arrow, in one row.
    Strings(Strings<'a>),
}

impl<'a> Values<'a> {
    /// The values that an array of numpy or pandas is.
    ///
    /// # Errors
    ///
    /// The name of the class, where it is one that is not read.
    pub(super) fn read(value: &'a Value) -> Result<Values<'a>, String> {
        if let Some(array) = arrays::array(value) {
            return Ok(of_array(array, None));
        }
        let Some(found) = object(value) else {
            return Err(value.type_name().to_owned());
        };
        let refuse = || class_of(found);
        let Some((class, how, args)) = made(found) else {
            return Err(refuse());
        };
        if how == How::Called && class.name == "__pyx_unpickle_NDArrayBacked" {
            // What it is, a checksum, and the state, if it is not built later.
            let class = args.first().and_then(class_itself);
            let state = match (args.get(2), found.states.as_slice()) {
                (Some(state @ Value::Tuple(_)), []) | (_, [state]) => tuple(state),
                _ => None,
            };
            let known = class.is_some_and(|class| is_backed(&class.name));
            let parts = state.filter(|_| known).ok_or_else(refuse)?;
            return of_parts(parts.iter()).ok_or_else(refuse);
        }
        let fields = match found.states.as_slice() {
            [state] => dict(state),
            _ => None,
        };
        let fields = fields.ok_or_else(refuse)?;
        match class.name.as_str() {
            name if how == How::New && is_backed(name) => {
                of_parts(fields.iter().map(|(_, value)| value)).ok_or_else(refuse)
            }
            "ArrowStringArray" | "ArrowStringArrayNumpySemantics" if how == How::New => {
                let strings = field(fields, "_pa_array").and_then(object);
                let strings = strings.and_then(Strings::read);
                strings.map(Values::Strings).ok_or_else(refuse)
            }
            _ => Err(refuse()),
        }
    }

    /// How many rows of cells there are, and how many cells in each.
    pub(super) fn shape(&self) -> Option<(usize, usize)> {
        match self {
            Values::Strings(strings) => Some((1, strings.len())),
            Values::Plain(array) | Values::Instants(array, _) | Values::Durations(array) => {
                match array.shape() {
                    [cells] => Some((1, *cells)),
                    [rows, cells] => Some((*rows, *cells)),
                    _ => None,
                }
            }
        }
    }

    /// What the cells are, as pandas calls it.
    pub(super) fn type_name(&self) -> String {
        match self {
            Values::Plain(array) | Values::Instants(array, None) | Values::Durations(array) => {
                array.type_name()
            }
            Values::Instants(array, Some(zone)) => {
                let zone = Zone::read(zone).map(|zone| zone.plain());
                let unit = array.type_name();
                format!(
                    "{}, {}]",
                    unit.trim_end_matches(']'),
                    zone.unwrap_or_default()
                )
            }
            Values::Strings(_) => "str".to_owned(),
        }
    }

    /// Bytes of all cells; of objects, of the pointers to them.
    pub(super) fn byte_len(&self) -> u64 {
        match self {
            Values::Plain(array) | Values::Instants(array, _) | Values::Durations(array) => {
                array.byte_len()
            }
            Values::Strings(strings) => strings.byte_len(),
        }
    }

    /// Whether the cells are strings in the plain form for want of something better.
    pub(super) fn are_strings(&self) -> bool {
        matches!(self, Values::Instants(..) | Values::Durations(_))
    }

    /// A cell. In the plain form a missing one (`nan`, `NaT`, `NA`) is `None`, as
    /// `DataFrame.to_json` writes it.
    pub(super) fn cell(&self, row: usize, cell: usize, form: Form) -> Value {
        let missing = |python: Value| match form {
            Form::Python => python,
            Form::Plain => Value::None,
        };
        match self {
            Values::Plain(array) => match at(array, row, cell, form) {
                Part::Value(Value::Float(float)) if float.is_nan() => missing(Value::Float(float)),
                Part::Nested(Value::Float(float)) if float.is_nan() => {
                    missing(Value::Float(*float))
                }
                Part::Nested(value) => value.clone(),
                Part::Value(value) => value,
                _ => Value::None,
            },
            Values::Instants(array, zone) => match steps(array, row, cell) {
                Some(nanos) => {
                    let instant = make::timestamp(nanos, *zone);
                    plainly(instant, form)
                }
                None => missing(make::not_a_time()),
            },
            Values::Durations(array) => match steps(array, row, cell) {
                Some(nanos) => plainly(make::long_timedelta(nanos), form),
                None => missing(make::not_a_time()),
            },
            Values::Strings(strings) => match strings.get(cell) {
                Some(text) => Value::Str(text.into_owned()),
                None => missing(Value::Float(f64::NAN)),
            },
        }
    }
}

/// An object that was made here in the form that is asked for.
fn plainly(value: Value, form: Form) -> Value {
    if form == Form::Plain
        && let Some(known) = object(&value).and_then(crate::known::read)
        && let Part::Value(plain) = known.part(form)
    {
        return plain;
    }
    value
}

/// Classes whose array lies in their state, beside its dtype.
fn is_backed(class: &str) -> bool {
    matches!(
        class,
        "DatetimeArray" | "TimedeltaArray" | "StringArray" | "PandasArray" | "NumpyExtensionArray"
    )
}

/// Array and type out of the parts of a state, in whichever order they are.
fn of_parts<'a>(parts: impl Iterator<Item = &'a Value> + Clone) -> Option<Values<'a>> {
    let array = parts.clone().find_map(arrays::array)?;
    let zone = parts.clone().find_map(zone_of);
    Some(of_array(array, zone))
}

/// The zone of a `DatetimeTZDtype`.
fn zone_of(dtype: &Value) -> Option<&Value> {
    let found = object(dtype)?;
    let (class, _, args) = made(found)?;
    if class.name != "DatetimeTZDtype" {
        return None;
    }
    match found.states.as_slice() {
        [state] => field(dict(state)?, "tz"),
        _ => args.get(1),
    }
}

fn of_array<'a>(array: Array<'a>, zone: Option<&'a Value>) -> Values<'a> {
    match array.dtype().kind {
        Kind::Instant(_) => Values::Instants(array, zone),
        Kind::Duration(_) => Values::Durations(array),
        _ => Values::Plain(array),
    }
}

fn at<'v>(array: &'v Array<'_>, row: usize, cell: usize, form: Form) -> Part<'v> {
    match array.shape().len() {
        1 => array.get(&[cell], form),
        _ => array.get(&[row, cell], form),
    }
}

/// Nanoseconds of the instant or duration in a cell.
fn steps(array: &Array<'_>, row: usize, cell: usize) -> Option<i128> {
    let bytes = match array.shape().len() {
        1 => array.bytes_at(&[cell]),
        _ => array.bytes_at(&[row, cell]),
    };
    let steps = signed(bytes?, array.dtype().is_big);
    let (Kind::Instant(unit) | Kind::Duration(unit)) = array.dtype().kind else {
        return None;
    };
    if is_missing(steps) {
        return None;
    }
    nanoseconds(steps, unit)
}
