//! `npy`: NumPy's own file of a structured array, a row a record.
//!
//! The layout is that of `numpy.lib.format`: a magic number, a version, the
//! length of a dict, the dict, and the rows, each field in its width. So a string
//! has a width, and only records whose fields all have one are written: a text
//! column is bytes (`S20`). What NumPy writes is read in any order of bytes, with
//! fields of any number type, of text (`U`), and padding.
//!
//! - `header.rs`: the dict; `rows.rs`: a row through serde, in place; `value.rs`:
//!   Python's data as rows.

mod header;
mod rows;
mod value;

use std::hint::black_box;
use std::io::{Read, Write};

use crate::dataset::{Fixed, Object, RecordKind, Shape, TEXT_CHARS};
use crate::files::MappedFile;
use crate::results::Operation;

use super::about::{About, SELF_DESCRIBING};
use super::input::is_pickle_in_array;
use super::refusing::refuses;
use super::sequence::exact_len;
use super::watched::{Spot, Watched};
use super::{
    Certainty, Codec, Error, Format, Given, Input, Output, ReadLimits, Records, Support, Table,
    Take,
};
use header::{Dtype, Header, Item};
use rows::{Error as RowError, read_row, write_row};

/// NumPy's `.npy`.
#[derive(Debug, Clone, Copy)]
pub struct Npy;

/// The columns of a shape, or why it has none.
fn dtype(kind: RecordKind) -> Result<Dtype, &'static str> {
    match kind {
        RecordKind::Built(Shape::Tuples) => Ok(Dtype::of_fields(&[
            Item::Float(8),
            Item::Bytes(TEXT_CHARS),
            Item::Unsigned(8),
        ])),
        RecordKind::Built(Shape::Floats) => Ok(Dtype::of_one(Item::Float(8))),
        RecordKind::Built(Shape::Integers) => Ok(Dtype::of_one(Item::Signed(8))),
        RecordKind::Built(_) => Err("its columns have a width each, and these records have none"),
        RecordKind::Typed => Err("how wide its columns are, only its own dataset tells"),
        RecordKind::Any => Err("its columns have a type and a width each, which nobody has told"),
    }
}

impl Format for Npy {
    fn name(&self) -> &'static str {
        "npy"
    }

    fn title(&self) -> &'static str {
        "a NumPy array"
    }

    fn about(&self) -> About {
        About {
            library: "picklebench",
            calls: "its own",
            holds: "a row",
            schema: SELF_DESCRIBING,
            strings: "copies; in place when mapped",
            loses: "NULs at the end of bytes, which it refuses",
        }
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["npy"]
    }

    fn support(&self, _: Operation, kind: RecordKind) -> Support {
        dtype(kind).map_or_else(Support::No, |_| Support::Plain)
    }

    fn recognise(&self, prefix: &[u8]) -> Certainty {
        match prefix.starts_with(header::MAGIC) && !is_pickle_in_array(prefix) {
            true => Certainty::SURE,
            false => Certainty::NONE,
        }
    }

    fn table(&self) -> Option<&dyn Table> {
        Some(self)
    }
}

refuses!(Npy: Object);

impl<T: Fixed> Codec<T> for Npy {
    fn write_records(
        &self,
        _: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        let dtype = dtype(T::KIND)?;
        let count = exact_len(records).ok_or("its header tells how many rows there will be")?;
        output.write_all(&dtype.header(count)?)?;
        let mut row = Vec::with_capacity(dtype.row_bytes());
        let mut written = 0;
        for record in records {
            row.clear();
            write_row(&*record?, &dtype, &mut row)?;
            output.write_all(&row)?;
            written += 1;
        }
        match written == count {
            true => Ok(()),
            // The number is in the file already.
            false => Err(format!("{count} records were promised, and there are {written}").into()),
        }
    }

    fn read_records(
        &self,
        _: Option<&str>,
        input: Input,
        limits: &ReadLimits,
        take: &mut Take<'_, T>,
    ) -> Result<(), Error> {
        read_rows(
            input,
            limits,
            |_| Ok(|row: &[u8], dtype: &Dtype| read_row(row, dtype)),
            take,
        )
    }

    fn map_read(&self, _: Option<&str>, file: &MappedFile) -> Result<u64, Error> {
        let mut rest = file.bytes();
        let Header { dtype, rows } = Header::read(&mut rest)?;
        let mut seen = 0;
        for row in rest.chunks_exact(dtype.row_bytes()) {
            black_box(&read_row::<T::Borrowed<'_>>(row, &dtype)?);
            seen += 1;
        }
        match seen == rows {
            true => Ok(seen),
            false => Err(format!("{rows} rows are promised, and there are {seen}").into()),
        }
    }
}

/// Hands the rows of a file to `take` as the records that `make` makes of them, which
/// is told first what a row is.
fn read_rows<T, F: FnMut(&[u8], &Dtype) -> Result<T, RowError>>(
    input: Input,
    limits: &ReadLimits,
    make: impl FnOnce(&Dtype) -> Result<F, String>,
    take: &mut dyn FnMut(&mut dyn Records<T>) -> Result<(), Error>,
) -> Result<(), Error> {
    let spot = Spot::new();
    let mut input = Watched::new(input, &spot);
    let header = Header::read(&mut input).map_err(|error| spot.fault(&error))?;
    let Header { dtype, rows } = header;
    let most = limits.lines.line_bytes;
    if dtype.row_bytes() > most {
        let told = format!("rows of {} bytes, more than {most}", dtype.row_bytes());
        return Err(spot.fault(&told));
    }
    let make = make(&dtype).map_err(|error| spot.fault(&error))?;
    let mut rows = Rows {
        input,
        dtype,
        left: rows,
        row: Vec::new(),
        spot: &spot,
        make,
    };
    take(&mut rows)?;
    match rows.left {
        0 => rows.input.expect_end(),
        // Whoever took them has enough.
        _ => Ok(()),
    }
}

/// The rows of a file, as records.
struct Rows<'s, F> {
    input: Watched<'s>,
    dtype: Dtype,
    left: u64,
    row: Vec<u8>,
    spot: &'s Spot,
    make: F,
}

impl<F> Rows<'_, F> {
    /// Reads the next row. Nothing is allocated on the word of a width.
    fn read<T>(&mut self) -> Result<T, Error>
    where
        F: FnMut(&[u8], &Dtype) -> Result<T, RowError>,
    {
        let width = self.dtype.row_bytes();
        self.row.clear();
        let read = (&mut self.input)
            .take(width as u64)
            .read_to_end(&mut self.row);
        let read = read.map_err(|error| self.spot.fault(&error))?;
        if read < width {
            let rows = self.left + 1;
            let told = format!("it ends where {rows} more rows were promised");
            return Err(self.spot.fault(&told));
        }
        (self.make)(&self.row, &self.dtype).map_err(|error| self.spot.fault(&error))
    }
}

impl<T, F: FnMut(&[u8], &Dtype) -> Result<T, RowError>> Iterator for Rows<'_, F> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Result<T, Error>> {
        self.left = self.left.checked_sub(1)?;
        Some(self.read())
    }
}

impl<T, F: FnMut(&[u8], &Dtype) -> Result<T, RowError>> Records<T> for Rows<'_, F> {
    fn bytes_read(&self) -> Option<u64> {
        Some(self.spot.position())
    }
}
