//! Bytes: where copying them is all there is to do.

use std::fmt;

use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::builtin::{Builtin, Drawn};
use super::columns::NoColumns;
use super::draw::Draw;
use super::shape::Shape;
use super::{Fixed, Measured, Record, RecordKind, Typed};

/// A record of [`Shape::Blobs`]: Python's `bytes`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "more-formats",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize, prost::Message),
    prost(skip_debug)
)]
pub struct Blob(
    /// The bytes.
    #[cfg_attr(feature = "more-formats", prost(bytes = "vec", tag = "1"))]
    pub Vec<u8>,
);

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Blob, D::Error> {
        deserializer.deserialize_byte_buf(BlobVisitor)
    }
}

struct BlobVisitor;

impl<'de> Visitor<'de> for BlobVisitor {
    type Value = Blob;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Blob, E> {
        Ok(Blob(bytes.to_owned()))
    }

    fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Blob, E> {
        Ok(Blob(bytes))
    }

    /// What a format without bytes makes of them.
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Blob, A::Error> {
        let mut bytes = Vec::new();
        while let Some(byte) = items.next_element()? {
            bytes.push(byte);
        }
        Ok(Blob(bytes))
    }
}

impl Record for Blob {
    const KIND: RecordKind = RecordKind::Built(Shape::Blobs);
    type Borrowed<'file> = &'file [u8];
}

impl Typed for Blob {}

impl Fixed for Blob {}

impl Measured for Blob {
    type Columns = NoColumns;

    fn owned_bytes(&self) -> usize {
        self.0.len()
    }
}

impl Builtin for Blob {
    const SHAPE: Shape = Shape::Blobs;
    type Source = Drawn<Blob>;

    fn source(records: u64, seed: u64) -> Drawn<Blob> {
        Drawn::new(Shape::Blobs, records, seed, make)
    }
}

/// 1 to 16 KiB of any bytes.
fn make(draw: &mut Draw, _: u64) -> Blob {
    let len = draw.between(1 << 10, 16 << 10) as usize;
    let mut bytes = Vec::with_capacity(len);
    while bytes.len() < len {
        let word = draw.word().to_le_bytes();
        let room = len - bytes.len();
        bytes.extend_from_slice(&word[..room.min(8)]);
    }
    Blob(bytes)
}
