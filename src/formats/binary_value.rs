//! Python values in a binary format that knows bytes and maps with any keys,
//! such as MessagePack and CBOR, if that is possible without losing any of it.
//!
//! | Python | there |
//! |---|---|
//! | `None`, `bool`, `float`, `str`, `bytes` | the same |
//! | `int` | the same, up to the widest that there is |
//! | `list`, `tuple` | an array |
//! | `bytearray` | bytes |
//! | `dict` | a map, in the dict's order |
//! | known data, such as dates and arrays | its plain form (`picklestream::known`) |
//!
//! Everything else is refused, as `json/strict.rs` does.

use serde::ser::{Error, Serialize, SerializeMap, Serializer};

use picklestream::known::{self, Form, Pairs, Show};
use picklestream::value::Value;

use super::sequence::WriteAs;

/// What a binary format has.
#[derive(Debug, Clone, Copy)]
pub(super) struct BinaryForm {
    /// What messages call it.
    pub(super) title: &'static str,
    /// Whether it has ints beyond 64 bits, up to 128.
    pub(super) has_wide_ints: bool,
}

impl BinaryForm {
    /// The error for what it has no form for.
    fn refusal<E: Error>(&self, what: &str) -> E {
        let title = self.title;
        E::custom(format_args!(
            "holds {what}, which {title} cannot; text and pickle can"
        ))
    }

    fn serialize<S: Serializer>(&self, value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
        let held = |value| Held(value, self);
        match value {
            Value::Int(int)
                if !self.has_wide_ints
                    && i64::try_from(*int).is_err()
                    && u64::try_from(*int).is_err() =>
            {
                Err(self.refusal(&format!("the int {int}")))
            }
            Value::None
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Str(_)
            | Value::Bytes(_) => value.serialize(serializer),
            Value::ByteArray(bytes) => serializer.serialize_bytes(bytes),
            Value::List(items) | Value::Tuple(items) => {
                serializer.collect_seq(items.iter().map(held))
            }
            Value::Dict(pairs) => self.pairs(pairs.iter().map(|(k, v)| (k, v)), serializer),
            Value::BigInt(_) => Err(self.refusal("an int of more than 128 bits")),
            Value::Surrogates(_) => Err(self.refusal("a str with lone surrogates")),
            Value::Object(object) => match known::read(object) {
                Some(known) => known.part(Form::Plain).shown(self).serialize(serializer),
                None => Err(self.refusal(&format!("an object of {}", object.class_name()))),
            },
            Value::Set(_) | Value::FrozenSet(_) | Value::Complex(..) => {
                Err(self.refusal(&format!("a value of type {}", value.type_name())))
            }
        }
    }

    fn pairs<'v, S: Serializer>(
        &self,
        pairs: impl ExactSizeIterator<Item = (&'v Value, &'v Value)>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(pairs.len()))?;
        for (key, value) in pairs {
            map.serialize_entry(&Held(key, self), &Held(value, self))?;
        }
        map.end()
    }
}

/// A value within a record.
struct Held<'v>(&'v Value, &'v BinaryForm);

impl Serialize for Held<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.1.serialize(self.0, serializer)
    }
}

impl WriteAs<Value> for BinaryForm {
    fn write<S: Serializer>(&self, record: &Value, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(record, serializer)
    }
}

/// Known data, such as dates and arrays, holds values as a list or dict does.
impl Show for BinaryForm {
    fn value<S: Serializer>(&self, value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(value, serializer)
    }

    fn dict<S: Serializer>(&self, pairs: Pairs<'_>, serializer: S) -> Result<S::Ok, S::Error> {
        self.pairs(pairs, serializer)
    }
}
