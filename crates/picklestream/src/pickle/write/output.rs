//! Bytes on their way out: gathered a little, and cut into frames where the
//! layout is to be CPython's.

use std::io::Write;

use crate::pickle::error::Result;
use crate::pickle::opcodes::opcode as op;

/// Without frames, bytes are passed on in pieces of about this size.
const PIECE_BYTES: usize = 8 * 1024;

/// A frame is closed at the first object that begins at or past this length,
/// and data of this length lies outside of frames (CPython's
/// `FRAME_SIZE_TARGET`).
pub(crate) const FRAME_BYTES: usize = 64 * 1024;

/// Opcode and length of a frame.
const HEADER_BYTES: usize = 9;

/// The most room that the buffer keeps: for a frame and an ordinary object at
/// its end.
const MOST_KEPT: usize = HEADER_BYTES + FRAME_BYTES + 1024;

/// A shorter frame is written without its header (CPython's `FRAME_SIZE_MIN`).
const SHORTEST_FRAME: usize = 4;

/// A writer that can frame.
#[derive(Debug)]
pub(crate) struct Output<W> {
    writer: W,
    /// Begins with the header of a frame where there are frames.
    buffer: Vec<u8>,
    framing: bool,
    /// Length of the buffer at which it is passed on.
    full: usize,
}

impl<W: Write> Output<W> {
    pub(crate) fn new(writer: W) -> Output<W> {
        Output {
            writer,
            buffer: Vec::new(),
            framing: false,
            full: PIECE_BYTES,
        }
    }

    /// Cuts what follows into frames.
    pub(crate) fn start_framing(&mut self) -> Result<()> {
        self.pass_on()?;
        self.buffer.reserve_exact(MOST_KEPT);
        self.framing = true;
        self.full = HEADER_BYTES + FRAME_BYTES;
        self.begin_piece();
        Ok(())
    }

    /// Leaves room for the frame's header, which is known only at the end.
    fn begin_piece(&mut self) {
        if self.framing {
            self.buffer.extend_from_slice(&[op::FRAME; HEADER_BYTES]);
        }
    }

    /// Writes part of an object.
    #[inline]
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Writes an opcode that has no argument.
    #[inline(always)]
    pub(crate) fn put_opcode(&mut self, opcode: u8) {
        self.buffer.push(opcode);
    }

    /// Writes what is mostly short, and copies up to 32 bytes without a call: the
    /// first few of them and the last few, which may be partly the same.
    #[inline(always)]
    pub(crate) fn put_short(&mut self, bytes: &[u8]) {
        match bytes.len() {
            4..8 => self.put_ends::<4>(bytes),
            8..16 => self.put_ends::<8>(bytes),
            16..=32 => self.put_ends::<16>(bytes),
            _ => self.put(bytes),
        }
    }

    /// Writes from `N` to twice as many bytes.
    #[inline(always)]
    fn put_ends<const N: usize>(&mut self, bytes: &[u8]) {
        if let (Some(first), Some(last)) = (bytes.first_chunk::<N>(), bytes.last_chunk::<N>()) {
            self.put_start(first, bytes.len() - N);
            self.put(last);
        }
    }

    /// Writes the first `len` of a few bytes.
    #[inline]
    pub(crate) fn put_start<const N: usize>(&mut self, bytes: &[u8; N], len: usize) {
        self.put(bytes);
        self.buffer.truncate(self.buffer.len() - N + len);
    }

    /// An object begins: the place where a frame may end.
    #[inline]
    pub(crate) fn boundary(&mut self) -> Result<()> {
        if self.buffer.len() < self.full {
            return Ok(());
        }
        self.pass_on()
    }

    /// Writes the data of one object and the header that announces it. Long
    /// data is not copied, and lies outside of frames.
    #[inline]
    pub(crate) fn put_data(&mut self, header: &[u8], data: &[u8]) -> Result<()> {
        if data.len() < PIECE_BYTES || (self.framing && data.len() < FRAME_BYTES) {
            self.put(header);
            self.put(data);
            return Ok(());
        }
        self.pass_on()?;
        self.writer.write_all(header)?;
        self.writer.write_all(data)?;
        Ok(())
    }

    /// Closes the frame if there is one, writes what is gathered and begins
    /// anew.
    #[cold]
    fn pass_on(&mut self) -> Result<()> {
        let mut from = 0;
        if self.framing {
            let len = self.buffer.len() - HEADER_BYTES;
            let header = (len as u64).to_le_bytes();
            self.buffer[1..HEADER_BYTES].copy_from_slice(&header);
            if len < SHORTEST_FRAME {
                from = HEADER_BYTES;
            }
        }
        self.writer.write_all(&self.buffer[from..])?;
        self.buffer.clear();
        // One long object must not cost its length for ever.
        self.buffer.shrink_to(MOST_KEPT);
        self.begin_piece();
        Ok(())
    }

    /// Writes what is left and flushes the writer.
    pub(crate) fn finish(mut self) -> Result<()> {
        self.pass_on()?;
        self.writer.flush()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_short_is_copied_whole_at_any_length() {
        let bytes: Vec<u8> = (1..=80).collect();
        for len in 0..=bytes.len() {
            let mut written = Vec::new();
            let mut out = Output::new(&mut written);
            out.put_opcode(op::MARK);
            out.put_short(&bytes[..len]);
            out.put_opcode(op::STOP);
            out.finish().unwrap();
            let expected = [&[op::MARK], &bytes[..len], &[op::STOP]].concat();
            assert_eq!(written, expected);
        }
    }
}
