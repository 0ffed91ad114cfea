//! A value in a row, as its field has it.

use std::borrow::Cow;

use picklestream::value::Value;

use super::{Field, FieldType};

/// A value in a row: of its field's type, or null where the field may be.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "they are the field types")]
pub enum Cell<'v> {
    Null,
    Bool(bool),
    Int64(i64),
    UInt64(u64),
    Float64(f64),
    Text(Cow<'v, str>),
    Bytes(Cow<'v, [u8]>),
    /// The items of a list.
    List(Vec<Cell<'v>>),
    /// The values of a dict, in the order of its fields in the schema.
    Dict(Vec<Cell<'v>>),
}

impl Cell<'_> {
    /// The same, with texts and bytes of its own.
    #[must_use]
    pub fn into_owned(self) -> Cell<'static> {
        let all_owned = |cells: Vec<Cell<'_>>| cells.into_iter().map(Cell::into_owned).collect();
        match self {
            Cell::Null => Cell::Null,
            Cell::Bool(bool) => Cell::Bool(bool),
            Cell::Int64(int) => Cell::Int64(int),
            Cell::UInt64(int) => Cell::UInt64(int),
            Cell::Float64(float) => Cell::Float64(float),
            Cell::Text(text) => Cell::Text(text.into_owned().into()),
            Cell::Bytes(bytes) => Cell::Bytes(bytes.into_owned().into()),
            Cell::List(items) => Cell::List(all_owned(items)),
            Cell::Dict(values) => Cell::Dict(all_owned(values)),
        }
    }

    /// The value, of a field of this type.
    pub(super) fn into_value(self, kind: &FieldType) -> Value {
        match (self, kind) {
            (Cell::Null, _) => Value::None,
            (Cell::Bool(bool), _) => Value::Bool(bool),
            (Cell::Int64(int), _) => Value::Int(int.into()),
            (Cell::UInt64(int), _) => Value::Int(int.into()),
            (Cell::Float64(float), _) => Value::Float(float),
            (Cell::Text(text), _) => Value::Str(text.into_owned()),
            (Cell::Bytes(bytes), _) => Value::Bytes(bytes.into_owned()),
            (Cell::Dict(values), FieldType::Dict(fields)) => {
                let values = fields.iter().zip(values);
                let values = values.map(|(field, cell)| (&field.kind, cell));
                dict(fields, values.map(|(kind, cell)| cell.into_value(kind)))
            }
            (Cell::List(items) | Cell::Dict(items), kind) => {
                let of_items = match kind {
                    FieldType::List(item) => &item.kind,
                    kind => kind,
                };
                let items = items.into_iter();
                Value::List(items.map(|item| item.into_value(of_items)).collect())
            }
        }
    }
}

/// A dict of the fields with these values.
pub(super) fn dict(fields: &[Field], values: impl IntoIterator<Item = Value>) -> Value {
    let names = fields.iter().map(|field| Value::Str(field.name.clone()));
    Value::Dict(names.zip(values).collect())
}
