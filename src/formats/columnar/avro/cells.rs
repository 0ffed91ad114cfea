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
//!
//! A row is a record, a record that is a tuple, or a single value; what may be null is a
//! union with it.

use apache_avro::Schema as AvroSchema;
use picklestream::value::Value;
use serde::ser::{Serialize, SerializeTupleStruct, Serializer};
use serde_json::json;

use crate::formats::Error;
use crate::schema::{Cell, Field, FieldType, RowKind, Schema};

use super::schema::{TUPLE, U64};

/// What a record is called, which has to have a name.
const RECORD: &str = "Record";

/// The schema of rows with these fields.
///
/// # Errors
///
/// If a field has a name that Avro has not.
pub(super) fn schema(schema: &Schema) -> Result<AvroSchema, Error> {
    let mut has_u64 = false;
    let is_items = schema.rows == RowKind::Items;
    let mut fields = Vec::new();
    for field in &schema.fields {
        let kind = kind(field, &mut has_u64);
        // Numbers are no names there.
        let is_number = is_items && field.name == fields.len().to_string();
        let name = match is_number {
            true => format!("f{}", field.name),
            false => field.name.clone(),
        };
        if !is_name(&name) && schema.rows != RowKind::Values {
            return Err(format!(
                "has a field {name:?}, and Avro's names are ASCII letters, digits and `_`, no \
                 digit first: rename it, such as in a schema for fields by position"
            )
            .into());
        }
        fields.push(json!({"name": name, "type": kind}));
    }
    let json = match (schema.rows, fields.pop()) {
        (RowKind::Values, Some(field)) => field["type"].clone(),
        (_, last) => {
            fields.extend(last);
            let mut record = json!({"type": "record", "name": RECORD, "fields": fields});
            if is_items {
                record[TUPLE] = json!(true);
            }
            record
        }
    };
    Ok(AvroSchema::parse(&json)?)
}

fn kind(field: &Field, has_u64: &mut bool) -> serde_json::Value {
    let kind = match field.kind {
        FieldType::Bool => json!("boolean"),
        FieldType::Int64 => json!("long"),
        FieldType::Float64 => json!("double"),
        FieldType::Text => json!("string"),
        FieldType::Bytes => json!("bytes"),
        FieldType::UInt64 if *has_u64 => json!(U64),
        FieldType::UInt64 => {
            *has_u64 = true;
            json!({"type": "fixed", "name": U64, "size": 8})
        }
    };
    match field.nullable {
        true => json!(["null", kind]),
        false => kind,
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
    cells: Vec<Owned>,
    is_value: bool,
}

/// A value of a row.
struct Owned {
    value: Value,
    is_uint: bool,
    is_nullable: bool,
}

impl Row {
    /// One for these fields.
    pub(super) fn new(schema: &Schema) -> Row {
        let cells = schema.fields.iter().map(|field| Owned {
            value: Value::None,
            is_uint: field.kind == FieldType::UInt64,
            is_nullable: field.nullable,
        });
        Row {
            cells: cells.collect(),
            is_value: schema.rows == RowKind::Values,
        }
    }

    /// Sets the value of a field.
    pub(super) fn set(&mut self, at: usize, cell: Cell<'_>) {
        let place = &mut self.cells[at].value;
        match (place, cell) {
            (Value::Str(place), Cell::Text(text)) => {
                place.clear();
                place.push_str(&text);
            }
            (Value::Bytes(place), Cell::Bytes(bytes)) => {
                place.clear();
                place.extend_from_slice(&bytes);
            }
            (place, cell) => *place = cell.into(),
        }
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let (true, [cell]) = (self.is_value, &self.cells[..]) {
            return cell.serialize(serializer);
        }
        // By position: the names of a struct's fields would have to be known when this
        // is compiled.
        let mut row = serializer.serialize_tuple_struct(RECORD, self.cells.len())?;
        for cell in &self.cells {
            row.serialize_field(cell)?;
        }
        row.end()
    }
}

impl Serialize for Owned {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.is_nullable, &self.value) {
            (true, Value::None) => serializer.serialize_none(),
            (true, _) => serializer.serialize_some(&Given(self)),
            (false, _) => Given(self).serialize(serializer),
        }
    }
}

/// A value that is there.
struct Given<'c>(&'c Owned);

impl Serialize for Given<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Owned { value, is_uint, .. } = self.0;
        match value {
            Value::Bool(value) => serializer.serialize_bool(*value),
            // Held to its field, so that it fits.
            Value::Int(value) if *is_uint => serializer.serialize_u64(*value as u64),
            Value::Int(value) => serializer.serialize_i64(*value as i64),
            Value::Float(value) => serializer.serialize_f64(*value),
            Value::Str(value) => serializer.serialize_str(value),
            Value::Bytes(value) => serializer.serialize_bytes(value),
            _ => serializer.serialize_unit(),
        }
    }
}
