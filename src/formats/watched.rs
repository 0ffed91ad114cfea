//! An input that others can see the place of while a decoder holds it.
//!
//! serde's errors keep neither the byte at which they came up nor the error of
//! the input behind them. Both are noted here, beside the decoder.

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufRead, Read};

use super::{Error, Fault, Input};

/// An input whose place is noted in a [`Spot`].
pub(super) struct Watched<'s> {
    input: Input,
    spot: &'s Spot,
}

impl<'s> Watched<'s> {
    /// `input`, from where it stands.
    pub(super) fn new(input: Input, spot: &'s Spot) -> Watched<'s> {
        Watched { input, spot }
    }

    /// An error unless it is at its end.
    ///
    /// # Errors
    ///
    /// If there are more bytes, or it cannot be read.
    pub(super) fn expect_end(&mut self) -> Result<(), Error> {
        match self.fill_buf() {
            Ok([]) => Ok(()),
            Ok(_) => Err(self
                .spot
                .fault(&"it goes on where its list of records ends")),
            Err(error) => Err(self.spot.fault(&error)),
        }
    }

    /// Notes that `read` bytes were read.
    fn advance(&self, read: usize) {
        let position = &self.spot.position;
        position.set(position.get() + read as u64);
    }

    /// An error if a record is longer than it may be.
    fn check_record(&self) -> io::Result<()> {
        let spot = self.spot;
        match spot.position.get() > spot.end.get() {
            false => Ok(()),
            true => {
                let limit = spot.record_bytes;
                let message = format!("a record of more than {limit} bytes (limit `line_bytes`)");
                Err(self.note(io::Error::new(io::ErrorKind::InvalidData, message)))
            }
        }
    }

    /// Keeps an error, and gives one that stands for it. One after which a decoder
    /// tries again is none.
    #[cold]
    fn note(&self, error: io::Error) -> io::Error {
        let kind = error.kind();
        if kind == io::ErrorKind::Interrupted {
            return error;
        }
        self.spot.failed.set(Some(error));
        kind.into()
    }
}

impl Read for Watched<'_> {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.check_record()?;
        let read = self.input.read(buffer).map_err(|error| self.note(error))?;
        self.advance(read);
        Ok(read)
    }
}

impl BufRead for Watched<'_> {
    #[inline]
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.check_record()?;
        if !self.input.buffer().is_empty() {
            return Ok(self.input.buffer());
        }
        match self.input.fill_buf() {
            Ok(_) => Ok(self.input.buffer()),
            Err(error) => Err(self.note(error)),
        }
    }

    #[inline]
    fn consume(&mut self, read: usize) {
        self.input.consume(read);
        self.advance(read);
    }
}

/// Where an input stands, and what went wrong with it.
pub(super) struct Spot {
    position: Cell<u64>,
    /// A record may not go on beyond this byte.
    end: Cell<u64>,
    record_bytes: u64,
    failed: Cell<Option<io::Error>>,
}

impl Spot {
    /// Of an input whose records may have any length.
    pub(super) fn new() -> Spot {
        Spot::within(u64::MAX)
    }

    /// Of an input whose records may have so many bytes.
    pub(super) fn within(record_bytes: u64) -> Spot {
        Spot {
            position: Cell::new(0),
            end: Cell::new(u64::MAX),
            record_bytes,
            failed: Cell::new(None),
        }
    }

    /// Bytes that were read.
    pub(super) fn position(&self) -> u64 {
        self.position.get()
    }

    /// Notes that a record begins.
    #[inline]
    pub(super) fn begin_record(&self) {
        self.end
            .set(self.position.get().saturating_add(self.record_bytes));
    }

    /// The error of a decoder with its place, or that of the input, if that is
    /// behind it.
    #[cold]
    pub(super) fn fault(&self, error: &dyn fmt::Display) -> Error {
        if let Some(failed) = self.failed.take() {
            return failed.into();
        }
        let position = self.position();
        fault(Some(position), &format_args!("byte {position}: {error}"))
    }

    /// The same of an error that names its place itself.
    #[cold]
    pub(super) fn fault_at(&self, offset: Option<u64>, error: &dyn fmt::Display) -> Error {
        match self.failed.take() {
            Some(failed) => failed.into(),
            None => fault(offset, error),
        }
    }
}

fn fault(offset: Option<u64>, error: &dyn fmt::Display) -> Error {
    Box::new(Fault {
        cause: error.to_string().into(),
        offset,
        is_format: true,
    })
}
