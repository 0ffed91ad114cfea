//! What can be wrong with compressed data.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use super::packed::WINDOW_KIB;
use crate::formats::fault::find_cause;

/// Compressed data that cannot be unpacked, or not any further. It travels as
/// an [`io::Error`], through whatever reads the input; [`Damage::of`] finds it
/// again.
#[derive(Debug)]
pub struct Damage {
    /// What the data is, such as `gzip`.
    pub compression: &'static str,
    /// How many bytes came out of it before.
    pub offset: u64,
    /// What is wrong.
    pub kind: DamageKind,
}

/// What is wrong with compressed data.
#[derive(Debug)]
pub enum DamageKind {
    /// It ends too early.
    CutShort,
    /// It is not what it says it is; the text is the decoder's.
    Wrong(String),
    /// Its decoder has to look back on more than 128 MiB.
    Window,
    /// It grows beyond what [`Expansion`](super::Expansion) allows: so many
    /// times its size.
    Expands(u64),
}

impl Damage {
    /// The damage at the bottom of an error, if that is what it is about.
    #[must_use]
    pub fn of<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Damage> {
        find_cause(error)
    }

    pub(super) fn into_io(self) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, self)
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Damage {
            compression,
            offset,
            kind,
        } = self;
        match kind {
            DamageKind::CutShort => write!(
                f,
                "the {compression} data is cut short, after {offset} bytes of what is in it: \
                 was the file copied whole?"
            ),
            DamageKind::Wrong(what) => write!(
                f,
                "the {compression} data is damaged, after {offset} bytes of what is in it: {what}"
            ),
            DamageKind::Window => write!(
                f,
                "the {compression} data cannot be unpacked with less than {} MiB of memory: \
                 unpack it first",
                WINDOW_KIB >> 10
            ),
            DamageKind::Expands(times) => write!(
                f,
                "the {compression} data expands to more than {times} times its size, after \
                 {offset} bytes of what is in it"
            ),
        }
    }
}

impl StdError for Damage {}
