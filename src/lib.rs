//! How much memory does it take to write and to read your records, in pickle,
//! in flat text, and in the formats you might use instead?
//!
//! The [README](https://docs.rs/crate/picklebench) is for those who measure;
//! this page is for those who use the library or change it. Data flows one way:
//!
//! | module | what it holds |
//! |---|---|
//! | [`dataset`] | the records that are measured, from a seed |
//! | [`schema`] | the fields that the records of a table have in common |
//! | [`formats`] | the ways to lay records down in a file, one file each, and their registry |
//! | [`suite`] | which cases there are, and one process for each run of one |
//! | [`tutorial`] | the tutorial's experiments, in Rust and in Python, and its claims |
//! | [`job`] | a child process: its limit, its signals, its answer |
//! | [`files`] | a file whole or not at all; outputs of every kind |
//! | [`results`] | `run.json` |
//! | [`compare`] | two runs beside each other, and whether the second is worse |
//! | [`report`] | the table, the page, the picture: made from results alone |
//! | [`cli`] | the command, and `cargo bench` |
//!
//! What is of use in other programs stands alone: [`peakheap`] measures the heap
//! of any piece of code, [`picklestream`] reads and writes Python's data through
//! serde, [`pysizeof`] tells what Python objects take.

pub mod cli;
pub mod compare;
mod convert;
pub mod dataset;
pub mod files;
mod folder;
pub mod formats;
pub mod job;
pub mod python;
pub mod report;
pub mod results;
pub mod schema;
pub mod suite;
pub mod tutorial;

pub use cli::Bench;
#[doc(hidden)]
pub use convert::convert_file;

/// The examples of the documents are tested as doctests.
#[cfg(doctest)]
#[doc = include_str!("../docs/your-own-benches.md")]
struct YourOwnBenches;

/// The README's example is tested as a doctest.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
