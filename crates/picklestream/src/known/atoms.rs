//! Data that no other value lies in: dates, times, exact numbers, names.

use std::borrow::Cow;
use std::fmt::Write;

use crate::value::{Object, Value};

use super::Known;
use super::Part;
use super::calendar::{self, Clock, Date};
use super::durations;
use super::parts::{dict, field, is_bare, name, payload, state, text};
use super::zones::Zone;

/// One such thing.
#[derive(Debug, Clone)]
pub enum Atom<'a> {
    /// `datetime.datetime`, `date` or `time`.
    Moment(Moment<'a>),
    /// `datetime.timedelta`, in microseconds.
    Duration(i128),
    /// `decimal.Decimal`, as it writes itself.
    Decimal(&'a str),
    /// `fractions.Fraction`: numerator and denominator.
    Fraction(Cow<'a, str>, Cow<'a, str>),
    /// `uuid.UUID`
    Uuid(u128),
    /// `range` or `slice`: its name, start, stop and step.
    Range(&'static str, [&'a Value; 3]),
    /// A path: its class, and itself with slashes.
    Path(&'static str, String),
    /// A number, text or instant of numpy, in both forms.
    Scalar {
        /// What its method `item` gives.
        python: Value,
        /// The same for formats that have no instants.
        plain: Value,
    },
    /// The type of an array's elements, by its name.
    Dtype(String),
    /// pandas' `Timestamp`: nanoseconds, and its zone.
    Timestamp(i128, Option<Zone<'a>>),
    /// pandas' `Timedelta`, in nanoseconds.
    Timedelta(i128),
    /// A missing value of pandas, by its name.
    Missing(&'static str),
}

/// A date, a time of day, or both.
#[derive(Debug, Clone)]
pub struct Moment<'a> {
    pub(super) date: Option<Date>,
    pub(super) clock: Option<Clock>,
    /// The second time of two that a clock shows, when it was set back.
    pub(super) fold: bool,
    pub(super) zone: Option<Zone<'a>>,
}

impl<'a> Atom<'a> {
    /// As a number, text or `None`; a range as its fields.
    pub(super) fn plain(&self) -> Part<'a> {
        let text = match self {
            Atom::Moment(moment) => moment.iso(),
            Atom::Duration(micros) => duration_iso(micros * 1000),
            Atom::Timedelta(nanos) => duration_iso(*nanos),
            Atom::Decimal(text) => (*text).to_owned(),
            Atom::Fraction(numerator, denominator) => {
                format!("{numerator}/{denominator}")
            }
            Atom::Uuid(uuid) => hyphenated(*uuid),
            Atom::Path(class, path) if class.contains("Windows") => path.replace('/', "\\"),
            Atom::Path(_, path) => path.clone(),
            Atom::Timestamp(nanos, zone) => timestamp_iso(*nanos, zone.as_ref()),
            Atom::Range(_, fields) => {
                let [start, stop, step] = *fields;
                return Part::Fields(vec![("start", start), ("stop", stop), ("step", step)]);
            }
            Atom::Scalar { plain, .. } => return Part::Value(plain.clone()),
            Atom::Dtype(name) => name.clone(),
            Atom::Missing(_) => return Part::Value(Value::None),
        };
        Part::Value(Value::Str(text))
    }

    /// As `repr` shows it.
    pub(super) fn python(&self) -> Part<'a> {
        Part::Code(match self {
            Atom::Moment(moment) => moment.repr(),
            Atom::Duration(micros) => durations::repr(*micros),
            Atom::Decimal(text) => format!("Decimal('{text}')"),
            Atom::Fraction(numerator, denominator) => {
                format!("Fraction({numerator}, {denominator})")
            }
            Atom::Uuid(uuid) => format!("UUID('{}')", hyphenated(*uuid)),
            Atom::Range(name, [start, stop, step]) => {
                let mut parts = vec![Part::Code(format!("{name}("))];
                parts.push(Part::Nested(start));
                parts.push(Part::Code(", ".to_owned()));
                parts.push(Part::Nested(stop));
                if *name == "slice" || **step != Value::Int(1) {
                    parts.push(Part::Code(", ".to_owned()));
                    parts.push(Part::Nested(step));
                }
                parts.push(Part::Code(")".to_owned()));
                return Part::Joined(parts);
            }
            Atom::Path(class, path) => {
                let path = Part::Value(Value::Str(path.clone()));
                return Part::wrapped(format!("{class}("), path, ")");
            }
            Atom::Scalar { python, .. } => return Part::Value(python.clone()),
            Atom::Dtype(name) => format!("dtype('{name}')"),
            Atom::Timestamp(nanos, zone) => timestamp_repr(*nanos, zone.as_ref()),
            Atom::Timedelta(nanos) => timedelta_repr(*nanos),
            Atom::Missing(name) => (*name).to_owned(),
        })
    }

    /// Whether its plain form is a string for want of something better.
    pub(super) fn is_string(&self) -> bool {
        match self {
            Atom::Range(..) | Atom::Missing(_) => false,
            Atom::Scalar { python, plain } => python != plain,
            _ => true,
        }
    }
}

/// An int of any size, in decimal.
fn number(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Int(int) => Some(int.to_string().into()),
        Value::BigInt(int) => Some(int.to_string().into()),
        _ => None,
    }
}

fn hyphenated(uuid: u128) -> String {
    let digits = format!("{uuid:032x}");
    let [a, b, c, d, e] = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| &digits[part]);
    format!("{a}-{b}-{c}-{d}-{e}")
}

fn duration_iso(nanoseconds: i128) -> String {
    let mut out = String::new();
    calendar::push_duration(&mut out, nanoseconds);
    out
}

impl Moment<'_> {
    /// `2020-01-02T03:04:05.000006+01:00`
    fn iso(&self) -> String {
        let mut out = String::new();
        if let Some(date) = self.date {
            let _ = write!(out, "{date}");
        }
        if let Some(clock) = self.clock {
            let t = if self.date.is_some() { "T" } else { "" };
            let _ = write!(out, "{t}{clock}");
        }
        if let Some(zone) = &self.zone {
            zone.push_suffix(&mut out);
        }
        out
    }

    /// `datetime.datetime(2020, 1, 2, 3, 4, 5, 6, tzinfo=datetime.timezone.utc)`
    fn repr(&self) -> String {
        let mut fields: Vec<String> = Vec::new();
        let class = match (self.date, self.clock) {
            (Some(_), Some(_)) => "datetime.datetime",
            (Some(_), None) => "datetime.date",
            _ => "datetime.time",
        };
        if let Some(date) = self.date {
            fields.extend([
                date.year.to_string(),
                date.month.to_string(),
                date.day.to_string(),
            ]);
        }
        if let Some(clock) = self.clock {
            fields.extend([clock.hour.to_string(), clock.minute.to_string()]);
            let micros = clock.nanosecond / 1000;
            if clock.second != 0 || micros != 0 {
                fields.push(clock.second.to_string());
            }
            if micros != 0 {
                fields.push(micros.to_string());
            }
        }
        let fold = self.fold.then(|| "fold=1".to_owned());
        let zone = self
            .zone
            .as_ref()
            .map(|zone| format!("tzinfo={}", zone.repr()));
        // Python has the two in another order for a time than for a datetime.
        match self.date {
            Some(_) => fields.extend(fold.into_iter().chain(zone)),
            None => fields.extend(zone.into_iter().chain(fold)),
        }
        format!("{class}({})", fields.join(", "))
    }
}

/// The date and the time of day in four and six bytes.
fn date_of(bytes: &[u8]) -> Option<(Date, bool)> {
    let &[high, low, month, day, ..] = bytes else {
        return None;
    };
    let year = i64::from(u16::from_be_bytes([high, low]));
    Some((Date::new(year, month & 0x7f, day)?, month & 0x80 != 0))
}

fn clock_of(bytes: &[u8]) -> Option<(Clock, bool)> {
    let &[hour, minute, second, a, b, c] = bytes else {
        return None;
    };
    let micros = u32::from_be_bytes([0, a, b, c]);
    let clock = Clock::new(hour & 0x7f, minute, second, micros.checked_mul(1000)?)?;
    Some((clock, hour & 0x80 != 0))
}

/// Two arguments, of which the second, a zone, may be missing.
fn with_zone(args: &[Value]) -> Option<(&Value, Option<Zone<'_>>)> {
    match args {
        [packed] | [packed, Value::None] => Some((packed, None)),
        [packed, zone] => Some((packed, Some(Zone::read(zone)?))),
        _ => None,
    }
}

/// `datetime.datetime(packed[, zone])`: ten bytes, the fold in the month.
pub(super) fn datetime<'a>(object: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    let (packed, zone) = with_zone(args)?;
    let packed = payload(packed, 10)?;
    let (date, fold) = date_of(&packed)?;
    let (clock, odd) = clock_of(&packed[4..])?;
    moment(object, Some(date), (!odd).then_some(clock), fold, zone).filter(|_| !odd)
}

/// `datetime.date(packed)`: four bytes.
pub(super) fn date<'a>(object: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    let [packed] = args else { return None };
    let (date, odd) = date_of(&payload(packed, 4)?)?;
    moment(object, Some(date), None, false, None).filter(|_| !odd)
}

/// `datetime.time(packed[, zone])`: six bytes, the fold in the hour.
pub(super) fn time<'a>(object: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    let (packed, zone) = with_zone(args)?;
    let (clock, fold) = clock_of(&payload(packed, 6)?)?;
    moment(object, None, Some(clock), fold, zone)
}

fn moment<'a>(
    object: &Object,
    date: Option<Date>,
    clock: Option<Clock>,
    fold: bool,
    zone: Option<Zone<'a>>,
) -> Option<Known<'a>> {
    is_bare(object).then_some(Known::Atom(Atom::Moment(Moment {
        date,
        clock,
        fold,
        zone,
    })))
}

/// `datetime.timedelta(days, seconds, microseconds)`.
pub(super) fn duration<'a>(object: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    durations::read(object, args).map(|micros| Known::Atom(Atom::Duration(micros)))
}

/// `decimal.Decimal('1.5')`.
pub(super) fn decimal<'a>(object: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    let [digits] = args else { return None };
    let digits = text(digits)?;
    let is_decimal = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'+' | b'-');
    let fits = !digits.is_empty() && digits.bytes().all(is_decimal);
    (fits && is_bare(object)).then_some(Known::Atom(Atom::Decimal(digits)))
}

/// `fractions.Fraction(1, 3)`, since Python 3.12; `Fraction('1/3')` before.
pub(super) fn fraction<'a>(object: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    let (numerator, denominator) = match args {
        [numerator, denominator] => (number(numerator)?, number(denominator)?),
        [whole] => {
            let (numerator, denominator) = match text(whole)?.split_once('/') {
                Some(parts) => parts,
                None => (text(whole)?, "1"),
            };
            let digits = numerator.strip_prefix('-').unwrap_or(numerator);
            let is_number =
                |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            (is_number(digits) && is_number(denominator)).then_some(())?;
            (numerator.into(), denominator.into())
        }
        _ => return None,
    };
    is_bare(object).then_some(Known::Atom(Atom::Fraction(numerator, denominator)))
}

/// `UUID` with its number as state.
pub(super) fn uuid<'a>(object: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    let fields = dict(state(object)?)?;
    let uuid = match field(fields, "int")? {
        Value::Int(int) => u128::try_from(*int).ok()?,
        Value::BigInt(int) => u128::try_from(&**int).ok()?,
        _ => return None,
    };
    args.is_empty().then_some(Known::Atom(Atom::Uuid(uuid)))
}

/// `range(start, stop, step)`.
pub(super) fn range<'a>(object: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    let is_int = |value: &Value| matches!(value, Value::Int(_) | Value::BigInt(_));
    let all = args.iter().all(is_int) && args.get(2) != Some(&Value::Int(0));
    triple("range", object, args).filter(|_| all)
}

/// `slice(start, stop, step)`, of anything.
pub(super) fn slice<'a>(object: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    triple("slice", object, args)
}

fn triple<'a>(name: &'static str, object: &Object, args: &'a [Value]) -> Option<Known<'a>> {
    let [start, stop, step] = args else {
        return None;
    };
    is_bare(object).then_some(Known::Atom(Atom::Range(name, [start, stop, step])))
}

/// A path of the class that `object` names: of its parts, or since Python 3.13 of
/// what it was made of.
pub(super) fn path<'a>(object: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    const CLASSES: [&str; 6] = [
        "PosixPath",
        "WindowsPath",
        "PurePosixPath",
        "PureWindowsPath",
        "Path",
        "PurePath",
    ];
    let class = super::parts::made(object)?.0;
    let class = CLASSES.into_iter().find(|name| *name == class.name)?;
    let is_windows = class.contains("Windows");
    let mut path = String::new();
    for arg in args {
        let part = match is_windows {
            true => name(arg)?.replace('\\', "/"),
            false => name(arg)?.to_owned(),
        };
        let is_drive = is_windows && part.as_bytes().get(1) == Some(&b':');
        if part.starts_with('/') || is_drive {
            path.clear();
        } else if !path.is_empty() && !path.ends_with('/') {
            path.push('/');
        }
        path.push_str(&part);
    }
    // As pathlib tidies it: no empty steps and none that stay where they are.
    let slashes = path.len() - path.trim_start_matches('/').len();
    let root = match slashes {
        0 => "",
        2 => "//",
        _ => "/",
    };
    let steps = path.split('/').filter(|step| !matches!(*step, "" | "."));
    let mut tidy = root.to_owned() + &steps.collect::<Vec<_>>().join("/");
    if is_windows && tidy.len() == 2 && tidy.ends_with(':') && path.ends_with('/') {
        tidy.push('/');
    }
    if tidy.is_empty() {
        tidy.push('.');
    }
    is_bare(object).then_some(Known::Atom(Atom::Path(class, tidy)))
}

/// `2020-01-02T03:04:05.000000006+00:00`: the instant in UTC, where the zone's own
/// difference is not known, followed by the zone's name in brackets (RFC 9557).
pub(super) fn timestamp_iso(nanoseconds: i128, zone: Option<&Zone<'_>>) -> String {
    let offset = zone.and_then(|zone| zone.offset).unwrap_or(0);
    let Some((date, clock)) = calendar::moment(nanoseconds + offset) else {
        return nanoseconds.to_string();
    };
    let mut out = format!("{date}T{clock}");
    match zone {
        Some(zone) if zone.offset.is_some() => zone.push_suffix(&mut out),
        Some(zone) => {
            out.push('Z');
            zone.push_suffix(&mut out);
        }
        None => {}
    }
    out
}

/// `Timestamp('2020-01-02 00:00:00+0100', tz='Europe/Rome')`
fn timestamp_repr(nanoseconds: i128, zone: Option<&Zone<'_>>) -> String {
    let offset = zone.and_then(|zone| zone.offset).unwrap_or(0);
    let Some((date, clock)) = calendar::moment(nanoseconds + offset) else {
        return format!("Timestamp({nanoseconds})");
    };
    match zone {
        None => format!("Timestamp('{date} {clock}')"),
        Some(zone) => {
            let mut difference = String::new();
            calendar::push_offset(&mut difference, offset);
            let difference = difference.replace(':', "");
            let name = zone.plain().replace(['\'', '\\', '\n'], "?");
            format!("Timestamp('{date} {clock}{difference}', tz='{name}')")
        }
    }
}

/// `Timedelta('1 days 00:00:02.500000')`
fn timedelta_repr(nanoseconds: i128) -> String {
    let days = nanoseconds.div_euclid(calendar::DAY);
    let rest = nanoseconds.rem_euclid(calendar::DAY);
    let clock = calendar::moment(rest).map(|(_, clock)| clock.to_string());
    let sign = if days < 0 { "+" } else { "" };
    format!(
        "Timedelta('{days} days {sign}{}')",
        clock.unwrap_or_default()
    )
}
