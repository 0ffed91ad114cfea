//! What is wrong with a file, and where.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use picklestream::{literal, pickle};

use super::Error;

/// An error with its place in the input. It reads as its cause does.
#[derive(Debug)]
pub struct Fault {
    /// What the codec says.
    pub cause: Error,
    /// At which byte of the input, from 0.
    pub offset: Option<u64>,
    /// Whether the reason may be that the file is in another format.
    pub is_format: bool,
}

impl Fault {
    /// A fault without a place, of which nothing more is known.
    pub fn new(cause: impl Into<Error>) -> Fault {
        Fault {
            cause: cause.into(),
            offset: None,
            is_format: false,
        }
    }

    /// What is known of any format's error.
    #[must_use]
    pub fn of(error: Error) -> Fault {
        error
            .downcast::<Fault>()
            .map(|fault| *fault)
            .or_else(|error| Ok(error.downcast::<pickle::Error>()?.into()))
            .or_else(|error: Error| Ok(error.downcast::<literal::Error>()?.into()))
            .unwrap_or_else(|error: Error| Fault::new(error))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}

impl StdError for Fault {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause.source()
    }
}

impl From<Box<pickle::Error>> for Fault {
    fn from(error: Box<pickle::Error>) -> Fault {
        Fault {
            is_format: matches!(error.kind(), pickle::ErrorKind::Malformed(_)),
            offset: error.offset(),
            cause: error,
        }
    }
}

impl From<Box<literal::Error>> for Fault {
    fn from(error: Box<literal::Error>) -> Fault {
        use literal::ErrorKind::{Incomplete, Syntax, Unsupported};
        Fault {
            is_format: matches!(error.kind(), Syntax | Incomplete | Unsupported),
            offset: error.byte_offset(),
            cause: error,
        }
    }
}

/// The first error of type `E` among an error and its causes, if there is one.
pub(crate) fn find_cause<'a, E: StdError + 'static>(
    error: &'a (dyn StdError + 'static),
) -> Option<&'a E> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        cause = match error.downcast_ref::<io::Error>() {
            // An `io::Error` passes over what it holds.
            Some(io) => io.get_ref().map(|inner| inner as &(dyn StdError + 'static)),
            None => error.source(),
        };
    }
    None
}
