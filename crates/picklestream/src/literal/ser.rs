//! From serde to text.

use std::io::Write;
use std::mem;

use serde::ser::{
    self, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant,
};

use crate::value::{captured_str, float, name};

use super::error::Error;
use super::quote;

/// The greatest nesting depth: writing recurses, and the stack of a
/// thread is small. Python's own parser reads no more either (`MAXLEVEL` in
/// its tokenizer).
const MAX_DEPTH: u32 = 200;

/// Text of more bytes is handed on while the rest of a record is yet to come.
const LONG: usize = 1 << 20;

/// Appends the literal of `value` to `out`; what is there is handed on to `sink`,
/// where there is one, whenever it is [`LONG`].
#[inline]
pub(super) fn append<'a, T: Serialize + ?Sized>(
    out: &'a mut Vec<u8>,
    sink: Option<&'a mut (dyn Write + 'a)>,
    value: &T,
) -> Result<(), Error> {
    value.serialize(&mut Serializer {
        out,
        sink,
        guise: Guise::None,
        depth: 0,
    })
}

struct Serializer<'a> {
    out: &'a mut Vec<u8>,
    sink: Option<&'a mut (dyn Write + 'a)>,
    /// Set by a newtype struct of our own agreement, taken by its content.
    guise: Guise,
    /// Containers that are open.
    depth: u32,
}

/// The Python type that the next value is to take, where serde has no word
/// for it. See [`name`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Guise {
    None,
    BigInt,
    ByteArray,
    Set,
    FrozenSet,
    Complex,
    Surrogates,
    Code,
}

impl<'a> Serializer<'a> {
    #[inline]
    fn open(&mut self, bracket: Bracket) -> Result<Compound<'_, 'a>, Error> {
        self.enter()?;
        let start = self.out.len();
        self.out.extend_from_slice(bracket.open());
        Ok(Compound {
            serializer: self,
            bracket,
            start,
            items: 0,
        })
    }

    #[inline]
    fn enter(&mut self) -> Result<(), Error> {
        self.depth += 1;
        match self.depth {
            ..=MAX_DEPTH => Ok(()),
            _ => Err(too_deep()),
        }
    }

    /// Opens `{'variant': `; the bracket given then closes both.
    fn open_variant(&mut self, variant: &str, bracket: Bracket) -> Result<Compound<'_, 'a>, Error> {
        self.push_variant(variant);
        self.open(bracket)
    }

    fn push_variant(&mut self, variant: &str) {
        self.out.push(b'{');
        quote::push_str(self.out, variant);
        self.out.extend_from_slice(b": ");
    }

    fn push_int(&mut self, int: impl itoa::Integer) {
        self.out
            .extend_from_slice(itoa::Buffer::new().format(int).as_bytes());
    }
}

/// How a container is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bracket {
    List,
    Tuple,
    Dict,
    Set,
    FrozenSet,
    /// Content of `complex`: no text until both parts are there.
    Complex,
    /// Parts with nothing between them.
    Joined,
    /// A tuple or dict within the dict of an enum's variant.
    VariantTuple,
    VariantDict,
}

impl Bracket {
    #[inline]
    fn open(self) -> &'static [u8] {
        match self {
            Bracket::List => b"[",
            Bracket::Tuple | Bracket::VariantTuple => b"(",
            Bracket::Dict | Bracket::VariantDict | Bracket::Set => b"{",
            Bracket::FrozenSet => b"frozenset({",
            Bracket::Complex | Bracket::Joined => b"",
        }
    }
}

struct Compound<'s, 'a> {
    serializer: &'s mut Serializer<'a>,
    bracket: Bracket,
    /// Length of the text before this container.
    start: usize,
    items: usize,
}

impl Compound<'_, '_> {
    #[inline]
    fn comma(&mut self) -> Result<(), Error> {
        if self.items > 0 {
            self.serializer.out.extend_from_slice(b", ");
        }
        self.items += 1;
        if self.serializer.out.len() > LONG {
            self.hand_on()?;
        }
        Ok(())
    }

    /// Where this container begins is asked for only as long as it is empty, but for
    /// a complex number, which is put together at its end.
    #[cold]
    fn hand_on(&mut self) -> Result<(), Error> {
        let Serializer { out, sink, .. } = &mut *self.serializer;
        if let Some(sink) = sink
            && self.bracket != Bracket::Complex
        {
            sink.write_all(out).map_err(Error::io)?;
            out.clear();
        }
        Ok(())
    }

    #[inline]
    fn item<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
        self.comma()?;
        item.serialize(&mut *self.serializer)
    }

    fn field<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), Error> {
        self.comma()?;
        quote::push_str(self.serializer.out, key);
        self.serializer.out.extend_from_slice(b": ");
        value.serialize(&mut *self.serializer)
    }

    #[inline]
    fn close(self) -> Result<(), Error> {
        self.serializer.depth -= 1;
        let out = &mut *self.serializer.out;
        match self.bracket {
            Bracket::Tuple if self.items != 1 => out.push(b')'),
            Bracket::Tuple => out.extend_from_slice(b",)"),
            Bracket::List => out.push(b']'),
            Bracket::Dict => out.push(b'}'),
            Bracket::VariantDict => out.extend_from_slice(b"}}"),
            Bracket::VariantTuple if self.items != 1 => out.extend_from_slice(b")}"),
            Bracket::VariantTuple => out.extend_from_slice(b",)}"),
            // `{}` is a dict: an empty set has its own spelling.
            Bracket::Set if self.items == 0 => replace(out, self.start, b"set()"),
            Bracket::Set => out.push(b'}'),
            Bracket::FrozenSet if self.items == 0 => replace(out, self.start, b"frozenset()"),
            Bracket::FrozenSet => out.extend_from_slice(b"})"),
            Bracket::Complex => join_complex(out, self.start),
            Bracket::Joined => {}
        }
        Ok(())
    }
}

#[cold]
fn too_deep() -> Error {
    Error::data(format!(
        "more than {MAX_DEPTH} containers within each other, which Python could not read either"
    ))
}

fn replace(out: &mut Vec<u8>, start: usize, text: &[u8]) {
    out.truncate(start);
    out.extend_from_slice(text);
}

/// Turns `1.0, 2.0`, the two parts from `start` on, into `(1+2j)`.
///
/// As `repr(complex)`: no `.0`, and no real part where that is `0.0`.
fn join_complex(out: &mut Vec<u8>, start: usize) {
    let parts = out.split_off(start);
    let comma = memchr::memchr(b',', &parts).unwrap_or(parts.len());
    let (real, imaginary) = (&parts[..comma], parts.get(comma + 2..).unwrap_or_default());
    let short = |part: &[u8]| part.strip_suffix(b".0").unwrap_or(part).to_vec();
    if real == b"0.0" {
        out.extend_from_slice(&short(imaginary));
        out.push(b'j');
        return;
    }
    out.push(b'(');
    out.extend_from_slice(&short(real));
    if !imaginary.starts_with(b"-") {
        out.push(b'+');
    }
    out.extend_from_slice(&short(imaginary));
    out.extend_from_slice(b"j)");
}

macro_rules! integers {
    ($($method:ident $type:ty;)*) => {
        $(
            #[inline]
            fn $method(self, v: $type) -> Result<(), Error> {
                self.push_int(v);
                Ok(())
            }
        )*
    };
}

impl<'s, 'a> ser::Serializer for &'s mut Serializer<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Compound<'s, 'a>;
    type SerializeTuple = Compound<'s, 'a>;
    type SerializeTupleStruct = Compound<'s, 'a>;
    type SerializeTupleVariant = Compound<'s, 'a>;
    type SerializeMap = Compound<'s, 'a>;
    type SerializeStruct = Compound<'s, 'a>;
    type SerializeStructVariant = Compound<'s, 'a>;

    fn serialize_bool(self, v: bool) -> Result<(), Error> {
        self.out
            .extend_from_slice(if v { b"True" } else { b"False" });
        Ok(())
    }

    integers! {
        serialize_i8 i8;
        serialize_i16 i16;
        serialize_i32 i32;
        serialize_i64 i64;
        serialize_i128 i128;
        serialize_u8 u8;
        serialize_u16 u16;
        serialize_u32 u32;
        serialize_u64 u64;
        serialize_u128 u128;
    }

    /// Python has no narrower float: the value is kept, not the digits.
    fn serialize_f32(self, v: f32) -> Result<(), Error> {
        self.serialize_f64(v.into())
    }

    #[inline]
    fn serialize_f64(self, v: f64) -> Result<(), Error> {
        float::push_repr(self.out, v);
        Ok(())
    }

    fn serialize_char(self, v: char) -> Result<(), Error> {
        self.serialize_str(v.encode_utf8(&mut [0; 4]))
    }

    #[inline]
    fn serialize_str(self, v: &str) -> Result<(), Error> {
        match mem::replace(&mut self.guise, Guise::None) {
            Guise::BigInt | Guise::Code => self.out.extend_from_slice(v.as_bytes()),
            _ => quote::push_str(self.out, v),
        }
        Ok(())
    }

    fn serialize_bytes(self, v: &[u8]) -> Result<(), Error> {
        match mem::replace(&mut self.guise, Guise::None) {
            Guise::ByteArray => quote::push_byte_array(self.out, v),
            Guise::Surrogates => quote::push_surrogates(self.out, v),
            _ => quote::push_bytes(self.out, v),
        }
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.out.extend_from_slice(b"None");
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), Error> {
        quote::push_str(self.out, variant);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.guise = match name {
            name::BIG_INT => Guise::BigInt,
            name::BYTE_ARRAY => Guise::ByteArray,
            name::SET => Guise::Set,
            name::FROZEN_SET => Guise::FrozenSet,
            name::COMPLEX => Guise::Complex,
            name::SURROGATES => Guise::Surrogates,
            name::CODE => Guise::Code,
            name::OBJECT => {
                // Asked for the third time, it answers in Python's notation.
                captured_str(value);
                captured_str(value);
                Guise::None
            }
            _ => Guise::None,
        };
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.enter()?;
        self.push_variant(variant);
        value.serialize(&mut *self)?;
        self.depth -= 1;
        self.out.push(b'}');
        Ok(())
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Compound<'s, 'a>, Error> {
        let bracket = match mem::replace(&mut self.guise, Guise::None) {
            Guise::Set => Bracket::Set,
            Guise::FrozenSet => Bracket::FrozenSet,
            _ => Bracket::List,
        };
        self.open(bracket)
    }

    #[inline]
    fn serialize_tuple(self, _len: usize) -> Result<Compound<'s, 'a>, Error> {
        let bracket = match mem::replace(&mut self.guise, Guise::None) {
            Guise::Complex => Bracket::Complex,
            _ => Bracket::Tuple,
        };
        self.open(bracket)
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _len: usize,
    ) -> Result<Compound<'s, 'a>, Error> {
        self.open(Bracket::Tuple)
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Compound<'s, 'a>, Error> {
        if name == name::JOINED {
            return self.open(Bracket::Joined);
        }
        self.open_variant(variant, Bracket::VariantTuple)
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Compound<'s, 'a>, Error> {
        self.open(Bracket::Dict)
    }

    fn serialize_struct(self, _name: &'static str, _len: usize) -> Result<Compound<'s, 'a>, Error> {
        self.open(Bracket::Dict)
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Compound<'s, 'a>, Error> {
        self.open_variant(variant, Bracket::VariantDict)
    }
}

/// For serde the kinds of sequences differ in name only.
macro_rules! sequences {
    ($($trait:ident $method:ident;)*) => {
        $(
            impl $trait for Compound<'_, '_> {
                type Ok = ();
                type Error = Error;

                #[inline]
                fn $method<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
                    self.item(item)
                }

                #[inline]
                fn end(self) -> Result<(), Error> {
                    self.close()
                }
            }
        )*
    };
}

sequences! {
    SerializeSeq serialize_element;
    SerializeTuple serialize_element;
    SerializeTupleStruct serialize_field;
}

impl SerializeTupleVariant for Compound<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
        match self.bracket {
            Bracket::Joined => item.serialize(&mut *self.serializer),
            _ => self.item(item),
        }
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl SerializeMap for Compound<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.item(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.serializer.out.extend_from_slice(b": ");
        value.serialize(&mut *self.serializer)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

/// And so do structs and variants with fields.
macro_rules! structs {
    ($($trait:ident)*) => {
        $(
            impl $trait for Compound<'_, '_> {
                type Ok = ();
                type Error = Error;

                fn serialize_field<T: Serialize + ?Sized>(
                    &mut self,
                    key: &'static str,
                    value: &T,
                ) -> Result<(), Error> {
                    self.field(key, value)
                }

                fn end(self) -> Result<(), Error> {
                    self.close()
                }
            }
        )*
    };
}

structs! { SerializeStruct SerializeStructVariant }
