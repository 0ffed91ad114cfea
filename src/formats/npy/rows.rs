//! A row through serde, field by field.

use std::fmt::{self, Display};
use std::slice;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde::ser::{
    self, Impossible, Serialize, SerializeSeq, SerializeStruct, SerializeTuple, Serializer,
};

use super::header::{Dtype, Field, Item};

/// Why a record is no row, or a row no record.
#[derive(Debug)]
pub(super) struct Error(String);

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

impl ser::Error for Error {
    fn custom<M: Display>(message: M) -> Error {
        Error(message.to_string())
    }
}

impl de::Error for Error {
    fn custom<M: Display>(message: M) -> Error {
        Error(message.to_string())
    }
}

/// Adds a record to a row that is empty.
///
/// # Errors
///
/// If a field of it is of another type than its column, or does not fit.
pub(super) fn write_row<T: Serialize>(
    record: &T,
    dtype: &Dtype,
    row: &mut Vec<u8>,
) -> Result<(), Error> {
    let mut writer = RowWriter {
        fields: dtype.fields.iter(),
        row,
    };
    record.serialize(&mut writer)?;
    match writer.fields.next() {
        None => Ok(()),
        Some(_) => Err(Error("has fewer fields than there are columns".to_owned())),
    }
}

/// A record out of a row.
///
/// # Errors
///
/// If it is no such record.
pub(super) fn read_row<'row, T: Deserialize<'row>>(
    row: &'row [u8],
    dtype: &Dtype,
) -> Result<T, Error> {
    T::deserialize(Row::new(row, dtype))
}

/// Writes field after field at the end of a row.
struct RowWriter<'r> {
    fields: slice::Iter<'r, Field>,
    row: &'r mut Vec<u8>,
}

impl RowWriter<'_> {
    /// The column of the next field. All are little-endian: see
    /// [`Dtype::of_fields`].
    fn next(&mut self) -> Result<Item, Error> {
        match self.fields.next() {
            Some(field) => Ok(field.item),
            None => Err(Error("has more fields than there are columns".to_owned())),
        }
    }

    fn integer(&mut self, value: i128) -> Result<(), Error> {
        let item = self.next()?;
        let (width, fits) = match item {
            Item::Signed(width) => {
                let most = i128::MAX >> (128 - 8 * width);
                (width, (-most - 1..=most).contains(&value))
            }
            Item::Unsigned(width) => (width, value >= 0 && value >> (8 * width) == 0),
            _ => return Err(unfit("an int", item)),
        };
        if !fits {
            return Err(unfit(&format!("the int {value}"), item));
        }
        self.row.extend_from_slice(&value.to_le_bytes()[..width]);
        Ok(())
    }

    /// NumPy takes the NULs at the end for padding.
    fn bytes(&mut self, value: &[u8]) -> Result<(), Error> {
        match self.next()? {
            Item::Bytes(width) if value.len() <= width && value.last() != Some(&0) => {
                self.row.extend_from_slice(value);
                self.row.resize(self.row.len() + width - value.len(), 0);
                Ok(())
            }
            item => Err(unfit(&format!("text of {} bytes", value.len()), item)),
        }
    }
}

#[cold]
fn unfit(what: &str, item: Item) -> Error {
    Error(format!(
        "holds {what}, which does not fit a column of {item:?}"
    ))
}

/// Methods for what has no column.
macro_rules! no_column {
    ($($method:ident($($argument:ty),*) $(-> $given:ty)?;)*) => {
        $(fn $method(self $(, _: $argument)*) -> Result<no_column!(@ $($given)?), Error> {
            Err(Error(concat!("there is no column for it: ", stringify!($method)).to_owned()))
        })*
    };
    (@) => { () };
    (@ $given:ty) => { $given };
}

impl Serializer for &mut RowWriter<'_> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Impossible<(), Error>;
    type SerializeStruct = Self;
    type SerializeStructVariant = Impossible<(), Error>;

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        match self.next()? {
            Item::Bool => {
                self.row.push(value.into());
                Ok(())
            }
            item => Err(unfit("a bool", item)),
        }
    }

    fn serialize_i8(self, value: i8) -> Result<(), Error> {
        self.integer(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Error> {
        self.integer(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Error> {
        self.integer(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Error> {
        self.integer(value.into())
    }

    fn serialize_u8(self, value: u8) -> Result<(), Error> {
        self.integer(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Error> {
        self.integer(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Error> {
        self.integer(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Error> {
        self.integer(value.into())
    }

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        match self.next()? {
            Item::Float(4) => self.row.extend_from_slice(&value.to_le_bytes()),
            Item::Float(_) => self.row.extend_from_slice(&f64::from(value).to_le_bytes()),
            item => return Err(unfit("a float", item)),
        }
        Ok(())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        match self.next()? {
            Item::Float(8) => {
                self.row.extend_from_slice(&value.to_le_bytes());
                Ok(())
            }
            item => Err(unfit("a float", item)),
        }
    }

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        self.bytes(value.as_bytes())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Error> {
        self.bytes(value)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self, Error> {
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, Error> {
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Error> {
        Ok(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Error> {
        Err(Error("there is no column for an enum".to_owned()))
    }

    no_column! {
        serialize_char(char);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(&'static str);
        serialize_unit_variant(&'static str, u32, &'static str);
        serialize_tuple_struct(&'static str, usize) -> Impossible<(), Error>;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Impossible<(), Error>;
        serialize_map(Option<usize>) -> Impossible<(), Error>;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Impossible<(), Error>;
    }
}

impl SerializeSeq for &mut RowWriter<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

impl SerializeTuple for &mut RowWriter<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

impl SerializeStruct for &mut RowWriter<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

/// A row that is read from its beginning.
pub(super) struct Row<'row, 'd> {
    fields: slice::Iter<'d, Field>,
    is_plain: bool,
    row: &'row [u8],
}

impl<'row, 'd> Row<'row, 'd> {
    pub(super) fn new(row: &'row [u8], dtype: &'d Dtype) -> Row<'row, 'd> {
        Row {
            fields: dtype.fields.iter(),
            is_plain: dtype.is_plain,
            row,
        }
    }

    /// The next field that is no padding, and its bytes.
    ///
    /// # Errors
    ///
    /// If the row is too short.
    pub(super) fn next(&mut self) -> Result<Option<Cell<'row>>, Error> {
        for field in &mut self.fields {
            let end = || Error("the row ends within a field".to_owned());
            let (bytes, rest) = self
                .row
                .split_at_checked(field.item.width())
                .ok_or_else(end)?;
            self.row = rest;
            if !matches!(field.item, Item::Padding(_)) {
                return Ok(Some(Cell {
                    field: *field,
                    bytes,
                }));
            }
        }
        Ok(None)
    }
}

impl<'row> Deserializer<'row> for Row<'row, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'row>>(mut self, visitor: V) -> Result<V::Value, Error> {
        match self.is_plain {
            false => visitor.visit_seq(self),
            true => match self.next()? {
                Some(cell) => cell.deserialize_any(visitor),
                None => Err(Error("the row holds nothing".to_owned())),
            },
        }
    }

    forward_to_deserialize_any! {
        <V: Visitor<'row>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}

impl<'row> SeqAccess<'row> for Row<'row, '_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'row>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        match self.next()? {
            Some(cell) => seed.deserialize(cell).map(Some),
            None => Ok(None),
        }
    }
}

/// A field of a row.
pub(super) struct Cell<'row> {
    pub(super) field: Field,
    bytes: &'row [u8],
}

impl<'row> Cell<'row> {
    /// The bytes as an unsigned number.
    fn number(&self) -> u64 {
        let mut number = [0; 8];
        let width = self.bytes.len().min(8);
        let number = &mut number[..width];
        number.copy_from_slice(&self.bytes[..width]);
        if self.field.is_big_endian {
            number.reverse();
        }
        let add = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        number.iter().rev().fold(0, add)
    }

    /// The bytes without the NULs behind them.
    pub(super) fn trimmed(&self) -> &'row [u8] {
        let last = self.bytes.iter().rposition(|byte| *byte != 0);
        &self.bytes[..last.map_or(0, |last| last + 1)]
    }

    /// The text without the NULs behind it.
    fn text(&self) -> Result<String, Error> {
        let points = self.bytes.chunks_exact(4).map(|bytes| {
            Cell {
                field: self.field,
                bytes,
            }
            .number()
        });
        let text = points.map(|point| {
            let point = u32::try_from(point).ok().and_then(char::from_u32);
            point.ok_or_else(|| Error("a character that is none".to_owned()))
        });
        let text: String = text.collect::<Result<_, _>>()?;
        Ok(text.trim_end_matches('\0').to_owned())
    }
}

impl<'row> Deserializer<'row> for Cell<'row> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'row>>(self, visitor: V) -> Result<V::Value, Error> {
        let number = self.number();
        match self.field.item {
            Item::Bool => visitor.visit_bool(number != 0),
            Item::Unsigned(_) => visitor.visit_u64(number),
            Item::Signed(width) => {
                let unused = 64 - 8 * width as u32;
                visitor.visit_i64(((number << unused) as i64) >> unused)
            }
            Item::Float(4) => visitor.visit_f32(f32::from_bits(number as u32)),
            Item::Float(_) => visitor.visit_f64(f64::from_bits(number)),
            Item::Text(_) => visitor.visit_string(self.text()?),
            Item::Bytes(_) | Item::Padding(_) => {
                let bytes = self.trimmed();
                match std::str::from_utf8(bytes) {
                    Ok(text) => visitor.visit_borrowed_str(text),
                    Err(_) => visitor.visit_borrowed_bytes(bytes),
                }
            }
        }
    }

    forward_to_deserialize_any! {
        <V: Visitor<'row>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Record = (f64, String, u64);

    fn dtype() -> Dtype {
        Dtype::of_fields(&[Item::Float(8), Item::Bytes(4), Item::Unsigned(8)])
    }

    #[test]
    fn records_come_back_or_are_refused() {
        let round_trip = |text: &str| {
            let mut row = Vec::new();
            write_row(&(-0.0, text, u64::MAX), &dtype(), &mut row)?;
            assert_eq!(row.len(), 20);
            read_row::<Record>(&row, &dtype())
        };
        for text in ["", "a", "\0a", "abcd", "é"] {
            let (zero, read, most) = round_trip(text).unwrap();
            assert!(zero == 0.0 && zero.is_sign_negative());
            assert_eq!((read.as_str(), most), (text, u64::MAX));
        }
        for text in ["abcde", "a\0", "ééé"] {
            assert!(round_trip(text).is_err(), "{text:?}");
        }
        let mut row = Vec::new();
        assert!(write_row(&(1.0, "a"), &dtype(), &mut row).is_err());
        row.clear();
        assert!(write_row(&(1.0, "a", -1_i64), &dtype(), &mut row).is_err());
        row.clear();
        assert!(write_row(&(1.0, "a", 1_u64, 1_u64), &dtype(), &mut row).is_err());
    }

    #[test]
    fn every_number_of_any_order_of_bytes() {
        let read = |item, is_big_endian, row: &[u8]| {
            let mut dtype = Dtype::of_one(item);
            dtype.fields[0].is_big_endian = is_big_endian;
            let read: picklestream::value::Value = read_row(row, &dtype).unwrap();
            picklestream::literal::to_string(&read).unwrap()
        };
        for (item, row, value) in [
            (Item::Signed(1), &[0xff][..], "-1"),
            (Item::Signed(2), &[0xff, 0xfe], "-2"),
            (
                Item::Signed(8),
                &[0x80, 0, 0, 0, 0, 0, 0, 0],
                "-9223372036854775808",
            ),
            (Item::Unsigned(4), &[0x80, 0, 0, 1], "2147483649"),
            (Item::Float(4), &[0x3f, 0x80, 0, 0], "1.0"),
            (Item::Float(8), &[0xbf, 0xf0, 0, 0, 0, 0, 0, 0], "-1.0"),
            (Item::Bool, &[1], "True"),
            (
                Item::Text(2),
                &[0, 1, 0xf4, 0x0a, 0, 0, 0, 0],
                "'\u{1f40a}'",
            ),
        ] {
            assert_eq!(read(item, true, row), value);
            let width = if matches!(item, Item::Text(_)) {
                4
            } else {
                row.len()
            };
            let swapped: Vec<u8> = row
                .chunks(width)
                .flat_map(|part| part.iter().rev().copied())
                .collect();
            assert_eq!(read(item, false, &swapped), value);
        }
    }
}
