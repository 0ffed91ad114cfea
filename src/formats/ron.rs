//! `ron`: Rusty Object Notation, through the crate ron.
//!
//! Its reader takes all text before the first record comes out.

use picklestream::value::Value;
use ron::Options;
use ron::de::Deserializer;

use crate::dataset::{Fixed, Object, RecordKind, Shape};
use crate::results::Operation;

use super::about::{About, COPIES, NOTHING, TYPES};
use super::refusing::refuses;
use super::sequence::{self, Sequence};
use super::watched::Spot;
use super::{Codec, Error, Format, Given, Input, Loaded, Output, ReadLimits, Support, Take, whole};

/// The crate ron.
#[derive(Debug, Clone, Copy)]
pub struct Ron;

impl Format for Ron {
    fn name(&self) -> &'static str {
        "ron"
    }

    fn about(&self) -> About {
        About {
            library: "ron",
            calls: "Options::to_io_writer / from_reader",
            holds: "all of the text, when it reads",
            schema: TYPES,
            strings: COPIES,
            loses: NOTHING,
        }
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["ron"]
    }

    fn support(&self, operation: Operation, kind: RecordKind) -> Support {
        match (kind, operation) {
            (RecordKind::Any | RecordKind::Built(Shape::Objects), _) => {
                Support::No("a reader that is not told a type cannot tell lists from tuples")
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

refuses!(Ron: Object, Value);

impl<T: Fixed> Codec<T> for Ron {
    fn write_records(
        &self,
        _: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        Sequence::told(records).write(|list| Options::default().to_io_writer(&mut *output, list))
    }

    fn write_list(&self, _: Option<&str>, list: &[T], output: &mut Output) -> Result<(), Error> {
        let options = Options::default();
        match list {
            [root] if T::IS_ROOT => Ok(options.to_io_writer(output, root)?),
            list => Ok(options.to_io_writer(output, list)?),
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
        let mut deserializer = Deserializer::from_bytes(&text)?;
        sequence::read(&mut deserializer, &spot, take)?;
        Ok(deserializer.end()?)
    }

    fn read_list(&self, _: Option<&str>, input: Input) -> Result<Loaded<T>, Error> {
        let options = Options::default();
        Ok(Loaded::List(match T::IS_ROOT {
            true => vec![options.from_reader(input)?],
            false => options.from_reader(input)?,
        }))
    }
}
