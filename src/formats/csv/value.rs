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
//! Everything else is refused. All of it is read as strs.

use std::borrow::Cow;

use picklestream::known::{self, Form, Part};
use picklestream::literal;
use picklestream::value::Value;

use crate::formats::watched::Spot;
use crate::formats::{Codec, Error, Given, Input, Output, ReadLimits, Take};

use super::{Csv, Rows, writer};

impl Codec<Value> for Csv {
    fn write_records(
        &self,
        _: Option<&str>,
        records: &mut Given<'_, Value>,
        output: &mut Output,
    ) -> Result<(), Error> {
        let mut rows = writer(output);
        let mut columns: Option<Vec<String>> = None;
        for record in records {
            let record = record?;
            let columns = match &columns {
                Some(columns) => columns,
                None => {
                    let names = names(&record)?;
                    rows.write_record(&names)?;
                    columns.insert(names)
                }
            };
            for (at, name) in columns.iter().enumerate() {
                let item = item(&record, at, name, columns.len())?;
                rows.write_field(&*cell(item, name)?)?;
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

/// The names of the columns, by the first record.
fn names(record: &Value) -> Result<Vec<String>, Error> {
    match record {
        Value::Dict(pairs) if pairs.is_empty() => {
            Err("is a dict without keys, which is no row".into())
        }
        Value::Dict(pairs) => pairs.iter().map(|(key, _)| name(key)).collect(),
        Value::List(items) | Value::Tuple(items) if items.is_empty() => {
            Err("is empty, which is no row".into())
        }
        Value::List(items) | Value::Tuple(items) => {
            Ok((0..items.len()).map(|at| at.to_string()).collect())
        }
        _ => Ok(vec!["0".to_owned()]),
    }
}

fn name(key: &Value) -> Result<String, Error> {
    match key {
        Value::Str(name) => Ok(name.clone()),
        Value::Int(_) => Ok(literal::to_string(key)?),
        _ => Err(format!(
            "has a key of type {}, which names no column",
            key.type_name()
        )
        .into()),
    }
}

/// What a record has in a column, of which there are so many.
fn item<'v>(record: &'v Value, at: usize, column: &str, count: usize) -> Result<&'v Value, Error> {
    let other = |what: String| Err(format!("is another sort of row than the first: {what}").into());
    match record {
        Value::Dict(pairs) if pairs.len() != count => {
            other(format!("it has {} keys, and not {count}", pairs.len()))
        }
        Value::Dict(pairs) => {
            let is_it = |(key, _): &&(Value, Value)| match key {
                Value::Str(name) => name == column,
                key => name(key).is_ok_and(|name| name == column),
            };
            // The keys are nearly always in the order of the first record's.
            match pairs
                .get(at)
                .filter(is_it)
                .or_else(|| pairs.iter().find(is_it))
            {
                Some((_, item)) => Ok(item),
                None => other(format!("it has no key {column:?}")),
            }
        }
        Value::List(items) | Value::Tuple(items) => match items.get(at) {
            Some(item) if items.len() == count => Ok(item),
            _ => other(format!("it has {} items, and not {count}", items.len())),
        },
        record if count == 1 => Ok(record),
        record => other(format!("it is a value of type {}", record.type_name())),
    }
}

/// The text of a value.
fn cell<'v>(value: &'v Value, column: &str) -> Result<Cow<'v, str>, Error> {
    let refused = |what: &str| {
        let told =
            format!("holds {what} in column {column:?}, which CSV cannot; text and pickle can");
        Err(told.into())
    };
    match value {
        Value::None => Ok("".into()),
        Value::Str(text) => Ok(text.into()),
        Value::Bool(_) | Value::Int(_) | Value::BigInt(_) | Value::Float(_) => {
            Ok(literal::to_string(value)?.into())
        }
        Value::Object(object) => {
            let known = known::read(object);
            match known.as_ref().map(|known| known.part(Form::Plain)) {
                Some(Part::Value(value)) => Ok(cell(&value, column)?.into_owned().into()),
                _ => refused(&format!("an object of {}", object.class_name())),
            }
        }
        _ => refused(&format!("a value of type {}", value.type_name())),
    }
}
