//! Sizes, counts, times and ratios: as people type them and as people read them.
//!
//! In data and code a size is bytes and a time is seconds. This file is where
//! they turn into text and back. The parsers have the shape that clap expects
//! of a `value_parser`, and their errors say what would have been accepted.
//!
//! ```
//! use picklebench::units;
//!
//! assert_eq!(units::parse_bytes("64MiB"), Ok(67_108_864));
//! assert_eq!(units::parse_count("1e6"), Ok(1_000_000));
//! assert_eq!(units::format_bytes(359_713_943), "343.0 MiB");
//! assert_eq!(units::format_ratio(64.2), "64×");
//! ```

/// Bytes in a KiB.
pub const KIB: u64 = 1 << 10;
/// Bytes in a MiB.
pub const MIB: u64 = 1 << 20;
/// Bytes in a GiB.
pub const GIB: u64 = 1 << 30;

/// What stands for a figure that was not measured.
pub const ABSENT: &str = "–";

/// Why a size or a count could not be read.
///
/// ```
/// let error = picklebench::units::parse_bytes("64 parsecs").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`parsecs` is not a unit of size: write bytes (67108864), 64MiB, 64MB or 64k"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseError {
    /// It does not begin with a number.
    #[error("`{text}` is not a number: write {example}")]
    NotANumber {
        /// What was given.
        text: String,
        /// What would have been right.
        example: &'static str,
    },
    /// A minus sign: neither sizes nor counts can be negative.
    #[error("`{text}` is negative: write {example}")]
    Negative {
        /// What was given.
        text: String,
        /// What would have been right.
        example: &'static str,
    },
    /// The letters after the number are not a unit known here.
    #[error("`{unit}` is not a unit of {of}: write {example}")]
    UnknownUnit {
        /// The letters.
        unit: String,
        /// `size` or `count`.
        of: &'static str,
        /// What would have been right.
        example: &'static str,
    },
    /// A fraction where only whole numbers make sense, such as `1.5` records.
    #[error("`{text}` is not a whole number: write {example}")]
    NotWhole {
        /// What was given.
        text: String,
        /// What would have been right.
        example: &'static str,
    },
    /// More than a `u64` holds.
    #[error("`{text}` is too large: at most {} is possible", u64::MAX)]
    TooLarge {
        /// What was given.
        text: String,
    },
}

/// What a number's suffix may be, and what the error says otherwise.
struct Grammar {
    of: &'static str,
    example: &'static str,
    multiplier: fn(&str) -> Option<u64>,
    whole: bool,
}

const SIZE: Grammar = Grammar {
    of: "size",
    example: "bytes (67108864), 64MiB, 64MB or 64k",
    multiplier: size_multiplier,
    whole: false,
};

const COUNT: Grammar = Grammar {
    of: "count",
    example: "1000000, 1_000_000, 1e6 or 1M",
    multiplier: count_multiplier,
    whole: true,
};

/// Reads a size in bytes.
///
/// `KiB`, `MiB`, `GiB`, `TiB` are powers of 1024, `kB`, `MB`, `GB`, `TB` powers
/// of 1000, and a bare `k`, `M`, `G`, `T` is a power of 1024, as for `head -c`
/// and `dd`. Case does not matter. Fractions are cut to whole bytes.
///
/// ```
/// use picklebench::units::parse_bytes;
///
/// assert_eq!(parse_bytes("67108864"), Ok(67_108_864));
/// assert_eq!(parse_bytes("64MiB"), Ok(67_108_864));
/// assert_eq!(parse_bytes("64 MB"), Ok(64_000_000));
/// assert_eq!(parse_bytes("64k"), Ok(65_536));
/// assert_eq!(parse_bytes("1.5G"), Ok(1_610_612_736));
/// assert!(parse_bytes("lots").is_err());
/// ```
///
/// # Errors
/// [`ParseError`], which names the part that was not understood.
pub fn parse_bytes(text: &str) -> Result<u64, ParseError> {
    parse(text, &SIZE)
}

/// Reads a count, such as a number of records.
///
/// `k`, `M`, `G` (or `B`, for billion) and `T` are powers of 1000.
///
/// ```
/// use picklebench::units::parse_count;
///
/// assert_eq!(parse_count("1000000"), Ok(1_000_000));
/// assert_eq!(parse_count("1_000_000"), Ok(1_000_000));
/// assert_eq!(parse_count("1e6"), Ok(1_000_000));
/// assert_eq!(parse_count("2.5M"), Ok(2_500_000));
/// assert!(parse_count("1.5").is_err());
/// ```
///
/// # Errors
/// [`ParseError`], which names the part that was not understood. Zero is a
/// count; whether it makes sense is the caller's to say.
pub fn parse_count(text: &str) -> Result<u64, ParseError> {
    parse(text, &COUNT)
}

fn size_multiplier(unit: &str) -> Option<u64> {
    let lower = unit.to_ascii_lowercase();
    let (prefix, decimal) = match lower.strip_suffix("ib") {
        Some(prefix) if !prefix.is_empty() => (prefix, false),
        _ => match lower.strip_suffix('b') {
            Some(prefix) => (prefix, true),
            None => (lower.as_str(), false),
        },
    };
    let power = match prefix {
        "" | "byte" | "bytes" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        _ => return None,
    };
    Some(if decimal { 1000_u64 } else { 1024 }.pow(power))
}

fn count_multiplier(unit: &str) -> Option<u64> {
    let power = match unit.to_ascii_lowercase().as_str() {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" | "b" => 3,
        "t" => 4,
        _ => return None,
    };
    Some(1000_u64.pow(power))
}

/// A decimal number without loss: `digits × 10^exponent`.
struct Decimal {
    digits: u128,
    exponent: i32,
}

fn parse(text: &str, grammar: &Grammar) -> Result<u64, ParseError> {
    let trimmed = text.trim();
    let shown = || trimmed.to_string();
    let example = grammar.example;
    if trimmed.starts_with(['-', '−']) {
        return Err(ParseError::Negative {
            text: shown(),
            example,
        });
    }
    let not_a_number = || ParseError::NotANumber {
        text: shown(),
        example,
    };
    let end = number_end(trimmed);
    let (number, unit) = trimmed.split_at(end);
    let unit = unit.trim();
    let Decimal { digits, exponent } = match decimal(number) {
        Ok(decimal) => decimal.ok_or_else(not_a_number)?,
        Err(Overflow) => return Err(ParseError::TooLarge { text: shown() }),
    };
    if !unit.is_empty() && !unit.chars().all(char::is_alphabetic) {
        return Err(not_a_number());
    }
    let multiplier = (grammar.multiplier)(unit).ok_or_else(|| ParseError::UnknownUnit {
        unit: unit.to_string(),
        of: grammar.of,
        example,
    })?;
    let too_large = || ParseError::TooLarge { text: shown() };
    let scaled = digits
        .checked_mul(u128::from(multiplier))
        .ok_or_else(too_large)?;
    let power = 10_u128.checked_pow(exponent.unsigned_abs());
    let value = match power {
        // Nothing times anything is nothing; anything else is beyond `u64`.
        _ if digits == 0 => 0,
        Some(power) if exponent >= 0 => scaled.checked_mul(power).ok_or_else(too_large)?,
        Some(power) if grammar.whole && !scaled.is_multiple_of(power) => {
            return Err(ParseError::NotWhole {
                text: shown(),
                example,
            });
        }
        Some(power) => scaled / power,
        None => return Err(too_large()),
    };
    u64::try_from(value).map_err(|_| too_large())
}

/// Where the number ends and the unit begins. An `e` belongs to the number
/// only where a digit follows.
fn number_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'0'..=b'9' | b'_' | b'.' => at += 1,
            b'e' | b'E' if at > 0 && digit(at + 1) => at += 2,
            b'e' | b'E' if at > 0 && bytes.get(at + 1) == Some(&b'+') && digit(at + 2) => at += 3,
            b'e' | b'E' if at > 0 && bytes.get(at + 1) == Some(&b'-') && digit(at + 2) => at += 3,
            _ => break,
        }
    }
    at
}

struct Overflow;

/// Reads `1_000`, `1.5`, `1e6`; `None` where it is none of these.
fn decimal(text: &str) -> Result<Option<Decimal>, Overflow> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => match exponent.parse::<i32>() {
            Ok(exponent) if exponent.abs() <= 60 => (mantissa, exponent),
            _ if exponent.contains(['e', 'E', '.', '_']) => return Ok(None),
            _ => return Err(Overflow),
        },
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let well_formed = |part: &str| !part.starts_with('_') && !part.ends_with('_');
    if whole.is_empty() || !well_formed(whole) || !well_formed(fraction) || fraction.contains('.') {
        return Ok(None);
    }
    let mut digits = 0_u128;
    for digit in whole.bytes().chain(fraction.bytes()) {
        if digit != b'_' {
            digits = digits
                .checked_mul(10)
                .and_then(|digits| digits.checked_add(u128::from(digit - b'0')))
                .ok_or(Overflow)?;
        }
    }
    let decimals = fraction.bytes().filter(u8::is_ascii_digit).count();
    let decimals = i32::try_from(decimals).map_err(|_| Overflow)?;
    Ok(Some(Decimal {
        digits,
        exponent: exponent - decimals,
    }))
}

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
    /// use picklebench::units::Unit;
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
    /// use picklebench::units::Unit;
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
    /// use picklebench::units::Unit;
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
}

/// A size for running text, in the unit that suits it.
///
/// ```
/// use picklebench::units::format_bytes;
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
/// use picklebench::units::format_signed_bytes;
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
/// assert_eq!(picklebench::units::thousands(1_000_000), "1,000,000");
/// ```
#[must_use]
pub fn thousands(number: u64) -> String {
    group(&number.to_string())
}

/// A time for people: three digits and the unit that suits it.
///
/// ```
/// use picklebench::units::format_seconds;
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
/// use picklebench::units::seconds_number;
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
/// use picklebench::units::format_ratio;
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
/// use picklebench::units::format_records_per_second;
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
    fn sizes_people_write() {
        for (text, bytes) in [
            ("0", 0),
            ("512", 512),
            ("512B", 512),
            ("512 bytes", 512),
            ("1kB", 1_000),
            ("1KB", 1_000),
            ("1KiB", 1_024),
            ("64k", 65_536),
            ("64K", 65_536),
            ("64m", 64 << 20),
            (" 64 MiB ", 64 << 20),
            ("1e6", 1_000_000),
            ("1e3MB", 1_000_000_000),
            ("1_000_000", 1_000_000),
            ("0.5GiB", 1 << 29),
            ("0.1k", 102),
            ("15000000e-3", 15_000),
            ("2T", 2 << 40),
            ("18446744073709551615", u64::MAX),
        ] {
            assert_eq!(parse_bytes(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn counts_people_write() {
        for (text, count) in [
            ("1", 1),
            ("10k", 10_000),
            ("1M", 1_000_000),
            ("1m", 1_000_000),
            ("1.5M", 1_500_000),
            ("1E+6", 1_000_000),
            ("2B", 2_000_000_000),
            ("1.000", 1),
        ] {
            assert_eq!(parse_count(text), Ok(count), "{text}");
        }
    }

    #[test]
    fn what_is_refused_is_explained() {
        for (result, message) in [
            (
                parse_count(""),
                "`` is not a number: write 1000000, 1_000_000, 1e6 or 1M",
            ),
            (
                parse_count("-5"),
                "`-5` is negative: write 1000000, 1_000_000, 1e6 or 1M",
            ),
            (
                parse_count("1.5"),
                "`1.5` is not a whole number: write 1000000, 1_000_000, 1e6 or 1M",
            ),
            (
                parse_count("64MiB"),
                "`MiB` is not a unit of count: write 1000000, 1_000_000, 1e6 or 1M",
            ),
            (
                parse_bytes("64XB"),
                "`XB` is not a unit of size: write bytes (67108864), 64MiB, 64MB or 64k",
            ),
            (
                parse_bytes("17e18T"),
                "`17e18T` is too large: at most 18446744073709551615 is possible",
            ),
            (
                parse_bytes("1e99999999999"),
                "`1e99999999999` is too large: at most 18446744073709551615 is possible",
            ),
        ] {
            assert_eq!(result.unwrap_err().to_string(), message);
        }
        for text in [
            ".", "_1", "1_", "1.2.3", "1e6e6", "1 2", "0x10", "1,000", "e6", "NaN", "½", "+-1",
        ] {
            assert!(parse_count(text).is_err(), "{text}");
            assert!(parse_bytes(text).is_err(), "{text}");
        }
        let long = "9".repeat(100_000);
        assert!(matches!(
            parse_bytes(&long),
            Err(ParseError::TooLarge { .. })
        ));
    }

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
