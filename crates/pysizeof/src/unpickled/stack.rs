//! The stack of the unpickler.

use picklestream::pickle::Result;
use picklestream::pickle::event;

use super::node::{NONE, Node, What};
use super::{MOST_MARKS, MOST_NODES, Unpickler};

impl Unpickler {
    #[inline]
    pub(super) fn push(&mut self, node: Node) -> Result<()> {
        if self.stack.len() == MOST_NODES {
            return Err(event::malformed("too many objects at once to follow"));
        }
        self.stack.push(node);
        Ok(())
    }

    /// The height of the stack without its last `count` objects.
    #[inline]
    pub(super) fn below(&self, count: usize) -> Result<usize> {
        match self.marks.below(self.stack.len(), count) {
            Some(from) => Ok(from),
            None => Err(event::malformed("an opcode without enough objects")),
        }
    }

    pub(super) fn open_mark(&mut self) -> Result<()> {
        let show = self.shows_next();
        if self.marks.len() == MOST_MARKS {
            return Err(event::malformed("too many marks"));
        }
        self.marks.open(self.stack.len(), show);
        Ok(())
    }

    #[inline]
    pub(super) fn pop_mark(&mut self) -> Result<usize> {
        self.loading.stack_most = self.loading.stack_most.max(self.stack.len() as u64);
        match self.marks.close() {
            Some((height, _)) => Ok(height),
            None => Err(event::malformed("an opcode without a mark")),
        }
    }

    /// The height of the stack without `count` objects, or down to the mark.
    pub(super) fn from(&mut self, count: Option<usize>) -> Result<usize> {
        match count {
            Some(count) => self.below(count),
            None => self.pop_mark(),
        }
    }

    pub(super) fn duplicate(&mut self) -> Result<()> {
        let from = self.below(1)?;
        let mut node = self.stack[from].fetched();
        if let What::Container(place) = node.what
            && let Some(container) = self.containers.get_mut(place)
        {
            container.is_kept = true;
            node.around = container.place;
        }
        self.push(node)
    }

    /// Drops what is above `from` from the stack, after it went elsewhere.
    #[inline]
    pub(super) fn cut(&mut self, from: usize) {
        for place in from..self.stack.len() {
            let node = self.stack[place];
            if node.shown != NONE || !matches!(node.what, What::Shape(_)) {
                self.leave(&node);
            }
        }
        self.stack.truncate(from);
    }

    /// What is no longer on the stack.
    pub(super) fn leave(&mut self, node: &Node) {
        if node.is_fetched {
            return;
        }
        self.shown.remove(node.shown);
        match node.what {
            What::Container(place) => {
                if let Some(container) = self.containers.get_mut(place) {
                    container.place = NONE;
                    if !container.is_kept {
                        self.containers.remove(place);
                    }
                }
            }
            What::Arguments(place) if !node.is_kept => {
                self.arguments.remove(place);
            }
            _ => {}
        }
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
        for place in from..self.stack.len() {
            let node = self.stack[place];
            if !node.is_kept {
                self.uncount(&node, false);
            }
            self.end_passing(place);
        }
        self.cut(from);
    }

    pub(super) fn stop(&mut self) -> Result<()> {
        if self.stack.len() != 1 || !self.marks.is_empty() {
            return Err(event::malformed("STOP without a single value"));
        }
        self.root = self.stack.pop();
        if let Some(root) = self.root {
            self.list_foreign(&root)?;
        }
        self.snapshot(|_| 0);
        Ok(())
    }
}
