//! `csv`: a row a record below a row of names, through the crate csv.
//!
//! Rows hold text, so a reader needs the types of the columns: it knows them of a
//! built-in dataset, and reads a file of which nothing is known as dicts of strs.
//! Records without names have the numbers of their columns, from 0.
//!
//! `value.rs`: Python's data as rows.

mod value;

use std::io::Write;

use csv::{Reader, ReaderBuilder, StringRecord, Writer, WriterBuilder};

use crate::dataset::{Fixed, Object, RecordKind, Shape};
use crate::results::Operation;

use super::about::{About, COPIES};
use super::refusing::refuses;
use super::watched::{Spot, Watched};
use super::{Codec, Error, Format, Given, Input, Output, ReadLimits, Records, Support, Take};

/// Rows of text.
#[derive(Debug, Clone, Copy)]
pub struct Csv;

/// The names of the columns of records that have none.
const NUMBERS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// The names of a shape's columns, or why it has none.
fn columns(shape: Shape) -> Result<&'static [&'static str], &'static str> {
    match shape {
        Shape::Tuples => Ok(&NUMBERS[..3]),
        Shape::Words => Ok(&NUMBERS),
        Shape::Floats | Shape::Integers | Shape::Strings => Ok(&NUMBERS[..1]),
        Shape::Dicts => Err("its field `tags` is a list, and a cell holds one value"),
        Shape::Objects => Err("a cell holds one value, and its records hold lists and dicts"),
        Shape::Blobs => Err("a cell holds text, which bytes are not"),
        Shape::Mapping => Err("it has rows, and a mapping has none"),
    }
}

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn title(&self) -> &'static str {
        "CSV"
    }

    fn about(&self) -> About {
        About {
            library: "csv",
            calls: "Writer::serialize / StringRecord::deserialize",
            holds: "a row, and a buffer of 8 KiB of the crate",
            schema: "the types of the columns: its cells are text",
            strings: COPIES,
            loses: "the types of its columns",
        }
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["csv"]
    }

    fn support(&self, operation: Operation, kind: RecordKind) -> Support {
        match (kind, operation) {
            (_, Operation::MapRead) => Support::No("its numbers are text, which is read"),
            (RecordKind::Any, _) => Support::Plain,
            (RecordKind::Typed, _) => {
                Support::No("which columns a type has, only its own dataset tells")
            }
            (RecordKind::Built(shape), _) => {
                columns(shape).map_or_else(Support::No, |_| Support::Plain)
            }
        }
    }

    fn is_usual(&self, operation: Operation, _: Option<&str>) -> bool {
        operation != Operation::ColumnRead
    }

    fn is_text(&self) -> bool {
        true
    }

    fn keeps_tuples(&self) -> bool {
        false
    }

    fn keeps_types(&self) -> bool {
        false
    }

    fn is_told_by_content(&self) -> bool {
        false
    }
}

refuses!(Csv: Object);

impl<T: Fixed> Codec<T> for Csv {
    fn write_records(
        &self,
        _: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        let mut rows = writer(output);
        match T::KIND {
            RecordKind::Built(shape) => rows.write_record(columns(shape)?)?,
            RecordKind::Typed | RecordKind::Any => {
                return Err("records of one shape are written as rows".into());
            }
        }
        for record in records {
            rows.serialize(&*record?)?;
        }
        Ok(rows.flush()?)
    }

    fn read_records(
        &self,
        _: Option<&str>,
        input: Input,
        _: &ReadLimits,
        take: &mut Take<'_, T>,
    ) -> Result<(), Error> {
        self.refuse(Operation::StreamRead, T::KIND)?;
        let spot = Spot::new();
        let read = |row: &StringRecord| row.deserialize(None);
        take(&mut Rows::new(input, &spot, read))
    }
}

fn writer<W: Write>(output: W) -> Writer<W> {
    WriterBuilder::new().has_headers(false).from_writer(output)
}

/// Records out of rows.
struct Rows<'s, F> {
    reader: Reader<Watched<'s>>,
    row: StringRecord,
    spot: &'s Spot,
    read: F,
}

impl<'s, F> Rows<'s, F> {
    /// `read` makes a record of a row.
    fn new(input: Input, spot: &'s Spot, read: F) -> Rows<'s, F> {
        Rows {
            reader: ReaderBuilder::new().from_reader(Watched::new(input, spot)),
            row: StringRecord::new(),
            spot,
            read,
        }
    }

    /// The same, but `read` makes the records.
    fn reading<G>(self, read: G) -> Rows<'s, G> {
        Rows {
            reader: self.reader,
            row: self.row,
            spot: self.spot,
            read,
        }
    }

    /// What the crate says, which names line and byte.
    fn fault(&self, error: &csv::Error) -> Error {
        let place = error.position().map(csv::Position::byte);
        self.spot.fault_at(place, error)
    }
}

impl<T, F> Iterator for Rows<'_, F>
where
    F: FnMut(&StringRecord) -> Result<T, csv::Error>,
{
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Result<T, Error>> {
        self.spot.begin_record();
        match self.reader.read_record(&mut self.row) {
            Ok(false) => None,
            Ok(true) => Some((self.read)(&self.row).map_err(|error| self.fault(&error))),
            Err(error) => Some(Err(self.fault(&error))),
        }
    }
}

impl<T, F> Records<T> for Rows<'_, F>
where
    F: FnMut(&StringRecord) -> Result<T, csv::Error>,
{
    fn bytes_read(&self) -> Option<u64> {
        Some(self.reader.position().byte())
    }
}
