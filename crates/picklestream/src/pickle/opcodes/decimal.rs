//! Numbers in the decimal spellings of protocol 0.

use crate::pickle::error::{Result, malformed};

/// At most so much of a wrong number is shown.
pub(crate) fn excerpt(text: &[u8]) -> String {
    let shown = String::from_utf8_lossy(&text[..text.len().min(40)]).into_owned();
    if text.len() > 40 {
        shown + "…"
    } else {
        shown
    }
}

/// `float` as protocol 0 spells it: a Python literal or `inf`, `nan`.
#[inline]
pub(crate) fn float(line: &[u8]) -> Result<f64> {
    // Python's repr begins with a digit, a sign, or the i and n of inf and nan.
    let value: f64 = fast_float2::parse(line)
        .map_err(|_| malformed(format!("{:?} is not a float", excerpt(line))))?;
    // CPython's C unpickler has no infinity that is spelt as a number.
    if value.is_infinite() && !line.last().is_some_and(u8::is_ascii_alphabetic) {
        let what = format!("{:?} is more than a float can be", excerpt(line));
        return Err(malformed(what));
    }
    Ok(value)
}

/// A memo id spelt in decimal.
#[inline]
pub(crate) fn memo_id(line: &[u8]) -> Result<u32> {
    let id = positive(line);
    id.and_then(|id| u32::try_from(id).ok()).ok_or_else(|| {
        malformed(format!(
            "{:?} is not a memo id: 0 to 2^32 - 1",
            excerpt(line)
        ))
    })
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
pub(crate) fn positive(mut digits: &[u8]) -> Option<u64> {
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
