//! A `DataFrame` or a `Series`, and its rows.

use crate::known::parts::{dict, field, state};
use crate::known::{Form, Known};
use crate::value::{Object, Value};

use super::column::{Cells, Column};
use super::manager::{Manager, Refused};

/// A table of pandas: columns of equal length, and what the rows are called.
///
/// Its columns stand for records, one a row, as `DataFrame.to_dict('records')` has
/// them after `reset_index`. The index comes first, under its name, or as `index`
/// where it has none; it is left out where it only counts the rows (a `RangeIndex`
/// without a name).
#[derive(Debug, Clone)]
pub struct Frame<'a> {
    manager: Manager<'a>,
    /// The name of a `Series`.
    name: Option<&'a Value>,
}

/// `DataFrame`, with its blocks in its state.
pub(in crate::known) fn data_frame<'a>(object: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    let fields = dict(state(object)?)?;
    let manager = field(fields, "_mgr").or_else(|| field(fields, "_data"))?;
    let manager = Manager::read(manager).filter(|manager| manager.labels.is_some())?;
    args.is_empty().then_some(Known::Frame(Frame {
        manager,
        name: None,
    }))
}

/// `Series`: one column, and its name.
pub(in crate::known) fn series<'a>(object: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    let fields = dict(state(object)?)?;
    let manager = field(fields, "_mgr").or_else(|| field(fields, "_data"))?;
    let manager = Manager::read(manager).filter(|manager| manager.labels.is_none())?;
    let name = field(fields, "_name").or_else(|| field(fields, "name"));
    args.is_empty().then_some(Known::Frame(Frame {
        manager,
        name: Some(name.unwrap_or(&Value::None)),
    }))
}

impl Frame<'_> {
    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.manager.rows
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Columns, and an index, of kinds that are not read: categories, sparse arrays,
    /// integers that may be missing, and other extensions. They are not among
    /// [`columns`](Frame::columns); who writes the rows without them loses them.
    #[must_use]
    pub fn refused(&self) -> &[Refused] {
        &self.manager.refused
    }

    /// The levels of the index, if they are more than a count, and all columns that
    /// can be read, in their order.
    #[must_use]
    pub fn columns(&self) -> Vec<Column<'_>> {
        let manager = &self.manager;
        let column = |name, cells| Column {
            name,
            cells,
            rows: manager.rows,
        };
        let names = (0..manager.places.len()).map(|n| match &manager.labels {
            Some(labels) => labels.label(n),
            None => match self.name {
                Some(Value::None) | None => Value::Str("0".to_owned()),
                Some(name) => name.clone(),
            },
        });
        let names: Vec<Value> = names.collect();
        let mut columns = Vec::new();
        if let Some(index) = &manager.index {
            let levels = &index.levels;
            for (n, level) in levels.iter().enumerate() {
                let is_named = !matches!(level.name, Value::None);
                if index.is_range() && !is_named {
                    continue;
                }
                let name = match (is_named, levels.len()) {
                    (true, _) => level.name.clone(),
                    (_, 1) if !names.contains(&Value::Str("index".to_owned())) => {
                        Value::Str("index".to_owned())
                    }
                    _ => Value::Str(format!("level_{n}")),
                };
                columns.push(column(name, Cells::Level(level)));
            }
        }
        for (name, place) in names.into_iter().zip(&manager.places) {
            if let Some((block, row)) = place {
                columns.push(column(name, Cells::Block(&manager.blocks[*block], *row)));
            }
        }
        columns
    }

    /// One dict a row, by column name, out of the arrays as they are asked for.
    #[must_use]
    pub fn rows(&self, form: Form) -> Rows<'_> {
        Rows {
            columns: self.columns(),
            rows: 0..self.len(),
            form,
            refused: self.refused().first(),
        }
    }

    /// How many cells the plain form writes as strings for what are none.
    pub(in crate::known) fn strings(&self) -> u64 {
        let columns = self.columns();
        let strings = columns.iter().filter(|column| column.are_strings());
        strings.count() as u64 * self.len() as u64
    }
}

/// The rows of a [`Frame`], each a [`Value::Dict`].
#[derive(Debug, Clone)]
pub struct Rows<'f> {
    columns: Vec<Column<'f>>,
    rows: std::ops::Range<usize>,
    form: Form,
    refused: Option<&'f Refused>,
}

impl<'f> Rows<'f> {
    /// A column that is not among those of the rows, as it cannot be read.
    pub(in crate::known) fn refused(&self) -> Option<&'f Refused> {
        self.refused
    }
}

impl Iterator for Rows<'_> {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        let row = self.rows.next()?;
        let cell = |column: &Column<'_>| (column.name.clone(), column.cell(row, self.form));
        Some(Value::Dict(self.columns.iter().map(cell).collect()))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rows.size_hint()
    }
}

impl ExactSizeIterator for Rows<'_> {}
