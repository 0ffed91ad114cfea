//! Files, and what to do when the system says no.
//!
//! - `new.rs`: a file or folder that takes its name when it is complete; what was
//!   there before is untouched until then.
//! - `unfinished.rs`: what such files and folders leave behind when their process
//!   is killed, and how the next one removes it.
//! - `output.rs`: where the user wants something: a file, a device, a pipe.
//! - `ours.rs`: files whose names this program chooses; `mapped.rs`: one of them
//!   in the address space of this process.
//! - `room.rs`: how much room there is.
//! - `error.rs`: the system's no, with the file and what to do next.

mod error;
mod mapped;
mod new;
mod ours;
mod output;
mod room;
pub(crate) mod unfinished;

pub use error::FileError;
pub(crate) use error::{shown, write_hint};
pub use mapped::MappedFile;
pub use new::replace;
pub(crate) use new::{NewFile, NewFolder};
pub(crate) use ours::{is_ours, lock_file, open_ours, read_ours};
pub(crate) use output::{OutputFile, write_output};
pub(crate) use room::free_bytes;
