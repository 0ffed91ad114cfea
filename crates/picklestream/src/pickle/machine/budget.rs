//! What reading one record may cost, whatever it repeats.

use std::cell::Cell;

use super::arena::Arena;
use crate::pickle::error::{Result, exceeded};
use crate::pickle::options::PickleLimits;

/// What reading one record may still cost, and the nesting depth of the reader in it.
#[derive(Debug)]
pub(crate) struct Budget {
    nodes: Cell<u64>,
    /// Containers that are open.
    level: Cell<u32>,
    most_shared_nodes: u64,
    most_levels: u32,
}

impl Budget {
    pub(crate) fn new(limits: &PickleLimits) -> Budget {
        Budget {
            nodes: Cell::new(0),
            level: Cell::new(0),
            most_shared_nodes: limits.shared_nodes,
            most_levels: limits.depth,
        }
    }

    /// A new record begins, within so many containers.
    #[inline]
    pub(crate) fn refill(&self, arena: &Arena, level: u32) {
        self.nodes
            .set(self.most_shared_nodes + arena.batch_nodes() + 1);
        self.level.set(level);
    }

    #[inline]
    pub(crate) fn spend(&self, nodes: u64) -> Result<()> {
        match self.nodes.get().checked_sub(nodes) {
            Some(left) => {
                self.nodes.set(left);
                Ok(())
            }
            None => Err(exceeded("shared_nodes", self.most_shared_nodes)),
        }
    }

    /// A container is opened.
    ///
    /// The nodes' own depth is checked where they are made; what was appended
    /// to afterwards, or contains itself, ends here.
    #[inline]
    pub(crate) fn enter(&self) -> Result<()> {
        let level = self.level.get();
        if level >= self.most_levels {
            return Err(exceeded("depth", u64::from(self.most_levels)));
        }
        self.level.set(level + 1);
        Ok(())
    }

    /// The innermost open container is closed.
    #[inline]
    pub(crate) fn leave(&self) {
        self.level.set(self.level.get() - 1);
    }
}
