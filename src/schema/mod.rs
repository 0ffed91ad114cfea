//! What the records of a table have in common: fields in an order, each of one
//! type. Formats whose files are tables are told it before the first record.
//!
//! - `file.rs`: a schema as a small JSON file.
//! - `columns.rs`: where a record has the values of the fields; `scalar.rs`: what a
//!   field can hold of them; `guess.rs`: what a text would be as a number.
//! - `find.rs`: the schema that records turn out to have, in one pass over them;
//!   `look.rs`: at each of them, `found.rs`: what was seen so far.
//! - `fit.rs`: a record against a schema; `cell.rs`: a value in a row, once it fits;
//!   `misfit.rs`: why it does not, `path.rs`: where.
//!
//! Fields can hold lists, whose items are of one type, and dicts, which have fields of
//! their own, within each other.
//!
//! Types are widened only where nothing is lost: ints become float64 beside floats
//! as long as each is within ±2**53, where every int is a float. `None`, and a key
//! that some dicts lack, is a null.

mod cell;
mod columns;
mod file;
mod find;
mod fit;
mod found;
mod guess;
mod look;
mod misfit;
mod path;
mod scalar;

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

pub use cell::Cell;
pub use columns::Columns;
pub use file::BadSchema;
pub use find::Finder;
pub use fit::{Fit, Unfit};
pub use look::{CanHold, Texts};
pub use misfit::{Misfit, Remedy};
pub use path::MOST_DEPTH;
pub use scalar::plain;

/// The fields of records, and how a record holds them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schema {
    /// How a record holds its fields.
    #[serde(default)]
    pub rows: RowKind,
    /// How many records there were when it was found; some formats write the number
    /// before the records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<u64>,
    /// The fields in their order, at least one, no two of a name.
    pub fields: Vec<Field>,
}

/// How a record holds its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowKind {
    /// By key: dicts, and objects that became dicts.
    #[default]
    Dicts,
    /// By position: lists and tuples. The fields are called `0`, `1` and so on,
    /// unless somebody names them.
    Items,
    /// A record is the value of the only field.
    Values,
}

/// A field of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// The type of its values.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Whether there may be null in the place of a value.
    #[serde(default)]
    pub nullable: bool,
    /// Of text its characters, of bytes their number: that of the longest value,
    /// which formats with columns of a fixed width have to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u64>,
}

/// The type of a field's values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldType {
    /// `bool`
    Bool,
    /// Ints from -2**63 to 2**63 - 1.
    Int64,
    /// Ints from 0 to 2**64 - 1.
    UInt64,
    /// `float`
    Float64,
    /// `str`
    Text,
    /// `bytes` and `bytearray`
    Bytes,
    /// `list` and `tuple`, whose items are of one type.
    List(Box<Item>),
    /// `dict` with these keys: at least one, no two of a name.
    Dict(Vec<Field>),
}

/// The items of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Their type.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Whether there may be null in the place of one.
    #[serde(default)]
    pub nullable: bool,
}

impl fmt::Display for FieldType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FieldType::Bool => "bool",
            FieldType::Int64 => "int64",
            FieldType::UInt64 => "uint64",
            FieldType::Float64 => "float64",
            FieldType::Text => "text",
            FieldType::Bytes => "bytes",
            FieldType::List(_) => "list",
            FieldType::Dict(_) => "dict",
        })
    }
}

/// A name that stands twice among those of fields, if one does.
pub(crate) fn twice<'n>(names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let mut seen = HashSet::new();
    names.into_iter().find(|name| !seen.insert(*name))
}
