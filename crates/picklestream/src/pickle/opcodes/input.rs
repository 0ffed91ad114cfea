//! Bytes, from a stream of any buffer size or from the slice at hand.
//!
//! The stack machine is written once over [`Source`]. It runs over the slice
//! that the reader has buffered, which is fast; an opcode that does not end
//! within it is started again over the whole [`Input`], which is general.

use std::io::{self, BufRead, Seek, SeekFrom};

use crate::pickle::error::{Error, ErrorKind, Result};
use crate::pickle::opcodes::opcode as op;
use crate::value::surrogates::{self, Spelt};

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

    /// Appends a str of `len` bytes to `out`, as they arrive, and tells whether it is
    /// UTF-8 or holds surrogates.
    fn text(&mut self, len: u64, out: &mut Vec<u8>) -> Result<Spelt>;

    /// Whether `len` bytes are here, as far as that can be told without waiting: an
    /// error that is [`Error::is_short`] if the whole input has to be asked.
    fn require(&self, _len: u64) -> Result<()> {
        Ok(())
    }

    /// Whether it waits for what is not yet here.
    fn can_wait(&self) -> bool {
        false
    }

    /// Gives `len` bytes to `take`, piece by piece.
    fn each_of(&mut self, len: u64, take: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()>;

    /// Gives the bytes of a line to `take`, piece by piece, without its end.
    fn each_of_line(&mut self, take: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()>;

    /// Passes over `len` bytes.
    fn skip(&mut self, len: u64) -> Result<()>;

    /// Passes over a line and its end.
    fn skip_line(&mut self) -> Result<()>;

    /// As [`Source::line`], if it has at most `most` bytes; else passes over it.
    fn short_line<'a>(
        &'a mut self,
        most: usize,
        scratch: &'a mut Vec<u8>,
    ) -> Result<Option<&'a [u8]>>;
}

/// So far ahead, to read on is cheaper than to lose what is buffered.
const NEAR: u64 = 128 * 1024;

/// A buffered reader that counts.
pub(crate) struct Input<R> {
    reader: R,
    offset: u64,
    /// Where it ends for now, whatever follows.
    end: u64,
    /// How to move the reader, if it can seek.
    seek: Option<fn(&mut R, SeekFrom) -> io::Result<u64>>,
    /// Where the reader stood when reading began.
    origin: u64,
}

impl<R: BufRead + Seek> Input<R> {
    /// From where `reader` stands, with [`Input::jump`].
    pub(crate) fn seekable(mut reader: R) -> Result<Input<R>> {
        let origin = reader.stream_position()?;
        Ok(Input {
            seek: Some(R::seek),
            origin,
            ..Input::new(reader)
        })
    }
}

impl<R: BufRead> Input<R> {
    pub(crate) fn new(reader: R) -> Input<R> {
        Input {
            reader,
            offset: 0,
            end: u64::MAX,
            seek: None,
            origin: 0,
        }
    }

    /// Goes to an offset. The input has its own end again.
    ///
    /// # Errors
    /// The reader cannot seek, or fails to.
    pub(crate) fn jump(&mut self, to: u64) -> Result<()> {
        self.end = u64::MAX;
        while self.offset < to && to - self.offset <= NEAR {
            let left = to - self.offset;
            let count = self.fill()?.len() as u64;
            if count == 0 {
                break;
            }
            self.consume(count.min(left) as usize);
        }
        if self.offset != to {
            let seek = self
                .seek
                .ok_or_else(|| Error::from(io::Error::from(io::ErrorKind::NotSeekable)))?;
            seek(&mut self.reader, SeekFrom::Start(self.origin + to))
                .map_err(|error| Error::from(error).or_at(to))?;
            self.offset = to;
        }
        Ok(())
    }

    /// What it reads from.
    pub(crate) fn into_reader(self) -> R {
        self.reader
    }

    /// Whether [`Input::jump`] goes anywhere.
    pub(crate) fn can_jump(&self) -> bool {
        self.seek.is_some()
    }

    /// Lets the input end at an offset until the next [`Input::jump`].
    pub(crate) fn end_at(&mut self, offset: u64) {
        self.end = offset;
    }

    /// Whether the end that was set has been reached.
    #[inline]
    pub(crate) fn is_at_set_end(&self) -> bool {
        self.offset == self.end
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

    /// The next byte, which stays; none at the end of the input.
    pub(crate) fn peek(&mut self) -> Result<Option<u8>> {
        Ok(self.fill()?.first().copied())
    }

    /// Passes over everything that is left, and tells how many bytes that were.
    pub(crate) fn skip_all(&mut self) -> Result<u64> {
        let start = self.offset;
        loop {
            match self.fill()?.len() {
                0 => return Ok(self.offset - start),
                count => self.consume(count),
            }
        }
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
        let left = usize::try_from(self.end - offset).unwrap_or(usize::MAX);
        match self.reader.fill_buf() {
            Ok(bytes) => Ok(&bytes[..bytes.len().min(left)]),
            Err(error) => Err(Error::from(error).or_at(offset)),
        }
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

    fn text(&mut self, len: u64, out: &mut Vec<u8>) -> Result<Spelt> {
        let (start, before) = (self.offset, out.len());
        self.bytes(len, out)?;
        // As a whole: the buffer may cut a character in two.
        let text = &out[before..];
        surrogates::check(text).map_err(|at| not_utf8(start + at as u64))
    }

    fn can_wait(&self) -> bool {
        true
    }

    fn each_of(&mut self, len: u64, take: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        self.each(len, take)
    }

    fn each_of_line(&mut self, take: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        loop {
            let offset = self.offset;
            let bytes = self.fill()?;
            if bytes.is_empty() {
                return Err(Error::new(ErrorKind::Truncated, offset));
            }
            let bytes = &bytes[..bytes.len().min(WINDOW)];
            let found = memchr::memchr(b'\n', bytes);
            let part = &bytes[..found.unwrap_or(bytes.len())];
            take(part)?;
            let count = part.len() + usize::from(found.is_some());
            self.consume(count);
            if found.is_some() {
                return Ok(());
            }
        }
    }

    fn skip(&mut self, len: u64) -> Result<()> {
        self.each(len, |_| Ok(()))
    }

    fn skip_line(&mut self) -> Result<()> {
        self.short_line(0, &mut Vec::new()).map(drop)
    }

    fn short_line<'a>(
        &'a mut self,
        most: usize,
        scratch: &'a mut Vec<u8>,
    ) -> Result<Option<&'a [u8]>> {
        scratch.clear();
        let mut is_short = true;
        loop {
            let offset = self.offset;
            let bytes = self.fill()?;
            if bytes.is_empty() {
                return Err(Error::new(ErrorKind::Truncated, offset));
            }
            let found = memchr::memchr(b'\n', bytes);
            let part = &bytes[..found.unwrap_or(bytes.len())];
            is_short &= part.len() <= most - scratch.len();
            if is_short {
                scratch.extend_from_slice(part);
            }
            let count = part.len() + usize::from(found.is_some());
            self.consume(count);
            if found.is_some() {
                return Ok(is_short.then_some(scratch));
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
    fn text(&mut self, len: u64, out: &mut Vec<u8>) -> Result<Spelt> {
        let start = self.offset();
        let bytes = self.take(len)?;
        let spelt = surrogates::check(bytes).map_err(|at| not_utf8(start + at as u64))?;
        out.extend_from_slice(bytes);
        Ok(spelt)
    }

    fn require(&self, len: u64) -> Result<()> {
        match len <= self.rest().len() as u64 {
            true => Ok(()),
            false => Err(Error::short()),
        }
    }

    fn each_of(&mut self, len: u64, take: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        take(self.take(len)?)
    }

    fn each_of_line(&mut self, take: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let rest = self.rest();
        let end = line_end(rest).ok_or_else(Error::short)?;
        self.position += end + 1;
        take(&rest[..end])
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

    fn short_line<'a>(
        &'a mut self,
        most: usize,
        _scratch: &'a mut Vec<u8>,
    ) -> Result<Option<&'a [u8]>> {
        let rest = self.rest();
        let end = line_end(rest).ok_or_else(Error::short)?;
        self.position += end + 1;
        Ok((end <= most).then_some(&rest[..end]))
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

#[cold]
pub(crate) fn not_utf8(offset: u64) -> Error {
    Error::malformed("a str that is not UTF-8", offset)
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
            let lone = b"a\xed\xa0\x80";
            let reader = io::BufReader::with_capacity(buffer, &lone[..]);
            let spelt = Input::new(reader).text(4, &mut Vec::new()).unwrap();
            assert_eq!(spelt, Spelt::Surrogates);
            for wrong in [
                &b"ab\xff"[..],
                b"ab\xf0\x9f\x98",
                b"\xe2\x82a",
                b"a\xed\xa0",
            ] {
                let reader = io::BufReader::with_capacity(buffer, wrong);
                let len = wrong.len() as u64;
                assert!(Input::new(reader).text(len, &mut Vec::new()).is_err());
            }
        }
    }
}
