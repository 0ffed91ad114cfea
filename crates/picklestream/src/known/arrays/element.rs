//! One element of an array as a value.

use crate::known::Form;
use crate::known::atoms::timestamp_iso;
use crate::known::calendar::{self, DAY, Date, push_duration};
use crate::known::make;
use crate::value::surrogates::push_point;
use crate::value::{Surrogates, Value};

use super::dtype::{Dtype, Kind, Scale, Unit};
use super::half;

/// The value of an element, which is what `ndarray.tolist` gives it as; in the plain
/// form instants are texts, and so are durations.
pub(in crate::known) fn read(dtype: &Dtype, bytes: &[u8], form: Form) -> Value {
    let is_big = dtype.is_big;
    match &dtype.kind {
        Kind::Bool => Value::Bool(bytes.first().is_some_and(|byte| *byte != 0)),
        Kind::Int => Value::Int(signed(bytes, is_big).into()),
        Kind::Uint => Value::Int(unsigned(bytes, is_big).into()),
        Kind::Float => Value::Float(float(bytes, is_big)),
        Kind::Complex => {
            let (real, imaginary) = bytes.split_at(bytes.len() / 2);
            Value::Complex(float(real, is_big), float(imaginary, is_big))
        }
        Kind::Bytes => Value::Bytes(without_nuls(bytes).to_vec()),
        Kind::Void => Value::Bytes(bytes.to_vec()),
        Kind::Text => text(bytes, is_big),
        Kind::Object => Value::None,
        Kind::Instant(unit) => instant(signed(bytes, is_big), *unit, form),
        Kind::Duration(unit) => duration(signed(bytes, is_big), *unit, form),
        Kind::Struct(fields) => {
            let field = |(offset, dtype): &(usize, Dtype)| {
                let bytes = bytes.get(*offset..*offset + dtype.size);
                read(dtype, bytes.unwrap_or_default(), form)
            };
            Value::Tuple(fields.iter().map(field).collect())
        }
        Kind::Sub(base, shape) => nested(base, bytes, shape, form),
    }
}

fn nested(base: &Dtype, bytes: &[u8], shape: &[usize], form: Form) -> Value {
    let Some((&rows, inner)) = shape.split_first() else {
        return read(base, bytes, form);
    };
    let each = bytes.len().checked_div(rows).unwrap_or(0).max(1);
    let rows = bytes.chunks_exact(each).take(rows);
    Value::List(rows.map(|row| nested(base, row, inner, form)).collect())
}

/// Eight bytes, little-endian, of which the first are those given.
fn widened(bytes: &[u8], is_big: bool, fill: u8) -> [u8; 8] {
    let mut wide = [fill; 8];
    for (n, place) in wide.iter_mut().take(bytes.len()).enumerate() {
        *place = bytes[if is_big { bytes.len() - 1 - n } else { n }];
    }
    wide
}

fn unsigned(bytes: &[u8], is_big: bool) -> u64 {
    u64::from_le_bytes(widened(bytes, is_big, 0))
}

/// The integer that these bytes are, with its sign.
pub(in crate::known) fn signed(bytes: &[u8], is_big: bool) -> i64 {
    let highest = if is_big { bytes.first() } else { bytes.last() };
    let is_negative = highest.is_some_and(|byte| byte & 0x80 != 0);
    i64::from_le_bytes(widened(bytes, is_big, if is_negative { 0xff } else { 0 }))
}

fn float(bytes: &[u8], is_big: bool) -> f64 {
    let bits = unsigned(bytes, is_big);
    match bytes.len() {
        2 => half::to_f64(bits as u16),
        4 => f32::from_bits(bits as u32).into(),
        _ => f64::from_bits(bits),
    }
}

fn without_nuls(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte != 0);
    &bytes[..end.map_or(0, |end| end + 1)]
}

/// Text of four bytes a character, without the NULs at its end. A number that is no
/// character becomes U+FFFD.
pub(super) fn text(bytes: &[u8], is_big: bool) -> Value {
    let end = bytes.chunks_exact(4).rposition(|unit| unit != [0; 4]);
    let units = bytes.chunks_exact(4).take(end.map_or(0, |end| end + 1));
    let points = units.map(|unit| unsigned(unit, is_big) as u32);
    of_points(points)
}

/// The str of these characters, surrogates among them.
pub(super) fn of_points(points: impl Iterator<Item = u32> + Clone) -> Value {
    let chars: Option<String> = points.clone().map(char::from_u32).collect();
    if let Some(text) = chars {
        return Value::Str(text);
    }
    let mut bytes = Vec::new();
    for point in points {
        if push_point(&mut bytes, point).is_none() {
            bytes.extend_from_slice("\u{fffd}".as_bytes());
        }
    }
    let lossy = String::from_utf8_lossy(&bytes).into_owned();
    Surrogates::from_bytes(bytes).map_or(Value::Str(lossy), Value::Surrogates)
}

/// "Not a time", which every unit has.
const MISSING: i64 = i64::MIN;

/// Nanoseconds since 1970 of so many steps of `unit`.
pub(in crate::known) fn nanoseconds(steps: i64, unit: Unit) -> Option<i128> {
    let steps = i128::from(steps) * i128::from(unit.count);
    match unit.scale {
        Scale::Nanoseconds(each) => steps.checked_mul(each.into()),
        _ => None,
    }
}

/// Whether a number of steps stands for none.
pub(in crate::known) fn is_missing(steps: i64) -> bool {
    steps == MISSING
}

fn instant(steps: i64, unit: Unit, form: Form) -> Value {
    if steps == MISSING {
        return Value::None;
    }
    let number = Value::Int(steps.into());
    if let Scale::Months(each) = unit.scale {
        let months = i128::from(steps) * i128::from(unit.count) * i128::from(each);
        let (year, month) = (1970 + months.div_euclid(12), months.rem_euclid(12) + 1);
        let date = i64::try_from(year).ok().filter(|year| year.abs() < 1 << 30);
        return match (date, form) {
            (Some(year), Form::Python) => {
                Date::new(year, month as u8, 1).map_or(number, make::date)
            }
            (Some(year), Form::Plain) if each == 12 => Value::Str(format!("{year:04}")),
            (Some(year), Form::Plain) => Value::Str(format!("{year:04}-{month:02}")),
            (None, _) => number,
        };
    }
    let Some(nanos) = nanoseconds(steps, unit) else {
        return number;
    };
    let Some((date, clock)) = calendar::moment(nanos) else {
        return number;
    };
    let is_days = matches!(unit.scale, Scale::Nanoseconds(each) if i128::from(each) >= DAY);
    match form {
        Form::Plain if is_days => Value::Str(date.to_string()),
        Form::Plain => Value::Str(timestamp_iso(nanos, None)),
        Form::Python if unit.scale == Scale::Nanoseconds(1) || !date.is_python() => number,
        Form::Python if is_days => make::date(date),
        Form::Python => make::datetime(date, clock),
    }
}

fn duration(steps: i64, unit: Unit, form: Form) -> Value {
    if steps == MISSING {
        return Value::None;
    }
    let number = Value::Int(steps.into());
    let Some(nanos) = nanoseconds(steps, unit) else {
        return number;
    };
    match form {
        Form::Plain => {
            let mut out = String::new();
            push_duration(&mut out, nanos);
            Value::Str(out)
        }
        Form::Python if unit.scale == Scale::Nanoseconds(1) => number,
        Form::Python => make::timedelta(nanos / 1000).unwrap_or(number),
    }
}
