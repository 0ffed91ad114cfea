//! Integers in the spellings that pickle has for them, as nodes.

use num_bigint::BigInt;

use super::arena::{Arena, Node};
use crate::pickle::error::{Result, exceeded, malformed};
use crate::pickle::opcodes::decimal::{excerpt, positive};
use crate::pickle::options::PickleLimits;

/// An integer spelt in decimal, with sign or without.
#[inline]
pub(crate) fn decimal(
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
        return Err(exceeded("integer_digits", limits.integer_digits));
    }
    // BigInt would accept underscores.
    let wrong = digits.is_empty() || !digits.iter().all(u8::is_ascii_digit);
    let int = if wrong {
        None
    } else {
        BigInt::parse_bytes(line, 10)
    };
    let int = int.ok_or_else(|| malformed(format!("{:?} is not an integer", excerpt(line))))?;
    binary(&int.to_signed_bytes_le(), arena, at)
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
