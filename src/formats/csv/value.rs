//! Python's data as rows: dicts of the same keys, or lists of the same length, or
//! single values.
//!
//! | Python | a cell |
//! |---|---|
//! | `None` | nothing |
//! | `str` | its text |
//! | `bool`, `int`, `float` | as Python prints them |
//! | known data, such as dates | its plain form (`picklestream::known`) |
//!
//! Everything else is refused. All of it is read as strs: what else it could be,
//! [`Texts::Guessed`](crate::schema::Texts) tells of all rows together.

use std::borrow::Cow;

use picklestream::literal;
use picklestream::value::Value;

use crate::formats::watched::Spot;
use crate::formats::{Codec, Error, Given, Input, Output, ReadLimits, Take};
use crate::schema::{Columns, plain};

use super::{Csv, Rows, writer};

impl Codec<Value> for Csv {
    fn write_records(
        &self,
        _: Option<&str>,
        records: &mut Given<'_, Value>,
        output: &mut Output,
    ) -> Result<(), Error> {
        let mut rows = writer(output);
        let mut columns: Option<Columns> = None;
        for record in records {
            let record = record?;
            let record = plain(&record);
            let columns = match &mut columns {
                Some(columns) => columns,
                None => {
                    let found = Columns::of_first(&record)?;
                    rows.write_record(found.names())?;
                    columns.insert(found)
                }
            };
            columns.look_at(&record)?;
            for (at, name) in columns.names().iter().enumerate() {
                let item = columns.part(&record, at).ok_or_else(|| columns.lacks(at))?;
                rows.write_field(&*cell(&plain(item), name)?)?;
            }
            rows.write_record(None::<&[u8]>)?;
        }
        Ok(rows.flush()?)
    }

    fn read_records(
        &self,
        _: Option<&str>,
        input: Input,
        limits: &ReadLimits,
        take: &mut Take<'_, Value>,
    ) -> Result<(), Error> {
        let spot = Spot::within(limits.lines.line_bytes as u64);
        spot.begin_record();
        let mut rows = Rows::new(input, &spot, ());
        let names = rows.reader.headers().cloned();
        let names = names.map_err(|error| rows.fault(&error))?;
        for (at, name) in names.iter().enumerate() {
            if names.iter().take(at).any(|before| before == name) {
                return Err(spot.fault(&format_args!("two columns are called {name:?}")));
            }
        }
        let read = |row: &csv::StringRecord| {
            let str = |text: &str| Value::Str(text.to_owned());
            let pairs = names.iter().zip(row);
            Ok(Value::Dict(
                pairs.map(|(name, text)| (str(name), str(text))).collect(),
            ))
        };
        take(&mut rows.reading(read))
    }
}

/// The text of a value that is [`plain`].
fn cell<'v>(value: &'v Value, column: &str) -> Result<Cow<'v, str>, Error> {
    let what = match value {
        Value::None => return Ok("".into()),
        Value::Str(text) => return Ok(text.into()),
        Value::Bool(_) | Value::Int(_) | Value::BigInt(_) | Value::Float(_) => {
            return Ok(literal::to_string(value)?.into());
        }
        Value::Object(object) => format!("an object of {}", object.class_name()),
        _ => format!("a value of type {}", value.type_name()),
    };
    Err(format!("holds {what} in column {column:?}, which CSV cannot; text and pickle can").into())
}
