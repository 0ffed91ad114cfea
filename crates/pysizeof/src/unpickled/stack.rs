//! The stack and the memo of the unpickler.

use std::rc::Rc;

use picklestream::pickle::Result;
use picklestream::pickle::event;

use super::node::{Node, What};
use super::{MOST_NODES, Unpickler};

impl Unpickler {
    pub(super) fn push(&mut self, node: Node) -> Result<()> {
        if self.stack.len() == MOST_NODES {
            return Err(event::malformed("too many objects at once to follow"));
        }
        if let (What::Container(container), false) = (&node.what, node.is_fetched) {
            container.borrow_mut().place = Some(self.stack.len());
        }
        self.stack.push(node);
        Ok(())
    }

    /// The height of the stack without its last `count` objects.
    pub(super) fn below(&self, count: usize) -> Result<usize> {
        let from = self.marks.below(self.stack.len(), count);
        from.ok_or_else(|| event::malformed("an opcode without enough objects"))
    }

    pub(super) fn top(&self) -> Result<&Node> {
        let from = self.below(1)?;
        Ok(&self.stack[from])
    }

    pub(super) fn pop_mark(&mut self) -> Result<usize> {
        let mark = self.marks.close();
        let (height, _) = mark.ok_or_else(|| event::malformed("an opcode without a mark"))?;
        Ok(height)
    }

    /// The height of the stack without `count` objects, or down to the mark.
    pub(super) fn from(&mut self, count: Option<usize>) -> Result<usize> {
        match count {
            Some(count) => self.below(count),
            None => self.pop_mark(),
        }
    }

    /// The objects above `from`, of which something new is made. Those beside
    /// each other are not around each other.
    pub(super) fn take(&mut self, from: usize) -> Vec<Node> {
        let mut items = self.stack.split_off(from);
        for item in &mut items {
            item.around = item.around.filter(|&place| place < from);
        }
        items
    }

    pub(super) fn pop(&mut self) -> Result<()> {
        if self.marks.pop(self.stack.len()) {
            return Ok(());
        }
        let from = self.below(1)?;
        self.discard(from);
        Ok(())
    }

    /// What is above `from` becomes garbage, but for what the memo keeps: a
    /// tuple that contains itself is written so.
    pub(super) fn discard(&mut self, from: usize) {
        for node in self.stack.split_off(from) {
            node.leave();
            if !node.is_kept {
                self.uncount(&node);
            }
        }
    }

    pub(super) fn stop(&mut self) -> Result<()> {
        if self.stack.len() != 1 || !self.marks.is_empty() {
            return Err(event::malformed("STOP without a single value"));
        }
        self.root = self.stack.pop();
        if let Some(What::Foreign(name)) = self.root.as_ref().map(|root| &root.what) {
            let name = Rc::clone(name);
            self.list_opaque(&name);
        }
        Ok(())
    }
}

/// The memo.
impl Unpickler {
    pub(super) fn put(&mut self, id: Option<u32>) -> Result<()> {
        let id = id.unwrap_or(self.next_id);
        self.next_id = self.next_id.wrapping_add(1);
        let from = self.below(1)?;
        let is_wanted = match &self.wanted {
            Some(wanted) => wanted.binary_search(&id).is_ok(),
            None => true,
        };
        if is_wanted {
            if self.memo.len() == MOST_NODES {
                let what = match self.wanted {
                    Some(_) => "too many shared objects to follow",
                    None => "too many objects in the memo to follow in a pipe: use a file",
                };
                return Err(event::malformed(what));
            }
            self.stack[from].is_kept = true;
            self.memo.insert(id, self.stack[from].fetched());
        }
        Ok(())
    }

    pub(super) fn get(&mut self, id: u32) -> Result<()> {
        let Some(node) = self.memo.get(&id) else {
            return Err(event::malformed(format!("memo id {id} was never put")));
        };
        let mut node = node.clone();
        if let What::Container(container) = &node.what {
            node.around = container.borrow().place;
        }
        self.push(node)
    }
}
