//! Days and nanoseconds as dates and times: Python's proleptic Gregorian
//! calendar, without time zones.

use std::fmt::{self, Write};

/// Nanoseconds in a day.
pub(super) const DAY: i128 = 86_400 * SECOND;
/// Nanoseconds in a second.
pub(super) const SECOND: i128 = 1_000_000_000;

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Date {
    pub year: i64,
    pub month: u8,
    pub day: u8,
}

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub nanosecond: u32,
}

impl Date {
    /// The date, if there is such a day in the years 1 to 9999.
    pub(super) fn new(year: i64, month: u8, day: u8) -> Option<Date> {
        let date = Date { year, month, day };
        let is_day = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
        (is_day && date.is_python()).then_some(date)
    }

    /// The day that lies `days` after 1970-01-01; `None` for those that are more
    /// than a billion years away.
    pub(super) fn from_days(days: i128) -> Option<Date> {
        // Years that begin in March have their leap day at the end.
        let days = i64::try_from(days).ok()?.checked_add(719_468)?;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let month = (march_month + 2) % 12 + 1;
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        let date = Date {
            year,
            month: month as u8,
            day: (day_of_year - (153 * march_month + 2) / 5 + 1) as u8,
        };
        (year.abs() <= 1_000_000_000).then_some(date)
    }

    /// Whether Python's `datetime` has it.
    pub(super) fn is_python(self) -> bool {
        (1..=9999).contains(&self.year)
    }
}

fn days_in(year: i64, month: u8) -> u8 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + u8::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl Clock {
    /// The time of day, if there is such a one.
    pub(super) fn new(hour: u8, minute: u8, second: u8, nanosecond: u32) -> Option<Clock> {
        (hour < 24 && minute < 60 && second < 60 && i128::from(nanosecond) < SECOND).then_some(
            Clock {
                hour,
                minute,
                second,
                nanosecond,
            },
        )
    }

    /// The time so many nanoseconds into a day.
    fn from_nanoseconds(nanoseconds: i128) -> Clock {
        let seconds = nanoseconds / SECOND;
        Clock {
            hour: (seconds / 3600) as u8,
            minute: (seconds / 60 % 60) as u8,
            second: (seconds % 60) as u8,
            nanosecond: (nanoseconds % SECOND) as u32,
        }
    }
}

/// The date and time that lie so many nanoseconds after 1970-01-01.
pub(super) fn moment(nanoseconds: i128) -> Option<(Date, Clock)> {
    let date = Date::from_days(nanoseconds.div_euclid(DAY))?;
    Some((date, Clock::from_nanoseconds(nanoseconds.rem_euclid(DAY))))
}

/// `2020-01-02`
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.year < 0 { "-" } else { "" };
        let year = self.year.unsigned_abs();
        write!(f, "{sign}{year:04}-{:02}-{:02}", self.month, self.day)
    }
}

/// `03:04:05`, with six or nine digits of a fraction where there is one, as
/// `isoformat` writes it.
impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}:{:02}", self.hour, self.minute, self.second)?;
        match self.nanosecond {
            0 => Ok(()),
            n if n % 1000 == 0 => write!(f, ".{:06}", n / 1000),
            n => write!(f, ".{n:09}"),
        }
    }
}

/// Writes a difference from UTC as `isoformat` does: `+01:00`, `-01:01:00.5`.
pub(super) fn push_offset(out: &mut String, nanoseconds: i128) {
    let sign = if nanoseconds < 0 { '-' } else { '+' };
    let clock = Clock::from_nanoseconds(nanoseconds.abs() % DAY);
    let _ = match (clock.second, clock.nanosecond) {
        (0, 0) => write!(out, "{sign}{:02}:{:02}", clock.hour, clock.minute),
        _ => write!(out, "{sign}{clock}"),
    };
}

/// Writes a duration as ISO 8601 has it: `P1DT2H3M4.5S`, `-P0DT0H0M1S`.
pub(super) fn push_duration(out: &mut String, nanoseconds: i128) {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let nanoseconds = nanoseconds.unsigned_abs() as i128;
    let clock = Clock::from_nanoseconds(nanoseconds % DAY);
    let days = nanoseconds / DAY;
    let Clock {
        hour,
        minute,
        second,
        nanosecond,
    } = clock;
    let _ = write!(out, "{sign}P{days}DT{hour}H{minute}M{second}");
    if nanosecond > 0 {
        let fraction = format!("{nanosecond:09}");
        let _ = write!(out, ".{}", fraction.trim_end_matches('0'));
    }
    out.push('S');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_dates() {
        for (days, date) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (11_016, "2000-02-29"),
            (18_263, "2020-01-02"),
            (-719_162, "0001-01-01"),
            (-719_163, "0000-12-31"),
            (2_932_896, "9999-12-31"),
        ] {
            assert_eq!(Date::from_days(days).unwrap().to_string(), date);
        }
        assert_eq!(Date::from_days(i128::MAX), None);
        assert_eq!(Date::from_days(i64::MAX.into()), None);
    }

    #[test]
    fn only_days_that_there_are() {
        assert!(Date::new(2000, 2, 29).is_some());
        for (year, month, day) in [(1900, 2, 29), (2020, 0, 1), (2020, 13, 1), (0, 1, 1)] {
            assert_eq!(Date::new(year, month, day), None);
        }
        assert_eq!(Clock::new(24, 0, 0, 0), None);
    }

    #[test]
    fn durations_and_offsets() {
        let mut out = String::new();
        push_duration(&mut out, -(DAY + 61 * SECOND + 500_000_000));
        push_offset(&mut out, -3_660 * SECOND);
        push_offset(&mut out, 3_661 * SECOND);
        assert_eq!(out, "-P1DT0H1M1.5S-01:01+01:01:01");
    }
}
