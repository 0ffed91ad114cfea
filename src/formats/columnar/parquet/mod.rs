//! `parquet`: columns in groups of rows, through the crates parquet and serde_arrow.
//!
//! A group of rows is in memory, encoded, until it is written; what is in it comes at
//! its end, and of all groups at the end of the file. So a file is read from its end,
//! and cannot come through a pipe. Groups have 1,048,576 rows as the crate chooses
//! (`default`), or 65,536 (`row-groups-64k`), and columns of few values a dictionary,
//! or none (`no-dictionary`). Nothing is compressed.
//!
//! - `chunks.rs`: the parts of a file; `footer.rs`: what is at its end, looked through
//!   first where it comes from anybody.

mod chunks;
mod footer;

use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use parquet::file::reader::Length;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, FieldRef, SchemaRef};

use picklestream::value::Value;

use crate::dataset::{Fixed, Object, RecordKind, Shape};
use crate::results::Operation;

use super::MIXED;
use super::batches::Batches;
use super::cells::{self, by_columns};
use super::layout::BATCH_ROWS;
use super::own::{self, NOT_TOLD};
use super::rows::{self, Rows};
use crate::formats::about::{About, COPIES, NOTHING, SELF_DESCRIBING};
use crate::formats::refusing::refuses;
use crate::formats::{
    Certainty, Codec, Error, Fault, Format, Given, Input, NO_MAP, Output, ReadLimits,
    Rows as TableRows, Support, Table, Take, whole,
};
use chunks::Chunks;

/// What a file begins and ends with.
const MAGIC: &[u8] = b"PAR1";

/// Rows of a small group.
const SMALL_GROUP_ROWS: usize = 65_536;

/// A group of rows of unknown width ends when it takes so many bytes, encoded. (What is
/// measured of built-in records ends where the crate would.)
const GROUP_BYTES: usize = 64 << 20;

/// Apache Parquet.
#[derive(Debug, Clone, Copy)]
pub(in crate::formats) struct Parquet;

impl Format for Parquet {
    fn name(&self) -> &'static str {
        "parquet"
    }

    fn title(&self) -> &'static str {
        "Parquet"
    }

    fn about(&self) -> About {
        About {
            library: "parquet",
            calls: "ArrayBuilder::push, ArrowWriter::write / ParquetRecordBatchReader",
            holds: "a group of rows, encoded, when it writes; a page of each column when \
                    it reads",
            schema: SELF_DESCRIBING,
            strings: COPIES,
            loses: NOTHING,
        }
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["parquet"]
    }

    fn support(&self, operation: Operation, kind: RecordKind) -> Support {
        match (kind, operation) {
            (RecordKind::Built(Shape::Objects), _) => Support::No(MIXED),
            (RecordKind::Any, Operation::StreamWrite) => Support::No(NOT_TOLD),
            (_, Operation::MapRead) => Support::No(NO_MAP),
            _ => Support::Variants(&["default", "no-dictionary", "row-groups-64k"]),
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

refuses!(Parquet: Object);

impl<T: Fixed> Codec<T> for Parquet {
    fn write_records(
        &self,
        variant: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        let batches = Batches::new()?;
        let mut writer = writer(variant, output, batches.schema(), None)?;
        batches.write_all(records, Some(BATCH_ROWS), |batch| Ok(writer.write(batch)?))?;
        writer.close()?;
        Ok(())
    }

    fn read_records(
        &self,
        _: Option<&str>,
        input: Input,
        _: &ReadLimits,
        take: &mut Take<'_, T>,
    ) -> Result<(), Error> {
        let groups = Groups::read(open(&input)?)?;
        take(&mut Rows::new(groups, rows::by_type::<T>()?))
    }
}

impl Codec<Value> for Parquet {
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
        let file = open(&input)?;
        footer::check(&file).map_err(|error| fault(&error))?;
        let groups = Groups::read(file)?;
        // At a damaged one the crate panics.
        let is_map = |field: &&FieldRef| holds_map(field.data_type());
        if let Some(field) = groups.schema.fields().iter().find(is_map) {
            let told = format!(
                "column {:?} holds a map, which is not read here",
                field.name()
            );
            return Err(fault(&told));
        }
        let read = by_columns(&groups.schema).map_err(|error| fault(&error))?;
        take(&mut Rows::new(groups, read))
    }
}

impl Table for Parquet {
    fn write_rows(
        &self,
        variant: Option<&str>,
        rows: &mut TableRows<'_, '_>,
        output: &mut Output,
    ) -> Result<(), Error> {
        let columns = cells::columns(rows.schema());
        let mut writer = writer(variant, output, &columns, Some(GROUP_BYTES))?;
        cells::write_all(rows, &columns, |batch| Ok(writer.write(batch)?))?;
        writer.close()?;
        Ok(())
    }
}

/// A writer with the properties of a variant. A group ends at so many rows, and at
/// `group_bytes`, if that is given.
fn writer<'o>(
    variant: Option<&str>,
    output: &'o mut Output,
    schema: &SchemaRef,
    group_bytes: Option<usize>,
) -> Result<ArrowWriter<&'o mut Output>, Error> {
    let properties = WriterProperties::builder().set_max_row_group_bytes(group_bytes);
    let chosen: WriterPropertiesBuilder = match variant {
        Some("no-dictionary") => properties.set_dictionary_enabled(false),
        Some("row-groups-64k") => properties.set_max_row_group_row_count(Some(SMALL_GROUP_ROWS)),
        _ => properties,
    };
    Ok(ArrowWriter::try_new(
        output,
        SchemaRef::clone(schema),
        Some(chosen.build()),
    )?)
}

/// The file that an input is.
///
/// # Errors
///
/// If it comes through a pipe or a compression.
fn open(input: &Input) -> Result<Chunks, Error> {
    let (file, length) = input.get_ref().whole_file()?.ok_or(
        "a Parquet file is read from its end, and not through a pipe or a compression: \
         save it as a file of its own",
    )?;
    Ok(Chunks::new(file, length))
}

/// The rows of a file, in batches.
struct Groups {
    reader: ParquetRecordBatchReader,
    schema: SchemaRef,
    /// Bytes of the file, and rows in it and so far.
    length: u64,
    rows: u64,
    seen: u64,
}

impl Groups {
    /// Those of a file.
    ///
    /// # Errors
    ///
    /// If it is damaged.
    fn read(file: Chunks) -> Result<Groups, Error> {
        let length = file.len();
        let reader = ParquetRecordBatchReaderBuilder::try_new(file);
        let reader = reader.map_err(|error| fault(&error))?;
        for group in reader.metadata().row_groups() {
            check(group, length).map_err(|error| fault(&error))?;
        }
        let rows = reader.metadata().file_metadata().num_rows();
        let schema = SchemaRef::clone(reader.schema());
        Ok(Groups {
            reader: reader.build().map_err(|error| fault(&error))?,
            schema,
            length,
            rows: u64::try_from(rows).unwrap_or(0),
            seen: 0,
        })
    }
}

/// An error if a group of rows lies beyond the end of a file of so many bytes: the crate
/// would panic.
fn check(group: &RowGroupMetaData, length: u64) -> Result<(), &'static str> {
    for column in group.columns() {
        let data = column.data_page_offset();
        let start = column
            .dictionary_page_offset()
            .map_or(data, |it| it.min(data));
        let end = start.checked_add(column.compressed_size());
        let end = end.and_then(|end| u64::try_from(end).ok());
        let is_there = start >= 0 && column.compressed_size() >= 0;
        if !is_there || end.is_none_or(|end| end > length) {
            return Err("a column lies beyond the end of the file");
        }
    }
    match group.num_rows() >= 0 {
        true => Ok(()),
        false => Err("a group has less than no rows"),
    }
}

fn holds_map(data_type: &DataType) -> bool {
    match data_type {
        DataType::Map(_, _) => true,
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            holds_map(item.data_type())
        }
        DataType::Struct(fields) => fields.iter().any(|field| holds_map(field.data_type())),
        _ => false,
    }
}

/// What the crate says of a file.
fn fault(error: &dyn std::fmt::Display) -> Error {
    Box::new(Fault {
        cause: error.to_string().into(),
        offset: None,
        is_format: true,
    })
}

impl Iterator for Groups {
    type Item = Result<RecordBatch, Error>;

    fn next(&mut self) -> Option<Result<RecordBatch, Error>> {
        let batch = self.reader.next()?;
        if let Ok(batch) = &batch {
            self.seen += batch.num_rows() as u64;
        }
        Some(batch.map_err(|error| fault(&error)))
    }
}

impl rows::BatchSource for Groups {
    /// As large a part of the file as of its rows: columns lie apart.
    fn bytes_read(&self) -> u64 {
        let part = u128::from(self.length) * u128::from(self.seen) / u128::from(self.rows.max(1));
        u64::try_from(part).unwrap_or(self.length).min(self.length)
    }
}
