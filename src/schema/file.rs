//! A schema as a small JSON file, that people write and read.
//!
//! ```json
//! {
//!   "rows": "dicts",
//!   "records": 3,
//!   "fields": [
//!     { "name": "id", "type": "int64", "nullable": false },
//!     { "name": "city", "type": "text", "nullable": true, "width": 12 }
//!   ]
//! }
//! ```
//!
//! Only `fields` has to be there, and of a field its name and type.

use thiserror::Error;

use super::{RowKind, Schema, twice};

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
        let twice = twice(schema.fields.iter().map(|field| field.name.as_str()));
        match (schema.fields.len(), twice) {
            (0, _) => Err(BadSchema::NoFields),
            (_, Some(name)) => Err(BadSchema::Twice(name.to_owned())),
            (many @ 2.., None) if schema.rows == RowKind::Values => {
                Err(BadSchema::ManyValues(many))
            }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Field, FieldType};

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
            ],
        };
        assert_eq!(Schema::from_json(&schema.to_json()).unwrap(), schema);
        let short = r#"{"fields": [{"name": "a", "type": "bytes"}]}"#;
        let short = Schema::from_json(short).unwrap();
        assert_eq!((short.rows, short.records), (RowKind::Dicts, None));
        assert_eq!(short.fields[0].kind, FieldType::Bytes);
    }

    #[test]
    fn what_is_no_schema_is_told() {
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
