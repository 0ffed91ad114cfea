//! How a case, or a function of the tutorial, ended.

use serde::{Deserialize, Serialize};

/// How a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It ran, and what it wrote or read was right.
    Ok,
    /// It stopped with an error or a panic, or its result was wrong.
    Failed,
    /// A signal ended it.
    Killed,
    /// It asked for more memory than it was given.
    OutOfMemory,
    /// It took longer than it was given.
    TimedOut,
    /// The format cannot do this; the message says why.
    Unsupported,
    /// It was not tried: the message says what it would have needed.
    LeftOut,
}

impl Status {
    /// Whether it ran and failed.
    #[must_use]
    pub fn is_trouble(self) -> bool {
        match self {
            Status::Ok | Status::Unsupported | Status::LeftOut => false,
            Status::Failed | Status::Killed | Status::OutOfMemory | Status::TimedOut => true,
        }
    }
}
