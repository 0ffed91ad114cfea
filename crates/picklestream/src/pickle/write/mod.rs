//! From any type that serde can write to a pickle.
//!
//! `writer` is what users call; `ser` is the serializer, `encoder` knows the
//! opcodes of each object and `items` those of containers, `output` gathers
//! bytes and cuts them into frames.

mod encoder;
mod items;
mod output;
mod ser;
pub(crate) mod writer;
