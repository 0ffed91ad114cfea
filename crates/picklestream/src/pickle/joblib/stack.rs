//! As much of the unpickler's stack and memo as tells what follows an array: ints and
//! short texts, tuples of them, a few classes by name, and the states of arrays.
//! Everything else is on it without being known, and takes no memory.

use std::collections::HashMap;
use std::rc::Rc;

use super::WRAPPER;
use super::array::{Dtype, Fields, is_dtype};
use crate::pickle::opcodes::decimal;
use crate::pickle::opcodes::marks::Marks;
use crate::pickle::opcodes::opcode::{self as op, Effect};

/// Texts of more bytes are not looked at.
pub(super) const MOST_TEXT: u64 = 32;

/// Above a mark, what comes after so many objects belongs to no state: numpy itself
/// has no more dimensions.
const MOST_PARTS: usize = 64;

/// As much is remembered, on the stack and in the memo each: what a file of data needs
/// by far, and a bound for any other.
const MOST_KNOWN: usize = 1 << 16;

/// What is known of an object.
#[derive(Debug, Clone)]
enum Thing {
    Int(u64),
    Text(Box<str>),
    Class(Class),
    Tuple(Rc<[Option<Thing>]>),
    Dtype(Rc<Dtype>),
    /// A dict in which nothing of an array's state is yet.
    Dict,
    Fields(Box<Fields>),
    Wrapper,
}

/// What matters when it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Wrapper,
    Dtype,
    Reconstructor,
}

const CLASSES: [((&str, &str), Class); 4] = [
    (WRAPPER, Class::Wrapper),
    (("numpy", "dtype"), Class::Dtype),
    (("copyreg", "_reconstructor"), Class::Reconstructor),
    (("copy_reg", "_reconstructor"), Class::Reconstructor),
];

/// Keys of an array's state.
const SHAPE: &str = "shape";
const ORDER: &str = "order";
const DTYPE: &str = "dtype";
const ALIGNMENT: &str = "numpy_array_alignment_bytes";

/// What an opcode is about.
#[derive(Debug)]
pub(super) enum Found {
    /// No array.
    Nothing,
    /// The class that stands for arrays: it is on the stack now.
    Class,
    /// What stands for an array: it has this state, and its bytes come next.
    Array(Fields),
}

/// The stack and the memo.
#[derive(Debug, Default)]
pub(super) struct Stack {
    height: usize,
    /// What is known, with its place on the stack, from below.
    known: Vec<(usize, Thing)>,
    marks: Marks,
    memo: HashMap<u32, Thing>,
}

impl Stack {
    /// Does what an opcode does; `argument` is what follows it, if that is short.
    pub(super) fn run(&mut self, opcode: u8, argument: Option<&[u8]>) -> Found {
        match opcode {
            op::EMPTY_DICT => self.push(Some(Thing::Dict)),
            op::EMPTY_TUPLE => self.push(Some(Thing::Tuple(Rc::new([])))),
            op::TUPLE1 => self.tuple(1),
            op::TUPLE2 => self.tuple(2),
            op::TUPLE3 => self.tuple(3),
            op::TUPLE => {
                let above = self.height.saturating_sub(self.marks.floor());
                self.tuple(above);
                self.marks.close();
            }
            op::GLOBAL => {
                let mut lines = argument.unwrap_or_default().split(|&byte| byte == b'\n');
                let mut name = || str::from_utf8(lines.next()?).ok();
                let class = name().zip(name()).and_then(class);
                return self.push_class(class);
            }
            op::STACK_GLOBAL => {
                let names = (self.at(1).cloned(), self.at(0).cloned());
                self.pop(2);
                return self.push_class(match names {
                    (Some(Thing::Text(module)), Some(Thing::Text(name))) => class((&module, &name)),
                    _ => None,
                });
            }
            op::REDUCE | op::NEWOBJ => {
                let made = made(self.at(1), self.at(0));
                self.pop(2);
                self.push(made);
            }
            op::BUILD => {
                let state = self.at(0).cloned();
                self.pop(1);
                return self.build(state).map_or(Found::Nothing, Found::Array);
            }
            op::DICT => {
                let fields = self.fields_above_mark(Fields::default());
                self.drain();
                self.push(Some(fields.map_or(Thing::Dict, Thing::Fields)));
            }
            op::SETITEM => self.set_items(self.height.saturating_sub(2), false),
            op::SETITEMS => self.set_items(self.marks.floor(), true),
            _ => match (
                op::effect(opcode),
                argument.and_then(|argument| plain(opcode, argument)),
            ) {
                (Effect::Push, Some(thing)) => {
                    let parts = self.height.saturating_sub(self.marks.floor());
                    self.push((parts < MOST_PARTS).then_some(thing));
                }
                (effect, _) => self.apply(effect),
            },
        }
        Found::Nothing
    }

    /// Does what an opcode does to the stack, without looking at what is on it.
    pub(super) fn apply(&mut self, effect: Effect) {
        match effect {
            Effect::None | Effect::Stop => {}
            Effect::Push => self.push(None),
            Effect::Mark => self.marks.open(self.height, ()),
            Effect::Replace(count) => {
                self.pop(count.into());
                self.push(None);
            }
            Effect::Take(count) => self.pop(count.into()),
            Effect::Collect => {
                self.drain();
                self.push(None);
            }
            Effect::Drain => self.drain(),
            Effect::Pop => {
                if !self.marks.pop(self.height) {
                    self.pop(1);
                }
            }
            Effect::Dup => self.push(self.at(0).cloned()),
        }
    }

    /// Puts the object on top into the memo, whose new ids have `new_id` for `id`.
    pub(super) fn put(&mut self, id: u32, new_id: u32) {
        let thing = match self.at(0) {
            Some(Thing::Dtype(dtype)) => {
                dtype.id.set(dtype.id.get().or(Some(new_id)));
                Thing::Dtype(Rc::clone(dtype))
            }
            Some(Thing::Text(text)) if is_needed(text) => Thing::Text(text.clone()),
            Some(Thing::Class(class)) => Thing::Class(*class),
            _ => {
                self.memo.remove(&id);
                return;
            }
        };
        if self.memo.len() < MOST_KNOWN {
            self.memo.insert(id, thing);
        }
    }

    /// Fetches from the memo.
    pub(super) fn get(&mut self, id: u32) {
        let thing = self.memo.get(&id).cloned();
        self.push(thing);
    }

    /// So many marks are open.
    pub(super) fn open_marks(&self) -> usize {
        self.marks.len()
    }

    /// What lies `below` the top of the stack, if it is known.
    fn at(&self, below: usize) -> Option<&Thing> {
        let place = self.height.checked_sub(below + 1)?;
        let found = self.known.iter().rev();
        let mut found = found.take_while(|(at, _)| *at >= place);
        found.find(|(at, _)| *at == place).map(|(_, thing)| thing)
    }

    fn push(&mut self, thing: Option<Thing>) {
        if let Some(thing) = thing
            && self.known.len() < MOST_KNOWN
        {
            self.known.push((self.height, thing));
        }
        self.height += 1;
    }

    fn push_class(&mut self, class: Option<Class>) -> Found {
        self.push(class.map(Thing::Class));
        match class {
            Some(Class::Wrapper) => Found::Class,
            _ => Found::Nothing,
        }
    }

    fn pop(&mut self, count: usize) {
        self.cut(self.height.saturating_sub(count));
    }

    fn cut(&mut self, height: usize) {
        self.height = height;
        while self.known.last().is_some_and(|(place, _)| *place >= height) {
            self.known.pop();
        }
    }

    fn drain(&mut self) {
        let floor = self.marks.close().map_or(0, |(floor, ())| floor);
        self.cut(floor.min(self.height));
    }

    fn tuple(&mut self, count: usize) {
        // None of those that matter lies in another: however deep they go, this does not.
        let part = |below| match self.at(below) {
            None | Some(Thing::Tuple(_)) => None,
            part => part.cloned(),
        };
        let parts = (count <= MOST_PARTS).then(|| (0..count).rev().map(part).collect());
        self.pop(count);
        self.push(parts.map(Thing::Tuple));
    }

    /// An object gets a state.
    fn build(&mut self, state: Option<Thing>) -> Option<Fields> {
        match (self.at(0)?, state) {
            (Thing::Wrapper, Some(Thing::Fields(fields))) => Some(*fields),
            (Thing::Wrapper, _) => Some(Fields::default()),
            (Thing::Dtype(dtype), Some(Thing::Tuple(state))) => {
                // The flags come eighth; 1 says that there are objects in it.
                if let (Some(Some(Thing::Int(flags))), None) =
                    (state.get(7), dtype.has_objects.get())
                {
                    dtype.has_objects.set(Some(flags & 1 == 1));
                }
                None
            }
            _ => None,
        }
    }

    /// Sets what lies from `start` on, keys and values in turn, in what is below it.
    fn set_items(&mut self, start: usize, is_marked: bool) {
        let dict = start.checked_sub(1).and_then(|below| {
            let known = self.known.iter().rposition(|(place, _)| *place == below)?;
            match &self.known[known].1 {
                Thing::Dict => Some((known, Fields::default())),
                Thing::Fields(fields) => Some((known, (**fields).clone())),
                _ => None,
            }
        });
        let fields =
            dict.and_then(|(known, fields)| Some((known, self.fields_above(start, fields)?)));
        if let Some((known, fields)) = fields {
            self.known[known].1 = Thing::Fields(fields);
        }
        match is_marked {
            true => self.drain(),
            false => self.cut(start),
        }
    }

    fn fields_above_mark(&self, fields: Fields) -> Option<Box<Fields>> {
        self.fields_above(self.marks.floor(), fields)
    }

    /// `fields` with what lies from `start` on; `None` if nothing there is one.
    fn fields_above(&self, start: usize, mut fields: Fields) -> Option<Box<Fields>> {
        let above = self.known.partition_point(|(place, _)| *place < start);
        let mut found = false;
        for pair in self.known[above..].windows(2) {
            let [(key_at, Thing::Text(key)), (value_at, value)] = pair else {
                continue;
            };
            let is_key = (key_at - start).is_multiple_of(2) && *value_at == key_at + 1;
            found |= is_key && fields.set(key, value);
        }
        found.then(|| Box::new(fields))
    }
}

impl Fields {
    /// Sets the field of this name, if it is one.
    fn set(&mut self, key: &str, value: &Thing) -> bool {
        match (key, value) {
            (SHAPE, Thing::Tuple(sizes)) => {
                let sizes = sizes.iter().map(|size| match size {
                    Some(Thing::Int(size)) => Some(*size),
                    _ => None,
                });
                self.shape = sizes.collect();
            }
            (ORDER, Thing::Text(order)) => self.is_fortran = Some(&**order == "F"),
            (DTYPE, Thing::Dtype(dtype)) => self.dtype = Some(Rc::clone(dtype)),
            // `None`, where the file could not tell its place, is not known here.
            (ALIGNMENT, Thing::Int(_)) => self.is_padded = true,
            _ => return false,
        }
        true
    }
}

fn class(name: (&str, &str)) -> Option<Class> {
    let mut classes = CLASSES.iter();
    classes
        .find(|(known, _)| *known == name)
        .map(|(_, class)| *class)
}

/// What comes of calling one with the other.
fn made(called: Option<&Thing>, args: Option<&Thing>) -> Option<Thing> {
    let (Thing::Class(class), Thing::Tuple(args)) = (called?, args?) else {
        return None;
    };
    match (class, args.first()) {
        (Class::Wrapper, _) => Some(Thing::Wrapper),
        (Class::Reconstructor, Some(Some(Thing::Class(Class::Wrapper)))) => Some(Thing::Wrapper),
        (Class::Dtype, Some(Some(Thing::Text(code)))) => {
            Some(Thing::Dtype(Rc::new(Dtype::new(code)?)))
        }
        _ => None,
    }
}

/// Whether a text is one of those that are looked for.
fn is_needed(text: &str) -> bool {
    let is_name = |((module, name), _): &((&str, &str), Class)| text == *module || text == *name;
    [SHAPE, ORDER, DTYPE, ALIGNMENT, "C", "F"].contains(&text)
        || CLASSES.iter().any(is_name)
        || is_dtype(text)
}

/// The int or short text that an opcode pushes.
fn plain(opcode: u8, argument: &[u8]) -> Option<Thing> {
    let text = |text: &[u8]| {
        let text = str::from_utf8(text).ok()?;
        (text.len() as u64 <= MOST_TEXT).then(|| Thing::Text(text.into()))
    };
    let little_endian = |bytes: &[u8]| {
        let bytes = bytes.strip_suffix(&[0]).unwrap_or(bytes);
        let mut all = [0; 8];
        all.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(Thing::Int(u64::from_le_bytes(all)))
    };
    match opcode {
        op::BININT1 | op::BININT2 => little_endian(argument),
        // With a sign.
        op::BININT | op::LONG1 if argument.last().is_none_or(|&last| last < 0x80) => {
            little_endian(argument)
        }
        op::INT | op::LONG => {
            let digits = argument.strip_suffix(b"L").unwrap_or(argument);
            decimal::positive(digits).map(Thing::Int)
        }
        op::BINUNICODE
        | op::SHORT_BINUNICODE
        | op::BINSTRING
        | op::SHORT_BINSTRING
        | op::UNICODE => text(argument),
        op::STRING => match argument {
            [quote, inner @ .., end] if quote == end => text(inner),
            _ => None,
        },
        _ => None,
    }
}
