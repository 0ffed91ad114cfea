//! Large strs and bytes, each in a buffer of its own, which is moved into the value
//! that is read where nothing else refers to it: an array of 300 MB is there once.

use std::cell::{Cell, OnceCell};
use std::fmt;

use crate::pickle::error::{Result, malformed};
use crate::value::surrogates::Spelt;

/// From so many bytes on, a str or bytes is large.
const LARGE: usize = 64 << 10;

/// In a batch with so much text, one of so many bytes is: what is held as a whole
/// is not to be there twice.
const MUCH_TEXT: usize = 1 << 20;
const LARGE_AMONG_MUCH: usize = 512;

/// Whether a str or bytes of `len` bytes gets a buffer of its own where there is so
/// much text already.
#[inline]
pub(crate) fn is_large(len: usize, text: usize) -> bool {
    len >= LARGE_AMONG_MUCH && (len >= LARGE || text >= MUCH_TEXT)
}

/// What the bytes of a buffer are to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Str,
    Surrogates,
    Bytes,
    ByteArray,
}

impl From<Spelt> for What {
    fn from(spelt: Spelt) -> What {
        match spelt {
            Spelt::Text => What::Str,
            Spelt::Surrogates => What::Surrogates,
        }
    }
}

/// A large str or bytes.
#[derive(Default)]
pub(crate) struct Bulk {
    /// What can be moved out, until it is lent.
    bytes: Cell<Vec<u8>>,
    /// What is lent.
    lent: OnceCell<Vec<u8>>,
    len: usize,
    /// More than one object refers to it, or may later.
    shared: Cell<bool>,
    taken: Cell<bool>,
    /// It was a str, and is the bytes of which that is the Latin-1 reading.
    is_latin_1: bool,
}

impl fmt::Debug for Bulk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.len)
    }
}

impl Bulk {
    pub(crate) fn new(bytes: Vec<u8>) -> Bulk {
        Bulk {
            len: bytes.len(),
            bytes: Cell::new(bytes),
            ..Bulk::default()
        }
    }

    /// Bytes of it.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The bytes as they lie here.
    pub(crate) fn lent(&self) -> &[u8] {
        self.lent.get_or_init(|| self.bytes.take())
    }

    /// The bytes, which are here no more; a copy where they are still needed.
    pub(crate) fn take(&self) -> Vec<u8> {
        if self.shared.get() || self.taken.get() || self.lent.get().is_some() {
            return self.lent().to_vec();
        }
        self.taken.set(true);
        self.bytes.take()
    }

    /// Whether a str is here as the bytes of which it is the Latin-1 reading.
    pub(crate) fn is_latin_1(&self) -> bool {
        self.is_latin_1
    }

    /// Turns a str into the bytes of which it is the Latin-1 reading, in place. Who
    /// still refers to the str finds [`Bulk::is_latin_1`].
    pub(crate) fn turn_to_latin_1(&mut self) -> Result<()> {
        if self.is_latin_1 {
            return Ok(());
        }
        let mut bytes = match self.lent.take() {
            Some(lent) => lent,
            None => self.bytes.take(),
        };
        if !to_latin_1(&mut bytes) {
            return Err(malformed("bytes written as a str that is not Latin-1"));
        }
        if bytes.capacity() - bytes.len() > bytes.len() / 16 {
            bytes.shrink_to_fit();
        }
        self.len = bytes.len();
        self.bytes.set(bytes);
        self.is_latin_1 = true;
        Ok(())
    }

    /// It may not be moved out.
    pub(crate) fn share(&self) {
        self.shared.set(true);
    }

    /// All of it, for another store, where it is never moved out.
    pub(crate) fn keep(&mut self) -> Bulk {
        let kept = std::mem::take(self);
        kept.shared.set(true);
        kept
    }
}

/// Whether `text`, which is UTF-8, has no character beyond Latin-1; if so it is one
/// byte for each of them then.
fn to_latin_1(text: &mut Vec<u8>) -> bool {
    if text.iter().any(|&byte| byte > 0xc3) {
        return false;
    }
    let Some(first) = text.iter().position(|byte| !byte.is_ascii()) else {
        return true;
    };
    let (mut from, mut to) = (first, first);
    while from < text.len() {
        let byte = text[from];
        from += 1;
        text[to] = match byte {
            0xc2.. => {
                let low = text[from];
                from += 1;
                (byte & 3) << 6 | (low & 0x3f)
            }
            ascii => ascii,
        };
        to += 1;
    }
    text.truncate(to);
    true
}

/// The str of which `bytes` are Latin-1.
pub(crate) fn from_latin_1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_1_is_told_and_turned_back() {
        let all: String = (0..=255_u8).map(char::from).collect();
        let mut bytes = all.clone().into_bytes();
        assert!(to_latin_1(&mut bytes));
        assert_eq!(bytes, (0..=255).collect::<Vec<u8>>());
        assert_eq!(from_latin_1(&bytes), all);
        let mut bytes = "a\u{100}".to_owned().into_bytes();
        assert!(!to_latin_1(&mut bytes));
        assert_eq!(bytes, "a\u{100}".as_bytes());
    }
}
