//! Our own pickle codec: any pickled list, read and written in constant
//! memory, and nothing ever executed.

mod arena;
mod de;
mod encoder;
mod error;
mod first_pass;
mod fused;
mod globals;
mod input;
mod machine;
mod memo;
mod number;
mod opcode;
mod options;
mod output;
mod reader;
mod records;
mod ser;
mod string;
mod summary;
mod walk;
mod writer;

pub use error::{Error, ErrorKind, Result};
pub use options::{Limits, MemoPolicy, ReadOptions};
pub use records::{Records, from_pipe, from_reader, from_slice};
pub use summary::{Summary, summary};
pub use writer::{WriteMemo, WriteOptions, to_writer, try_write_list, write_list};
