//! `arrow-ipc`: Arrow's columns as they lie in memory, through the crates arrow-ipc and
//! serde_arrow.
//!
//! Records are written in batches. Those of 8,192 rows come one after another, as a
//! stream (`stream`), or between a magic number and a table of contents (`file`, which
//! others call Feather), which can be mapped: its columns are used where they lie. One
//! batch of all records (`one-batch`) is what a program writes that has the whole table.
//!
//! - `messages.rs`: a stream's messages; `message.rs`: one of them, checked; `file.rs`:
//!   what is around them in a file.

mod file;
mod message;
mod messages;

use std::io::Write;

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::writer::{FileWriter, StreamWriter};
use arrow_schema::Schema;
use bytes::Bytes;
use picklestream::value::Value;

use crate::dataset::{Fixed, Object, RecordKind, Shape};
use crate::results::Operation;

use super::MIXED;
use super::batches::Batches;
use super::cells::{self, by_columns};
use super::layout::{BATCH_ROWS, Layout};
use super::own::{self, NOT_TOLD};
use super::rows::{self, Rows};
use crate::formats::about::{About, NOTHING, SELF_DESCRIBING};
use crate::formats::refusing::refuses;
use crate::formats::watched::{Spot, Watched};
use crate::formats::{
    Certainty, Codec, Error, Format, Given, Input, MappedFile, Output, ReadLimits,
    Rows as TableRows, Support, Table, Take, whole,
};
use message::CONTINUATION;
use messages::Messages;

/// Arrow's own format.
#[derive(Debug, Clone, Copy)]
pub(in crate::formats) struct ArrowIpc;

impl Format for ArrowIpc {
    fn name(&self) -> &'static str {
        "arrow-ipc"
    }

    fn title(&self) -> &'static str {
        "Arrow IPC"
    }

    fn about(&self) -> About {
        About {
            library: "arrow-ipc",
            calls: "ArrayBuilder::push, StreamWriter or FileWriter::write / \
                    read_record_batch; FileDecoder::read_record_batch when mapped",
            holds: "a batch: 8,192 rows, or all",
            schema: SELF_DESCRIBING,
            strings: "copies; in place when mapped",
            loses: NOTHING,
        }
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["arrow", "arrows", "feather"]
    }

    fn support(&self, operation: Operation, kind: RecordKind) -> Support {
        match (kind, operation) {
            (RecordKind::Built(Shape::Objects), _) => Support::No(MIXED),
            (RecordKind::Any, Operation::StreamWrite) => Support::No(NOT_TOLD),
            (_, Operation::MapRead) => match self.support_of_borrowing(kind) {
                Support::No(why) => Support::No(why),
                Support::Plain | Support::Variants(_) => Support::Variants(&["file"]),
            },
            (_, Operation::StreamWrite) => Support::Variants(&["stream", "file"]),
            _ => Support::Variants(&["stream", "file", "one-batch"]),
        }
    }

    fn is_usual(&self, _: Operation, _: Option<&str>) -> bool {
        false
    }

    fn files(&self) -> Vec<Option<&'static str>> {
        vec![Some("stream"), Some("file"), Some("one-batch")]
    }

    fn keeps_tuples(&self) -> bool {
        false
    }

    fn table(&self) -> Option<&dyn Table> {
        Some(self)
    }

    fn recognise(&self, prefix: &[u8]) -> Certainty {
        match prefix.starts_with(file::MAGIC) || prefix.starts_with(&CONTINUATION) {
            true => Certainty::SURE,
            false => Certainty::NONE,
        }
    }
}

refuses!(ArrowIpc: Object);

impl<T: Fixed> Codec<T> for ArrowIpc {
    fn write_records(
        &self,
        variant: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        let batches = Batches::new()?;
        let mut writer = Writer::new(variant, output, batches.schema())?;
        let batch_rows = (variant != Some("one-batch")).then_some(BATCH_ROWS);
        batches.write_all(records, batch_rows, |batch| writer.write(batch))?;
        writer.finish()
    }

    fn read_records(
        &self,
        _: Option<&str>,
        input: Input,
        _: &ReadLimits,
        take: &mut Take<'_, T>,
    ) -> Result<(), Error> {
        let spot = Spot::new();
        let length = input.get_ref().length();
        let messages = Messages::read(Watched::new(input, &spot), length, &spot)?;
        take(&mut Rows::new(messages, rows::by_type::<T>()?))
    }

    fn map_read(&self, _: Option<&str>, file: &MappedFile) -> Result<u64, Error> {
        let is_item = Layout::of::<T>()?.is_item;
        let bytes = Buffer::from(Bytes::from_owner(file.clone()));
        let mut seen = 0;
        file::for_each_batch(&bytes, |batch| {
            seen += rows::use_borrowed::<T>(batch, is_item)?;
            Ok(())
        })?;
        Ok(seen)
    }
}

impl Codec<Value> for ArrowIpc {
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
        let length = input.get_ref().length();
        let messages = Messages::read(Watched::new(input, &spot), length, &spot)?;
        let read = by_columns(messages.schema()).map_err(|error| spot.fault(&error))?;
        take(&mut Rows::new(messages, read))
    }
}

impl Table for ArrowIpc {
    fn write_rows(
        &self,
        variant: Option<&str>,
        rows: &mut TableRows<'_, '_>,
        output: &mut Output,
    ) -> Result<(), Error> {
        let columns = cells::columns(rows.schema());
        let mut writer = Writer::new(variant, output, &columns)?;
        cells::write_all(rows, &columns, |batch| writer.write(batch))?;
        writer.finish()
    }
}

/// Writes batches.
enum Writer<W: Write> {
    Stream(StreamWriter<W>),
    File(FileWriter<W>),
}

impl<W: Write> Writer<W> {
    fn new(variant: Option<&str>, output: W, schema: &Schema) -> Result<Writer<W>, Error> {
        Ok(match variant {
            Some("file") => Writer::File(FileWriter::try_new(output, schema)?),
            _ => Writer::Stream(StreamWriter::try_new(output, schema)?),
        })
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        match self {
            Writer::Stream(writer) => writer.write(batch)?,
            Writer::File(writer) => writer.write(batch)?,
        }
        Ok(())
    }

    fn finish(self) -> Result<(), Error> {
        match self {
            Writer::Stream(mut writer) => writer.finish()?,
            Writer::File(mut writer) => writer.finish()?,
        }
        Ok(())
    }
}
