//! How each build lays out its objects: the one table of numbers, and what
//! follows from it.
//!
//! `objects` has the instances of classes written in Python, `library` the classes of
//! the standard library, `typed` Python's own arrays, `arrays` numpy.
//!
//! Sources, all in CPython: the structs of `Include/object.h`,
//! `Include/cpython/*object.h` and `Objects/*object.c`, each type's
//! `__sizeof__`, `PyGC_Head` in `Include/objimpl.h` (2.7) and
//! `Include/internal/pycore_gc.h`, the rules of growth in `list_resize`,
//! `dictresize` and `set_table_resize`, the compiler in `Python/compile.c`,
//! `Python/codegen.c` and `Python/flowgraph.c`, and `Objects/obmalloc.c`.
//! Checked against the interpreters themselves in `tests/sizeof_python.rs`.

mod arrays;
mod library;
mod objects;
mod typed;

use picklestream::pickle::event::IntSpelling;

pub(super) use arrays::COPIED;
pub(super) use typed::{typed_item, typed_slots};

use super::blocks::{Blocks, Parts};
use super::build::Build;
use super::growth::{DictRule, ListRule, SetRule, usable};
use super::kind::Type;
use super::text::Text;

/// Which bytes are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Memory {
    /// Those that CPython asks for: `sys.getsizeof`.
    #[default]
    Requested,
    /// Those that it is given: blocks of CPython's own allocator, pymalloc, in
    /// steps of 16 bytes, or of the C library's malloc.
    Allocated,
}

/// The numbers of a build; bytes unless another unit is named.
#[derive(Debug)]
pub(super) struct Layout {
    /// `PyGC_Head`, before every object that can be part of a cycle;
    /// `sys.getsizeof` adds it to what `__sizeof__` says.
    collector: u64,
    /// `PyObject`: a reference count and a type. `None` is no more than that.
    object: u64,
    /// `PyFloatObject`.
    float: u64,
    /// `PyComplexObject`.
    complex: u64,
    /// Bits of the C `long` in `PyIntObject`, which takes 24 bytes; wider
    /// ints, and all of Python 3, are `PyLongObject`.
    pub(super) plain_int_bits: Option<u32>,
    /// `PyLongObject` without its digits of 30 bits, 4 bytes each.
    long: u64,
    /// Digits of zero.
    zero_digits: u64,
    /// `PyStringObject` of Python 2, `PyBytesObject` of Python 3, with the
    /// closing zero byte.
    bytes: u64,
    /// How text is held.
    text: TextLayout,
    /// `PyByteArrayObject`.
    byte_array: u64,
    /// `PyListObject`; 8 bytes a slot.
    list: u64,
    /// `PyTupleObject` without its items, 8 bytes each.
    tuple: u64,
    /// `PyDictObject`.
    dict: u64,
    /// How a dict holds its keys.
    keys: Keys,
    /// `PySetObject`, a table of 8 slots of 16 bytes within it.
    set: u64,
    /// When lists grow, and by how much.
    pub(super) list_rule: ListRule,
    /// When dicts grow, and by how much.
    pub(super) dict_rule: DictRule,
    /// When sets grow.
    pub(super) set_rule: SetRule,
    /// How a display such as `[1, 2, 3]` is compiled.
    pub(super) display: Display,
    /// Whether `frozenset()` is always the same object.
    pub(super) one_empty_frozenset: bool,
    /// What becomes of an `int` of 0 to 256 that `LONG1` spells: the one that
    /// is kept for all, or another.
    pub(super) binary_longs_cached: bool,
    /// How the allocators round sizes up.
    pub(super) blocks: Blocks,
    /// How instances are held.
    instances: objects::Instances,
    /// Numbers for the standard library.
    library: library::Library,
    /// `arrayobject`, with the collector's header where it has one: from 3.10 on.
    typed_array: u64,
    /// Numbers for numpy.
    arrays: arrays::Arrays,
}

/// How text is held.
#[derive(Debug)]
enum TextLayout {
    /// Python 2: `str` is bytes; `unicode` is an object and a buffer of
    /// characters, of `unit` bytes each, with a closing zero.
    TwoTypes { object: u64, unit: u64 },
    /// Python 3.3 on (PEP 393): 1, 2 or 4 bytes a character, by the widest,
    /// and a closing zero.
    Compact {
        /// `PyASCIIObject`.
        ascii: u64,
        /// `PyCompactUnicodeObject`.
        other: u64,
        /// Whether the characters 128 to 255, which exist once for all, hold
        /// their UTF-8 too.
        latin_1_with_utf8: bool,
    },
}

/// How a dict holds its keys.
#[derive(Debug)]
enum Keys {
    /// 2.7: a table of 24 bytes a slot; the smallest, of 8, is in the object.
    Table,
    /// 3.6 on: a header, an index of 1, 2 or 4 bytes a slot, and entries for
    /// two thirds of the slots.
    Compact {
        /// `PyDictKeysObject`.
        header: u64,
        /// An entry whose key is a str, if all keys are.
        text_entry: u64,
    },
}

/// How the displays of a literal are compiled.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Display {
    /// `BUILD_LIST`, `BUILD_SET` of all items.
    Build,
    /// Three constants and more are one constant, which an empty container is
    /// extended with; others go in one by one if there are more than
    /// [`STACK_GUIDELINE`].
    Extend,
    /// The same, but constants too go in one by one beyond the guideline.
    ExtendFew,
}

/// `STACK_USE_GUIDELINE` of the compiler: items.
pub(super) const STACK_GUIDELINE: u64 = 30;

const PYTHON_2_7: Layout = Layout {
    collector: 32,
    object: 16,
    float: 24,
    complex: 32,
    plain_int_bits: Some(64),
    long: 24,
    zero_digits: 0,
    bytes: 37,
    text: TextLayout::TwoTypes {
        object: 48,
        unit: 4,
    },
    byte_array: 48,
    list: 40,
    tuple: 24,
    dict: 248,
    keys: Keys::Table,
    set: 200,
    list_rule: ListRule::Eighth,
    dict_rule: DictRule::Quadruple,
    set_rule: SetRule::TwoThirds,
    display: Display::Build,
    one_empty_frozenset: true,
    binary_longs_cached: false,
    blocks: Blocks {
        granule: 16,
        tables: false,
        header: 8,
        pool: 4 << 10,
        numbers: true,
    },
    instances: objects::PYTHON_2_7,
    library: library::PYTHON_2_7,
    typed_array: 56,
    arrays: arrays::NUMPY_1_16,
};

const PYTHON_2_7_WINDOWS: Layout = Layout {
    collector: 24,
    plain_int_bits: Some(32),
    bytes: 33,
    text: TextLayout::TwoTypes {
        object: 48,
        unit: 2,
    },
    blocks: Blocks {
        header: 16,
        ..PYTHON_2_7.blocks
    },
    ..PYTHON_2_7
};

const PYTHON_3_8: Layout = Layout {
    collector: 16,
    plain_int_bits: None,
    bytes: 33,
    text: TextLayout::Compact {
        ascii: 48,
        other: 72,
        latin_1_with_utf8: false,
    },
    byte_array: 56,
    dict: 48,
    keys: Keys::Compact {
        header: 40,
        text_entry: 24,
    },
    dict_rule: DictRule::Triple,
    set_rule: SetRule::ThreeFifths,
    blocks: Blocks {
        granule: 16,
        tables: true,
        header: 8,
        pool: 4 << 10,
        numbers: false,
    },
    instances: objects::PYTHON_3_8,
    library: library::PYTHON_3_8,
    typed_array: 64,
    ..PYTHON_2_7
};

const PYTHON_3_11: Layout = Layout {
    zero_digits: 1,
    keys: Keys::Compact {
        header: 32,
        text_entry: 16,
    },
    list_rule: ListRule::EighthOfFours,
    dict_rule: DictRule::TripleByKind,
    display: Display::Extend,
    one_empty_frozenset: false,
    binary_longs_cached: true,
    blocks: Blocks {
        // In arenas of 1 MiB, from 3.10.
        pool: 16 << 10,
        ..PYTHON_3_8.blocks
    },
    instances: objects::PYTHON_3_11,
    library: library::PYTHON_3_11,
    typed_array: 80,
    arrays: arrays::NUMPY_1_22,
    ..PYTHON_3_8
};

const PYTHON_3_12: Layout = Layout {
    text: TextLayout::Compact {
        ascii: 40,
        other: 56,
        latin_1_with_utf8: true,
    },
    instances: objects::PYTHON_3_12,
    ..PYTHON_3_11
};

const PYTHON_3_14: Layout = Layout {
    // With its hash.
    tuple: 32,
    display: Display::ExtendFew,
    instances: objects::PYTHON_3_14,
    arrays: arrays::NUMPY_2,
    ..PYTHON_3_12
};

impl Layout {
    pub(super) fn of(build: Build) -> &'static Layout {
        match build {
            Build::Cpython27 => &PYTHON_2_7,
            Build::Cpython27Windows => &PYTHON_2_7_WINDOWS,
            Build::Cpython38 => &PYTHON_3_8,
            Build::Cpython311 => &PYTHON_3_11,
            Build::Cpython312 => &PYTHON_3_12,
            Build::Cpython314 => &PYTHON_3_14,
        }
    }
}

fn one(object: u64) -> Parts {
    Parts::one(object)
}

/// A block of Python 2's `int` or `float`.
fn number(object: u64) -> Parts {
    Parts {
        is_number: true,
        ..one(object)
    }
}

impl Layout {
    pub(super) fn none(&self) -> Parts {
        one(self.object)
    }

    pub(super) fn float(&self) -> Parts {
        number(self.float)
    }

    pub(super) fn complex(&self) -> Parts {
        one(self.complex)
    }

    /// An int of so many bits without its sign; `plain` if it is Python 2's
    /// `int`, a bool among them.
    pub(super) fn int(&self, bits: u64, plain: bool) -> Parts {
        if plain && self.plain_int_bits.is_some() {
            return number(24);
        }
        let digits = bits.div_ceil(30).max(self.zero_digits);
        one(self.long + 4 * digits)
    }

    /// An int of so many bits as `LONG1` and `LONG4` make it: with room for the
    /// digits that its bytes could fill, its sign among them.
    pub(super) fn long_of_bytes(&self, bits: u64) -> Parts {
        let parts = self.int(bits, false);
        let digits = (8 * (bits / 8 + 1)).div_ceil(30);
        Parts {
            spare: (self.long + 4 * digits).saturating_sub(parts.object),
            ..parts
        }
    }

    /// Whether -5 to 256 in this spelling are the ints that exist once for all.
    pub(super) fn keeps_small_ints(&self, spelling: IntSpelling) -> bool {
        match spelling {
            IntSpelling::Plain => true,
            IntSpelling::LongText => self.plain_int_bits.is_none(),
            IntSpelling::LongBinary => self.binary_longs_cached,
        }
    }

    pub(super) fn bytes(&self, len: u64) -> Parts {
        one(self.bytes + len)
    }

    pub(super) fn byte_array(&self, len: u64) -> Parts {
        Parts {
            object: self.byte_array,
            // With a closing zero, unless it never held anything.
            table: if len == 0 { 0 } else { len + 1 },
            ..one(0)
        }
    }

    /// Whether this str is Python 2's, which is bytes.
    pub(super) fn is_bytes(&self, text: &Text) -> bool {
        matches!(self.text, TextLayout::TwoTypes { .. }) && text.is_bytes_in_python_2()
    }

    pub(super) fn text(&self, text: &Text) -> Parts {
        match self.text {
            TextLayout::TwoTypes { .. } if text.is_bytes_in_python_2() => {
                self.bytes(text.utf8_bytes)
            }
            TextLayout::TwoTypes { object, unit } => {
                let units = if unit == 2 {
                    text.utf16_units
                } else {
                    text.chars
                };
                Parts {
                    object,
                    table: unit * (units + 1),
                    ..one(0)
                }
            }
            TextLayout::Compact {
                ascii,
                other,
                latin_1_with_utf8,
            } => {
                let unit = match u32::from(text.widest) {
                    0..0x80 => return one(ascii + text.chars + 1),
                    0x80..0x100 if text.chars == 1 && latin_1_with_utf8 => {
                        return one(other + 2 + 3);
                    }
                    0x80..0x100 => 1,
                    0x100..0x1_0000 => 2,
                    _ => 4,
                };
                let of_chars = |chars| other + unit * (chars + 1);
                Parts {
                    spare: self
                        .blocks
                        .kept(of_chars(text.utf8_bytes), of_chars(text.chars)),
                    ..one(of_chars(text.chars))
                }
            }
        }
    }

    /// Bytes of ASCII text of a class of its own, which has its characters in another
    /// block.
    fn text_of_class(&self, chars: u64) -> u64 {
        match self.text {
            TextLayout::TwoTypes { object, unit } => object + unit * (chars + 1),
            // `PyUnicodeObject`.
            TextLayout::Compact { other, .. } => other + 8 + chars + 1,
        }
    }

    pub(super) fn tuple(&self, len: u64) -> Parts {
        one(self.collector + self.tuple + 8 * len)
    }

    pub(super) fn list(&self, slots: u64) -> Parts {
        Parts::slots(self.collector + self.list, 8 * slots)
    }

    /// The table of a list alone.
    pub(super) fn list_table(&self, slots: u64) -> Parts {
        Parts::slots(0, 8 * slots)
    }

    /// A dict of so many slots, 0 if it never held anything; `text` if all
    /// keys are str and the dict knows it.
    pub(super) fn dict(&self, slots: u64, text: bool) -> Parts {
        let table = match self.keys {
            Keys::Table if slots <= 8 => 0,
            Keys::Table => 24 * slots,
            Keys::Compact { .. } if slots == 0 => 0,
            Keys::Compact { header, text_entry } => {
                let index = match slots {
                    0..0x100 => 1,
                    0x100..0x1_0000 => 2,
                    0x1_0000..0x1_0000_0000 => 4,
                    _ => 8,
                };
                let entry = if text { text_entry } else { 24 };
                header + index * slots + entry * usable(slots)
            }
        };
        Parts::slots(self.collector + self.dict, table)
    }

    /// A dict, or an object of a class that is a dict with more.
    pub(super) fn dict_of(&self, kind: Type, slots: u64, text: bool) -> Parts {
        let mut parts = self.dict(slots, text);
        parts.object += match kind {
            // The factory.
            Type::DefaultDict => 8,
            // 2.7 has a class written in Python, with a dict of its own and weak
            // references.
            Type::OrderedDict if self.is_python_2() => 16,
            // `PyODictObject`: eight pointers and numbers.
            Type::OrderedDict => 64,
            Type::SubDict(_) => self.attributes(),
            _ => 0,
        };
        parts
    }

    /// What an `OrderedDict` with so many slots has beside its dict, but for the
    /// links: a table of them, by the slots. 2.7 has a dict of them, a list for the
    /// first, and the dict of its attributes.
    pub(super) fn order(&self, slots: u64) -> [Parts; 3] {
        if self.is_python_2() {
            return [self.dict(slots, false), self.list(6), self.dict(8, true)];
        }
        [self.list_table(slots), one(0), one(0)]
    }

    /// What of that is not there without items.
    pub(super) fn order_of_empty(&self) -> Parts {
        if self.is_python_2() || self.dict_rule != DictRule::Triple {
            return one(0);
        }
        self.list_table(8)
    }

    /// The link of one item: `_ODictNode`, or a list of three in 2.7.
    pub(super) fn link(&self) -> Parts {
        if self.is_python_2() {
            return self.list(3);
        }
        one(32)
    }

    /// What `sys.getsizeof` tells of the links as parts of the `OrderedDict`.
    pub(super) fn own_order(&self, slots: u64, len: u64, memory: Memory) -> u64 {
        if self.is_python_2() {
            return 0;
        }
        let table = if len == 0 { 0 } else { slots };
        self.size(self.list_table(table), memory) + len * self.size(self.link(), memory)
    }

    fn is_python_2(&self) -> bool {
        self.plain_int_bits.is_some()
    }

    pub(super) fn set(&self, slots: u64) -> Parts {
        Parts::slots(
            self.collector + self.set,
            if slots <= 8 { 0 } else { 16 * slots },
        )
    }

    /// The bytes of an object of these parts.
    pub(super) fn size(&self, parts: Parts, memory: Memory) -> u64 {
        match memory {
            Memory::Requested => parts.object + parts.table,
            Memory::Allocated => self.blocks.allocated(parts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_those_of_the_allocators() {
        let layout = Layout::of(Build::Cpython311);
        // pymalloc: a tuple of 3, a str of 20 ASCII characters, an int.
        assert_eq!(layout.blocks.allocated(layout.tuple(3)), 64);
        assert_eq!(layout.blocks.allocated(layout.bytes(36)), 80);
        assert_eq!(layout.blocks.allocated(layout.int(64, true)), 48);
        // malloc: 8 bytes of header; 56 for the list come from pymalloc.
        assert_eq!(layout.blocks.allocated(layout.list(100)), 64 + 816);
        assert_eq!(
            layout.blocks.allocated(layout.list(1 << 20)),
            64 + (8 << 20) + 4096
        );
        // 2.7 takes small tables from malloc too, which gives 32 at least.
        let layout = Layout::of(Build::Cpython27);
        assert_eq!(layout.blocks.allocated(layout.list(1)), 80 + 32);
    }
}
