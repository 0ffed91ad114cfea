//! The target of a path among nodes: [`Path::find`] before there are values.

use super::arena::{Arena, Node};
use super::bulk::What;
use super::how::Part;
use super::integer::narrow;
use crate::path::{Path, Step, equals};

impl Arena {
    /// The part of a node that `path` names, if it is there. The text of the
    /// batch is complete.
    pub(crate) fn find(&self, node: Node, path: &Path) -> Option<Node> {
        let mut found = node;
        for step in path.steps() {
            found = match found {
                Node::Tuple { items, .. } => {
                    let place = usize::try_from(step.place()?).ok()?;
                    *self.items(items).get(place)?
                }
                Node::List { container, .. } => self.item(container, step.place()?)?,
                Node::Dict { container, .. } => self.value(container, step)?,
                Node::Object { .. } => self.of_object(found, step)?,
                _ => return None,
            };
        }
        Some(found)
    }

    fn item(&self, container: u32, place: u64) -> Option<Node> {
        let mut left = usize::try_from(place).ok()?;
        let mut contents = self.contents(container);
        while let Some(run) = self.next_run(&mut contents) {
            match run.get(left) {
                Some(&item) => return Some(item),
                None => left -= run.len(),
            }
        }
        None
    }

    /// The value that was set last.
    fn value(&self, container: u32, step: &Step) -> Option<Node> {
        let mut contents = self.contents(container);
        let mut found = None;
        while let Some(run) = self.next_run(&mut contents) {
            for pair in run.chunks_exact(2) {
                if self.is_key(step, &pair[0]) {
                    found = Some(pair[1]);
                }
            }
        }
        found
    }

    /// What an object has under a step: by its state, else by what was set in it,
    /// else among what was appended to it.
    fn of_object(&self, object: Node, step: &Step) -> Option<Node> {
        let (mut place, mut item, mut pair, mut state) = (0, None, None, None);
        let mut key = None;
        self.each_of_object(object, |part, node| match part {
            Part::Items => {
                if step.place() == Some(place) {
                    item = Some(node);
                }
                place += 1;
            }
            Part::Pairs => match key.take() {
                None => key = Some(node),
                Some(key) if self.is_key(step, &key) => pair = Some(node),
                Some(_) => {}
            },
            Part::State => {
                for container in self.dicts_of_state(node) {
                    state = self.value(container, step).or(state);
                }
            }
        });
        state.or(pair).or(item)
    }

    /// The dicts of attributes that a state is: one, or one of fields and one of
    /// slots.
    pub(crate) fn dicts_of_state(&self, state: Node) -> impl Iterator<Item = u32> {
        let of = |node: Option<&Node>| match node {
            Some(&Node::Dict { container, .. }) => Some(container),
            _ => None,
        };
        let dicts = match state {
            Node::Tuple { items, .. } => {
                let parts = self.items(items);
                let is_dict = |node: &Node| matches!(node, Node::Dict { .. } | Node::None { .. });
                match parts.len() == 2 && parts.iter().all(is_dict) {
                    true => [of(parts.first()), of(parts.get(1))],
                    false => [None, None],
                }
            }
            state => [of(Some(&state)), None],
        };
        dicts.into_iter().flatten()
    }

    /// Tells of all that was done to an object, in order.
    pub(crate) fn each_of_object(&self, object: Node, mut tell: impl FnMut(Part, Node)) {
        let Node::Object { how, .. } = object else {
            return;
        };
        let mut contents = self.contents_of(object);
        let mut skip = how.head();
        let mut current = (Part::Items, 0);
        while let Some(run) = self.next_run(&mut contents) {
            for &node in run {
                match (node, &mut current) {
                    _ if skip > 0 => skip -= 1,
                    (Node::Part { part, count }, (_, 0)) => current = (part, count),
                    (node, (part, left)) => {
                        *left = left.saturating_sub(1);
                        tell(*part, node);
                    }
                }
            }
        }
    }

    fn is_key(&self, step: &Step, key: &Node) -> bool {
        match (step, *key) {
            (Step::Name(name), Node::Str { text, .. }) => name == self.text(text),
            (Step::Bytes(bytes), Node::Bytes { bytes: key, .. }) => bytes == self.bytes(key),
            (Step::Name(name), Node::Bulk { what, index, .. }) => {
                what == What::Str && name.as_bytes() == self.bulk(index).lent()
            }
            (Step::Bytes(bytes), Node::Bulk { what, index, .. }) => {
                what == What::Bytes && bytes == self.bulk(index).lent()
            }
            (Step::Index(index), Node::Bool { value, .. }) => *index == i128::from(value),
            (
                Step::Index(index),
                Node::Int {
                    unsigned, value, ..
                },
            ) => *index == i128::from(value) + (i128::from(unsigned) << 64),
            (Step::Index(index), Node::Wide { bytes, .. }) => {
                narrow(self.bytes(bytes)) == Some(*index)
            }
            (Step::Index(index), Node::Float { value, .. }) => equals(*index, value),
            (Step::None, Node::None { .. }) => true,
            _ => false,
        }
    }
}

/// The name of a node's Python type.
pub(crate) fn type_name(node: Node) -> &'static str {
    match node {
        Node::None { .. } => "NoneType",
        Node::Bool { .. } => "bool",
        Node::Int { .. } | Node::Wide { .. } => "int",
        Node::Float { .. } => "float",
        Node::Complex { .. } => "complex",
        Node::Str { .. } | Node::Surrogates { .. } => "str",
        Node::Bytes { .. } => "bytes",
        Node::ByteArray { .. } => "bytearray",
        Node::Bulk { what, .. } => match what {
            What::Str | What::Surrogates => "str",
            What::Bytes => "bytes",
            What::ByteArray => "bytearray",
        },
        Node::Tuple { .. } => "tuple",
        Node::List { .. } => "list",
        Node::Dict { .. } => "dict",
        Node::Set { .. } => "set",
        Node::FrozenSet { .. } => "frozenset",
        Node::Object { .. } | Node::Global { .. } | Node::Part { .. } | Node::HandedOut => "object",
    }
}
