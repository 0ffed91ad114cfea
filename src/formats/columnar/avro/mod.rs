//! `avro`: records one after another in blocks of about 16,000 bytes, below a schema in
//! JSON, through the crate apache-avro.
//!
//! Nothing is compressed. Avro has no integers above 2**63 - 1: those are eight bytes,
//! which the crate reads as what they are, and other programs as bytes.
//!
//! - `trace.rs`: the schema of a type of records; `schema.rs`: what is asked of the
//!   schema of a file.
//! - `row.rs`: a record of which nobody wrote the type, `unsigned.rs`: large ints in it;
//!   `cells.rs`: Python's data on its way into a file.

mod cells;
mod row;
mod schema;
mod trace;
mod unsigned;

use std::io::{self, Write};

use apache_avro::util::max_allocation_bytes;
use apache_avro::{Reader, Schema, Writer};
use picklestream::value::Value;
use serde::de::DeserializeOwned;

use crate::dataset::{Fixed, Object, RecordKind, Shape};
use crate::results::Operation;

use super::MIXED;
use super::own::{self, NOT_TOLD};
use crate::formats::about::{About, COPIES, NOTHING, SELF_DESCRIBING};
use crate::formats::refusing::refuses;
use crate::formats::watched::{Spot, Watched};
use crate::formats::{
    Certainty, Codec, Error, Format, Given, Input, NO_MAP, Output, ReadLimits, Records, Rows,
    Support, Table, Take, whole,
};
use cells::Row;
use row::{Any, OneItem};
use unsigned::Unsigned;

/// What a file begins with.
const MAGIC: &[u8] = b"Obj\x01";

/// What the crate allocates at most for a block or a value, in bytes. (It keeps the
/// first that a process says.)
const MOST_BYTES: usize = 256 << 20;

/// Stands between blocks. The crate would draw another for each file.
const MARKER: [u8; 16] = *b"picklebench avro";

/// Apache Avro.
#[derive(Debug, Clone, Copy)]
pub(in crate::formats) struct Avro;

impl Format for Avro {
    fn name(&self) -> &'static str {
        "avro"
    }

    fn title(&self) -> &'static str {
        "Avro"
    }

    fn about(&self) -> About {
        About {
            library: "apache-avro",
            calls: "Writer::extend_ser or append_ser / Reader::into_deser_iter",
            holds: "a block of about 16,000 bytes",
            schema: SELF_DESCRIBING,
            strings: COPIES,
            loses: NOTHING,
        }
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["avro"]
    }

    fn support(&self, operation: Operation, kind: RecordKind) -> Support {
        match (kind, operation) {
            (RecordKind::Built(Shape::Objects), _) => Support::No(MIXED),
            (RecordKind::Any, Operation::StreamWrite) => Support::No(NOT_TOLD),
            (_, Operation::MapRead) => Support::No(NO_MAP),
            (_, Operation::Write) => Support::Variants(&["extend-ser", "append-ser"]),
            _ => Support::Plain,
        }
    }

    fn is_usual(&self, _: Operation, _: Option<&str>) -> bool {
        false
    }

    fn keeps_tuples(&self) -> bool {
        false
    }

    fn table(&self) -> Option<&dyn Table> {
        Some(self)
    }

    fn recognise(&self, prefix: &[u8]) -> Certainty {
        match prefix.starts_with(MAGIC) {
            true => Certainty::SURE,
            false => Certainty::NONE,
        }
    }
}

refuses!(Avro: Object);

impl<T: Fixed> Codec<T> for Avro {
    fn write_records(
        &self,
        _: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        let schema = of_type::<T>()?;
        let mut writer = writer(&schema, output)?;
        for record in records {
            writer.append_ser(&*record?)?;
        }
        writer.flush()?;
        Ok(())
    }

    fn write_list(
        &self,
        variant: Option<&str>,
        list: &[T],
        output: &mut Output,
    ) -> Result<(), Error> {
        let schema = of_type::<T>()?;
        let mut writer = writer(&schema, output)?;
        match variant {
            Some("append-ser") => {
                for record in list {
                    writer.append_ser(record)?;
                }
            }
            _ => {
                writer.extend_ser(list)?;
            }
        }
        writer.flush()?;
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
        let reader = open(input, &spot)?;
        take(&mut records(reader, &spot, |record: T| record))
    }
}

impl Codec<Value> for Avro {
    fn write_records(
        &self,
        variant: Option<&str>,
        records: &mut Given<'_, Value>,
        output: &mut Output,
    ) -> Result<(), Error> {
        own::write_list(self, variant, &whole::collect(records)?, output)
    }

    fn write_list(
        &self,
        variant: Option<&str>,
        list: &[Value],
        output: &mut Output,
    ) -> Result<(), Error> {
        own::write_list(self, variant, list, output)
    }

    fn read_records(
        &self,
        _: Option<&str>,
        input: Input,
        _: &ReadLimits,
        take: &mut Take<'_, Value>,
    ) -> Result<(), Error> {
        let spot = Spot::new();
        let reader = open(input, &spot)?;
        let unsigned = Unsigned::of(reader.writer_schema());
        if schema::is_one_tuple(reader.writer_schema()) {
            let read = |OneItem(value)| unsigned.read(value);
            return take(&mut records(reader, &spot, read));
        }
        take(&mut records(reader, &spot, |Any(value)| {
            unsigned.read(value)
        }))
    }
}

impl Table for Avro {
    fn write_rows(
        &self,
        _: Option<&str>,
        rows: &mut Rows<'_, '_>,
        output: &mut Output,
    ) -> Result<(), Error> {
        let schema = cells::schema(rows.schema())?;
        let mut writer = writer(&schema, output)?;
        let mut row = Row::new(rows.schema());
        while rows.next_row(&mut |at, cell| {
            row.set(at, cell);
            Ok(())
        })? {
            writer.append_ser(&row)?;
        }
        writer.flush()?;
        Ok(())
    }
}

/// The schema of a type of records.
fn of_type<T: Fixed>() -> Result<Schema, Error> {
    let json = trace::schema::<T>();
    let json = json.map_err(|error| format!("these records tell no schema: {error}"))?;
    Ok(Schema::parse(&json)?)
}

fn writer<'s, 'o>(
    schema: &'s Schema,
    output: &'o mut Output,
) -> Result<Writer<'s, Unflushed<'o>>, Error> {
    let output = Unflushed(output);
    Ok(Writer::builder()
        .schema(schema)
        .writer(output)
        .marker(MARKER)
        .build()?)
}

/// An output that is not flushed after each block of the crate's.
struct Unflushed<'o>(&'o mut Output);

impl Write for Unflushed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads the beginning of a file.
fn open<'s>(input: Input, spot: &'s Spot) -> Result<Reader<'s, Watched<'s>>, Error> {
    max_allocation_bytes(MOST_BYTES);
    let reader = Reader::new(Watched::new(input, spot)).map_err(|error| spot.fault(&error))?;
    schema::check(reader.writer_schema()).map_err(|error| spot.fault(&error))?;
    Ok(reader)
}

/// The records of a file, one after the other.
fn records<'s, R: DeserializeOwned + 's, T: 's>(
    reader: Reader<'s, Watched<'s>>,
    spot: &'s Spot,
    mut make: impl FnMut(R) -> T + 's,
) -> Blocks<'s, impl Iterator<Item = Result<T, Error>> + 's> {
    let read = reader.into_deser_iter::<R>();
    Blocks {
        records: read.map(move |record| match record {
            Ok(record) => Ok(make(record)),
            Err(error) => Err(spot.fault(&error)),
        }),
        spot,
    }
}

/// Records that come in blocks.
struct Blocks<'s, I> {
    records: I,
    spot: &'s Spot,
}

impl<T, I: Iterator<Item = Result<T, Error>>> Iterator for Blocks<'_, I> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Result<T, Error>> {
        self.records.next()
    }
}

impl<T, I: Iterator<Item = Result<T, Error>>> Records<T> for Blocks<'_, I> {
    fn bytes_read(&self) -> Option<u64> {
        Some(self.spot.position())
    }
}
