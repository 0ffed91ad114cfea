//! The table of a container that an unpickler fills: its slots by every rule of
//! growth.

use super::blocks::Parts;
use super::build::{Build, Sizes};
use super::growth::{DictRule, ListRule, SetRule};
use super::kind::Type;
use super::layout::{Layout, Memory};

/// Slots by each rule of growth of the type that it is the table of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Table {
    pub(super) slots: [u64; 3],
    /// Slots before the table last grew.
    pub(super) before: [u64; 3],
    /// All keys are str, as far as a dict knows.
    pub(super) text_keys: bool,
}

impl Table {
    /// A list of `len` items at once: `PyList_New`.
    pub(super) fn of_list(len: u64) -> Table {
        Table {
            slots: [len; 3],
            before: [0; 3],
            text_keys: false,
        }
    }

    /// A container without items.
    pub(super) fn empty(kind: Type) -> Table {
        let mut table = Table::default();
        if let Type::OrderedDict | Type::DefaultDict | Type::SubDict(_) = kind {
            // 3.8 makes a table of its own for what is no dict itself.
            table.slots[DictRule::Triple.index()] = 8;
        }
        table
    }

    /// `more` items at the end of a list of `len`: `list_resize`.
    pub(super) fn extend_list(&mut self, len: u64, more: u64) {
        for (rule, slots) in ListRule::ALL.into_iter().zip(&mut self.slots) {
            *slots = rule.resize(*slots, len, len + more);
        }
    }

    /// Items for a dict of `len`, by whether their keys are str.
    pub(super) fn add_to_dict(&mut self, len: u64, keys: impl Iterator<Item = bool> + Clone) {
        let text_before = self.text_keys;
        let slots = self.slots.iter_mut().zip(&mut self.before);
        for (rule, (slots, before)) in DictRule::ALL.into_iter().zip(slots) {
            let (mut text, mut len) = (text_before, len);
            let mut keys = keys.clone().peekable();
            while let Some(is_text) = keys.next() {
                let mut count = 1;
                while keys.next_if_eq(&is_text).is_some() {
                    count += 1;
                }
                (*slots, text) = rule.add_many((*slots, text), len, is_text, count, before);
                len += count;
            }
            // Builds that know the kind of keys agree on it.
            if rule == DictRule::TripleByKind {
                self.text_keys = text;
            }
        }
    }

    /// All items of a dict of `len`, whose table is told, for an empty one: as
    /// `dict.update` makes room for them.
    pub(super) fn merge(&mut self, of: &Table, len: u64) {
        for rule in DictRule::ALL {
            let (slots, theirs) = (&mut self.slots[rule.index()], of.slots[rule.index()]);
            *slots = match rule {
                DictRule::Quadruple => rule.merged(len),
                _ => theirs.max(*slots),
            };
        }
        self.text_keys = of.text_keys;
    }

    /// `more` items for a set of `len`, one by one.
    pub(super) fn add_to_set(&mut self, len: u64, more: u64) {
        let slots = self.slots.iter_mut().zip(&mut self.before);
        for (rule, (slots, before)) in SetRule::ALL.into_iter().zip(slots) {
            for len in len + 1..=len + more {
                let grown = rule.add(*slots, len);
                if grown != *slots {
                    *before = *slots;
                    *slots = grown;
                }
            }
        }
    }

    /// The slots in every build.
    pub(super) fn slots(&self, kind: Type) -> Sizes {
        by_build(kind, &self.slots)
    }

    /// The slots before it last grew.
    pub(super) fn slots_before(&self, kind: Type) -> Sizes {
        by_build(kind, &self.before)
    }

    /// The own bytes of the container, which has `len` items.
    pub(super) fn sizes(&self, kind: Type, len: u64, memory: Memory) -> Sizes {
        let slots = self.slots(kind);
        Sizes::each(|build: Build| {
            let (layout, slots) = (Layout::of(build), slots.of(build));
            let parts = match kind {
                Type::List => layout.list(slots),
                Type::Dict | Type::OrderedDict | Type::DefaultDict | Type::SubDict(_) => {
                    layout.dict_of(kind, slots, self.text_keys)
                }
                Type::Set | Type::FrozenSet => layout.set(slots),
                Type::Instance(_, form) => Parts::one(layout.instance_bytes(form)),
                Type::Array(dimensions) => {
                    let (array, block) = layout.array(dimensions.into());
                    let [data, ..] = self.slots;
                    return layout.size(array, memory) + block + data;
                }
                Type::Dtype(..) => layout.dtype(),
                Type::Deque => {
                    let blocks = layout.deque_blocks(len);
                    let block = layout.size(layout.deque_block(), memory);
                    return layout.size(layout.deque(), memory) + blocks * block;
                }
                Type::NamedTuple(_) => layout.tuple(len),
                Type::Opaque(_) => return 0,
            };
            let order = match kind {
                Type::OrderedDict => layout.own_order(slots, len, memory),
                _ => 0,
            };
            layout.size(parts, memory) + order
        })
    }
}

/// Numbers by the rules of growth of a type, for every build.
fn by_build(kind: Type, by_rule: &[u64; 3]) -> Sizes {
    Sizes::each(|build| {
        let layout = Layout::of(build);
        match kind {
            Type::List => by_rule[layout.list_rule.index()],
            Type::Dict | Type::OrderedDict | Type::DefaultDict | Type::SubDict(_) => {
                by_rule[layout.dict_rule.index()]
            }
            Type::Set | Type::FrozenSet => by_rule[layout.set_rule.index()],
            Type::Instance(..)
            | Type::Deque
            | Type::Array(_)
            | Type::Dtype(..)
            | Type::NamedTuple(_)
            | Type::Opaque(_) => 0,
        }
    })
}
