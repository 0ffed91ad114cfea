//! Writing records one after another, a line each.

use std::io::Write;

use serde::Serialize;

use super::error::Error;
use super::ser;

/// Appends a record and the end of its line, `\n` on every system. What is
/// appended before an error is not taken back.
///
/// For who gathers lines in a buffer of their own; [`Writer`] does so for any
/// writer.
///
/// # Errors
///
/// [`Data`](super::ErrorKind::Data) when the record's own `Serialize` fails.
///
/// ```
/// let mut lines = Vec::new();
/// picklestream::literal::append_line(&mut lines, &(1, "one"))?;
/// picklestream::literal::append_line(&mut lines, &(2, "two"))?;
/// assert_eq!(lines, b"(1, 'one')\n(2, 'two')\n");
/// # Ok::<(), picklestream::literal::Error>(())
/// ```
#[inline]
pub fn append_line<T: Serialize + ?Sized>(lines: &mut Vec<u8>, record: &T) -> Result<(), Error> {
    ser::append(lines, None, record)?;
    lines.push(b'\n');
    Ok(())
}

/// The same, but text of more than 1 MiB is handed on to `output` while the record
/// is still being written, so that a long one is never there as text.
///
/// # Errors
///
/// As [`append_line`], and [`Io`](super::ErrorKind::Io) when `output` fails. Part of a
/// long record may then have been handed on.
///
/// ```
/// let (mut lines, mut output) = (Vec::new(), Vec::new());
/// picklestream::literal::append_line_through(&mut lines, &mut output, &vec![0; 1_000_000])?;
/// assert_eq!(output.len() + lines.len(), 3_000_001);
/// assert!(lines.len() < 2 << 20);
/// # Ok::<(), picklestream::literal::Error>(())
/// ```
pub fn append_line_through<T: Serialize + ?Sized>(
    lines: &mut Vec<u8>,
    output: &mut dyn Write,
    record: &T,
) -> Result<(), Error> {
    ser::append(lines, Some(output), record)?;
    lines.push(b'\n');
    Ok(())
}

/// Writes one Python literal a line: what `print(record, file=f)` writes.
///
/// Each record is put together in one buffer, which is used again for the
/// next, and reaches the writer below in one call: give it a
/// [`BufWriter`](std::io::BufWriter) if it is a file.
///
/// ```
/// use picklestream::literal::Writer;
///
/// let mut writer = Writer::new(Vec::new());
/// writer.write(&(1, "one"))?;
/// writer.write(&(2, "two"))?;
/// assert_eq!(writer.into_inner(), b"(1, 'one')\n(2, 'two')\n");
/// # Ok::<(), picklestream::literal::Error>(())
/// ```
#[derive(Debug)]
pub struct Writer<W: Write> {
    inner: W,
    line: Vec<u8>,
}

impl<W: Write> Writer<W> {
    /// Writes to `inner`, in one piece a record.
    pub fn new(inner: W) -> Writer<W> {
        Writer {
            inner,
            line: Vec::new(),
        }
    }

    /// Writes a record and the end of its line, `\n` on every system.
    ///
    /// # Errors
    ///
    /// [`Io`](super::ErrorKind::Io) when the writer below fails,
    /// [`Data`](super::ErrorKind::Data) when the record's own `Serialize` does;
    /// then nothing of the record has been written.
    pub fn write<T: Serialize + ?Sized>(&mut self, record: &T) -> Result<(), Error> {
        self.line.clear();
        append_line(&mut self.line, record)?;
        self.inner.write_all(&self.line).map_err(Error::io)
    }

    /// Passes on what the writer below keeps back.
    ///
    /// # Errors
    ///
    /// [`Io`](super::ErrorKind::Io) when the writer below fails.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.inner.flush().map_err(Error::io)
    }

    /// The writer below; it is not flushed.
    pub fn into_inner(self) -> W {
        self.inner
    }
}
