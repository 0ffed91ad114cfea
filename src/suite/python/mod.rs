//! The same records in Python, through the serializers that people use there.
//!
//! - `serializers/`: the table of serializers, in Python: a row for each call.
//! - `tasks.rs`: what that script is told and answers.
//! - `table.rs`: the cases that a Python has.
//! - `bench.rs`: measures them, one process for each run of one.
//!
//! A Python process has no heap that can be counted exactly: what is measured is
//! its resident set, and what `tracemalloc` sees in a run of its own.

mod bench;
mod table;
mod tasks;

pub(super) use bench::PythonBench;
pub use table::{PythonTable, python_cases};
