//! Why a file holds no records to be read.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use plainfigures::visible;

use super::archive::Listing;
use super::foreign::Foreign;
use crate::formats::fault::find_cause;

/// A file that is something else than one of records. It travels as an
/// [`io::Error`], because of a pipe it is only known when it is read.
#[derive(Debug)]
pub enum Unfit {
    /// It is of this kind.
    Foreign(&'static Foreign),
    /// The same, in compressed data: of this compression.
    Within(&'static str, &'static Foreign),
    /// It is compressed twice, by these.
    Twice(&'static str, &'static str),
    /// It is a zip archive, and one of its files is to be chosen.
    Archive(Listing),
    /// It is a zip archive that cannot be looked into: it comes through a pipe,
    /// or lies in compressed data.
    ClosedArchive,
    /// It is a zip archive that has no file of this name.
    NoEntry(String, Listing),
    /// A file of an archive was asked for, and it is none.
    NoArchive,
}

impl Unfit {
    /// The one at the bottom of an error, if that is what it is about.
    #[must_use]
    pub fn of<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Unfit> {
        find_cause(error)
    }

    pub(super) fn into_io(self) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, self)
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unfit::Foreign(foreign) => write!(f, "{foreign}"),
            Unfit::Within(outer, foreign) => write!(f, "{outer} data, in which is {foreign}"),
            Unfit::Twice(outer, inner) => write!(
                f,
                "{inner} data within {outer} data: unpack it once first; one level is read through"
            ),
            Unfit::Archive(listing) => write!(f, "a zip archive of {listing}"),
            Unfit::ClosedArchive => {
                f.write_str("a zip archive, which can be looked into only as a file: save it, or unpack it first")
            }
            Unfit::NoEntry(name, listing) => {
                write!(f, "no {} in this zip archive of {listing}", visible(name))
            }
            Unfit::NoArchive => f.write_str("not a zip archive"),
        }
    }
}

impl StdError for Unfit {}
