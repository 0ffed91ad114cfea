//! Formats whose files are tables: rows of the same fields, whose types are told
//! before the first record.

use std::borrow::Cow;

use picklestream::value::Value;

use crate::schema::{CanHold, Cell, Fit, Schema};

use super::{Error, Output};

/// How records of any shape get into a file of a format that is told their fields
/// beforehand. (Out of it they come as they do out of any other: see
/// [`Codec`](super::Codec).)
pub trait Table: Send + Sync {
    /// Whether there may be null in the place of a value.
    fn has_nulls(&self) -> bool {
        true
    }

    /// Whether a field can hold lists, and dicts with fields of their own.
    fn has_nested(&self) -> bool {
        true
    }

    /// What its fields can hold. It is called `title` in a sentence.
    fn can_hold(&self, title: &'static str) -> CanHold {
        CanHold {
            nulls: self.has_nulls(),
            nested: self.has_nested(),
            title,
        }
    }

    /// Whether it has to know how many records there will be, and how wide their texts
    /// and bytes are, as the schema of a pass over them tells.
    fn wants_sizes(&self) -> bool {
        false
    }

    /// Writes the records as they come, in constant memory.
    ///
    /// # Errors
    ///
    /// The first of `rows`, as it is; and if the output fails, or the format has
    /// nothing for a field of the schema.
    fn write_rows(
        &self,
        variant: Option<&str>,
        rows: &mut Rows<'_, '_>,
        output: &mut Output,
    ) -> Result<(), Error>;
}

/// What is wrong with one of the records of a list.
#[derive(Debug, thiserror::Error)]
#[error("{cause}")]
pub struct OfRecord {
    /// Its number, from 1.
    pub record: u64,
    /// What is wrong.
    #[source]
    pub cause: Error,
}

/// Records of any shape on their way.
type Given<'g> = dyn Iterator<Item = Result<Cow<'g, Value>, Error>> + 'g;

/// Records on their way into a table, each held to its schema.
pub struct Rows<'r, 'g> {
    fit: &'r mut Fit,
    records: &'r mut Given<'g>,
}

impl<'r, 'g> Rows<'r, 'g> {
    pub(crate) fn new(fit: &'r mut Fit, records: &'r mut Given<'g>) -> Rows<'r, 'g> {
        Rows { fit, records }
    }

    /// The fields.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        self.fit.schema()
    }

    /// Hands the cells of the next record to `each`, with the place of each field, in
    /// the order of the fields. Gives `false` at the end.
    ///
    /// # Errors
    ///
    /// If the record cannot be read or does not fit ([`Misfit`](crate::schema::Misfit));
    /// and what `each` returns.
    pub fn next_row(
        &mut self,
        each: &mut dyn FnMut(usize, Cell<'_>) -> Result<(), Error>,
    ) -> Result<bool, Error> {
        let Some(record) = self.records.next() else {
            return Ok(false);
        };
        self.fit.cells(&*record?, each)?;
        Ok(true)
    }
}
