//! Records out of batches of columns, through serde_arrow.
//!
//! A batch is read a few rows at a time: what reads its rows borrows it, and cannot be
//! kept beside it from one record to the next.

use std::collections::VecDeque;
#[cfg(feature = "arrow-ipc")]
use std::hint::black_box;

use arrow_array::RecordBatch;
use serde::Deserialize;
use serde_arrow::Deserializer;
use serde_arrow::deserializer::DeserializerItem;
use serde_arrow::utils::Item;

use crate::dataset::Record;
use crate::formats::{Error, Records};

use super::layout::Layout;

/// So many rows are read at a time.
const CHUNK_ROWS: usize = 64;

/// The batches of a file, one after the other.
pub(super) trait BatchSource: Iterator<Item = Result<RecordBatch, Error>> {
    /// Bytes of the file that the batches so far took.
    fn bytes_read(&self) -> u64;
}

/// Makes a record of a row.
pub(super) type ReadRow<T> = fn(DeserializerItem<'_, '_>) -> Result<T, serde_arrow::Error>;

/// What makes records of a type whose fields are the columns, or which is the only one.
///
/// # Errors
///
/// If the type does not tell its columns.
pub(super) fn by_type<T: Record>() -> Result<ReadRow<T>, Error> {
    Ok(match Layout::of::<T>()?.is_item {
        true => |row| Ok(Item::deserialize(row)?.0),
        false => |row| T::deserialize(row),
    })
}

/// The records of batches, one after another.
pub(super) struct Rows<B, T> {
    batches: B,
    read: ReadRow<T>,
    /// The batch that is being read, and how many of its rows were.
    batch: Option<(RecordBatch, usize)>,
    /// Where the batch begins in the file.
    start: u64,
    ready: VecDeque<T>,
    failed: Option<Error>,
    has_ended: bool,
}

impl<B: BatchSource, T> Rows<B, T> {
    /// Each made by `read`.
    pub(super) fn new(batches: B, read: ReadRow<T>) -> Rows<B, T> {
        Rows {
            start: batches.bytes_read(),
            batches,
            read,
            batch: None,
            ready: VecDeque::with_capacity(CHUNK_ROWS),
            failed: None,
            has_ended: false,
        }
    }

    /// Reads some rows more; there are none if that was all.
    fn read_some(&mut self) -> Result<(), Error> {
        while self.ready.is_empty() {
            let Some((batch, done)) = &mut self.batch else {
                self.start = self.batches.bytes_read();
                match self.batches.next().transpose()? {
                    Some(batch) => self.batch = Some((batch, 0)),
                    None => {
                        self.has_ended = true;
                        return Ok(());
                    }
                }
                continue;
            };
            let rows = CHUNK_ROWS.min(batch.num_rows() - *done);
            let some = batch.slice(*done, rows);
            *done += rows;
            if *done == batch.num_rows() {
                // Before the next one is there.
                self.batch = None;
            }
            for row in &Deserializer::from_record_batch(&some)? {
                self.ready.push_back((self.read)(row)?);
            }
        }
        Ok(())
    }
}

impl<B: BatchSource, T> Iterator for Rows<B, T> {
    type Item = Result<T, Error>;

    #[inline]
    fn next(&mut self) -> Option<Result<T, Error>> {
        if self.ready.is_empty() && !self.has_ended {
            // What was read before an error comes first.
            self.failed = self.read_some().err();
            self.has_ended |= self.failed.is_some();
        }
        match self.ready.pop_front() {
            Some(record) => Some(Ok(record)),
            None => self.failed.take().map(Err),
        }
    }
}

impl<B: BatchSource, T> Records<T> for Rows<B, T> {
    /// Of a batch that is being read, as large a part as was read of its rows.
    fn bytes_read(&self) -> Option<u64> {
        let end = self.batches.bytes_read();
        let Some((batch, done)) = &self.batch else {
            return Some(end);
        };
        let part = (*done - self.ready.len()) as u128;
        let bytes = u128::from(end - self.start) * part / batch.num_rows().max(1) as u128;
        Some(self.start + u64::try_from(bytes).unwrap_or(0))
    }
}

/// Uses each row of a batch, borrowed from it; gives how many there were. `is_item`
/// is that of the [`Layout`].
///
/// # Errors
///
/// If it holds no such records.
#[cfg(feature = "arrow-ipc")]
pub(super) fn use_borrowed<T: Record>(batch: &RecordBatch, is_item: bool) -> Result<u64, Error> {
    let rows = Deserializer::from_record_batch(batch)?;
    for row in &rows {
        match is_item {
            true => drop(black_box(Item::<T::Borrowed<'_>>::deserialize(row)?)),
            false => drop(black_box(T::Borrowed::deserialize(row)?)),
        }
    }
    Ok(rows.len() as u64)
}
