//! A record against a schema.

use std::borrow::Cow;

use picklestream::value::Value;

use super::cell::{Cell, dict};
use super::columns::Columns;
use super::guess;
use super::misfit::{Misfit, Remedy};
use super::path::Path;
use super::scalar::{Scalar, exact_float, plain, told, written};
use super::{Field, FieldType, RowKind, Schema};

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

/// Holds records to a schema.
#[derive(Debug, Clone)]
pub struct Fit {
    schema: Schema,
    columns: Columns,
    within: Vec<Within>,
    rules: Rules,
}

/// Where the dicts within a field have their values.
#[derive(Debug, Clone)]
enum Within {
    /// There are none.
    Nothing,
    /// In the items of a list.
    Items(Box<Within>),
    /// It is one, and there may be more in its values.
    Dict(Columns, Vec<Within>),
}

impl Within {
    fn all(fields: &[Field]) -> Vec<Within> {
        fields.iter().map(|field| Within::of(&field.kind)).collect()
    }

    fn of(kind: &FieldType) -> Within {
        match kind {
            FieldType::List(item) => Within::Items(Box::new(Within::of(&item.kind))),
            FieldType::Dict(fields) => {
                let columns = Columns::of_fields(RowKind::Dicts, fields);
                Within::Dict(columns, Within::all(fields))
            }
            _ => Within::Nothing,
        }
    }
}

/// A field, or the items of a list.
struct Place<'p> {
    path: Path<'p>,
    kind: &'p FieldType,
    is_nullable: bool,
}

impl<'p> Place<'p> {
    /// A field of a record, or of a dict within one.
    fn field(before: &'p Path<'p>, field: &'p Field) -> Place<'p> {
        Place {
            path: Path::Field(before, &field.name),
            kind: &field.kind,
            is_nullable: field.nullable,
        }
    }
}

impl Fit {
    /// To this schema. `reads_texts` is for records that hold nothing but texts: these
    /// are read as what their fields are.
    #[must_use]
    pub fn new(schema: Schema, unfit: Unfit, reads_texts: bool) -> Fit {
        Fit {
            columns: Columns::of_fields(schema.rows, &schema.fields),
            within: Within::all(&schema.fields),
            schema,
            rules: Rules { unfit, reads_texts },
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
        let fields = self.schema.fields.iter().zip(&mut self.within);
        for (at, (field, within)) in fields.enumerate() {
            let place = Place::field(&Path::Record, field);
            match self.columns.part(&record, at) {
                Some(value) => each(at, self.rules.cell(&place, within, &plain(value))?)?,
                None => {
                    let absent = self.rules.absent(&place);
                    each(at, absent.ok_or_else(|| self.columns.lacks(at))?)?;
                }
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
        let mut cells = Vec::with_capacity(self.schema.fields.len());
        self.cells::<Misfit>(record, &mut |_, cell| {
            cells.push(cell.into_owned());
            Ok(())
        })?;
        let cells = cells.into_iter().zip(&self.schema.fields);
        let mut values = cells.map(|(cell, field)| cell.into_value(&field.kind));
        Ok(match self.schema.rows {
            RowKind::Dicts => dict(&self.schema.fields, values),
            RowKind::Items => Value::Tuple(values.collect()),
            RowKind::Values => values.next().unwrap_or(Value::None),
        })
    }
}

/// What was asked for.
#[derive(Debug, Clone, Copy)]
struct Rules {
    unfit: Unfit,
    reads_texts: bool,
}

impl Rules {
    /// The value in this place.
    fn cell<'v>(
        self,
        place: &Place<'_>,
        within: &mut Within,
        value: &'v Value,
    ) -> Result<Cell<'v>, Misfit> {
        match (place.kind, within, value) {
            (
                FieldType::List(item),
                Within::Items(within),
                Value::List(items) | Value::Tuple(items),
            ) => {
                let place = Place {
                    path: Path::Item(&place.path),
                    kind: &item.kind,
                    is_nullable: item.nullable,
                };
                let items = items.iter();
                let cells = items.map(|item| self.part(&place, within, item));
                Ok(Cell::List(cells.collect::<Result<_, _>>()?))
            }
            (FieldType::Dict(fields), Within::Dict(columns, within), Value::Dict(_)) => {
                match columns.look_at(value) {
                    Ok(()) => self.dict(place, fields, columns, within, value),
                    Err(misfit) => self.instead(place, value, || {
                        misfit.within(&told(value), &place.path).what
                    }),
                }
            }
            _ => self.scalar(place, value),
        }
    }

    /// The dict, whose values are in the columns that were looked at.
    fn dict<'v>(
        self,
        place: &Place<'_>,
        fields: &[Field],
        columns: &Columns,
        within: &mut [Within],
        value: &'v Value,
    ) -> Result<Cell<'v>, Misfit> {
        let mut cells = Vec::with_capacity(fields.len());
        for (at, (field, within)) in fields.iter().zip(within).enumerate() {
            let inner = Place::field(&place.path, field);
            cells.push(match columns.part(value, at) {
                Some(value) => self.part(&inner, within, value)?,
                None => self
                    .absent(&inner)
                    .ok_or_else(|| columns.lacks(at).within(&told(value), &place.path))?,
            });
        }
        Ok(Cell::Dict(cells))
    }

    /// The value within another, which may be known data.
    fn part<'v>(
        self,
        place: &Place<'_>,
        within: &mut Within,
        value: &'v Value,
    ) -> Result<Cell<'v>, Misfit> {
        match plain(value) {
            Cow::Borrowed(value) => self.cell(place, within, value),
            Cow::Owned(value) => Ok(self.cell(place, within, &value)?.into_owned()),
        }
    }

    fn scalar<'v>(self, place: &Place<'_>, value: &'v Value) -> Result<Cell<'v>, Misfit> {
        let scalar = match Scalar::of(value) {
            Scalar::Text(text) if self.reads_texts => {
                read(text, place.kind).unwrap_or(Scalar::Other)
            }
            scalar => scalar,
        };
        let cell = match (place.kind, scalar) {
            (_, Scalar::None) if place.is_nullable => Some(Cell::Null),
            (FieldType::Bool, Scalar::Bool(bool)) => Some(Cell::Bool(bool)),
            (FieldType::Int64, Scalar::Int(int)) => i64::try_from(int).ok().map(Cell::Int64),
            (FieldType::UInt64, Scalar::Int(int)) => u64::try_from(int).ok().map(Cell::UInt64),
            (FieldType::Float64, Scalar::Float(float)) => Some(Cell::Float64(float)),
            (FieldType::Float64, Scalar::Int(int)) => exact_float(int).map(Cell::Float64),
            (FieldType::Text, Scalar::Text(text)) => Some(Cell::Text(text.into())),
            (FieldType::Bytes, Scalar::Bytes(bytes)) => Some(Cell::Bytes(bytes.into())),
            _ => None,
        };
        match cell {
            Some(cell) => Ok(cell),
            None => self.instead(place, value, || self.other_type(place, value)),
        }
    }

    /// What is in the place of a value that does not fit; `what` tells why, if nothing.
    fn instead<'v>(
        self,
        place: &Place<'_>,
        value: &Value,
        what: impl FnOnce() -> String,
    ) -> Result<Cell<'v>, Misfit> {
        if self.unfit == Unfit::Null && place.is_nullable {
            return Ok(Cell::Null);
        }
        self.as_text(place, value).ok_or_else(|| Misfit {
            what: what(),
            remedy: match (place.is_nullable, place.kind) {
                (true, FieldType::Text) => Remedy::NullOrText,
                (true, _) => Remedy::Null,
                (false, FieldType::Text) => Remedy::Text,
                (false, _) => Remedy::Schema,
            },
        })
    }

    /// What is in the place of a value that is not there, if that may be.
    fn absent(self, place: &Place<'_>) -> Option<Cell<'static>> {
        match place.is_nullable {
            true => Some(Cell::Null),
            false => self.as_text(place, &Value::None),
        }
    }

    /// The value as Python writes it, if that is asked for and the field is text.
    fn as_text(self, place: &Place<'_>, value: &Value) -> Option<Cell<'static>> {
        let is_asked = self.unfit == Unfit::Text && *place.kind == FieldType::Text;
        is_asked.then(|| Cell::Text(written(value).into()))
    }

    /// That the value is not of the type of its field.
    fn other_type(self, place: &Place<'_>, value: &Value) -> String {
        let held = match value {
            Value::Str(text) if self.reads_texts => {
                let shown: String = text.chars().take(40).collect();
                format!("the text {shown:?}")
            }
            value => told(value),
        };
        let not_null = match (value, place.is_nullable) {
            (Value::None, false) => ", not null",
            _ => "",
        };
        format!(
            "holds {held} in the field {}, which the schema has as {}{not_null}",
            place.path.quoted(),
            place.kind
        )
    }
}

/// What a text is in a field of this type.
fn read<'t>(text: &'t str, kind: &FieldType) -> Option<Scalar<'t>> {
    match kind {
        FieldType::Text => Some(Scalar::Text(text)),
        _ if text.is_empty() => Some(Scalar::None),
        FieldType::Bool => guess::bool(text).map(Scalar::Bool),
        FieldType::Int64 | FieldType::UInt64 => guess::int(text).map(Scalar::Int),
        FieldType::Float64 => guess::float(text).map(Scalar::Float),
        FieldType::Bytes | FieldType::List(_) | FieldType::Dict(_) => None,
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
    fn values_within_lists_and_dicts_are_of_their_types() {
        let schema = r#"{"fields": [
            {"name": "l", "type": {"list": {"type": "float64", "nullable": true}}},
            {"name": "d", "nullable": true, "type": {"dict": [
                {"name": "x", "type": "int64"},
                {"name": "t", "type": "text", "nullable": true},
                {"name": "l", "nullable": true, "type": {"list": {"type": {"dict": [
                    {"name": "y", "type": "bytes"}]}}}}]}}
        ]}"#;
        let typed = |record: &str, unfit| {
            let schema = Schema::from_json(schema).unwrap();
            let record = literal::from_str(record).unwrap();
            let typed = Fit::new(schema, unfit, false).typed(&record);
            typed.map(|it| literal::to_string(&it).unwrap())
        };
        for (record, unfit, expected) in [
            (
                "{'d': {'t': 'a', 'x': 1}, 'l': (1, 0.5, None)}",
                Unfit::Refuse,
                "{'l': [1.0, 0.5, None], 'd': {'x': 1, 't': 'a', 'l': None}}",
            ),
            (
                "{'d': {'x': 1, 'l': [{'y': b'z'}]}, 'l': []}",
                Unfit::Refuse,
                "{'l': [], 'd': {'x': 1, 't': None, 'l': [{'y': b'z'}]}}",
            ),
            (
                "{'d': {'x': 1, 't': 5}, 'l': [0.5, 'x']}",
                Unfit::Null,
                "{'l': [0.5, None], 'd': {'x': 1, 't': None, 'l': None}}",
            ),
            (
                "{'d': {'x': 1, 'more': 5}, 'l': []}",
                Unfit::Null,
                "{'l': [], 'd': None}",
            ),
            (
                "{'d': {'x': 1, 't': [5]}, 'l': []}",
                Unfit::Text,
                "{'l': [], 'd': {'x': 1, 't': '[5]', 'l': None}}",
            ),
        ] {
            assert_eq!(typed(record, unfit).unwrap(), expected, "{record}");
        }
        for (record, unfit, expected, remedy) in [
            (
                "{'l': ['x'], 'd': None}",
                Unfit::Refuse,
                "holds a value of type str in the field \"l[]\", which the schema has as float64",
                Remedy::Null,
            ),
            (
                "{'l': 1, 'd': None}",
                Unfit::Null,
                "holds the int 1 in the field \"l\", which the schema has as list",
                Remedy::Schema,
            ),
            (
                "{'l': [], 'd': {'x': 1, 'l': [{'y': None}]}}",
                Unfit::Null,
                "holds None in the field \"d.l[].y\", which the schema has as bytes, not null",
                Remedy::Schema,
            ),
            (
                "{'l': [], 'd': {'t': ''}}",
                Unfit::Refuse,
                "holds a value of type dict in the field \"d\" that is another sort of row than the \
                 schema's: it has no key \"x\"",
                Remedy::Schema,
            ),
            (
                "{'l': [], 'd': {'x': 1, 'z': 2}}",
                Unfit::Refuse,
                "in the field \"d\" that is another sort of row than the schema's: it has no key \
                 \"t\", but a key \"z\"",
                Remedy::Null,
            ),
        ] {
            let misfit = typed(record, unfit).unwrap_err();
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
