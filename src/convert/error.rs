//! What can go wrong with a conversion.

use std::io;

use thiserror::Error;

use crate::files::write_hint;
use crate::schema::Misfit;

use super::advice::{told_of_input, told_of_misfit};
use super::allowance::TooLarge;

/// Whatever a codec says.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a conversion ended early.
#[derive(Debug, Error)]
pub(crate) enum Error {
    /// The input fails, or is not what it should be.
    #[error("cannot read {name}: {cause}{excerpt}{hint}")]
    Read {
        name: String,
        cause: Cause,
        /// The place, from the next line on.
        excerpt: String,
        /// What to do next, from the next line on.
        hint: String,
    },
    /// The output fails.
    #[error("cannot write {name}: {cause}{hint}")]
    Write {
        name: String,
        cause: io::Error,
        /// What to do next, with its punctuation.
        hint: &'static str,
    },
    /// Parts of a file are asked for that has none.
    #[error(
        "{flag} chooses what a pickle's records are: in {name}, which is {title}, each line is one"
    )]
    NoParts {
        flag: &'static str,
        name: String,
        /// Of the format.
        title: &'static str,
    },
    /// The output would become larger than allowed.
    #[error("cannot write {name}: {cause}")]
    TooLarge { name: String, cause: TooLarge },
    /// A record cannot be laid down in the format asked for.
    #[error("cannot convert {name}: record {record} {what}")]
    NoForm {
        /// Of the input.
        name: String,
        /// From 1.
        record: u64,
        /// What it holds, and what to do.
        what: String,
    },
    /// A schema cannot be laid down in the format asked for.
    #[error("cannot convert {name}: its schema {what}")]
    NoTable {
        /// Of the input.
        name: String,
        /// What it has, and what to do.
        what: String,
    },
    /// Nothing tells which fields a table has.
    #[error(
        "cannot convert {name}: it has no records, so nothing tells their fields: say --schema \
         FILE"
    )]
    NoRecords { name: String },
    /// Neither the content nor the name of a file tells its format.
    #[error("cannot tell the format of {name}{why}; say {flag} {known}")]
    UnknownFormat {
        name: String,
        why: &'static str,
        flag: &'static str,
        /// The formats that it may be.
        known: String,
    },
    /// What was asked for does not go together; the text is all there is.
    #[error("{0}")]
    Usage(String),
    /// Ctrl-C. What the user is told is the caller's.
    #[error("interrupted")]
    Interrupted,
}

impl Error {
    pub(crate) fn read(name: &str, cause: impl Into<Cause>) -> Error {
        let cause = cause.into();
        Error::Read {
            name: name.to_owned(),
            cause: match told_of_input(&*cause) {
                Some(told) => told.into(),
                None => cause,
            },
            excerpt: String::new(),
            hint: String::new(),
        }
    }

    /// Of a record of the input called `name`, from 1.
    pub(super) fn misfit(name: &str, record: u64, misfit: &Misfit) -> Error {
        Error::NoForm {
            name: name.to_owned(),
            record,
            what: told_of_misfit(misfit),
        }
    }

    pub(crate) fn write(name: &str, cause: io::Error) -> Error {
        let hint = write_hint(&cause);
        Error::Write {
            name: name.to_owned(),
            cause,
            hint,
        }
    }

    /// Whether whoever reads the output has gone away, as `head` does.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Error::Write { cause, .. } if cause.kind() == io::ErrorKind::BrokenPipe)
    }
}
