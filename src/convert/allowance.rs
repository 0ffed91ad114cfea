//! How large an output may become: a small input can tell of a lot, by fetching one
//! long string again and again.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use plainfigures::{format_bytes, thousands};
use thiserror::Error;

use crate::formats::find_cause;

/// How many times as large as the input an output may be.
pub(crate) const MOST_TIMES: u64 = 2000;

/// How large it may be in any case, in bytes.
pub(crate) const AT_LEAST_BYTES: u64 = 64 << 20;

/// How large an output may become.
#[derive(Debug, Clone)]
pub(crate) enum Allowance {
    /// So many bytes.
    Bytes(u64),
    /// [`MOST_TIMES`] what was read, which is counted here, in bytes.
    OfInput(Arc<AtomicU64>),
}

/// An output has become larger than it may.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("it would have more than {}{why}; --output-bytes SIZE allows more", format_bytes(*bytes))]
pub(crate) struct TooLarge {
    bytes: u64,
    why: String,
}

impl Allowance {
    /// Whether there may be so many bytes.
    ///
    /// # Errors
    ///
    /// [`TooLarge`] if not.
    pub(super) fn check(&self, bytes: u64) -> io::Result<()> {
        let (most, why) = match self {
            Allowance::Bytes(most) => (*most, String::new()),
            Allowance::OfInput(read) => {
                let read = read.load(Ordering::Relaxed);
                let most = read.saturating_mul(MOST_TIMES).max(AT_LEAST_BYTES);
                (
                    most,
                    format!(", {} times the input", thousands(most / read.max(1))),
                )
            }
        };
        if bytes <= most {
            return Ok(());
        }
        Err(io::Error::other(TooLarge { bytes: most, why }))
    }
}

impl TooLarge {
    /// This error, if it is at the bottom of one of a codec.
    pub(super) fn within(error: &(dyn std::error::Error + 'static)) -> Option<TooLarge> {
        find_cause(error).cloned()
    }
}
