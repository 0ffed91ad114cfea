//! One dict that holds everything: a file whose root is not a list. Its items
//! cannot be streamed yet; it is one record, read and written whole.
//!
//! The keys are in alphabetical order, so that a format which sorts them loses
//! nothing.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::builtin::Builtin;
use super::columns::NoColumns;
use super::draw::Draw;
use super::shape::{Recipe, Shape};
use super::{Fixed, Measured, Record, RecordKind, Typed};

/// Floats of each item.
const FLOATS: usize = 8;

/// The only record of [`Shape::Mapping`]: keys and lists of eight floats, in
/// their order.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "more-formats",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
pub struct Mapping(pub Vec<(String, Vec<f64>)>);

impl Serialize for Mapping {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, floats)| (key, floats)))
    }
}

impl<'de> Deserialize<'de> for Mapping {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Mapping, D::Error> {
        deserializer.deserialize_map(MappingVisitor)
    }
}

struct MappingVisitor;

impl<'de> Visitor<'de> for MappingVisitor {
    type Value = Mapping;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a dict of lists of floats")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Mapping, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = items.next_entry()? {
            pairs.push(pair);
        }
        Ok(Mapping(pairs))
    }
}

impl Record for Mapping {
    const KIND: RecordKind = RecordKind::Built(Shape::Mapping);
    type Borrowed<'file> = Mapping;
    const IS_ROOT: bool = true;
}

impl Typed for Mapping {}

impl Fixed for Mapping {}

impl Measured for Mapping {
    type Columns = NoColumns;

    fn owned_bytes(&self) -> usize {
        let items = self.0.iter();
        let within = items.map(|(key, floats)| key.len() + size_of_val(floats.as_slice()));
        size_of_val(self.0.as_slice()) + within.sum::<usize>()
    }
}

impl Builtin for Mapping {
    const SHAPE: Shape = Shape::Mapping;
    type Source = std::iter::Once<Mapping>;

    fn source(records: u64, seed: u64) -> std::iter::Once<Mapping> {
        let mut draw = Draw::new(seed, Shape::Mapping);
        let item = |at| {
            let floats = (0..FLOATS).map(|_| draw.float()).collect();
            (format!("item-{at:012}"), floats)
        };
        std::iter::once(Mapping((0..records).map(item).collect()))
    }

    fn list_len(_: &Recipe) -> u64 {
        1
    }
}
