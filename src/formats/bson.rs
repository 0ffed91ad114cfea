//! `bson`: MongoDB's binary JSON, through the crate bson.
//!
//! A file's root is a document, so a list is its field `records`, written and read
//! whole (`document`). Records one after another, as `mongodump` lays them down,
//! are a document each (`concatenated`).

use std::io::{BufRead, Read, Write};
use std::marker::PhantomData;

use bson::{deserialize_from_slice, serialize_to_vec};
use picklestream::value::Value;
use serde::{Deserialize, Serialize};

use crate::dataset::{Fixed, Object, RecordKind, Shape};
use crate::results::Operation;

use super::about::{About, COPIES, SELF_DESCRIBING};
use super::refusing::refuses;
use super::sequence::Sequence;
use super::watched::{Spot, Watched};
use super::{
    Codec, Error, Format, Given, Input, Loaded, NO_MAP, Output, ReadLimits, Records, Support, Take,
    Unplaced, gather_list, whole,
};

/// The crate bson.
#[derive(Debug, Clone, Copy)]
pub struct Bson;

/// A document around the list.
#[derive(Serialize, Deserialize)]
struct Document<R> {
    records: R,
}

/// A document around a record.
#[derive(Serialize, Deserialize)]
struct Single<R> {
    record: R,
}

impl Format for Bson {
    fn name(&self) -> &'static str {
        "bson"
    }

    fn about(&self) -> About {
        About {
            library: "bson",
            calls: "serialize_to_vec / deserialize_from_slice",
            holds: "all of the document",
            schema: SELF_DESCRIBING,
            strings: COPIES,
            loses: "integers above 2**63 - 1, which it refuses",
        }
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["bson"]
    }

    fn support(&self, operation: Operation, kind: RecordKind) -> Support {
        match (kind, operation) {
            (RecordKind::Any | RecordKind::Built(Shape::Objects), _) => {
                Support::No("it is compiled for records of one type")
            }
            (RecordKind::Built(Shape::Tuples), _) => {
                Support::No("BSON has no integers above 2**63 - 1, and half of these are")
            }
            (_, Operation::MapRead) => Support::No(NO_MAP),
            (_, Operation::Write) => Support::Variants(&["document"]),
            (_, Operation::Read) => Support::Variants(&["document", "concatenated"]),
            _ => Support::Variants(&["concatenated"]),
        }
    }

    fn is_usual(&self, _: Operation, _: Option<&str>) -> bool {
        false
    }

    fn files(&self) -> Vec<Option<&'static str>> {
        vec![Some("document"), Some("concatenated")]
    }
}

refuses!(Bson: Object, Value);

impl<T: Fixed> Codec<T> for Bson {
    fn write_records(
        &self,
        variant: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        self.refuse(Operation::Write, T::KIND)?;
        if variant != Some("concatenated") {
            return Sequence::told(records).write(|records| write(&Document { records }, output));
        }
        for record in records {
            let record = &*record?;
            write(&Single { record }, output)?;
        }
        Ok(())
    }

    fn write_list(
        &self,
        variant: Option<&str>,
        list: &[T],
        output: &mut Output,
    ) -> Result<(), Error> {
        match (list, variant) {
            (list, Some("concatenated")) => list
                .iter()
                .try_for_each(|record| write(&Single { record }, output)),
            ([root], _) if T::IS_ROOT => write(&Document { records: root }, output),
            (records, _) => write(&Document { records }, output),
        }
    }

    fn read_records(
        &self,
        variant: Option<&str>,
        input: Input,
        _: &ReadLimits,
        take: &mut Take<'_, T>,
    ) -> Result<(), Error> {
        if variant != Some("concatenated") {
            let list = read(input)?;
            return take(&mut Unplaced(list.into_iter().map(Ok::<_, Error>)));
        }
        let spot = Spot::new();
        take(&mut Documents {
            input: Watched::new(input, &spot),
            bytes: Vec::new(),
            spot: &spot,
            record: PhantomData,
        })
    }

    fn read_list(&self, variant: Option<&str>, input: Input) -> Result<Loaded<T>, Error> {
        match variant {
            Some("concatenated") => gather_list(self, variant, input),
            _ => Ok(Loaded::List(read(input)?)),
        }
    }
}

fn write<D: Serialize>(document: &D, output: &mut Output) -> Result<(), Error> {
    Ok(output.write_all(&serialize_to_vec(document)?)?)
}

fn read<T: Fixed>(input: Input) -> Result<Vec<T>, Error> {
    let bytes = whole::read(input)?;
    Ok(match T::IS_ROOT {
        true => vec![deserialize_from_slice::<Document<T>>(&bytes)?.records],
        false => deserialize_from_slice::<Document<Vec<T>>>(&bytes)?.records,
    })
}

/// A document for each record, which begins with its length.
struct Documents<'s, T> {
    input: Watched<'s>,
    bytes: Vec<u8>,
    spot: &'s Spot,
    record: PhantomData<T>,
}

impl<T: Fixed> Documents<'_, T> {
    /// Nothing is allocated on a length's word.
    fn read(&mut self) -> Result<T, Error> {
        let mut length = [0; 4];
        let read = self.input.read_exact(&mut length);
        read.map_err(|error| self.spot.fault(&error))?;
        self.bytes.clear();
        self.bytes.extend_from_slice(&length);
        let rest = u64::from(u32::from_le_bytes(length)).saturating_sub(4);
        let read = (&mut self.input).take(rest).read_to_end(&mut self.bytes);
        read.map_err(|error| self.spot.fault(&error))?;
        let document = deserialize_from_slice::<Single<T>>(&self.bytes);
        Ok(document.map_err(|error| self.spot.fault(&error))?.record)
    }
}

impl<T: Fixed> Iterator for Documents<'_, T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Result<T, Error>> {
        match self.input.fill_buf() {
            Ok([]) => None,
            Ok(_) => Some(self.read()),
            Err(error) => Some(Err(self.spot.fault(&error))),
        }
    }
}

impl<T: Fixed> Records<T> for Documents<'_, T> {
    fn bytes_read(&self) -> Option<u64> {
        Some(self.spot.position())
    }
}
