//! An object without parts, reduced to what its size depends on.

use num_bigint::BigInt;
use picklestream::pickle::event::{IntSpelling, StrSpelling};

use super::blocks::Parts;
use super::build::{Build, Sizes};
use super::class::Class;
use super::layout::{Layout, Memory};
use super::text::Text;

/// An object without parts, or a tuple by its length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Shape {
    None,
    Bool(bool),
    Int(Int),
    Float,
    Complex,
    Str(Text),
    /// Its length, and its only byte if it has but one.
    Bytes(u64, Option<u8>),
    ByteArray(u64),
    Tuple(u64),
    /// An object of a class that has no items.
    Of(Class),
    /// A scalar of numpy: the letter of its type, and its bytes.
    Scalar(char, u32),
    /// A `Decimal` of so many digits.
    Decimal(u64),
    /// An `array.array` by its type code, with room for so many items.
    TypedArray(char, u64),
}

/// An int, by what its size and its identity depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Int {
    /// Absent beyond 64 bits with the sign.
    pub(super) value: Option<i64>,
    /// Bits without the sign.
    pub(super) bits: u64,
    negative: bool,
    pub(super) spelling: IntSpelling,
}

impl Int {
    pub(super) fn small(value: i64, spelling: IntSpelling) -> Int {
        Int {
            value: Some(value),
            bits: u64::from(u64::BITS - value.unsigned_abs().leading_zeros()),
            negative: value < 0,
            spelling,
        }
    }

    pub(super) fn wide(value: &BigInt, spelling: IntSpelling) -> Int {
        Int {
            value: None,
            bits: value.bits(),
            negative: value.sign() == num_bigint::Sign::Minus,
            spelling,
        }
    }

    /// One of so many bits: beyond an `i64` from 64 on.
    pub(super) fn of_bits(bits: u64, spelling: IntSpelling) -> Int {
        Int {
            value: (bits < 64).then(|| 1 << bits.saturating_sub(1)),
            bits,
            negative: false,
            spelling,
        }
    }

    /// The same in another spelling.
    pub(super) fn spelt(self, spelling: IntSpelling) -> Int {
        Int { spelling, ..self }
    }

    /// Whether a `u64` holds it.
    pub(super) fn is_u64(self) -> bool {
        !self.negative && self.bits <= 64
    }

    pub(super) fn bits(self) -> u64 {
        self.bits
    }

    pub(super) fn parts(self, layout: &Layout) -> Parts {
        if self.spelling == IntSpelling::LongBinary {
            return layout.long_of_bytes(self.bits);
        }
        layout.int(self.bits, self.is_plain(layout))
    }

    /// Whether this is an `int` of Python 2, rather than a `long`.
    fn is_plain(self, layout: &Layout) -> bool {
        let (Some(value), Some(bits)) = (self.value, layout.plain_int_bits) else {
            return false;
        };
        let fits = bits == 64 || i32::try_from(value).is_ok();
        fits && self.spelling == IntSpelling::Plain
    }
}

/// An object that exists once in the interpreter, whoever asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Singleton {
    None,
    Bool(bool),
    /// -5 to 256.
    Int(i16),
    EmptyText,
    /// One character of Latin-1.
    Character(u8),
    EmptyBytes,
    Byte(u8),
    EmptyTuple,
}

impl Shape {
    pub(super) fn str(text: &str, spelling: StrSpelling) -> Shape {
        Shape::Str(Text::new(text, spelling))
    }

    pub(super) fn bytes(bytes: &[u8]) -> Shape {
        let only = match bytes {
            [byte] => Some(*byte),
            _ => None,
        };
        Shape::Bytes(bytes.len() as u64, only)
    }

    pub(super) fn type_name(self) -> &'static str {
        match self {
            Shape::None => "NoneType",
            Shape::Bool(_) => "bool",
            Shape::Int(_) => "int",
            Shape::Float => "float",
            Shape::Complex => "complex",
            Shape::Str(_) => "str",
            Shape::Bytes(..) => "bytes",
            Shape::ByteArray(_) => "bytearray",
            Shape::Tuple(_) => "tuple",
            Shape::Decimal(_) => "Decimal",
            Shape::Scalar(..) => "numpy.generic",
            Shape::TypedArray(..) => "array",
            Shape::Of(class) => {
                let name = class.name();
                name.rsplit_once('.').map_or(name, |(_, name)| name)
            }
        }
    }

    pub(super) fn parts(self, layout: &Layout) -> Parts {
        match self {
            Shape::None => layout.none(),
            Shape::Bool(value) => layout.int(u64::from(value), true),
            Shape::Int(int) => int.parts(layout),
            Shape::Float => layout.float(),
            Shape::Complex => layout.complex(),
            Shape::Str(text) => layout.text(&text),
            Shape::Bytes(len, _) => layout.bytes(len),
            Shape::ByteArray(len) => layout.byte_array(len),
            Shape::Tuple(len) => layout.tuple(len),
            Shape::Of(class) => layout.atom(class),
            Shape::Scalar(kind, size) => layout.scalar(kind, size.into()),
            Shape::Decimal(digits) => layout.decimal(digits),
            Shape::TypedArray(code, slots) => layout.typed_array(code, slots),
        }
    }

    /// Its own bytes.
    pub(super) fn sizes(self, memory: Memory) -> Sizes {
        Sizes::each(|build| {
            let layout = Layout::of(build);
            layout.size(self.parts(layout), memory)
        })
    }

    /// The object that the interpreter has but one of, if it is such a one.
    #[inline]
    pub(super) fn singleton(self, build: Build) -> Option<Singleton> {
        let layout = Layout::of(build);
        match self {
            Shape::None => Some(Singleton::None),
            Shape::Bool(value) => Some(Singleton::Bool(value)),
            Shape::Int(int) => {
                let small = i16::try_from(int.value?).ok();
                let small = small.filter(|small| (-5..=256).contains(small))?;
                let cached = layout.keeps_small_ints(int.spelling);
                cached.then_some(Singleton::Int(small))
            }
            Shape::Str(text) if layout.is_bytes(&text) => match (text.utf8_bytes, text.widest) {
                (0, _) => Some(Singleton::EmptyBytes),
                // What stood in quotes is made anew.
                (1, only) if text.spelling == StrSpelling::Bytes => {
                    Some(Singleton::Byte(only as u8))
                }
                _ => None,
            },
            Shape::Str(text) if text.chars == 0 => Some(Singleton::EmptyText),
            // Python 2's decoder makes a new one each time.
            Shape::Str(text) if text.chars == 1 && layout.plain_int_bits.is_none() => {
                let only = u8::try_from(text.widest).ok();
                only.map(Singleton::Character)
            }
            Shape::Bytes(0, _) => Some(Singleton::EmptyBytes),
            Shape::Bytes(_, only) => only.map(Singleton::Byte),
            Shape::Tuple(0) => Some(Singleton::EmptyTuple),
            _ => None,
        }
    }
}
