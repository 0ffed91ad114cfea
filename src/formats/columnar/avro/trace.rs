//! The schema of a type of records, found from the type: what it asks a file for.
//!
//! The crate reads a record by the name of its type, which nothing else tells; so this
//! is ours. A type that takes what comes, such as one that holds "any JSON", asks for
//! nothing, and has no schema.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde::de::value::{Error, StrDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde_json::{Value, json};

use crate::dataset::Record;

use super::schema::{TUPLE, U64};

/// How deep a type goes: one that holds itself would never end.
const DEPTH: u32 = 64;

/// The schema of `T`, as JSON.
///
/// # Errors
///
/// If the type does not tell it, or Avro has nothing for what it asks for.
pub(super) fn schema<T: Record>() -> Result<Value, Error> {
    let names = RefCell::default();
    let mut found = Value::Null;
    T::deserialize(Trace {
        found: &mut found,
        names: &names,
        depth: DEPTH,
    })?;
    Ok(found)
}

/// Takes down what is asked for, and gives the least that there is of it.
struct Trace<'t> {
    found: &'t mut Value,
    /// Types that were named already: a second time, the name is enough.
    names: &'t RefCell<BTreeSet<String>>,
    depth: u32,
}

impl<'t> Trace<'t> {
    /// The same for a part of it.
    fn part<'p>(&'p self, found: &'p mut Value) -> Result<Trace<'p>, Error> {
        let depth = self.depth.checked_sub(1);
        Ok(Trace {
            found,
            names: self.names,
            depth: depth
                .ok_or_else(|| Error::custom("its records hold records like themselves"))?,
        })
    }

    /// Takes down a named type, or its name if it is known.
    fn named(self, name: &str, schema: Value) {
        let is_new = self.names.borrow_mut().insert(name.to_owned());
        *self.found = if is_new { schema } else { json!(name) };
    }

    /// A record of these parts.
    fn record(self, name: &str, fields: Vec<(String, Value)>, is_tuple: bool) {
        let fields = fields.into_iter();
        let fields = fields.map(|(name, schema)| json!({"name": name, "type": schema}));
        let fields: Vec<Value> = fields.collect();
        let mut record = json!({"type": "record", "name": name, "fields": fields});
        if is_tuple {
            record[TUPLE] = json!(true);
        }
        self.named(name, record);
    }
}

/// Methods for what is one value.
macro_rules! simple {
    ($($method:ident => $schema:expr, $visit:ident($($value:expr)?);)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            *self.found = json!($schema);
            visitor.$visit($($value)?)
        })*
    };
}

impl<'de> Deserializer<'de> for Trace<'_> {
    type Error = Error;

    simple! {
        deserialize_bool => "boolean", visit_bool(false);
        deserialize_i8 => "int", visit_i8(0);
        deserialize_i16 => "int", visit_i16(0);
        deserialize_i32 => "int", visit_i32(0);
        deserialize_i64 => "long", visit_i64(0);
        deserialize_u8 => "int", visit_u8(0);
        deserialize_u16 => "int", visit_u16(0);
        deserialize_u32 => "long", visit_u32(0);
        deserialize_f32 => "float", visit_f32(0.0);
        deserialize_f64 => "double", visit_f64(0.0);
        deserialize_char => "string", visit_char('0');
        deserialize_str => "string", visit_str("");
        deserialize_string => "string", visit_str("");
        deserialize_identifier => "string", visit_str("");
        deserialize_bytes => "bytes", visit_bytes(&[]);
        deserialize_byte_buf => "bytes", visit_bytes(&[]);
        deserialize_unit => "null", visit_unit();
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.named(U64, json!({"type": "fixed", "name": U64, "size": 8}));
        visitor.visit_u64(0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut some = Value::Null;
        let value = visitor.visit_some(self.part(&mut some)?)?;
        *self.found = json!(["null", some]);
        Ok(value)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.record(name, Vec::new(), false);
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        let mut inner = Value::Null;
        let value = visitor.visit_newtype_struct(self.part(&mut inner)?)?;
        self.record(name, vec![("f0".to_owned(), inner)], false);
        Ok(value)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut items = Parts::new(&self, 1);
        let value = visitor.visit_seq(&mut items)?;
        let item = items.found.pop().unwrap_or_default();
        *self.found = json!({"type": "array", "items": item});
        Ok(value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        let mut parts = Parts::new(&self, len);
        let value = visitor.visit_seq(&mut parts)?;
        let mut found = parts.found;
        match found.len() {
            0 => *self.found = json!("null"),
            1 => *self.found = found.remove(0),
            _ => {
                // Two tuples are two types: there is no other name for them.
                let name = format!("tuple_{}", self.names.borrow().len());
                self.record(&name, numbered(found), true);
            }
        }
        Ok(value)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        let mut parts = Parts::new(&self, len);
        let value = visitor.visit_seq(&mut parts)?;
        let found = numbered(parts.found);
        self.record(name, found, true);
        Ok(value)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut pairs = Parts::new(&self, 2);
        let value = visitor.visit_map(&mut pairs)?;
        let mut found = pairs.found.into_iter();
        if found.next() != Some(json!("string")) {
            return Err(Error::custom(
                "Avro's maps have text as keys, and nothing else",
            ));
        }
        let values = found.next().unwrap_or_default();
        *self.found = json!({"type": "map", "values": values});
        Ok(value)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let mut found = Vec::new();
        let value = visitor.visit_map(Fields {
            trace: &self,
            names: fields.iter(),
            next: "",
            found: &mut found,
        })?;
        self.record(name, found, false);
        Ok(value)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.named(
            name,
            json!({"type": "enum", "name": name, "symbols": variants}),
        );
        let first = variants.first().copied();
        visitor.visit_enum(First(
            first.ok_or_else(|| Error::custom("an enum without variants"))?,
        ))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom(
            "they take what comes, so their type tells no schema",
        ))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }
}

fn numbered(found: Vec<Value>) -> Vec<(String, Value)> {
    let found = (0..).zip(found);
    found
        .map(|(at, schema): (u64, _)| (format!("f{at}"), schema))
        .collect()
}

/// The parts of a list, a tuple or a map, of which there are so many.
struct Parts<'p> {
    trace: &'p Trace<'p>,
    left: usize,
    found: Vec<Value>,
}

impl<'p> Parts<'p> {
    fn new(trace: &'p Trace<'_>, left: usize) -> Parts<'p> {
        Parts {
            trace,
            left,
            found: Vec::new(),
        }
    }

    fn next<'de, S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some(left) = self.left.checked_sub(1) else {
            return Ok(None);
        };
        self.left = left;
        let mut found = Value::Null;
        let value = seed.deserialize(self.trace.part(&mut found)?)?;
        self.found.push(found);
        Ok(Some(value))
    }
}

impl<'de> SeqAccess<'de> for &mut Parts<'_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        self.next(seed)
    }
}

impl<'de> MapAccess<'de> for &mut Parts<'_> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        self.next(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let value = self.next(seed)?;
        value.ok_or_else(|| Error::custom("a value was asked for without its key"))
    }
}

/// The fields of a struct.
struct Fields<'f> {
    trace: &'f Trace<'f>,
    names: std::slice::Iter<'static, &'static str>,
    next: &'static str,
    found: &'f mut Vec<(String, Value)>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        let Some(name) = self.names.next() else {
            return Ok(None);
        };
        self.next = name;
        let name: StrDeserializer<'_, Error> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let mut found = Value::Null;
        let value = seed.deserialize(self.trace.part(&mut found)?)?;
        self.found.push((self.next.to_owned(), found));
        Ok(value)
    }
}

/// The first variant of an enum, which holds nothing.
struct First(&'static str);

impl<'de> EnumAccess<'de> for First {
    type Error = Error;
    type Variant = First;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, First), Error> {
        let name: StrDeserializer<'_, Error> = self.0.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

fn holds_data<T>() -> Result<T, Error> {
    Err(Error::custom(
        "an enum holds more than the name of its variant",
    ))
}

impl<'de> VariantAccess<'de> for First {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, _: S) -> Result<S::Value, Error> {
        holds_data()
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        holds_data()
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        holds_data()
    }
}
