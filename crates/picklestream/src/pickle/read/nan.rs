//! A NaN as a key. It equals nothing, itself included, but Python looks whether two
//! keys are one object before it asks whether they are equal: the same NaN twice, out
//! of the memo, is one key. A [`Value`](crate::value::Value) does not know which
//! objects were one, so that it is refused here; no pickler writes it.

use std::collections::HashSet;
use std::iter;

use super::node::NodeReader;
use super::sequence::Chain;
use crate::pickle::error::{Error, Result};
use crate::pickle::machine::arena::{Arena, Node};

impl<M: Copy> NodeReader<'_, M> {
    /// Refuses a dict or set that has one object twice for a key which is a NaN or
    /// holds one; of the nodes in `container`, each `step`th is a key. Of a key only the
    /// first [`FEW`] items are looked at and not what is in them, nor are NaNs of an
    /// earlier batch, whose places are not known.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Data`](crate::pickle::ErrorKind::Data) for such a key.
    #[inline]
    pub(super) fn check_nans(self, container: u32, step: usize) -> Result<()> {
        let arena = &self.machine.arena;
        let mut keys = Chain::new(arena, container).step_by(step);
        // Hardly any dict has a key of these kinds.
        let found = keys.find(|key| may_hold_nan(key));
        found.map_or(Ok(()), |first| check(arena, first, keys))
    }
}

/// So many items of a key are looked at: a file can have one long tuple for many keys.
const FEW: usize = 16;

/// Looks at the first key that may be or hold a NaN, and at all after it.
#[cold]
fn check<'a>(arena: &Arena, first: &'a Node, rest: impl Iterator<Item = &'a Node>) -> Result<()> {
    let mut met = HashSet::new();
    for key in iter::once(first).chain(rest) {
        if identity(arena, *key).is_some_and(|identity| !met.insert(identity)) {
            let what = "one NaN is given twice as a key of a dict or an item of a set";
            return Err(Error::data(what, arena.offset(key)));
        }
    }
    Ok(())
}

#[inline]
fn may_hold_nan(key: &Node) -> bool {
    matches!(
        key,
        Node::Float { .. } | Node::Complex { .. } | Node::Tuple { .. } | Node::FrozenSet { .. }
    )
}

/// Which object a key is, if it is a NaN or holds one.
fn identity(arena: &Arena, key: Node) -> Option<(u32, u32)> {
    match key {
        Node::Float { at, .. } => (is_nan(&key) && at > 0).then_some((at, 0)),
        Node::Complex { items, .. } | Node::Tuple { items, .. } => {
            let mut items_within = arena.items(items).iter().take(FEW);
            items_within.any(is_nan).then_some((items.start, items.len))
        }
        Node::FrozenSet { container, .. } => {
            let mut items = Chain::new(arena, container).take(FEW);
            items.any(is_nan).then_some((container, u32::MAX))
        }
        _ => None,
    }
}

fn is_nan(node: &Node) -> bool {
    matches!(node, Node::Float { value, .. } if value.is_nan())
}
