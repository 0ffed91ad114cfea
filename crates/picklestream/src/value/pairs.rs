//! Dicts and sets as serde hands them over: what was written, in its order, and
//! where they are `MERGED` no key twice.

use std::fmt;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::keys;
use super::model::Value;
use super::written::Tree;

/// A dict as the pairs in their order.
pub(super) struct Pairs<const MERGED: bool>(pub(super) Vec<(Value, Value)>);

struct PairsVisitor<const MERGED: bool>;

impl<'de, const MERGED: bool> Visitor<'de> for PairsVisitor<MERGED> {
    type Value = Pairs<MERGED>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a dict")
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<Self::Value, A::Error> {
        // Our own codecs know the length, unless it is a guess of the file's.
        let len = access.size_hint().unwrap_or(0).min(MOST_RESERVED);
        let pairs = collect_pairs::<MERGED, _>(access, Vec::with_capacity(len))?;
        Ok(Pairs(pairs))
    }
}

/// Pairs, and items of sets, are reserved up to this many: 1 MiB, as serde does for lists.
const MOST_RESERVED: usize = (1 << 20) / size_of::<(Value, Value)>();

pub(super) fn collect_pairs<'de, const MERGED: bool, A: MapAccess<'de>>(
    mut access: A,
    mut pairs: Vec<(Value, Value)>,
) -> Result<Vec<(Value, Value)>, A::Error> {
    while let Some(key) = access.next_key_seed(Key::<MERGED>)? {
        let Tree::<MERGED>(value) = access.next_value()?;
        pairs.push((key, value));
    }
    if MERGED {
        keys::merge_pairs(&mut pairs);
    }
    Ok(pairs)
}

impl<'de, const MERGED: bool> Deserialize<'de> for Pairs<MERGED> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor)
    }
}

/// Reads a value that is a key of a dict or an item of a set.
struct Key<const MERGED: bool>;

impl<'de, const MERGED: bool> DeserializeSeed<'de> for Key<MERGED> {
    type Value = Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let Tree::<MERGED>(key) = Tree::deserialize(deserializer)?;
        match keys::unhashable(&key) {
            None => Ok(key),
            Some(name) => Err(de::Error::custom(format_args!(
                "unhashable type: '{name}' cannot be a key of a dict or an item of a set"
            ))),
        }
    }
}

/// The items of a set in their order.
pub(super) struct Members<const MERGED: bool>(pub(super) Vec<Value>);

impl<'de, const MERGED: bool> Deserialize<'de> for Members<MERGED> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor<const MERGED: bool>;

        impl<'de, const MERGED: bool> Visitor<'de> for MembersVisitor<MERGED> {
            type Value = Members<MERGED>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a set")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
                let len = access.size_hint().unwrap_or(0).min(MOST_RESERVED);
                let mut items = Vec::with_capacity(len);
                while let Some(item) = access.next_element_seed(Key::<MERGED>)? {
                    items.push(item);
                }
                if MERGED {
                    keys::merge_items(&mut items);
                }
                Ok(Members(items))
            }
        }

        deserializer.deserialize_seq(MembersVisitor)
    }
}
