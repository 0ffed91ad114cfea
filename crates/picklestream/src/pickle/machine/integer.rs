//! Integers in the spellings that pickle has for them, as nodes.

use num_bigint::BigInt;

use super::arena::{Arena, Node};
use crate::pickle::error::{Result, exceeded, malformed};
use crate::pickle::opcodes::decimal::{excerpt, positive};
use crate::pickle::options::PickleLimits;

/// A non-negative integer of up to 64 bits as `LONG` has it.
#[inline]
pub(crate) fn short_long(digits: &[u8]) -> Option<u64> {
    match digits {
        // For Python 2 what follows is octal, for Python 3 it is nothing.
        [b'0', _, ..] => None,
        _ => positive(digits),
    }
}

/// An integer as `LONG` has it: spelt in decimal, with sign or without.
#[inline]
pub(crate) fn long(line: &[u8], arena: &mut Arena, limits: &PickleLimits, at: u32) -> Result<Node> {
    if let Some(value) = short_long(line) {
        return Ok(Node::unsigned(at, value));
    }
    check_digits(line, limits)?;
    found(plain_int(line), line, arena, at)
}

/// An integer or a bool, as `INT` has it: CPython asks `strtol` with base 0 first, for
/// which `010` is 8, and takes 0 and 1 of two characters for a bool.
#[inline]
pub(crate) fn int(line: &[u8], arena: &mut Arena, limits: &PickleLimits, at: u32) -> Result<Node> {
    if let (true, Some(value)) = (line.first() != Some(&b'0'), positive(line)) {
        return Ok(Node::unsigned(at, value));
    }
    check_digits(line, limits)?;
    match c_long(line) {
        Some(value @ (0 | 1)) if line.len() == 2 => Ok(Node::Bool {
            at,
            value: value == 1,
        }),
        Some(value) => Ok(Node::signed(at, value)),
        None => found(python_int(line), line, arena, at),
    }
}

fn check_digits(line: &[u8], limits: &PickleLimits) -> Result<()> {
    let has_sign = matches!(line, [b'-' | b'+', ..]);
    if (line.len() - usize::from(has_sign)) as u64 > limits.integer_digits {
        return Err(exceeded("integer_digits", limits.integer_digits));
    }
    Ok(())
}

/// What was found to be the integer that `line` spells.
fn found(int: Option<BigInt>, line: &[u8], arena: &mut Arena, at: u32) -> Result<Node> {
    let int = int.ok_or_else(|| malformed(format!("{:?} is not an integer", excerpt(line))))?;
    binary(&int.to_signed_bytes_le(), arena, at)
}

/// Digits after a sign, if there is one, and no zero before others. BigInt would
/// accept underscores.
fn plain_int(line: &[u8]) -> Option<BigInt> {
    let (_, digits) = signed(str::from_utf8(line).ok()?);
    let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    let is_octal = digits.starts_with('0') && digits.bytes().any(|digit| digit != b'0');
    (is_number && !is_octal).then(|| BigInt::parse_bytes(line, 10))?
}

/// What C takes for white space.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\x0b' | '\x0c' | '\r')
}

/// C's `strtol(line, &end, 0)` where it gets to the end of the line, or to a NUL.
#[cold]
fn c_long(line: &[u8]) -> Option<i64> {
    let line = line.split(|&byte| byte == 0).next()?;
    let text = str::from_utf8(line).ok()?.trim_start_matches(is_space);
    let (sign, digits) = signed(text);
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', ..] => (8, digits),
        _ => (10, digits),
    };
    let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    is_number.then(|| i64::from_str_radix(&format!("{sign}{digits}"), radix).ok())?
}

/// Python's `int(text, 0)`: `1_000`, `0x1f`, and no zero before other digits.
#[cold]
fn python_int(line: &[u8]) -> Option<BigInt> {
    let text = str::from_utf8(line).ok()?.trim_matches(is_space);
    let (sign, digits) = signed(text);
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', b'o' | b'O', ..] => (8, &digits[2..]),
        [b'0', b'b' | b'B', ..] => (2, &digits[2..]),
        _ => (10, digits),
    };
    let digits = if radix == 10 {
        digits
    } else {
        digits.strip_prefix('_').unwrap_or(digits)
    };
    let groups = || digits.split('_');
    let is_number = groups().all(|g| !g.is_empty() && g.chars().all(|c| c.is_digit(radix)));
    let digits: String = groups().collect();
    let has_leading_zero = radix == 10 && digits.starts_with('0');
    if !is_number || has_leading_zero && digits.bytes().any(|digit| digit != b'0') {
        return None;
    }
    BigInt::parse_bytes(format!("{sign}{digits}").as_bytes(), radix)
}

/// A sign, empty for plus, and what follows it.
fn signed(text: &str) -> (&'static str, &str) {
    match text.as_bytes() {
        [b'-', ..] => ("-", &text[1..]),
        [b'+', ..] => ("", &text[1..]),
        _ => ("", text),
    }
}

/// Refuses binary integers that have too many decimal digits.
#[inline]
pub(crate) fn check_binary(len: u64, limits: &PickleLimits) -> Result<()> {
    // A byte is 2.41 digits; a length cannot have more than 2^32.
    if len > 8 && len.saturating_mul(241) / 100 > limits.integer_digits.max(20) {
        return Err(exceeded("integer_digits", limits.integer_digits));
    }
    Ok(())
}

/// An integer in two's complement, little-endian; no bytes at all stand for 0.
#[inline]
pub(crate) fn binary(bytes: &[u8], arena: &mut Arena, at: u32) -> Result<Node> {
    let negative = bytes.last().is_some_and(|&last| last >= 0x80);
    if bytes.len() <= 8 {
        let mut word = [if negative { 0xff } else { 0 }; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        let value = i64::from_le_bytes(word);
        return Ok(Node::signed(at, value));
    }
    wide(bytes, negative, arena, at)
}

fn wide(bytes: &[u8], negative: bool, arena: &mut Arena, at: u32) -> Result<Node> {
    let fill = if negative { 0xff } else { 0 };
    let mut digits = bytes;
    // Drop bytes that only repeat the sign.
    while let [rest @ .., last] = digits {
        let sign_stays = rest.last().is_some_and(|&byte| (byte >= 0x80) == negative);
        if *last != fill || !sign_stays {
            break;
        }
        digits = rest;
    }
    if digits.len() <= 8 {
        return binary(digits, arena, at);
    }
    if let (9, Some((low, [0]))) = (digits.len(), digits.split_first_chunk::<8>()) {
        let value = u64::from_le_bytes(*low);
        return Ok(Node::unsigned(at, value));
    }
    let (out, start) = arena.bytes_mut();
    out.extend_from_slice(digits);
    let bytes = arena.bytes_since(start)?;
    Ok(Node::Wide { at, bytes })
}

/// The int of two's complement, little-endian, if 128 bits hold it.
pub(crate) fn narrow(bytes: &[u8]) -> Option<i128> {
    let negative = bytes.last().is_some_and(|&last| last >= 0x80);
    let mut word = [if negative { 0xff } else { 0 }; 16];
    word.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(i128::from_le_bytes(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &[u8]) -> Result<Node> {
        long(line, &mut Arena::default(), &PickleLimits::default(), 0)
    }

    #[test]
    fn decimals_of_every_length() {
        for value in [
            0,
            7,
            12_345_678,
            99_999_999,
            123_456_789,
            1_234_567_890_123_456,
            12_345_678_901_234_567,
            i64::MAX,
        ] {
            let node = Node::signed(0, value);
            assert_eq!(read(value.to_string().as_bytes()).unwrap(), node);
            let value = -value;
            let node = Node::signed(0, value);
            assert_eq!(read(value.to_string().as_bytes()).unwrap(), node);
        }
        let value = u64::MAX;
        let node = Node::unsigned(0, value);
        assert_eq!(read(value.to_string().as_bytes()).unwrap(), node);
        assert!(matches!(
            read(b"18446744073709551616"),
            Ok(Node::Wide { .. })
        ));
        assert_eq!(
            read(b"-9223372036854775808").unwrap(),
            Node::signed(0, i64::MIN)
        );
        assert_eq!(read(b"000").unwrap(), Node::signed(0, 0));
    }

    #[test]
    fn what_is_no_integer_is_refused() {
        for line in [
            "",
            "-",
            "+",
            "1_0",
            "12345678a",
            "1234567/",
            "1234567:",
            " 1",
            "0x10",
            "1.0",
            "--1",
            // Octal in Python 2, and nothing in Python 3.
            "010",
            "-07",
            "000000000000000000000000007",
        ] {
            assert!(read(line.as_bytes()).is_err(), "{line}");
        }
    }

    #[test]
    fn the_shortest_form_of_a_binary_integer_is_found() {
        let mut arena = Arena::default();
        let mut read = |bytes: &[u8]| binary(bytes, &mut arena, 0).unwrap();
        let int = |value| Node::signed(0, value);
        assert_eq!(read(&[]), int(0));
        assert_eq!(read(&[0x80]), int(-128));
        assert_eq!(read(&[5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), int(5));
        assert_eq!(read(&[0xff; 20]), int(-1));
        let value = 1 << 63;
        assert_eq!(
            read(&[0, 0, 0, 0, 0, 0, 0, 0x80, 0]),
            Node::unsigned(0, value)
        );
        assert!(matches!(
            read(&[0, 0, 0, 0, 0, 0, 0, 0, 1]),
            Node::Wide { .. }
        ));
        assert!(matches!(
            read(&[0, 0, 0, 0, 0, 0, 0, 0x7f, 0xff]),
            Node::Wide { .. }
        ));
        assert_eq!(read(&[0, 0, 0, 0, 0, 0, 0, 0x80, 0xff]), int(i64::MIN));
    }

    /// What CPython 3.11 makes of each spelling after `INT`.
    #[test]
    fn integers_are_spelt_as_in_cpython() {
        let (yes, no) = (
            Node::Bool { at: 0, value: true },
            Node::Bool {
                at: 0,
                value: false,
            },
        );
        let int = |value| Some(Node::signed(0, value));
        for (text, by_int) in [
            ("010", int(8)),
            ("+1", Some(yes)),
            ("-0", Some(no)),
            ("00", Some(no)),
            ("01", Some(yes)),
            ("000", int(0)),
            ("0x1f", int(31)),
            ("0X1F", int(31)),
            ("+0x10", int(16)),
            ("-010", int(-8)),
            ("007", int(7)),
            (" 7", int(7)),
            ("\t-7", int(-7)),
            ("1 ", int(1)),
            ("1_000", int(1000)),
            ("0o17", int(15)),
            ("0b11", int(3)),
            ("0x_1f", int(31)),
            ("08", None),
            ("0777777777777777777777", int(i64::MAX)),
            ("01777777777777777777777", None),
            ("0_1", None),
            ("_1", None),
            ("1__0", None),
            ("1_", None),
            ("00x1", None),
            ("- 1", None),
            ("0x", None),
            ("-", None),
            ("", None),
            ("\u{663}", None),
            ("1L", None),
        ] {
            let limits = PickleLimits::default();
            let read = super::int(text.as_bytes(), &mut Arena::default(), &limits, 0);
            assert_eq!(read.ok(), by_int, "INT {text:?}");
        }
    }
}
