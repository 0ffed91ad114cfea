//! Data whose sum is written down elsewhere.

use std::error::Error;
use std::fmt;
use std::io::{self, Read};

use flate2::Crc;

use super::packed::Sum;

/// The data came to its end, and is not what went in.
#[derive(Debug)]
pub(super) struct WrongSum;

impl fmt::Display for WrongSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the checksum does not match")
    }
}

impl Error for WrongSum {}

/// Hands data on, and fails at its end if it is not what went in.
pub(super) struct Checked<R> {
    reader: R,
    found: Crc,
    told: Sum,
    bytes: u64,
}

impl<R> Checked<R> {
    pub(super) fn new(reader: R, told: Sum) -> Checked<R> {
        Checked {
            reader,
            found: Crc::new(),
            told,
            bytes: 0,
        }
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.found.update(&buffer[..read]);
        self.bytes += read as u64;
        let is_end = read == 0 && !buffer.is_empty();
        if is_end && (self.bytes, self.found.sum()) != (self.told.bytes, self.told.crc32) {
            return Err(io::Error::other(WrongSum));
        }
        Ok(read)
    }
}
