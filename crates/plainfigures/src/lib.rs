//! Sizes, counts, times and ratios: as people type them and as people read them.
//!
//! In data and code a size is bytes and a time is seconds. This file is where
//! they turn into text and back. The parsers have the shape that clap expects
//! of a `value_parser`, and their errors say what would have been accepted.
//!
//! ```
//! use plainfigures as units;
//!
//! assert_eq!(units::parse_bytes("64MiB"), Ok(67_108_864));
//! assert_eq!(units::parse_count("1e6"), Ok(1_000_000));
//! assert_eq!(units::format_bytes(359_713_943), "343.0 MiB");
//! assert_eq!(units::format_ratio(64.2), "64×");
//! ```

mod display;
mod parse;
mod table;

pub use display::{
    ABSENT, Unit, format_bytes, format_ratio, format_records_per_second, format_seconds,
    format_signed_bytes, seconds_number, thousands,
};
pub use parse::{ParseError, parse_bytes, parse_count};
pub use table::align;

/// Bytes in a KiB.
pub const KIB: u64 = 1 << 10;
/// Bytes in a MiB.
pub const MIB: u64 = 1 << 20;
/// Bytes in a GiB.
pub const GIB: u64 = 1 << 30;
