//! Strs and bytes too long to be held: counted as they go by, with their beginning.

use crate::pickle::error::{Result, malformed};
use crate::pickle::opcodes::input::Source;
use crate::value::surrogates;

/// Bytes of the beginning that is kept; what is no longer than that is no long item.
const KEPT: usize = 64 << 10;

/// A str or bytes by its counts. What is not UTF-8 is bytes.
#[derive(Debug, Default)]
pub(super) struct Measure {
    pub(super) len: u64,
    pub(super) chars: u64,
    /// Characters of four bytes.
    beyond: u64,
    largest_byte: u8,
    pub(super) is_text: bool,
    pub(super) has_surrogates: bool,
    /// The beginning, in whole characters as long as it is text.
    pub(super) start: Vec<u8>,
    /// A character whose end has not come.
    open: Vec<u8>,
}

impl Measure {
    pub(super) fn clear(&mut self) {
        let mut start = std::mem::take(&mut self.start);
        start.clear();
        *self = Measure {
            is_text: true,
            start,
            ..Measure::default()
        };
    }

    /// Whether all of it is in the beginning that was kept.
    pub(super) fn is_whole(&self) -> bool {
        self.start.len() as u64 == self.len
    }

    /// Two-byte units of UTF-16.
    pub(super) fn utf16_units(&self) -> u64 {
        self.chars + self.beyond
    }

    /// The last character of those that take as much room as the widest.
    pub(super) fn widest(&self) -> char {
        match self.largest_byte {
            0..0x80 => '\u{7f}',
            0x80..=0xc3 => '\u{ff}',
            0xc4..0xf0 => '\u{ffff}',
            _ => '\u{10ffff}',
        }
    }

    /// The next bytes, whatever they are.
    pub(super) fn push_bytes(&mut self, bytes: &[u8]) {
        self.len += bytes.len() as u64;
        self.keep(bytes);
    }

    fn keep(&mut self, bytes: &[u8]) {
        // Behind a gap nothing is part of the beginning.
        if self.start.len() as u64 + bytes.len() as u64 == self.len {
            let room = KEPT - self.start.len();
            self.start
                .extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
    }

    /// The next bytes of what should be UTF-8.
    pub(super) fn push_text(&mut self, bytes: &[u8]) {
        if !self.is_text {
            self.push_bytes(bytes);
            return;
        }
        let mut rest = bytes;
        // The character that the last bytes began.
        while !self.open.is_empty() {
            let Some((&byte, after)) = rest.split_first() else {
                return;
            };
            self.open.push(byte);
            rest = after;
            let open = std::mem::take(&mut self.open);
            let taken = self.push_valid(&open);
            if !self.is_text {
                self.push_bytes(&open[taken..]);
                self.push_bytes(rest);
                return;
            }
            self.open = open[taken..].to_vec();
        }
        let taken = self.push_valid(rest);
        match self.is_text {
            true => self.open.extend_from_slice(&rest[taken..]),
            false => self.push_bytes(&rest[taken..]),
        }
    }

    /// Takes as many bytes as are whole characters, and tells how many. Those left
    /// begin one, unless it is no text.
    fn push_valid(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        loop {
            let rest = &bytes[at..];
            let (valid, is_open) = match str::from_utf8(rest) {
                Ok(_) => (rest.len(), true),
                Err(error) => (error.valid_up_to(), error.error_len().is_none()),
            };
            self.count(&rest[..valid]);
            at += valid;
            match &bytes[at..] {
                [] => return at,
                [0xed] | [0xed, 0xa0..=0xbf] => return at,
                [0xed, 0xa0..=0xbf, 0x80..=0xbf, ..] => {
                    self.count(&bytes[at..at + 3]);
                    self.has_surrogates = true;
                    at += 3;
                }
                _ if is_open => return at,
                _ => {
                    self.is_text = false;
                    return at;
                }
            }
        }
    }

    /// Whole characters.
    fn count(&mut self, text: &[u8]) {
        self.len += text.len() as u64;
        let begins = |byte: &&u8| **byte & 0xc0 != 0x80;
        self.chars += text.iter().filter(begins).count() as u64;
        self.beyond += text.iter().filter(|byte| **byte >= 0xf0).count() as u64;
        let largest = text.iter().copied().max().unwrap_or(0);
        self.largest_byte = self.largest_byte.max(largest);
        if self.start.len() as u64 + text.len() as u64 == self.len {
            let mut end = text.len().min(KEPT - self.start.len());
            while end < text.len() && text[end] & 0xc0 == 0x80 {
                end -= 1;
            }
            self.start.extend_from_slice(&text[..end]);
        }
    }

    /// The end: a character that is cut short is none.
    pub(super) fn end(&mut self) {
        if !self.open.is_empty() {
            self.is_text = false;
            let open = std::mem::take(&mut self.open);
            self.push_bytes(&open);
        }
    }

    /// A line of `UNICODE`, as [`raw_unicode_escape`] reads it.
    ///
    /// [`raw_unicode_escape`]: crate::pickle::machine::string::raw_unicode_escape
    pub(super) fn line<S: Source>(&mut self, source: &mut S) -> Result<()> {
        let mut state = Escape::Outside;
        let mut out = Vec::new();
        source.each_of_line(&mut |bytes| {
            out.clear();
            for &byte in bytes {
                state = state.next(byte, &mut out)?;
            }
            self.push_text(&out);
            Ok(())
        })?;
        match state {
            Escape::Outside => Ok(()),
            Escape::Backslash => {
                self.push_text(b"\\");
                Ok(())
            }
            Escape::Digits { .. } => Err(malformed("a \\u escape that is cut short")),
        }
    }
}

/// How far an escape of `UNICODE` has come.
#[derive(Debug, Clone, Copy)]
enum Escape {
    Outside,
    Backslash,
    Digits { left: u8, value: u32 },
}

impl Escape {
    fn next(self, byte: u8, out: &mut Vec<u8>) -> Result<Escape> {
        let push = |out: &mut Vec<u8>, byte| {
            let mut utf8 = [0; 4];
            out.extend_from_slice(char::from(byte).encode_utf8(&mut utf8).as_bytes());
        };
        match (self, byte) {
            (Escape::Outside, b'\\') => return Ok(Escape::Backslash),
            (Escape::Outside, byte) => push(out, byte),
            (Escape::Backslash, b'u') => return Ok(Escape::Digits { left: 4, value: 0 }),
            (Escape::Backslash, b'U') => return Ok(Escape::Digits { left: 8, value: 0 }),
            (Escape::Backslash, byte) => {
                out.push(b'\\');
                push(out, byte);
            }
            (Escape::Digits { left, value }, byte) => {
                let digit = char::from(byte).to_digit(16);
                let value = digit.and_then(|digit| value.checked_mul(16)?.checked_add(digit));
                let value = value.ok_or_else(|| malformed("a \\u escape that is cut short"))?;
                if left > 1 {
                    let left = left - 1;
                    return Ok(Escape::Digits { left, value });
                }
                surrogates::push_point(out, value)
                    .ok_or_else(|| malformed(format!("there is no character {value:#x}")))?;
            }
        }
        Ok(Escape::Outside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_do_not_depend_on_where_text_is_cut() {
        let text = "aé€😀z\u{ff}".repeat(5);
        let bytes = text.as_bytes();
        let with_surrogate = [bytes, b"\xed\xb3\xa9", bytes].concat();
        for cut in 1..9 {
            for (bytes, chars, units) in [(bytes, 30, 35), (&with_surrogate[..], 61, 71)] {
                let mut measure = Measure::default();
                measure.clear();
                bytes.chunks(cut).for_each(|part| measure.push_text(part));
                measure.end();
                assert!(measure.is_text && measure.is_whole());
                assert_eq!((measure.len, measure.chars), (bytes.len() as u64, chars));
                assert_eq!(measure.utf16_units(), units);
                assert_eq!(measure.widest(), '\u{10ffff}');
                assert_eq!(measure.start, bytes);
                assert_eq!(measure.has_surrogates, bytes.len() > text.len());
            }
            for wrong in [
                &b"ab\xff\xe9cd"[..],
                b"ab\xf0\x9f\x98",
                b"\xe2\x82a",
                b"a\xed\xa0",
            ] {
                let mut measure = Measure::default();
                measure.clear();
                wrong.chunks(cut).for_each(|part| measure.push_text(part));
                measure.end();
                assert!(!measure.is_text, "{wrong:?}");
                assert_eq!(measure.len, wrong.len() as u64, "{wrong:?} by {cut}");
                assert_eq!(measure.start, wrong);
            }
        }
    }

    #[test]
    fn the_beginning_of_what_is_long_is_kept() {
        let text = format!("{}{}", "é".repeat(KEPT), "Ж");
        let mut measure = Measure::default();
        measure.clear();
        text.as_bytes()
            .chunks(1000)
            .for_each(|part| measure.push_text(part));
        measure.end();
        assert!(!measure.is_whole());
        assert_eq!(measure.start, "é".repeat(KEPT / 2).as_bytes());
        assert_eq!(
            (measure.chars, measure.widest()),
            (KEPT as u64 + 1, '\u{ffff}')
        );
        measure.clear();
        for _ in 0..3 {
            measure.push_bytes(&[255; 40_000]);
        }
        assert_eq!((measure.len, measure.is_whole()), (120_000, false));
    }
}
