//! A container that grows as its maker fills it.

use std::rc::Rc;

use super::build::{Build, Sizes};
use super::growth::DictRule;
use super::layout::{Layout, Memory};
use super::object::{KEPT_CHILDREN, Object};
use super::rust;

/// The type of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    List,
    Dict,
    Set,
    FrozenSet,
    /// What code would make, which is not run: its own size is not known and
    /// not counted, its parts are. The name is that of what makes it.
    Opaque(Rc<str>),
}

/// A container: the slots of its table in every build, and what is shown of it.
#[derive(Debug)]
pub(super) struct Container {
    pub(super) kind: Kind,
    /// Items: for a dict, of a key and a value each.
    pub(super) len: u64,
    pub(super) slots: Sizes,
    /// All keys are str, as far as the dict knows.
    text_keys: bool,
    /// The first of its parts, which are shown.
    pub(super) children: Vec<Rc<Object>>,
    /// Bytes of its parts in Rust, with all that they refer to.
    pub(super) rust_parts: u64,
    /// Bytes of its items as records, if all of them are.
    pub(super) records: Option<u64>,
    /// Identity, which tells a container that contains itself.
    pub(super) number: u64,
    /// Its place on the stack of the unpickler, while it is there.
    pub(super) place: Option<usize>,
}

impl Container {
    pub(super) fn new(kind: Kind) -> Container {
        Container {
            kind,
            len: 0,
            slots: Sizes::default(),
            text_keys: false,
            children: Vec::new(),
            rust_parts: 0,
            records: Some(0),
            number: 0,
            place: None,
        }
    }

    /// A list of `len` items at once: `PyList_New`.
    pub(super) fn fill_list(&mut self, len: u64) {
        self.slots = Sizes::each(|_| len);
        self.len = len;
    }

    /// `more` items at the end of a list at once: `list_resize`.
    pub(super) fn extend_list(&mut self, more: u64) {
        let len = self.len;
        self.len += more;
        let new_len = self.len;
        self.slots
            .change(|build, slots| Layout::of(build).list_rule.resize(slots, len, new_len));
    }

    /// Room for `len` items in a dict, of which there is none yet.
    pub(super) fn presize_dict(&mut self, len: u64, all_text: bool, build: Build) {
        let presized = Layout::of(build).dict_rule.presized(len);
        self.text_keys = all_text;
        self.slots
            .change(|one, slots| if one == build { presized } else { slots });
    }

    /// One more item in a dict.
    pub(super) fn add_to_dict(&mut self, key_is_text: bool) {
        let (len, text) = (self.len, self.text_keys);
        let mut text_keys = text;
        for build in Build::ALL {
            let rule = Layout::of(build).dict_rule;
            let (slots, is_text) = rule.add(self.slots.of(build), text, len, key_is_text);
            // Builds that know the kind of keys agree on it.
            text_keys = if rule == DictRule::TripleByKind {
                is_text
            } else {
                text_keys
            };
            self.slots
                .change(|one, old| if one == build { slots } else { old });
        }
        self.text_keys = text_keys;
        self.len += 1;
    }

    /// One more item in a set.
    pub(super) fn add_to_set(&mut self) {
        self.len += 1;
        let len = self.len;
        self.slots
            .change(|build, slots| Layout::of(build).set_rule.add(slots, len));
    }

    /// Its own bytes.
    pub(super) fn sizes(&self, memory: Memory) -> Sizes {
        Sizes::each(|build| {
            let layout = Layout::of(build);
            let slots = self.slots.of(build);
            let parts = match self.kind {
                Kind::List => layout.list(slots),
                Kind::Dict => layout.dict(slots, self.text_keys),
                Kind::Set | Kind::FrozenSet => layout.set(slots),
                Kind::Opaque(_) => return 0,
            };
            layout.size(parts, memory)
        })
    }

    /// Parts, keys and values apart.
    pub(super) fn parts(&self) -> u64 {
        match self.kind {
            Kind::Dict => 2 * self.len,
            _ => self.len,
        }
    }

    /// Bytes in Rust with all that it refers to.
    pub(super) fn rust_bytes(&self) -> u64 {
        rust::VALUE.saturating_add(self.rust_parts)
    }

    /// Whether another part would still be shown.
    pub(super) fn has_room_to_show(&self) -> bool {
        let times = if self.kind == Kind::Dict { 2 } else { 1 };
        self.children.len() < times * KEPT_CHILDREN
    }

    /// Whether all parts so far are shown.
    pub(super) fn shows_all(&self) -> bool {
        self.children.len() as u64 == self.parts()
    }

    /// The object of the answer that it is.
    pub(super) fn object(&self, memory: Memory) -> Object {
        let (type_name, text) = match &self.kind {
            Kind::List => ("list".into(), String::new()),
            Kind::Dict => ("dict".into(), String::new()),
            Kind::Set => ("set".into(), String::new()),
            Kind::FrozenSet => ("frozenset".into(), String::new()),
            Kind::Opaque(name) => (name.to_string().into(), "(opaque)".to_owned()),
        };
        let records = match self.kind {
            Kind::List if self.len > 0 => self.records,
            _ => None,
        };
        Object {
            type_name,
            text,
            bytes: self.sizes(memory),
            rust: rust::VALUE,
            record: records.map(|bytes| bytes.saturating_add(rust::LIST)),
            len: self.parts(),
            children: self.children.clone(),
            counted_before: false,
            number: self.number,
            height: Object::height_above(&self.children),
            alive: None,
        }
    }
}
