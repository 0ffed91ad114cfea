//! What can go wrong with a pickle, and where in it.

use std::fmt;
use std::io;

/// What the functions of [`pickle`](crate::pickle) return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error with its kind and, where there is one, the byte offset.
///
/// ```
/// use picklestream::pickle;
///
/// let eval = b"\x80\x04\x8c\x08builtinsc__builtin__\neval\n.";
/// let error = pickle::from_slice::<String>(eval).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "refused: __builtin__.eval at byte 12: this reads data, it does not run code",
/// );
/// assert_eq!(error.offset(), Some(12));
/// ```
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    offset: Option<u64>,
}

/// The kinds of [`Error`].
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Reading or writing failed.
    Io(io::Error),
    /// The input ends before the pickle does.
    Truncated,
    /// Not a pickle; the text says what is wrong.
    Malformed(String),
    /// Something follows the pickle that was to be the only one.
    Trailing(String),
    /// The pickle asks for code to be run, which this crate never does; the
    /// text names what it asks for.
    Refused(String),
    /// An object contains itself, which no value here can; the text says which, by the
    /// steps from the record that lead to it.
    Cycle(String),
    /// One of [`PickleLimits`](crate::pickle::PickleLimits) does not allow it.
    /// Raise that limit if you trust the input; a `depth` above
    /// [`PickleLimits::MAX_DEPTH`](crate::pickle::PickleLimits::MAX_DEPTH) has no
    /// effect.
    Limit {
        /// Name of the limit: a field of [`PickleLimits`](crate::pickle::PickleLimits).
        name: &'static str,
        /// Its value, in the unit of that field.
        value: u64,
    },
    /// The pickle fetches the object of this memo id, which the
    /// [`MemoPolicy`](crate::pickle::MemoPolicy) did not keep. Read from an input
    /// that can seek, or with a larger [`MemoPolicy::Budget`](crate::pickle::MemoPolicy::Budget).
    NotKept(u32),
    /// The pickle fetches or changes something that was already handed out.
    HandedOut(String),
    /// There is nothing under the path of
    /// [`ReadOptions::records`](crate::pickle::ReadOptions::records); the text
    /// says how far it leads and what is there.
    NotFound(String),
    /// The data does not fit the type that it is read into, or a type cannot
    /// be written.
    Data(String),
    /// Not an error: the slice at hand does not hold the whole opcode.
    #[doc(hidden)]
    Short,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, offset: u64) -> Error {
        Error(Box::new(Inner {
            kind,
            offset: Some(offset),
        }))
    }

    #[cold]
    pub(crate) fn malformed(what: impl Into<String>, offset: u64) -> Error {
        Error::new(ErrorKind::Malformed(what.into()), offset)
    }

    #[cold]
    pub(crate) fn data(what: impl Into<String>, offset: u64) -> Error {
        Error::new(ErrorKind::Data(what.into()), offset)
    }

    #[cold]
    pub(crate) fn limit(name: &'static str, value: u64, offset: u64) -> Error {
        Error::new(ErrorKind::Limit { name, value }, offset)
    }

    #[cold]
    pub(crate) fn handed_out(what: impl Into<String>, offset: u64) -> Error {
        Error::new(ErrorKind::HandedOut(what.into()), offset)
    }

    #[cold]
    pub(crate) fn unplaced(kind: ErrorKind) -> Error {
        Error(Box::new(Inner { kind, offset: None }))
    }

    #[cold]
    pub(crate) fn short() -> Error {
        Error::unplaced(ErrorKind::Short)
    }

    pub(crate) fn is_short(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Short)
    }

    /// Whether the nesting depth is beyond its limit.
    pub(crate) fn is_depth(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Limit { name: "depth", .. })
    }

    /// Places the error at `offset` unless it already has a place.
    #[cold]
    pub(crate) fn place(&mut self, offset: u64) {
        self.0.offset.get_or_insert(offset);
    }

    /// The same error, placed at `offset` unless it already has a place.
    pub(crate) fn or_at(mut self, offset: u64) -> Error {
        self.place(offset);
        self
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Where it went wrong: bytes from the place where reading began.
    /// Absent when writing.
    #[must_use]
    pub fn offset(&self) -> Option<u64> {
        self.0.offset
    }
}

/// The error for what is not a pickle, without a place yet.
#[cold]
pub(crate) fn malformed(what: impl Into<String>) -> Error {
    Error::unplaced(ErrorKind::Malformed(what.into()))
}

/// The error for what goes beyond a limit, without a place yet: `name` is a
/// field of [`PickleLimits`](super::PickleLimits), `value` what it says.
#[cold]
pub(crate) fn exceeded(name: &'static str, value: u64) -> Error {
    Error::unplaced(ErrorKind::Limit { name, value })
}

/// The offset within a sentence, or nothing.
struct At(Option<u64>);

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(offset) => write!(f, " at byte {offset}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = At(self.offset);
        match &self.kind {
            ErrorKind::Io(error) => write!(f, "input or output failed{at}: {error}"),
            ErrorKind::Truncated => write!(
                f,
                "the input ends{at}, before the pickle does: is the file cut short?"
            ),
            ErrorKind::Malformed(what) => write!(f, "not a pickle{at}: {what}"),
            ErrorKind::Trailing(what) => write!(f, "not a pickle{at}: {what}"),
            ErrorKind::Refused(name) => write!(
                f,
                "refused: {name}{at}: this reads data, it does not run code"
            ),
            ErrorKind::Limit {
                name: "depth",
                value,
            } => write!(
                f,
                "more containers within each other than depth = {value} allows{at}"
            ),
            ErrorKind::Cycle(what) => write!(f, "{what}{at}, which no value here can"),
            ErrorKind::Limit { name, value } => write!(f, "more than {name} = {value} allows{at}"),
            ErrorKind::NotKept(id) => write!(
                f,
                "memo id {id} was not kept; read from an input that can seek, or with a larger \
                 MemoPolicy::Budget, which keeps objects that cannot change, of up to 1/256 of \
                 it each"
            ),
            ErrorKind::HandedOut(what) => write!(
                f,
                "the pickle{at} {what} after that was handed out; read it as a whole"
            ),
            ErrorKind::NotFound(what) => f.write_str(what),
            ErrorKind::Data(what) => write!(f, "{what}{at}"),
            ErrorKind::Short => f.write_str("incomplete opcode"),
        }
    }
}

impl std::error::Error for Inner {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            ErrorKind::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Error {
        Error::unplaced(ErrorKind::Io(error))
    }
}

impl serde::de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Error {
        Error::unplaced(ErrorKind::Data(message.to_string()))
    }
}

impl serde::ser::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Error {
        Error::unplaced(ErrorKind::Data(message.to_string()))
    }
}
