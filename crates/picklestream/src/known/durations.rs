//! `datetime.timedelta`: days, seconds and microseconds.

use super::calendar;
use super::parts::{int, is_bare};
use crate::value::{Object, Value};

/// `datetime.timedelta(days=1, seconds=2, microseconds=3)`: what is 0 is left out.
pub(super) fn repr(microseconds: i128) -> String {
    let day = calendar::DAY / 1000;
    let (days, rest) = (microseconds.div_euclid(day), microseconds.rem_euclid(day));
    let fields = [
        ("days", days),
        ("seconds", rest / 1_000_000),
        ("microseconds", rest % 1_000_000),
    ];
    let shown = fields.iter().filter(|(_, count)| *count != 0);
    let shown: Vec<String> = shown
        .map(|(name, count)| format!("{name}={count}"))
        .collect();
    let shown = shown.join(", ");
    format!(
        "datetime.timedelta({})",
        if shown.is_empty() { "0" } else { &shown }
    )
}

/// `-1 day, 19:00:00`: as `str` shows it.
pub(super) fn words(microseconds: i128) -> String {
    let day = calendar::DAY / 1000;
    let (days, rest) = (microseconds.div_euclid(day), microseconds.rem_euclid(day));
    let clock = calendar::moment(rest * 1000).map(|(_, clock)| clock.to_string());
    let clock = clock.unwrap_or_default();
    let clock = clock.strip_prefix('0').unwrap_or(&clock);
    match days {
        0 => clock.to_owned(),
        1 | -1 => format!("{days} day, {clock}"),
        _ => format!("{days} days, {clock}"),
    }
}

/// Microseconds of `datetime.timedelta(days, seconds, microseconds)`.
pub(super) fn read(object: &Object, args: &[Value]) -> Option<i128> {
    let [days, seconds, micros] = args else {
        return None;
    };
    let (days, seconds, micros) = (int(days)?, int(seconds)?, int(micros)?);
    let normal = days.abs() <= 999_999_999
        && (0..86_400).contains(&seconds)
        && (0..1_000_000).contains(&micros);
    (normal && is_bare(object)).then_some((days * 86_400 + seconds) * 1_000_000 + micros)
}
