//! An [`Object`] as parts, and as a map of its fields; `known::transport` says who
//! is given which.
//!
//! The parts have the order in which CPython writes them: tag, module and name of
//! what makes it, what is called, arguments, named arguments, items, pairs, states. Where it is written
//! comes before them whether it is known to be data.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};
use serde::ser::{self, Impossible, Serialize, SerializeMap, SerializeTuple, Serializer};

use super::model::{Global, Made, Object, Value};

use super::pairs::Pairs;

/// How many parts there are.
const PARTS: usize = 9;

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
            ("new" | "new by name", ..) => Made::New(global),
            ("call of", Some(called), _) => Made::CallOf(Box::new(called)),
            ("persistent", ..) => Made::Persistent,
            ("extension", _, Ok(number)) => Made::Extension(number),
            ("buffer", ..) => Made::Buffer,
            _ => return None,
        })
    }
}

/// What our own pickles see: whether it is known to be data, and all that there is
/// of it.
pub(crate) fn parts<S: Serializer>(
    object: &Object,
    is_known: bool,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let (tag, module, name) = object.made.words();
    let mut tuple = serializer.serialize_tuple(1 + PARTS)?;
    tuple.serialize_element(if is_known { "known" } else { "unknown" })?;
    tuple.serialize_element(match tag {
        "new" if !object.kwargs.is_empty() => "new by name",
        tag => tag,
    })?;
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
            kwargs: next::<Pairs<true>, _>(&mut access)?.0,
            items: next(&mut access)?,
            pairs: next::<Pairs<true>, _>(&mut access)?.0,
            states: next(&mut access)?,
        }))
    }
}

/// Takes the parts of an object, in their order.
pub(crate) trait Receiver {
    type Error: ser::Error;

    /// A part, by its number.
    fn part<T: Serialize + ?Sized>(&mut self, number: usize, part: &T) -> Result<(), Self::Error>;

    /// A str that comes instead of parts.
    fn text(&mut self, _text: &str) -> Result<(), Self::Error> {
        Err(no_parts())
    }
}

#[cold]
fn no_parts<E: ser::Error>() -> E {
    E::custom("an object without parts")
}

/// Gives the parts of an object, which is the content of a newtype struct of the name
/// [`name::OBJECT`].
pub(crate) fn give_parts<T: Serialize + ?Sized, R: Receiver>(
    content: &T,
    receiver: &mut R,
) -> Result<(), R::Error> {
    // Asked for the first time, it would give a map, which this does not take.
    captured_str(content);
    content.serialize(Only(receiver, 0))
}

/// The str that `value` writes, if it writes one.
pub(crate) fn captured_str<T: Serialize + ?Sized>(value: &T) -> Option<String> {
    let mut capture = Capture(None);
    value.serialize(Only(&mut capture, 0)).ok()?;
    capture.0
}

struct Capture(Option<String>);

impl Receiver for Capture {
    type Error = fmt::Error;

    fn part<T: Serialize + ?Sized>(&mut self, _: usize, _: &T) -> Result<(), fmt::Error> {
        Err(fmt::Error)
    }

    fn text(&mut self, text: &str) -> Result<(), fmt::Error> {
        self.0 = Some(text.to_owned());
        Ok(())
    }
}

/// Gives its receiver a str or the parts of a tuple, so many of which it has, and
/// takes nothing else.
struct Only<'r, R>(&'r mut R, usize);

impl<R: Receiver> SerializeTuple for Only<'_, R> {
    type Ok = ();
    type Error = R::Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, part: &T) -> Result<(), R::Error> {
        self.1 += 1;
        self.0.part(self.1 - 1, part)
    }

    fn end(self) -> Result<(), R::Error> {
        Ok(())
    }
}

macro_rules! nothing {
    ($($method:ident($($argument:ty),*) -> $ok:ty;)*) => {
        $(fn $method(self, $(_: $argument),*) -> Result<$ok, R::Error> {
            Err(no_parts())
        })*
    };
}

type No<E> = Impossible<(), E>;
type Name = &'static str;

impl<'r, R: Receiver> Serializer for Only<'r, R> {
    type Ok = ();
    type Error = R::Error;
    type SerializeSeq = No<R::Error>;
    type SerializeTuple = Only<'r, R>;
    type SerializeTupleStruct = No<R::Error>;
    type SerializeTupleVariant = No<R::Error>;
    type SerializeMap = No<R::Error>;
    type SerializeStruct = No<R::Error>;
    type SerializeStructVariant = No<R::Error>;

    fn serialize_str(self, text: &str) -> Result<(), R::Error> {
        self.0.text(text)
    }

    fn serialize_tuple(self, _: usize) -> Result<Only<'r, R>, R::Error> {
        Ok(self)
    }

    nothing! {
        serialize_bool(bool) -> ();
        serialize_i8(i8) -> ();
        serialize_i16(i16) -> ();
        serialize_i32(i32) -> ();
        serialize_i64(i64) -> ();
        serialize_u8(u8) -> ();
        serialize_u16(u16) -> ();
        serialize_u32(u32) -> ();
        serialize_u64(u64) -> ();
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_char(char) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_none() -> ();
        serialize_unit() -> ();
        serialize_unit_struct(Name) -> ();
        serialize_unit_variant(Name, u32, Name) -> ();
        serialize_seq(Option<usize>) -> No<R::Error>;
        serialize_tuple_struct(Name, usize) -> No<R::Error>;
        serialize_tuple_variant(Name, u32, Name, usize) -> No<R::Error>;
        serialize_map(Option<usize>) -> No<R::Error>;
        serialize_struct(Name, usize) -> No<R::Error>;
        serialize_struct_variant(Name, u32, Name, usize) -> No<R::Error>;
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<(), R::Error> {
        Err(no_parts())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: Name,
        _: &T,
    ) -> Result<(), R::Error> {
        Err(no_parts())
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: Name,
        _: u32,
        _: Name,
        _: &T,
    ) -> Result<(), R::Error> {
        Err(no_parts())
    }
}
