//! One node, for serde.

use std::marker::PhantomData;

use serde::de::DeserializeSeed;

use super::lend::Lend;
use crate::pickle::error::{Error, Result};
use crate::pickle::machine::arena::Node;
use crate::pickle::machine::cycle;
use crate::pickle::machine::state::Machine;

/// Gives serde one node.
///
/// Two words, which the compiler passes in registers.
#[derive(Clone, Copy)]
pub(crate) struct NodeReader<'a, M> {
    pub(super) machine: &'a Machine,
    pub(super) node: &'a Node,
    lend: PhantomData<M>,
}

impl<'a, M: Copy> NodeReader<'a, M> {
    #[inline]
    pub(crate) fn new(machine: &'a Machine, node: &'a Node) -> Self {
        NodeReader {
            machine,
            node,
            lend: PhantomData,
        }
    }

    /// Reads the node and says where it lies if it does not fit.
    #[inline(always)]
    pub(crate) fn read<'de, S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value>
    where
        M: Lend<'a, 'de>,
    {
        // In place: a record is too large to be moved without need.
        let mut result = seed.deserialize(self);
        if let Err(error) = &mut result {
            self.place(error);
        }
        result
    }

    #[cold]
    #[inline(never)]
    fn place(self, error: &mut Error) {
        error.place(self.offset());
        if error.is_depth() && self.machine.budget.begins_search() {
            let roots = std::iter::once(*self.node);
            if let Some(found) = cycle::find(&self.machine.arena, roots) {
                *error = found;
            }
        }
    }

    pub(super) fn offset(&self) -> u64 {
        self.machine.arena.offset(self.node)
    }

    #[cold]
    pub(super) fn no_text(self) -> Error {
        let what = "a str with a lone surrogate, which no String can hold; read it as a Value";
        Error::data(what, self.offset())
    }
}
