//! `postcard`: one list, through the crate postcard.
//!
//! Its files say nothing of types. A list's length stands before it, so it has
//! to be known. `reader` reads a record at a time; the crate's own flavor for
//! readers wants room for all strings of a file beforehand, so the one here holds
//! the longest of them. `slice` is `from_bytes`, which wants all bytes.

use std::io::Read;

use postcard::de_flavors::Flavor;
use postcard::{Deserializer, from_bytes, to_io};

use picklestream::value::Value;

use crate::dataset::{Fixed, Object, RecordKind, Shape};
use crate::files::MappedFile;
use crate::results::Operation;

use super::about::{About, NOTHING, TYPES};
use super::refusing::refuses;
use super::sequence::{self, Sequence};
use super::watched::{Spot, Watched};
use super::{
    Codec, Error, Format, Given, Input, Loaded, MadeBy, Output, ReadLimits, Support, Take,
    gather_list, whole,
};

/// The crate postcard.
#[derive(Debug, Clone, Copy)]
pub struct Postcard;

impl Format for Postcard {
    fn name(&self) -> &'static str {
        "postcard"
    }

    fn about(&self) -> About {
        About {
            library: "postcard",
            calls: "to_io / Deserializer::from_flavor, or from_bytes",
            holds: "the longest string",
            schema: TYPES,
            strings: "copies; borrowed when mapped",
            loses: NOTHING,
        }
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["postcard"]
    }

    fn support(&self, operation: Operation, kind: RecordKind) -> Support {
        match (kind, operation) {
            (RecordKind::Any | RecordKind::Built(Shape::Objects), _) => {
                Support::No("its files say nothing of types, which only the data has here")
            }
            (_, Operation::MapRead) => self.support_of_borrowing(kind),
            (_, Operation::Read) => Support::Variants(&["reader", "slice"]),
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
}

refuses!(Postcard: Object, Value);

impl<T: Fixed> Codec<T> for Postcard {
    fn write_records(
        &self,
        _: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        self.refuse(Operation::StreamWrite, T::KIND)?;
        Sequence::told(records).write(|list| to_io(list, &mut *output).map(drop))
    }

    fn write_list(&self, _: Option<&str>, list: &[T], output: &mut Output) -> Result<(), Error> {
        match list {
            [root] if T::IS_ROOT => to_io(root, output)?,
            list => to_io(list, output)?,
        };
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
        let mut deserializer = Deserializer::from_flavor(Stream {
            input: Watched::new(input, &spot),
            part: Vec::new(),
        });
        sequence::read(&mut deserializer, &spot, take)?;
        deserializer.finalize()?.expect_end()
    }

    fn read_list(&self, variant: Option<&str>, input: Input) -> Result<Loaded<T>, Error> {
        if variant != Some("slice") {
            return gather_list(self, variant, input);
        }
        let bytes = whole::read(input)?;
        Ok(Loaded::List(match T::IS_ROOT {
            true => vec![from_bytes(&bytes)?],
            false => from_bytes(&bytes)?,
        }))
    }

    fn map_read(&self, _: Option<&str>, file: &MappedFile) -> Result<u64, Error> {
        let mut deserializer = Deserializer::from_bytes(file.bytes());
        Ok(sequence::use_borrowed::<T, _>(&mut deserializer)?)
    }
}

/// Bytes as they come, of which no record borrows any.
struct Stream<'s> {
    input: Watched<'s>,
    part: Vec<u8>,
}

impl<'s> Flavor<'s> for Stream<'s> {
    type Remainder = Watched<'s>;
    type Source = Watched<'s>;

    #[inline]
    fn pop(&mut self) -> postcard::Result<u8> {
        let mut byte = [0];
        match self.input.read_exact(&mut byte) {
            Ok(()) => Ok(byte[0]),
            Err(_) => Err(postcard::Error::DeserializeUnexpectedEnd),
        }
    }

    fn try_take_n(&mut self, _: usize) -> postcard::Result<&'s [u8]> {
        Err(postcard::Error::WontImplement)
    }

    /// Nothing is allocated on a length's word.
    #[inline]
    fn try_take_n_temp<'a>(&'a mut self, count: usize) -> postcard::Result<&'a [u8]>
    where
        's: 'a,
    {
        self.part.clear();
        let part = (&mut self.input)
            .take(count as u64)
            .read_to_end(&mut self.part);
        match part {
            Ok(read) if read == count => Ok(&self.part),
            _ => Err(postcard::Error::DeserializeUnexpectedEnd),
        }
    }

    fn finalize(self) -> postcard::Result<Watched<'s>> {
        Ok(self.input)
    }
}
