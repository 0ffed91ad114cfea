//! Nodes that have items, whatever their kind.

use super::arena::{Arena, Contents, Node, Span};
use crate::pickle::error::Result;

impl Node {
    /// Whether it can be a key and be or hold a NaN.
    #[inline]
    pub(crate) fn may_hold_nan(&self) -> bool {
        matches!(
            self,
            Node::Float { .. } | Node::Complex { .. } | Node::Tuple { .. } | Node::FrozenSet { .. }
        )
    }

    /// Its items, if it is something that can grow, or could before it was
    /// complete.
    #[inline]
    pub(crate) fn container(self) -> Option<u32> {
        match self {
            Node::List { container, .. }
            | Node::Dict { container, .. }
            | Node::Set { container, .. }
            | Node::FrozenSet { container, .. }
            | Node::Object { container, .. } => Some(container),
            _ => None,
        }
    }

    /// The same with other items.
    fn with_container(mut self, items: u32) -> Node {
        if let Node::List { container, .. }
        | Node::Dict { container, .. }
        | Node::Set { container, .. }
        | Node::FrozenSet { container, .. }
        | Node::Object { container, .. } = &mut self
        {
            *container = items;
        }
        self
    }
}

impl Arena {
    /// A new object of the same kind without items, at the start of the batch.
    pub(crate) fn emptied(&mut self, node: Node) -> Result<Node> {
        let container = self.add_container()?;
        Ok(node.with_container(container))
    }

    /// The items of a node, in order; none of one that has no items.
    pub(crate) fn contents_of(&self, node: Node) -> Contents {
        match (node, node.container()) {
            (Node::Tuple { items, .. }, _) => Contents::of_run(items),
            (_, Some(container)) => self.contents(container),
            (_, None) => Contents::NOTHING,
        }
    }
}

impl Contents {
    /// Items side by side.
    fn of_run(items: Span) -> Contents {
        Contents {
            segment: 0,
            next: items.start,
            end: items.start + items.len,
            left: items.len,
        }
    }
}
