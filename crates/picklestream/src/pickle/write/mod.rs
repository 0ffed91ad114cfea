//! From any type that serde can write to a pickle.
//!
//! `writer` is what users call; `ser` is the serializer and `meaning` what it
//! writes next, `encoder` knows the
//! opcodes of each object, `items` those of containers and `object` those of objects
//! of classes; `shared` are those that CPython has once; `output` gathers
//! bytes and cuts them into frames.

mod encoder;
mod items;
mod meaning;
mod object;
mod output;
mod ser;
mod shared;
pub(crate) mod writer;
