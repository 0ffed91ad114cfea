//! What is written next, and what it stands for.

use super::encoder::Encoder;
use super::items::Part;
use crate::pickle::error::{Error, ErrorKind};

/// What the content of the newtype at hand stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Plain,
    BigInt,
    ByteArray,
    Set,
    FrozenSet,
    Complex,
    Surrogates,
    /// Arguments after the class that [`Encoder::class`] has.
    AfterClass,
    /// Items or pairs of an object that is written, or states of it.
    Of(Part),
}

/// Writes one value.
pub(crate) struct ValueWriter<'e, W> {
    pub(super) encoder: &'e mut Encoder<W>,
    pub(super) meaning: Meaning,
}

impl<'e, W> ValueWriter<'e, W> {
    #[inline]
    pub(crate) fn new(encoder: &'e mut Encoder<W>) -> Self {
        ValueWriter {
            encoder,
            meaning: Meaning::Plain,
        }
    }
}

#[cold]
pub(super) fn refuse(what: &str) -> Error {
    Error::unplaced(ErrorKind::Data(what.to_owned()))
}
