//! A str with lone surrogates, which Python has and Unicode text has not.

use std::fmt;

/// A Python str that holds at least one lone surrogate (U+D800 to U+DFFF), such as
/// a file name that was not valid UTF-8 (`'caf\udce9'`).
///
/// The bytes are UTF-8 in which a surrogate takes three bytes like any other
/// character of its size: what `str.encode('utf-8', 'surrogatepass')` gives. Two
/// surrogates side by side stay two, as in Python.
///
/// ```
/// use picklestream::value::Surrogates;
///
/// let name = Surrogates::from_bytes(b"caf\xed\xb3\xa9".to_vec()).unwrap();
/// assert_eq!(name.code_points().last(), Some(0xdce9));
/// assert_eq!(name.to_string(), r"caf\udce9");
/// assert!(Surrogates::from_bytes(b"cafe".to_vec()).is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Surrogates(Vec<u8>);

impl Surrogates {
    /// The str that these bytes spell. `None` if they are plain UTF-8, for that is a
    /// `String`, or if they spell no str at all.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Surrogates> {
        (check(&bytes) == Ok(Spelt::Surrogates)).then_some(Surrogates(bytes))
    }

    /// The bytes, as Python's error handler `surrogatepass` has them.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The characters by their numbers, surrogates among them.
    pub fn code_points(&self) -> impl Iterator<Item = u32> {
        code_points(&self.0)
    }
}

/// With escapes such as `\udce9` for the surrogates, and everything else as it is.
impl fmt::Display for Surrogates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for point in self.code_points() {
            match char::from_u32(point) {
                Some(c) => write!(f, "{c}")?,
                None => write!(f, "\\u{point:04x}")?,
            }
        }
        Ok(())
    }
}

/// What bytes spell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelt {
    /// UTF-8.
    Text,
    /// The same with surrogates in it.
    Surrogates,
}

/// Looks what `bytes` spell.
///
/// # Errors
/// The place of the first byte that is part of no character.
pub(crate) fn check(bytes: &[u8]) -> Result<Spelt, usize> {
    let mut spelt = Spelt::Text;
    let mut at = 0;
    while let Err(error) = str::from_utf8(&bytes[at..]) {
        at += error.valid_up_to();
        if !matches!(bytes[at..], [0xed, 0xa0..=0xbf, 0x80..=0xbf, ..]) {
            return Err(at);
        }
        spelt = Spelt::Surrogates;
        at += 3;
    }
    Ok(spelt)
}

/// The characters that `bytes`, which were checked, spell.
pub(crate) fn code_points(bytes: &[u8]) -> impl Iterator<Item = u32> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (&first, after) = rest.split_first()?;
        let (start, more) = match first {
            0..0x80 => (first, 0),
            0x80..0xe0 => (first & 0x1f, 1),
            0xe0..0xf0 => (first & 0x0f, 2),
            _ => (first & 0x07, 3),
        };
        let (tail, after) = after.split_at(after.len().min(more));
        rest = after;
        let add = |point: u32, &byte: &u8| point << 6 | u32::from(byte & 0x3f);
        Some(tail.iter().fold(u32::from(start), add))
    })
}

/// Appends the three bytes of a surrogate, or those of any other character; `None`
/// if there is no such character.
pub(crate) fn push_point(out: &mut Vec<u8>, point: u32) -> Option<()> {
    match char::from_u32(point) {
        Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        None if point < 0x1_0000 => out.extend_from_slice(&[
            0xed,
            0x80 | (point >> 6 & 0x3f) as u8,
            0x80 | (point & 0x3f) as u8,
        ]),
        None => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_is_spelt_and_read_back() {
        for point in (0..=0x10_ffff).step_by(7).chain(0xd800..=0xdfff) {
            let mut out = Vec::new();
            push_point(&mut out, point).unwrap();
            assert_eq!(code_points(&out).collect::<Vec<_>>(), [point]);
            let surrogate = (0xd800..=0xdfff).contains(&point);
            let spelt = [Spelt::Text, Spelt::Surrogates][usize::from(surrogate)];
            assert_eq!(check(&out), Ok(spelt), "{point:#x}");
        }
        assert_eq!(push_point(&mut Vec::new(), 0x11_0000), None);
    }

    #[test]
    fn what_is_wrong_is_found_at_its_place() {
        assert_eq!(check(b"a\xed\xa0\x80b\xff"), Err(5));
        assert_eq!(check(b"a\xed\xa0"), Err(1));
        assert_eq!(check(b"\xed\xa0\x80\xc3"), Err(3));
        assert_eq!(check(b""), Ok(Spelt::Text));
    }
}
