//! How much memory does it take to write and to read your records?

pub mod cli;
pub mod dataset;
pub mod formats;
pub mod literal;
pub mod meter;
pub mod pickle;
pub mod report;
pub mod results;
pub mod suite;
pub mod units;
pub mod value;
