//! Where the first pass stands: how high the stack is, what lies at its bottom,
//! and which ids were fetched.

use crate::pickle::error::{Error, Result};
use crate::pickle::opcodes::ids::IdSet;
use crate::pickle::opcodes::marks::Marks;
use crate::pickle::opcodes::record::{makes_container, makes_list};

/// What the first pass knows at any opcode.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) ids: IdSet,
    pub(super) most_ids: u64,
    pub(super) limit: u64,
    pub(super) held: Vec<u64>,
    pub(super) pickles: u64,
    pub(super) height: usize,
    pub(super) marks: Marks,
    /// The object at the bottom of the stack is a list with items.
    pub(super) list_with_items: bool,
    /// The object at the bottom is a list, or a container of any kind where
    /// `any_container`.
    pub(super) list: bool,
    /// The items of any container are records.
    pub(super) any_container: bool,
    pub(super) hold: bool,
}

/// More open marks than this are not followed: no reader gets that deep.
const MOST_MARKS: usize = 1 << 20;

impl Scan {
    /// The stack is cut down to `height` objects.
    pub(super) fn cut(&mut self, height: usize) {
        if height == 0 {
            self.hold |= self.list_with_items;
            self.list = false;
            self.list_with_items = false;
        }
        self.height = height;
    }

    pub(super) fn push(&mut self, opcode: u8) {
        if self.height == 0 && self.marks.is_empty() {
            self.list = match self.any_container {
                true => makes_container(opcode),
                false => makes_list(opcode),
            };
        }
        self.height = self.height.saturating_add(1);
    }

    pub(super) fn fault() -> Error {
        Error::malformed("stack underflow", 0)
    }

    /// No more marks are followed.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.marks.len() == MOST_MARKS
    }

    /// The object of an id is fetched.
    #[inline]
    pub(super) fn fetch(&mut self, id: u32) -> Result<()> {
        if self.ids.insert(id) && self.ids.len() as u64 > self.most_ids {
            return Err(Error::limit("memo_bytes", self.limit, 0));
        }
        Ok(())
    }
}
