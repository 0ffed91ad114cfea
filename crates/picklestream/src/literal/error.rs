//! What can go wrong, and where.

use std::fmt;
use std::io;

/// Why a literal could not be read or written, and at which character.
///
/// The message says what was expected and what was found:
///
/// ```
/// use picklestream::literal::{self, ErrorKind};
///
/// let error = literal::from_str::<Vec<u8>>("[1, 2; 3]").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Syntax);
/// assert_eq!(error.to_string(), "line 1, column 6: expected ',' or ']', found ';'");
/// assert_eq!(error.column(), Some(6));
/// assert_eq!(error.byte_offset(), Some(5));
/// ```
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error {
    // Boxed, so that a `Result` of a small record stays small.
    inner: Box<Inner>,
}

#[derive(Debug, thiserror::Error)]
#[error("{}{message}", place(*line, *column))]
struct Inner {
    kind: ErrorKind,
    message: String,
    line: Option<u64>,
    column: Option<u64>,
    offset: Option<u64>,
    source: Option<io::Error>,
}

/// What sort of thing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The reader or writer below failed; [`source`](std::error::Error::source)
    /// has its error.
    Io,
    /// The text is not Python.
    Syntax,
    /// The text ends within a literal.
    Incomplete,
    /// The text is Python, but no plain literal, or one that this reader does
    /// not know: a name, a call, a comment, an f-string.
    Unsupported,
    /// A literal, but not one that the type asked for can hold.
    Data,
    /// Beyond one of the [`LiteralLimits`](super::LiteralLimits).
    Limit,
}

impl Error {
    pub(super) fn at(kind: ErrorKind, offset: usize, message: impl Into<String>) -> Error {
        let mut error = Error::new(kind, message);
        error.inner.offset = Some(offset as u64);
        error
    }

    #[cold]
    pub(super) fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error {
            inner: Box::new(Inner {
                kind,
                message: message.into(),
                line: None,
                column: None,
                offset: None,
                source: None,
            }),
        }
    }

    pub(super) fn data(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Data, message)
    }

    pub(super) fn io(source: io::Error) -> Error {
        let mut error = Error::new(ErrorKind::Io, source.to_string());
        error.inner.source = Some(source);
        error
    }

    /// Gives an error that came out of a type's own `Deserialize` a place.
    #[inline]
    pub(super) fn place(&mut self, offset: usize) {
        self.inner.offset.get_or_insert(offset as u64);
    }

    /// The same error, placed at `offset` unless it already has a place.
    #[cold]
    pub(super) fn or_at(mut self, offset: usize) -> Error {
        self.place(offset);
        self
    }

    /// Turns the offset into a line and a column of `text`.
    #[cold]
    pub(super) fn in_text(mut self, text: &[u8]) -> Error {
        self.inner.find_in(text);
        self
    }

    /// As [`Error::in_text`], where `text` is line number `line` and starts
    /// `start` bytes into what is being read.
    #[cold]
    pub(super) fn in_line(mut self, text: &[u8], line: u64, start: u64) -> Error {
        self.place_in_line(text, line, start);
        self
    }

    /// Not cold as a whole: only the box behind the error is given away, so that
    /// a result which holds one can stay in registers.
    #[inline]
    pub(super) fn place_in_line(&mut self, text: &[u8], line: u64, start: u64) {
        self.inner.place_in_line(text, line, start);
    }

    /// What sort of thing went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// What was expected and what was found, without the place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.inner.message
    }

    /// The line, counted from 1.
    #[must_use]
    pub fn line(&self) -> Option<u64> {
        self.inner.line
    }

    /// The column, counted from 1 in characters: print the line, and under it
    /// a caret behind `column - 1` spaces.
    #[must_use]
    pub fn column(&self) -> Option<u64> {
        self.inner.column
    }

    /// The place in bytes from the start of what was read, counted from 0.
    #[must_use]
    pub fn byte_offset(&self) -> Option<u64> {
        self.inner.offset
    }
}

impl Inner {
    /// Turns the offset into a line and a column of `text`.
    fn find_in(&mut self, text: &[u8]) {
        let Some(offset) = self.offset else {
            return;
        };
        let before = &text[..text.len().min(offset as usize)];
        let newlines = memchr::memchr_iter(b'\n', before).count() as u64;
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
        self.line = Some(newlines + 1);
        self.column = Some(characters(&before[line_start..]) + 1);
    }

    /// As [`Error::in_line`].
    #[cold]
    fn place_in_line(&mut self, text: &[u8], line: u64, start: u64) {
        self.find_in(text);
        self.line = Some(line);
        self.offset = Some(start + self.offset.unwrap_or(0));
    }
}

/// Characters in UTF-8, which may be damaged.
fn characters(text: &[u8]) -> u64 {
    text.iter().filter(|&&byte| byte & 0xC0 != 0x80).count() as u64
}

/// What stands before the message.
fn place(line: Option<u64>, column: Option<u64>) -> String {
    match (line, column) {
        (Some(line), Some(column)) => format!("line {line}, column {column}: "),
        (Some(line), None) => format!("line {line}: "),
        _ => String::new(),
    }
}

impl serde::de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Error {
        Error::data(message.to_string())
    }
}

impl serde::ser::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Error {
        Error::data(message.to_string())
    }
}
