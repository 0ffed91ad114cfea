//! `simd-json`: one JSON array, through the crate simd-json.
//!
//! It parses all of a file into a tape, in place, before the first record comes
//! out.

use picklestream::value::Value;
use simd_json::serde::{from_slice, to_writer};

use crate::dataset::{Fixed, Object, RecordKind, Shape};
use crate::results::Operation;

use super::about::{About, COPIES, SELF_DESCRIBING};
use super::refusing::refuses;
use super::sequence::Sequence;
use super::{
    Codec, Error, Format, Given, Input, Loaded, Output, ReadLimits, Support, Take, Unplaced, whole,
};

/// The crate simd-json.
#[derive(Debug, Clone, Copy)]
pub struct SimdJson;

impl Format for SimdJson {
    fn name(&self) -> &'static str {
        "simd-json"
    }

    fn about(&self) -> About {
        About {
            library: "simd-json",
            calls: "serde::to_writer / serde::from_slice",
            holds: "all of the file and a tape of its parts, when it reads",
            schema: SELF_DESCRIBING,
            strings: COPIES,
            loses: "NaN and infinities, which become null",
        }
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["json"]
    }

    fn support(&self, operation: Operation, kind: RecordKind) -> Support {
        match (kind, operation) {
            (RecordKind::Any, _) => Support::No("its files are JSON, which `json` reads exactly"),
            (RecordKind::Built(Shape::Objects), _) => {
                Support::No("it is compiled for records of one type")
            }
            (_, Operation::MapRead) => Support::No("it unescapes strings in the bytes it is given"),
            (_, Operation::StreamRead | Operation::ColumnRead) => {
                Support::No("it parses all of a file before the first record comes out")
            }
            _ => Support::Plain,
        }
    }

    fn is_usual(&self, _: Operation, _: Option<&str>) -> bool {
        false
    }

    fn is_text(&self) -> bool {
        true
    }
}

refuses!(SimdJson: Object, Value);

impl<T: Fixed> Codec<T> for SimdJson {
    fn write_records(
        &self,
        _: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        Sequence::told(records).write(|list| to_writer(&mut *output, list))
    }

    fn write_list(&self, _: Option<&str>, list: &[T], output: &mut Output) -> Result<(), Error> {
        match list {
            [root] if T::IS_ROOT => Ok(to_writer(output, root)?),
            list => Ok(to_writer(output, list)?),
        }
    }

    fn read_records(
        &self,
        _: Option<&str>,
        input: Input,
        _: &ReadLimits,
        take: &mut Take<'_, T>,
    ) -> Result<(), Error> {
        take(&mut Unplaced(read(input)?.into_iter().map(Ok::<_, Error>)))
    }

    fn read_list(&self, _: Option<&str>, input: Input) -> Result<Loaded<T>, Error> {
        Ok(Loaded::List(read(input)?))
    }
}

fn read<T: Fixed>(input: Input) -> Result<Vec<T>, Error> {
    let mut text = whole::read(input)?;
    Ok(match T::IS_ROOT {
        true => vec![from_slice(&mut text)?],
        false => from_slice(&mut text)?,
    })
}
