//! The stack machine: opcodes in, nodes out.
//!
//! `state` is the machine, `execute` what each opcode does to it. `quick` is a
//! tight loop over the opcodes that data is mostly made of, `fused` a fast path
//! for one common record, and `surrogate` puts right what the loop could not know of
//! a str. `arena` holds the nodes of a batch; `memo` and
//! `keeper` decide and move what outlives it, and `hash` is the hash of their
//! tables; `budget` bounds what one record may cost, and where that is
//! its nesting depth `cycle` finds out whether it contains itself. `respell` makes
//! something else of what is there, `bulk` is a large str or bytes, which is moved
//! and not copied unless `shared` finds that it is. `integer`, `string` and
//! `call` make nodes of arguments, `object` makes those of objects that only code
//! could make, of which `how` says how they are made. `container` is what
//! nodes with items have in common, and `find` follows a path through nodes.

pub(crate) mod arena;
pub(crate) mod budget;
pub(crate) mod bulk;
mod call;
mod container;
pub(crate) mod cycle;
mod execute;
pub(crate) mod find;
pub(crate) mod fused;
mod hash;
pub(crate) mod how;
pub(crate) mod integer;
mod keeper;
pub(crate) mod memo;
mod object;
mod quick;
mod respell;
mod shared;
pub(crate) mod state;
pub(crate) mod string;
mod surrogate;
