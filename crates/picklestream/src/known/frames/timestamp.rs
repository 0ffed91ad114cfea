//! Single instants, durations and missing values of pandas.

use crate::known::Known;
use crate::known::atoms::Atom;
use crate::known::parts::{int, is_bare};
use crate::known::zones::Zone;
use crate::value::{Object, Value};

/// Nanoseconds of one step, by the number that pandas writes for a unit
/// (`NPY_DATETIMEUNIT`); without a number it is a nanosecond.
fn nanoseconds(steps: &Value, unit: Option<&Value>) -> Option<i128> {
    let each = match unit.map(int) {
        None | Some(Some(10)) => 1,
        Some(Some(9)) => 1_000,
        Some(Some(8)) => 1_000_000,
        Some(Some(7)) => 1_000_000_000,
        _ => return None,
    };
    // An i64 in pandas itself, but for what damage makes of it.
    i64::try_from(int(steps)?)
        .ok()
        .map(|steps| i128::from(steps) * each)
}

/// `Timestamp(steps, freq, zone)`; `_unpickle_timestamp(steps, freq, zone, unit)`.
pub(in crate::known) fn timestamp<'a>(object: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    let (steps, zone, unit) = match args {
        [steps, _, zone] => (steps, zone, None),
        [steps, _, zone, unit] => (steps, zone, Some(unit)),
        _ => return None,
    };
    let zone = match zone {
        Value::None => None,
        zone => Some(Zone::read(zone)?),
    };
    let nanos = nanoseconds(steps, unit)?;
    is_bare(object).then_some(Known::Atom(Atom::Timestamp(nanos, zone)))
}

/// `Timedelta(steps)`; `_timedelta_unpickle(steps, unit)`.
pub(in crate::known) fn timedelta<'a>(object: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    let nanos = match args {
        [steps] => nanoseconds(steps, None)?,
        [steps, unit] => nanoseconds(steps, Some(unit))?,
        _ => return None,
    };
    is_bare(object).then_some(Known::Atom(Atom::Timedelta(nanos)))
}

/// `_nat_unpickle(None)`.
pub(in crate::known) fn not_a_time<'a>(object: &'a Object, _: &'a [Value]) -> Option<Known<'a>> {
    is_bare(object).then_some(Known::Atom(Atom::Missing("NaT")))
}

/// The global `NA`.
pub(in crate::known) fn not_available<'a>(object: &'a Object, _: &'a [Value]) -> Option<Known<'a>> {
    is_bare(object).then_some(Known::Atom(Atom::Missing("<NA>")))
}
