//! The file that a run's records came from.

use serde::{Deserialize, Serialize};

/// The file that a run's records came from, where somebody brought them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetSource {
    /// Its name, without the folders.
    pub file: String,
    /// The format that it was read in.
    pub format: String,
    /// Its size as it is stored, in bytes.
    pub bytes: u64,
    /// Which of its records were taken, as words; `None` for all of them.
    pub taken: Option<String>,
    /// What the records look like: the record itself first, then its fields.
    pub fields: Vec<Field>,
    /// Values that belong to none of these fields, because there are too many.
    pub values_left_out: u64,
}

/// A field of a run's records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Where it is in a record, as one would type it: `['name']`, `[0]`; nothing for
    /// the record itself.
    pub path: String,
    /// Its types, the most frequent first.
    pub types: Vec<TypeCount>,
}

/// How often a field is of a type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeCount {
    /// Python's name of the type.
    pub name: String,
    /// How often.
    pub count: u64,
}
