//! Sizes, counts, times and tables as people type and read them.
//!
//! In data and code a size is bytes and a time is seconds. This crate turns
//! them into text and back. The parsers have the shape that clap expects of a
//! `value_parser`, and their errors say what would have been accepted.
//!
//! ```
//! assert_eq!(plainfigures::parse_bytes("64MiB"), Ok(67_108_864));
//! assert_eq!(plainfigures::parse_count("1e6"), Ok(1_000_000));
//! assert_eq!(plainfigures::format_bytes(359_713_943), "343.0 MiB");
//! assert_eq!(plainfigures::format_ratio(64.2), "64×");
//! ```
//!
//! - Figures as text: [`format_bytes`], [`format_seconds`], [`format_ratio`],
//!   [`thousands`]; [`Unit`] where a whole column has one.
//! - Text as figures: [`parse_bytes`], [`parse_count`].
//! - Columns that line up: [`Table`].
//! - Names from anywhere, fit for a terminal: [`visible`], [`shorten`],
//!   [`width`].
//! - What a mistyped name may have meant: [`suggest`].

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod display;
mod parse;
mod suggest;
mod table;
mod text;

pub use display::{
    ABSENT, Unit, format_bytes, format_ratio, format_records_per_second, format_seconds,
    format_signed_bytes, seconds_number, thousands,
};
pub use parse::{ParseError, parse_bytes, parse_count};
pub use suggest::suggest;
pub use table::{Align, Table};
pub use text::{shorten, visible, visible_char, visible_lines, width};

/// Bytes in a KiB.
pub const KIB: u64 = 1 << 10;
/// Bytes in a MiB.
pub const MIB: u64 = 1 << 20;
/// Bytes in a GiB.
pub const GIB: u64 = 1 << 30;
