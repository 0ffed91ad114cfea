//! Python's data on its way into batches of columns, and out of them.
//!
//! | a field | Arrow's | Python's |
//! |---|---|---|
//! | bool | `Boolean` | `bool` |
//! | int64, uint64 | `Int64`, `UInt64` | `int` |
//! | float64 | `Float64` | `float` |
//! | text | `Utf8` | `str` |
//! | bytes | `Binary` | `bytes` |
//! | list | `List` | `list` |
//! | dict | `Struct` | `dict` |
//!
//! A row is a dict, or a list where its columns are called `0`, `1` and so on, or a
//! single value where the file says so. What other programs have written besides is the
//! nearest plain thing: a list, a dict, an `int` for a time since 1970.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Schema as Columns, SchemaRef};
use picklestream::value::Value;
use serde::Deserialize;
use serde_arrow::deserializer::DeserializerItem;

use crate::formats::{Error, Rows};
use crate::schema::{Cell, RowKind, Schema, twice};

use super::builder::{self, Builder};
use super::layout::{BATCH_ROWS, ROWS, VALUES, metadata};
use super::rows::ReadRow;

/// A batch ends when its texts, bytes, lists and dicts take so many bytes, however few its
/// rows.
const BATCH_BYTES: usize = 8 << 20;

/// What an item of a list takes, or a value of a dict, beside its text or bytes: at most,
/// in bytes.
const PLACE_BYTES: usize = 8;

/// The columns for the fields of a schema.
pub(super) fn columns(schema: &Schema) -> SchemaRef {
    let columns = Columns::new(builder::columns(&schema.fields));
    Arc::new(columns.with_metadata(metadata(schema.rows == RowKind::Values)))
}

/// Has `write` write all rows, in batches of these columns.
///
/// # Errors
///
/// The first of `rows`, as it is; and that of `write`.
pub(super) fn write_all(
    rows: &mut Rows<'_, '_>,
    columns: &SchemaRef,
    mut write: impl FnMut(&RecordBatch) -> Result<(), Error>,
) -> Result<(), Error> {
    let fields = rows.schema().fields.iter();
    let mut builders: Vec<Builder> = fields.map(|field| Builder::new(&field.kind)).collect();
    let (mut count, mut bytes) = (0, 0);
    let mut finish = |builders: &mut [Builder]| {
        let arrays = builders.iter_mut().map(Builder::finish);
        let arrays = arrays.collect::<Result<_, _>>()?;
        write(&RecordBatch::try_new(SchemaRef::clone(columns), arrays)?)
    };
    while rows.next_row(&mut |at, cell| {
        bytes += bytes_of(&cell);
        builders[at].append(&cell)
    })? {
        count += 1;
        if count == BATCH_ROWS || bytes >= BATCH_BYTES {
            finish(&mut builders)?;
            (count, bytes) = (0, 0);
        }
    }
    match count {
        0 => Ok(()),
        _ => finish(&mut builders),
    }
}

/// What a value takes in its column beyond its place in a row.
fn bytes_of(cell: &Cell<'_>) -> usize {
    match cell {
        Cell::Text(text) => text.len(),
        Cell::Bytes(bytes) => bytes.len(),
        Cell::List(cells) | Cell::Dict(cells) => {
            let cells = cells.iter();
            cells.map(|cell| PLACE_BYTES + bytes_of(cell)).sum()
        }
        _ => 0,
    }
}

/// What makes a record of a row of these columns.
///
/// # Errors
///
/// If they cannot be read as Python's data.
pub(super) fn by_columns(columns: &Columns) -> Result<ReadRow<Value>, Error> {
    for field in columns.fields() {
        check(field.data_type(), field.name())?;
    }
    let names = columns.fields().iter().map(|field| field.name());
    if let Some(name) = twice(names.clone().map(String::as_str)) {
        return Err(format!("two columns are called {name:?}").into());
    }
    let said = columns.metadata().get(ROWS);
    let is_value = said.is_some_and(|it| it == VALUES) && columns.fields().len() == 1;
    let is_list = names.enumerate().all(|(at, name)| *name == at.to_string());
    Ok(match (is_value, is_list) {
        (true, _) => |row| Ok(values(row)?.pop().unwrap_or(Value::None)),
        (false, true) => |row| values(row).map(Value::List),
        (false, false) => |row| Value::deserialize(row),
    })
}

fn values(row: DeserializerItem<'_, '_>) -> Result<Vec<Value>, serde_arrow::Error> {
    Ok(match Value::deserialize(row)? {
        Value::Dict(pairs) => pairs.into_iter().map(|(_, value)| value).collect(),
        value => vec![value],
    })
}

/// An error for types that serde_arrow reads as something else, or not at all.
fn check(data_type: &DataType, column: &str) -> Result<(), Error> {
    match data_type {
        DataType::Union(_, _)
        | DataType::RunEndEncoded(_, _)
        | DataType::ListView(_)
        | DataType::LargeListView(_)
        | DataType::Interval(_) => Err(format!(
            "column {column:?} is of Arrow's type {data_type}, which is not read here; write it \
             as another first, such as with pyarrow's Table.cast"
        )
        .into()),
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::FixedSizeList(item, _)
        | DataType::Map(item, _) => check(item.data_type(), column),
        DataType::Struct(fields) => fields
            .iter()
            .try_for_each(|field| check(field.data_type(), column)),
        DataType::Dictionary(_, values) => check(values, column),
        _ => Ok(()),
    }
}
