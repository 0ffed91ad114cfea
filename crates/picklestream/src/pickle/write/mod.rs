//! From any type that serde can write to a pickle.
//!
//! `writer` is what users call; `ser` is the serializer, `encoder` knows the
//! opcodes of each object, `items` those of containers and `object` those of objects
//! of classes; `output` gathers
//! bytes and cuts them into frames.

mod encoder;
mod items;
mod object;
mod output;
mod ser;
pub(crate) mod writer;
