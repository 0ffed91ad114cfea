//! From text to serde.

use std::borrow::Cow;

use serde::de::value::{
    BytesDeserializer, F64Deserializer, I128Deserializer, SeqDeserializer, StrDeserializer,
};
use serde::de::{self, Deserialize, Visitor};

use crate::value::{Kind, name, visit_kind};

use super::error::{Error, ErrorKind};
use super::items::Variant;
use super::limits::LiteralLimits;
use super::number::{self, Number};
use super::parser::{Parser, Shape};
use super::string::{self, Prefix, Text};

/// Reads the one literal in `text`, white space around it apart.
#[inline]
pub(super) fn read<'de, T: Deserialize<'de>>(
    text: &'de [u8],
    limits: &LiteralLimits,
) -> Result<T, Error> {
    let mut parser = Parser::new(text, limits);
    parser.cursor.next_token();
    let start = parser.cursor.at;
    let mut result = T::deserialize(&mut parser);
    match &mut result {
        Err(error) => error.place(start),
        Ok(_) if parser.cursor.next_token().is_some() => {
            result = Err(parser.cursor.unexpected("the end of the literal"));
        }
        Ok(_) => {}
    }
    result
}

impl<'de> Parser<'de, '_> {
    fn read_str<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        self.cursor.next_token();
        if let Some(text) = string::plain_str(&mut self.cursor) {
            return visitor.visit_borrowed_str(text);
        }
        self.grouped(|this| match this.shape()? {
            Shape::String(prefix) if !prefix.bytes => {
                match string::read_str(&mut this.cursor, prefix)? {
                    Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
                    Cow::Owned(text) => visitor.visit_string(text),
                }
            }
            shape => Err(this.mismatch("a str", shape)),
        })
    }

    /// Reads `len` items of any container but a dict, or the two parts of a
    /// complex.
    #[inline]
    pub(super) fn read_tuple<V: Visitor<'de>>(
        &mut self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        // Most are plain tuples, and of most tuples the first item shows that
        // the parenthesis does not just group: a number or string in a group
        // would be no tuple, unless it is a complex.
        if self.cursor.next_token() == Some(b'(')
            && matches!(
                self.cursor.text.get(self.cursor.at + 1),
                Some(b'0'..=b'9' | b'-' | b'\'')
            )
            && len != 2
        {
            return self.visit_items(1, b')', visitor);
        }
        self.read_any_items(visitor)
    }

    fn read_any_items<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        self.grouped(|this| match this.shape()? {
            Shape::Tuple => this.visit_items(1, b')', visitor),
            Shape::List => this.visit_items(1, b']', visitor),
            Shape::Set => this.visit_items(1, b'}', visitor),
            Shape::Call(kind) => this.visit_call(kind, visitor),
            Shape::Number => {
                let at = this.cursor.at;
                if let Number::Complex(real, imaginary) = this.read_number()? {
                    return visitor.visit_seq(SeqDeserializer::new([real, imaginary].into_iter()));
                }
                this.cursor.at = at;
                Err(this.mismatch("a tuple or list", Shape::Number))
            }
            shape => Err(this.mismatch("a tuple or list", shape)),
        })
    }

    /// Answers [`name::VALUE`].
    fn visit_value<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        self.grouped(|this| {
            let kind = match this.shape()? {
                Shape::None => Kind::None,
                Shape::Bool(_) => Kind::Bool,
                Shape::Number => return this.visit_number_value(visitor),
                Shape::String(prefix) if prefix.bytes => Kind::Bytes,
                Shape::String(prefix) => return this.visit_text_value(prefix, visitor),
                Shape::ByteArray => Kind::ByteArray,
                Shape::Tuple => Kind::Tuple,
                Shape::List => Kind::List,
                Shape::Dict => Kind::Dict,
                Shape::Set => Kind::Set,
                Shape::Call(kind) => kind,
            };
            if kind == Kind::None {
                this.cursor.skip(b"None".len());
            }
            visit_kind(visitor, kind, &mut *this)
        })
    }

    fn visit_text_value<V: Visitor<'de>>(
        &mut self,
        prefix: Prefix,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if let Some(text) = string::plain_str(&mut self.cursor) {
            return visitor.visit_borrowed_str(text);
        }
        match string::read_text(&mut self.cursor, prefix)? {
            Text::Str(Cow::Borrowed(text)) => visitor.visit_borrowed_str(text),
            Text::Str(Cow::Owned(text)) => visitor.visit_string(text),
            Text::Surrogates(text) => {
                visit_kind(visitor, Kind::Surrogates, BytesDeserializer::new(&text))
            }
        }
    }

    fn visit_number_value<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        let big = match self.read_number()? {
            Number::Float(float) => {
                return visit_kind(visitor, Kind::Float, F64Deserializer::new(float));
            }
            Number::Complex(real, imaginary) => {
                let parts = SeqDeserializer::new([real, imaginary].into_iter());
                return visit_kind(visitor, Kind::Complex, parts);
            }
            Number::Int { negative, size } => match signed(negative, size) {
                Some(int) => return visit_kind(visitor, Kind::Int, I128Deserializer::new(int)),
                None if negative => -num_bigint::BigInt::from(size),
                None => size.into(),
            },
            Number::BigInt(int) => int,
        };
        let bytes = big.to_signed_bytes_le();
        visit_kind(visitor, Kind::BigInt, BytesDeserializer::new(&bytes))
    }

    fn visit_number<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        let at = self.cursor.at;
        match self.read_number()? {
            Number::Float(float) => visitor.visit_f64(float),
            Number::Complex(real, imaginary) => {
                visitor.visit_seq(SeqDeserializer::new([real, imaginary].into_iter()))
            }
            Number::Int { negative, size } => {
                if let (false, Ok(int)) = (negative, u64::try_from(size)) {
                    visitor.visit_u64(int)
                } else if let Some(int) = signed(negative, size) {
                    match i64::try_from(int) {
                        Ok(int) => visitor.visit_i64(int),
                        Err(_) => visitor.visit_i128(int),
                    }
                } else if !negative {
                    visitor.visit_u128(size)
                } else {
                    Err(too_wide(at, &Number::Int { negative, size }))
                }
            }
            number @ Number::BigInt(_) => Err(too_wide(at, &number)),
        }
    }
}

fn too_wide(at: usize, number: &Number) -> Error {
    let message = format!(
        "{} does not fit 128 bits; read it as a Value",
        number.describe()
    );
    Error::at(ErrorKind::Data, at, message)
}

fn signed(negative: bool, size: u128) -> Option<i128> {
    if negative {
        0_i128.checked_sub_unsigned(size)
    } else {
        i128::try_from(size).ok()
    }
}

macro_rules! deserialize_ints {
    ($($method:ident $visit:ident $int:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let int = self.read_int(stringify!($int), |negative, size| {
                if negative {
                    signed(negative, size).and_then(|int| $int::try_from(int).ok())
                } else {
                    $int::try_from(size).ok()
                }
            })?;
            visitor.$visit(int)
        })*
    };
}

impl<'de> de::Deserializer<'de> for &mut Parser<'de, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.grouped(|this| match this.shape()? {
            Shape::None => this.deserialize_unit(visitor),
            Shape::Bool(_) => this.deserialize_bool(visitor),
            Shape::Number => this.visit_number(visitor),
            Shape::String(prefix) if prefix.bytes => this.deserialize_bytes(visitor),
            Shape::String(_) => this.read_str(visitor),
            Shape::ByteArray => this.deserialize_bytes(visitor),
            Shape::Tuple | Shape::List | Shape::Set | Shape::Call(_) => {
                this.read_any_items(visitor)
            }
            Shape::Dict => this.visit_dict(visitor),
        })
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.grouped(|this| match this.shape()? {
            Shape::Bool(value) => {
                this.cursor.skip(if value { 4 } else { 5 });
                visitor.visit_bool(value)
            }
            shape => Err(this.mismatch("True or False", shape)),
        })
    }

    deserialize_ints! {
        deserialize_i8 visit_i8 i8
        deserialize_i16 visit_i16 i16
        deserialize_i32 visit_i32 i32
        deserialize_i128 visit_i128 i128
        deserialize_u8 visit_u8 u8
        deserialize_u16 visit_u16 u16
        deserialize_u32 visit_u32 u32
        deserialize_u128 visit_u128 u128
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let int = self.read_int("i64", |negative, size| {
            i64::try_from(signed(negative, size)?).ok()
        })?;
        visitor.visit_i64(int)
    }

    #[inline]
    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if let Some(int) = number::plain_u64(&mut self.cursor) {
            return visitor.visit_u64(int);
        }
        let int = self.read_int("u64", |negative, size| {
            u64::try_from(size)
                .ok()
                .filter(|&int| !negative || int == 0)
        })?;
        visitor.visit_u64(int)
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_f64(visitor)
    }

    #[inline]
    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if let Some(float) = number::plain_float(&mut self.cursor) {
            return visitor.visit_f64(float);
        }
        let float = self.read_float()?;
        visitor.visit_f64(float)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.read_str(visitor)
    }

    #[inline]
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.read_str(visitor)
    }

    /// The text is not to be borrowed, which allows for a short cut.
    #[inline]
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut copy = string::Short::default();
        if let Some(text) = string::short_str(&mut self.cursor, &mut copy) {
            return visitor.visit_str(text);
        }
        self.read_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.grouped(|this| {
            let shape = this.shape()?;
            match this.read_bytes(shape)? {
                Cow::Borrowed(bytes) => visitor.visit_borrowed_bytes(bytes),
                Cow::Owned(bytes) => visitor.visit_byte_buf(bytes),
            }
        })
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.grouped(|this| {
            if this.cursor.peek() == Some(b'N') && this.cursor.word() == b"None" {
                this.cursor.skip(b"None".len());
                return visitor.visit_none();
            }
            visitor.visit_some(&mut *this)
        })
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.grouped(|this| match this.shape()? {
            Shape::None => {
                this.cursor.skip(b"None".len());
                visitor.visit_unit()
            }
            shape => Err(this.mismatch("None", shape)),
        })
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match name {
            newtype if name::is_value(newtype) => self.visit_value(visitor),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.read_any_items(visitor)
    }

    #[inline]
    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.read_tuple(len, visitor)
    }

    #[inline]
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.read_tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.grouped(|this| match this.shape()? {
            Shape::Dict => this.visit_dict(visitor),
            shape => Err(this.mismatch("a dict", shape)),
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.grouped(|this| match this.shape()? {
            Shape::Dict => this.visit_dict(visitor),
            Shape::Tuple => this.visit_items(1, b')', visitor),
            Shape::List => this.visit_items(1, b']', visitor),
            shape => Err(this.mismatch("a dict, tuple or list", shape)),
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.grouped(|this| match this.shape()? {
            Shape::String(prefix) if !prefix.bytes => {
                let name = string::read_str(&mut this.cursor, prefix)?;
                visitor.visit_enum(StrDeserializer::new(&name))
            }
            Shape::Dict => {
                this.enter(1)?;
                let value = visitor.visit_enum(Variant(&mut *this))?;
                this.cursor.next_token();
                this.cursor.take(b',');
                this.cursor.expect(b'}')?;
                this.depth += 1;
                Ok(value)
            }
            shape => Err(this.mismatch("a str or a dict with one key", shape)),
        })
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.read_str(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.grouped(|this| match this.shape()? {
            Shape::Number => {
                // Whatever its size.
                this.read_number()?;
                visitor.visit_unit()
            }
            Shape::String(prefix) if !prefix.bytes => {
                // Surrogates or not.
                string::read_text(&mut this.cursor, prefix)?;
                visitor.visit_unit()
            }
            _ => this.deserialize_any(visitor),
        })
    }
}
