//! Objects of known classes, made of what arrays hold: what CPython itself would
//! write of them.

use crate::value::{Global, Made, Object, Value};

use super::calendar::{Clock, Date};

fn call(module: &str, name: &str, args: Vec<Value>) -> Value {
    let made = Made::Call(Global {
        module: module.to_owned(),
        name: name.to_owned(),
    });
    let mut object = Object::new(made);
    object.args = args;
    Value::Object(Box::new(object))
}

fn date_bytes(date: Date) -> Vec<u8> {
    let [high, low] = (date.year as u16).to_be_bytes();
    vec![high, low, date.month, date.day]
}

/// `datetime.date`, of a year that Python has.
pub(super) fn date(date: Date) -> Value {
    call("datetime", "date", vec![Value::Bytes(date_bytes(date))])
}

/// `datetime.datetime`, to the microsecond.
pub(super) fn datetime(date: Date, clock: Clock) -> Value {
    let [_, a, b, c] = (clock.nanosecond / 1000).to_be_bytes();
    let mut packed = date_bytes(date);
    packed.extend([clock.hour, clock.minute, clock.second, a, b, c]);
    call("datetime", "datetime", vec![Value::Bytes(packed)])
}

/// `datetime.timedelta`; `None` for one that is longer than Python has.
pub(super) fn timedelta(microseconds: i128) -> Option<Value> {
    let day = 86_400_000_000;
    let (days, rest) = (microseconds.div_euclid(day), microseconds.rem_euclid(day));
    let fields = [days, rest / 1_000_000, rest % 1_000_000].map(Value::Int);
    (days.abs() <= 999_999_999).then(|| call("datetime", "timedelta", fields.to_vec()))
}

/// pandas' `Timestamp`, in the form that all of its versions read.
pub(super) fn timestamp(nanoseconds: i128, zone: Option<&Value>) -> Value {
    let zone = zone.cloned().unwrap_or(Value::None);
    let args = vec![Value::Int(nanoseconds), Value::None, zone];
    call("pandas._libs.tslibs.timestamps", "Timestamp", args)
}

/// pandas' `Timedelta`.
pub(super) fn long_timedelta(nanoseconds: i128) -> Value {
    let args = vec![Value::Int(nanoseconds)];
    call("pandas._libs.tslibs.timedeltas", "Timedelta", args)
}

/// pandas' `NaT`.
pub(super) fn not_a_time() -> Value {
    call(
        "pandas._libs.tslibs.nattype",
        "_nat_unpickle",
        vec![Value::None],
    )
}
