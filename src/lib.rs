//! How much memory does it take to write and to read your records, in pickle,
//! in flat text, and in the formats you might use instead?
//!
//! The [README](https://docs.rs/crate/picklebench) is for those who measure;
//! this page is for those who use the library or change it. Data flows one way:
//!
//! | module | what it holds |
//! |---|---|
//! | [`dataset`] | the records that are measured, from a seed |
//! | [`value`] | the Python data model: what a pickle or a literal can hold |
//! | [`pickle`] | our pickle codec: any list, record by record, in constant memory |
//! | [`literal`] | Python literals as text, one record a line |
//! | [`formats`] | the ways to lay records down in a file, one file each |
//! | [`meter`] | the heap, exactly; the resident set; memory over time; line by line |
//! | [`suite`] | which cases there are, and one process for each run of one |
//! | [`tutorial`] | the tutorial's experiments, step by step, and its claims |
//! | [`results`] | `run.json` |
//! | [`compare`] | two runs beside each other, and whether the second is worse |
//! | [`report`] | the table, the page, the picture: made from results alone |
//! | [`sizeof`] | the bytes that an object takes in Python and in Rust |
//! | [`units`] | sizes, counts and times as people write and read them |
//! | [`cli`] | the command, and `cargo bench` |
//!
//! Three of them are of use in other programs: [`meter`] measures any piece of
//! code, and with its [`Profile`](peakheap::Profile) line by line; [`pickle`] and
//! [`literal`] read and write Python's data through serde.

pub mod cli;
pub mod compare;
mod convert;
pub mod dataset;
pub mod files;
pub mod formats;
pub mod job;
pub mod report;
pub mod results;
pub mod suite;
pub mod tutorial;

/// The README's example is tested as a doctest.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
