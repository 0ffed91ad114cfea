//! What reading one record may cost, whatever it repeats.

use std::cell::Cell;

use super::arena::Arena;
use super::error::{Error, ErrorKind, Result};
use super::options::PickleLimits;

/// What reading one record may still cost, and how deep in it the reader is.
#[derive(Debug)]
pub(super) struct Budget {
    nodes: Cell<u64>,
    /// Containers that are open.
    level: Cell<u32>,
    most_shared_nodes: u64,
    most_levels: u32,
}

impl Budget {
    pub(super) fn new(limits: &PickleLimits) -> Budget {
        Budget {
            nodes: Cell::new(0),
            level: Cell::new(0),
            most_shared_nodes: limits.shared_nodes,
            most_levels: limits.depth,
        }
    }

    /// A new record begins, within so many containers.
    #[inline]
    pub(super) fn refill(&self, arena: &Arena, level: u32) {
        self.nodes
            .set(self.most_shared_nodes + arena.batch_nodes() + 1);
        self.level.set(level);
    }

    #[inline]
    pub(super) fn spend(&self, nodes: u64) -> Result<()> {
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
    pub(super) fn enter(&self) -> Result<()> {
        let level = self.level.get();
        if level >= self.most_levels {
            return Err(exceeded("depth", u64::from(self.most_levels)));
        }
        self.level.set(level + 1);
        Ok(())
    }

    /// It is closed.
    #[inline]
    pub(super) fn leave(&self) {
        self.level.set(self.level.get() - 1);
    }
}

#[cold]
fn exceeded(name: &'static str, value: u64) -> Error {
    Error::unplaced(ErrorKind::Limit { name, value })
}
