//! How a [`Value`] passes through serde without losing its Python type.
//!
//! Writing: what serde has no word for is a newtype struct with one of the
//! names in [`name`]; a serializer that does not know the name writes the
//! content. Reading: [`Value`] asks for the newtype struct [`name::VALUE`]; our
//! deserializers answer with [`visit_kind`], which tells the [`Kind`] first;
//! any other deserializer hands over what it has, as it does for every
//! newtype struct.

use std::fmt;

use num_bigint::BigInt;
use serde::de::{
    self, Deserialize, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::ser::{Serialize, SerializeMap, SerializeTuple, Serializer};

use super::model::Value;
use super::name;
use super::pairs::{Members, Pairs, collect_pairs};
use super::parts::Parts;
use super::surrogates::Surrogates;
use super::written::Tree;

/// The Python type of what a deserializer holds, and in which form its
/// content must answer to serde.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// Answers to `deserialize_unit`.
    None,
    /// Answers to `deserialize_bool`.
    Bool,
    /// Answers to `deserialize_i128`: every integer that fits.
    Int,
    /// Answers to `deserialize_bytes` with two's complement, little-endian.
    BigInt,
    /// Answers to `deserialize_f64`.
    Float,
    /// Answers to `deserialize_tuple` with two floats.
    Complex,
    /// Answers to `deserialize_str`.
    Str,
    /// Answers to `deserialize_bytes`.
    Bytes,
    /// Answers to `deserialize_bytes`.
    ByteArray,
    /// Answers to `deserialize_seq`, as do the other sequences.
    Tuple,
    /// See [`Kind::Tuple`].
    List,
    /// Answers to `deserialize_map`.
    Dict,
    /// See [`Kind::Tuple`].
    Set,
    /// See [`Kind::Tuple`].
    FrozenSet,
    /// Answers to `deserialize_bytes`.
    Surrogates,
    /// Answers to `deserialize_tuple` with its parts.
    Object,
}

const KINDS: [Kind; 16] = [
    Kind::None,
    Kind::Bool,
    Kind::Int,
    Kind::BigInt,
    Kind::Float,
    Kind::Complex,
    Kind::Str,
    Kind::Bytes,
    Kind::ByteArray,
    Kind::Tuple,
    Kind::List,
    Kind::Dict,
    Kind::Set,
    Kind::FrozenSet,
    Kind::Surrogates,
    Kind::Object,
];

/// Answers a visitor that asked for [`name::VALUE`]: `kind` first, then
/// `content`, which answers as [`Kind`] says.
pub(crate) fn visit_kind<'de, V, D>(
    visitor: V,
    kind: Kind,
    content: D,
) -> Result<V::Value, D::Error>
where
    V: Visitor<'de>,
    D: Deserializer<'de>,
{
    visitor.visit_enum(Tagged { kind, content })
}

struct Tagged<D> {
    kind: Kind,
    content: D,
}

impl<'de, D: Deserializer<'de>> EnumAccess<'de> for Tagged<D> {
    type Error = D::Error;
    type Variant = Content<D>;

    fn variant_seed<S: de::DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Content<D>), D::Error> {
        let kind = seed.deserialize((self.kind as u8).into_deserializer())?;
        Ok((kind, Content(self.content)))
    }
}

struct Content<D>(D);

impl<'de, D: Deserializer<'de>> VariantAccess<'de> for Content<D> {
    type Error = D::Error;

    fn unit_variant(self) -> Result<(), D::Error> {
        Ok(())
    }

    fn newtype_variant_seed<S: de::DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<S::Value, D::Error> {
        seed.deserialize(self.0)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(visitor)
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Kind, D::Error> {
        let index = u8::deserialize(deserializer)?;
        KINDS
            .get(usize::from(index))
            .copied()
            .ok_or_else(|| de::Error::custom("no Python type has this number"))
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        Tree::<true>::deserialize(deserializer).map(|tree| tree.0)
    }
}

impl<'de, const MERGED: bool> Deserialize<'de> for Tree<MERGED> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = deserializer.deserialize_newtype_struct(name::VALUE, ValueVisitor::<MERGED>)?;
        Ok(Tree(value))
    }
}

/// The values themselves, in the memory that they are in.
fn values<const MERGED: bool>(trees: Vec<Tree<MERGED>>) -> Vec<Value> {
    trees.into_iter().map(|tree| tree.0).collect()
}

struct ValueVisitor<const MERGED: bool>;

impl<'de, const MERGED: bool> Visitor<'de> for ValueVisitor<MERGED> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any Python value")
    }

    /// One of our codecs: the type comes first.
    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Value, A::Error> {
        let (kind, content) = access.variant::<Kind>()?;
        Ok(match kind {
            Kind::None => {
                content.unit_variant()?;
                Value::None
            }
            Kind::Bool => Value::Bool(content.newtype_variant()?),
            Kind::Int => Value::Int(content.newtype_variant()?),
            Kind::BigInt => {
                let Blob(bytes) = content.newtype_variant()?;
                Value::from_big_int(BigInt::from_signed_bytes_le(&bytes))
            }
            Kind::Float => Value::Float(content.newtype_variant()?),
            Kind::Complex => {
                let (real, imaginary) = content.newtype_variant()?;
                Value::Complex(real, imaginary)
            }
            Kind::Str => Value::Str(content.newtype_variant()?),
            Kind::Bytes => Value::Bytes(content.newtype_variant::<Blob>()?.0),
            Kind::ByteArray => Value::ByteArray(content.newtype_variant::<Blob>()?.0),
            Kind::Tuple => Value::Tuple(values::<MERGED>(content.newtype_variant()?)),
            Kind::List => Value::List(values::<MERGED>(content.newtype_variant()?)),
            Kind::Dict => Value::Dict(content.newtype_variant::<Pairs<MERGED>>()?.0),
            Kind::Set => Value::Set(content.newtype_variant::<Members<MERGED>>()?.0),
            Kind::FrozenSet => Value::FrozenSet(content.newtype_variant::<Members<MERGED>>()?.0),
            Kind::Surrogates => {
                let Blob(bytes) = content.newtype_variant()?;
                let text = Surrogates::from_bytes(bytes);
                Value::Surrogates(text.ok_or_else(|| de::Error::custom("no str at all"))?)
            }
            Kind::Object => Value::Object(Box::new(content.newtype_variant::<Parts>()?.0)),
        })
    }

    /// Any other format: what it has, under the nearest Python name. Our own
    /// codecs answer like that too where the type follows from it.
    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    #[inline]
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::None)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Tree::<MERGED>::deserialize(deserializer).map(|tree| tree.0)
    }

    #[inline]
    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(Value::Bool(v))
    }

    #[inline]
    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(Value::Int(v.into()))
    }

    #[inline]
    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(Value::Int(v.into()))
    }

    #[inline]
    fn visit_i128<E>(self, v: i128) -> Result<Value, E> {
        Ok(Value::Int(v))
    }

    fn visit_u128<E>(self, v: u128) -> Result<Value, E> {
        Ok(Value::from_big_int(BigInt::from(v)))
    }

    #[inline]
    fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
        Ok(Value::Float(v))
    }

    #[inline]
    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(Value::Str(v.to_owned()))
    }

    fn visit_string<E>(self, v: String) -> Result<Value, E> {
        Ok(Value::Str(v))
    }

    #[inline]
    fn visit_bytes<E>(self, v: &[u8]) -> Result<Value, E> {
        Ok(Value::Bytes(v.to_owned()))
    }

    fn visit_byte_buf<E>(self, v: Vec<u8>) -> Result<Value, E> {
        Ok(Value::Bytes(v))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Tree::<MERGED>(item)) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<Value, A::Error> {
        Ok(Value::Dict(collect_pairs::<MERGED, _>(access, Vec::new())?))
    }
}

/// Bytes that serde would otherwise read as a sequence of numbers.
struct Blob(Vec<u8>);

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Blob, D::Error> {
        struct BlobVisitor;

        impl Visitor<'_> for BlobVisitor {
            type Value = Blob;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E>(self, v: &[u8]) -> Result<Blob, E> {
                Ok(Blob(v.to_owned()))
            }

            fn visit_byte_buf<E>(self, v: Vec<u8>) -> Result<Blob, E> {
                Ok(Blob(v))
            }
        }

        deserializer.deserialize_bytes(BlobVisitor)
    }
}

/// A byte slice that serde would otherwise write as a sequence of numbers.
struct ByteSlice<'a>(&'a [u8]);

impl Serialize for ByteSlice<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::None => serializer.serialize_none(),
            Value::Bool(v) => serializer.serialize_bool(*v),
            // The narrowest type that fits: many formats know no 128 bits.
            Value::Int(v) => match (i64::try_from(*v), u64::try_from(*v)) {
                (Ok(v), _) => serializer.serialize_i64(v),
                (_, Ok(v)) => serializer.serialize_u64(v),
                _ => serializer.serialize_i128(*v),
            },
            Value::BigInt(v) => serializer.serialize_newtype_struct(name::BIG_INT, &v.to_string()),
            Value::Float(v) => serializer.serialize_f64(*v),
            Value::Complex(real, imaginary) => {
                serializer.serialize_newtype_struct(name::COMPLEX, &(real, imaginary))
            }
            Value::Str(v) => serializer.serialize_str(v),
            Value::Bytes(v) => serializer.serialize_bytes(v),
            Value::ByteArray(v) => {
                serializer.serialize_newtype_struct(name::BYTE_ARRAY, &ByteSlice(v))
            }
            Value::Tuple(items) => {
                let mut tuple = serializer.serialize_tuple(items.len())?;
                for item in items {
                    tuple.serialize_element(item)?;
                }
                tuple.end()
            }
            Value::List(items) => items.serialize(serializer),
            Value::Dict(pairs) => {
                let mut map = serializer.serialize_map(Some(pairs.len()))?;
                for (key, value) in pairs {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
            Value::Set(items) => serializer.serialize_newtype_struct(name::SET, items),
            Value::FrozenSet(items) => serializer.serialize_newtype_struct(name::FROZEN_SET, items),
            Value::Surrogates(text) => {
                serializer.serialize_newtype_struct(name::SURROGATES, &ByteSlice(text.as_bytes()))
            }
            Value::Object(object) => object.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_numbered_by_position() {
        for (index, kind) in KINDS.iter().enumerate() {
            assert_eq!(*kind as usize, index);
        }
    }

    #[test]
    fn a_foreign_format_gives_the_nearest_python_value() {
        let value: Value = serde_json::from_str(r#"{"a": [1, 2.5, null, true, "x"]}"#).unwrap();
        let items = vec![
            Value::Int(1),
            Value::Float(2.5),
            Value::None,
            Value::Bool(true),
            Value::Str("x".to_owned()),
        ];
        assert_eq!(
            value,
            Value::Dict(vec![(Value::Str("a".to_owned()), Value::List(items))])
        );
    }

    #[test]
    fn a_foreign_format_is_given_the_content() {
        let value = Value::Tuple(vec![
            Value::Set(vec![Value::Int(1)]),
            Value::BigInt(Box::new(BigInt::from(1) << 130)),
        ]);
        assert_eq!(
            serde_json::to_string(&value).unwrap(),
            r#"[[1],"1361129467683753853853498429727072845824"]"#
        );
    }
}
