//! The target of a path among nodes: [`Path::find`] before there are values.

use super::arena::{Arena, Node};
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

    fn is_key(&self, step: &Step, key: &Node) -> bool {
        match (step, *key) {
            (Step::Name(name), Node::Str { text, .. }) => name == self.text(text),
            (Step::Bytes(bytes), Node::Bytes { bytes: key, .. }) => bytes == self.bytes(key),
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
        Node::Str { .. } => "str",
        Node::Bytes { .. } => "bytes",
        Node::ByteArray { .. } => "bytearray",
        Node::Tuple { .. } => "tuple",
        Node::List { .. } => "list",
        Node::Dict { .. } => "dict",
        Node::Set { .. } => "set",
        Node::FrozenSet { .. } => "frozenset",
        Node::Global { .. } | Node::HandedOut => "object",
    }
}
