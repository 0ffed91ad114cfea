//! Python's data as rows, and rows as Python's data.
//!
//! | a field | NumPy's | Python's |
//! |---|---|---|
//! | bool | `b1` | `bool` |
//! | int64, uint64 | `i8`, `u8` | `int` |
//! | float64 | `f8` | `float` |
//! | text | `U`, four bytes a character | `str` |
//! | bytes | `S` | `bytes` |
//!
//! A row is a dict, or a tuple where its fields have no names but NumPy's own (`f0`,
//! `f1` and so on), or a single value.

use std::io::Write;

use picklestream::value::Value;
use serde::Deserialize;

use crate::dataset::RecordKind;
use crate::formats::{Codec, Error, Format, Given, Input, Output, ReadLimits, Rows, Table, Take};
use crate::results::Operation;
use crate::schema::{Cell, Field, FieldType, RowKind, Schema, twice};

use super::header::{Dtype, Item};
use super::rows::{Error as RowError, Row};
use super::{Npy, read_rows};

/// Why there is no null.
const NO_NULL: &str = "a NumPy array has no null";

/// Why there are no fields within fields.
const NO_NESTED: &str = "a NumPy array has no lists or dicts in its fields";

impl Codec<Value> for Npy {
    fn write_records(
        &self,
        _: Option<&str>,
        _: &mut Given<'_, Value>,
        _: &mut Output,
    ) -> Result<(), Error> {
        self.refuse(Operation::Write, RecordKind::Any)
    }

    fn read_records(
        &self,
        _: Option<&str>,
        input: Input,
        limits: &ReadLimits,
        take: &mut Take<'_, Value>,
    ) -> Result<(), Error> {
        let make = |dtype: &Dtype| {
            let names = names(dtype)?;
            Ok(move |row: &[u8], dtype: &Dtype| record(row, dtype, names.as_deref()))
        };
        read_rows(input, limits, make, take)
    }
}

/// The keys of rows that are dicts.
fn names(dtype: &Dtype) -> Result<Option<Vec<Value>>, String> {
    let Some(names) = dtype.names() else {
        return Ok(None);
    };
    if let Some(name) = twice(names.iter().copied()) {
        return Err(format!("two of its fields are called {name:?}"));
    }
    let names = names.into_iter().map(|name| Value::Str(name.to_owned()));
    Ok(Some(names.collect()))
}

/// A row as a record.
fn record(row: &[u8], dtype: &Dtype, names: Option<&[Value]>) -> Result<Value, RowError> {
    let mut cells = Row::new(row, dtype);
    let mut values = Vec::with_capacity(dtype.fields.len());
    while let Some(cell) = cells.next()? {
        values.push(match cell.field.item {
            // Whether they are text, nothing tells.
            Item::Bytes(_) => Value::Bytes(cell.trimmed().to_owned()),
            _ => Value::deserialize(cell)?,
        });
    }
    Ok(match names {
        Some(names) => Value::Dict(names.iter().cloned().zip(values).collect()),
        None if dtype.is_plain => values.pop().unwrap_or(Value::None),
        None => Value::Tuple(values),
    })
}

impl Table for Npy {
    fn has_nulls(&self) -> bool {
        false
    }

    fn has_nested(&self) -> bool {
        false
    }

    fn wants_sizes(&self) -> bool {
        true
    }

    fn write_rows(
        &self,
        _: Option<&str>,
        rows: &mut Rows<'_, '_>,
        output: &mut Output,
    ) -> Result<(), Error> {
        let schema = rows.schema().clone();
        let dtype = dtype(&schema)?;
        let count = schema.records.ok_or(
            "does not tell how many records there are, and a .npy file begins with that: add it as \
             \"records\", or read from a file",
        )?;
        output.write_all(&dtype.header(usize::try_from(count)?)?)?;
        let mut row = Vec::with_capacity(dtype.row_bytes());
        let mut written = 0;
        while rows.next_row(&mut |at, cell| {
            let (field, item) = (&schema.fields[at], dtype.fields[at].item);
            Ok(write_cell(&cell, field, item, &mut row)?)
        })? {
            output.write_all(&row)?;
            row.clear();
            written += 1;
        }
        match written == count {
            true => Ok(()),
            // The number is in the file already.
            false => Err(format!(
                "is the last of {written}, and {count} were promised: is the file changing?"
            )
            .into()),
        }
    }
}

/// What a row of a schema is.
fn dtype(schema: &Schema) -> Result<Dtype, String> {
    let items = schema.fields.iter().map(item);
    let items: Vec<Item> = items.collect::<Result<_, _>>()?;
    let names = schema.fields.iter().map(|field| field.name.clone());
    match (schema.rows, &items[..]) {
        (RowKind::Values, [item]) => Ok(Dtype::of_one(*item)),
        (RowKind::Items, items)
            if names
                .clone()
                .enumerate()
                .all(|(at, it)| it == at.to_string()) =>
        {
            Ok(Dtype::of_fields(items))
        }
        (_, items) => match names.clone().any(|name| name.is_empty()) {
            true => Err("has a field without a name, which NumPy has not".to_owned()),
            false => Dtype::of_named(items, names.collect()),
        },
    }
}

fn item(field: &Field) -> Result<Item, String> {
    let name = &field.name;
    if field.nullable {
        return Err(format!(
            "may have null in the field {name:?}, and {NO_NULL}: make it not nullable"
        ));
    }
    let width = || {
        let width = field.width.ok_or_else(|| {
            format!(
                "does not tell how wide the field {name:?} is, and a NumPy array's are as wide as \
                 the widest value: add it as \"width\", or read from a file"
            )
        })?;
        // NumPy's own least.
        usize::try_from(width.clamp(1, u32::MAX.into())).map_err(|error| error.to_string())
    };
    Ok(match &field.kind {
        FieldType::Bool => Item::Bool,
        FieldType::Int64 => Item::Signed(8),
        FieldType::UInt64 => Item::Unsigned(8),
        FieldType::Float64 => Item::Float(8),
        FieldType::Text => Item::Text(width()?),
        FieldType::Bytes => Item::Bytes(width()?),
        FieldType::List(_) | FieldType::Dict(_) => {
            return Err(format!(
                "has a {} in the field {name:?}, and {NO_NESTED}: make it text, or choose a format \
                 whose fields hold them",
                field.kind
            ));
        }
    })
}

/// Adds a value to a row.
fn write_cell(cell: &Cell<'_>, field: &Field, item: Item, row: &mut Vec<u8>) -> Result<(), String> {
    let start = row.len();
    match cell {
        Cell::Null => {
            return Err(format!(
                "has null in the field {:?}, and {NO_NULL}",
                field.name
            ));
        }
        Cell::List(_) | Cell::Dict(_) => {
            return Err(format!(
                "has one in the field {:?}, and {NO_NESTED}",
                field.name
            ));
        }
        Cell::Bool(bool) => row.push((*bool).into()),
        Cell::Int64(int) => row.extend_from_slice(&int.to_le_bytes()),
        Cell::UInt64(int) => row.extend_from_slice(&int.to_le_bytes()),
        Cell::Float64(float) => row.extend_from_slice(&float.to_le_bytes()),
        Cell::Text(text) => {
            refuse_nul(text.as_bytes(), field)?;
            let points = text
                .chars()
                .flat_map(|point| u32::from(point).to_le_bytes());
            row.extend(points);
        }
        Cell::Bytes(bytes) => {
            refuse_nul(bytes, field)?;
            row.extend_from_slice(bytes);
        }
    }
    let end = start + item.width();
    if row.len() > end {
        return Err(format!(
            "holds more in the field {:?} than its \"width\" of {} in the schema",
            field.name,
            field.width.unwrap_or(0)
        ));
    }
    row.resize(end, 0);
    Ok(())
}

/// NumPy takes the NULs at the end for padding.
fn refuse_nul(bytes: &[u8], field: &Field) -> Result<(), String> {
    match bytes.last() {
        Some(0) => Err(format!(
            "holds a NUL at the end of its value in the field {:?}, which NumPy takes for padding",
            field.name
        )),
        _ => Ok(()),
    }
}
