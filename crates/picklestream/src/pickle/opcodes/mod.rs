//! Opcodes and how they are taken from an input, whatever is made of them.
//!
//! `opcode` is the table of all of them; `input` is where bytes come from, and
//! `run` the loop over what is buffered. `marks` are the open marks of a stack,
//! `record` says what a record is, `globals` which globals stand for data,
//! `decimal` reads the numbers of protocol 0, and `ids` are tables over memo ids.

pub(crate) mod decimal;
pub(crate) mod globals;
pub(crate) mod ids;
pub(crate) mod input;
pub(crate) mod marks;
pub(crate) mod opcode;
pub(crate) mod record;
pub(crate) mod run;
