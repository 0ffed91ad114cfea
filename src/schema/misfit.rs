//! Why a record is no row of a table.

use thiserror::Error;

use super::path::Path;

/// A record does not fit: a clause whose subject is the record.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{what}")]
pub struct Misfit {
    /// What is wrong with it.
    pub what: String,
    /// What would make it fit.
    pub remedy: Remedy,
}

/// What would make a record fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// A format that takes records of any shape.
    Shape,
    /// Another schema.
    Schema,
    /// [`Unfit::Text`](super::Unfit::Text).
    Text,
    /// The same, or a format whose fields hold lists and dicts.
    TextOrNested,
    /// [`Unfit::Null`](super::Unfit::Null).
    Null,
    /// Either of the two.
    NullOrText,
}

impl Misfit {
    /// The record is no row of any table.
    pub(super) fn no_row(what: String) -> Misfit {
        Misfit {
            what,
            remedy: Remedy::Shape,
        }
    }

    /// The same of a value within the record.
    pub(super) fn within(self, told: &str, path: &Path<'_>) -> Misfit {
        let what = self.what;
        Misfit {
            what: format!("holds {told} in the field {} that {what}", path.quoted()),
            ..self
        }
    }
}
