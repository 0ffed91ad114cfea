//! An [`Object`] as parts, and as a map of its fields; `known::transport` says who
//! is given which.
//!
//! The parts have the order in which CPython writes them: tag, module and name of
//! what makes it, what is called, arguments, named arguments, items, pairs, states.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};
use serde::ser::{Impossible, Serialize, SerializeMap, SerializeTuple, Serializer};

use super::model::Value;
use super::object::{Global, Made, Object};
use super::transport::Pairs;

/// How many parts there are.
pub(crate) const PARTS: usize = 9;

impl Made {
    /// Tag, module and name; what is called lies beside them.
    fn words(&self) -> (&'static str, &str, String) {
        let of = |tag, global: &'_ Global| (tag, global.name.clone());
        let (tag, name) = match self {
            Made::Global(global) => of("global", global),
            Made::Call(global) => of("call", global),
            Made::New(global) => of("new", global),
            Made::CallOf(_) => ("call of", String::new()),
            Made::Persistent => ("persistent", String::new()),
            Made::Extension(number) => ("extension", number.to_string()),
            Made::Buffer => ("buffer", String::new()),
        };
        let module = match self {
            Made::Global(global) | Made::Call(global) | Made::New(global) => &global.module,
            _ => "",
        };
        (tag, module, name)
    }

    /// The reverse of [`Made::words`].
    pub(crate) fn from_words(
        tag: &str,
        module: String,
        name: String,
        called: Option<Value>,
    ) -> Option<Made> {
        let number = name.parse();
        let global = Global { module, name };
        Some(match (tag, called, number) {
            ("global", ..) => Made::Global(global),
            ("call", ..) => Made::Call(global),
            ("new", ..) => Made::New(global),
            ("call of", Some(called), _) => Made::CallOf(Box::new(called)),
            ("persistent", ..) => Made::Persistent,
            ("extension", _, Ok(number)) => Made::Extension(number),
            ("buffer", ..) => Made::Buffer,
            _ => return None,
        })
    }
}

/// What our own pickles see: all that there is of it.
pub(crate) fn parts<S: Serializer>(object: &Object, serializer: S) -> Result<S::Ok, S::Error> {
    let (tag, module, name) = object.made.words();
    let mut tuple = serializer.serialize_tuple(PARTS)?;
    tuple.serialize_element(tag)?;
    tuple.serialize_element(module)?;
    tuple.serialize_element(&name)?;
    tuple.serialize_element(match &object.made {
        Made::CallOf(called) => &**called,
        _ => &Value::None,
    })?;
    tuple.serialize_element(&Items(&object.args, true))?;
    tuple.serialize_element(&Map(&object.kwargs))?;
    tuple.serialize_element(&Items(&object.items, false))?;
    tuple.serialize_element(&Map(&object.pairs))?;
    tuple.serialize_element(&Items(&object.states, false))?;
    tuple.end()
}

/// What other formats see: what it is, and what is known of it under names. A
/// class or function itself is its name.
pub(crate) fn fields<S: Serializer>(object: &Object, serializer: S) -> Result<S::Ok, S::Error> {
    let class = object.class_name();
    if let Made::Global(_) = object.made {
        return serializer.serialize_str(&class);
    }
    let mut map = serializer.serialize_map(None)?;
    map.serialize_entry("__class__", &class)?;
    for (name, items) in [("__args__", &object.args), ("__items__", &object.items)] {
        if !items.is_empty() {
            map.serialize_entry(name, items)?;
        }
    }
    for (name, pairs) in [("__kwargs__", &object.kwargs), ("__pairs__", &object.pairs)] {
        if !pairs.is_empty() {
            map.serialize_entry(name, &Map(pairs))?;
        }
    }
    for (name, value) in object.fields() {
        map.serialize_entry(name, value)?;
    }
    map.end()
}

/// Items as a tuple or as a list.
struct Items<'a>(&'a [Value], bool);

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !self.1 {
            return self.0.serialize(serializer);
        }
        let mut tuple = serializer.serialize_tuple(self.0.len())?;
        for item in self.0 {
            tuple.serialize_element(item)?;
        }
        tuple.end()
    }
}

/// Pairs as a map.
struct Map<'a>(&'a [(Value, Value)]);

impl Serialize for Map<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// An object that is read from its parts.
pub(crate) struct Parts(pub(crate) Object);

impl<'de> Deserialize<'de> for Parts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Parts, D::Error> {
        deserializer.deserialize_tuple(PARTS, PartsVisitor)
    }
}

struct PartsVisitor;

impl<'de> Visitor<'de> for PartsVisitor {
    type Value = Parts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the parts of an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Parts, A::Error> {
        fn next<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(
            access: &mut A,
        ) -> Result<T, A::Error> {
            let part = access.next_element()?;
            part.ok_or_else(|| de::Error::custom("an object without one of its parts"))
        }
        let tag: String = next(&mut access)?;
        let module = next(&mut access)?;
        let name = next(&mut access)?;
        let called = match next(&mut access)? {
            Value::None => None,
            called => Some(called),
        };
        let made = Made::from_words(&tag, module, name, called);
        let made = made.ok_or_else(|| de::Error::custom("an object that nothing makes"))?;
        Ok(Parts(Object {
            made,
            args: next(&mut access)?,
            kwargs: next::<Pairs, _>(&mut access)?.0,
            items: next(&mut access)?,
            pairs: next::<Pairs, _>(&mut access)?.0,
            states: next(&mut access)?,
        }))
    }
}

/// The str that `value` writes, if it writes one. Asks an object for the first
/// time, after which it gives its parts.
pub(crate) fn captured_str<T: Serialize + ?Sized>(value: &T) -> Option<String> {
    value.serialize(Ask).ok()
}

/// Takes strs and nothing else.
struct Ask;

macro_rules! nothing {
    ($($method:ident($($argument:ty),*) -> $ok:ty;)*) => {
        $(fn $method(self, $(_: $argument),*) -> Result<$ok, fmt::Error> {
            Err(fmt::Error)
        })*
    };
}

type No = Impossible<String, fmt::Error>;
type Name = &'static str;

impl Serializer for Ask {
    type Ok = String;
    type Error = fmt::Error;
    type SerializeSeq = No;
    type SerializeTuple = No;
    type SerializeTupleStruct = No;
    type SerializeTupleVariant = No;
    type SerializeMap = No;
    type SerializeStruct = No;
    type SerializeStructVariant = No;

    fn serialize_str(self, text: &str) -> Result<String, fmt::Error> {
        Ok(text.to_owned())
    }

    nothing! {
        serialize_bool(bool) -> String;
        serialize_i8(i8) -> String;
        serialize_i16(i16) -> String;
        serialize_i32(i32) -> String;
        serialize_i64(i64) -> String;
        serialize_u8(u8) -> String;
        serialize_u16(u16) -> String;
        serialize_u32(u32) -> String;
        serialize_u64(u64) -> String;
        serialize_f32(f32) -> String;
        serialize_f64(f64) -> String;
        serialize_char(char) -> String;
        serialize_bytes(&[u8]) -> String;
        serialize_none() -> String;
        serialize_unit() -> String;
        serialize_unit_struct(Name) -> String;
        serialize_unit_variant(Name, u32, Name) -> String;
        serialize_seq(Option<usize>) -> No;
        serialize_tuple(usize) -> No;
        serialize_tuple_struct(Name, usize) -> No;
        serialize_tuple_variant(Name, u32, Name, usize) -> No;
        serialize_map(Option<usize>) -> No;
        serialize_struct(Name, usize) -> No;
        serialize_struct_variant(Name, u32, Name, usize) -> No;
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<String, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: Name,
        _: &T,
    ) -> Result<String, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: Name,
        _: u32,
        _: Name,
        _: &T,
    ) -> Result<String, fmt::Error> {
        Err(fmt::Error)
    }
}
