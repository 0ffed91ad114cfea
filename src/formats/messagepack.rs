//! `messagepack`: records in MessagePack, through the crate rmp-serde.
//!
//! An array's length stands before it. Told of it, rmp-serde writes item after
//! item (`array`); not told, it keeps all of them until the end (`untold`).
//! Records one after another need no length (`concatenated`): that is what
//! Python's `msgpack.Unpacker` reads as they come. Fields of a dict by name take
//! `named`.

use std::io::{BufRead, Seek, SeekFrom};

use picklestream::value::Value;
use rmp_serde::decode::{Deserializer, ReadReader};
use rmp_serde::encode::{self, Serializer};
use serde::Serialize;
use serde::de::{Deserialize, IgnoredAny};

use crate::dataset::{Record, RecordKind, Shape, Typed};
use crate::files::MappedFile;
use crate::results::Operation;

use super::about::{About, SELF_DESCRIBING};
use super::binary_value::BinaryForm;
use super::sequence::{self, Sequence, WriteAs};
use super::watched::{Spot, Watched};
use super::{
    Choice, Chosen, Codec, Error, Format, Given, Input, Loaded, MadeBy, Output, ReadLimits,
    Records, Support, Take, gather_list, whole,
};

/// MessagePack.
#[derive(Debug, Clone, Copy)]
pub struct MessagePack;

/// Nothing beyond 64 bits.
const FORM: BinaryForm = BinaryForm {
    title: "MessagePack",
    has_wide_ints: false,
};

impl Format for MessagePack {
    fn name(&self) -> &'static str {
        "messagepack"
    }

    fn title(&self) -> &'static str {
        "MessagePack"
    }

    fn about(&self) -> About {
        About {
            library: "rmp-serde",
            calls: "encode::write / Deserializer, or from_slice",
            holds: "not told the length: all of the list's bytes",
            schema: SELF_DESCRIBING,
            strings: "copies; borrowed when mapped",
            loses: "that a list was a tuple; names, unless `named`",
        }
    }

    fn keeps_tuples(&self) -> bool {
        false
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["msgpack", "mpk"]
    }

    fn support(&self, operation: Operation, kind: RecordKind) -> Support {
        let has_names = kind == RecordKind::Built(Shape::Dicts);
        Support::Variants(match (operation, has_names) {
            (Operation::MapRead, _) => return self.support_of_borrowing(kind),
            _ if kind == RecordKind::Any => return Support::Plain,
            (Operation::Write, true) => &["array", "named"],
            (Operation::Write, false) => &["array"],
            (Operation::StreamWrite, true) => &["array", "untold", "concatenated", "named"],
            (Operation::StreamWrite, false) => &["array", "untold", "concatenated"],
            (Operation::Read, true) => &["array", "slice", "concatenated", "named"],
            (Operation::Read, false) => &["array", "slice", "concatenated"],
            (_, true) => &["array", "concatenated", "named"],
            (_, false) => &["array", "concatenated"],
        })
    }

    fn is_usual(&self, operation: Operation, variant: Option<&str>) -> bool {
        operation != Operation::ColumnRead && matches!(variant, None | Some("array"))
    }

    fn choices(&self) -> &'static [Choice] {
        const {
            &[Choice {
                name: "layout",
                value_name: "LAYOUT",
                values: &["concatenated", "array"],
                help: "MessagePack that is written: records one after another, or one array, for \
                       which all are held in memory [default: concatenated]",
            }]
        }
    }

    fn variant(&self, chosen: &Chosen) -> Option<String> {
        Some(chosen.get("layout").unwrap_or("concatenated").to_owned())
    }

    fn made_by(&self, variant: Option<&str>) -> MadeBy {
        MadeBy {
            format: self.name(),
            variant: Some(match variant {
                None | Some("slice") => "array".to_owned(),
                Some(other) => other.to_owned(),
            }),
        }
    }

    fn is_told_by_content(&self) -> bool {
        false
    }

    /// Once to see whether it is one array.
    fn passes(&self) -> u64 {
        2
    }
}

impl<T: Typed> Codec<T> for MessagePack {
    fn write_records(
        &self,
        variant: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        match variant {
            Some("concatenated") => {
                for record in records {
                    encode::write(output, &*record?)?;
                }
                Ok(())
            }
            Some("named") => {
                Sequence::told(records).write(|list| encode::write_named(output, list))
            }
            Some("untold") => Sequence::untold(records).write(|list| encode::write(output, list)),
            _ => Sequence::told(records).write(|list| encode::write(output, list)),
        }
    }

    fn write_list(
        &self,
        variant: Option<&str>,
        list: &[T],
        output: &mut Output,
    ) -> Result<(), Error> {
        match (list, variant) {
            ([root], _) if T::IS_ROOT => encode::write(output, root)?,
            (list, Some("concatenated")) => {
                for record in list {
                    encode::write(output, record)?;
                }
            }
            (list, Some("named")) => encode::write_named(output, list)?,
            (list, _) => encode::write(output, list)?,
        }
        Ok(())
    }

    fn read_records(
        &self,
        variant: Option<&str>,
        input: Input,
        _: &ReadLimits,
        take: &mut Take<'_, T>,
    ) -> Result<(), Error> {
        match variant {
            Some("concatenated") => read_concatenated(input, take),
            _ => read_array(input, take),
        }
    }

    fn read_list(&self, variant: Option<&str>, input: Input) -> Result<Loaded<T>, Error> {
        if variant != Some("slice") {
            return gather_list(self, variant, input);
        }
        let bytes = whole::read(input)?;
        Ok(Loaded::List(match T::IS_ROOT {
            true => vec![rmp_serde::from_slice(&bytes)?],
            false => rmp_serde::from_slice(&bytes)?,
        }))
    }

    fn map_read(&self, _: Option<&str>, file: &MappedFile) -> Result<u64, Error> {
        let mut deserializer = Deserializer::from_read_ref(file.bytes());
        Ok(sequence::use_borrowed::<T, _>(&mut deserializer)?)
    }
}

impl Codec<Value> for MessagePack {
    fn write_records(
        &self,
        variant: Option<&str>,
        records: &mut Given<'_, Value>,
        output: &mut Output,
    ) -> Result<(), Error> {
        let mut serializer = Serializer::new(output);
        if variant == Some("array") {
            let list = Sequence::told(records).written_as(FORM);
            return list.write(|list| list.serialize(&mut serializer));
        }
        for record in records {
            FORM.write(&*record?, &mut serializer)?;
        }
        Ok(())
    }

    fn read_records(
        &self,
        _: Option<&str>,
        mut input: Input,
        _: &ReadLimits,
        take: &mut Take<'_, Value>,
    ) -> Result<(), Error> {
        if !input.get_ref().can_seek() {
            return read_pipe(input, take);
        }
        match is_one_array(&mut input)? {
            true => read_array(input, take),
            false => read_concatenated(input, take),
        }
    }
}

type Reader<'s> = Deserializer<ReadReader<Watched<'s>>>;

fn read_array<T: Record>(input: Input, take: &mut Take<'_, T>) -> Result<(), Error> {
    let spot = Spot::new();
    let mut deserializer = Deserializer::new(Watched::new(input, &spot));
    sequence::read(&mut deserializer, &spot, take)?;
    deserializer.get_mut().expect_end()
}

fn read_concatenated<T: Record>(input: Input, take: &mut Take<'_, T>) -> Result<(), Error> {
    let spot = Spot::new();
    let deserializer = Deserializer::new(Watched::new(input, &spot));
    take(&mut Concatenated {
        deserializer,
        first: None,
        spot: &spot,
    })
}

/// A pipe cannot be looked at first: its first value is, whole.
fn read_pipe(input: Input, take: &mut Take<'_, Value>) -> Result<(), Error> {
    let spot = Spot::new();
    let mut deserializer: Reader<'_> = Deserializer::new(Watched::new(input, &spot));
    let at_end = |deserializer: &mut Reader<'_>| {
        let more = deserializer.get_mut().fill_buf();
        more.map(<[u8]>::is_empty)
            .map_err(|error| spot.fault(&error))
    };
    let first = match at_end(&mut deserializer)? {
        true => None,
        false => Some(Value::deserialize(&mut deserializer).map_err(|error| spot.fault(&error))?),
    };
    match first {
        Some(Value::List(items)) if at_end(&mut deserializer)? => {
            take(&mut super::Unplaced(items.into_iter().map(Ok::<_, Error>)))
        }
        first => take(&mut Concatenated {
            deserializer,
            first,
            spot: &spot,
        }),
    }
}

/// Whether a file is one array and nothing else. It stands where it stood.
fn is_one_array(input: &mut Input) -> Result<bool, Error> {
    let begins = matches!(input.fill_buf()?, [0x90..=0x9f | 0xdc | 0xdd, ..]);
    if !begins {
        return Ok(false);
    }
    let start = input.stream_position()?;
    let read = IgnoredAny::deserialize(&mut Deserializer::new(&mut *input));
    // What is wrong with it is found again by whoever reads it.
    let is_one = read.is_err() || input.fill_buf()?.is_empty();
    input.seek(SeekFrom::Start(start))?;
    Ok(is_one)
}

/// Records one after another, up to the end of the file.
struct Concatenated<'s, T> {
    deserializer: Reader<'s>,
    /// A record that was read already.
    first: Option<T>,
    spot: &'s Spot,
}

impl<T: Record> Iterator for Concatenated<'_, T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Result<T, Error>> {
        if let Some(first) = self.first.take() {
            return Some(Ok(first));
        }
        let record = match self.deserializer.get_mut().fill_buf() {
            Ok([]) => return None,
            Ok(_) => {
                T::deserialize(&mut self.deserializer).map_err(|error| self.spot.fault(&error))
            }
            Err(error) => Err(self.spot.fault(&error)),
        };
        Some(record)
    }
}

impl<T: Record> Records<T> for Concatenated<'_, T> {
    fn bytes_read(&self) -> Option<u64> {
        Some(self.spot.position())
    }
}
