//! The opcodes that most of a pickle is made of, taken from the bytes at hand.

use picklestream::pickle::Result;
use picklestream::pickle::event::{IntSpelling, StrSpelling};

use super::Unpickler;
use crate::kind::Type;
use crate::object;
use crate::shape::{Int, Shape};
use crate::text::Text;

impl Unpickler {
    /// Takes whole opcodes one after the other until one comes that is not known
    /// here; `at` is moved behind each.
    pub(super) fn take_known(&mut self, bytes: &[u8], at: &mut usize) -> Result<()> {
        while let Some((&opcode, rest)) = bytes[*at..].split_first() {
            let taken = match opcode {
                b'G' => self.take_float(rest)?,
                b'K' | b'M' | b'J' | 0x8a => self.take_int(opcode, rest)?,
                b'X' | 0x8c | b'U' | b'T' => self.take_text(opcode, rest)?,
                b'C' | b'B' => self.take_bytes(opcode, rest)?,
                b'q' | b'r' | b'p' => self.take_put(opcode, rest)?,
                b'h' | b'j' => self.take_get(opcode, rest)?,
                b'(' => match self.take_references(rest) {
                    0 => {
                        self.open_mark()?;
                        Some(0)
                    }
                    taken => Some(taken),
                },
                0x80 => {
                    self.loading.protocol = rest.first().copied();
                    return Ok(());
                }
                _ => {
                    if !self.take_bare(opcode)? {
                        return Ok(());
                    }
                    Some(0)
                }
            };
            let Some(taken) = taken else {
                return Ok(());
            };
            *at += 1 + taken;
        }
        Ok(())
    }

    /// An opcode without an argument; whether it is known.
    #[inline(always)]
    fn take_bare(&mut self, opcode: u8) -> Result<bool> {
        match opcode {
            b'N' => self.push_new(Shape::None, || "None".to_owned())?,
            0x88 => self.push_new(Shape::Bool(true), || "True".to_owned())?,
            0x89 => self.push_new(Shape::Bool(false), || "False".to_owned())?,
            0x94 => self.memoize()?,
            b'e' => self.add_above(None, Type::is_list)?,
            b'a' => self.add_above(Some(1), Type::is_list)?,
            b'u' => self.add_above(None, Type::is_dict)?,
            b's' => self.add_above(Some(2), Type::is_dict)?,
            b']' => {
                self.new_container(Type::List)?;
            }
            b'}' => {
                self.new_container(Type::Dict)?;
            }
            b')' | 0x85 | 0x86 | 0x87 => {
                let count = if opcode == b')' { 0 } else { opcode - 0x84 };
                let from = self.below(usize::from(count))?;
                self.tuple(from)?;
            }
            b't' => {
                let from = self.pop_mark()?;
                self.tuple(from)?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    #[inline(always)]
    fn take_float(&mut self, rest: &[u8]) -> Result<Option<usize>> {
        let Some(bytes) = rest.first_chunk() else {
            return Ok(None);
        };
        let repr = || object::float_repr(f64::from_be_bytes(*bytes));
        self.push_new(Shape::Float, repr)?;
        Ok(Some(8))
    }

    #[inline(always)]
    fn take_int(&mut self, opcode: u8, rest: &[u8]) -> Result<Option<usize>> {
        let (value, taken, spelling) = match (opcode, rest) {
            (b'K', &[byte, ..]) => (i64::from(byte), 1, IntSpelling::Plain),
            (b'M', &[low, high, ..]) => {
                let value = u16::from_le_bytes([low, high]);
                (i64::from(value), 2, IntSpelling::Plain)
            }
            (b'J', &[a, b, c, d, ..]) => {
                let value = i32::from_le_bytes([a, b, c, d]);
                (i64::from(value), 4, IntSpelling::Plain)
            }
            (0x8a, &[len @ 1..=8, ref rest @ ..]) if rest.len() >= usize::from(len) => {
                let mut bytes = [0; 8];
                let len = usize::from(len);
                bytes[..len].copy_from_slice(&rest[..len]);
                let unused = 64 - 8 * len as u32;
                let value = i64::from_le_bytes(bytes) << unused >> unused;
                (value, 1 + len, IntSpelling::LongBinary)
            }
            // Beyond an i64, but within a u64.
            (0x8a, &[9, ref rest @ ..]) if rest.len() >= 9 && rest[7] >= 0x80 && rest[8] == 0 => {
                let int = Int::of_bits(64, IntSpelling::LongBinary);
                let repr = || {
                    let bytes = rest
                        .first_chunk()
                        .map_or(0, |bytes| u64::from_le_bytes(*bytes));
                    bytes.to_string()
                };
                self.push_new(Shape::Int(int), repr)?;
                return Ok(Some(10));
            }
            _ => return Ok(None),
        };
        let shape = Shape::Int(Int::small(value, spelling));
        self.push_new(shape, || value.to_string())?;
        Ok(Some(taken))
    }

    #[inline(always)]
    fn take_text(&mut self, opcode: u8, rest: &[u8]) -> Result<Option<usize>> {
        let wide = matches!(opcode, b'X' | b'T');
        let Some((text, taken)) = item(rest, wide) else {
            return Ok(None);
        };
        let spelling = match opcode {
            b'X' | 0x8c => StrSpelling::Unicode,
            _ => StrSpelling::Bytes,
        };
        let shape = if text.is_ascii() {
            Shape::Str(Text::ascii(text, spelling))
        } else {
            match str::from_utf8(text) {
                Ok(text) => Shape::str(text, spelling),
                // Bytes, or an error with its place.
                Err(_) => return Ok(None),
            }
        };
        self.note_text(text);
        self.push_new(shape, || {
            object::text_repr(str::from_utf8(text).unwrap_or_default())
        })?;
        if !self.instances.are_none() {
            self.name_attribute(str::from_utf8(text).unwrap_or_default());
        }
        Ok(Some(taken))
    }

    #[inline(always)]
    fn take_bytes(&mut self, opcode: u8, rest: &[u8]) -> Result<Option<usize>> {
        let Some((bytes, taken)) = item(rest, opcode == b'B') else {
            return Ok(None);
        };
        self.push_new(Shape::bytes(bytes), || object::bytes_repr(bytes))?;
        Ok(Some(taken))
    }

    #[inline(always)]
    fn take_put(&mut self, opcode: u8, rest: &[u8]) -> Result<Option<usize>> {
        let (id, taken) = match (opcode, rest) {
            (b'q', &[id, ..]) => (u32::from(id), 1),
            (b'r', &[a, b, c, d, ..]) => (u32::from_le_bytes([a, b, c, d]), 4),
            (b'p', digits) => {
                let mut id = 0u32;
                // More digits, and what is none, are looked at elsewhere.
                for (place, &byte) in digits.iter().take(10).enumerate() {
                    match byte {
                        b'\n' if place > 0 => {
                            self.put_text(id)?;
                            return Ok(Some(place + 1));
                        }
                        b'0'..=b'9' if place < 9 => id = 10 * id + u32::from(byte - b'0'),
                        _ => return Ok(None),
                    }
                }
                return Ok(None);
            }
            _ => return Ok(None),
        };
        self.put(id)?;
        Ok(Some(taken))
    }

    #[inline(always)]
    fn take_get(&mut self, opcode: u8, rest: &[u8]) -> Result<Option<usize>> {
        let (id, taken) = match (opcode, rest) {
            (b'h', &[id, ..]) => (u32::from(id), 1),
            (b'j', &[a, b, c, d, ..]) => (u32::from_le_bytes([a, b, c, d]), 4),
            _ => return Ok(None),
        };
        self.get(id)?;
        Ok(Some(taken))
    }
}

/// An item behind its length of four bytes, or one: with how many bytes both
/// take. Nothing if it is not there as a whole.
#[inline(always)]
fn item(rest: &[u8], wide: bool) -> Option<(&[u8], usize)> {
    let (len, before) = if wide {
        (u32::from_le_bytes(*rest.first_chunk()?) as usize, 4)
    } else {
        (usize::from(*rest.first()?), 1)
    };
    let item = rest.get(before..)?.get(..len)?;
    Some((item, before + len))
}
