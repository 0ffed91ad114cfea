//! A dict as serde hands it over: pairs in their order.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::model::Value;

/// A dict as the pairs in their order.
pub(super) struct Pairs(pub(super) Vec<(Value, Value)>);

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = Pairs;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a dict")
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<Pairs, A::Error> {
        // Our own codecs know the length, unless it is a guess of the file's.
        let len = access.size_hint().unwrap_or(0).min(MOST_RESERVED);
        Ok(Pairs(collect_pairs(access, Vec::with_capacity(len))?))
    }
}

/// Pairs are reserved up to this many: 1 MiB, as serde does for lists.
const MOST_RESERVED: usize = (1 << 20) / size_of::<(Value, Value)>();

pub(super) fn collect_pairs<'de, A: MapAccess<'de>>(
    mut access: A,
    mut pairs: Vec<(Value, Value)>,
) -> Result<Vec<(Value, Value)>, A::Error> {
    while let Some(pair) = access.next_entry()? {
        pairs.push(pair);
    }
    Ok(pairs)
}

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Pairs, D::Error> {
        deserializer.deserialize_map(PairsVisitor)
    }
}
