//! `wincode`: the list's length and its records, through the crate wincode.
//!
//! Its own traits, no serde. It refuses to read or write a list of more than 4 MiB
//! at once, because it makes room for all of one on the word of its length; so
//! records go one at a time here, behind the length, in the layout that it has for
//! lists. Types that it has no traits for take its derive, which is unsafe code.

use std::io::{self, Write};
use std::marker::PhantomData;

use picklestream::value::Value;
use wincode::config::DefaultConfig;
use wincode::io::std_read::ReadAdapter;
use wincode::io::std_write::WriteAdapter;
use wincode::{SchemaReadOwned, SchemaWrite, deserialize_from, serialize_into};

use crate::dataset::{Blob, DictRecord, Fixed, Mapping, Object, RecordKind, Shape};
use crate::results::Operation;

use super::about::{About, COPIES, NOTHING, TYPES};
use super::refusing::refuses;
use super::sequence::exact_len;
use super::watched::{Spot, Watched};
use super::{
    Codec, Error, Format, Given, Input, NO_MAP, Output, ReadLimits, Records, Support, Take,
};

/// The crate wincode.
#[derive(Debug, Clone, Copy)]
pub struct Wincode;

impl Format for Wincode {
    fn name(&self) -> &'static str {
        "wincode"
    }

    fn about(&self) -> About {
        About {
            library: "wincode",
            calls: "serialize_into / deserialize_from, of each record",
            holds: "nothing",
            schema: TYPES,
            strings: COPIES,
            loses: NOTHING,
        }
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["wincode"]
    }

    fn support(&self, operation: Operation, kind: RecordKind) -> Support {
        match (kind, operation) {
            (RecordKind::Typed, _) => {
                Support::No("it takes part for types that derive its own traits")
            }
            (RecordKind::Any | RecordKind::Built(Shape::Objects), _) => {
                Support::No("its files say nothing of types, which only the data has here")
            }
            (RecordKind::Built(Shape::Dicts | Shape::Blobs | Shape::Mapping), _) => {
                Support::No("its derive makes unsafe code, so these types have none of it")
            }
            (_, Operation::MapRead) => Support::No(NO_MAP),
            _ => Support::Plain,
        }
    }

    fn is_usual(&self, _: Operation, _: Option<&str>) -> bool {
        false
    }
}

refuses!(Wincode: Object, Value, DictRecord, Blob, Mapping);

impl<T> Codec<T> for Wincode
where
    T: Fixed + SchemaWrite<DefaultConfig, Src = T> + SchemaReadOwned<DefaultConfig>,
    T: for<'de> wincode::SchemaRead<'de, DefaultConfig, Dst = T>,
{
    fn write_records(
        &self,
        _: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        let count = exact_len(records).ok_or("a list begins with its length")?;
        output.write_all(&u64::try_from(count)?.to_le_bytes())?;
        let mut written = 0;
        for record in records {
            serialize_into(WriteAdapter::new(Unflushed(output)), &*record?)?;
            written += 1;
        }
        match written == count {
            true => Ok(()),
            false => Err(format!("{count} records were promised, and there are {written}").into()),
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
        let left = deserialize_from(ReadAdapter::new(&mut input));
        let left: u64 = left.map_err(|error| spot.fault(&error))?;
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

/// An output that is not flushed after each record.
struct Unflushed<'o>(&'o mut Output);

impl Write for Unflushed<'_> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The items of a list.
struct Items<'s, T> {
    input: Watched<'s>,
    left: u64,
    spot: &'s Spot,
    record: PhantomData<T>,
}

impl<T> Iterator for Items<'_, T>
where
    T: for<'de> wincode::SchemaRead<'de, DefaultConfig, Dst = T>,
{
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Result<T, Error>> {
        self.left = self.left.checked_sub(1)?;
        let item = deserialize_from(ReadAdapter::new(&mut self.input));
        Some(item.map_err(|error| self.spot.fault(&error)))
    }
}

impl<T> Records<T> for Items<'_, T>
where
    T: for<'de> wincode::SchemaRead<'de, DefaultConfig, Dst = T>,
{
    fn bytes_read(&self) -> Option<u64> {
        Some(self.spot.position())
    }
}
