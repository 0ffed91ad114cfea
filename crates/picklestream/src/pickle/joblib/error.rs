//! Why a file of joblib cannot be read.

use std::io;

/// Why a file of joblib cannot be read any further. It travels as an [`io::Error`] of
/// kind [`InvalidData`](io::ErrorKind::InvalidData), which holds it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a joblib file, in which the bytes of arrays lie between the parts of the pickle: those \
     that begin at byte {offset} cannot be counted, for {what}"
)]
pub struct Error {
    /// Where the bytes of the array begin, in bytes.
    pub offset: u64,
    /// Why their number cannot be told.
    pub(super) what: &'static str,
}

impl From<Error> for io::Error {
    fn from(error: Error) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, error)
    }
}
