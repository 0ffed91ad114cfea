//! What is within a container, item by item, for serde to visit.

use serde::de::{
    self, Deserialize, DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use crate::value::Kind;

use super::error::{Error, ErrorKind};
use super::parser::Parser;

impl<'de> Parser<'de, '_> {
    /// Visits what is behind an opening bracket of `opening` bytes, and moves
    /// past `close`.
    #[inline]
    pub(super) fn visit_items<V: Visitor<'de>>(
        &mut self,
        opening: usize,
        close: u8,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.enter(opening)?;
        let mut items = Items::new(self, close);
        // In place, here and in `de::read`: to load in words of 16 bytes what
        // was just stored in words of 8 stalls the processor. Records that are
        // not moved take 0.95 of the time, at the same instructions.
        let mut result = visitor.visit_seq(&mut items);
        if result.is_ok()
            && let Err(error) = items.finish()
        {
            result = Err(error);
        }
        self.depth += 1;
        result
    }

    /// `set()`, `set([…])`, `frozenset({…})` and the like.
    pub(super) fn visit_call<V: Visitor<'de>>(
        &mut self,
        kind: Kind,
        visitor: V,
    ) -> Result<V::Value, Error> {
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

    pub(super) fn visit_dict<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        self.enter(1)?;
        let mut items = Items::new(self, b'}');
        let value = visitor.visit_map(&mut items)?;
        items.finish()?;
        self.depth += 1;
        Ok(value)
    }
}

/// The items of a container up to its closing bracket.
struct Items<'a, 'de, 'l> {
    parser: &'a mut Parser<'de, 'l>,
    close: u8,
    count: usize,
    /// Whether the last item, if any, had a comma.
    comma: bool,
}

impl<'a, 'de, 'l> Items<'a, 'de, 'l> {
    #[inline]
    fn new(parser: &'a mut Parser<'de, 'l>, close: u8) -> Self {
        Items {
            parser,
            close,
            count: 0,
            comma: true,
        }
    }

    /// Reads what comes next with `read`, unless the bracket closes.
    #[inline]
    fn next<R>(
        &mut self,
        read: impl FnOnce(&mut Parser<'de, 'l>) -> Result<R, Error>,
    ) -> Result<Option<R>, Error> {
        let next = self.parser.cursor.next_token();
        if next == Some(self.close) {
            return Ok(None);
        }
        if !self.comma {
            return Err(self.no_comma());
        }
        let start = self.parser.cursor.at;
        let value = read(self.parser).map_err(|error| error.or_at(start))?;
        self.count += 1;
        Ok(Some(value))
    }

    /// Moves past the comma behind an item, if there is one.
    #[inline]
    fn take_comma(&mut self) {
        let cursor = &mut self.parser.cursor;
        // As `repr` writes it, comma and space go at once: every move of the
        // cursor waits for the one before.
        if cursor.rest().starts_with(b", ") {
            cursor.at += 2;
            self.comma = true;
            return;
        }
        self.comma = cursor.next_token().is_some() && cursor.take(b',');
    }

    #[cold]
    fn no_comma(&self) -> Error {
        let close = self.close as char;
        self.parser.cursor.unexpected(&format!("',' or '{close}'"))
    }

    /// Moves past the closing bracket, which must be next.
    #[inline]
    fn finish(&mut self) -> Result<(), Error> {
        let cursor = &mut self.parser.cursor;
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
        let cursor = &self.parser.cursor;
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
        let item = self.next(|parser| seed.deserialize(parser))?;
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
        self.next(|parser| seed.deserialize(parser))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let cursor = &mut self.parser.cursor;
        cursor.expect(b':')?;
        cursor.next_token();
        let start = cursor.at;
        let value = seed
            .deserialize(&mut *self.parser)
            .map_err(|error| error.or_at(start))?;
        self.take_comma();
        Ok(value)
    }
}

/// The one item of `{'Variant': content}`, behind the opening brace.
pub(super) struct Variant<'a, 'de, 'l>(pub(super) &'a mut Parser<'de, 'l>);

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
