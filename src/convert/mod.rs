//! From one file format to another, a record at a time.
//!
//! Records travel as [`Value`](picklestream::value::Value), so any shape goes through,
//! and only one is in memory at a time.
//!
//! - `detect.rs`: which format a file is in.
//! - `input.rs`: the bytes, with progress and interruption.
//! - `source.rs`: records out of any format; `from_json.rs` out of JSON.
//! - `sink.rs`: records into any format; `to_json.rs` into JSON.
//! - `output.rs`: a file that is replaced whole, or a stream.
//! - `excerpt.rs`: the place of an error, with a caret under it.

pub(crate) mod advice;
mod detect;
mod error;
pub(crate) mod excerpt;
mod from_json;
mod input;
mod output;
mod sink;
mod source;
mod to_json;

use clap::ValueEnum;

pub(crate) use detect::{by_name, detect};
pub(crate) use error::Error;
pub(crate) use input::Input;
pub(crate) use output::Output;
pub(crate) use sink::Sink;
pub(crate) use source::{ReadOptions, Source};

/// The formats that any record can be read from and written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FileFormat {
    /// Python's pickle
    Pickle,
    /// Python literals, one a line
    Text,
    /// JSON values, one a line
    JsonLines,
}
