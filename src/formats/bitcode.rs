//! `bitcode`: the whole list at once, through the crate bitcode and serde.
//!
//! It lays a list out as columns of bits, which it makes of all records, and
//! reads all bytes before the first record comes out.

use std::io::Write;

use picklestream::value::Value;

use crate::dataset::{Fixed, Object, RecordKind, Shape};
use crate::results::Operation;

use super::about::{About, COPIES, NOTHING, TYPES};
use super::refusing::refuses;
use super::{
    Codec, Error, Format, Given, Input, Loaded, Output, ReadLimits, Support, Take, Unplaced, whole,
};

/// The crate bitcode.
#[derive(Debug, Clone, Copy)]
pub struct Bitcode;

impl Format for Bitcode {
    fn name(&self) -> &'static str {
        "bitcode"
    }

    fn about(&self) -> About {
        About {
            library: "bitcode",
            calls: "serialize / deserialize, through serde",
            holds: "all columns, and all of the file",
            schema: TYPES,
            strings: COPIES,
            loses: NOTHING,
        }
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["bitcode"]
    }

    fn support(&self, operation: Operation, kind: RecordKind) -> Support {
        match (kind, operation) {
            (RecordKind::Any | RecordKind::Built(Shape::Objects), _) => {
                Support::No("its files say nothing of types, which only the data has here")
            }
            (_, Operation::Write | Operation::Read) => Support::Plain,
            (_, Operation::StreamWrite) => {
                Support::No("it lays out columns, and makes them of the whole list")
            }
            _ => Support::No("its columns are read whole before the first record comes out"),
        }
    }
}

refuses!(Bitcode: Object, Value);

impl<T: Fixed> Codec<T> for Bitcode {
    /// For files that are made to be read: of all records, in memory.
    fn write_records(
        &self,
        variant: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        self.refuse(Operation::Write, T::KIND)?;
        self.write_list(variant, &whole::collect(records)?, output)
    }

    fn write_list(&self, _: Option<&str>, list: &[T], output: &mut Output) -> Result<(), Error> {
        let bytes = match list {
            [root] if T::IS_ROOT => bitcode::serialize(root)?,
            list => bitcode::serialize(list)?,
        };
        Ok(output.write_all(&bytes)?)
    }

    fn read_records(
        &self,
        _: Option<&str>,
        input: Input,
        _: &ReadLimits,
        take: &mut Take<'_, T>,
    ) -> Result<(), Error> {
        let list = read(input)?;
        take(&mut Unplaced(list.into_iter().map(Ok::<_, Error>)))
    }

    fn read_list(&self, _: Option<&str>, input: Input) -> Result<Loaded<T>, Error> {
        Ok(Loaded::List(read(input)?))
    }
}

fn read<T: Fixed>(input: Input) -> Result<Vec<T>, Error> {
    let bytes = whole::read(input)?;
    Ok(match T::IS_ROOT {
        true => vec![bitcode::deserialize(&bytes)?],
        false => bitcode::deserialize(&bytes)?,
    })
}
