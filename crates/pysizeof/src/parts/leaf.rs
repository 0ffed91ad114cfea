//! What an object without parts takes in every build, told fast.

use picklestream::pickle::event::{IntSpelling, StrSpelling};

use super::branch::Stats;
use super::names::TypeId;
use crate::build::Sizes;
use crate::layout::{Layout, Memory, typed_item};
use crate::shape::Shape;

/// Characters of a str, and items of a tuple, whose size is kept.
const LENGTHS: usize = 128;

/// Small ints, of which builds have but one each.
const SMALL: i64 = 262;

/// Sizes of objects, kept for those that come often.
#[derive(Debug)]
pub(super) struct Leaves {
    memory: Memory,
    float: Sizes,
    texts: Vec<Option<Sizes>>,
    characters: Vec<Option<Sizes>>,
    tuples: Vec<Option<Sizes>>,
    ints: Vec<Option<Sizes>>,
    small_ints: Vec<Option<Sizes>>,
}

impl Leaves {
    pub(super) fn new(memory: Memory) -> Leaves {
        Leaves {
            memory,
            float: Shape::Float.sizes(memory),
            texts: vec![None; LENGTHS],
            characters: vec![None; 256],
            tuples: vec![None; LENGTHS],
            ints: vec![None; 3 * 66],
            small_ints: vec![None; 3 * SMALL as usize],
        }
    }

    /// Its bytes; 0 in a build that has but one of it, for then it is no one's.
    #[inline]
    pub(super) fn sizes(&mut self, shape: &Shape) -> Sizes {
        let memory = self.memory;
        let kept = match shape {
            Shape::Float => return self.float,
            Shape::Str(text) if text.spelling == StrSpelling::Unicode => {
                match (text.chars as usize, text.utf8_bytes == text.chars) {
                    (1, true) => self.characters.get_mut(text.widest as usize),
                    (chars, true) => self.texts.get_mut(chars),
                    _ => None,
                }
            }
            Shape::Tuple(len) => self.tuples.get_mut(*len as usize),
            Shape::Int(int) => {
                let spelling = match int.spelling {
                    IntSpelling::Plain => 0,
                    IntSpelling::LongText => 1,
                    IntSpelling::LongBinary => 2,
                };
                match int.value {
                    Some(value @ -5..=256) => {
                        let place = spelling * SMALL + value + 5;
                        self.small_ints.get_mut(place as usize)
                    }
                    // One that is alone in having as many bits for its type.
                    Some(value) if value == i64::MIN || value == i64::from(i32::MIN) => None,
                    _ if int.bits < 66 => {
                        let place = spelling as usize * 66 + int.bits as usize;
                        self.ints.get_mut(place)
                    }
                    _ => None,
                }
            }
            _ => None,
        };
        match kept {
            Some(Some(sizes)) => *sizes,
            Some(empty) => *empty.insert(own(shape, memory)),
            None => own(shape, memory),
        }
    }
}

#[inline(never)]
fn own(shape: &Shape, memory: Memory) -> Sizes {
    Sizes::each(|build| {
        let layout = Layout::of(build);
        match shape.singleton(build) {
            Some(_) => 0,
            None => layout.size(shape.parts(layout), memory),
        }
    })
}

/// The type of an object without parts, if it is one of those that come often.
#[inline]
pub(super) fn usual_type(shape: &Shape) -> Option<TypeId> {
    Some(match shape {
        Shape::Float => TypeId::FLOAT,
        Shape::Int(_) => TypeId::INT,
        Shape::Str(_) => TypeId::STR,
        Shape::Bytes(..) => TypeId::BYTES,
        Shape::Tuple(_) => TypeId::TUPLE,
        _ => return None,
    })
}

impl Stats {
    /// What other forms of an object without parts take.
    #[inline]
    pub(crate) fn of(shape: &Shape) -> Stats {
        let mut stats = Stats::default();
        match shape {
            Shape::None => stats.json = 4,
            Shape::Bool(is_true) => stats.json = if *is_true { 4 } else { 5 },
            Shape::Int(int) => {
                let digits = int.bits * 30_103 / 100_000 + 1;
                stats.json = digits + u64::from(!int.is_u64());
                stats.bits = int.bits.min(u64::from(u32::MAX)) as u32;
                stats.has_negative = int.value.is_some_and(|value| value < 0);
            }
            Shape::Float => stats.json = 18,
            Shape::Complex => stats.json = 39,
            Shape::Str(text) => {
                stats.json = text.utf8_bytes + 2;
                stats.text_bytes = text.utf8_bytes;
                stats.chars = text.chars;
            }
            Shape::Bytes(len, _) | Shape::ByteArray(len) => {
                stats.json = len.div_ceil(3) * 4 + 2;
                stats.text_bytes = *len;
                stats.chars = *len;
            }
            Shape::Tuple(_) => stats.json = 2,
            // As many digits as fill an item, with what stands between two.
            Shape::TypedArray(code, slots) => {
                stats.json = slots.saturating_mul(2 * typed_item(*code) + 2) + 2;
            }
            _ => stats.json = 28,
        }
        stats
    }
}
