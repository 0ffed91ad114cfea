//! The blocks that hold the columns of a table, and where each column lies.

use std::fmt;

use crate::known::arrays::{self, Kind, signed};
use crate::known::parts::{How, dict, field, int, made, object, sequence, tuple};
use crate::value::Value;

use super::index::Index;
use super::values::Values;

/// A column, or the index, that is of a kind which is not read.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Refused {
    /// What it is called; of the index, `None`.
    pub column: Option<Value>,
    /// The class of what holds it, such as `pandas.Categorical`.
    pub class: String,
}

/// `column 'kind' of class pandas.Categorical`.
impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(Value::Str(name)) => write!(f, "column {name:?}")?,
            Some(Value::Int(number)) => write!(f, "column {number}")?,
            Some(_) => f.write_str("a column")?,
            None => f.write_str("an index")?,
        }
        write!(f, " of class {}", self.class)
    }
}

/// The blocks of a table.
#[derive(Debug, Clone)]
pub(super) struct Manager<'a> {
    /// What the columns are called; there is none in a `Series`.
    pub labels: Option<Index<'a>>,
    /// What the rows are called, if that can be read.
    pub index: Option<Index<'a>>,
    pub rows: usize,
    pub blocks: Vec<Values<'a>>,
    /// For each column its block, and its row there; none where it is refused.
    pub places: Vec<Option<(usize, usize)>>,
    pub refused: Vec<Refused>,
}

/// Rows of a table without a column, at most: nothing else bounds them.
const EMPTY_ROWS: usize = 1 << 16;

impl<'a> Manager<'a> {
    /// The manager that a value is.
    pub(super) fn read(value: &'a Value) -> Option<Manager<'a>> {
        let found = object(value)?;
        let (class, how, args) = made(found)?;
        let is_single = match class.name.as_str() {
            "BlockManager" => false,
            "SingleBlockManager" => true,
            _ => return None,
        };
        let (axes, blocks) = match (how, args) {
            // Since pandas 1.3: the blocks, and what the sides are called.
            (How::Called, [blocks, axes]) => (sequence(axes)?, called_blocks(sequence(blocks)?)?),
            // Before, and of a Series to this day: a state, which names the version
            // of pandas that first wrote it.
            (How::New, []) => {
                let [state] = found.states.as_slice() else {
                    return None;
                };
                let state = tuple(state)?.get(3)?;
                let state = dict(field(dict(state)?, "0.14.1")?)?;
                let axes = sequence(field(state, "axes")?)?;
                (axes, stated_blocks(sequence(field(state, "blocks")?)?)?)
            }
            _ => return None,
        };
        let (labels, index) = match axes {
            [labels, index] if !is_single => (Some(Index::read(labels).ok()?), index),
            [index] if is_single => (None, index),
            _ => return None,
        };
        let columns = labels.as_ref().map_or(1, Index::len);
        let mut manager = Manager {
            labels,
            index: None,
            rows: 0,
            blocks: Vec::new(),
            places: Vec::new(),
            refused: Vec::new(),
        };
        let blocks = match blocks.as_slice() {
            // Its place names the rows, for it has no columns.
            [(values, _)] if is_single => vec![(*values, Placement::Range(0, 1, 1))],
            _ => blocks,
        };
        manager.place(columns, blocks)?;
        manager.name_rows(index)?;
        Some(manager)
    }

    /// Gives each column its place in a block.
    fn place(&mut self, columns: usize, blocks: Vec<Block<'a>>) -> Option<()> {
        let mut filled = 0;
        let mut rows = None;
        let mut refused = Vec::new();
        let mut places = Vec::new();
        for (values, block_columns) in blocks {
            match Values::read(values) {
                Ok(values) => {
                    let (held, cells) = values.shape()?;
                    let count = block_columns.len()?;
                    let fits = held == count && *rows.get_or_insert(cells) == cells;
                    fits.then_some(())?;
                    for row in 0..count {
                        places.push((block_columns.get(row)?, Some((self.blocks.len(), row))));
                    }
                    self.blocks.push(values);
                }
                Err(class) => {
                    // The columns of such a block are as many as its place says.
                    let count = block_columns.len().filter(|&count| count <= columns)?;
                    for row in 0..count {
                        let column = block_columns.get(row)?;
                        places.push((column, None));
                        refused.push((column, class.clone()));
                    }
                }
            }
            filled = places.len();
            (filled <= columns).then_some(())?;
        }
        // Every column once: none twice, and none left over.
        (filled == columns).then_some(())?;
        places.sort_unstable_by_key(|(column, _)| *column);
        let in_order = places
            .iter()
            .enumerate()
            .all(|(n, (column, _))| n == *column);
        in_order.then_some(())?;
        self.places = places.into_iter().map(|(_, place)| place).collect();
        self.rows = rows.unwrap_or(usize::MAX);
        for (column, class) in refused {
            let column = self.labels.as_ref().map(|labels| labels.label(column));
            self.refused.push(Refused { column, class });
        }
        Some(())
    }

    /// Reads what the rows are called, which must be as many as there are.
    fn name_rows(&mut self, index: &'a Value) -> Option<()> {
        match Index::read(index) {
            Ok(index) => {
                let has_rows = self.rows != usize::MAX;
                if has_rows {
                    (index.len() == self.rows).then_some(())?;
                } else {
                    let is_bounded = index.len() <= EMPTY_ROWS || !index.is_range();
                    is_bounded.then_some(())?;
                    self.rows = index.len();
                }
                self.index = Some(index);
            }
            Err(class) => {
                if self.rows == usize::MAX {
                    self.rows = 0;
                }
                self.refused.push(Refused {
                    column: None,
                    class,
                });
            }
        }
        Some(())
    }
}

/// What a block holds, and which columns these are.
type Block<'a> = (&'a Value, Placement<'a>);

/// Which columns a block holds.
enum Placement<'a> {
    /// First, count and step.
    Range(usize, usize, usize),
    Listed(arrays::Array<'a>),
}

impl<'a> Placement<'a> {
    fn read(value: &'a Value) -> Option<Placement<'a>> {
        if let Some(array) = arrays::array(value) {
            let is_list = array.shape().len() == 1 && array.dtype().kind == Kind::Int;
            return is_list.then_some(Placement::Listed(array));
        }
        let (class, How::Called, [start, stop, step]) = made(object(value)?)? else {
            return None;
        };
        let number = |value: &Value| usize::try_from(int(value)?).ok();
        let step = match step {
            Value::None => 1,
            step => number(step).filter(|&step| step > 0)?,
        };
        let start = number(start)?;
        let count = number(stop)?.saturating_sub(start).div_ceil(step);
        (class.name == "slice").then_some(Placement::Range(start, count, step))
    }

    fn len(&self) -> Option<usize> {
        match self {
            Placement::Range(_, count, _) => Some(*count),
            Placement::Listed(array) => Some(array.count()),
        }
    }

    fn get(&self, row: usize) -> Option<usize> {
        match self {
            Placement::Range(start, _, step) => row.checked_mul(*step)?.checked_add(*start),
            Placement::Listed(array) => {
                let bytes = array.bytes_at(&[row])?;
                usize::try_from(signed(bytes, array.dtype().is_big)).ok()
            }
        }
    }
}

/// `_unpickle_block(values, place, dimensions)`, each.
fn called_blocks(blocks: &[Value]) -> Option<Vec<Block<'_>>> {
    let block = |block| {
        let (class, How::Called, [values, place, _]) = made(object(block)?)? else {
            return None;
        };
        let is_block = class.name == "_unpickle_block";
        Some((values, Placement::read(place).filter(|_| is_block)?))
    };
    blocks.iter().map(block).collect()
}

/// Dicts of `values` and `mgr_locs`.
fn stated_blocks(blocks: &[Value]) -> Option<Vec<Block<'_>>> {
    let block = |block| {
        let block = dict(block)?;
        let place = Placement::read(field(block, "mgr_locs")?)?;
        Some((field(block, "values")?, place))
    };
    blocks.iter().map(block).collect()
}
