//! Tables, and what other programs exchange: formats whose files hold a schema, and
//! records of one shape below it. Each is a feature of its own.
//!
//! - `layout.rs`: which of Arrow's columns a type of records has, found from the type.
//! - `cells.rs`: Python's data as rows, `builder.rs`: as columns; `own.rs`: a list of it,
//!   whose fields are found first.
//! - `batches.rs`: records on their way into batches of columns; `rows.rs`: out of
//!   them again.
//! - `arrow_ipc/`, `parquet/`, `avro/`: a format each.

#[cfg(feature = "arrow-ipc")]
mod arrow_ipc;
#[cfg(feature = "avro")]
mod avro;
#[cfg(any(feature = "arrow-ipc", feature = "parquet"))]
mod batches;
#[cfg(any(feature = "arrow-ipc", feature = "parquet"))]
mod builder;
#[cfg(any(feature = "arrow-ipc", feature = "parquet"))]
mod cells;
#[cfg(any(feature = "arrow-ipc", feature = "parquet"))]
mod layout;
mod own;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(any(feature = "arrow-ipc", feature = "parquet"))]
mod rows;

#[cfg(feature = "arrow-ipc")]
pub(super) use arrow_ipc::ArrowIpc;
#[cfg(feature = "avro")]
pub(super) use avro::Avro;
#[cfg(feature = "parquet")]
pub(super) use parquet::Parquet;

/// What these formats say of records of several types.
const MIXED: &str = "a column holds one type, and these records hold values of several";
