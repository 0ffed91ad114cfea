//! A record against a schema.

use std::borrow::Cow;

use picklestream::value::Value;

use super::columns::Columns;
use super::guess;
use super::misfit::{Misfit, Remedy};
use super::scalar::{Scalar, exact_float, plain, told, written};
use super::{FieldType, RowKind, Schema};

/// What becomes of a value that its field does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unfit {
    /// It is an error.
    #[default]
    Refuse,
    /// It becomes null, where the field may be.
    Null,
    /// The field is text, and holds the value as Python writes it; a `str` stays as it
    /// is.
    Text,
}

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
}

impl From<Cell<'_>> for Value {
    fn from(cell: Cell<'_>) -> Value {
        match cell {
            Cell::Null => Value::None,
            Cell::Bool(bool) => Value::Bool(bool),
            Cell::Int64(int) => Value::Int(int.into()),
            Cell::UInt64(int) => Value::Int(int.into()),
            Cell::Float64(float) => Value::Float(float),
            Cell::Text(text) => Value::Str(text.into_owned()),
            Cell::Bytes(bytes) => Value::Bytes(bytes.into_owned()),
        }
    }
}

/// Holds records to a schema.
#[derive(Debug, Clone)]
pub struct Fit {
    schema: Schema,
    columns: Columns,
    unfit: Unfit,
    reads_texts: bool,
}

impl Fit {
    /// To this schema. `reads_texts` is for records that hold nothing but texts: these
    /// are read as what their fields are.
    #[must_use]
    pub fn new(schema: Schema, unfit: Unfit, reads_texts: bool) -> Fit {
        Fit {
            columns: Columns::of_schema(&schema),
            schema,
            unfit,
            reads_texts,
        }
    }

    /// The schema.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Tells how many records there are, and how wide the values of each field.
    pub fn set_sizes(&mut self, records: u64, widths: &[u64]) {
        self.schema.records = Some(records);
        for (field, width) in self.schema.fields.iter_mut().zip(widths) {
            let is_wide = matches!(field.kind, FieldType::Text | FieldType::Bytes);
            field.width = is_wide.then_some(*width);
        }
    }

    /// Hands the cells of a record to `each`, in the order of the fields, with the
    /// place of each field.
    ///
    /// # Errors
    ///
    /// [`Misfit`] if the record does not fit; and what `each` returns.
    pub fn cells<E: From<Misfit>>(
        &mut self,
        record: &Value,
        each: &mut dyn FnMut(usize, Cell<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let record = plain(record);
        self.columns.look_at(&record)?;
        for at in 0..self.schema.fields.len() {
            match self.columns.part(&record, at) {
                Some(value) => each(at, self.cell(at, &plain(value))?)?,
                None if self.schema.fields[at].nullable => each(at, Cell::Null)?,
                None => each(
                    at,
                    self.as_text(at, &Value::None)
                        .ok_or_else(|| self.columns.lacks(at))?,
                )?,
            }
        }
        Ok(())
    }

    /// The record with its values as their fields have them.
    ///
    /// # Errors
    ///
    /// If it does not fit.
    pub fn typed(&mut self, record: &Value) -> Result<Value, Misfit> {
        let mut values = Vec::with_capacity(self.schema.fields.len());
        self.cells::<Misfit>(record, &mut |_, cell| {
            values.push(Value::from(cell));
            Ok(())
        })?;
        Ok(match self.schema.rows {
            RowKind::Dicts => {
                let names = self.schema.fields.iter();
                let names = names.map(|field| Value::Str(field.name.clone()));
                Value::Dict(names.zip(values).collect())
            }
            RowKind::Items => Value::Tuple(values),
            RowKind::Values => values.into_iter().next().unwrap_or(Value::None),
        })
    }

    fn cell<'v>(&self, at: usize, value: &'v Value) -> Result<Cell<'v>, Misfit> {
        let field = &self.schema.fields[at];
        let scalar = match Scalar::of(value) {
            Scalar::Text(text) if self.reads_texts => {
                read(text, field.kind).unwrap_or(Scalar::Other)
            }
            scalar => scalar,
        };
        let cell = match (field.kind, scalar) {
            (_, Scalar::None) if field.nullable => Some(Cell::Null),
            (FieldType::Bool, Scalar::Bool(bool)) => Some(Cell::Bool(bool)),
            (FieldType::Int64, Scalar::Int(int)) => i64::try_from(int).ok().map(Cell::Int64),
            (FieldType::UInt64, Scalar::Int(int)) => u64::try_from(int).ok().map(Cell::UInt64),
            (FieldType::Float64, Scalar::Float(float)) => Some(Cell::Float64(float)),
            (FieldType::Float64, Scalar::Int(int)) => exact_float(int).map(Cell::Float64),
            (FieldType::Text, Scalar::Text(text)) => Some(Cell::Text(text.into())),
            (FieldType::Bytes, Scalar::Bytes(bytes)) => Some(Cell::Bytes(bytes.into())),
            _ => None,
        };
        if let Some(cell) = cell {
            return Ok(cell);
        }
        if self.unfit == Unfit::Null && field.nullable {
            return Ok(Cell::Null);
        }
        self.as_text(at, value)
            .ok_or_else(|| self.misfit(at, value))
    }

    /// The value as Python writes it, if that is asked for and the field is text.
    fn as_text(&self, at: usize, value: &Value) -> Option<Cell<'static>> {
        let is_asked = self.unfit == Unfit::Text && self.schema.fields[at].kind == FieldType::Text;
        is_asked.then(|| Cell::Text(written(value).into()))
    }

    fn misfit(&self, at: usize, value: &Value) -> Misfit {
        let field = &self.schema.fields[at];
        let held = match value {
            Value::Str(text) if self.reads_texts => {
                let shown: String = text.chars().take(40).collect();
                format!("the text {shown:?}")
            }
            value => told(value),
        };
        let type_of_it = match (value, field.nullable) {
            (Value::None, false) => format!("{}, not null", field.kind),
            _ => field.kind.to_string(),
        };
        Misfit {
            what: format!(
                "holds {held} in the field {:?}, which the schema has as {type_of_it}",
                field.name
            ),
            remedy: match (field.nullable, field.kind) {
                (true, FieldType::Text) => Remedy::NullOrText,
                (true, _) => Remedy::Null,
                (false, FieldType::Text) => Remedy::Text,
                (false, _) => Remedy::Schema,
            },
        }
    }
}

/// What a text is in a field of this type.
fn read(text: &str, kind: FieldType) -> Option<Scalar<'_>> {
    match kind {
        FieldType::Text => Some(Scalar::Text(text)),
        _ if text.is_empty() => Some(Scalar::None),
        FieldType::Bool => guess::bool(text).map(Scalar::Bool),
        FieldType::Int64 | FieldType::UInt64 => guess::int(text).map(Scalar::Int),
        FieldType::Float64 => guess::float(text).map(Scalar::Float),
        FieldType::Bytes => None,
    }
}

#[cfg(test)]
mod tests {
    use picklestream::literal;

    use super::*;

    fn schema() -> Schema {
        Schema::from_json(
            r#"{"fields": [
                {"name": "id", "type": "int64"},
                {"name": "x", "type": "float64", "nullable": true},
                {"name": "t", "type": "text"}
            ]}"#,
        )
        .unwrap()
    }

    fn typed(record: &str, unfit: Unfit, reads_texts: bool) -> Result<String, Misfit> {
        let mut fit = Fit::new(schema(), unfit, reads_texts);
        let record = fit.typed(&literal::from_str(record).unwrap())?;
        Ok(literal::to_string(&record).unwrap())
    }

    #[test]
    fn values_are_of_their_fields_types() {
        for (record, unfit, expected) in [
            (
                "{'t': 'a', 'id': 1, 'x': 2}",
                Unfit::Refuse,
                "{'id': 1, 'x': 2.0, 't': 'a'}",
            ),
            (
                "{'t': 'a', 'id': 1}",
                Unfit::Refuse,
                "{'id': 1, 'x': None, 't': 'a'}",
            ),
            (
                "{'t': 'a', 'id': 1, 'x': 'y'}",
                Unfit::Null,
                "{'id': 1, 'x': None, 't': 'a'}",
            ),
            (
                "{'t': (1, 'a'), 'id': 1}",
                Unfit::Text,
                "{'id': 1, 'x': None, 't': \"(1, 'a')\"}",
            ),
            (
                "{'id': 1}",
                Unfit::Text,
                "{'id': 1, 'x': None, 't': 'None'}",
            ),
        ] {
            assert_eq!(typed(record, unfit, false).unwrap(), expected, "{record}");
        }
        for (record, unfit, expected, remedy) in [
            (
                "{'t': 'a', 'id': 1.0, 'x': 2}",
                Unfit::Refuse,
                "holds a value of type float in the field \"id\", which the schema has as int64",
                Remedy::Schema,
            ),
            (
                "{'t': 'a', 'id': True}",
                Unfit::Text,
                "value of type bool",
                Remedy::Schema,
            ),
            (
                "{'t': 'a', 'id': 9223372036854775808}",
                Unfit::Null,
                "as int64",
                Remedy::Schema,
            ),
            (
                "{'t': 'a', 'id': None}",
                Unfit::Null,
                "as int64, not null",
                Remedy::Schema,
            ),
            (
                "{'t': 'a', 'id': 1, 'x': 'y'}",
                Unfit::Refuse,
                "as float64",
                Remedy::Null,
            ),
            ("{'t': 1, 'id': 1}", Unfit::Refuse, "as text", Remedy::Text),
            (
                "{'id': 1}",
                Unfit::Null,
                "than the schema's: it has no key \"t\"",
                Remedy::Schema,
            ),
            (
                "{'t': '', 'id': 1, 'more': 1}",
                Unfit::Null,
                "no key \"x\", but a key \"more\"",
                Remedy::Schema,
            ),
            (
                "(1, 2, 't')",
                Unfit::Null,
                "it is a value of type tuple",
                Remedy::Schema,
            ),
        ] {
            let misfit = typed(record, unfit, false).unwrap_err();
            assert!(misfit.what.contains(expected), "{record}: {misfit}");
            assert_eq!(misfit.remedy, remedy, "{record}");
        }
    }

    #[test]
    fn texts_are_read_as_what_their_fields_are() {
        let read = |record| typed(record, Unfit::Refuse, true);
        assert_eq!(
            read("{'id': '007', 'x': '', 't': ''}").unwrap(),
            "{'id': 7, 'x': None, 't': ''}"
        );
        let misfit = read("{'id': 'one', 'x': '', 't': ''}").unwrap_err();
        assert!(
            misfit
                .what
                .contains("holds the text \"one\" in the field \"id\""),
            "{misfit}"
        );
    }

    #[test]
    fn lists_and_tuples_go_by_position() {
        let mut schema = schema();
        schema.rows = RowKind::Items;
        let mut fit = Fit::new(schema, Unfit::Refuse, false);
        let record: Value = literal::from_str("[1, None, 'a']").unwrap();
        let typed = literal::to_string(&fit.typed(&record).unwrap()).unwrap();
        assert_eq!(typed, "(1, None, 'a')");
    }
}
