//! `json`: one JSON array, an element after the other.
//!
//! serde_json's own way to read a large file is its reader (`reader`), or all
//! bytes first (`slice`), which is faster; many programs read its tree, `Value`,
//! and look into that (`value`). A file that is no array is one record.

use std::io::{BufRead, Write};
use std::marker::PhantomData;

use picklestream::value::Value;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use serde_json::{Deserializer, Value as Tree};

use crate::dataset::{Digester, Record, RecordKind, Typed};
use crate::formats::about::{About, COPIES, SELF_DESCRIBING};
use crate::formats::certainty::Certainty;
use crate::formats::sequence::{self, Sequence};
use crate::formats::watched::{Spot, Watched};
use crate::formats::{
    Choice, Chosen, Codec, Error, Format, Given, Holds, Input, Loaded, MadeBy, Output, ReadLimits,
    Records, Support, Take, gather_list, whole,
};
use crate::results::Operation;

use super::exact::{self, Wrong};
use super::form::{self, JsonForm};
use super::lines::JsonLines;
use super::strict;

/// A JSON array of records.
#[derive(Debug, Clone, Copy)]
pub struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn title(&self) -> &'static str {
        "a JSON array"
    }

    fn about(&self) -> About {
        About {
            library: "serde_json",
            calls: "to_writer / Deserializer::from_reader, or from_slice",
            holds: "with `slice` all of the file, with `value` its tree",
            schema: SELF_DESCRIBING,
            strings: COPIES,
            loses: "NaN and infinities, which become null; that a list was a tuple",
        }
    }

    fn keeps_tuples(&self) -> bool {
        false
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["json"]
    }

    fn support(&self, operation: Operation, kind: RecordKind) -> Support {
        match operation {
            Operation::MapRead => {
                Support::No("a string with an escape in it is not in the file as it is")
            }
            _ if kind == RecordKind::Any => Support::Plain,
            Operation::Write => Support::Variants(&["writer", "value"]),
            Operation::Read => Support::Variants(&["reader", "slice", "value"]),
            _ => Support::Plain,
        }
    }

    fn is_usual(&self, operation: Operation, variant: Option<&str>) -> bool {
        operation != Operation::ColumnRead && !matches!(variant, Some("slice"))
    }

    /// All of its variants are about the call.
    fn made_by(&self, _: Option<&str>) -> MadeBy {
        MadeBy {
            format: self.name(),
            variant: None,
        }
    }

    /// A value that goes on over several lines is no JSON lines.
    fn recognise(&self, prefix: &[u8]) -> Certainty {
        let text = prefix.trim_ascii();
        if !matches!(text.first(), Some(b'[' | b'{')) {
            return Certainty::NONE;
        }
        let is_one_line = match serde_json::from_slice::<IgnoredAny>(text) {
            Ok(_) => !text.contains(&b'\n'),
            Err(error) if error.is_eof() => !prefix.trim_ascii_start().contains(&b'\n'),
            // Damaged, but not the first of several lines that are a value each.
            Err(error) if error.line() > 1 && ends_within(first_line(text)) => false,
            Err(_) => return Certainty::NONE,
        };
        match is_one_line {
            // As sure as JSON lines are: then the name tells.
            true => JsonLines.recognise(prefix),
            false => Certainty::LIKELY,
        }
    }

    fn is_text(&self) -> bool {
        true
    }

    fn choices(&self) -> &'static [Choice] {
        form::CHOICES
    }

    fn variant(&self, chosen: &Chosen) -> Option<String> {
        chosen.as_variant()
    }
}

impl<T: Typed> Codec<T> for Json {
    fn write_records(
        &self,
        _: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        Sequence::told(records).write(|list| serde_json::to_writer(&mut *output, list))
    }

    fn write_list(
        &self,
        variant: Option<&str>,
        list: &[T],
        output: &mut Output,
    ) -> Result<(), Error> {
        match (list, variant) {
            ([root], Some("value")) if T::IS_ROOT => {
                serde_json::to_writer(output, &serde_json::to_value(root)?)?;
            }
            ([root], _) if T::IS_ROOT => serde_json::to_writer(output, root)?,
            (list, Some("value")) => serde_json::to_writer(output, &serde_json::to_value(list)?)?,
            (list, _) => serde_json::to_writer(output, list)?,
        }
        Ok(())
    }

    fn read_records(
        &self,
        _: Option<&str>,
        input: Input,
        _: &ReadLimits,
        take: &mut Take<'_, T>,
    ) -> Result<(), Error> {
        let spot = Spot::new();
        let mut deserializer = Deserializer::from_reader(Watched::new(input, &spot));
        sequence::read(&mut deserializer, &spot, take)?;
        deserializer.end().map_err(|error| spot.fault(&error))
    }

    fn read_list(&self, variant: Option<&str>, input: Input) -> Result<Loaded<T>, Error> {
        match variant {
            Some("slice") => {
                let bytes = whole::read(input)?;
                Ok(Loaded::List(match T::IS_ROOT {
                    true => vec![serde_json::from_slice(&bytes)?],
                    false => serde_json::from_slice(&bytes)?,
                }))
            }
            Some("value") => {
                let tree = serde_json::from_reader(input)?;
                Ok(Loaded::Other(Box::new(Whole::<T>(tree, PhantomData))))
            }
            _ => gather_list(self, variant, input),
        }
    }
}

fn first_line(text: &[u8]) -> &[u8] {
    text.split(|byte| *byte == b'\n').next().unwrap_or(text)
}

/// Whether a text ends within a value.
fn ends_within(text: &[u8]) -> bool {
    let read = serde_json::from_slice::<IgnoredAny>(text);
    read.is_err_and(|error| error.is_eof())
}

/// The tree of a file.
struct Whole<T>(Tree, PhantomData<T>);

impl<T: Record> Holds for Whole<T> {
    fn digest(&self, digester: &mut Digester) -> Result<(), Error> {
        let Whole(tree, _) = self;
        let records = match tree {
            Tree::Array(records) if !T::IS_ROOT => records,
            root if T::IS_ROOT => std::slice::from_ref(root),
            _ => return Err("the root is not an array".into()),
        };
        records
            .iter()
            .try_for_each(|record| Ok(digester.add(&T::deserialize(record)?)?))
    }
}

impl Codec<Value> for Json {
    /// A record a line, for those who look into the file.
    fn write_records(
        &self,
        variant: Option<&str>,
        records: &mut Given<'_, Value>,
        output: &mut Output,
    ) -> Result<(), Error> {
        let form = JsonForm::parse(variant)?;
        let mut before: &[u8] = b"[\n";
        for record in &mut *records {
            let record = record?;
            output.write_all(before)?;
            serde_json::to_writer(&mut *output, &strict::Json(&record, &form))?;
            before = b",\n";
        }
        let end: &[u8] = if before == b"[\n" { b"[]\n" } else { b"\n]\n" };
        Ok(output.write_all(end)?)
    }

    fn read_records(
        &self,
        _: Option<&str>,
        input: Input,
        limits: &ReadLimits,
        take: &mut Take<'_, Value>,
    ) -> Result<(), Error> {
        let spot = Spot::within(limits.lines.line_bytes as u64);
        let mut watched = Watched::new(input, &spot);
        let is_array = first_byte(&mut watched).map_err(|error| spot.fault(&error))? == Some(b'[');
        let mut deserializer = Deserializer::from_reader(watched);
        let mut take = |texts: &mut dyn Records<Text>| {
            take(&mut Values {
                texts,
                spot: &spot,
                limits,
            })
        };
        match is_array {
            true => sequence::read_items(&mut deserializer, &spot, &mut take)?,
            false => sequence::read_root(&mut deserializer, &spot, &mut take)?,
        }
        deserializer
            .end()
            .map_err(|error| spot.fault(&exact::without_place(&error)))
    }
}

/// The first byte that is not white space, which is still to be read after that.
fn first_byte(input: &mut impl BufRead) -> std::io::Result<Option<u8>> {
    loop {
        let bytes = input.fill_buf()?;
        let blank = bytes.iter().take_while(|byte| byte.is_ascii_whitespace());
        let blank = blank.count();
        let found = bytes.get(blank).copied();
        if found.is_some() || bytes.is_empty() {
            return Ok(found);
        }
        input.consume(blank);
    }
}

/// The text of an element, which is read again as Python's data.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text(Box<RawValue>);

/// Values out of their texts.
struct Values<'r> {
    texts: &'r mut dyn Records<Text>,
    spot: &'r Spot,
    limits: &'r ReadLimits,
}

impl Iterator for Values<'_> {
    type Item = Result<Value, Error>;

    fn next(&mut self) -> Option<Result<Value, Error>> {
        let text = match self.texts.next()? {
            Ok(Text(text)) => text,
            Err(error) => return Some(Err(error)),
        };
        let value = exact::read(text.get().as_bytes(), &self.limits.lines);
        Some(value.map_err(|wrong| match wrong {
            Wrong::Syntax(error) => self.spot.fault(&exact::without_place(&error)),
            Wrong::Number(message) => self.spot.fault(&message),
        }))
    }
}

impl Records<Value> for Values<'_> {
    fn bytes_read(&self) -> Option<u64> {
        self.texts.bytes_read()
    }
}
