//! From nodes to any type that serde can read.

use num_bigint::BigInt;
use serde::de::value::{
    BytesDeserializer, MapAccessDeserializer, SeqDeserializer, StrDeserializer,
};
use serde::de::{Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::lend::Lend;
use super::node::NodeReader;
use super::object::ObjectReader;
use super::sequence::{Chain, Run, Sequence};
use crate::pickle::error::{Error, ErrorKind, Result};
use crate::pickle::machine::arena::{Node, Span, TEXT_PER_NODE};
use crate::pickle::options::Objects;
use crate::value::{Kind, name, visit_kind};

impl<'a, M: Copy> NodeReader<'a, M> {
    #[inline(always)]
    fn sequence<I: ExactSizeIterator<Item = &'a Node>>(
        self,
        items: I,
    ) -> Result<Sequence<'a, I, M>> {
        Sequence::open(self.machine, items)
    }

    /// The items of a tuple, which lie side by side.
    #[inline]
    fn run(self) -> Option<Run<'a>> {
        match *self.node {
            Node::Tuple { items, .. } | Node::Complex { items, .. } => {
                Some(self.machine.arena.items(items).iter())
            }
            _ => None,
        }
    }

    /// The items of a list or set.
    #[inline]
    fn chain(self) -> Option<Chain<'a>> {
        match *self.node {
            Node::List { container, .. }
            | Node::Set { container, .. }
            | Node::FrozenSet { container, .. } => Some(Chain::new(&self.machine.arena, container)),
            _ => None,
        }
    }

    /// The keys and values of a dict.
    fn pairs(self) -> Result<Option<Sequence<'a, Chain<'a>, M>>> {
        match *self.node {
            Node::Dict { container, .. } => {
                let items = Chain::new(&self.machine.arena, container);
                self.sequence(items).map(Some)
            }
            _ => Ok(None),
        }
    }

    #[inline]
    fn text(self, text: Span) -> Result<&'a str> {
        let len = u64::from(text.len);
        if len >= TEXT_PER_NODE {
            self.machine.budget.spend(len / TEXT_PER_NODE)?;
        }
        Ok(self.machine.arena.text(text))
    }

    fn bytes(self, bytes: Span) -> Result<&'a [u8]> {
        self.machine
            .budget
            .spend(u64::from(bytes.len) / TEXT_PER_NODE)?;
        Ok(self.machine.arena.bytes(bytes))
    }

    /// The value if the node is an integer that 128 bits can hold.
    fn integer(self) -> Option<Integer> {
        match *self.node {
            Node::Int {
                unsigned, value, ..
            } => Some(Integer::Signed(without_bounds(unsigned, value))),
            Node::Wide { bytes, .. } => {
                let bytes = self.machine.arena.bytes(bytes);
                let negative = bytes.last().is_some_and(|&last| last >= 0x80);
                let mut word = [if negative { 0xff } else { 0 }; 16];
                match bytes {
                    [low @ .., 0] if low.len() == 16 => {
                        word.copy_from_slice(low);
                        Some(Integer::Unsigned(u128::from_le_bytes(word)))
                    }
                    bytes if bytes.len() <= 16 => {
                        word[..bytes.len()].copy_from_slice(bytes);
                        Some(Integer::Signed(i128::from_le_bytes(word)))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    #[cold]
    fn out_of_range(self, wanted: &str) -> Error {
        let number = match *self.node {
            Node::Int {
                unsigned, value, ..
            } => without_bounds(unsigned, value).to_string(),
            Node::Wide { bytes, .. } => {
                let bytes = self.machine.arena.bytes(bytes);
                // Decimal digits take quadratic time.
                if bytes.len() <= 64 {
                    BigInt::from_signed_bytes_le(bytes).to_string()
                } else {
                    format!("of {} bits", bytes.len() * 8)
                }
            }
            _ => String::new(),
        };
        Error::data(
            format!("the integer {number} is out of range for {wanted}"),
            self.offset(),
        )
    }

    /// Bytes as the sequence of numbers that serde takes a `Vec<u8>` for.
    fn visit_numbers<'de, V: Visitor<'de>>(self, bytes: Span, visitor: V) -> Result<V::Value>
    where
        M: Lend<'a, 'de>,
    {
        let numbers = SeqDeserializer::new(self.bytes(bytes)?.iter().copied());
        visitor.visit_seq(numbers)
    }

    /// Anything but a tuple where one of `len` is expected.
    ///
    /// It never gets to the items of a tuple: they are visited from one place
    /// only, so that the compiler makes that a part of the loop over records.
    fn tuple_of_others<'de, V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value>
    where
        M: Lend<'a, 'de>,
    {
        match (self.chain(), *self.node) {
            (Some(chain), _) if chain.len() != len => Err(self.wrong_length(chain.len(), len)),
            (Some(chain), _) => self.sequence(chain)?.visit(visitor),
            (None, Node::Bytes { bytes, .. } | Node::ByteArray { bytes, .. }) => {
                self.visit_numbers(bytes, visitor)
            }
            (None, Node::Bulk { what, index, .. }) => self.visit_bulk_numbers(what, index, visitor),
            (None, _) => self.visit_kind::<false, _>(visitor),
        }
    }

    #[cold]
    fn wrong_length(self, found: usize, expected: usize) -> Error {
        let what = format!("{found} items where {expected} are expected");
        Error::data(what, self.offset())
    }

    #[cold]
    fn no_data(self) -> Error {
        Error::new(
            ErrorKind::Malformed("a global where data is expected".to_owned()),
            self.offset(),
        )
    }

    /// Answers any visitor with what the node is.
    fn visit<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value>
    where
        M: Lend<'a, 'de>,
    {
        self.visit_kind::<true, _>(visitor)
    }

    /// As [`visit`](Self::visit); without `SEQUENCES`, of nodes that are none.
    fn visit_kind<'de, const SEQUENCES: bool, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value>
    where
        M: Lend<'a, 'de>,
    {
        match *self.node {
            Node::None { .. } => visitor.visit_unit(),
            Node::Bool { value, .. } => visitor.visit_bool(value),
            Node::Int {
                unsigned: false,
                value,
                ..
            } => visitor.visit_i64(value),
            Node::Int { value, .. } => visitor.visit_u64(value as u64),
            Node::Wide { .. } => match self.integer() {
                Some(Integer::Signed(value)) => visitor.visit_i128(value),
                Some(Integer::Unsigned(value)) => visitor.visit_u128(value),
                None => Err(self.out_of_range("128 bits")),
            },
            Node::Float { value, .. } => visitor.visit_f64(value),
            Node::Str { text, .. } => M::text(visitor, self.text(text)?),
            Node::Bytes { bytes, .. } | Node::ByteArray { bytes, .. } => {
                M::bytes(visitor, self.bytes(bytes)?)
            }
            Node::Surrogates { .. } => Err(self.no_text()),
            Node::Bulk { what, index, .. } => self.visit_bulk(what, index, visitor),
            Node::Tuple { .. }
            | Node::Complex { .. }
            | Node::List { .. }
            | Node::Set { .. }
            | Node::FrozenSet { .. }
                if SEQUENCES =>
            {
                self.deserialize_seq(visitor)
            }
            Node::Tuple { .. }
            | Node::Complex { .. }
            | Node::List { .. }
            | Node::Set { .. }
            | Node::FrozenSet { .. } => Err(self.no_data()),
            Node::Dict { .. } => match self.pairs()? {
                Some(pairs) => pairs.visit_map(visitor),
                None => Err(self.no_data()),
            },
            Node::Object { .. } | Node::Global { .. } | Node::Part { .. } | Node::HandedOut => {
                self.visit_object(visitor)
            }
        }
        .map_err(|error: Error| error.or_at(self.offset()))
    }

    /// The object that the node is, where objects are data.
    #[cold]
    fn object(self) -> Option<ObjectReader<'a, M>> {
        if self.machine.objects == Objects::Refuse {
            return None;
        }
        ObjectReader::new(self.machine, self.node)
    }

    /// Answers any visitor with the attributes of an object.
    #[cold]
    fn visit_object<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value>
    where
        M: Lend<'a, 'de>,
    {
        match self.object() {
            Some(object) => object.visit_map(visitor),
            None => Err(self.no_data()),
        }
    }

    /// Answers [`Value`](crate::value::Value): its type first, where that does
    /// not follow from the content.
    #[inline]
    fn visit_value<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value>
    where
        M: Lend<'a, 'de>,
    {
        let kind = match *self.node {
            Node::None { .. } => return visitor.visit_unit(),
            Node::Bool { value, .. } => return visitor.visit_bool(value),
            Node::Int {
                unsigned, value, ..
            } => return visitor.visit_i128(without_bounds(unsigned, value)),
            Node::Float { value, .. } => return visitor.visit_f64(value),
            Node::Str { text, .. } => return M::text(visitor, self.text(text)?),
            Node::Bytes { bytes, .. } => return M::bytes(visitor, self.bytes(bytes)?),
            Node::Wide { bytes, .. } => {
                if let Some(Integer::Signed(_)) = self.integer() {
                    Kind::Int
                } else {
                    let bytes = BytesDeserializer::new(self.bytes(bytes)?);
                    return visit_kind(visitor, Kind::BigInt, bytes);
                }
            }
            Node::Surrogates { bytes, .. } => {
                let bytes = BytesDeserializer::new(self.bytes(bytes)?);
                return visit_kind(visitor, Kind::Surrogates, bytes);
            }
            Node::Bulk { what, index, .. } => return self.visit_bulk_value(what, index, visitor),
            Node::Complex { .. } => Kind::Complex,
            Node::ByteArray { .. } => Kind::ByteArray,
            Node::Tuple { .. } => Kind::Tuple,
            Node::List { .. } => Kind::List,
            Node::Dict { .. } => Kind::Dict,
            Node::Set { .. } => Kind::Set,
            Node::FrozenSet { .. } => Kind::FrozenSet,
            Node::Object { .. } | Node::Global { .. } | Node::Part { .. } | Node::HandedOut => {
                return match self.object() {
                    Some(object) => visit_kind(visitor, Kind::Object, object),
                    None => Err(self.no_data()),
                };
            }
        };
        match *self.node {
            Node::Dict { container, .. } => self.check_nans(container, 2)?,
            Node::Set { container, .. } | Node::FrozenSet { container, .. } => {
                self.check_nans(container, 1)?;
            }
            _ => {}
        }
        visit_kind(visitor, kind, self)
    }
}

enum Integer {
    /// Also where it would fit without sign.
    Signed(i128),
    /// Above `i128::MAX`.
    Unsigned(u128),
}

/// The value of [`Node::Int`].
#[inline(always)]
fn without_bounds(unsigned: bool, value: i64) -> i128 {
    // Chosen by arithmetic: half of all random integers are of either sort.
    i128::from(value) + (i128::from(unsigned) << 64)
}

macro_rules! integers {
    ($($method:ident $visit:ident $type:ty;)*) => {
        $(
            #[inline]
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
                let value = match *self.node {
                    Node::Int { unsigned, value, .. } => {
                        <$type>::try_from(without_bounds(unsigned, value)).ok()
                    }
                    Node::Wide { .. } => match self.integer() {
                        Some(Integer::Signed(value)) => <$type>::try_from(value).ok(),
                        Some(Integer::Unsigned(value)) => <$type>::try_from(value).ok(),
                        None => None,
                    },
                    _ => return self.visit(visitor),
                };
                match value {
                    Some(value) => visitor.$visit(value),
                    None => Err(self.out_of_range(stringify!($type))),
                }
            }
        )*
    };
}

impl<'a, 'de, M: Lend<'a, 'de>> Deserializer<'de> for NodeReader<'a, M> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.visit(visitor)
    }

    integers! {
        deserialize_i8 visit_i8 i8;
        deserialize_i16 visit_i16 i16;
        deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64;
        deserialize_i128 visit_i128 i128;
        deserialize_u8 visit_u8 u8;
        deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32;
        deserialize_u64 visit_u64 u64;
        deserialize_u128 visit_u128 u128;
    }

    #[inline]
    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match *self.node {
            Node::Float { value, .. } => visitor.visit_f64(value),
            _ => self.visit(visitor),
        }
    }

    #[inline]
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match *self.node {
            Node::Str { text, .. } => M::text(visitor, self.text(text)?),
            _ => self.visit(visitor),
        }
    }

    #[inline]
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match *self.node {
            Node::None { .. } => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        newtype: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        if name::is_value(newtype) {
            self.visit_value(visitor)
        } else {
            visitor.visit_newtype_struct(self)
        }
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match *self.node {
            // For a `Vec<u8>`, which serde takes for a sequence of numbers.
            Node::Bytes { bytes, .. } | Node::ByteArray { bytes, .. } => {
                self.visit_numbers(bytes, visitor)
            }
            Node::Bulk { what, index, .. } => self.visit_bulk_numbers(what, index, visitor),
            _ => match (self.run(), self.chain()) {
                (Some(run), _) => self.sequence(run)?.visit(visitor),
                (_, Some(chain)) => self.sequence(chain)?.visit(visitor),
                _ => match self.object() {
                    Some(object) if object.has_items() => object.visit_items(visitor),
                    _ => self.visit(visitor),
                },
            },
        }
    }

    #[inline(always)]
    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value> {
        match self.run() {
            Some(run) if run.len() == len => self.sequence(run)?.visit(visitor),
            Some(run) => Err(self.wrong_length(run.len(), len)),
            None => self.tuple_of_others(len, visitor),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_tuple(len, visitor)
    }

    /// A dict by names, or a tuple or list by position.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        match *self.node {
            Node::Tuple { .. } | Node::List { .. } => self.deserialize_tuple(fields.len(), visitor),
            _ => self.visit(visitor),
        }
    }

    /// A str names a variant without content, a dict of one item one with.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        match *self.node {
            Node::Str { text, .. } => {
                visitor.visit_enum(StrDeserializer::<Error>::new(self.text(text)?))
            }
            _ => match self.pairs()? {
                Some(pairs) if pairs.items.len() == 2 => {
                    visitor.visit_enum(MapAccessDeserializer::new(pairs))
                }
                _ => {
                    let what = "an enum is a str or a dict of one item";
                    Err(Error::data(what, self.offset()))
                }
            },
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool f32 char bytes byte_buf unit unit_struct map identifier
    }
}
