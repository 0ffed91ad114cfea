//! Tables of pandas, as pandas 1.1 to 3 write them.
//!
//! - `frame` a `DataFrame` or `Series`, and its rows
//! - `manager` the blocks that hold its columns, and where they lie
//! - `column` the cells of one column
//! - `index` what the rows and the columns are called
//! - `values` the arrays that blocks and indexes are made of
//! - `arrow` strings as Arrow lays them down
//! - `timestamp` single instants, durations and missing values

mod arrow;
mod column;
mod frame;
mod index;
mod manager;
mod timestamp;
mod values;

pub use column::Column;
pub use frame::{Frame, Rows};
pub(super) use frame::{data_frame, series};
pub use manager::Refused;
pub(super) use timestamp::{not_a_time, not_available, timedelta, timestamp};
