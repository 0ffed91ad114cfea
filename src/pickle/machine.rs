//! The stack machine: one opcode at a time, from bytes to nodes.
//!
//! It stops where records can be handed out: after an `APPEND` or `APPENDS`
//! on the root when enough has gathered, and at `STOP`. Not earlier: before
//! that a finished tuple may still become part of an outer one (`TUPLE1` to
//! `TUPLE3` need no mark). And not after every `APPEND`: a list that turns out
//! to be part of something bigger, as in `([1, 2], 3)`, can only be told from
//! the root by what follows, so that a small pickle is always held to its end.

use super::arena::{Arena, Node};
use super::error::{Error, ErrorKind, Result};
use super::globals;
use super::input::Source;
use super::memo::Memo;
use super::number;
use super::opcode as op;
use super::options::Limits;
use super::string;

/// A batch is handed out once it takes this much memory: enough to spread the
/// cost of a batch, little enough to stay in the processor's cache.
const BATCH_BYTES: u64 = 32 * 1024;

/// What to do after an opcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// Go on.
    Continue,
    /// The items of the root, so far, can be handed out.
    Batch,
    /// The pickle is complete.
    Stop,
}

/// The state of one pickle.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) arena: Arena,
    pub(super) stack: Vec<Node>,
    /// Heights of the stack at the open marks.
    marks: Vec<usize>,
    pub(super) memo: Memo,
    pub(super) limits: Limits,
    scratch: Vec<u8>,
    /// End of the last frame.
    frame_end: u64,
    /// Items of the root were handed out.
    handed_out: bool,
    /// Hand out nothing before `STOP`.
    pub(super) hold: bool,
}

impl Machine {
    pub(super) fn new(limits: &Limits, memo: Memo) -> Machine {
        Machine {
            arena: Arena::default(),
            stack: Vec::new(),
            marks: Vec::new(),
            memo,
            limits: limits.clamped(),
            scratch: Vec::new(),
            frame_end: 0,
            handed_out: false,
            hold: false,
        }
    }

    /// A new pickle begins at `offset`.
    pub(super) fn restart(&mut self, offset: u64) {
        self.arena.clear_batch(offset);
        self.arena.clear_kept();
        self.stack.clear();
        self.marks.clear();
        self.memo.clear();
        self.frame_end = offset;
        self.handed_out = false;
    }

    /// The root if it is a list, whose items are the records.
    pub(super) fn root_list(&self) -> Option<u32> {
        match self.stack.first() {
            Some(&Node::List { container, .. }) => Some(container),
            _ => None,
        }
    }

    /// Forgets the items of the root, which were handed out; the next ones
    /// come after `offset`.
    pub(super) fn release(&mut self, root: u32, offset: u64) -> Result<()> {
        self.memo.keep_beyond(&mut self.arena, root)?;
        self.arena.clear_batch(offset);
        let container = self.arena.add_container()?;
        self.stack.clear();
        self.stack.push(Node::List { at: 0, container });
        self.handed_out = true;
        self.check_memory(offset)
    }

    /// Compares the memory in use with the limits.
    pub(super) fn check_memory(&self, offset: u64) -> Result<()> {
        let stacks = size_of_val(self.stack.as_slice()) + size_of_val(self.marks.as_slice());
        let batch = self.arena.batch_bytes() + stacks as u64;
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

    /// Runs one opcode. Every argument is read before anything changes, so
    /// that an opcode cut short can be run again.
    #[inline]
    pub(super) fn step<S: Source>(&mut self, source: &mut S) -> Result<Flow> {
        let offset = source.offset();
        match self.execute(source, offset) {
            Ok(flow) => Ok(flow),
            Err(error) => Err(error.or_at(offset)),
        }
    }

    #[inline]
    fn execute<S: Source>(&mut self, source: &mut S, offset: u64) -> Result<Flow> {
        let at = self.arena.at(offset);
        let opcode = source.byte()?;
        match opcode {
            op::MARK => self.marks.push(self.stack.len()),
            op::STOP => return self.stop(source.offset()),
            op::NONE => self.stack.push(Node::None { at }),
            op::NEWTRUE => self.stack.push(Node::Bool { at, value: true }),
            op::NEWFALSE => self.stack.push(Node::Bool { at, value: false }),

            op::BININT1 => self.push_int(at, i64::from(source.byte()?)),
            op::BININT2 => self.push_int(at, i64::from(u16::from_le_bytes(source.array()?))),
            op::BININT => self.push_int(at, i64::from(i32::from_le_bytes(source.array()?))),
            op::LONG1 => {
                let len = u64::from(source.byte()?);
                self.long(source, at, len)?;
            }
            op::LONG4 => {
                let len = signed_length(source, offset)?;
                self.long(source, at, len)?;
            }
            op::INT => {
                let line = source.line(self.limits.line_bytes, &mut self.scratch)?;
                let node = match line {
                    b"00" => Node::Bool { at, value: false },
                    b"01" => Node::Bool { at, value: true },
                    _ => number::decimal(line, &mut self.arena, &self.limits, at)?,
                };
                self.stack.push(node);
            }
            op::LONG => {
                let line = source.line(self.limits.line_bytes, &mut self.scratch)?;
                let digits = line.strip_suffix(b"L").unwrap_or(line);
                let node = number::decimal(digits, &mut self.arena, &self.limits, at)?;
                self.stack.push(node);
            }
            op::FLOAT => {
                let line = source.line(self.limits.line_bytes, &mut self.scratch)?;
                let value = number::float(line)?;
                self.stack.push(Node::Float { at, value });
            }
            op::BINFLOAT => {
                let value = f64::from_be_bytes(source.array()?);
                self.stack.push(Node::Float { at, value });
            }

            op::SHORT_BINUNICODE => {
                let len = u64::from(source.byte()?);
                self.text(source, at, len)?;
            }
            op::BINUNICODE => {
                let len = u64::from(u32::from_le_bytes(source.array()?));
                self.text(source, at, len)?;
            }
            op::BINUNICODE8 => {
                let len = u64::from_le_bytes(source.array()?);
                self.text(source, at, len)?;
            }
            op::UNICODE => {
                let line = source.line(self.limits.line_bytes, &mut self.scratch)?;
                let node = string::raw_unicode_escape(line, &mut self.arena, at)?;
                self.check_item(node, offset)?;
                self.stack.push(node);
            }
            op::STRING => {
                let line = source.line(self.limits.line_bytes, &mut self.scratch)?;
                let node = string::quoted(line, &mut self.arena, at)?;
                self.check_item(node, offset)?;
                self.stack.push(node);
            }
            op::SHORT_BINSTRING => {
                let len = u64::from(source.byte()?);
                self.python_2_str(source, at, len)?;
            }
            op::BINSTRING => {
                let len = signed_length(source, offset)?;
                self.python_2_str(source, at, len)?;
            }
            op::SHORT_BINBYTES => {
                let len = u64::from(source.byte()?);
                let bytes = self.bytes(source, len)?;
                self.stack.push(Node::Bytes { at, bytes });
            }
            op::BINBYTES => {
                let len = u64::from(u32::from_le_bytes(source.array()?));
                let bytes = self.bytes(source, len)?;
                self.stack.push(Node::Bytes { at, bytes });
            }
            op::BINBYTES8 => {
                let len = u64::from_le_bytes(source.array()?);
                let bytes = self.bytes(source, len)?;
                self.stack.push(Node::Bytes { at, bytes });
            }
            op::BYTEARRAY8 => {
                let len = u64::from_le_bytes(source.array()?);
                let bytes = self.bytes(source, len)?;
                self.stack.push(Node::ByteArray { at, bytes });
            }

            op::EMPTY_TUPLE => self.tuple(self.stack.len(), at)?,
            op::TUPLE1 => self.tuple(self.below(1, opcode)?, at)?,
            op::TUPLE2 => self.tuple(self.below(2, opcode)?, at)?,
            op::TUPLE3 => self.tuple(self.below(3, opcode)?, at)?,
            op::TUPLE => {
                let from = self.pop_mark(opcode)?;
                self.tuple(from, at)?;
            }
            op::EMPTY_LIST => {
                let container = self.arena.add_container()?;
                self.stack.push(Node::List { at, container });
            }
            op::LIST => {
                let from = self.pop_mark(opcode)?;
                let container = self.collect(from)?;
                self.stack.push(Node::List { at, container });
            }
            op::EMPTY_DICT => {
                let container = self.arena.add_container()?;
                self.stack.push(Node::Dict { at, container });
            }
            op::DICT => {
                let from = self.pop_mark(opcode)?;
                self.check_pairs(from)?;
                let container = self.collect(from)?;
                self.stack.push(Node::Dict { at, container });
            }
            op::EMPTY_SET => {
                let container = self.arena.add_container()?;
                self.stack.push(Node::Set { at, container });
            }
            op::FROZENSET => {
                let from = self.pop_mark(opcode)?;
                let container = self.collect(from)?;
                self.arena.seal(container);
                self.stack.push(Node::FrozenSet { at, container });
            }

            op::APPEND => {
                let from = self.below(1, opcode)?;
                self.append(from, opcode, offset)?;
                return Ok(self.after_append());
            }
            op::APPENDS => {
                let from = self.pop_mark(opcode)?;
                self.append(from, opcode, offset)?;
                return Ok(self.after_append());
            }
            op::SETITEM => {
                let from = self.below(2, opcode)?;
                self.extend_top(from, opcode, offset, |node| match node {
                    Node::Dict { container, .. } => Some(container),
                    _ => None,
                })?;
            }
            op::SETITEMS => {
                let from = self.pop_mark(opcode)?;
                self.check_pairs(from)?;
                self.extend_top(from, opcode, offset, |node| match node {
                    Node::Dict { container, .. } => Some(container),
                    _ => None,
                })?;
            }
            op::ADDITEMS => {
                let from = self.pop_mark(opcode)?;
                self.extend_top(from, opcode, offset, |node| match node {
                    Node::Set { container, .. } => Some(container),
                    _ => None,
                })?;
            }

            op::MEMOIZE => {
                let node = self.top(opcode)?;
                self.memo.memoize(node, offset)?;
            }
            op::BINPUT => {
                let id = u32::from(source.byte()?);
                self.put(id, opcode)?;
            }
            op::LONG_BINPUT => {
                let id = u32::from_le_bytes(source.array()?);
                self.put(id, opcode)?;
            }
            op::PUT => {
                let line = source.line(self.limits.line_bytes, &mut self.scratch)?;
                let id = number::memo_id(line)?;
                self.put(id, opcode)?;
            }
            op::BINGET => {
                let id = u32::from(source.byte()?);
                self.get(id, offset)?;
            }
            op::LONG_BINGET => {
                let id = u32::from_le_bytes(source.array()?);
                self.get(id, offset)?;
            }
            op::GET => {
                let line = source.line(self.limits.line_bytes, &mut self.scratch)?;
                let id = number::memo_id(line)?;
                self.get(id, offset)?;
            }
            op::DUP => {
                let node = self.top(opcode)?;
                self.check_root(self.stack.len() - 1, offset)?;
                self.stack.push(node);
            }
            op::POP => {
                // As CPython has it: with nothing above the mark, the mark.
                if self.marks.last() == Some(&self.stack.len()) {
                    self.marks.pop();
                } else {
                    let from = self.below(1, opcode)?;
                    self.check_root(from, offset)?;
                    self.stack.truncate(from);
                }
            }
            op::POP_MARK => {
                let from = self.pop_mark(opcode)?;
                self.check_root(from, offset)?;
                self.stack.truncate(from);
            }

            op::PROTO => {
                let version = source.byte()?;
                if version > 5 {
                    return Err(malformed(format!(
                        "protocol {version}, which does not exist: the newest is 5"
                    )));
                }
            }
            op::FRAME => {
                let len = u64::from_le_bytes(source.array()?);
                self.frame(len, offset, source.offset())?;
            }

            op::GLOBAL => {
                let limit = self.limits.line_bytes;
                let module = source.line(limit, &mut self.scratch)?.to_owned();
                let name = source.line(limit, &mut self.scratch)?;
                let global = globals::find(&module, name).ok_or_else(|| {
                    globals::refuse(
                        &String::from_utf8_lossy(&module),
                        &String::from_utf8_lossy(name),
                    )
                })?;
                self.stack.push(Node::Global { at, global });
            }
            op::STACK_GLOBAL => self.stack_global(at, opcode)?,
            op::REDUCE => self.reduce(at, opcode)?,
            op::INST => {
                let limit = self.limits.line_bytes;
                let module = source.line(limit, &mut self.scratch)?.to_owned();
                let name = source.line(limit, &mut self.scratch)?;
                return Err(globals::refuse(
                    &String::from_utf8_lossy(&module),
                    &String::from_utf8_lossy(name),
                ));
            }
            op::NEWOBJ
            | op::NEWOBJ_EX
            | op::OBJ
            | op::BUILD
            | op::PERSID
            | op::BINPERSID
            | op::EXT1
            | op::EXT2
            | op::EXT4
            | op::NEXT_BUFFER
            | op::READONLY_BUFFER => {
                let name = format!("opcode {}", op::name(opcode));
                return Err(Error::unplaced(ErrorKind::Refused(name)));
            }
            _ => return Err(malformed(format!("unknown opcode {opcode:#04x}"))),
        }
        Ok(Flow::Continue)
    }

    fn stop(&mut self, end: u64) -> Result<Flow> {
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
        Ok(Flow::Stop)
    }

    /// A frame of `len` bytes begins at `start`. Frames may not overlap; an
    /// opcode may cross the end of one, as in CPython's C unpickler.
    #[cold]
    fn frame(&mut self, len: u64, offset: u64, start: u64) -> Result<()> {
        if offset < self.frame_end {
            return Err(malformed("a frame within a frame"));
        }
        self.frame_end = start
            .checked_add(len)
            .ok_or_else(|| malformed(format!("a frame of {len} bytes")))?;
        Ok(())
    }

    #[inline]
    fn push_int(&mut self, at: u32, value: i64) {
        self.stack.push(Node::Int { at, value });
    }

    #[inline]
    fn long<S: Source>(&mut self, source: &mut S, at: u32, len: u64) -> Result<()> {
        number::check_binary(len, &self.limits)?;
        let node = if len <= 8 {
            self.scratch.clear();
            source.bytes(len, &mut self.scratch)?;
            number::binary(&self.scratch, &mut self.arena, at)?
        } else {
            self.scratch.clear();
            source.bytes(len, &mut self.scratch)?;
            number::binary(&self.scratch, &mut self.arena, at)?
        };
        self.stack.push(node);
        Ok(())
    }

    #[inline]
    fn text<S: Source>(&mut self, source: &mut S, at: u32, len: u64) -> Result<()> {
        self.check_length(len)?;
        let (out, start) = self.arena.text_mut();
        source.text(len, out)?;
        let text = self.arena.text_since(start)?;
        self.stack.push(Node::Str { at, text });
        Ok(())
    }

    fn bytes<S: Source>(&mut self, source: &mut S, len: u64) -> Result<super::arena::Span> {
        self.check_length(len)?;
        let (out, start) = self.arena.bytes_mut();
        source.bytes(len, out)?;
        self.arena.bytes_since(start)
    }

    fn python_2_str<S: Source>(&mut self, source: &mut S, at: u32, len: u64) -> Result<()> {
        let bytes = self.bytes(source, len)?;
        let node = string::str_or_bytes(bytes, &mut self.arena, at)?;
        self.stack.push(node);
        Ok(())
    }

    #[inline]
    fn check_length(&self, len: u64) -> Result<()> {
        if len > self.limits.item_bytes {
            return Err(self.item_too_long());
        }
        Ok(())
    }

    fn check_item(&self, node: Node, _offset: u64) -> Result<()> {
        match node {
            Node::Str { text: span, .. } | Node::Bytes { bytes: span, .. } => {
                self.check_length(u64::from(span.len))
            }
            _ => Ok(()),
        }
    }

    #[cold]
    fn item_too_long(&self) -> Error {
        Error::unplaced(ErrorKind::Limit {
            name: "item_bytes",
            value: self.limits.item_bytes,
        })
    }

    /// The height of the stack without its last `count` objects.
    #[inline]
    fn below(&self, count: usize, opcode: u8) -> Result<usize> {
        let floor = self.marks.last().copied().unwrap_or(0);
        match self.stack.len().checked_sub(count) {
            Some(from) if from >= floor => Ok(from),
            _ => Err(underflow(opcode)),
        }
    }

    #[inline]
    fn top(&self, opcode: u8) -> Result<Node> {
        Ok(self.stack[self.below(1, opcode)?])
    }

    #[inline]
    fn pop_mark(&mut self, opcode: u8) -> Result<usize> {
        self.marks
            .pop()
            .ok_or_else(|| malformed(format!("{} without a mark", op::name(opcode))))
    }

    /// Refuses to take the root away once its items were handed out.
    #[inline]
    fn check_root(&self, from: usize, offset: u64) -> Result<()> {
        if from == 0 && self.handed_out {
            let what = "makes the list of records part of something else";
            return Err(Error::handed_out(what, offset));
        }
        Ok(())
    }

    fn check_depth(&self, depth: u16) -> Result<()> {
        if u32::from(depth) > self.limits.depth {
            return Err(Error::unplaced(ErrorKind::Limit {
                name: "depth",
                value: u64::from(self.limits.depth),
            }));
        }
        Ok(())
    }

    /// The depth of the deepest object of the stack above `from`.
    #[inline]
    fn deepest(&self, from: usize) -> u16 {
        self.stack[from..]
            .iter()
            .map(|&node| self.arena.depth(node))
            .max()
            .unwrap_or(0)
    }

    #[inline]
    fn tuple(&mut self, from: usize, at: u32) -> Result<()> {
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
    fn collect(&mut self, from: usize) -> Result<u32> {
        self.check_root(from, self.arena.base)?;
        let container = self.arena.add_container()?;
        self.fill(container, from)?;
        Ok(container)
    }

    /// Moves the stack above `from` to the end of a container.
    fn fill(&mut self, container: u32, from: usize) -> Result<()> {
        let depth = self.deepest(from);
        self.check_depth(depth.saturating_add(1))?;
        self.arena.extend(container, &self.stack[from..], depth)?;
        self.stack.truncate(from);
        Ok(())
    }

    #[inline]
    fn append(&mut self, from: usize, opcode: u8, offset: u64) -> Result<()> {
        self.extend_top(from, opcode, offset, |node| match node {
            Node::List { container, .. } => Some(container),
            _ => None,
        })
    }

    /// Moves the stack above `from` into the container below it.
    #[inline]
    fn extend_top(
        &mut self,
        from: usize,
        opcode: u8,
        offset: u64,
        container: impl Fn(Node) -> Option<u32>,
    ) -> Result<()> {
        let floor = self.marks.last().copied().unwrap_or(0);
        let Some(under) = from.checked_sub(1).filter(|&under| under >= floor) else {
            return Err(underflow(opcode));
        };
        let Some(container) = container(self.stack[under]) else {
            let name = op::name(opcode);
            return Err(malformed(format!("{name} on an object of another type")));
        };
        if self.arena.is_sealed(container) {
            return Err(Error::handed_out("changes an object", offset));
        }
        self.fill(container, from)
    }

    /// Whether it is time to hand out what the root holds.
    #[inline]
    fn after_append(&self) -> Flow {
        let at_root = self.stack.len() == 1 && self.marks.is_empty();
        if at_root && !self.hold && self.arena.batch_bytes() >= BATCH_BYTES {
            Flow::Batch
        } else {
            Flow::Continue
        }
    }

    #[inline]
    fn put(&mut self, id: u32, opcode: u8) -> Result<()> {
        let node = self.top(opcode)?;
        self.memo.put(id, node);
        Ok(())
    }

    fn get(&mut self, id: u32, offset: u64) -> Result<()> {
        let node = self.memo.fetch(id, offset)?;
        self.stack.push(node);
        Ok(())
    }

    fn stack_global(&mut self, at: u32, opcode: u8) -> Result<()> {
        let from = self.below(2, opcode)?;
        let (Node::Str { text: module, .. }, Node::Str { text: name, .. }) =
            (self.stack[from], self.stack[from + 1])
        else {
            return Err(malformed("STACK_GLOBAL without two strs"));
        };
        let (module, name) = (
            self.arena.growing_text(module),
            self.arena.growing_text(name),
        );
        let global = globals::find(module.as_bytes(), name.as_bytes())
            .ok_or_else(|| globals::refuse(module, name))?;
        self.stack.truncate(from);
        self.stack.push(Node::Global { at, global });
        Ok(())
    }

    fn reduce(&mut self, at: u32, opcode: u8) -> Result<()> {
        let from = self.below(2, opcode)?;
        let (callable, arguments) = (self.stack[from], self.stack[from + 1]);
        let Node::Global { global, .. } = callable else {
            let name = format!("opcode {}", op::name(opcode));
            return Err(Error::unplaced(ErrorKind::Refused(name)));
        };
        let node = globals::call(global, arguments, &mut self.arena, at)?;
        self.check_depth(self.arena.depth(node))?;
        self.stack.truncate(from);
        self.stack.push(node);
        Ok(())
    }

    /// Pushes a tuple of three leaves, as the fused path reads them. Its mark,
    /// if any, was never pushed.
    #[inline]
    pub(super) fn push_leaves(&mut self, items: &[Node; 3], at: u32) -> Result<Node> {
        let items = self.arena.add_items(items)?;
        let depth = 1;
        let node = Node::Tuple { depth, at, items };
        self.stack.push(node);
        Ok(node)
    }

    fn check_pairs(&self, from: usize) -> Result<()> {
        if (self.stack.len() - from) % 2 != 0 {
            return Err(malformed("a dict with a key and no value"));
        }
        Ok(())
    }
}

#[cold]
fn malformed(what: impl Into<String>) -> Error {
    Error::unplaced(ErrorKind::Malformed(what.into()))
}

#[cold]
fn underflow(opcode: u8) -> Error {
    malformed(format!("{} without enough objects", op::name(opcode)))
}

fn signed_length<S: Source>(source: &mut S, offset: u64) -> Result<u64> {
    let len = i32::from_le_bytes(source.array()?);
    u64::try_from(len).map_err(|_| Error::malformed(format!("negative length {len}"), offset))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pickle::arena::Global;

    #[test]
    fn data_globals_have_one_name_each() {
        assert_eq!(globals::find(b"builtins", b"set"), Some(Global::Set));
        assert_eq!(globals::find(b"__builtin__", b"set"), Some(Global::Set));
        assert_eq!(globals::find(b"builtins", b"eval"), None);
    }
}
