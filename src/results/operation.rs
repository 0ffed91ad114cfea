//! What is done with records and a file.

use std::fmt;

/// What a case does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// The whole list is live, then written.
    Write,
    /// The whole file becomes a list.
    Read,
    /// Records are made and written one at a time.
    StreamWrite,
    /// One record is read, processed and dropped before the next.
    StreamRead,
    /// As `StreamRead`, into columns allocated beforehand.
    ColumnRead,
}

impl Operation {
    /// All of them.
    pub const ALL: [Operation; 5] = [
        Operation::Write,
        Operation::Read,
        Operation::StreamWrite,
        Operation::StreamRead,
        Operation::ColumnRead,
    ];

    /// Its name within a case's: lower case with hyphens.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Operation::Write => "write",
            Operation::Read => "read",
            Operation::StreamWrite => "stream-write",
            Operation::StreamRead => "stream-read",
            Operation::ColumnRead => "column-read",
        }
    }

    /// Whether it makes a file; the others read one.
    #[must_use]
    pub fn writes(self) -> bool {
        matches!(self, Operation::Write | Operation::StreamWrite)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
