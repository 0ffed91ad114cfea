//! From text to serde.

use std::borrow::Cow;

use serde::de::value::{
    BytesDeserializer, F64Deserializer, I128Deserializer, SeqDeserializer, StrDeserializer,
};
use serde::de::{
    self, Deserialize, DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use crate::value::{Kind, name, visit_kind};

use super::cursor::Cursor;
use super::lookahead::{Separator, first_separator};
use super::number::{self, Number};
use super::string::{self, Prefix};
use super::{Error, ErrorKind, Limits};

/// Reads the one literal in `text`, white space around it apart.
#[inline]
pub(super) fn read<'de, T: Deserialize<'de>>(text: &'de [u8], limits: &Limits) -> Result<T, Error> {
    let mut deserializer = Deserializer {
        cursor: Cursor::new(text),
        limits,
        depth: limits.depth.min(Limits::MAX_DEPTH),
    };
    deserializer.cursor.next_token();
    let start = deserializer.cursor.at;
    let value = T::deserialize(&mut deserializer).map_err(|error| error.or_at(start))?;
    match deserializer.cursor.next_token() {
        None => Ok(value),
        Some(_) => Err(deserializer.cursor.unexpected("the end of the literal")),
    }
}

struct Deserializer<'de, 'l> {
    cursor: Cursor<'de>,
    limits: &'l Limits,
    /// How many more brackets may be opened within each other.
    depth: usize,
}

/// What is next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    None,
    Bool(bool),
    Number,
    String(Prefix),
    /// `bytearray(`
    ByteArray,
    Tuple,
    List,
    Dict,
    Set,
    /// `set(` or `frozenset(`
    Call(Kind),
}

impl<'de> Deserializer<'de, '_> {
    /// Runs `read` behind any parentheses that only group.
    #[inline]
    fn grouped<R>(&mut self, read: impl FnOnce(&mut Self) -> Result<R, Error>) -> Result<R, Error> {
        if self.cursor.next_token() == Some(b'(') && self.opens_group() {
            return self.within_groups(read);
        }
        read(self)
    }

    /// Whether the parenthesis that is next opens no tuple.
    fn opens_group(&self) -> bool {
        first_separator(&self.cursor.rest()[1..], self.depth) == Separator::Close
    }

    #[cold]
    fn within_groups<R>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let outside = self.depth;
        let mut groups = 0;
        while self.cursor.next_token() == Some(b'(') && self.opens_group() {
            self.enter(1)?;
            groups += 1;
        }
        let value = read(self)?;
        for _ in 0..groups {
            self.cursor.expect(b')')?;
        }
        self.depth = outside;
        Ok(value)
    }

    /// Moves past an opening bracket (and what stands before it).
    #[inline]
    fn enter(&mut self, bytes: usize) -> Result<(), Error> {
        if self.depth == 0 {
            return Err(self.too_deep());
        }
        self.depth -= 1;
        self.cursor.skip(bytes);
        Ok(())
    }

    #[cold]
    fn too_deep(&self) -> Error {
        let limit = self.limits.depth.min(Limits::MAX_DEPTH);
        let message = format!("nested deeper than {limit} (limit `depth`)");
        Error::at(ErrorKind::Limit, self.cursor.at, message)
    }

    /// What is next; nothing is moved but white space.
    fn shape(&mut self) -> Result<Shape, Error> {
        let Some(first) = self.cursor.next_token() else {
            return Err(self.cursor.unexpected("a value"));
        };
        match first {
            b'(' => Ok(Shape::Tuple),
            b'[' => Ok(Shape::List),
            b'{' => Ok(self.brace()),
            _ if number::starts_number(first) => Ok(Shape::Number),
            b'\'' | b'"' | b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word_shape(),
            _ => Err(self.cursor.unexpected("a value")),
        }
    }

    fn brace(&self) -> Shape {
        match first_separator(&self.cursor.rest()[1..], self.depth) {
            Separator::Comma | Separator::Close => Shape::Set,
            Separator::Colon | Separator::Empty | Separator::Nothing => Shape::Dict,
        }
    }

    fn brace_may_be_set(&self) -> bool {
        let separator = first_separator(&self.cursor.rest()[1..], self.depth);
        !matches!(separator, Separator::Colon | Separator::Empty)
    }

    fn word_shape(&self) -> Result<Shape, Error> {
        if let Some(prefix) = string::prefix(&self.cursor)? {
            return Ok(Shape::String(prefix));
        }
        let word = self.cursor.word();
        let call = self.cursor.rest().get(word.len()) == Some(&b'(');
        match word {
            b"None" => Ok(Shape::None),
            b"True" => Ok(Shape::Bool(true)),
            b"False" => Ok(Shape::Bool(false)),
            b"inf" | b"nan" | b"infj" | b"nanj" => Ok(Shape::Number),
            b"bytearray" if call => Ok(Shape::ByteArray),
            b"set" if call => Ok(Shape::Call(Kind::Set)),
            b"frozenset" if call => Ok(Shape::Call(Kind::FrozenSet)),
            _ => {
                let shown = self.cursor.shown_word();
                let what = if call { "call of" } else { "name" };
                let message = format!("expected a value, found the {what} {shown}");
                Err(Error::at(ErrorKind::Unsupported, self.cursor.at, message))
            }
        }
    }

    fn read_number(&mut self) -> Result<Number, Error> {
        number::read_number(&mut self.cursor, self.limits)
    }

    /// The bytes of `b'…'` or `bytearray(b'…')`.
    fn read_bytes(&mut self, shape: Shape) -> Result<Cow<'de, [u8]>, Error> {
        match shape {
            Shape::String(prefix) if prefix.bytes => string::read_bytes(&mut self.cursor, prefix),
            Shape::ByteArray => {
                self.cursor.skip(b"bytearray(".len());
                if self.cursor.next_token() == Some(b')') {
                    self.cursor.skip(1);
                    return Ok(Cow::Borrowed(b""));
                }
                let bytes = match string::prefix(&self.cursor)? {
                    Some(prefix) if prefix.bytes => string::read_bytes(&mut self.cursor, prefix)?,
                    _ => return Err(self.cursor.unexpected("bytes, such as b'…'")),
                };
                self.cursor.expect(b')')?;
                Ok(bytes)
            }
            _ => Err(self.mismatch("bytes", shape)),
        }
    }

    /// An error for a value of another type than `expected`.
    #[cold]
    fn mismatch(&mut self, expected: &str, shape: Shape) -> Error {
        let at = self.cursor.at;
        let found = match shape {
            Shape::None => "None".to_owned(),
            Shape::Bool(true) => "True".to_owned(),
            Shape::Bool(false) => "False".to_owned(),
            Shape::Number => match self.read_number() {
                Ok(number) => number.describe(),
                Err(error) => return error,
            },
            Shape::String(prefix) if prefix.bytes => "bytes".to_owned(),
            Shape::String(_) => "a str".to_owned(),
            Shape::ByteArray => "a bytearray".to_owned(),
            Shape::Tuple => "a tuple".to_owned(),
            Shape::List => "a list".to_owned(),
            Shape::Dict => "a dict".to_owned(),
            Shape::Call(Kind::FrozenSet) => "a frozenset".to_owned(),
            Shape::Set | Shape::Call(_) => "a set".to_owned(),
        };
        let hint = match expected {
            "a float" if found.starts_with("the int") => {
                " (Python writes a float with a point: 1.0)"
            }
            _ => "",
        };
        let message = format!("expected {expected}, found {found}{hint}");
        Error::at(ErrorKind::Data, at, message)
    }

    /// Reads an int and gives it to `fit`, which says whether it is in range.
    fn read_int<T>(
        &mut self,
        expected: &str,
        fit: impl FnOnce(bool, u128) -> Option<T>,
    ) -> Result<T, Error> {
        self.grouped(|this| {
            let shape = this.shape()?;
            let at = this.cursor.at;
            if shape != Shape::Number {
                return Err(this.mismatch("an int", shape));
            }
            let number = this.read_number()?;
            let fitting = match &number {
                Number::Int { negative, size } => fit(*negative, *size),
                Number::BigInt(_) => None,
                Number::Float(_) | Number::Complex(..) => {
                    let message = format!("expected an int, found {}", number.describe());
                    return Err(Error::at(ErrorKind::Data, at, message));
                }
            };
            fitting.ok_or_else(|| {
                let message = format!("{} does not fit {expected}", number.describe());
                Error::at(ErrorKind::Data, at, message)
            })
        })
    }

    fn read_float(&mut self) -> Result<f64, Error> {
        self.grouped(|this| {
            let shape = this.shape()?;
            let at = this.cursor.at;
            if shape == Shape::Number
                && let Number::Float(float) = this.read_number()?
            {
                return Ok(float);
            }
            this.cursor.at = at;
            Err(this.mismatch("a float", shape))
        })
    }

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
    fn read_tuple<V: Visitor<'de>>(&mut self, len: usize, visitor: V) -> Result<V::Value, Error> {
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

    /// Visits what is behind an opening bracket of `opening` bytes, and moves
    /// past `close`.
    #[inline]
    fn visit_items<V: Visitor<'de>>(
        &mut self,
        opening: usize,
        close: u8,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.enter(opening)?;
        let mut items = Items::new(self, close);
        let value = visitor.visit_seq(&mut items)?;
        items.finish()?;
        self.depth += 1;
        Ok(value)
    }

    /// `set()`, `set([…])`, `frozenset({…})` and the like.
    fn visit_call<V: Visitor<'de>>(&mut self, kind: Kind, visitor: V) -> Result<V::Value, Error> {
        let name = if kind == Kind::Set {
            "set("
        } else {
            "frozenset("
        };
        self.enter(name.len())?;
        let close = match self.cursor.next_token() {
            Some(b')') => {
                let mut items = Items::new(self, b')');
                let value = visitor.visit_seq(&mut items)?;
                items.finish()?;
                self.depth += 1;
                return Ok(value);
            }
            // Where the text ends too early, reading on gives the better error.
            Some(b'{') if self.brace_may_be_set() => b'}',
            Some(b'[') => b']',
            Some(b'(') if !self.opens_group() => b')',
            _ => return Err(self.cursor.unexpected("a set, list or tuple")),
        };
        let value = self.visit_items(1, close, visitor)?;
        self.cursor.expect(b')')?;
        self.depth += 1;
        Ok(value)
    }

    fn visit_dict<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        self.enter(1)?;
        let mut items = Items::new(self, b'}');
        let value = visitor.visit_map(&mut items)?;
        items.finish()?;
        self.depth += 1;
        Ok(value)
    }

    /// Answers [`name::VALUE`].
    fn visit_value<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        self.grouped(|this| {
            let kind = match this.shape()? {
                Shape::None => Kind::None,
                Shape::Bool(_) => Kind::Bool,
                Shape::Number => return this.visit_number_value(visitor),
                Shape::String(prefix) if prefix.bytes => Kind::Bytes,
                Shape::String(_) => Kind::Str,
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

impl<'de> de::Deserializer<'de> for &mut Deserializer<'de, '_> {
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
        self.cursor.next_token();
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
        self.cursor.next_token();
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

    #[inline]
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
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
            name::VALUE => self.visit_value(visitor),
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
        self.grouped(|this| {
            if this.shape()? == Shape::Number {
                // Whatever its size.
                this.read_number()?;
                return visitor.visit_unit();
            }
            this.deserialize_any(visitor)
        })
    }
}

/// The items of a container up to its closing bracket.
struct Items<'a, 'de, 'l> {
    deserializer: &'a mut Deserializer<'de, 'l>,
    close: u8,
    count: usize,
    /// Whether the last item, if any, had a comma.
    comma: bool,
}

impl<'a, 'de, 'l> Items<'a, 'de, 'l> {
    #[inline]
    fn new(deserializer: &'a mut Deserializer<'de, 'l>, close: u8) -> Self {
        Items {
            deserializer,
            close,
            count: 0,
            comma: true,
        }
    }

    /// Reads what comes next with `read`, unless the bracket closes.
    #[inline]
    fn next<R>(
        &mut self,
        read: impl FnOnce(&mut Deserializer<'de, 'l>) -> Result<R, Error>,
    ) -> Result<Option<R>, Error> {
        let next = self.deserializer.cursor.next_token();
        if next == Some(self.close) {
            return Ok(None);
        }
        if !self.comma {
            return Err(self.no_comma());
        }
        let start = self.deserializer.cursor.at;
        let value = read(self.deserializer).map_err(|error| error.or_at(start))?;
        self.count += 1;
        Ok(Some(value))
    }

    /// Moves past the comma behind an item, if there is one.
    #[inline]
    fn take_comma(&mut self) {
        let cursor = &mut self.deserializer.cursor;
        self.comma = cursor.take(b',') || (cursor.next_token().is_some() && cursor.take(b','));
    }

    #[cold]
    fn no_comma(&self) -> Error {
        let close = self.close as char;
        self.deserializer
            .cursor
            .unexpected(&format!("',' or '{close}'"))
    }

    /// Moves past the closing bracket, which must be next.
    #[inline]
    fn finish(self) -> Result<(), Error> {
        let cursor = &mut self.deserializer.cursor;
        if cursor.next_token() != Some(self.close) {
            return Err(self.not_closed());
        }
        if self.close == b')' && self.count == 1 && !self.comma {
            return Err(cursor.unexpected("',': a tuple of one item is written (x,)"));
        }
        cursor.skip(1);
        Ok(())
    }

    #[cold]
    fn not_closed(&self) -> Error {
        let cursor = &self.deserializer.cursor;
        if !self.comma || cursor.peek().is_none() {
            return self.no_comma();
        }
        let message = format!("expected {} items, found more", self.count);
        Error::at(ErrorKind::Data, cursor.at, message)
    }
}

impl<'de> SeqAccess<'de> for &mut Items<'_, 'de, '_> {
    type Error = Error;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        let item = self.next(|deserializer| seed.deserialize(deserializer))?;
        if item.is_some() {
            self.take_comma();
        }
        Ok(item)
    }
}

impl<'de> MapAccess<'de> for &mut Items<'_, 'de, '_> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        self.next(|deserializer| seed.deserialize(deserializer))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let cursor = &mut self.deserializer.cursor;
        cursor.expect(b':')?;
        cursor.next_token();
        let start = cursor.at;
        let value = seed
            .deserialize(&mut *self.deserializer)
            .map_err(|error| error.or_at(start))?;
        self.take_comma();
        Ok(value)
    }
}

/// The one item of `{'Variant': content}`, behind the opening brace.
struct Variant<'a, 'de, 'l>(&'a mut Deserializer<'de, 'l>);

impl<'de> EnumAccess<'de> for Variant<'_, 'de, '_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Error> {
        self.0.cursor.next_token();
        let start = self.0.cursor.at;
        let name = seed
            .deserialize(&mut *self.0)
            .map_err(|error| error.or_at(start))?;
        self.0.cursor.expect(b':')?;
        Ok((name, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de, '_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Deserialize::deserialize(self.0)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(self.0)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.0.read_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        de::Deserializer::deserialize_struct(self.0, "", fields, visitor)
    }
}
