//! `borsh`: the list's length and its records, through the crate borsh.
//!
//! Its own derive, no serde. A list is its length in four bytes and its records
//! one after another, so records are written and read one at a time as well, once
//! the length is known.

use std::marker::PhantomData;

use borsh::{BorshDeserialize, BorshSerialize, to_writer};
use picklestream::value::Value;

use crate::dataset::{Fixed, Object, RecordKind, Shape};
use crate::results::Operation;

use super::about::{About, COPIES, TYPES};
use super::refusing::refuses;
use super::sequence::exact_len;
use super::watched::{Spot, Watched};
use super::{
    Codec, Error, Format, Given, Input, NO_MAP, Output, ReadLimits, Records, Support, Take,
};

/// The crate borsh.
#[derive(Debug, Clone, Copy)]
pub struct Borsh;

impl Format for Borsh {
    fn name(&self) -> &'static str {
        "borsh"
    }

    fn about(&self) -> About {
        About {
            library: "borsh",
            calls: "to_writer / deserialize_reader",
            holds: "nothing",
            schema: TYPES,
            strings: COPIES,
            loses: "NaN, which it refuses",
        }
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["borsh"]
    }

    fn support(&self, operation: Operation, kind: RecordKind) -> Support {
        match (kind, operation) {
            (RecordKind::Typed, _) => {
                Support::No("it takes part for types that derive its own traits")
            }
            (RecordKind::Any | RecordKind::Built(Shape::Objects), _) => {
                Support::No("its files say nothing of types, which only the data has here")
            }
            (_, Operation::MapRead) => Support::No(NO_MAP),
            _ => Support::Plain,
        }
    }

    fn is_usual(&self, _: Operation, _: Option<&str>) -> bool {
        false
    }
}

refuses!(Borsh: Object, Value);

impl<T: Fixed + BorshSerialize + BorshDeserialize> Codec<T> for Borsh {
    fn write_records(
        &self,
        _: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        if T::IS_ROOT {
            let record = records.next().ok_or("there is nothing to write")??;
            return Ok(to_writer(output, &*record)?);
        }
        let count = exact_len(records).ok_or("a list begins with its length")?;
        to_writer(&mut *output, &u32::try_from(count)?)?;
        let mut written = 0;
        for record in records {
            to_writer(&mut *output, &*record?)?;
            written += 1;
        }
        match written == count {
            true => Ok(()),
            false => Err(format!("{count} records were promised, and there are {written}").into()),
        }
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
        let spot = Spot::new();
        let mut input = Watched::new(input, &spot);
        let left = match T::IS_ROOT {
            true => 1,
            false => u32::deserialize_reader(&mut input).map_err(|error| spot.fault(&error))?,
        };
        let mut items = Items {
            input,
            left,
            spot: &spot,
            record: PhantomData,
        };
        take(&mut items)?;
        match items.left {
            0 => items.input.expect_end(),
            // Whoever took them has enough.
            _ => Ok(()),
        }
    }
}

/// The items of a list.
struct Items<'s, T> {
    input: Watched<'s>,
    left: u32,
    spot: &'s Spot,
    record: PhantomData<T>,
}

impl<T: Fixed + BorshDeserialize> Iterator for Items<'_, T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Result<T, Error>> {
        self.left = self.left.checked_sub(1)?;
        let item = T::deserialize_reader(&mut self.input);
        Some(item.map_err(|error| self.spot.fault(&error)))
    }
}

impl<T: Fixed + BorshDeserialize> Records<T> for Items<'_, T> {
    fn bytes_read(&self) -> Option<u64> {
        Some(self.spot.position())
    }
}
