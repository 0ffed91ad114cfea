//! Sizes, counts, times and ratios as people read them.

use std::cmp::Ordering;

use super::{GIB, KIB, MIB};

/// What stands for a figure that was not measured.
pub const ABSENT: &str = "–";

/// A unit that a whole table column or chart axis shares, so that its numbers
/// can be compared by eye.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// 1,024 bytes.
    KiB,
    /// 1,048,576 bytes: the unit of choice.
    MiB,
    /// 1,073,741,824 bytes.
    GiB,
}

impl Unit {
    /// The unit for a column whose largest figure is `largest`: MiB, but
    /// smaller where even the largest would be a fraction of one.
    ///
    /// ```
    /// use plainfigures::Unit;
    ///
    /// assert_eq!(Unit::for_largest(4_600_000_000), Unit::MiB);
    /// assert_eq!(Unit::for_largest(70_000), Unit::KiB);
    /// assert_eq!(Unit::for_largest(500), Unit::Bytes);
    /// ```
    #[must_use]
    pub fn for_largest(largest: u64) -> Self {
        match largest {
            0..KIB => Self::Bytes,
            KIB..MIB => Self::KiB,
            _ => Self::MiB,
        }
    }

    /// Its name, as it follows a number.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bytes => "B",
            Self::KiB => "KiB",
            Self::MiB => "MiB",
            Self::GiB => "GiB",
        }
    }

    /// How many bytes one of it is.
    #[must_use]
    pub fn bytes(self) -> u64 {
        match self {
            Self::Bytes => 1,
            Self::KiB => KIB,
            Self::MiB => MIB,
            Self::GiB => GIB,
        }
    }

    /// The number alone, for a column that names its unit in the header. A
    /// size too small to show is `<0.01`, never a misleading 0.
    ///
    /// ```
    /// use plainfigures::Unit;
    ///
    /// assert_eq!(Unit::MiB.number(4_600_000_000), "4,386.9");
    /// assert_eq!(Unit::MiB.number(70_000), "0.07");
    /// assert_eq!(Unit::MiB.number(600), "<0.01");
    /// assert_eq!(Unit::MiB.number(0), "0");
    /// ```
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "shown to four digits")]
    pub fn number(self, bytes: u64) -> String {
        if self == Self::Bytes {
            return thousands(bytes);
        }
        if bytes == 0 {
            return "0".to_string();
        }
        let value = bytes as f64 / self.bytes() as f64;
        if value < 0.005 {
            "<0.01".to_string()
        } else if value < 0.995 {
            format!("{value:.2}")
        } else {
            grouped(value, 1)
        }
    }

    /// [`number`](Self::number) of a difference, with a true minus sign.
    ///
    /// ```
    /// use plainfigures::Unit;
    ///
    /// assert_eq!(Unit::MiB.signed_number(-24_000_000), "−22.9");
    /// ```
    #[must_use]
    pub fn signed_number(self, bytes: i64) -> String {
        let number = self.number(bytes.unsigned_abs());
        if bytes >= 0 {
            number
        } else if let Some(bound) = number.strip_prefix('<') {
            // A small negative number lies above the bound, not below it.
            format!(">−{bound}")
        } else {
            format!("−{number}")
        }
    }

    /// What came on top of `before`, with its sign, as a profile shows it.
    ///
    /// ```
    /// use plainfigures::Unit;
    ///
    /// assert_eq!(Unit::MiB.increment(1_000_000, 9_000_000), "+7.6");
    /// assert_eq!(Unit::MiB.increment(9_000_000, 1_000_000), "−7.6");
    /// assert_eq!(Unit::MiB.increment(7, 7), "0");
    /// ```
    #[must_use]
    pub fn increment(self, before: u64, after: u64) -> String {
        let size = i64::try_from(before.abs_diff(after)).unwrap_or(i64::MAX);
        match before.cmp(&after) {
            Ordering::Less => format!("+{}", self.signed_number(size)),
            Ordering::Equal => self.number(0),
            Ordering::Greater => self.signed_number(-size),
        }
    }
}

/// A size for running text, in the unit that suits it.
///
/// ```
/// use plainfigures::format_bytes;
///
/// assert_eq!(format_bytes(0), "0 B");
/// assert_eq!(format_bytes(512), "512 B");
/// assert_eq!(format_bytes(70_000), "68.4 KiB");
/// assert_eq!(format_bytes(60_000_000), "57.2 MiB");
/// assert_eq!(format_bytes(4_600_000_000), "4,386.9 MiB");
/// assert_eq!(format_bytes(25_769_803_776), "24.0 GiB");
/// ```
#[must_use]
pub fn format_bytes(bytes: u64) -> String {
    let unit = match bytes {
        0..KIB => Unit::Bytes,
        KIB..MIB => Unit::KiB,
        // Gibibytes begin late: figures of one run should share a unit.
        _ if bytes < 10 * GIB => Unit::MiB,
        _ => Unit::GiB,
    };
    format!("{} {}", unit.number(bytes), unit.name())
}

/// A difference of sizes, with its sign.
///
/// ```
/// use plainfigures::format_signed_bytes;
///
/// assert_eq!(format_signed_bytes(-24_000_000), "−22.9 MiB");
/// assert_eq!(format_signed_bytes(512), "512 B");
/// ```
#[must_use]
pub fn format_signed_bytes(bytes: i64) -> String {
    let sign = if bytes < 0 { "−" } else { "" };
    format!("{sign}{}", format_bytes(bytes.unsigned_abs()))
}

/// A whole number with separators.
///
/// ```
/// assert_eq!(plainfigures::thousands(1_000_000), "1,000,000");
/// ```
#[must_use]
pub fn thousands(number: u64) -> String {
    group(&number.to_string())
}

/// A time for people: three digits and the unit that suits it.
///
/// ```
/// use plainfigures::format_seconds;
///
/// assert_eq!(format_seconds(0.0), "0 s");
/// assert_eq!(format_seconds(0.000_000_42), "420 ns");
/// assert_eq!(format_seconds(0.004_56), "4.56 ms");
/// assert_eq!(format_seconds(1.5), "1.50 s");
/// assert_eq!(format_seconds(272.0), "4 min 32 s");
/// ```
#[must_use]
pub fn format_seconds(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return ABSENT.to_string();
    }
    if seconds == 0.0 {
        return "0 s".to_string();
    }
    if seconds >= 99.95 {
        let whole = whole(seconds);
        let (minutes, rest) = (whole / 60, whole % 60);
        return match (minutes / 60, minutes % 60) {
            (0, minutes) => format!("{minutes} min {rest} s"),
            (hours, minutes) => format!("{} h {minutes} min", thousands(hours)),
        };
    }
    let (value, unit) = if seconds >= 0.999_5 {
        (seconds, "s")
    } else if seconds >= 0.000_999_5 {
        (seconds * 1e3, "ms")
    } else if seconds >= 0.000_000_999_5 {
        (seconds * 1e6, "µs")
    } else {
        (seconds * 1e9, "ns")
    };
    format!("{} {unit}", three_digits(value))
}

/// The number of seconds alone, for a column that names its unit in the header.
///
/// ```
/// use plainfigures::seconds_number;
///
/// assert_eq!(seconds_number(1.2345), "1.234");
/// assert_eq!(seconds_number(31.02), "31.020");
/// assert_eq!(seconds_number(0.000_02), "<0.001");
/// ```
#[must_use]
pub fn seconds_number(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        ABSENT.to_string()
    } else if seconds > 0.0 && seconds < 0.000_5 {
        "<0.001".to_string()
    } else {
        grouped(seconds, 3)
    }
}

/// A ratio with its sign: two digits from 1.05 to 10, whole numbers above,
/// the first digit that counts below.
///
/// ```
/// use plainfigures::format_ratio;
///
/// assert_eq!(format_ratio(1_234.5), "1,234×");
/// assert_eq!(format_ratio(64.2), "64×");
/// assert_eq!(format_ratio(5.99), "6.0×");
/// assert_eq!(format_ratio(1.0), "1.0×");
/// assert_eq!(format_ratio(0.42), "0.42×");
/// assert_eq!(format_ratio(0.0021), "0.002×");
/// assert_eq!(format_ratio(0.0), "0×");
/// ```
#[must_use]
pub fn format_ratio(ratio: f64) -> String {
    if !ratio.is_finite() || ratio < 0.0 {
        return ABSENT.to_string();
    }
    let number = if ratio >= 9.95 {
        thousands(whole(ratio))
    } else if ratio >= 0.995 {
        format!("{ratio:.1}")
    } else if ratio >= 0.0995 {
        format!("{ratio:.2}")
    } else if ratio >= 0.0005 {
        format!("{ratio:.3}")
    } else if ratio > 0.0 {
        "<0.001".to_string()
    } else {
        "0".to_string()
    };
    format!("{number}×")
}

/// A rate of records or of bytes: `3.2 M/s` of records, `210 MiB/s`.
///
/// ```
/// use plainfigures::format_records_per_second;
///
/// assert_eq!(format_records_per_second(3_210_000.0), "3.21 M/s");
/// assert_eq!(format_records_per_second(950.0), "950 /s");
/// ```
#[must_use]
pub fn format_records_per_second(rate: f64) -> String {
    if !rate.is_finite() || rate < 0.0 {
        ABSENT.to_string()
    } else if rate >= 1e6 {
        format!("{} M/s", three_digits(rate / 1e6))
    } else if rate >= 1e4 {
        format!("{} k/s", three_digits(rate / 1e3))
    } else {
        format!("{} /s", grouped(rate, 0))
    }
}

/// Three significant digits of a number from 1 to 999; more before the point
/// if it has them.
fn three_digits(value: f64) -> String {
    let decimals = if value >= 99.95 {
        0
    } else if value >= 9.995 {
        1
    } else {
        2
    };
    grouped(value, decimals)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, which is what a figure this large deserves"
)]
fn whole(value: f64) -> u64 {
    // Ties go to even, as everywhere else in `format!`.
    value.round_ties_even() as u64
}

fn grouped(value: f64, decimals: usize) -> String {
    group(&format!("{value:.decimals$}"))
}

fn group(number: &str) -> String {
    let (whole, rest) = match number.find('.') {
        Some(point) => number.split_at(point),
        None => (number, ""),
    };
    let mut out = String::with_capacity(number.len() + whole.len() / 3);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_and_absurd_times_are_not_numbers() {
        for seconds in [f64::NAN, f64::INFINITY, -1.0] {
            assert_eq!(format_seconds(seconds), ABSENT);
            assert_eq!(seconds_number(seconds), ABSENT);
            assert_eq!(format_ratio(seconds), ABSENT);
        }
        assert_eq!(format_seconds(99.99), "1 min 40 s");
        assert_eq!(format_seconds(0.999_9), "1.00 s");
        assert_eq!(format_seconds(7_260.0), "2 h 1 min");
    }

    #[test]
    fn extremes_keep_their_digits() {
        assert_eq!(thousands(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!(Unit::MiB.signed_number(-10), ">−0.01");
        assert_eq!(Unit::MiB.signed_number(i64::MIN), "−8,796,093,022,208.0");
        assert_eq!(Unit::Bytes.number(1_234), "1,234");
    }
}
