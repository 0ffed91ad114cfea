//! The ways to lay records down in a file: one file here for each, and one
//! registry for all that is done with them. What is in [`Formats`] is measured,
//! generated, converted, recognised, completed and reported.
//!
//! To add one, write a file with a unit struct that implements [`Format`] (what
//! it is) and [`Codec`] (how records get in and out), and add a line to the
//! registry. `CONTRIBUTING.md` has an example.
//!
//! - `format.rs`: the two traits, and what a format says of an operation;
//!   `choice.rs`: what users may choose of a format.
//! - `table.rs`: formats that are told the fields of records beforehand.
//! - `refusing.rs`: formats without some types of records.
//! - `about.rs`: whose code a format is, and what its files keep.
//! - `registry.rs`: which formats there are; `absent.rs`: which in other builds;
//!   `compiled.rs`: for which types of records. `packed.rs`: formats within a compression.
//! - `recognise.rs`: which of them a file is in; `certainty.rs`: how sure a
//!   format is of that.
//! - `records.rs`: records on their way out of a file, and into a tight list.
//! - `sequence.rs`: lists as serde writes and reads them.
//! - `fault.rs`: what is wrong with a file, and where.
//! - `input/`, `output.rs`: the bytes; `lines.rs`: lines of them; `watched.rs`:
//!   where a decoder stands in them; `whole.rs`: all of them at once.
//! - `binary_value.rs`: Python's data where there are bytes, and no classes.
//! - `columnar/`: formats of tables.
//! - everything else: a format each.

mod about;
mod absent;
mod binary_value;
mod bitcode;
mod cbor;
mod certainty;
mod choice;
#[cfg(any(feature = "arrow-ipc", feature = "parquet", feature = "avro"))]
mod columnar;
mod compiled;
mod csv;
mod fault;
mod format;
mod input;
mod json;
mod lines;
mod messagepack;
mod npy;
mod output;
mod packed;
mod pickle;
mod postcard;
mod recognise;
mod records;
mod refusing;
mod registry;
mod sequence;
mod serde_pickle;
mod table;
mod text;
mod watched;
mod whole;

#[cfg(feature = "more-formats")]
mod borsh;
#[cfg(feature = "more-formats")]
mod bson;
#[cfg(feature = "more-formats")]
mod flexbuffers;
#[cfg(feature = "more-formats")]
mod prost;
#[cfg(feature = "more-formats")]
mod rkyv;
#[cfg(feature = "more-formats")]
mod ron;
#[cfg(feature = "more-formats")]
mod simd_json;
#[cfg(feature = "more-formats")]
mod sonic_rs;
#[cfg(feature = "more-formats")]
mod wincode;

pub use crate::files::MappedFile;
pub use about::About;
pub use certainty::Certainty;
pub use choice::{Choice, Chosen};
pub use compiled::{Compiled, FileFormat, FormatFor, ShapeVisitor, with_records_of};
pub use fault::Fault;
pub(crate) use fault::find_cause;
use format::gather_list;
pub use format::{
    Codec, Format, Given, Holds, Loaded, MadeBy, NO_MAP, ReadLimits, RecordKind, Support, Take,
};
pub(crate) use input::compressed_endings;
pub use input::{Damage, DamageKind, Expansion, Foreign, Input, InputFile, Listing, Unfit, input};
pub use output::Output;
pub use recognise::Wanted;
pub use records::{Placed, Records, Unplaced};
pub use registry::{FileKind, Formats};
pub use table::{OfRecord, Rows, Table};

/// Size of the buffer of every [`Input`] and [`Output`], in bytes. The same for
/// all formats, and counted in their peak.
pub const BUFFER_BYTES: usize = 64 * 1024;

/// Whatever goes wrong inside a format. Whoever called it adds the file's name.
/// A [`Fault`] says where in the file.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
