//! A container of a literal, which grows as its display fills it.

use std::rc::Rc;

use super::build::{Build, Sizes};
use super::growth::DictRule;
use super::layout::{Layout, Memory};
use super::object::Object;
use super::rust;

/// The type of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    List,
    Dict,
    Set,
    FrozenSet,
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
    /// Bytes of its items as records, if all of them are.
    pub(super) records: Option<u64>,
}

impl Container {
    pub(super) fn new(kind: Kind) -> Container {
        Container {
            kind,
            len: 0,
            slots: Sizes::default(),
            text_keys: false,
            children: Vec::new(),
            records: Some(0),
        }
    }

    /// A list of `len` items at once: `PyList_New`.
    pub(super) fn fill_list(&mut self, len: u64) {
        self.slots = Sizes::each(|_| len);
        self.len = len;
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

    /// Its own bytes.
    pub(super) fn sizes(&self, memory: Memory) -> Sizes {
        Sizes::each(|build| {
            let layout = Layout::of(build);
            let slots = self.slots.of(build);
            let parts = match self.kind {
                Kind::List => layout.list(slots),
                Kind::Dict => layout.dict(slots, self.text_keys),
                Kind::Set | Kind::FrozenSet => layout.set(slots),
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

    /// The object of the answer that it is.
    pub(super) fn object(&self, memory: Memory) -> Object {
        let type_name = match self.kind {
            Kind::List => "list",
            Kind::Dict => "dict",
            Kind::Set => "set",
            Kind::FrozenSet => "frozenset",
        };
        let records = match self.kind {
            Kind::List if self.len > 0 => self.records,
            _ => None,
        };
        Object {
            type_name: type_name.into(),
            text: String::new(),
            bytes: self.sizes(memory),
            rust: rust::VALUE,
            record: records.map(|bytes| bytes.saturating_add(rust::LIST)),
            len: self.parts(),
            children: self.children.clone(),
            counted_before: false,
            number: 0,
            height: Object::height_above(&self.children),
        }
    }
}
