//! A column of Arrow's that is being made of cells.

use std::mem;
use std::sync::Arc;

use arrow_array::builder::{
    BinaryBuilder, BooleanBuilder, Float64Builder, Int64Builder, NullBufferBuilder, StringBuilder,
    UInt64Builder,
};
use arrow_array::{ArrayRef, ListArray, StructArray};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{DataType, Field as Column, FieldRef, Fields as Columns};

use crate::formats::Error;
use crate::schema::{Cell, Field, FieldType, Item};

/// The columns of fields.
pub(super) fn columns(fields: &[Field]) -> Columns {
    let columns = fields.iter();
    let columns = columns.map(|it| Column::new(&it.name, data_type(&it.kind), it.nullable));
    columns.collect()
}

fn data_type(kind: &FieldType) -> DataType {
    match kind {
        FieldType::Bool => DataType::Boolean,
        FieldType::Int64 => DataType::Int64,
        FieldType::UInt64 => DataType::UInt64,
        FieldType::Float64 => DataType::Float64,
        FieldType::Text => DataType::Utf8,
        FieldType::Bytes => DataType::Binary,
        FieldType::List(item) => DataType::List(Arc::new(items(item))),
        FieldType::Dict(fields) => DataType::Struct(columns(fields)),
    }
}

/// The column of all items of lists.
fn items(item: &Item) -> Column {
    Column::new_list_field(data_type(&item.kind), item.nullable)
}

/// A column that is being made.
pub(super) enum Builder {
    Bool(BooleanBuilder),
    Int64(Int64Builder),
    UInt64(UInt64Builder),
    Float64(Float64Builder),
    Text(StringBuilder),
    Bytes(BinaryBuilder),
    List(Box<Lists>),
    Dict(Box<Dicts>),
}

/// Does the same with the builder of any type.
macro_rules! each {
    ($builder:expr, $inner:ident => $do:expr) => {
        match $builder {
            Builder::Bool($inner) => $do,
            Builder::Int64($inner) => $do,
            Builder::UInt64($inner) => $do,
            Builder::Float64($inner) => $do,
            Builder::Text($inner) => $do,
            Builder::Bytes($inner) => $do,
            Builder::List($inner) => $do,
            Builder::Dict($inner) => $do,
        }
    };
}

impl Builder {
    /// One for fields of this type.
    pub(super) fn new(kind: &FieldType) -> Builder {
        match kind {
            FieldType::Bool => Builder::Bool(BooleanBuilder::new()),
            FieldType::Int64 => Builder::Int64(Int64Builder::new()),
            FieldType::UInt64 => Builder::UInt64(UInt64Builder::new()),
            FieldType::Float64 => Builder::Float64(Float64Builder::new()),
            FieldType::Text => Builder::Text(StringBuilder::new()),
            FieldType::Bytes => Builder::Bytes(BinaryBuilder::new()),
            FieldType::List(item) => Builder::List(Box::new(Lists::new(item))),
            FieldType::Dict(fields) => Builder::Dict(Box::new(Dicts::new(fields))),
        }
    }

    /// Adds a value.
    ///
    /// # Errors
    ///
    /// If it is of another type than its field, or there are more items of lists than a
    /// column holds.
    pub(super) fn append(&mut self, cell: &Cell<'_>) -> Result<(), Error> {
        match (self, cell) {
            (Builder::Bool(column), Cell::Bool(value)) => column.append_value(*value),
            (Builder::Int64(column), Cell::Int64(value)) => column.append_value(*value),
            (Builder::UInt64(column), Cell::UInt64(value)) => column.append_value(*value),
            (Builder::Float64(column), Cell::Float64(value)) => column.append_value(*value),
            (Builder::Text(column), Cell::Text(value)) => column.append_value(value),
            (Builder::Bytes(column), Cell::Bytes(value)) => column.append_value(value),
            (Builder::List(column), Cell::List(items)) => column.append_value(items)?,
            (Builder::Dict(column), Cell::Dict(values)) => column.append_value(values)?,
            (builder, Cell::Null) => each!(builder, column => column.append_null()),
            _ => return Err("a value is of another type than its field".into()),
        }
        Ok(())
    }

    /// The column, and an empty one in its place.
    ///
    /// # Errors
    ///
    /// If there is null where none may be.
    pub(super) fn finish(&mut self) -> Result<ArrayRef, Error> {
        Ok(match self {
            Builder::List(column) => Arc::new(column.finish()?),
            Builder::Dict(column) => Arc::new(column.finish()?),
            Builder::Bool(column) => Arc::new(column.finish()),
            Builder::Int64(column) => Arc::new(column.finish()),
            Builder::UInt64(column) => Arc::new(column.finish()),
            Builder::Float64(column) => Arc::new(column.finish()),
            Builder::Text(column) => Arc::new(column.finish()),
            Builder::Bytes(column) => Arc::new(column.finish()),
        })
    }
}

/// A column of lists: how many items there are up to the end of each, and all the items.
pub(super) struct Lists {
    item: FieldRef,
    items: Builder,
    count: i32,
    ends: Vec<i32>,
    nulls: NullBufferBuilder,
}

impl Lists {
    fn new(item: &Item) -> Lists {
        Lists {
            item: Arc::new(items(item)),
            items: Builder::new(&item.kind),
            count: 0,
            ends: vec![0],
            nulls: NullBufferBuilder::new(0),
        }
    }

    fn append_value(&mut self, items: &[Cell<'_>]) -> Result<(), Error> {
        let count = i32::try_from(items.len()).ok();
        let count = count.and_then(|count| self.count.checked_add(count));
        self.count = count.ok_or("a list has more items than a column of lists")?;
        for item in items {
            self.items.append(item)?;
        }
        self.ends.push(self.count);
        self.nulls.append_non_null();
        Ok(())
    }

    fn append_null(&mut self) {
        self.ends.push(self.count);
        self.nulls.append_null();
    }

    fn finish(&mut self) -> Result<ListArray, Error> {
        self.count = 0;
        let ends = mem::replace(&mut self.ends, vec![0]);
        Ok(ListArray::try_new(
            FieldRef::clone(&self.item),
            OffsetBuffer::new(ends.into()),
            self.items.finish()?,
            self.nulls.finish(),
        )?)
    }
}

/// A column of dicts, which is a column for each of their fields.
pub(super) struct Dicts {
    columns: Columns,
    builders: Vec<Builder>,
    nulls: NullBufferBuilder,
}

impl Dicts {
    fn new(fields: &[Field]) -> Dicts {
        Dicts {
            columns: columns(fields),
            builders: fields.iter().map(|it| Builder::new(&it.kind)).collect(),
            nulls: NullBufferBuilder::new(0),
        }
    }

    fn append_value(&mut self, values: &[Cell<'_>]) -> Result<(), Error> {
        for (builder, value) in self.builders.iter_mut().zip(values) {
            builder.append(value)?;
        }
        self.nulls.append_non_null();
        Ok(())
    }

    /// Its fields have a place for it, with nothing in it.
    fn append_null(&mut self) {
        for builder in &mut self.builders {
            each!(builder, column => column.append_null());
        }
        self.nulls.append_null();
    }

    fn finish(&mut self) -> Result<StructArray, Error> {
        let arrays = self.builders.iter_mut().map(Builder::finish);
        let arrays = arrays.collect::<Result<_, _>>()?;
        let columns = Columns::clone(&self.columns);
        Ok(StructArray::try_new(columns, arrays, self.nulls.finish())?)
    }
}
