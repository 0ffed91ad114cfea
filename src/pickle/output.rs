//! Bytes on their way out: gathered a little, and cut into frames where the
//! layout is to be CPython's.

use std::io::Write;

use super::error::Result;
use super::opcode as op;

/// Without frames, bytes are passed on in pieces of about this size.
const PIECE_BYTES: usize = 8 * 1024;

/// A frame is closed at the first object that begins at or past this length,
/// and data of this length lies outside of frames (CPython's
/// `FRAME_SIZE_TARGET`).
pub(super) const FRAME_BYTES: usize = 64 * 1024;

/// Opcode and length of a frame.
const HEADER_BYTES: usize = 9;

/// A shorter frame is written without its header (CPython's `FRAME_SIZE_MIN`).
const SHORTEST_FRAME: usize = 4;

/// A writer that can frame.
#[derive(Debug)]
pub(super) struct Output<W> {
    writer: W,
    buffer: Vec<u8>,
    framing: bool,
    /// The buffer begins with the header of a frame.
    in_frame: bool,
}

impl<W: Write> Output<W> {
    pub(super) fn new(writer: W) -> Output<W> {
        Output {
            writer,
            buffer: Vec::new(),
            framing: false,
            in_frame: false,
        }
    }

    /// Cuts what follows into frames.
    pub(super) fn start_framing(&mut self) -> Result<()> {
        self.flush_buffer()?;
        // What a frame takes with an ordinary object at its end.
        self.buffer.reserve_exact(HEADER_BYTES + FRAME_BYTES + 1024);
        self.framing = true;
        Ok(())
    }

    /// Writes part of an object.
    #[inline]
    pub(super) fn put(&mut self, bytes: &[u8]) {
        if self.framing && !self.in_frame {
            self.open_frame();
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// Writes the first `len` of a few bytes.
    #[inline]
    pub(super) fn put_start<const N: usize>(&mut self, bytes: &[u8; N], len: usize) {
        self.put(bytes);
        self.buffer.truncate(self.buffer.len() - N + len);
    }

    #[cold]
    fn open_frame(&mut self) {
        self.buffer.extend_from_slice(&[op::FRAME; HEADER_BYTES]);
        self.in_frame = true;
    }

    /// An object begins: the place where a frame may end.
    #[inline]
    pub(super) fn boundary(&mut self) -> Result<()> {
        let full = if self.in_frame {
            HEADER_BYTES + FRAME_BYTES
        } else {
            PIECE_BYTES
        };
        if self.buffer.len() >= full {
            self.close_frame()?;
        }
        Ok(())
    }

    /// Writes the data of one object and the header that announces it. Long
    /// data is not copied, and lies outside of frames.
    #[inline]
    pub(super) fn put_data(&mut self, header: &[u8], data: &[u8]) -> Result<()> {
        if data.len() < PIECE_BYTES || (self.framing && data.len() < FRAME_BYTES) {
            self.put(header);
            self.put(data);
            return Ok(());
        }
        self.close_frame()?;
        self.writer.write_all(header)?;
        self.writer.write_all(data)?;
        Ok(())
    }

    #[cold]
    fn close_frame(&mut self) -> Result<()> {
        if self.in_frame {
            self.in_frame = false;
            let len = self.buffer.len() - HEADER_BYTES;
            if len < SHORTEST_FRAME {
                self.writer.write_all(&self.buffer[HEADER_BYTES..])?;
                self.buffer.clear();
                return Ok(());
            }
            let header = (len as u64).to_le_bytes();
            self.buffer[1..HEADER_BYTES].copy_from_slice(&header);
        }
        self.flush_buffer()
    }

    fn flush_buffer(&mut self) -> Result<()> {
        self.writer.write_all(&self.buffer)?;
        self.buffer.clear();
        // One long object must not cost its length for ever.
        self.buffer.shrink_to(HEADER_BYTES + FRAME_BYTES + 1024);
        Ok(())
    }

    /// Writes what is left and flushes the writer.
    pub(super) fn finish(mut self) -> Result<()> {
        self.close_frame()?;
        self.writer.flush()?;
        Ok(())
    }
}
