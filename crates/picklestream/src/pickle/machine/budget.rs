//! What reading one record may cost, whatever it repeats.

use std::cell::Cell;

use super::arena::Arena;
use crate::pickle::error::{Result, exceeded};
use crate::pickle::options::PickleLimits;

/// Records that nest too deep are searched up to this many: all of them may share
/// one large object.
const MOST_SEARCHES: u32 = 16;

/// What reading one record may still cost, and the nesting depth of the reader in it.
#[derive(Debug)]
pub(crate) struct Budget {
    nodes: Cell<u64>,
    /// Containers that are open.
    level: Cell<u32>,
    /// Those that the record lies in.
    base: Cell<u32>,
    /// How many more records are searched for what contains itself.
    searches: Cell<u32>,
    most_shared_nodes: u64,
    most_levels: u32,
}

impl Budget {
    pub(crate) fn new(limits: &PickleLimits) -> Budget {
        Budget {
            nodes: Cell::new(0),
            level: Cell::new(0),
            base: Cell::new(0),
            searches: Cell::new(MOST_SEARCHES),
            most_shared_nodes: limits.shared_nodes,
            most_levels: limits.depth,
        }
    }

    /// A new record begins, within so many containers. What the batch holds can be
    /// visited once at no cost.
    #[inline]
    pub(crate) fn refill(&self, arena: &Arena, level: u32) {
        self.nodes
            .set(self.most_shared_nodes + arena.batch_nodes() + 1);
        self.level.set(level);
        self.base.set(level);
    }

    /// Whether a record that nests too deep should be searched for what contains
    /// itself: `false` within the record, and after many such records.
    #[cold]
    pub(crate) fn begins_search(&self) -> bool {
        let left = self.searches.get();
        let begins = left > 0 && self.level == self.base;
        self.searches.set(left - u32::from(begins));
        begins
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
