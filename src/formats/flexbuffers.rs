//! `flexbuffers`: the schemaless form of FlatBuffers, through the crate
//! flexbuffers.
//!
//! A vector's width depends on what is in it, so all of it is there before the
//! first byte is written; and its root lies at the end, so all of a file is read
//! before the first record comes out, unless it is mapped.

use std::io::Write;

use flexbuffers::{FlexbufferSerializer, Reader, from_slice};
use picklestream::value::Value;
use serde::Serialize;

use crate::dataset::{Fixed, Object, RecordKind, Shape};
use crate::files::MappedFile;
use crate::results::Operation;

use super::about::{About, NOTHING, SELF_DESCRIBING};
use super::refusing::refuses;
use super::sequence::{self, Sequence};
use super::watched::Spot;
use super::{Codec, Error, Format, Given, Input, Loaded, Output, ReadLimits, Support, Take, whole};

/// The crate flexbuffers.
#[derive(Debug, Clone, Copy)]
pub struct Flexbuffers;

impl Format for Flexbuffers {
    fn name(&self) -> &'static str {
        "flexbuffers"
    }

    fn about(&self) -> About {
        About {
            library: "flexbuffers",
            calls: "FlexbufferSerializer / from_slice",
            holds: "all of the file",
            schema: SELF_DESCRIBING,
            strings: "copies; borrowed when mapped",
            loses: NOTHING,
        }
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["flexbuf"]
    }

    fn support(&self, operation: Operation, kind: RecordKind) -> Support {
        match (kind, operation) {
            (RecordKind::Any | RecordKind::Built(Shape::Objects), _) => {
                Support::No("it is compiled for records of one type")
            }
            (_, Operation::MapRead) => self.support_of_borrowing(kind),
            _ => Support::Plain,
        }
    }

    fn is_usual(&self, _: Operation, _: Option<&str>) -> bool {
        false
    }
}

refuses!(Flexbuffers: Object, Value);

impl<T: Fixed> Codec<T> for Flexbuffers {
    fn write_records(
        &self,
        _: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        Sequence::told(records).write(|list| write(list, output))
    }

    fn write_list(&self, _: Option<&str>, list: &[T], output: &mut Output) -> Result<(), Error> {
        match list {
            [root] if T::IS_ROOT => write(root, output),
            list => write(list, output),
        }
    }

    fn read_records(
        &self,
        _: Option<&str>,
        input: Input,
        _: &ReadLimits,
        take: &mut Take<'_, T>,
    ) -> Result<(), Error> {
        let bytes = whole::read(input)?;
        sequence::read(Reader::get_root(&bytes[..])?, &Spot::new(), take)
    }

    fn read_list(&self, _: Option<&str>, input: Input) -> Result<Loaded<T>, Error> {
        let bytes = whole::read(input)?;
        Ok(Loaded::List(match T::IS_ROOT {
            true => vec![from_slice(&bytes)?],
            false => from_slice(&bytes)?,
        }))
    }

    fn map_read(&self, _: Option<&str>, file: &MappedFile) -> Result<u64, Error> {
        Ok(sequence::use_borrowed::<T, _>(Reader::get_root(
            file.bytes(),
        )?)?)
    }
}

fn write<T: Serialize + ?Sized>(value: &T, output: &mut Output) -> Result<(), Error> {
    let mut serializer = FlexbufferSerializer::new();
    value.serialize(&mut serializer)?;
    Ok(output.write_all(serializer.view())?)
}
