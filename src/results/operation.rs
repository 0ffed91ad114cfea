//! What is done with records and a file.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a format is asked to do.
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
    /// The file is mapped into memory, and its records are used in place or
    /// borrowed from it. Pages of the file that were touched are resident, and
    /// no heap.
    MapRead,
}

impl Operation {
    /// All of them.
    pub const ALL: [Operation; 6] = [
        Operation::Write,
        Operation::Read,
        Operation::StreamWrite,
        Operation::StreamRead,
        Operation::ColumnRead,
        Operation::MapRead,
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
            Operation::MapRead => "map-read",
        }
    }

    /// Whether it makes a file; the others read one.
    #[must_use]
    pub fn writes(self) -> bool {
        match self {
            Operation::Write | Operation::StreamWrite => true,
            Operation::Read
            | Operation::StreamRead
            | Operation::ColumnRead
            | Operation::MapRead => false,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What a case does, as `run.json` names it: an [`Operation`], nothing, something of
/// no format, or what only a newer version knows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CaseOperation {
    /// An operation of its format.
    Known(Operation),
    /// Nothing at all: what measuring itself costs.
    Empty,
    /// What somebody wrote, of no format.
    Plain,
    /// One that this version does not know: shown, never explained.
    Unknown(String),
}

impl CaseOperation {
    const EMPTY: &'static str = "empty";
    const PLAIN: &'static str = "plain";

    /// Its name within a case's: lower case with hyphens.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            CaseOperation::Known(operation) => operation.name(),
            CaseOperation::Empty => Self::EMPTY,
            CaseOperation::Plain => Self::PLAIN,
            CaseOperation::Unknown(name) => name,
        }
    }
}

impl From<Operation> for CaseOperation {
    fn from(operation: Operation) -> CaseOperation {
        CaseOperation::Known(operation)
    }
}

impl From<&str> for CaseOperation {
    fn from(name: &str) -> CaseOperation {
        let mut known = Operation::ALL.into_iter();
        match known.find(|operation| operation.name() == name) {
            Some(operation) => CaseOperation::Known(operation),
            None if name == Self::EMPTY => CaseOperation::Empty,
            None if name == Self::PLAIN => CaseOperation::Plain,
            None => CaseOperation::Unknown(name.to_owned()),
        }
    }
}

impl PartialEq<Operation> for CaseOperation {
    fn eq(&self, operation: &Operation) -> bool {
        *self == CaseOperation::Known(*operation)
    }
}

impl fmt::Display for CaseOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for CaseOperation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for CaseOperation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Ok(CaseOperation::from(&*name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_survives_and_means_one_thing() {
        let names = Operation::ALL.map(Operation::name);
        for name in names
            .into_iter()
            .chain(["empty", "plain", "map-and-fold", ""])
        {
            let json = serde_json::to_string(name).unwrap();
            let operation: CaseOperation = serde_json::from_str(&json).unwrap();
            assert_eq!(operation.name(), name);
            assert_eq!(serde_json::to_string(&operation).unwrap(), json);
            let is_known = matches!(operation, CaseOperation::Known(_));
            assert_eq!(is_known, names.contains(&name), "{name}");
        }
    }
}
