//! Python's grammar of numbers.
//!
//! <https://docs.python.org/3/reference/lexical_analysis.html#numeric-literals>

use num_bigint::{BigInt, BigUint};

use super::cursor::{Cursor, is_word};
use super::error::{Error, ErrorKind};
use super::limits::LiteralLimits;

/// A number with its sign.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Number {
    /// The sign apart from the size, since `-0` starts some complex numbers.
    Int {
        negative: bool,
        size: u128,
    },
    /// An int whose size is beyond 128 bits.
    BigInt(BigInt),
    Float(f64),
    Complex(f64, f64),
}

impl Number {
    /// For messages: `the int 1`.
    pub(super) fn describe(&self) -> String {
        match self {
            Number::Int { negative, size } => {
                format!("the int {}{size}", if *negative { "-" } else { "" })
            }
            Number::BigInt(int) => {
                let digits = int.magnitude().to_string();
                match digits.len() {
                    ..=60 => format!("the int {int}"),
                    length => format!("an int of {length} digits"),
                }
            }
            Number::Float(float) => format!("the float {float:?}"),
            Number::Complex(..) => "a complex".to_owned(),
        }
    }
}

/// Reads a `u64` that is written in the plainest way: digits, then a comma or
/// a closing bracket. `None`, and nothing is moved, for anything else.
#[inline]
pub(super) fn plain_u64(cursor: &mut Cursor<'_>) -> Option<u64> {
    let rest = cursor.rest();
    let mut at = 0;
    let mut int = 0_u64;
    // Eight digits at a time; after twice eight, at most four may follow.
    let (count, digits) = loop {
        let (count, digits) = digits_at(rest, at);
        if count < 8 {
            break (count, digits);
        }
        if at == 16 {
            return None;
        }
        int = int * 100_000_000 + digits;
        at += 8;
    };
    // In 128 bits, which hold any 24 digits: 20 of them may be too many.
    let all = u128::from(int) * POWERS[count] + u128::from(digits);
    let int = u64::try_from(all).ok()?;
    at += count;
    let leading_zero = rest.first() == Some(&b'0') && at > 1;
    if at == 0 || leading_zero || !ends_plainly(rest, at) {
        return None;
    }
    cursor.skip(at);
    Some(int)
}

/// Powers of ten.
const POWERS: [u128; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/// How many of the eight bytes at `at` are digits, up to the first that is
/// none, and their value. How many there are is not a branch: for random
/// integers it would be an unpredictable one.
#[inline]
fn digits_at(text: &[u8], at: usize) -> (usize, u64) {
    let digits = word_at(text, at) ^ 0x3030_3030_3030_3030;
    // A byte above 9 has its upper bit set, or has it after adding 0x76; if
    // that carries, it spoils only what lies above the first such byte.
    let others = (digits | digits.wrapping_add(0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080;
    let bits = others.trailing_zeros() & !7;
    // Zeros before them make them eight.
    let digits = digits.checked_shl(64 - bits).unwrap_or(0);
    // Pairs, then fours, then all eight are joined within one word, by
    // multiplications that add neighbours at their upper half.
    let pairs = (digits * 10 + (digits >> 8)) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_FFFF_0000_FFFF;
    let eight = (fours * 10_000 + (fours >> 32)) & 0xFFFF_FFFF;
    (bits as usize / 8, eight)
}

/// The eight bytes at `at`, the first one lowest, and zeros beyond the end.
#[inline]
fn word_at(text: &[u8], at: usize) -> u64 {
    if let Some(eight) = text.get(at..).and_then(<[u8]>::first_chunk) {
        u64::from_le_bytes(*eight)
    } else if let Some(last) = text.last_chunk() {
        let beyond = 8 * (at + 8 - text.len()) as u32;
        u64::from_le_bytes(*last).checked_shr(beyond).unwrap_or(0)
    } else {
        let rest = text.get(at..).unwrap_or_default().iter().rev();
        rest.fold(0, |word, byte| word << 8 | u64::from(*byte))
    }
}

/// Reads a float that is written in a plain way: digits with a point or an
/// exponent, then a comma or a closing bracket. `None`, and nothing is moved,
/// for anything else.
#[inline]
pub(super) fn plain_float(cursor: &mut Cursor<'_>) -> Option<f64> {
    let rest = cursor.rest();
    let digits = rest.strip_prefix(b"-").unwrap_or(rest);
    if !digits.first()?.is_ascii_digit() {
        return None;
    }
    let (float, length) = fast_float2::parse_partial::<f64, _>(rest).ok()?;
    let is_float = rest[..length]
        .iter()
        .any(|byte| matches!(byte, b'.' | b'e' | b'E'));
    if !is_float || !ends_plainly(rest, length) {
        return None;
    }
    cursor.skip(length);
    Some(float)
}

/// Whether a number that ends at `at` is followed by nothing that could still
/// belong to it.
#[inline]
fn ends_plainly(text: &[u8], at: usize) -> bool {
    matches!(
        text.get(at),
        None | Some(b',' | b')' | b']' | b'}' | b':' | b'\r' | b'\n')
    )
}

/// Whether a number can start with `byte`; `inf` and `nan` apart.
pub(super) fn starts_number(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'.' | b'+' | b'-')
}

/// Reads a number with its sign, or a complex number of two parts.
pub(super) fn read_number(
    cursor: &mut Cursor<'_>,
    limits: &LiteralLimits,
) -> Result<Number, Error> {
    let start = cursor.at;
    let first = read_signed(cursor, limits)?;
    let joined =
        !matches!(first, Number::Complex(..)) && matches!(cursor.next_token(), Some(b'+' | b'-'));
    if !joined {
        return Ok(first);
    }
    let real = match first {
        Number::Float(float) => float,
        // The sign of `-0` counts: `repr` leaves out the point.
        Number::Int { negative, size } => signed(size as f64, negative),
        _ => {
            let message = format!("{} is too large for a complex", first.describe());
            return Err(Error::at(ErrorKind::Unsupported, start, message));
        }
    };
    let second = cursor.at;
    // Just one sign, as the operator between the two parts.
    match read_signed(cursor, limits)? {
        Number::Complex(_, imaginary) => Ok(Number::Complex(real, imaginary)),
        _ => Err(Error::at(
            ErrorKind::Unsupported,
            second,
            "arithmetic is not read, only a complex number such as 1+2j",
        )),
    }
}

fn signed(float: f64, negative: bool) -> f64 {
    if negative { -float } else { float }
}

fn read_signed(cursor: &mut Cursor<'_>, limits: &LiteralLimits) -> Result<Number, Error> {
    let negative = cursor.peek() == Some(b'-');
    if matches!(cursor.peek(), Some(b'+' | b'-')) {
        cursor.skip(1);
        cursor.next_token();
    }
    Ok(match read_unsigned(cursor, limits)? {
        Number::Int { size, .. } => Number::Int { negative, size },
        Number::BigInt(int) => Number::BigInt(if negative { -int } else { int }),
        Number::Float(float) => Number::Float(signed(float, negative)),
        Number::Complex(real, imaginary) => Number::Complex(real, signed(imaginary, negative)),
    })
}

fn read_unsigned(cursor: &mut Cursor<'_>, limits: &LiteralLimits) -> Result<Number, Error> {
    let start = cursor.at;
    let rest = cursor.rest();
    match rest {
        [b'0', letter @ (b'x' | b'X' | b'o' | b'O' | b'b' | b'B'), ..] => {
            cursor.skip(2);
            let radix = match letter {
                b'x' | b'X' => 16,
                b'o' | b'O' => 8,
                _ => 2,
            };
            cursor.take(b'_');
            let digits = digits(cursor, radix);
            if digits.is_empty() {
                return Err(cursor.unexpected(&format!("a digit of base {radix}")));
            }
            let int = int(&digits, radix, start, limits)?;
            skip_long_suffix(cursor);
            return Ok(int);
        }
        [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..] => {}
        _ => return read_named(cursor),
    }
    let mut text = digits(cursor, 10);
    let mut is_float = false;
    if cursor.take(b'.') {
        is_float = true;
        text.push(b'.');
        text.extend(digits(cursor, 10));
    }
    if let [b'e' | b'E', rest @ ..] = cursor.rest() {
        let sign = matches!(rest.first(), Some(b'+' | b'-'));
        let negative = rest.first() == Some(&b'-');
        cursor.skip(1 + usize::from(sign));
        let exponent = digits(cursor, 10);
        if exponent.is_empty() {
            return Err(cursor.unexpected("a digit of an exponent"));
        }
        is_float = true;
        text.extend_from_slice(if negative { b"e-" } else { b"e" });
        text.extend(exponent);
    }
    let imaginary = cursor.take(b'j') || cursor.take(b'J');
    if is_float || imaginary {
        let float = fast_float2::parse::<f64, _>(&text)
            .map_err(|_| Error::at(ErrorKind::Syntax, start, "expected a float"))?;
        return Ok(if imaginary {
            Number::Complex(0.0, float)
        } else {
            Number::Float(float)
        });
    }
    if text[0] == b'0' && text.iter().any(|&digit| digit != b'0') {
        let message = "an int with a leading zero, which Python 3 does not accept \
            (an octal number is written 0o17)";
        return Err(Error::at(ErrorKind::Syntax, start, message));
    }
    let int = int(&text, 10, start, limits)?;
    skip_long_suffix(cursor);
    Ok(int)
}

/// Python 2 wrote `7L` for what had outgrown a machine word.
fn skip_long_suffix(cursor: &mut Cursor<'_>) {
    if let [b'l' | b'L', rest @ ..] = cursor.rest()
        && !rest.first().copied().is_some_and(is_word)
    {
        cursor.skip(1);
    }
}

/// `inf` and `nan`, also as an imaginary part.
fn read_named(cursor: &mut Cursor<'_>) -> Result<Number, Error> {
    let word = cursor.word();
    let number = match word {
        b"inf" => Number::Float(f64::INFINITY),
        b"nan" => Number::Float(f64::NAN),
        b"infj" => Number::Complex(0.0, f64::INFINITY),
        b"nanj" => Number::Complex(0.0, f64::NAN),
        _ => return Err(cursor.unexpected("a number")),
    };
    cursor.skip(word.len());
    Ok(number)
}

/// Takes digits of `radix`, with single underscores between them, which are
/// left out of what is returned.
fn digits(cursor: &mut Cursor<'_>, radix: u32) -> Vec<u8> {
    let rest = cursor.rest();
    let is_digit = |at: usize| {
        rest.get(at)
            .is_some_and(|&byte| (byte as char).is_digit(radix))
    };
    let mut end = 0;
    while is_digit(end) || (end > 0 && rest[end..].starts_with(b"_") && is_digit(end + 1)) {
        end += 1;
    }
    cursor.skip(end);
    let mut digits = rest[..end].to_vec();
    digits.retain(|&byte| byte != b'_');
    digits
}

fn int(digits: &[u8], radix: u32, start: usize, limits: &LiteralLimits) -> Result<Number, Error> {
    if digits.len() > limits.int_digits {
        let message = format!(
            "an int of {} digits, more than {} (limit `int_digits`)",
            digits.len(),
            limits.int_digits
        );
        return Err(Error::at(ErrorKind::Limit, start, message));
    }
    let mut size = 0_u128;
    for &digit in digits {
        let digit = (digit as char).to_digit(radix).unwrap_or_default();
        let next = size
            .checked_mul(radix.into())
            .and_then(|size| size.checked_add(digit.into()));
        let Some(next) = next else {
            let big = BigUint::parse_bytes(digits, radix).unwrap_or_default();
            return Ok(Number::BigInt(big.into()));
        };
        size = next;
    }
    Ok(Number::Int {
        negative: false,
        size,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The standard library is asked for every number of digits, with whatever
    /// may stand before and behind them.
    #[test]
    fn plain_integers_of_every_length() {
        let digits = "9182736455463728190918273645";
        for length in 0..=digits.len() {
            for start in 0..=digits.len() - length {
                let int = &digits[start..start + length];
                for behind in ["", ")", ",", ", 'x')", "}, {1: 22222222, 3: 44444444}"] {
                    check(int, behind);
                }
                for behind in ["x", "/", ":9", ".5)", "_0", "L", "e3", " ", "\u{b9}, 2"] {
                    check(int, behind);
                }
            }
        }
        for int in [
            "0",
            "00",
            "01",
            "18446744073709551615",
            "18446744073709551616",
        ] {
            check(int, ")");
        }
    }

    fn check(int: &str, behind: &str) {
        let text = format!("(1.5, {int}{behind}");
        let mut cursor = Cursor::new(text.as_bytes());
        cursor.skip(6);
        let plain = match behind.as_bytes().first() {
            None | Some(b',' | b')' | b'}' | b':') => int.parse().ok(),
            Some(_) => None,
        };
        let plain = plain.filter(|_| int == "0" || !int.starts_with('0'));
        assert_eq!(plain_u64(&mut cursor), plain, "{text}");
        let moved = plain.map_or(0, |_| int.len());
        assert_eq!(cursor.at, 6 + moved, "{text}");
    }
}
