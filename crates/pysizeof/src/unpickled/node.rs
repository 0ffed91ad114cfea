//! An object on the unpickler's stack, and what several of them share.

use std::num::NonZeroU64;
use std::rc::Rc;

use picklestream::pickle::event::Global;

use crate::build::Sizes;
use crate::class::Class;
use crate::kind::Type;
use crate::layout::Memory;
use crate::object::{KEPT_CHILDREN, Object};
use crate::parts::Branch;
use crate::rust;
use crate::shape::Shape;
use crate::table::Table;

/// No place of anything.
pub(super) const NONE: u32 = u32::MAX;

/// What an entry of the stack is.
#[derive(Debug, Clone, Copy)]
pub(super) enum What {
    Shape(Shape),
    /// A place among the containers.
    Container(u32),
    /// A global that stands for data.
    Known(Global),
    /// A class whose objects are known.
    Class(Class),
    /// Any other global, by the place of its name.
    Foreign(u32),
    /// The tuple of arguments for a global that stands for data, by its place.
    Arguments(u32),
}

/// An entry of the stack.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) what: What,
    /// Bytes of it in Rust with all that it refers to; of a container they
    /// stand with it.
    pub(super) rust: u64,
    /// The lowest place on the stack of a container that it refers to: of one
    /// around it, therefore, which then contains itself.
    pub(super) around: u32,
    /// The place of what is shown of it; of containers it is made when it is
    /// needed.
    pub(super) shown: u32,
    /// The place of its text, where it is kept and could be the name of a global.
    pub(super) name: u32,
    /// It was fetched from the memo, or duplicated: it is counted already.
    pub(super) is_fetched: bool,
    /// The memo keeps it, because it is fetched later.
    pub(super) is_kept: bool,
    /// CPython's memo keeps it.
    pub(super) is_put: bool,
    /// It is a record.
    pub(super) is_record: bool,
}

impl Node {
    #[inline]
    pub(super) fn new(what: What, rust: u64) -> Node {
        Node {
            what,
            rust,
            around: NONE,
            shown: NONE,
            name: NONE,
            is_fetched: false,
            is_kept: false,
            is_put: false,
            is_record: false,
        }
    }

    #[inline]
    pub(super) fn of_shape(shape: Shape) -> Node {
        Node::new(What::Shape(shape), rust::own(shape))
    }

    /// The same object once more.
    pub(super) fn fetched(&self) -> Node {
        Node {
            is_fetched: true,
            shown: NONE,
            ..*self
        }
    }

    #[inline]
    pub(super) fn shape(&self) -> Option<Shape> {
        match self.what {
            What::Shape(shape) => Some(shape),
            _ => None,
        }
    }

    #[inline]
    pub(super) fn is_text(&self) -> bool {
        matches!(self.what, What::Shape(Shape::Str(_)))
    }

    /// Bytes as a record, if it is one.
    #[inline]
    pub(super) fn record(&self) -> Option<u64> {
        self.is_record.then(|| rust::as_record(self.rust))
    }

    /// Notes that it also refers to a container at `place` of the stack.
    #[inline]
    pub(super) fn refers_to(&mut self, place: u32) {
        self.around = self.around.min(place);
    }
}

/// A container that is being filled, and what is shown of it.
#[derive(Debug)]
pub(super) struct Container {
    pub(super) kind: Type,
    /// Items: for a dict, of a key and a value each.
    pub(super) len: u64,
    pub(super) table: Table,
    /// The first of its parts, which are shown.
    pub(super) children: Vec<Rc<Object>>,
    /// Bytes of its parts in Rust, with all that they refer to.
    pub(super) rust_parts: u64,
    /// Bytes of its items as records, if all of them are.
    pub(super) records: Option<u64>,
    /// Identity, which tells a container that contains itself.
    pub(super) number: u64,
    /// Its place on the stack of the unpickler, while it is there.
    pub(super) place: u32,
    /// Something else than the stack refers to it.
    pub(super) is_kept: bool,
    /// Nothing of the data refers to it.
    pub(super) is_garbage: bool,
    /// Its parts so far, until it is itself one of something else.
    pub(super) branch: Option<Box<Branch>>,
    /// Bytes of it in JSON, and whether it is part of something. There may be
    /// millions of containers at once, hence neither twice as wide nor unboxed.
    pub(super) json: Option<NonZeroU64>,
    /// Bytes of what takes its place, if it is the state of an instance.
    pub(super) becomes: Option<Box<Sizes>>,
    /// Its keys, if it is a dict that is the state of an instance.
    pub(super) state: Option<Box<State>>,
}

impl Container {
    pub(super) fn new(kind: Type, number: u64) -> Container {
        Container {
            kind,
            len: 0,
            table: Table::empty(kind),
            children: Vec::new(),
            rust_parts: 0,
            records: Some(0),
            number,
            place: NONE,
            is_kept: false,
            is_garbage: false,
            branch: None,
            json: None,
            becomes: None,
            state: None,
        }
    }

    /// Whether it has keys and values.
    pub(super) fn is_dict(&self) -> bool {
        self.kind.is_dict()
    }

    /// Parts, keys and values apart.
    pub(super) fn parts(&self) -> u64 {
        if self.is_dict() {
            2 * self.len
        } else {
            self.len
        }
    }

    /// Bytes in Rust with all that it refers to.
    pub(super) fn rust_bytes(&self) -> u64 {
        rust::VALUE.saturating_add(self.rust_parts)
    }

    /// Whether another part would still be shown.
    pub(super) fn has_room_to_show(&self) -> bool {
        let is_dict = self.is_dict();
        let times = if is_dict { 2 } else { 1 };
        self.children.len() < times * KEPT_CHILDREN
    }

    /// Whether all parts so far are shown.
    pub(super) fn shows_all(&self) -> bool {
        self.children.len() as u64 == self.parts()
    }

    /// The object of the answer that it is; `name` is that of what code makes.
    pub(super) fn object(&self, memory: Memory, name: &str) -> Object {
        let (type_name, text) = match self.kind {
            Type::List => ("list".into(), String::new()),
            Type::Dict => ("dict".into(), String::new()),
            Type::OrderedDict => ("OrderedDict".into(), "OrderedDict(…)".to_owned()),
            Type::DefaultDict => ("defaultdict".into(), "defaultdict(…)".to_owned()),
            Type::Set => ("set".into(), String::new()),
            Type::FrozenSet => ("frozenset".into(), String::new()),
            Type::Array(_) => ("numpy.ndarray".into(), "numpy.ndarray(…)".to_owned()),
            Type::Dtype(kind, size) => ("numpy.dtype".into(), format!("dtype('{kind}{size}')")),
            Type::Deque => ("deque".into(), "deque(…)".to_owned()),
            Type::SubDict(_) => (name.to_owned().into(), format!("{name}(…)")),
            Type::Instance(..) | Type::NamedTuple(_) => {
                (name.to_owned().into(), format!("<{name}>"))
            }
            Type::Opaque(_) => (name.to_owned().into(), "(unknown)".to_owned()),
        };
        let records = match self.kind {
            Type::List if self.len > 0 => self.records,
            _ => None,
        };
        Object {
            type_name,
            text,
            bytes: self.table.sizes(self.kind, self.len, memory),
            rust: rust::VALUE,
            record: records.map(|bytes| bytes.saturating_add(rust::LIST)),
            len: self.parts(),
            children: self.children.clone(),
            counted_before: false,
            number: self.number,
            height: Object::height_above(&self.children),
        }
    }
}

/// Keys of a state that are looked at one by one: more are never shared.
pub(super) const MOST_KEYS: usize = 32;

/// The keys of a dict that is the state of an instance.
#[derive(Debug, Default)]
pub(super) struct State {
    /// The first of them.
    pub(super) keys: Vec<Node>,
    /// Whether all so far are text.
    pub(super) has_others: bool,
}

impl State {
    /// Keys that come to it.
    pub(super) fn add<'n>(&mut self, keys: impl Iterator<Item = &'n Node>) {
        for key in keys {
            self.has_others |= !key.is_text();
            if self.keys.len() < MOST_KEYS {
                self.keys.push(*key);
            }
        }
    }
}

/// Things by their places, which are used again.
#[derive(Debug)]
pub(super) struct Places<T> {
    things: Vec<Option<T>>,
    free: Vec<u32>,
}

impl<T> Places<T> {
    pub(super) const fn new() -> Places<T> {
        Places {
            things: Vec::new(),
            free: Vec::new(),
        }
    }

    /// How many there are.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.things.len() - self.free.len()
    }

    /// The place that `thing` gets.
    #[inline]
    pub(super) fn add(&mut self, thing: T) -> u32 {
        if let Some(place) = self.free.pop() {
            self.things[place as usize] = Some(thing);
            return place;
        }
        self.things.push(Some(thing));
        (self.things.len() - 1) as u32
    }

    /// Nothing where it is taken out, or was removed.
    #[inline]
    pub(super) fn get(&self, place: u32) -> Option<&T> {
        self.things.get(place as usize)?.as_ref()
    }

    #[inline]
    pub(super) fn get_mut(&mut self, place: u32) -> Option<&mut T> {
        self.things.get_mut(place as usize)?.as_mut()
    }

    /// Takes it out to be put back.
    #[inline]
    pub(super) fn take_out(&mut self, place: u32) -> Option<T> {
        self.things.get_mut(place as usize)?.take()
    }

    #[inline]
    pub(super) fn put_back(&mut self, place: u32, thing: T) {
        self.things[place as usize] = Some(thing);
    }

    /// Frees the place.
    #[inline]
    pub(super) fn remove(&mut self, place: u32) -> Option<T> {
        let thing = self.take_out(place);
        if thing.is_some() {
            self.free.push(place);
        }
        thing
    }
}
