//! Python's data on its way into batches of columns, and out of them.
//!
//! | a field | Arrow's | Python's |
//! |---|---|---|
//! | bool | `Boolean` | `bool` |
//! | int64, uint64 | `Int64`, `UInt64` | `int` |
//! | float64 | `Float64` | `float` |
//! | text | `Utf8` | `str` |
//! | bytes | `Binary` | `bytes` |
//!
//! A row is a dict, or a list where its columns are called `0`, `1` and so on, or a
//! single value where the file says so. What other programs have written besides is the
//! nearest plain thing: a list, a dict, an `int` for a time since 1970.

use std::sync::Arc;

use arrow_array::builder::{
    BinaryBuilder, BooleanBuilder, Float64Builder, Int64Builder, StringBuilder, UInt64Builder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema as Columns, SchemaRef};
use picklestream::value::Value;
use serde::Deserialize;
use serde_arrow::deserializer::DeserializerItem;

use crate::formats::{Error, Rows};
use crate::schema::{Cell, FieldType, RowKind, Schema, twice};

use super::layout::{BATCH_ROWS, ROWS, VALUES, metadata};
use super::rows::ReadRow;

/// A batch ends when its texts and bytes take so many, in bytes, however few its rows.
const BATCH_BYTES: usize = 8 << 20;

/// The columns for the fields of a schema.
pub(super) fn columns(schema: &Schema) -> SchemaRef {
    let fields = schema.fields.iter().map(|field| {
        let data_type = match field.kind {
            FieldType::Bool => DataType::Boolean,
            FieldType::Int64 => DataType::Int64,
            FieldType::UInt64 => DataType::UInt64,
            FieldType::Float64 => DataType::Float64,
            FieldType::Text => DataType::Utf8,
            FieldType::Bytes => DataType::Binary,
        };
        Field::new(&field.name, data_type, field.nullable)
    });
    let fields: Vec<Field> = fields.collect();
    Arc::new(Columns::new(fields).with_metadata(metadata(schema.rows == RowKind::Values)))
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
    let kinds = rows.schema().fields.iter().map(|field| field.kind);
    let mut builders: Vec<Builder> = kinds.map(Builder::new).collect();
    let (mut count, mut bytes) = (0, 0);
    let mut finish = |builders: &mut [Builder]| {
        let arrays = builders.iter_mut().map(Builder::finish).collect();
        write(&RecordBatch::try_new(SchemaRef::clone(columns), arrays)?)
    };
    while rows.next_row(&mut |at, cell| {
        bytes += match &cell {
            Cell::Text(text) => text.len(),
            Cell::Bytes(bytes) => bytes.len(),
            _ => 0,
        };
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

/// A column that is being made.
enum Builder {
    Bool(BooleanBuilder),
    Int64(Int64Builder),
    UInt64(UInt64Builder),
    Float64(Float64Builder),
    Text(StringBuilder),
    Bytes(BinaryBuilder),
}

/// Does the same with the builder of any type.
macro_rules! each {
    ($builder:expr, $inner:ident => $do:expr) => {
        match $builder {
            Builder::Bool($inner) => $do,
            Builder::Int64($inner) => $do,
            Builder::UInt64($inner) => $do,
            Builder::Float64($inner) => $do,
            Builder::Text($inner) => $do,
            Builder::Bytes($inner) => $do,
        }
    };
}

impl Builder {
    fn new(kind: FieldType) -> Builder {
        match kind {
            FieldType::Bool => Builder::Bool(BooleanBuilder::new()),
            FieldType::Int64 => Builder::Int64(Int64Builder::new()),
            FieldType::UInt64 => Builder::UInt64(UInt64Builder::new()),
            FieldType::Float64 => Builder::Float64(Float64Builder::new()),
            FieldType::Text => Builder::Text(StringBuilder::new()),
            FieldType::Bytes => Builder::Bytes(BinaryBuilder::new()),
        }
    }

    fn append(&mut self, cell: &Cell<'_>) -> Result<(), Error> {
        match (self, cell) {
            (Builder::Bool(column), Cell::Bool(value)) => column.append_value(*value),
            (Builder::Int64(column), Cell::Int64(value)) => column.append_value(*value),
            (Builder::UInt64(column), Cell::UInt64(value)) => column.append_value(*value),
            (Builder::Float64(column), Cell::Float64(value)) => column.append_value(*value),
            (Builder::Text(column), Cell::Text(value)) => column.append_value(value),
            (Builder::Bytes(column), Cell::Bytes(value)) => column.append_value(value),
            (builder, Cell::Null) => each!(builder, column => column.append_null()),
            _ => return Err("a value is of another type than its field".into()),
        }
        Ok(())
    }

    fn finish(&mut self) -> ArrayRef {
        each!(self, column => Arc::new(column.finish()))
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
