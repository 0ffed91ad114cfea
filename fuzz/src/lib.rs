//! What is done with any bytes: one function for each kind of input, a file each.
//! `tests/mutated.rs` gives them changed seeds, `fuzz_targets/` what libFuzzer makes.
//!
//! Each returns what came of the bytes, in a few words; it panics where something is
//! wrong with us, and never because something is wrong with them.

mod convert;
mod literal;
mod pickle;
mod run_json;
mod scratch;

pub use convert::convert;
pub use literal::literal;
pub use pickle::pickle;
pub use run_json::run_json;

/// Does something with any bytes, and says what came of it.
pub type Target = fn(&[u8]) -> String;

/// All of them, by the names of their files and of the folders of their seeds.
pub const TARGETS: [(&str, Target); 4] = [
    ("convert", convert),
    ("literal", literal),
    ("pickle", pickle),
    ("run_json", run_json),
];
