//! What reading one record may cost, whatever it repeats.

use std::cell::Cell;

use super::arena::Arena;
use super::error::{Error, ErrorKind, Result};
use super::options::Limits;

/// What reading one record may still cost.
#[derive(Debug)]
pub(super) struct Budget {
    nodes: Cell<u64>,
    pub(super) limits: Limits,
}

impl Budget {
    pub(super) fn new(limits: &Limits) -> Budget {
        Budget {
            nodes: Cell::new(0),
            limits: limits.clone(),
        }
    }

    /// A new record begins.
    pub(super) fn refill(&self, arena: &Arena) {
        self.nodes
            .set(self.limits.shared_nodes + arena.batch_nodes() + 1);
    }

    #[inline]
    pub(super) fn spend(&self, nodes: u64) -> Result<()> {
        match self.nodes.get().checked_sub(nodes) {
            Some(left) => {
                self.nodes.set(left);
                Ok(())
            }
            None => Err(self.exceeded("shared_nodes", self.limits.shared_nodes)),
        }
    }

    #[cold]
    pub(super) fn exceeded(&self, name: &'static str, value: u64) -> Error {
        Error::unplaced(ErrorKind::Limit { name, value })
    }
}
