//! Python's data on its way into a file.
//!
//! | a field | Avro's | Python's |
//! |---|---|---|
//! | bool | `boolean` | `bool` |
//! | int64 | `long` | `int` |
//! | uint64 | `fixed` of eight bytes | `int` |
//! | float64 | `double` | `float` |
//! | text | `string` | `str` |
//! | bytes | `bytes` | `bytes` |
//! | list | `array` | `list` |
//! | dict | `record` | `dict` |
//!
//! A row is a record, a record that is a tuple, or a single value; what may be null is a
//! union with it.

use std::borrow::Cow;

use apache_avro::Schema as AvroSchema;
use serde::ser::{Serialize, SerializeTupleStruct, Serializer};
use serde_json::{Value as Json, json};

use crate::formats::Error;
use crate::schema::{Cell, Field, FieldType, RowKind, Schema};

use super::schema::{TUPLE, U64};

/// What a record is called, which has to have a name. Those within it have the same one,
/// in the namespace of their field: `at.Record`, `at.inner.Record`.
const RECORD: &str = "Record";

/// The schema of rows with these fields.
///
/// # Errors
///
/// If a field has a name that Avro has not.
pub(super) fn schema(schema: &Schema) -> Result<AvroSchema, Error> {
    let mut types = Types { has_u64: false };
    let is_items = schema.rows == RowKind::Items;
    if let (RowKind::Values, [field]) = (schema.rows, &schema.fields[..]) {
        let json = types.of(&field.kind, field.nullable, "")?;
        return Ok(AvroSchema::parse(&json)?);
    }
    let names = schema.fields.iter().enumerate();
    // Numbers are no names there.
    let names = names.map(
        |(at, field)| match is_items && field.name == at.to_string() {
            true => Cow::Owned(format!("f{}", field.name)),
            false => Cow::Borrowed(&*field.name),
        },
    );
    let mut record = types.record(names.zip(&schema.fields), "")?;
    if is_items {
        record[TUPLE] = json!(true);
    }
    Ok(AvroSchema::parse(&record)?)
}

/// The types of fields, in JSON.
struct Types {
    /// Whether the type of large ints was told, as it is once.
    has_u64: bool,
}

impl Types {
    /// A record of these fields, by name.
    fn record<'f>(
        &mut self,
        fields: impl Iterator<Item = (Cow<'f, str>, &'f Field)>,
        namespace: &str,
    ) -> Result<Json, Error> {
        let mut parts = Vec::new();
        for (name, field) in fields {
            let path = match namespace {
                "" => name.clone().into_owned(),
                namespace => format!("{namespace}.{name}"),
            };
            if !is_name(&name) {
                return Err(format!(
                    "has a field {path:?}, and Avro's names are ASCII letters, digits and `_`, no \
                     digit first: rename it, such as in a schema for fields by position"
                )
                .into());
            }
            let kind = self.of(&field.kind, field.nullable, &path)?;
            parts.push(json!({"name": name, "type": kind}));
        }
        let mut record = json!({"type": "record", "name": RECORD, "fields": parts});
        if !namespace.is_empty() {
            record["namespace"] = json!(namespace);
        }
        Ok(record)
    }

    /// The type of a value, whose record is in this namespace, if it is one.
    fn of(&mut self, kind: &FieldType, is_nullable: bool, namespace: &str) -> Result<Json, Error> {
        let kind = match kind {
            FieldType::Bool => json!("boolean"),
            FieldType::Int64 => json!("long"),
            FieldType::Float64 => json!("double"),
            FieldType::Text => json!("string"),
            FieldType::Bytes => json!("bytes"),
            FieldType::UInt64 if self.has_u64 => json!(U64),
            FieldType::UInt64 => {
                self.has_u64 = true;
                json!({"type": "fixed", "name": U64, "size": 8})
            }
            // A list has no name of its own, so that no other record is in the namespace.
            FieldType::List(item) => {
                let items = self.of(&item.kind, item.nullable, namespace)?;
                json!({"type": "array", "items": items})
            }
            FieldType::Dict(fields) => {
                let names = fields.iter().map(|field| Cow::Borrowed(&*field.name));
                self.record(names.zip(fields), namespace)?
            }
        };
        Ok(match is_nullable {
            true => json!(["null", kind]),
            false => kind,
        })
    }
}

fn is_name(name: &str) -> bool {
    let is_in = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    name.bytes().all(is_in)
        && name
            .bytes()
            .next()
            .is_some_and(|first| !first.is_ascii_digit())
}

/// A row, whose memory is used again for the next.
pub(super) struct Row {
    cells: Vec<Cell<'static>>,
    schema: Schema,
}

impl Row {
    /// One for these fields.
    pub(super) fn new(schema: &Schema) -> Row {
        Row {
            cells: vec![Cell::Null; schema.fields.len()],
            schema: schema.clone(),
        }
    }

    /// Sets the value of a field.
    pub(super) fn set(&mut self, at: usize, cell: Cell<'_>) {
        set(&mut self.cells[at], cell);
    }
}

fn set(place: &mut Cell<'static>, cell: Cell<'_>) {
    match (place, cell) {
        (Cell::Text(Cow::Owned(place)), Cell::Text(text)) => {
            place.clear();
            place.push_str(&text);
        }
        (Cell::Bytes(Cow::Owned(place)), Cell::Bytes(bytes)) => {
            place.clear();
            place.extend_from_slice(&bytes);
        }
        (Cell::List(places), Cell::List(cells)) | (Cell::Dict(places), Cell::Dict(cells)) => {
            places.truncate(cells.len());
            let mut cells = cells.into_iter();
            for (place, cell) in places.iter_mut().zip(&mut cells) {
                set(place, cell);
            }
            places.extend(cells.map(Cell::into_owned));
        }
        (place, cell) => *place = cell.into_owned(),
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = &self.schema.fields;
        if let (RowKind::Values, [field], [cell]) = (self.schema.rows, &fields[..], &self.cells[..])
        {
            return Typed::of(field, cell).serialize(serializer);
        }
        record(fields, &self.cells, serializer)
    }
}

/// By position: the names of a struct's fields would have to be known when this is
/// compiled.
fn record<S: Serializer>(
    fields: &[Field],
    cells: &[Cell<'_>],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut record = serializer.serialize_tuple_struct(RECORD, cells.len())?;
    for (field, cell) in fields.iter().zip(cells) {
        record.serialize_field(&Typed::of(field, cell))?;
    }
    record.end()
}

/// A value with its type.
#[derive(Clone, Copy)]
struct Typed<'c> {
    kind: &'c FieldType,
    is_nullable: bool,
    cell: &'c Cell<'c>,
}

impl<'c> Typed<'c> {
    fn of(field: &'c Field, cell: &'c Cell<'c>) -> Typed<'c> {
        Typed {
            kind: &field.kind,
            is_nullable: field.nullable,
            cell,
        }
    }
}

impl Serialize for Typed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.is_nullable, self.cell) {
            (true, Cell::Null) => serializer.serialize_none(),
            (true, _) => serializer.serialize_some(&Given(*self)),
            (false, _) => Given(*self).serialize(serializer),
        }
    }
}

/// A value that is there.
struct Given<'c>(Typed<'c>);

impl Serialize for Given<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Typed { kind, cell, .. } = self.0;
        match (cell, kind) {
            (Cell::Bool(value), _) => serializer.serialize_bool(*value),
            (Cell::Int64(value), _) => serializer.serialize_i64(*value),
            (Cell::UInt64(value), _) => serializer.serialize_u64(*value),
            (Cell::Float64(value), _) => serializer.serialize_f64(*value),
            (Cell::Text(value), _) => serializer.serialize_str(value),
            (Cell::Bytes(value), _) => serializer.serialize_bytes(value),
            (Cell::List(cells), FieldType::List(item)) => {
                serializer.collect_seq(cells.iter().map(|cell| Typed {
                    kind: &item.kind,
                    is_nullable: item.nullable,
                    cell,
                }))
            }
            (Cell::Dict(cells), FieldType::Dict(fields)) => record(fields, cells, serializer),
            _ => serializer.serialize_unit(),
        }
    }
}
