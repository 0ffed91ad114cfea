//! Time zones: a difference from UTC, or a name.

use crate::value::{Global, Made, Object, Value};

use super::Known;
use super::calendar::{self, SECOND};
use super::durations;
use super::parts::{How, class_itself, int, is_bare, is_builtin, made, object, text};

/// A time zone.
#[derive(Debug, Clone)]
pub struct Zone<'a> {
    /// Nanoseconds that it is ahead of UTC, where the pickle tells.
    pub(super) offset: Option<i128>,
    name: Option<&'a str>,
    kind: Kind,
    /// Of pytz: the zone's abbreviation at that time of the year, and whether that
    /// is summer time.
    local: Option<(&'a str, bool)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `datetime.timezone`
    Fixed,
    /// `zoneinfo.ZoneInfo`
    ZoneInfo,
    /// pytz, whose classes show themselves in their own way.
    Pytz,
    /// `dateutil.tz.tzutc`
    Dateutil,
}

impl<'a> Zone<'a> {
    /// The zone that a value is.
    pub(super) fn read(value: &'a Value) -> Option<Zone<'a>> {
        match super::read(object(value)?)? {
            Known::Zone(zone) => Some(zone),
            _ => None,
        }
    }

    /// The name, or else the difference: `Europe/Rome`, `UTC`, `UTC+01:00`.
    pub(super) fn plain(&self) -> String {
        match (self.name, self.offset) {
            (Some(name), _) => name.to_owned(),
            (None, None | Some(0)) => "UTC".to_owned(),
            (None, Some(offset)) => {
                let mut out = "UTC".to_owned();
                calendar::push_offset(&mut out, offset);
                out
            }
        }
    }

    /// As `repr` shows it.
    pub(super) fn repr(&self) -> String {
        let name = quoted(self.name.unwrap_or("UTC"));
        match self.kind {
            Kind::Fixed => match (self.offset.unwrap_or(0), self.name) {
                (0, None) => "datetime.timezone.utc".to_owned(),
                (offset, None) => format!("datetime.timezone({})", durations::repr(offset / 1000)),
                (offset, Some(_)) => {
                    format!(
                        "datetime.timezone({}, {name})",
                        durations::repr(offset / 1000)
                    )
                }
            },
            Kind::ZoneInfo => format!("zoneinfo.ZoneInfo(key={name})"),
            Kind::Pytz => match (self.name, self.offset, self.local) {
                (None, ..) => "<UTC>".to_owned(),
                (_, Some(offset), Some((short, is_summer))) => {
                    let sign = if offset > 0 { "+" } else { "" };
                    let offset = durations::words(offset / 1000);
                    let summer = if is_summer { "DST" } else { "STD" };
                    format!("<DstTzInfo {name} {short}{sign}{offset} {summer}>")
                }
                _ => format!("<StaticTzInfo {name}>"),
            },
            Kind::Dateutil => "tzutc()".to_owned(),
        }
    }

    /// What stands behind a time of day: `+01:00`, or `[Europe/Rome]` where only
    /// the name is known.
    pub(super) fn push_suffix(&self, out: &mut String) {
        match self.offset {
            Some(offset) => calendar::push_offset(out, offset),
            None => {
                out.push('[');
                out.push_str(self.name.unwrap_or_default());
                out.push(']');
            }
        }
    }
}

fn quoted(text: &str) -> String {
    // A str has a literal, whatever it holds.
    crate::literal::to_string(text).unwrap_or_default()
}

fn known(zone: Zone<'_>) -> Option<Known<'_>> {
    Some(Known::Zone(zone))
}

/// `datetime.timezone(timedelta[, name])`.
pub(super) fn fixed<'a>(zone: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    let (offset, name) = match args {
        [offset] => (offset, None),
        [offset, name] => (offset, Some(text(name)?)),
        _ => return None,
    };
    let (class, how, args) = made(object(offset)?)?;
    let is_delta = class.module == "datetime" && class.name == "timedelta";
    let micros = durations::read(object(offset)?, args)?;
    let is_zone = is_delta && how == How::Called && micros.abs() < 86_400_000_000;
    (is_zone && is_bare(zone)).then_some(())?;
    known(Zone {
        offset: Some(micros * 1000),
        name,
        kind: Kind::Fixed,
        local: None,
    })
}

/// `pytz._UTC()`.
pub(super) fn pytz_utc<'a>(zone: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    (args.is_empty() && is_bare(zone)).then_some(())?;
    known(Zone {
        offset: Some(0),
        name: None,
        kind: Kind::Pytz,
        local: None,
    })
}

/// `pytz._p(name, seconds, seconds of daylight saving, abbreviation)`, or with the
/// name alone.
pub(super) fn pytz<'a>(zone: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    let (name, offset, local) = match args {
        [name] => (name, None, None),
        [name, offset, saved, short] => {
            let local = (text(short)?, int(saved)? != 0);
            (name, Some(int(offset)?), Some(local))
        }
        _ => return None,
    };
    let is_zone = offset.is_none_or(|seconds| seconds.abs() < 86_400);
    (is_zone && is_bare(zone)).then_some(())?;
    known(Zone {
        offset: offset.map(|seconds| seconds * SECOND),
        name: Some(text(name)?),
        kind: Kind::Pytz,
        local,
    })
}

/// `dateutil.tz.tzutc()`.
pub(super) fn dateutil<'a>(zone: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    (args.is_empty() && is_bare(zone)).then_some(())?;
    known(Zone {
        offset: Some(0),
        name: None,
        kind: Kind::Dateutil,
        local: None,
    })
}

/// Whether an object is `getattr(zoneinfo.ZoneInfo, '_unpickle')`, or the class in
/// it. Nothing is got from anything: it is this form that is known.
pub(super) fn is_unpickler(object: &Object) -> bool {
    let is_class = |global: &Global| global.module == "zoneinfo" && global.name == "ZoneInfo";
    match (&object.made, object.args.as_slice()) {
        (Made::Global(global), _) => is_class(global),
        (Made::Call(getattr), [class, method]) => {
            is_builtin(getattr, "getattr")
                && class_itself(class).is_some_and(is_class)
                && text(method) == Some("_unpickle")
                && is_bare(object)
        }
        _ => false,
    }
}

/// `getattr(zoneinfo.ZoneInfo, '_unpickle')(name, from_cache)`: how `zoneinfo`
/// writes a zone.
pub(super) fn zone_info(zone: &Object) -> Option<Known<'_>> {
    let Made::CallOf(called) = &zone.made else {
        return None;
    };
    let [name, _] = zone.args.as_slice() else {
        return None;
    };
    (is_unpickler(object(called)?) && is_bare(zone)).then_some(())?;
    known(Zone {
        offset: None,
        name: Some(text(name)?),
        kind: Kind::ZoneInfo,
        local: None,
    })
}
