//! Records on their way into batches of columns, through serde_arrow.

use std::marker::PhantomData;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{Field, Schema, SchemaRef};
use serde_arrow::ArrayBuilder;
use serde_arrow::marrow::error::MarrowError;
use serde_arrow::utils::Item;

use crate::dataset::Record;
use crate::formats::{Error, Given};

use super::layout::{Layout, metadata};

/// Makes batches of records.
pub(super) struct Batches<T> {
    builder: ArrayBuilder,
    schema: SchemaRef,
    is_item: bool,
    record: PhantomData<fn(T)>,
}

impl<T: Record> Batches<T> {
    /// Of the columns that the type tells.
    ///
    /// # Errors
    ///
    /// If it tells none.
    pub(super) fn new() -> Result<Batches<T>, Error> {
        let layout = Layout::of::<T>()?;
        let fields: Result<Vec<Field>, MarrowError> =
            layout.columns.iter().map(Field::try_from).collect();
        let fields: Vec<_> = fields?.into_iter().map(Arc::new).collect();
        Ok(Batches {
            builder: ArrayBuilder::from_arrow(&fields)?,
            schema: Arc::new(Schema::new(fields).with_metadata(metadata(layout.is_item))),
            is_item: layout.is_item,
            record: PhantomData,
        })
    }

    /// The columns.
    pub(super) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Has `write` write all of the records, in batches of so many, or as one.
    ///
    /// # Errors
    ///
    /// The first of the records, that of a record that the columns cannot hold, and
    /// that of `write`.
    pub(super) fn write_all(
        mut self,
        records: &mut Given<'_, T>,
        batch_rows: Option<usize>,
        mut write: impl FnMut(&RecordBatch) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let most = batch_rows.unwrap_or(usize::MAX);
        let mut rows = 0;
        for record in records {
            let record = record?;
            match self.is_item {
                true => self.builder.push(Item(&*record))?,
                false => self.builder.push(&*record)?,
            }
            rows += 1;
            if rows == most {
                write(&self.builder.to_record_batch()?)?;
                rows = 0;
            }
        }
        if rows > 0 {
            write(&self.builder.into_record_batch()?)?;
        }
        Ok(())
    }
}
