//! From any type that serde can write to Python objects.

use std::io::Write;

use num_bigint::BigInt;
use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::encoder::Encoder;
use super::items::Items;
use super::meaning::{Meaning, ValueWriter, refuse};
use super::object::ObjectWriter;
use crate::pickle::error::{Error, Result};
use crate::value::{give_parts, name};

impl<W: Write> ValueWriter<'_, W> {
    /// Begins the dict around the content of a variant.
    fn begin_variant(&mut self, variant: &'static str) -> Result<Items> {
        self.encoder.enter()?;
        let mut items = self.encoder.begin_dict(Some(1))?;
        self.encoder.before_item(&mut items);
        self.encoder.name(variant)?;
        Ok(items)
    }
}

macro_rules! integers {
    ($($method:ident $type:ty as $write:ident;)*) => {
        $(
            #[inline]
            fn $method(self, v: $type) -> Result<()> {
                self.encoder.$write(v.into())
            }
        )*
    };
}

impl<'w, 'e, W: Write> Serializer for &'w mut ValueWriter<'e, W> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = ItemsWriter<'w, W>;
    type SerializeTuple = TupleWriter<'w, W>;
    type SerializeTupleStruct = TupleWriter<'w, W>;
    type SerializeTupleVariant = TupleWriter<'w, W>;
    type SerializeMap = ItemsWriter<'w, W>;
    type SerializeStruct = ItemsWriter<'w, W>;
    type SerializeStructVariant = ItemsWriter<'w, W>;

    #[inline]
    fn serialize_bool(self, v: bool) -> Result<()> {
        self.encoder.bool(v)
    }

    integers! {
        serialize_i8 i8 as int;
        serialize_i16 i16 as int;
        serialize_i32 i32 as int;
        serialize_i64 i64 as int;
        serialize_u8 u8 as int;
        serialize_u16 u16 as int;
        serialize_u32 u32 as int;
        serialize_u64 u64 as unsigned;
    }

    fn serialize_i128(self, v: i128) -> Result<()> {
        self.encoder.big_int(&BigInt::from(v))
    }

    fn serialize_u128(self, v: u128) -> Result<()> {
        self.encoder.big_int(&BigInt::from(v))
    }

    fn serialize_f32(self, v: f32) -> Result<()> {
        self.encoder.float(v.into())
    }

    #[inline]
    fn serialize_f64(self, v: f64) -> Result<()> {
        self.encoder.float(v)
    }

    fn serialize_char(self, v: char) -> Result<()> {
        self.encoder.str(v.encode_utf8(&mut [0; 4]))
    }

    #[inline]
    fn serialize_str(self, v: &str) -> Result<()> {
        if self.meaning == Meaning::BigInt {
            let int = BigInt::parse_bytes(v.as_bytes(), 10);
            let int = int.ok_or_else(|| refuse("a big integer that is not decimal"))?;
            return self.encoder.big_int(&int);
        }
        self.encoder.str(v)
    }

    fn serialize_bytes(self, v: &[u8]) -> Result<()> {
        match self.meaning {
            Meaning::ByteArray => self.encoder.byte_array(v),
            Meaning::Surrogates => self.encoder.surrogates(v),
            _ => self.encoder.bytes(v),
        }
    }

    #[inline]
    fn serialize_none(self) -> Result<()> {
        self.encoder.none()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<()> {
        self.encoder.none()
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<()> {
        self.encoder.none()
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<()> {
        self.encoder.name(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        newtype: &'static str,
        value: &T,
    ) -> Result<()> {
        let meaning = match newtype {
            name::BIG_INT => Meaning::BigInt,
            name::BYTE_ARRAY => Meaning::ByteArray,
            name::SET => Meaning::Set,
            name::FROZEN_SET => Meaning::FrozenSet,
            name::COMPLEX => Meaning::Complex,
            name::SURROGATES => Meaning::Surrogates,
            name::OBJECT => {
                return give_parts(value, &mut ObjectWriter::new(self.encoder));
            }
            _ => Meaning::Plain,
        };
        value.serialize(&mut ValueWriter {
            encoder: &mut *self.encoder,
            meaning,
        })
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<()> {
        let items = self.begin_variant(variant)?;
        value.serialize(&mut ValueWriter::new(self.encoder))?;
        end_variant(self.encoder, Some(items))
    }

    #[inline]
    fn serialize_seq(self, len: Option<usize>) -> Result<ItemsWriter<'w, W>> {
        self.encoder.enter()?;
        let items = match self.meaning {
            Meaning::Set => self.encoder.begin_set(len)?,
            Meaning::FrozenSet => self.encoder.begin_frozen_set(len)?,
            Meaning::Of(part) => self.encoder.begin_part(part, len),
            _ => self.encoder.begin_list(len)?,
        };
        Ok(ItemsWriter::new(self.encoder, items))
    }

    #[inline]
    fn serialize_tuple(self, len: usize) -> Result<TupleWriter<'w, W>> {
        self.encoder.enter()?;
        let is_complex = self.meaning == Meaning::Complex;
        if is_complex {
            self.encoder.begin_complex()?;
        }
        if self.meaning == Meaning::AfterClass
            && let Some((module, name)) = self.encoder.class.take()
        {
            self.encoder.begin_tuple(len + 1)?;
            self.encoder.named_global(&module, &name)?;
            return Ok(TupleWriter::new(self.encoder, len + 1, 1));
        }
        self.encoder.begin_tuple(len)?;
        Ok(TupleWriter {
            encoder: self.encoder,
            len,
            written: 0,
            is_complex,
            variant: None,
        })
    }

    fn serialize_tuple_struct(self, _name: &'static str, len: usize) -> Result<TupleWriter<'w, W>> {
        self.serialize_tuple(len)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<TupleWriter<'w, W>> {
        let items = self.begin_variant(variant)?;
        let tuple = self.serialize_tuple(len)?;
        Ok(TupleWriter {
            variant: Some(items),
            ..tuple
        })
    }

    #[inline]
    fn serialize_map(self, len: Option<usize>) -> Result<ItemsWriter<'w, W>> {
        self.encoder.enter()?;
        let items = match self.meaning {
            Meaning::Of(part) => self.encoder.begin_part(part, len),
            _ => self.encoder.begin_dict(len)?,
        };
        Ok(ItemsWriter::new(self.encoder, items))
    }

    fn serialize_struct(self, _name: &'static str, len: usize) -> Result<ItemsWriter<'w, W>> {
        self.serialize_map(Some(len))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<ItemsWriter<'w, W>> {
        let outer = self.begin_variant(variant)?;
        let inner = self.serialize_map(Some(len))?;
        Ok(ItemsWriter {
            variant: Some(outer),
            ..inner
        })
    }
}

/// Writes the items of a tuple.
pub(crate) struct TupleWriter<'w, W> {
    encoder: &'w mut Encoder<W>,
    len: usize,
    written: usize,
    /// The tuple is what `complex` is called with.
    is_complex: bool,
    /// The dict around the content of a variant.
    variant: Option<Items>,
}

impl<'w, W: Write> TupleWriter<'w, W> {
    /// One of whose items some are written.
    fn new(encoder: &'w mut Encoder<W>, len: usize, written: usize) -> Self {
        TupleWriter {
            encoder,
            len,
            written,
            is_complex: false,
            variant: None,
        }
    }

    #[inline]
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.written += 1;
        value.serialize(&mut ValueWriter::new(self.encoder))
    }

    #[inline]
    fn finish(self) -> Result<()> {
        // With fewer or more, TUPLE2 and its like would take the wrong ones.
        if self.written != self.len {
            return Err(refuse("a tuple that has not the length it announced"));
        }
        self.encoder.leave();
        self.encoder.end_tuple(self.len)?;
        if self.is_complex {
            self.encoder.reduce()?;
        }
        end_variant(self.encoder, self.variant)
    }
}

#[inline]
fn end_variant<W: Write>(encoder: &mut Encoder<W>, variant: Option<Items>) -> Result<()> {
    match variant {
        Some(items) => end_dict_of_one(encoder, items),
        None => Ok(()),
    }
}

fn end_dict_of_one<W: Write>(encoder: &mut Encoder<W>, mut items: Items) -> Result<()> {
    encoder.leave();
    encoder.after_item(&mut items);
    encoder.end_items(&items)
}

/// For serde the kinds of tuples differ in name only.
macro_rules! tuples {
    ($($trait:ident $method:ident;)*) => {
        $(
            impl<W: Write> $trait for TupleWriter<'_, W> {
                type Ok = ();
                type Error = Error;

                #[inline]
                fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
                    self.element(value)
                }

                #[inline]
                fn end(self) -> Result<()> {
                    self.finish()
                }
            }
        )*
    };
}

tuples! {
    SerializeTuple serialize_element;
    SerializeTupleStruct serialize_field;
    SerializeTupleVariant serialize_field;
}

/// Writes the items of a list or set, the keys and values of a dict.
pub(crate) struct ItemsWriter<'w, W> {
    encoder: &'w mut Encoder<W>,
    items: Items,
    /// The dict around the content of a variant.
    variant: Option<Items>,
}

impl<'w, W: Write> ItemsWriter<'w, W> {
    fn new(encoder: &'w mut Encoder<W>, items: Items) -> Self {
        ItemsWriter {
            encoder,
            items,
            variant: None,
        }
    }

    fn field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<()> {
        self.encoder.before_item(&mut self.items);
        self.encoder.name(key)?;
        value.serialize(&mut ValueWriter::new(self.encoder))?;
        self.encoder.after_item(&mut self.items);
        Ok(())
    }

    #[inline]
    fn finish(self) -> Result<()> {
        self.encoder.leave();
        self.encoder.end_items(&self.items)?;
        end_variant(self.encoder, self.variant)
    }
}

impl<W: Write> SerializeSeq for ItemsWriter<'_, W> {
    type Ok = ();
    type Error = Error;

    #[inline]
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.encoder.before_item(&mut self.items);
        value.serialize(&mut ValueWriter::new(self.encoder))?;
        self.encoder.after_item(&mut self.items);
        Ok(())
    }

    #[inline]
    fn end(self) -> Result<()> {
        self.finish()
    }
}

impl<W: Write> SerializeMap for ItemsWriter<'_, W> {
    type Ok = ();
    type Error = Error;

    #[inline]
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        self.encoder.before_item(&mut self.items);
        key.serialize(&mut ValueWriter::new(self.encoder))
    }

    #[inline]
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        value.serialize(&mut ValueWriter::new(self.encoder))?;
        self.encoder.after_item(&mut self.items);
        Ok(())
    }

    #[inline]
    fn end(self) -> Result<()> {
        self.finish()
    }
}

/// And so do structs and variants with fields.
macro_rules! structs {
    ($($trait:ident)*) => {
        $(
            impl<W: Write> $trait for ItemsWriter<'_, W> {
                type Ok = ();
                type Error = Error;

                fn serialize_field<T: Serialize + ?Sized>(
                    &mut self,
                    key: &'static str,
                    value: &T,
                ) -> Result<()> {
                    self.field(key, value)
                }

                fn end(self) -> Result<()> {
                    self.finish()
                }
            }
        )*
    };
}

structs! { SerializeStruct SerializeStructVariant }
