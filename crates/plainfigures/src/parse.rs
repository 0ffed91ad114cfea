//! Sizes and counts as people type them.

use std::error::Error;
use std::fmt;

/// Why a size or a count could not be read. The message says what would have
/// been accepted.
///
/// ```
/// let error = plainfigures::parse_bytes("64 parsecs").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`parsecs` is not a unit of size: write bytes (67108864), 64MiB, 64MB or 64k"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseError {
    /// The text does not begin with a number.
    NotANumber {
        /// What was given.
        text: String,
        /// What would have been right.
        example: &'static str,
    },
    /// A minus sign: neither sizes nor counts can be negative.
    Negative {
        /// What was given.
        text: String,
        /// What would have been right.
        example: &'static str,
    },
    /// The letters after the number are not a unit known here.
    UnknownUnit {
        /// The letters.
        unit: String,
        /// `size` or `count`.
        of: &'static str,
        /// What would have been right.
        example: &'static str,
    },
    /// A fraction where only whole numbers make sense, such as `1.5` records.
    NotWhole {
        /// What was given.
        text: String,
        /// What would have been right.
        example: &'static str,
    },
    /// More than a `u64` holds.
    TooLarge {
        /// What was given.
        text: String,
    },
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotANumber { text, example } => {
                write!(f, "`{text}` is not a number: write {example}")
            }
            Self::Negative { text, example } => write!(f, "`{text}` is negative: write {example}"),
            Self::UnknownUnit { unit, of, example } => {
                write!(f, "`{unit}` is not a unit of {of}: write {example}")
            }
            Self::NotWhole { text, example } => {
                write!(f, "`{text}` is not a whole number: write {example}")
            }
            Self::TooLarge { text } => {
                write!(f, "`{text}` is too large: at most {} is possible", u64::MAX)
            }
        }
    }
}

impl Error for ParseError {}

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
/// use plainfigures::parse_bytes;
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
/// use plainfigures::parse_count;
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
}
