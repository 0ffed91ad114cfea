//! A schema as a small JSON file, that people write and read.
//!
//! ```json
//! {
//!   "rows": "dicts",
//!   "records": 3,
//!   "fields": [
//!     { "name": "id", "type": "int64", "nullable": false },
//!     { "name": "city", "type": "text", "nullable": true, "width": 12 },
//!     { "name": "tags", "type": { "list": { "type": "text" } } },
//!     { "name": "at", "type": { "dict": [{ "name": "x", "type": "float64" }] } }
//!   ]
//! }
//! ```
//!
//! Only `fields` has to be there, and of a field its name and type.

use thiserror::Error;

use super::path::{MOST_DEPTH, Path};
use super::{Field, FieldType, RowKind, Schema, twice};

/// Why a text is no schema.
#[derive(Debug, Error)]
pub enum BadSchema {
    /// It is no JSON, or another; the message names line and column.
    #[error("it is no schema: {0}")]
    Json(#[from] serde_json::Error),
    /// There is nothing in it.
    #[error("it has no fields, and a schema has at least one")]
    NoFields,
    /// Two fields cannot be told apart.
    #[error("two of its fields are called {0:?}")]
    Twice(String),
    /// Nothing is in a dict.
    #[error("the dict {0} in it has no fields, and one has at least one")]
    EmptyDict(String),
    /// A field is too deep.
    #[error(
        "its field {0} lies within more than {MOST_DEPTH} lists and dicts, the most that there may be"
    )]
    TooDeep(String),
    /// A single value has several fields.
    #[error("its \"rows\" are \"values\", which are one field, and it has {0}")]
    ManyValues(usize),
}

impl Schema {
    /// A file of a schema is no larger, in bytes.
    pub const MOST_BYTES: u64 = 16 << 20;

    /// The schema that a text holds.
    ///
    /// # Errors
    ///
    /// If it is none: the error names line and column, or the field.
    pub fn from_json(text: &str) -> Result<Schema, BadSchema> {
        let schema: Schema = serde_json::from_str(text)?;
        check(&schema.fields, &Path::Record)?;
        match schema.fields.len() {
            0 => Err(BadSchema::NoFields),
            many @ 2.. if schema.rows == RowKind::Values => Err(BadSchema::ManyValues(many)),
            _ => Ok(schema),
        }
    }

    /// The text of a file that holds it, with a line break at its end.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Names and numbers have a form in JSON.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// An error unless the fields can be told apart, and lie no deeper than they may.
fn check(fields: &[Field], path: &Path<'_>) -> Result<(), BadSchema> {
    if let Some(name) = twice(fields.iter().map(|field| field.name.as_str())) {
        return Err(BadSchema::Twice(Path::Field(path, name).to_string()));
    }
    let mut fields = fields.iter();
    fields.try_for_each(|field| check_type(&field.kind, &Path::Field(path, &field.name)))
}

fn check_type(kind: &FieldType, path: &Path<'_>) -> Result<(), BadSchema> {
    if path.depth() > MOST_DEPTH {
        return Err(BadSchema::TooDeep(path.quoted()));
    }
    match kind {
        FieldType::List(item) => check_type(&item.kind, &Path::Item(path)),
        FieldType::Dict(fields) if fields.is_empty() => Err(BadSchema::EmptyDict(path.quoted())),
        FieldType::Dict(fields) => check(fields, path),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Item;

    #[test]
    fn it_comes_back() {
        let schema = Schema {
            rows: RowKind::Items,
            records: Some(3),
            fields: vec![
                Field {
                    name: "é\"".to_owned(),
                    kind: FieldType::UInt64,
                    nullable: true,
                    width: None,
                },
                Field {
                    name: String::new(),
                    kind: FieldType::Text,
                    nullable: false,
                    width: Some(7),
                },
                Field {
                    name: "at".to_owned(),
                    kind: FieldType::Dict(vec![Field {
                        name: "tags".to_owned(),
                        kind: FieldType::List(Box::new(Item {
                            kind: FieldType::Float64,
                            nullable: true,
                        })),
                        nullable: false,
                        width: None,
                    }]),
                    nullable: true,
                    width: None,
                },
            ],
        };
        assert_eq!(Schema::from_json(&schema.to_json()).unwrap(), schema);
        let short = r#"{"fields": [{"name": "a", "type": "bytes"}]}"#;
        let short = Schema::from_json(short).unwrap();
        assert_eq!((short.rows, short.records), (RowKind::Dicts, None));
        assert_eq!(short.fields[0].kind, FieldType::Bytes);
        let nested = r#"{"fields": [
            {"name": "a", "type": {"list": {"type": {"dict": [{"name": "x", "type": "bool"}]}}}}
        ]}"#;
        let nested = Schema::from_json(nested).unwrap();
        assert_eq!(nested.fields[0].kind.to_string(), "list");
        assert_eq!(Schema::from_json(&nested.to_json()).unwrap(), nested);
    }

    /// A field of lists of lists of ints.
    fn of_lists(depth: usize) -> String {
        let begin = r#"{"list": {"type": "#.repeat(depth);
        let end = "}}".repeat(depth);
        format!(r#"{{"fields": [{{"name": "a", "type": {begin}"int64"{end}}}]}}"#)
    }

    #[test]
    fn what_is_no_schema_is_told() {
        assert!(Schema::from_json(&of_lists(MOST_DEPTH)).is_ok());
        for (text, says) in [
            ("", "line 1 column 0"),
            ("[]", "it is no schema"),
            (r#"{"fields": []}"#, "no fields"),
            (r#"{"fields": [{"name": "a"}]}"#, "missing field `type`"),
            (
                r#"{"fields": [{"name": "a", "type": "int"}]}"#,
                "unknown variant `int`",
            ),
            (r#"{"fields": [], "more": 1}"#, "unknown field `more`"),
            (
                r#"{"fields": [{"name": "a", "type": "text"}, {"name": "a", "type": "text"}]}"#,
                "two of its fields are called \"a\"",
            ),
            (
                r#"{"fields": [{"name": "a", "type": {"dict": []}}]}"#,
                "the dict \"a\" in it has no fields",
            ),
            (
                r#"{"fields": [{"name": "a", "type": {"list": {"type": {"dict": [
                    {"name": "x", "type": "text"}, {"name": "x", "type": "text"}]}}}}]}"#,
                "two of its fields are called \"a[].x\"",
            ),
            (
                r#"{"fields": [{"name": "a", "type": {"list": {"kind": "text"}}}]}"#,
                "unknown field `kind`",
            ),
            (
                &of_lists(MOST_DEPTH + 1),
                "[]\" lies within more than 30 lists",
            ),
            (&of_lists(5000), "recursion limit exceeded"),
            (
                r#"{"rows": "values",
                   "fields": [{"name": "a", "type": "text"}, {"name": "b", "type": "text"}]}"#,
                "one field, and it has 2",
            ),
        ] {
            let told = Schema::from_json(text).unwrap_err().to_string();
            assert!(told.contains(says), "{text}: {told}");
        }
    }
}
