//! A NaN as a key. It equals nothing, itself included, but Python looks whether two
//! keys are one object before it asks whether they are equal: the same NaN twice, out
//! of the memo, is one key. A [`Value`](crate::value::Value) does not know which
//! objects were one, so that it is refused here; no pickler writes it.

use std::collections::HashSet;

use super::node::NodeReader;
use super::sequence::Chain;
use crate::pickle::error::{Error, Result};
use crate::pickle::machine::arena::{Arena, Node};

impl<M: Copy> NodeReader<'_, M> {
    /// Refuses a dict or set that has one object twice for a key which is a NaN or
    /// holds one. What a key holds that is itself in a tuple is not looked at, nor
    /// are NaNs of an earlier batch, whose places are not known.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Data`](crate::pickle::ErrorKind::Data) for such a key.
    #[cold]
    pub(super) fn check_nans(self) -> Result<()> {
        let arena = &self.machine.arena;
        let (container, step) = match *self.node {
            Node::Dict { container, .. } => (container, 2),
            Node::Set { container, .. } | Node::FrozenSet { container, .. } => (container, 1),
            _ => return Ok(()),
        };
        let mut met = HashSet::new();
        for key in Chain::new(arena, container).step_by(step) {
            if identity(arena, *key).is_some_and(|identity| !met.insert(identity)) {
                let what = "one NaN is given twice as a key of a dict or an item of a set";
                return Err(Error::data(what, arena.offset(key)));
            }
        }
        Ok(())
    }
}

/// Which object a key is, if it is a NaN or holds one.
fn identity(arena: &Arena, key: Node) -> Option<(u32, u32)> {
    match key {
        Node::Float { at, .. } => (is_nan(&key) && at > 0).then_some((at, 0)),
        Node::Complex { items, .. } | Node::Tuple { items, .. } => {
            let mut items_within = arena.items(items).iter();
            items_within.any(is_nan).then_some((items.start, items.len))
        }
        Node::FrozenSet { container, .. } => {
            let mut items = Chain::new(arena, container);
            items.any(is_nan).then_some((container, u32::MAX))
        }
        _ => None,
    }
}

fn is_nan(node: &Node) -> bool {
    matches!(node, Node::Float { value, .. } if value.is_nan())
}
