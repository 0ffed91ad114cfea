//! Integers and floats in the spellings that pickle has for them.

use num_bigint::BigInt;

use super::arena::{Arena, Node};
use super::error::{Error, ErrorKind, Result};
use super::options::PickleLimits;

#[cold]
fn malformed(what: String) -> Error {
    Error::unplaced(ErrorKind::Malformed(what))
}

/// At most so much of a wrong number is shown.
fn excerpt(text: &[u8]) -> String {
    let shown = String::from_utf8_lossy(&text[..text.len().min(40)]).into_owned();
    if text.len() > 40 {
        shown + "…"
    } else {
        shown
    }
}

/// `float` as protocol 0 spells it: a Python literal or `inf`, `nan`.
#[inline]
pub(super) fn float(line: &[u8]) -> Result<f64> {
    // Python's repr begins with a digit, a sign, or the i and n of inf and nan.
    fast_float2::parse(line).map_err(|_| malformed(format!("{:?} is no float", excerpt(line))))
}

/// A memo id spelt in decimal.
pub(super) fn memo_id(line: &[u8]) -> Result<u32> {
    let id = positive(line);
    id.and_then(|id| u32::try_from(id).ok())
        .ok_or_else(|| malformed(format!("{:?} is no memo id: 0 to 2^32 - 1", excerpt(line))))
}

/// Eight decimal digits at once, or nothing if one of them is none.
///
/// The classic trick: bytes become pairs, pairs fours, fours eights, by three
/// multiplications.
#[inline]
fn eight_digits(bytes: [u8; 8]) -> Option<u64> {
    let word = u64::from_le_bytes(bytes);
    let high = word & 0xf0f0_f0f0_f0f0_f0f0;
    let carry = word.wrapping_add(0x0606_0606_0606_0606) & 0xf0f0_f0f0_f0f0_f0f0;
    if high != 0x3030_3030_3030_3030 || carry != 0x3030_3030_3030_3030 {
        return None;
    }
    let pairs = (word & 0x0f0f_0f0f_0f0f_0f0f).wrapping_mul(2561) >> 8;
    let fours = (pairs & 0x00ff_00ff_00ff_00ff).wrapping_mul(6_553_601) >> 16;
    Some((fours & 0x0000_ffff_0000_ffff).wrapping_mul(42_949_672_960_001) >> 32)
}

#[inline]
fn digit(byte: u8) -> Option<u64> {
    let digit = byte.wrapping_sub(b'0');
    (digit <= 9).then_some(u64::from(digit))
}

/// One to 20 decimal digits, if they are that and fit.
#[inline]
pub(super) fn positive(mut digits: &[u8]) -> Option<u64> {
    let mut value: u64 = 0;
    if digits.is_empty() || digits.len() > 20 {
        return None;
    }
    // 19 digits cannot overflow.
    let last = if digits.len() == 20 {
        digits.split_off_last()
    } else {
        None
    };
    while let Some((eight, rest)) = digits.split_first_chunk::<8>() {
        value = value * 100_000_000 + eight_digits(*eight)?;
        digits = rest;
    }
    for &byte in digits {
        value = value * 10 + digit(byte)?;
    }
    if let Some(&byte) = last {
        value = value.checked_mul(10)?.checked_add(digit(byte)?)?;
    }
    Some(value)
}

/// An integer spelt in decimal, with sign or without.
#[inline]
pub(super) fn decimal(
    line: &[u8],
    arena: &mut Arena,
    limits: &PickleLimits,
    at: u32,
) -> Result<Node> {
    if let Some(value) = positive(line) {
        return Ok(Node::unsigned(at, value));
    }
    any_decimal(line, arena, limits, at)
}

fn any_decimal(line: &[u8], arena: &mut Arena, limits: &PickleLimits, at: u32) -> Result<Node> {
    let digits = match line {
        [b'-' | b'+', digits @ ..] => digits,
        digits => digits,
    };
    if digits.len() as u64 > limits.integer_digits {
        return Err(Error::unplaced(ErrorKind::Limit {
            name: "integer_digits",
            value: limits.integer_digits,
        }));
    }
    // BigInt would accept underscores.
    let wrong = digits.is_empty() || !digits.iter().all(u8::is_ascii_digit);
    let int = if wrong {
        None
    } else {
        BigInt::parse_bytes(line, 10)
    };
    let int = int.ok_or_else(|| malformed(format!("{:?} is no integer", excerpt(line))))?;
    binary(&int.to_signed_bytes_le(), arena, at)
}

/// Refuses binary integers that have too many decimal digits.
#[inline]
pub(super) fn check_binary(len: u64, limits: &PickleLimits) -> Result<()> {
    // A byte is 2.41 digits; a length cannot have more than 2^32.
    if len > 8 && len.saturating_mul(241) / 100 > limits.integer_digits.max(20) {
        return Err(Error::unplaced(ErrorKind::Limit {
            name: "integer_digits",
            value: limits.integer_digits,
        }));
    }
    Ok(())
}

/// An integer in two's complement, least byte first; no byte is zero.
#[inline]
pub(super) fn binary(bytes: &[u8], arena: &mut Arena, at: u32) -> Result<Node> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &[u8]) -> Result<Node> {
        decimal(line, &mut Arena::default(), &PickleLimits::default(), 0)
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
        assert_eq!(
            read(b"000000000000000000000000007").unwrap(),
            Node::signed(0, 7)
        );
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
}
