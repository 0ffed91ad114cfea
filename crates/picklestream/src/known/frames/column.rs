//! The cells of one column.

use std::fmt;

use crate::known::Form;
use crate::value::Value;

use super::index::Level;
use super::values::Values;

/// A column of a table, or a level of its index.
#[derive(Clone)]
pub struct Column<'f> {
    pub(super) name: Value,
    pub(super) cells: Cells<'f>,
    pub(super) rows: usize,
}

#[derive(Clone, Copy)]
pub(super) enum Cells<'f> {
    /// A row of a block.
    Block(&'f Values<'f>, usize),
    Level(&'f Level<'f>),
}

impl Column<'_> {
    /// What it is called: a str mostly, an int where nobody named it, a tuple where
    /// names have several levels.
    #[must_use]
    pub fn name(&self) -> &Value {
        &self.name
    }

    /// What its cells are: `int64`, `object`, `datetime64`, `str`.
    #[must_use]
    pub fn type_name(&self) -> String {
        match self.cells {
            Cells::Block(values, _) => values.type_name(),
            Cells::Level(level) => level.type_name(),
        }
    }

    /// Bytes of its cells in the pickle; of objects, of the pointers to them in
    /// memory.
    #[must_use]
    pub fn byte_len(&self) -> u64 {
        match self.cells {
            Cells::Block(values, _) => {
                let rows = values.shape().map_or(1, |(rows, _)| rows.max(1));
                values.byte_len() / rows as u64
            }
            Cells::Level(level) => level.byte_len(),
        }
    }

    /// The cell of a row; `None` of one beyond the end.
    #[must_use]
    pub fn cell(&self, row: usize, form: Form) -> Value {
        if row >= self.rows {
            return Value::None;
        }
        match self.cells {
            Cells::Block(values, block_row) => values.cell(block_row, row, form),
            Cells::Level(level) => level.label(row, form),
        }
    }

    pub(super) fn are_strings(&self) -> bool {
        match self.cells {
            Cells::Block(values, _) => values.are_strings(),
            Cells::Level(level) => level.are_strings(),
        }
    }
}

impl fmt::Debug for Column<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Column")
            .field("name", &self.name)
            .field("type_name", &self.type_name())
            .finish_non_exhaustive()
    }
}
