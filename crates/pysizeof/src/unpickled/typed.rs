//! Python's own `array.array`: made of bytes from protocol 3 on, before that of a list
//! of numbers, which are garbage then.

use std::collections::HashMap;

use picklestream::pickle::Result;
use picklestream::pickle::event::IntSpelling;

use super::Unpickler;
use super::node::{Node, What};
use crate::build::Build;
use crate::class::Class;
use crate::kind::Type;
use crate::layout::{Layout, typed_item, typed_slots};
use crate::shape::{Int, Shape};

/// Bytes of an array from which on its making is looked at by itself.
const LARGE: u64 = 1 << 16;

/// Numbers that came one after the other, so that no other object lies between them,
/// from which on they fill whole arenas: of 1 MiB each at the most.
const MANY_NUMBERS: u64 = 1 << 17;

/// The numbers of a list that an array is made of, as far as their sizes differ: those
/// of few floats are as many as those of a million.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// The identity of the list.
    list: u64,
    floats: u64,
    /// One of those that take the same, and how many there are of them.
    ints: HashMap<(u8, i64), (Int, u64)>,
    /// How many of both.
    len: u64,
}

impl Numbers {
    fn add(&mut self, node: &Node) {
        match node.shape().filter(|_| !node.is_fetched && !node.is_kept) {
            Some(Shape::Float) => self.floats += 1,
            // Of no more bits than an item has: there are few that differ.
            Some(Shape::Int(int)) if int.bits <= 64 => {
                self.ints.entry(key(int)).or_insert((int, 0)).1 += 1;
            }
            // Of what else there is, nothing is told.
            _ => return,
        }
        self.len += 1;
    }
}

/// What the size of an int depends on, and whether there is one of it for all.
fn key(int: Int) -> (u8, i64) {
    let spelling = match int.spelling {
        IntSpelling::Plain => 0,
        IntSpelling::LongText => 1,
        IntSpelling::LongBinary => 2,
    };
    let number = match int.value {
        Some(small @ -5..=256) => small,
        // The least of a type take as much as no others of as many bits.
        Some(least) if least == i64::MIN || least == i64::from(i32::MIN) => least,
        _ => 1000 + int.bits as i64,
    };
    (spelling, number)
}

impl Unpickler {
    /// The items above `from` go into the list at `under` of the stack, which is the
    /// second argument of an `array.array` if it stands behind this and a type code.
    pub(super) fn note_numbers(&mut self, list: u64, from: usize, under: usize) {
        let is_argument = under >= 2
            && matches!(self.stack[under - 2].what, What::Class(Class::TypedArray))
            && code_of(&self.stack[under - 1]).is_some();
        if let (true, Some(numbers)) = (is_argument, &mut self.numbers_of_list) {
            if numbers.list != list {
                **numbers = Numbers {
                    list,
                    ..Numbers::default()
                };
            }
            for node in &self.stack[from..] {
                numbers.add(node);
            }
        }
    }

    /// What `array.array` or its reconstructor makes of arguments; whether it is known.
    /// It takes the place of what is above `from`.
    pub(super) fn typed_array_of(
        &mut self,
        class: Class,
        items: &[Node],
        arguments: Node,
        from: usize,
    ) -> Result<bool> {
        let code = |index: usize| items.get(index).and_then(code_of);
        let made = match (class, items.len()) {
            (Class::TypedArray, 1) => code(0).map(|code| (code, 0, 0)),
            (Class::TypedArray, 2) if !arguments.is_fetched => {
                let len = self.len_of(&items[1]);
                code(0).zip(len).map(|(code, len)| (code, len, len))
            }
            (Class::TypedReconstructor, 4) => {
                let is_array = matches!(items[0].what, What::Class(Class::TypedArray));
                let code = code(1).filter(|_| is_array);
                code.and_then(|code| reconstructed(code, &items[2], &items[3]))
            }
            _ => None,
        };
        let Some((code, len, slots)) = made else {
            return Ok(false);
        };
        self.stack.truncate(from);
        self.drop_tuple(&arguments, items.len());
        let array = Shape::TypedArray(code, slots);
        self.push_new(array, || format!("array('{code}', …)"))?;
        let item = typed_item(code);
        let (used, room) = (len.saturating_mul(item), slots.saturating_mul(item));
        self.live.add_untouched_array(room, used);
        if room >= LARGE {
            // What it is made of is still there.
            self.snapshot(|_| 0);
        }
        if arguments.is_fetched {
            return Ok(true);
        }
        for item in items {
            if let What::Container(_) = item.what {
                self.uncount_numbers(arguments.is_put || item.is_put);
                self.forget_branch(item);
            }
            self.uncount(item, arguments.is_put);
        }
        if !arguments.is_kept {
            for item in items {
                self.leave(item);
            }
        }
        Ok(true)
    }

    /// How many items a list of numbers has, if all of them were noted.
    fn len_of(&self, node: &Node) -> Option<u64> {
        let What::Container(place) = node.what else {
            return None;
        };
        let list = self.containers.get(place)?;
        let noted = self.numbers_of_list.as_ref()?;
        let are_noted = list.len == 0 || (noted.list == list.number && noted.len == list.len);
        (list.kind == Type::List && are_noted && !node.is_fetched).then_some(list.len)
    }

    /// Takes back what was counted of the numbers that an array was made of.
    fn uncount_numbers(&mut self, is_held: bool) {
        let Some(numbers) = &mut self.numbers_of_list else {
            return;
        };
        let Numbers {
            floats, ints, len, ..
        } = std::mem::take(&mut **numbers);
        let ints = ints.values().map(|(int, count)| (Shape::Int(*int), *count));
        for (shape, count) in ints.chain([(Shape::Float, floats)]) {
            for build in Build::ALL {
                let number = shape.parts(Layout::of(build));
                if is_held && len >= MANY_NUMBERS && shape.singleton(build).is_none() {
                    self.loading.give_back(build, number, count);
                }
            }
            if let Some(watch) = &mut self.watch {
                watch.uncount(&shape, count);
            }
            self.live.change(&shape, count.wrapping_neg());
            self.garbage(is_held).change(&shape, count);
        }
    }
}

/// The type code that a node is.
fn code_of(node: &Node) -> Option<char> {
    match node.shape() {
        Some(Shape::Str(text)) if text.chars == 1 => {
            Some(text.widest).filter(|code| "cbBuwhHiIlLqQfd".contains(*code))
        }
        _ => None,
    }
}

/// The type code of the array that the reconstructor makes of a format of items and
/// their bytes, its items, and those that it has room for. Bytes in the machine's own format
/// are taken as they are; others become a list first, of which it is made then.
fn reconstructed(code: char, format: &Node, bytes: &Node) -> Option<(char, u64, u64)> {
    let (Some(Shape::Int(format)), Some(Shape::Bytes(len, _))) = (format.shape(), bytes.shape())
    else {
        return None;
    };
    let format = format.value?;
    let (item, own) = match format {
        0 => (1, 'B'),
        1 => (1, 'b'),
        2 | 3 => (2, 'H'),
        4 | 5 => (2, 'h'),
        6 | 7 => (4, 'I'),
        8 | 9 => (4, 'i'),
        10 | 11 => (8, 'L'),
        12 | 13 => (8, 'l'),
        14 | 15 => (4, 'f'),
        16 | 17 => (8, 'd'),
        20 | 21 => (4, 'u'),
        _ => return None,
    };
    let of_code = match code {
        'q' => 'l',
        'Q' => 'L',
        'w' => 'u',
        code => code,
    };
    let is_little = format < 2 || format % 2 == 0;
    let len = len / item;
    if of_code == own && is_little {
        return Some((code, len, typed_slots(len)));
    }
    match own {
        // Of text, the characters may be fewer.
        'u' => None,
        // Floats become what the code says, ints what has as many bits.
        'f' | 'd' => matches!(code, 'f' | 'd').then_some((code, len, len)),
        _ => Some((own, len, len)),
    }
}
