//! The stack machine: one opcode at a time, from bytes to nodes.
//!
//! It stops where records can be handed out: after an `APPEND` or `APPENDS`
//! on the root when enough has gathered, and at `STOP`. Not earlier: before
//! that a finished tuple may still become part of an outer one (`TUPLE1` to
//! `TUPLE3` need no mark). And not after every `APPEND`: a list that turns out
//! to be part of something bigger, as in `([1, 2], 3)`, can only be told from
//! the root by what follows, so that a small pickle is always held to its end.

use std::ops::ControlFlow;

use super::arena::{Arena, Node, Span};
use super::budget::Budget;
use super::bulk::What;
use super::cycle;
use super::how::Part;
use super::integer;
use super::memo::Memo;
use super::shared;
use super::string;
use crate::pickle::error::{Error, Result, exceeded, malformed};
use crate::pickle::opcodes::input::{Source, not_utf8};
use crate::pickle::opcodes::marks::Marks;
use crate::pickle::opcodes::opcode as op;
use crate::pickle::opcodes::record::is_root_on_top;
use crate::pickle::options::{Encoding, Objects, PickleLimits};
use crate::value::surrogates;

/// A batch is handed out once it takes this much memory: enough to spread the
/// cost of a batch, little enough to stay in the processor's cache.
const BATCH_BYTES: u64 = 32 * 1024;

/// A large object of which it is not known whether it is there grows by so much.
const LARGE_STEP: u64 = 8 << 20;

/// Where the machine stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The items of the root, so far, can be handed out.
    Batch,
    /// The pickle is complete.
    End,
}

/// What to do after an opcode.
pub(crate) type Flow = ControlFlow<Stop>;

/// The state of one pickle.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) arena: Arena,
    pub(crate) stack: Vec<Node>,
    pub(crate) marks: Marks,
    pub(crate) memo: Memo,
    pub(crate) limits: PickleLimits,
    /// What becomes of objects that only code could make.
    pub(crate) objects: Objects,
    /// How Python 2's str is read.
    pub(crate) encoding: Encoding,
    /// Of the record that is being read.
    pub(crate) budget: Budget,
    pub(crate) scratch: Vec<u8>,
    /// Where the input ends, if that is known.
    pub(crate) end: Option<u64>,
    /// End of the last frame.
    frame_end: u64,
    /// Items of the root were handed out.
    handed_out: bool,
    /// Hand out nothing before `STOP`.
    pub(crate) hold: bool,
    /// The items of any container are records, not only those of a list.
    pub(crate) any_container: bool,
    /// Something in which a NaN can be was pushed once more.
    pub(crate) nan_may_repeat: bool,
}

impl Machine {
    pub(crate) fn new(limits: &PickleLimits, memo: Memo) -> Machine {
        let limits = limits.clamped();
        Machine {
            arena: Arena::default(),
            stack: Vec::new(),
            marks: Marks::new(),
            memo,
            budget: Budget::new(&limits),
            limits,
            objects: Objects::Refuse,
            encoding: Encoding::Default,
            scratch: Vec::new(),
            end: None,
            frame_end: 0,
            handed_out: false,
            hold: false,
            any_container: false,
            nan_may_repeat: false,
        }
    }

    /// A new pickle begins at `offset`.
    pub(crate) fn restart(&mut self, offset: u64) {
        self.arena.clear_batch(offset);
        self.arena.clear_kept();
        self.stack.clear();
        self.marks.clear();
        self.memo.clear();
        self.frame_end = offset;
        self.handed_out = false;
    }

    /// A part of a pickle begins at `offset`, before which the pickle put all
    /// memo ids below `next_id` that it ever will.
    pub(crate) fn begin_part(&mut self, offset: u64, next_id: u32) {
        self.arena.clear_batch(offset);
        self.stack.clear();
        self.marks.clear();
        self.memo.resume(next_id);
        self.frame_end = offset;
        self.handed_out = false;
    }

    /// A part of a pickle ends here: what is on the stack is what it makes.
    fn end_part(&self) -> Result<Flow> {
        if !self.marks.is_empty() || self.stack.len() != 1 {
            return Err(malformed("a part of a pickle that makes no one object"));
        }
        Ok(Flow::Break(Stop::End))
    }

    /// All that was buffered has been taken.
    pub(crate) fn between(&self, offset: u64, is_end_of_part: bool) -> Result<Flow> {
        self.check_memory(offset)?;
        match is_end_of_part {
            true => self.end_part().map_err(|error| error.or_at(offset)),
            false => Ok(Flow::Continue(())),
        }
    }

    /// The root if its items are the records: see
    /// [`record`](crate::pickle::opcodes::record).
    pub(crate) fn root(&self) -> Option<Node> {
        match *self.stack.first()? {
            node @ Node::List { .. } => Some(node),
            node @ Node::Tuple { .. } if self.any_container => Some(node),
            node if self.any_container && node.container().is_some() => Some(node),
            _ => None,
        }
    }

    /// Whether items of the root were handed out before: then it has only those
    /// that came after.
    pub(crate) fn has_handed_out(&self) -> bool {
        self.handed_out
    }

    /// Forgets the items of the root, which were handed out; the next ones
    /// come after `offset`.
    pub(crate) fn release(&mut self, root: Node, offset: u64) -> Result<()> {
        if let Some(container) = root.container() {
            self.memo.keep_beyond(&mut self.arena, container)?;
        }
        self.arena.clear_batch(offset);
        let root = self.arena.emptied(root)?;
        self.stack.clear();
        self.stack.push(root);
        self.handed_out = true;
        self.check_memory(offset)
    }

    /// Compares the memory in use with the limits.
    pub(crate) fn check_memory(&self, offset: u64) -> Result<()> {
        let stacks = size_of_val(self.stack.as_slice()) + self.marks.used_bytes();
        let mut batch = self.arena.batch_bytes() + stacks as u64;
        if self.end.is_some() {
            // The input bounds what is large.
            batch -= self.arena.batch_bulk_bytes();
        }
        let kept = self.arena.kept_bytes() + self.memo.used_bytes();
        if batch > self.limits.batch_bytes {
            let limit = self.limits.batch_bytes;
            return Err(Error::limit("batch_bytes", limit, offset));
        }
        // What is put within a batch counts for the memo only beyond it.
        if kept > self.limits.memo_bytes {
            return Err(Error::limit("memo_bytes", self.limits.memo_bytes, offset));
        }
        Ok(())
    }

    pub(crate) fn stop(&mut self, end: u64) -> Result<Flow> {
        if !self.marks.is_empty() {
            return Err(malformed("STOP with an open mark"));
        }
        match self.stack.len() {
            0 => return Err(malformed("STOP without a value")),
            1 => {}
            count => return Err(malformed(format!("STOP with {count} values"))),
        }
        if end < self.frame_end {
            return Err(malformed("the last frame is longer than the pickle"));
        }
        Ok(Flow::Break(Stop::End))
    }

    /// A frame of `len` bytes begins at `start`. Frames may not overlap; an
    /// opcode may cross the end of one, as in CPython's C unpickler.
    #[cold]
    pub(crate) fn frame(&mut self, len: u64, offset: u64, start: u64) -> Result<()> {
        if offset < self.frame_end {
            return Err(malformed("a frame within a frame"));
        }
        self.frame_end = start
            .checked_add(len)
            .ok_or_else(|| malformed(format!("a frame of {len} bytes")))?;
        Ok(())
    }

    #[inline]
    pub(crate) fn push_int(&mut self, at: u32, value: i64) {
        self.stack.push(Node::signed(at, value));
    }

    #[inline]
    pub(crate) fn long<S: Source>(&mut self, source: &mut S, at: u32, len: u64) -> Result<()> {
        integer::check_binary(len, &self.limits)?;
        self.scratch.clear();
        source.bytes(len, &mut self.scratch)?;
        let node = integer::binary(&self.scratch, &mut self.arena, at)?;
        self.stack.push(node);
        Ok(())
    }

    #[inline]
    pub(crate) fn text<S: Source>(&mut self, source: &mut S, at: u32, len: u64) -> Result<()> {
        if self.arena.is_large(len) {
            let start = source.offset();
            let bytes = self.large(source, len)?;
            let spelt = surrogates::check(&bytes).map_err(|at| not_utf8(start + at as u64))?;
            let node = self.arena.add_bulk(spelt.into(), bytes, at)?;
            self.stack.push(node);
            return Ok(());
        }
        self.check_length(len)?;
        let (out, start) = self.arena.text_mut();
        let spelt = source.text(len, out)?;
        let node = self.arena.str_since(start, spelt, at)?;
        self.stack.push(node);
        Ok(())
    }

    /// Pushes bytes, or a bytearray.
    pub(crate) fn bytes<S: Source>(
        &mut self,
        source: &mut S,
        what: What,
        at: u32,
        len: u64,
    ) -> Result<()> {
        let node = if self.arena.is_large(len) {
            let bytes = self.large(source, len)?;
            self.arena.add_bulk(what, bytes, at)?
        } else {
            let bytes = self.small_bytes(source, len)?;
            match what {
                What::ByteArray => Node::ByteArray { at, bytes },
                _ => Node::Bytes { at, bytes },
            }
        };
        self.stack.push(node);
        Ok(())
    }

    fn small_bytes<S: Source>(&mut self, source: &mut S, len: u64) -> Result<Span> {
        self.check_length(len)?;
        let (out, start) = self.arena.bytes_mut();
        source.bytes(len, out)?;
        self.arena.bytes_since(start)
    }

    /// The bytes of a large object, as they arrive. What an input that can seek has
    /// left bounds them; of any other the limit does.
    #[cold]
    fn large<S: Source>(&mut self, source: &mut S, len: u64) -> Result<Vec<u8>> {
        source.require(len)?;
        let start = source.offset();
        let fits = |end: u64| start.checked_add(len).is_some_and(|stop| stop <= end);
        let is_there = self.end.is_some_and(fits);
        if !is_there {
            self.check_length(len)?;
        }
        let mut out = Vec::new();
        let mut left = len;
        while left > 0 {
            let step = match is_there {
                true => left,
                false => left.min(LARGE_STEP),
            };
            let room = usize::try_from(step).ok();
            let room = room.and_then(|room| out.try_reserve_exact(room).ok());
            room.ok_or_else(|| self.item_too_long())?;
            source.bytes(step, &mut out)?;
            left -= step;
        }
        Ok(out)
    }

    /// Finds out which large strs and bytes of the batch may be moved out of it.
    pub(crate) fn mark_shared(&self, stop: Stop) {
        if self.arena.batch.bulk.is_empty() {
            return;
        }
        let root = self.root().and_then(Node::container);
        let is_root = |node: &Node| root.is_some() && node.container() == root;
        let fresh = self.memo.fresh().filter(|node| !is_root(node));
        let most = match stop {
            Stop::Batch => usize::MAX,
            // Nothing is fetched any more.
            Stop::End => 0,
        };
        shared::mark(&self.arena, self.stack.iter().copied(), fresh.take(most));
    }

    pub(crate) fn python_2_str<S: Source>(
        &mut self,
        source: &mut S,
        at: u32,
        len: u64,
    ) -> Result<()> {
        let node = if self.arena.is_large(len) {
            let bytes = self.large(source, len)?;
            let (what, bytes) = string::decoded_large(bytes, self.encoding)?;
            self.arena.add_bulk(what, bytes, at)?
        } else {
            let bytes = self.small_bytes(source, len)?;
            string::decoded(bytes, self.encoding, &mut self.arena, at)?
        };
        self.stack.push(node);
        Ok(())
    }

    #[inline]
    pub(crate) fn check_length(&self, len: u64) -> Result<()> {
        if len > self.limits.item_bytes {
            return Err(self.item_too_long());
        }
        Ok(())
    }

    pub(crate) fn check_item(&self, node: Node) -> Result<()> {
        match node {
            Node::Str { text: span, .. }
            | Node::Surrogates { bytes: span, .. }
            | Node::Bytes { bytes: span, .. } => self.check_length(u64::from(span.len)),
            _ => Ok(()),
        }
    }

    #[cold]
    pub(crate) fn item_too_long(&self) -> Error {
        exceeded("item_bytes", self.limits.item_bytes)
    }

    /// The height of the stack without its last `count` objects.
    #[inline]
    pub(crate) fn below(&self, count: usize, opcode: u8) -> Result<usize> {
        let below = self.marks.below(self.stack.len(), count);
        below.ok_or_else(|| underflow(opcode))
    }

    #[inline]
    pub(crate) fn top(&self, opcode: u8) -> Result<Node> {
        Ok(self.stack[self.below(1, opcode)?])
    }

    #[inline]
    pub(crate) fn pop_mark(&mut self, opcode: u8) -> Result<usize> {
        match self.marks.close() {
            Some((height, ())) => Ok(height),
            None => Err(malformed(format!("{} without a mark", op::name(opcode)))),
        }
    }

    /// Refuses to take the root away once its items were handed out.
    #[inline]
    pub(crate) fn check_root(&self, from: usize, offset: u64) -> Result<()> {
        if from == 0 && self.handed_out {
            let what = "makes the list of records part of something else";
            return Err(Error::handed_out(what, offset));
        }
        Ok(())
    }

    pub(crate) fn check_depth(&self, depth: u16) -> Result<()> {
        if u32::from(depth) > self.limits.depth {
            return Err(self.too_deep());
        }
        Ok(())
    }

    /// What is on the stack nests too deep, or contains itself.
    #[cold]
    fn too_deep(&self) -> Error {
        let found = cycle::find(&self.arena, self.stack.iter().copied());
        found.unwrap_or_else(|| exceeded("depth", u64::from(self.limits.depth)))
    }

    /// The nesting depth of the deepest object of the stack above `from`.
    #[inline]
    pub(crate) fn deepest(&self, from: usize) -> u16 {
        let nodes = &self.stack[from..];
        // Mostly all are leaves, which is told faster without a way out.
        if nodes.iter().fold(true, |all, node| all & node.is_leaf()) {
            return 0;
        }
        nodes
            .iter()
            .map(|&node| self.arena.depth(node))
            .max()
            .unwrap_or(0)
    }

    #[inline]
    pub(crate) fn tuple(&mut self, from: usize, at: u32) -> Result<()> {
        if from == 0 && self.handed_out {
            let offset = self.arena.base + u64::from(at);
            self.check_root(from, offset)?;
        }
        let depth = self.deepest(from).saturating_add(1);
        self.check_depth(depth)?;
        let items = self.arena.add_items(&self.stack[from..])?;
        self.stack.truncate(from);
        self.stack.push(Node::Tuple { depth, at, items });
        Ok(())
    }

    /// Moves the stack above `from` into a new container.
    pub(crate) fn collect(&mut self, from: usize) -> Result<u32> {
        self.check_root(from, self.arena.base)?;
        let container = self.arena.add_container()?;
        self.fill(container, from)?;
        Ok(container)
    }

    /// Moves the stack above `from` to the end of a container.
    pub(crate) fn fill(&mut self, container: u32, from: usize) -> Result<()> {
        let depth = self.deepest(from);
        self.check_depth(depth.saturating_add(1))?;
        self.arena.extend(container, &self.stack[from..], depth)?;
        self.stack.truncate(from);
        Ok(())
    }

    #[inline]
    pub(crate) fn append(&mut self, from: usize, opcode: u8, offset: u64) -> Result<()> {
        self.extend_top(from, opcode, offset, |node| match node {
            Node::List { container, .. } => Some(container),
            _ => None,
        })
    }

    /// `SETITEMS`: moves keys and values above `from` into the dict below.
    #[inline]
    pub(crate) fn set_items(&mut self, from: usize, opcode: u8, offset: u64) -> Result<()> {
        self.check_pairs(from)?;
        self.extend_top(from, opcode, offset, |node| match node {
            Node::Dict { container, .. } => Some(container),
            _ => None,
        })
    }

    /// Moves the stack above `from` into the container below it.
    #[inline]
    pub(crate) fn extend_top(
        &mut self,
        from: usize,
        opcode: u8,
        offset: u64,
        container: impl Fn(Node) -> Option<u32>,
    ) -> Result<()> {
        let Some(under) = self.marks.below(from, 1) else {
            return Err(underflow(opcode));
        };
        let Some(container) = container(self.stack[under]) else {
            let part = match opcode {
                op::SETITEM | op::SETITEMS => Part::Pairs,
                _ => Part::Items,
            };
            return self.extend_object(part, from, opcode, offset);
        };
        if self.arena.is_sealed(container) {
            return Err(Error::handed_out("changes an object", offset));
        }
        self.fill(container, from)
    }

    /// Whether it is time to hand out what the root holds, which is no list.
    pub(crate) fn after_set(&self) -> Flow {
        if self.any_container {
            self.after_append()
        } else {
            Flow::Continue(())
        }
    }

    /// Whether it is time to hand out what the root holds.
    #[inline]
    pub(crate) fn after_append(&self) -> Flow {
        let at_root = is_root_on_top(self.stack.len(), &self.marks);
        if at_root && !self.hold && self.arena.batch_bytes() >= BATCH_BYTES && self.root().is_some()
        {
            Flow::Break(Stop::Batch)
        } else {
            Flow::Continue(())
        }
    }

    #[inline]
    pub(crate) fn put(&mut self, id: u32, opcode: u8) -> Result<()> {
        let node = self.top(opcode)?;
        self.memo.put(id, node);
        Ok(())
    }

    #[inline]
    pub(crate) fn get(&mut self, id: u32, offset: u64) -> Result<()> {
        let node = *self.memo.fetch(id, offset)?;
        self.nan_may_repeat |= node.may_hold_nan();
        self.stack.push(node);
        Ok(())
    }

    /// Pushes a tuple of three leaves, as the fused path reads them. Its mark,
    /// if any, was never pushed.
    #[inline]
    pub(crate) fn push_leaves(&mut self, items: &[Node; 3], at: u32) -> Result<Node> {
        let items = self.arena.add_items(items)?;
        let depth = 1;
        let node = Node::Tuple { depth, at, items };
        self.stack.push(node);
        Ok(node)
    }

    pub(crate) fn check_pairs(&self, from: usize) -> Result<()> {
        if !(self.stack.len() - from).is_multiple_of(2) {
            return Err(malformed("a dict with a key and no value"));
        }
        Ok(())
    }
}

#[cold]
pub(crate) fn underflow(opcode: u8) -> Error {
    malformed(format!("{} without enough objects", op::name(opcode)))
}
