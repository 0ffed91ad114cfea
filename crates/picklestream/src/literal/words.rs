//! Eight bytes at a time, for strings that are short as most are.
//!
//! A word holds eight bytes, the first one lowest. The answer is a word too:
//! the upper bit of each byte says yes or no.

const ONES: u64 = 0x0101_0101_0101_0101;
const UPPER: u64 = 0x8080_8080_8080_8080;

/// Marks the bytes that are `byte`. Exact up to the first mark; bytes above it
/// may be marked wrongly, because the subtraction borrows from them.
#[inline]
fn equal(word: u64, byte: u8) -> u64 {
    let difference = word ^ (ONES * u64::from(byte));
    difference.wrapping_sub(ONES) & !difference & UPPER
}

/// Marks the bytes that do not stand for themselves between two of `quote`:
/// that quote, backslashes and controls. Exact up to the first mark.
#[inline]
fn special(word: u64, quote: u8) -> u64 {
    let control = word.wrapping_sub(ONES * 0x20) & !word & UPPER;
    control | equal(word, quote) | equal(word, b'\\')
}

/// The place of the first byte that does not stand for itself between two of
/// `quote`.
#[inline]
pub(super) fn first_special(bytes: &[u8], quote: u8) -> Option<usize> {
    let (chunks, rest) = bytes.as_chunks::<8>();
    for (index, chunk) in chunks.iter().enumerate() {
        let marks = special(u64::from_le_bytes(*chunk), quote);
        if marks != 0 {
            return Some(8 * index + marks.trailing_zeros() as usize / 8);
        }
    }
    let place = rest
        .iter()
        .position(|&byte| byte < b' ' || byte == quote || byte == b'\\')?;
    Some(8 * chunks.len() + place)
}

/// Whether `repr` writes every byte as itself between single quotes.
#[inline]
pub(super) fn is_plain(bytes: &[u8]) -> bool {
    let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) else {
        return bytes.iter().all(|&byte| !is_odd(byte));
    };
    // The last sixteen bytes overlap those before them.
    let (chunks, _) = bytes[16..].as_chunks();
    !any_odd(first) && !any_odd(last) && !chunks.iter().any(any_odd)
}

/// Written without a branch, so that the compiler takes all sixteen at once.
#[inline(always)]
fn any_odd(bytes: &[u8; 16]) -> bool {
    let mut found = false;
    for &byte in bytes {
        found |= is_odd(byte);
    }
    found
}

/// Whether `repr` writes `byte` between single quotes as something else.
#[inline(always)]
fn is_odd(byte: u8) -> bool {
    !matches!(byte, b' '..=b'~') | (byte == b'\'') | (byte == b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every byte at every place, before and behind every other sort of byte.
    #[test]
    fn each_byte_at_each_place() {
        for length in [1, 7, 8, 9, 20, 24] {
            for filler in [
                b' ',
                b'!',
                b'\'' - 1,
                b'\'' + 1,
                b'\\' + 1,
                b'~',
                0x80,
                0xFF,
            ] {
                for place in 0..length {
                    for byte in 0..=255 {
                        let mut bytes = vec![filler; length];
                        bytes[place] = byte;
                        check(&bytes);
                        // Two of them, side by side.
                        bytes[(place + 1) % length] = byte;
                        check(&bytes);
                    }
                }
            }
        }
    }

    fn check(bytes: &[u8]) {
        for quote in [b'\'', b'"'] {
            let expected = bytes
                .iter()
                .position(|&byte| byte < b' ' || byte == quote || byte == b'\\');
            assert_eq!(first_special(bytes, quote), expected, "{bytes:?}");
        }
        let plain = bytes
            .iter()
            .all(|byte| (b' '..=b'~').contains(byte) && !b"'\\".contains(byte));
        assert_eq!(is_plain(bytes), plain, "{bytes:?}");
    }
}
