//! Bytes, from a stream of any buffer size or from the slice at hand.
//!
//! The stack machine is written once over [`Source`]. It runs over the slice
//! that the reader has buffered, which is fast; an opcode that does not end
//! within it is started again over the whole [`Input`], which is general.

use std::io::{self, BufRead};

use crate::pickle::error::{Error, ErrorKind, Result};
use crate::pickle::opcodes::opcode as op;

/// The most bytes that are looked at in one go, so that limits on memory are
/// checked in time even where the whole input is one slice.
const WINDOW: usize = 64 * 1024;

/// Where opcodes and their arguments come from.
pub(crate) trait Source {
    /// Bytes consumed since reading began.
    fn offset(&self) -> u64;

    fn byte(&mut self) -> Result<u8> {
        Ok(self.array::<1>()?[0])
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]>;

    /// The bytes up to a line feed, which is consumed but not part of them.
    /// `scratch` is where they go if they do not lie in one piece.
    fn line<'a>(&'a mut self, limit: u64, scratch: &'a mut Vec<u8>) -> Result<&'a [u8]>;

    /// Appends `len` bytes to `out`, as they arrive.
    fn bytes(&mut self, len: u64, out: &mut Vec<u8>) -> Result<()>;

    /// Appends `len` bytes of UTF-8 to `out`, as they arrive.
    fn text(&mut self, len: u64, out: &mut Vec<u8>) -> Result<()>;

    /// Passes over `len` bytes.
    fn skip(&mut self, len: u64) -> Result<()>;

    /// Passes over a line and its end.
    fn skip_line(&mut self) -> Result<()>;
}

/// A buffered reader that counts.
pub(crate) struct Input<R> {
    reader: R,
    offset: u64,
}

impl<R: BufRead> Input<R> {
    pub(crate) fn new(reader: R) -> Input<R> {
        Input { reader, offset: 0 }
    }

    pub(crate) fn into_reader(self) -> R {
        self.reader
    }

    /// What is buffered; empty at the end of the input only.
    pub(crate) fn chunk(&mut self) -> Result<Slice<'_>> {
        let base = self.offset;
        let bytes = self.fill()?;
        Ok(Slice {
            bytes: &bytes[..bytes.len().min(WINDOW)],
            position: 0,
            base,
        })
    }

    pub(crate) fn at_end(&mut self) -> Result<bool> {
        Ok(self.fill()?.is_empty())
    }

    pub(crate) fn consume(&mut self, count: usize) {
        self.reader.consume(count);
        self.offset += count as u64;
    }

    fn fill(&mut self) -> Result<&[u8]> {
        // A loop that returns the borrowed buffer is refused by the borrow
        // checker, hence the second call, which costs nothing.
        loop {
            match self.reader.fill_buf() {
                Ok(_) => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::from(error).or_at(self.offset)),
            }
        }
        let offset = self.offset;
        self.reader
            .fill_buf()
            .map_err(|error| Error::from(error).or_at(offset))
    }

    /// Gives at most `len` buffered bytes to `take`, until all are taken.
    fn each(&mut self, mut len: u64, mut take: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        while len > 0 {
            let offset = self.offset;
            let bytes = self.fill()?;
            if bytes.is_empty() {
                return Err(Error::new(ErrorKind::Truncated, offset));
            }
            let count = bytes
                .len()
                .min(usize::try_from(len).unwrap_or(usize::MAX))
                .min(WINDOW);
            take(&bytes[..count])?;
            self.consume(count);
            len -= count as u64;
        }
        Ok(())
    }
}

impl<R: BufRead> Source for Input<R> {
    fn offset(&self) -> u64 {
        self.offset
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut array = [0; N];
        let mut filled = 0;
        self.each(N as u64, |bytes| {
            array[filled..filled + bytes.len()].copy_from_slice(bytes);
            filled += bytes.len();
            Ok(())
        })?;
        Ok(array)
    }

    fn line<'a>(&'a mut self, limit: u64, scratch: &'a mut Vec<u8>) -> Result<&'a [u8]> {
        scratch.clear();
        // Where the line begins: that does not depend on how it is buffered.
        let start = self.offset;
        loop {
            let offset = self.offset;
            let bytes = self.fill()?;
            if bytes.is_empty() {
                return Err(Error::new(ErrorKind::Truncated, offset));
            }
            let found = memchr::memchr(b'\n', bytes);
            let count = found.map_or(bytes.len(), |end| end + 1);
            if scratch.len() as u64 + count as u64 > limit {
                return Err(Error::limit("line_bytes", limit, start));
            }
            scratch.extend_from_slice(&bytes[..found.unwrap_or(count)]);
            self.consume(count);
            if found.is_some() {
                return Ok(scratch);
            }
        }
    }

    fn bytes(&mut self, len: u64, out: &mut Vec<u8>) -> Result<()> {
        self.each(len, |bytes| {
            out.extend_from_slice(bytes);
            Ok(())
        })
    }

    fn text(&mut self, len: u64, out: &mut Vec<u8>) -> Result<()> {
        let start = self.offset;
        // At most three bytes of a character that the buffer cut in two.
        let mut cut = [0; 4];
        let mut held = 0;
        let mut done = 0;
        self.each(len, |mut bytes| {
            while held > 0 && !bytes.is_empty() {
                cut[held] = bytes[0];
                held += 1;
                bytes = &bytes[1..];
                done += 1;
                match str::from_utf8(&cut[..held]) {
                    Ok(text) => {
                        out.extend_from_slice(text.as_bytes());
                        held = 0;
                    }
                    Err(error) if error.error_len().is_none() => {}
                    Err(_) => return Err(not_utf8(&cut[..held], start + done - held as u64)),
                }
            }
            let rest = match str::from_utf8(bytes) {
                Ok(text) => {
                    out.extend_from_slice(text.as_bytes());
                    &[]
                }
                Err(error) if error.error_len().is_none() => {
                    let (whole, rest) = bytes.split_at(error.valid_up_to());
                    out.extend_from_slice(whole);
                    rest
                }
                Err(error) => {
                    let at = error.valid_up_to();
                    return Err(not_utf8(&bytes[at..], start + done + at as u64));
                }
            };
            if held == 0 {
                cut[..rest.len()].copy_from_slice(rest);
                held = rest.len();
            }
            done += bytes.len() as u64;
            Ok(())
        })?;
        if held > 0 {
            return Err(not_utf8(&cut[..held], self.offset - held as u64));
        }
        Ok(())
    }

    fn skip(&mut self, len: u64) -> Result<()> {
        self.each(len, |_| Ok(()))
    }

    fn skip_line(&mut self) -> Result<()> {
        loop {
            let offset = self.offset;
            let bytes = self.fill()?;
            if bytes.is_empty() {
                return Err(Error::new(ErrorKind::Truncated, offset));
            }
            let found = memchr::memchr(b'\n', bytes);
            let count = found.map_or(bytes.len(), |end| end + 1);
            self.consume(count);
            if found.is_some() {
                return Ok(());
            }
        }
    }
}

/// The bytes at hand, without a call to the reader.
pub(crate) struct Slice<'a> {
    bytes: &'a [u8],
    position: usize,
    base: u64,
}

impl<'a> Slice<'a> {
    #[inline(always)]
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    #[inline(always)]
    pub(crate) fn rewind(&mut self, position: usize) {
        self.position = position;
    }

    #[inline(always)]
    pub(crate) fn advance(&mut self, count: usize) {
        self.position += count;
    }

    #[inline(always)]
    pub(crate) fn is_empty(&self) -> bool {
        self.position >= self.bytes.len()
    }

    /// What is left.
    #[inline(always)]
    pub(crate) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.position..]
    }

    #[inline(always)]
    fn take(&mut self, len: u64) -> Result<&'a [u8]> {
        let rest = self.rest();
        match usize::try_from(len) {
            Ok(len) if len <= rest.len() => {
                self.position += len;
                Ok(&rest[..len])
            }
            _ => Err(Error::short()),
        }
    }
}

impl Source for Slice<'_> {
    #[inline(always)]
    fn offset(&self) -> u64 {
        self.base + self.position as u64
    }

    #[inline(always)]
    fn byte(&mut self) -> Result<u8> {
        let byte = *self.bytes.get(self.position).ok_or_else(Error::short)?;
        self.position += 1;
        Ok(byte)
    }

    #[inline(always)]
    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let array = *self.rest().first_chunk::<N>().ok_or_else(Error::short)?;
        self.position += N;
        Ok(array)
    }

    #[inline(always)]
    fn line<'a>(&'a mut self, limit: u64, _scratch: &'a mut Vec<u8>) -> Result<&'a [u8]> {
        let rest = self.rest();
        let end = line_end(rest).ok_or_else(Error::short)?;
        if end as u64 >= limit {
            return Err(Error::limit("line_bytes", limit, self.offset()));
        }
        self.position += end + 1;
        Ok(&rest[..end])
    }

    #[inline(always)]
    fn bytes(&mut self, len: u64, out: &mut Vec<u8>) -> Result<()> {
        out.extend_from_slice(self.take(len)?);
        Ok(())
    }

    #[inline(always)]
    fn text(&mut self, len: u64, out: &mut Vec<u8>) -> Result<()> {
        let start = self.offset();
        let bytes = self.take(len)?;
        match str::from_utf8(bytes) {
            Ok(text) => out.extend_from_slice(text.as_bytes()),
            Err(error) => {
                let at = error.valid_up_to();
                return Err(not_utf8(&bytes[at..], start + at as u64));
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn skip(&mut self, len: u64) -> Result<()> {
        self.take(len).map(|_| ())
    }

    #[inline(always)]
    fn skip_line(&mut self) -> Result<()> {
        let end = line_end(self.rest()).ok_or_else(Error::short)?;
        self.position += end + 1;
        Ok(())
    }
}

/// Place of the first line feed.
///
/// Most lines of protocol 0 have fewer than 24 bytes: eight at a time are
/// found sooner than a call to memchr begins.
#[inline(always)]
pub(crate) fn line_end(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let mut rest = bytes;
    for place in [0, 8, 16] {
        let Some((eight, after)) = rest.split_first_chunk::<8>() else {
            break;
        };
        // A byte that is zero borrows from its top bit; the lowest such byte
        // is always told right.
        let differs = u64::from_le_bytes(*eight) ^ (ONES * u64::from(b'\n'));
        let found = differs.wrapping_sub(ONES) & !differs & (ONES << 7);
        if found != 0 {
            return Some(place + (found.trailing_zeros() / 8) as usize);
        }
        rest = after;
    }
    let passed = bytes.len() - rest.len();
    memchr::memchr(b'\n', rest).map(|end| passed + end)
}

/// The id that the fetch at the start of `bytes` is by, and its length. `None`
/// if it is none, or cut short.
///
/// A branch on whether the id has one byte or four is faster than to do without,
/// although it is guessed wrong at times: without it, nothing of the next fetch
/// can be looked at before the length of this one is there.
#[inline(always)]
pub(crate) fn fetch_at(bytes: &[u8]) -> Option<(u32, usize)> {
    match bytes {
        [op::BINGET, id, ..] => Some((u32::from(*id), 2)),
        [op::LONG_BINGET, rest @ ..] => {
            let id = rest.first_chunk()?;
            Some((u32::from_le_bytes(*id), 5))
        }
        _ => None,
    }
}

/// Says what `bytes`, the first of which is wrong, are instead of UTF-8.
#[cold]
pub(crate) fn not_utf8(bytes: &[u8], offset: u64) -> Error {
    let what = match bytes {
        [0xed, 0xa0..=0xbf, ..] => "a str with a lone surrogate, which is not Unicode text",
        _ => "a str that is not UTF-8",
    };
    Error::malformed(what, offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_line_is_found_at_any_place() {
        for len in 0..40 {
            for place in 0..len {
                let mut bytes = vec![0x8a; len];
                bytes[place..].fill(b'\n');
                bytes[..place].fill(0x0b);
                assert_eq!(line_end(&bytes), Some(place));
            }
            assert_eq!(line_end(&vec![0x8a; len]), None);
        }
    }

    #[test]
    fn text_cut_anywhere_is_whole_again() {
        let text = "aé€😀z".repeat(3);
        for buffer in 1..9 {
            let reader = io::BufReader::with_capacity(buffer, text.as_bytes());
            let mut out = Vec::new();
            let mut input = Input::new(reader);
            input.text(text.len() as u64, &mut out).unwrap();
            assert_eq!(out, text.as_bytes());
            for wrong in [
                &b"ab\xff"[..],
                b"ab\xf0\x9f\x98",
                b"\xe2\x82a",
                b"a\xed\xa0\x80",
            ] {
                let reader = io::BufReader::with_capacity(buffer, wrong);
                let len = wrong.len() as u64;
                assert!(Input::new(reader).text(len, &mut Vec::new()).is_err());
            }
        }
    }
}
