//! `cbor`: one CBOR array of records (RFC 8949), through the crate cbor4ii.
//!
//! An array whose length is not known is written as one of indefinite length,
//! which is part of CBOR: nothing has to be held back.

use std::io;

use cbor4ii::core::utils::{IoReader, SliceReader};
use cbor4ii::serde::{Deserializer, EncodeError, from_slice, to_writer};
use picklestream::value::Value;

use crate::dataset::{Record, RecordKind, Typed};
use crate::files::MappedFile;
use crate::results::Operation;

use super::about::{About, SELF_DESCRIBING};
use super::binary_value::BinaryForm;
use super::sequence::{self, Sequence};
use super::watched::{Spot, Watched};
use super::{
    Codec, Error, Format, Given, Input, Loaded, MadeBy, Output, ReadLimits, Support, Take,
    gather_list, whole,
};

/// A CBOR array.
#[derive(Debug, Clone, Copy)]
pub struct Cbor;

/// Bignums of up to 128 bits are what its crate reads.
const FORM: BinaryForm = BinaryForm {
    title: "CBOR",
    has_wide_ints: true,
};

impl Format for Cbor {
    fn name(&self) -> &'static str {
        "cbor"
    }

    fn title(&self) -> &'static str {
        "CBOR"
    }

    fn about(&self) -> About {
        About {
            library: "cbor4ii",
            calls: "serde::to_writer / Deserializer, or from_slice",
            holds: "nothing",
            schema: SELF_DESCRIBING,
            strings: "copies; borrowed when mapped",
            loses: "that a list was a tuple",
        }
    }

    fn keeps_tuples(&self) -> bool {
        false
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["cbor"]
    }

    fn support(&self, operation: Operation, kind: RecordKind) -> Support {
        match operation {
            Operation::MapRead => self.support_of_borrowing(kind),
            Operation::Read if kind != RecordKind::Any => Support::Variants(&["reader", "slice"]),
            _ => Support::Plain,
        }
    }

    fn is_usual(&self, operation: Operation, variant: Option<&str>) -> bool {
        operation != Operation::ColumnRead && variant != Some("slice")
    }

    /// Both of its variants are about the call.
    fn made_by(&self, _: Option<&str>) -> MadeBy {
        MadeBy {
            format: self.name(),
            variant: None,
        }
    }

    fn is_told_by_content(&self) -> bool {
        false
    }
}

impl<T: Typed> Codec<T> for Cbor {
    fn write_records(
        &self,
        _: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        Sequence::told(records).write(|list| to_writer(&mut *output, list).map_err(told))
    }

    fn write_list(&self, _: Option<&str>, list: &[T], output: &mut Output) -> Result<(), Error> {
        match list {
            [root] if T::IS_ROOT => Ok(to_writer(output, root)?),
            list => Ok(to_writer(output, &list)?),
        }
    }

    fn read_records(
        &self,
        _: Option<&str>,
        input: Input,
        _: &ReadLimits,
        take: &mut Take<'_, T>,
    ) -> Result<(), Error> {
        read(input, take)
    }

    fn read_list(&self, variant: Option<&str>, input: Input) -> Result<Loaded<T>, Error> {
        if variant != Some("slice") {
            return gather_list(self, variant, input);
        }
        let bytes = whole::read(input)?;
        Ok(Loaded::List(match T::IS_ROOT {
            true => vec![from_slice(&bytes)?],
            false => from_slice(&bytes)?,
        }))
    }

    fn map_read(&self, _: Option<&str>, file: &MappedFile) -> Result<u64, Error> {
        let mut deserializer = Deserializer::new(SliceReader::new(file.bytes()));
        Ok(sequence::use_borrowed::<T, _>(&mut deserializer)?)
    }
}

impl Codec<Value> for Cbor {
    fn write_records(
        &self,
        _: Option<&str>,
        records: &mut Given<'_, Value>,
        output: &mut Output,
    ) -> Result<(), Error> {
        let list = Sequence::told(records).written_as(FORM);
        list.write(|list| to_writer(&mut *output, list).map_err(told))
    }

    fn read_records(
        &self,
        _: Option<&str>,
        input: Input,
        _: &ReadLimits,
        take: &mut Take<'_, Value>,
    ) -> Result<(), Error> {
        read(input, take)
    }
}

/// What the crate would put between quotes.
fn told(error: EncodeError<io::Error>) -> Error {
    match error {
        EncodeError::Custom(message) => String::from(message).into(),
        error => error.into(),
    }
}

fn read<T: Record>(input: Input, take: &mut Take<'_, T>) -> Result<(), Error> {
    let spot = Spot::new();
    let mut deserializer = Deserializer::new(IoReader::new(Watched::new(input, &spot)));
    sequence::read(&mut deserializer, &spot, take)?;
    deserializer.into_inner().into_inner().expect_end()
}
