//! Reading records one after another, a line each.

use std::io::{self, BufRead};
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::de;
use super::error::{Error, ErrorKind};
use super::limits::LiteralLimits;

/// Reads one Python literal a line.
///
/// A line ends with `\n` or `\r\n`; the last one may end with the file. Empty
/// lines at the very end are passed over, an empty line before a record is an
/// error.
///
/// Memory does not depend on the number of records: a line is read where it
/// lies in the reader's buffer, and is copied only where it goes past the end
/// of it.
///
/// After an error in a record, the next line is read as if nothing had
/// happened: `.collect::<Result<_, _>>()` stops, a loop may go on. After an
/// [`Io`](ErrorKind::Io) error or a line that is too long the iterator ends.
///
/// ```
/// use picklestream::literal::LiteralRecords;
///
/// let text = b"(1, 'one')\n(2, None)\n(3.0, 'three')\n";
/// let mut records = LiteralRecords::<_, (u8, Option<String>)>::new(text.as_slice());
/// assert_eq!(records.next().unwrap()?, (1, Some("one".to_owned())));
/// assert_eq!(records.next().unwrap()?, (2, None));
/// let error = records.next().unwrap().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "line 3, column 2: expected an int, found the float 3.0"
/// );
/// assert!(records.next().is_none());
/// # Ok::<(), picklestream::literal::Error>(())
/// ```
#[derive(Debug)]
pub struct LiteralRecords<R, T> {
    lines: Lines<R>,
    limits: LiteralLimits,
    record: PhantomData<fn() -> T>,
}

impl<R: BufRead, T> LiteralRecords<R, T> {
    /// Reads from `reader` within the default [`LiteralLimits`].
    pub fn new(reader: R) -> LiteralRecords<R, T> {
        LiteralRecords::with_limits(reader, LiteralLimits::default())
    }

    /// Reads from `reader` within limits of your own.
    pub fn with_limits(reader: R, limits: LiteralLimits) -> LiteralRecords<R, T> {
        LiteralRecords {
            lines: Lines::new(reader),
            limits,
            record: PhantomData,
        }
    }

    /// Reads the next record, which may borrow strings and bytes from the
    /// reader's buffer, and so must be dropped before the next call.
    ///
    /// A string with an escape in it cannot be borrowed; read it as
    /// [`Cow`](std::borrow::Cow) with serde's attribute `borrow`.
    ///
    /// `None` at the end.
    ///
    /// ```
    /// use picklestream::literal::LiteralRecords;
    ///
    /// let text = b"(1, 'one')\n(2, 'two')\n";
    /// let mut records = LiteralRecords::<_, ()>::new(text.as_slice());
    /// let mut bytes = 0;
    /// while let Some(record) = records.next_borrowed::<(u8, &str)>() {
    ///     bytes += record?.1.len();
    /// }
    /// assert_eq!(bytes, 6);
    /// # Ok::<(), picklestream::literal::Error>(())
    /// ```
    #[inline]
    pub fn next_borrowed<'a, U: Deserialize<'a>>(&'a mut self) -> Option<Result<U, Error>> {
        match self.lines.advance(&self.limits) {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => return Some(Err(error)),
        }
        let (number, start) = (self.lines.number, self.lines.start);
        let line = match self.lines.current() {
            Ok(line) => line,
            Err(error) => return Some(Err(error)),
        };
        // In place: a record is too large to be moved without need.
        let mut result = de::read(line, &self.limits);
        if let Err(error) = &mut result {
            error.place_in_line(line, number, start);
        }
        Some(result)
    }

    /// The number of the line that was read last, counted from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.lines.number
    }

    /// Bytes of the input that the records so far took, line ends included.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.lines.start + self.lines.length
    }
}

impl<R: BufRead, T: DeserializeOwned> Iterator for LiteralRecords<R, T> {
    type Item = Result<T, Error>;

    #[inline]
    fn next(&mut self) -> Option<Result<T, Error>> {
        self.next_borrowed()
    }
}

/// Finds lines.
#[derive(Debug)]
struct Lines<R> {
    reader: R,
    /// The current line, if it did not lie whole in the reader's buffer.
    straddling: Vec<u8>,
    /// Bytes at the start of the reader's buffer that hold the current line
    /// and its `\n`; 0 if the line is in `straddling`. They are given back when
    /// the next line is asked for.
    used: usize,
    /// Number of the current line, from 1.
    number: u64,
    /// Offset of the current line.
    start: u64,
    /// Bytes of the current line with its end.
    length: u64,
    /// Whether the current line holds nothing but white space.
    blank: bool,
    /// Whether the current line is still to be handed out.
    held: bool,
    /// Whether nothing more is to be read.
    done: bool,
}

impl<R: BufRead> Lines<R> {
    fn new(reader: R) -> Lines<R> {
        Lines {
            reader,
            straddling: Vec::new(),
            used: 0,
            number: 0,
            start: 0,
            length: 0,
            blank: false,
            held: false,
            done: false,
        }
    }

    /// Moves on to the next line that is not blank; `false` at the end.
    #[inline]
    fn advance(&mut self, limits: &LiteralLimits) -> Result<bool, Error> {
        if std::mem::take(&mut self.held) {
            return Ok(true);
        }
        if !self.step(limits)? {
            return Ok(false);
        }
        if self.blank {
            return self.pass_blank(limits);
        }
        Ok(true)
    }

    /// Passes over blank lines, which only the end may follow.
    #[cold]
    fn pass_blank(&mut self, limits: &LiteralLimits) -> Result<bool, Error> {
        let (number, start) = (self.number, self.start);
        while self.step(limits)? {
            if !self.blank {
                self.held = true;
                let error = Error::at(ErrorKind::Syntax, 0, "an empty line before a record");
                return Err(error.in_line(b"", number, start));
            }
        }
        Ok(false)
    }

    /// Moves on to the next line; `false` at the end, and ever after an error.
    #[inline]
    fn step(&mut self, limits: &LiteralLimits) -> Result<bool, Error> {
        if self.done {
            return Ok(false);
        }
        self.done = true;
        let found = self.find(limits)?;
        self.done = !found;
        Ok(found)
    }

    #[inline]
    fn find(&mut self, limits: &LiteralLimits) -> Result<bool, Error> {
        self.reader.consume(std::mem::take(&mut self.used));
        self.start += std::mem::take(&mut self.length);
        self.straddling.clear();
        let line_end = loop {
            match self.reader.fill_buf() {
                Ok([]) => return Ok(false),
                Ok(buffer) => {
                    let line_end = memchr::memchr(b'\n', buffer);
                    self.blank = is_blank(&buffer[..line_end.unwrap_or(buffer.len())]);
                    break line_end;
                }
                Err(error) => pass_interruption(error)?,
            }
        };
        self.number += 1;
        match line_end {
            Some(end) if end <= limits.line_bytes => {
                self.used = end + 1;
                self.length = self.used as u64;
            }
            Some(_) => return Err(self.too_long(limits)),
            None => self.gather(limits)?,
        }
        Ok(true)
    }

    /// Copies a line that goes past the end of the reader's buffer.
    fn gather(&mut self, limits: &LiteralLimits) -> Result<(), Error> {
        loop {
            let buffer = match self.reader.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) => {
                    pass_interruption(error)?;
                    continue;
                }
            };
            let line_end = memchr::memchr(b'\n', buffer);
            let part = &buffer[..line_end.unwrap_or(buffer.len())];
            if part.len() > limits.line_bytes - self.straddling.len() {
                return Err(self.too_long(limits));
            }
            let last = line_end.is_some() || buffer.is_empty();
            self.straddling.extend_from_slice(part);
            let taken = part.len() + usize::from(line_end.is_some());
            self.length += taken as u64;
            self.reader.consume(taken);
            if last {
                self.blank = is_blank(&self.straddling);
                return Ok(());
            }
        }
    }

    #[cold]
    fn too_long(&self, limits: &LiteralLimits) -> Error {
        let limit = limits.line_bytes;
        let message = format!("longer than {limit} bytes (limit `line_bytes`)");
        Error::new(ErrorKind::Limit, message).in_line(b"", self.number, self.start)
    }

    /// The current line without its end.
    #[inline]
    fn current(&mut self) -> Result<&[u8], Error> {
        let line = match self.used.checked_sub(1) {
            Some(end) => {
                // By the contract of `BufRead` the same bytes as before.
                let buffer = self.reader.fill_buf().map_err(Error::io)?;
                buffer.get(..end).unwrap_or(buffer)
            }
            None => &self.straddling,
        };
        Ok(line.strip_suffix(b"\r").unwrap_or(line))
    }
}

/// A read that was interrupted is tried again, as `BufRead::read_until` does.
#[cold]
fn pass_interruption(error: io::Error) -> Result<(), Error> {
    match error.kind() {
        io::ErrorKind::Interrupted => Ok(()),
        _ => Err(Error::io(error)),
    }
}

#[inline]
fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}
