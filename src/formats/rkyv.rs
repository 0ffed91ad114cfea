//! `rkyv`: records that are used where they lie, through the crate rkyv.
//!
//! The list lies at the end of a file, so all bytes are read before the first
//! record comes out, unless the file is mapped: then its bytes are checked, and
//! records used in place. Types that it has no traits for take its derive, which
//! is unsafe code.

use std::hint::black_box;

use picklestream::value::Value;
use rkyv::api::high::{HighDeserializer, HighSerializer, HighValidator, to_bytes_in};
use rkyv::bytecheck::CheckBytes;
use rkyv::rancor::{Error as Fault, Fallible};
use rkyv::ser::allocator::ArenaHandle;
use rkyv::ser::writer::IoWriter;
use rkyv::ser::{Allocator, Writer};
use rkyv::util::AlignedVec;
use rkyv::vec::{ArchivedVec, VecResolver};
use rkyv::{Archive, Deserialize, Place, Serialize, access, from_bytes};

use crate::dataset::{Blob, DictRecord, Fixed, Mapping, Object, RecordKind, Shape};
use crate::files::MappedFile;
use crate::results::Operation;

use super::about::{About, NOTHING, TYPES};
use super::refusing::refuses;
use super::{
    Codec, Error, Format, Given, Input, Loaded, Output, ReadLimits, Support, Take, Unplaced, whole,
};

/// The crate rkyv.
#[derive(Debug, Clone, Copy)]
pub struct Rkyv;

impl Format for Rkyv {
    fn name(&self) -> &'static str {
        "rkyv"
    }

    fn about(&self) -> About {
        About {
            library: "rkyv",
            calls: "to_bytes_in / from_bytes; access, checked, when mapped",
            holds: "all of the file, when it reads; 4 MiB for writing, which it keeps",
            schema: TYPES,
            strings: "copies; in place when mapped",
            loses: NOTHING,
        }
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["rkyv"]
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
            (_, Operation::Write | Operation::Read | Operation::MapRead) => Support::Plain,
            (_, Operation::StreamWrite) => {
                Support::No("what a list points to lies before it, and the list at the end")
            }
            _ => Support::No("its list lies at the end of a file, which is read whole"),
        }
    }

    fn is_usual(&self, _: Operation, _: Option<&str>) -> bool {
        false
    }
}

refuses!(Rkyv: Object, Value, DictRecord, Blob, Mapping);

/// A list that is written from where it is.
struct List<'l, T>(&'l [T]);

impl<T: Archive> Archive for List<'_, T> {
    type Archived = ArchivedVec<T::Archived>;
    type Resolver = VecResolver;

    fn resolve(&self, resolver: VecResolver, out: Place<Self::Archived>) {
        ArchivedVec::resolve_from_slice(self.0, resolver, out);
    }
}

impl<T, S> Serialize<S> for List<'_, T>
where
    T: Serialize<S>,
    S: Fallible + Allocator + Writer + ?Sized,
{
    fn serialize(&self, serializer: &mut S) -> Result<VecResolver, S::Error> {
        ArchivedVec::serialize_from_slice(self.0, serializer)
    }
}

impl<T> Codec<T> for Rkyv
where
    T: Fixed + Archive,
    T: for<'a, 'o> Serialize<HighSerializer<IoWriter<&'o mut Output>, ArenaHandle<'a>, Fault>>,
    T::Archived: for<'a> CheckBytes<HighValidator<'a, Fault>>,
    T::Archived: Deserialize<T, HighDeserializer<Fault>>,
{
    /// For files that are made to be read: of all records, in memory.
    fn write_records(
        &self,
        variant: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        self.write_list(variant, &whole::collect(records)?, output)
    }

    fn write_list(&self, _: Option<&str>, list: &[T], output: &mut Output) -> Result<(), Error> {
        to_bytes_in::<_, Fault>(&List(list), IoWriter::new(output))?;
        Ok(())
    }

    fn read_records(
        &self,
        _: Option<&str>,
        input: Input,
        _: &ReadLimits,
        take: &mut Take<'_, T>,
    ) -> Result<(), Error> {
        take(&mut Unplaced(read(input)?.into_iter().map(Ok::<_, Error>)))
    }

    fn read_list(&self, _: Option<&str>, input: Input) -> Result<Loaded<T>, Error> {
        Ok(Loaded::List(read(input)?))
    }

    fn map_read(&self, _: Option<&str>, file: &MappedFile) -> Result<u64, Error> {
        let list = access::<ArchivedVec<T::Archived>, Fault>(file.bytes())?;
        list.iter().for_each(|record| {
            black_box(record);
        });
        Ok(list.len() as u64)
    }
}

fn read<T>(mut input: Input) -> Result<Vec<T>, Error>
where
    T: Archive,
    T::Archived: for<'a> CheckBytes<HighValidator<'a, Fault>>,
    T::Archived: Deserialize<T, HighDeserializer<Fault>>,
{
    let length = usize::try_from(input.get_ref().length().unwrap_or(0))?;
    let mut bytes = AlignedVec::<16>::with_capacity(length);
    bytes.extend_from_reader(&mut input)?;
    Ok(from_bytes::<Vec<T>, Fault>(&bytes)?)
}
