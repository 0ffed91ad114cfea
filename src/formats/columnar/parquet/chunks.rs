//! Parts of a file, for a reader that goes from place to place in it and may do so
//! from several threads.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::sync::Arc;

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

/// A file whose parts are read, none of them beyond its end: room is made for what is
/// there, and not for what is promised.
pub(super) struct Chunks {
    file: Arc<File>,
    length: u64,
}

impl Chunks {
    /// Those of a file of so many bytes.
    pub(super) fn new(file: File, length: u64) -> Chunks {
        Chunks {
            file: Arc::new(file),
            length,
        }
    }

    /// What there is from a byte on.
    fn from(&self, start: u64) -> Result<Part> {
        match start <= self.length {
            true => Ok(Part {
                file: Arc::clone(&self.file),
                next: start,
                end: self.length,
            }),
            false => Err(beyond(start, 0)),
        }
    }
}

fn beyond(start: u64, length: usize) -> ParquetError {
    ParquetError::EOF(format!(
        "it has no {length} bytes from byte {start} on: is it whole?"
    ))
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Chunks {
    type T = BufReader<Part>;

    fn get_read(&self, start: u64) -> Result<BufReader<Part>> {
        Ok(BufReader::new(self.from(start)?))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let mut part = self.from(start)?;
        if part.end - start < length as u64 {
            return Err(beyond(start, length));
        }
        part.end = start + length as u64;
        let mut bytes = Vec::with_capacity(length);
        match part.read_to_end(&mut bytes)? == length {
            true => Ok(bytes.into()),
            false => Err(beyond(start, length)),
        }
    }
}

/// A part of a file, from a place of its own.
pub(super) struct Part {
    file: Arc<File>,
    next: u64,
    end: u64,
}

impl Read for Part {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.next).unwrap_or(usize::MAX);
        let most = buffer.len().min(left);
        let read = read_at(&self.file, &mut buffer[..most], self.next)?;
        self.next += read as u64;
        Ok(read)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], start: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, start)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], start: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, start)
}
