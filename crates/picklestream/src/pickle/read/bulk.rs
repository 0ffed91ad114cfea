//! Large strs and bytes, for serde: moved where nothing else refers to them.

use serde::de::value::{BytesDeserializer, SeqDeserializer};
use serde::de::{self, Visitor};

use super::lend::Lend;
use super::node::NodeReader;
use crate::pickle::error::{Error, Result};
use crate::pickle::machine::arena::TEXT_PER_NODE;
use crate::pickle::machine::bulk::{Bulk, What, from_latin_1};
use crate::value::{Kind, visit_kind};

impl<'a, M: Copy> NodeReader<'a, M> {
    fn bulk(self, index: u32) -> Result<&'a Bulk> {
        let bulk = self.machine.arena.bulk(index);
        self.machine
            .budget
            .spend(bulk.len() as u64 / TEXT_PER_NODE)?;
        Ok(bulk)
    }

    /// A large str or bytes, for any visitor.
    #[cold]
    pub(super) fn visit_bulk<'de, V: Visitor<'de>>(
        self,
        what: What,
        index: u32,
        visitor: V,
    ) -> Result<V::Value>
    where
        M: Lend<'a, 'de>,
    {
        let bulk = self.bulk(index)?;
        match what {
            What::Surrogates => Err(self.no_text()),
            What::Str if bulk.is_latin_1() => visitor.visit_string(from_latin_1(bulk.lent())),
            What::Str if M::MOVES => visitor.visit_string(text(bulk.take())?),
            What::Str => {
                let text = str::from_utf8(bulk.lent());
                M::text(visitor, text.map_err(<Error as de::Error>::custom)?)
            }
            What::Bytes | What::ByteArray if M::MOVES => visitor.visit_byte_buf(bulk.take()),
            What::Bytes | What::ByteArray => M::bytes(visitor, bulk.lent()),
        }
    }

    /// The same for [`Value`](crate::value::Value).
    #[cold]
    pub(super) fn visit_bulk_value<'de, V: Visitor<'de>>(
        self,
        what: What,
        index: u32,
        visitor: V,
    ) -> Result<V::Value>
    where
        M: Lend<'a, 'de>,
    {
        match what {
            What::Str | What::Bytes => self.visit_bulk(what, index, visitor),
            // What it is follows, and its content is asked of this.
            What::ByteArray => visit_kind(visitor, Kind::ByteArray, self),
            What::Surrogates => {
                let bytes = self.bulk(index)?.lent();
                visit_kind(visitor, Kind::Surrogates, BytesDeserializer::new(bytes))
            }
        }
    }

    /// Large bytes as the sequence of numbers that serde takes a `Vec<u8>` for.
    #[cold]
    pub(super) fn visit_bulk_numbers<'de, V: Visitor<'de>>(
        self,
        what: What,
        index: u32,
        visitor: V,
    ) -> Result<V::Value>
    where
        M: Lend<'a, 'de>,
    {
        match what {
            What::Bytes | What::ByteArray => {
                let bytes = self.bulk(index)?.lent();
                visitor.visit_seq(SeqDeserializer::new(bytes.iter().copied()))
            }
            What::Str | What::Surrogates => self.visit_bulk(what, index, visitor),
        }
    }
}

fn text(bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(<Error as de::Error>::custom)
}
