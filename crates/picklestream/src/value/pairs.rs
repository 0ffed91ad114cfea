//! Dicts and sets as serde hands them over: what was written, in its order, and no
//! key twice.

use std::fmt;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::keys;
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

/// Pairs, and items of sets, are reserved up to this many: 1 MiB, as serde does for lists.
const MOST_RESERVED: usize = (1 << 20) / size_of::<(Value, Value)>();

pub(super) fn collect_pairs<'de, A: MapAccess<'de>>(
    mut access: A,
    mut pairs: Vec<(Value, Value)>,
) -> Result<Vec<(Value, Value)>, A::Error> {
    while let Some(key) = access.next_key_seed(Key)? {
        pairs.push((key, access.next_value()?));
    }
    keys::merge_pairs(&mut pairs);
    Ok(pairs)
}

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Pairs, D::Error> {
        deserializer.deserialize_map(PairsVisitor)
    }
}

/// Reads a value that is a key of a dict or an item of a set.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let key = Value::deserialize(deserializer)?;
        match keys::unhashable(&key) {
            None => Ok(key),
            Some(name) => Err(de::Error::custom(format_args!(
                "unhashable type: '{name}' cannot be a key of a dict or an item of a set"
            ))),
        }
    }
}

/// The items of a set in their order.
pub(super) struct Members(pub(super) Vec<Value>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a set")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Members, A::Error> {
                let len = access.size_hint().unwrap_or(0).min(MOST_RESERVED);
                let mut items = Vec::with_capacity(len);
                while let Some(item) = access.next_element_seed(Key)? {
                    items.push(item);
                }
                keys::merge_items(&mut items);
                Ok(Members(items))
            }
        }

        deserializer.deserialize_seq(MembersVisitor)
    }
}
