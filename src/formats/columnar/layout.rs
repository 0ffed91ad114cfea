//! Which columns a type of records has.
//!
//! They are found from the type alone, so that a list and a stream of the same records
//! have the same: no record is looked at. A record with fields, a tuple or a struct,
//! has a column for each; any other is one column, `item`. A type that only its values
//! tell more of, such as one that holds "any JSON", has none.

use std::collections::HashMap;

use serde_arrow::marrow::datatypes::{DataType, Field};
use serde_arrow::schema::{SchemaLike, TracingOptions};
use serde_arrow::utils::Item;

use crate::dataset::Record;
use crate::formats::Error;

/// How often a type is looked at to find its fields: once for each variant of an enum.
const LOOKS: usize = 10_000;

/// So many records are a batch, where nothing else is said.
pub(super) const BATCH_ROWS: usize = 8192;

/// The key under which a file says that a row is the value of its only column.
pub(super) const ROWS: &str = "picklebench.rows";

/// What it says there.
pub(super) const VALUES: &str = "values";

/// What is said of columns beside their types: nothing, unless a row is no more than
/// the value of one.
pub(super) fn metadata(is_value: bool) -> HashMap<String, String> {
    let said = is_value.then(|| (ROWS.to_owned(), VALUES.to_owned()));
    said.into_iter().collect()
}

/// The columns of a type of records.
pub(super) struct Layout {
    pub(super) columns: Vec<Field>,
    /// Whether a record is the only column, and not made of them.
    pub(super) is_item: bool,
}

impl Layout {
    /// That of `T`.
    ///
    /// # Errors
    ///
    /// If the type does not tell its columns.
    pub(super) fn of<T: Record>() -> Result<Layout, Error> {
        let options = TracingOptions::default()
            .map_as_struct(false)
            .strings_as_large_utf8(false)
            .sequence_as_large_list(false)
            .bytes_as_large_binary(false)
            .allow_null_fields(true)
            .enums_without_data_as_strings(true)
            .from_type_budget(LOOKS);
        let mut columns = Vec::<Field>::from_type::<Item<T>>(options)
            .map_err(|error| format!("these records tell no columns: {error}"))?;
        columns.iter_mut().for_each(without_dictionary);
        match columns.pop() {
            Some(Field {
                data_type: DataType::Struct(columns),
                nullable: false,
                ..
            }) => Ok(Layout {
                columns,
                is_item: false,
            }),
            Some(item) => Ok(Layout {
                columns: vec![item],
                is_item: true,
            }),
            None => Err("these records have no columns".into()),
        }
    }
}

/// Names of variants as text: a dictionary would have to be the same in all batches.
fn without_dictionary(field: &mut Field) {
    match &mut field.data_type {
        DataType::Dictionary(_, _) => field.data_type = DataType::Utf8,
        DataType::Struct(fields) => fields.iter_mut().for_each(without_dictionary),
        DataType::List(item) | DataType::Map(item, _) => without_dictionary(item),
        _ => {}
    }
}
