//! A record of which nobody wrote the type, as its file's schema tells it.

use std::fmt;

use apache_avro::Schema;
use picklestream::value::Value;
use serde::de::{
    Deserialize, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::schema::is_u64;

/// The value that is there.
pub(super) struct Any(pub(super) Value);

impl<'de> Deserialize<'de> for Any {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Any, D::Error> {
        deserializer.deserialize_any(AnyVisitor).map(Any)
    }
}

/// A row of one item, by the name of its field.
pub(super) struct OneItem(pub(super) Value);

impl<'de> Deserialize<'de> for OneItem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<OneItem, D::Error> {
        let row = deserializer.deserialize_map(AnyVisitor)?;
        Ok(OneItem(match row {
            Value::Dict(pairs) => Value::List(pairs.into_iter().map(|(_, item)| item).collect()),
            other => other,
        }))
    }
}

struct AnyVisitor;

impl<'de> Visitor<'de> for AnyVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of any type")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::None)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Int(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Int(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Str(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::Str(value))
    }

    fn visit_bytes<E>(self, value: &[u8]) -> Result<Value, E> {
        Ok(Value::Bytes(value.to_owned()))
    }

    fn visit_byte_buf<E>(self, value: Vec<u8>) -> Result<Value, E> {
        Ok(Value::Bytes(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Any(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Value, A::Error> {
        let mut dict = Vec::new();
        while let Some((Name(key), Any(value))) = pairs.next_entry()? {
            dict.push((Value::Str(key), value));
        }
        Ok(Value::Dict(dict))
    }

    /// Of an enum its name, which is all that there is of one.
    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Value, A::Error> {
        let (Name(name), variant) = access.variant()?;
        variant.unit_variant()?;
        Ok(Value::Str(name))
    }
}

/// The name of a field or of a variant, for which the crate has to be asked as such.
struct Name(String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Name, D::Error> {
        deserializer.deserialize_identifier(NameVisitor).map(Name)
    }
}

struct NameVisitor;

impl Visitor<'_> for NameVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<String, E> {
        Ok(name.to_owned())
    }

    fn visit_string<E>(self, name: String) -> Result<String, E> {
        Ok(name)
    }
}

/// Which fields of a record are ints that the crate keeps as bytes.
pub(super) struct Unsigned {
    fields: Vec<usize>,
    /// Whether the record itself is one.
    is_one: bool,
}

impl Unsigned {
    /// Those of a schema.
    pub(super) fn of(schema: &Schema) -> Unsigned {
        let fields = match schema {
            Schema::Record(record) => &record.fields[..],
            _ => &[],
        };
        let fields = fields.iter().enumerate();
        let fields = fields.filter(|(_, field)| is_u64(&field.schema));
        Unsigned {
            fields: fields.map(|(at, _)| at).collect(),
            is_one: is_u64(schema),
        }
    }

    /// The record with ints for them.
    pub(super) fn read(&self, mut record: Value) -> Value {
        if self.is_one {
            read(&mut record);
        }
        for at in &self.fields {
            let field = match &mut record {
                Value::Dict(pairs) => pairs.get_mut(*at).map(|(_, value)| value),
                Value::List(items) => items.get_mut(*at),
                _ => None,
            };
            field.into_iter().for_each(read);
        }
        record
    }
}

fn read(value: &mut Value) {
    if let Value::Bytes(bytes) = value
        && let Ok(bytes) = bytes.as_slice().try_into()
    {
        *value = Value::Int(u64::from_le_bytes(bytes).into());
    }
}
