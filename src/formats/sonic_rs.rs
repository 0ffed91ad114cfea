//! `sonic-rs`: one JSON array, through the crate sonic-rs.
//!
//! Its reader takes all bytes before the first record comes out. It reads `-0.0`
//! as `0.0`.

use picklestream::value::Value;
use sonic_rs::writer::BufferedWriter;
use sonic_rs::{Deserializer, from_reader, to_writer};

use crate::dataset::{Fixed, Object, RecordKind, Shape};
use crate::results::Operation;

use super::about::{About, COPIES, SELF_DESCRIBING};
use super::refusing::refuses;
use super::sequence::{self, Sequence};
use super::watched::Spot;
use super::{Codec, Error, Format, Given, Input, Loaded, Output, ReadLimits, Support, Take, whole};

/// The crate sonic-rs.
#[derive(Debug, Clone, Copy)]
pub struct SonicRs;

impl Format for SonicRs {
    fn name(&self) -> &'static str {
        "sonic-rs"
    }

    fn about(&self) -> About {
        About {
            library: "sonic-rs",
            calls: "to_writer / from_reader",
            holds: "all of the file, when it reads",
            schema: SELF_DESCRIBING,
            strings: COPIES,
            loses: "the sign of -0.0; NaN and infinities, which become null",
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
            (_, Operation::MapRead) => {
                Support::No("a string with an escape in it is not in the file as it is")
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

refuses!(SonicRs: Object, Value);

impl<T: Fixed> Codec<T> for SonicRs {
    fn write_records(
        &self,
        _: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        let list = Sequence::told(records);
        list.write(|list| to_writer(BufferedWriter::new(&mut *output), list))
    }

    fn write_list(&self, _: Option<&str>, list: &[T], output: &mut Output) -> Result<(), Error> {
        let output = BufferedWriter::new(output);
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
        let text = whole::read(input)?;
        let spot = Spot::new();
        let mut deserializer = Deserializer::from_slice(&text);
        sequence::read(&mut deserializer, &spot, take)?;
        Ok(deserializer.end()?)
    }

    fn read_list(&self, _: Option<&str>, input: Input) -> Result<Loaded<T>, Error> {
        Ok(Loaded::List(match T::IS_ROOT {
            true => vec![from_reader(input)?],
            false => from_reader(input)?,
        }))
    }
}
