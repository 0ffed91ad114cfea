//! Compressed bytes on their way to a decoder.

use std::cell::RefCell;
use std::io::{self, BufReader, Read};
use std::rc::Rc;

use super::stored::StoredFile;

/// What decoders read from. Each reads no further than its data goes, so that
/// what follows is still there.
pub(super) type Packed = BufReader<PackedBytes>;

/// Size of the buffer before a decoder, in bytes.
const PACKED_BYTES: usize = 32 * 1024;

/// The most memory for what a decoder looks back on, in KiB: that of the
/// highest levels of every compressor, and of hostile files no more.
pub(super) const WINDOW_KIB: u32 = 128 << 10;

/// A part of a file that holds compressed data.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// Where it begins, in bytes.
    pub(super) start: u64,
    /// Bytes of it; `None` for all that is there.
    pub(super) length: Option<u64>,
    /// What comes out of it, where that is written down outside of it.
    pub(super) sum: Option<Sum>,
}

impl Part {
    /// All of a file or a pipe.
    pub(super) const ALL: Part = Part {
        start: 0,
        length: None,
        sum: None,
    };
}

/// What tells whether data is whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sum {
    pub(super) crc32: u32,
    pub(super) bytes: u64,
}

/// A part of a file, or all of a pipe.
pub(super) struct PackedBytes {
    stored: Rc<RefCell<StoredFile>>,
    /// Bytes of it that are still to come.
    left: u64,
}

impl PackedBytes {
    /// The next `left` bytes of `stored`.
    pub(super) fn new(stored: Rc<RefCell<StoredFile>>, left: u64) -> Packed {
        BufReader::with_capacity(PACKED_BYTES, PackedBytes { stored, left })
    }
}

impl Read for PackedBytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        let most = most.min(buffer.len());
        let mut stored = self.stored.borrow_mut();
        let read = stored.read(&mut buffer[..most])?;
        if read == 0 {
            stored.note_end();
        }
        self.left -= read as u64;
        Ok(read)
    }
}
