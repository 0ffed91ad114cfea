//! What opcodes that make objects leave behind: an object as data. Nothing is
//! looked up and nothing is called.
//!
//! An object is a container like a list, so that the memo, the limits and whatever
//! moves nodes treat it as one. Its items are first its head, whose length follows
//! from how it is made (see [`How`]), and then a log of what was done to it: a
//! [`Node::Part`] that says what and of how many objects, and these objects.

use super::arena::Node;
use super::call;
use super::how::{How, Part};
use super::state::{Flow, Machine};
use crate::pickle::error::{Error, ErrorKind, Result, malformed};
use crate::pickle::opcodes::globals;
use crate::pickle::opcodes::input::Source;
use crate::pickle::opcodes::opcode as op;
use crate::pickle::options::Objects;

impl Machine {
    /// A global that is named in the input.
    pub(super) fn global(&mut self, module: &[u8], name: &[u8], at: u32) -> Result<Node> {
        if let Some(global) = globals::find(module, name) {
            return Ok(Node::Global { at, global });
        }
        if self.objects == Objects::Refuse {
            let (module, name) = (
                String::from_utf8_lossy(module),
                String::from_utf8_lossy(name),
            );
            return Err(globals::refuse(&module, &name));
        }
        let head = [self.word(module, at)?, self.word(name, at)?];
        self.made(How::Global, &head, at)
    }

    /// `STACK_GLOBAL`.
    pub(super) fn stack_global(&mut self, at: u32, opcode: u8) -> Result<()> {
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
        match globals::find(module.as_bytes(), name.as_bytes()) {
            Some(global) => {
                self.stack.truncate(from);
                self.stack.push(Node::Global { at, global });
                Ok(())
            }
            None if self.objects == Objects::Refuse => Err(globals::refuse(module, name)),
            None => self.make(How::Global, from, at),
        }
    }

    fn word(&mut self, text: &[u8], at: u32) -> Result<Node> {
        if str::from_utf8(text).is_err() {
            return Err(malformed("the name of a class that is not UTF-8"));
        }
        let (out, start) = self.arena.text_mut();
        out.extend_from_slice(text);
        let text = self.arena.text_since(start)?;
        Ok(Node::Str { at, text })
    }

    /// A new object with this head.
    fn made(&mut self, how: How, head: &[Node], at: u32) -> Result<Node> {
        let container = self.arena.add_container()?;
        let deepest = head.iter().map(|&node| self.arena.depth(node)).max();
        let depth = deepest.unwrap_or(0);
        self.check_depth(depth.saturating_add(1))?;
        self.arena.extend(container, head, depth)?;
        Ok(Node::Object { how, at, container })
    }

    /// The objects above `from` become one object.
    fn make(&mut self, how: How, from: usize, at: u32) -> Result<()> {
        self.check_root(from, self.arena.base + u64::from(at))?;
        let head = self.stack[from..].to_vec();
        let node = self.made(how, &head, at)?;
        self.stack.truncate(from);
        self.stack.push(node);
        Ok(())
    }

    /// `REDUCE`.
    pub(super) fn reduce(&mut self, at: u32, opcode: u8) -> Result<()> {
        let from = self.below(2, opcode)?;
        let (callable, arguments) = (self.stack[from], self.stack[from + 1]);
        let called = match callable {
            Node::Global { global, .. } => call::call(global, arguments, &mut self.arena, at),
            _ => Err(refused(opcode)),
        };
        let node = match called {
            Ok(node) => node,
            Err(error) if self.may_be_object(&error) => {
                require_tuple(arguments, opcode)?;
                return self.make(How::Call, from, at);
            }
            Err(error) => return Err(error),
        };
        self.check_depth(self.arena.depth(node))?;
        self.stack.truncate(from);
        self.stack.push(node);
        Ok(())
    }

    fn may_be_object(&self, error: &Error) -> bool {
        self.objects == Objects::AsData && matches!(error.kind(), ErrorKind::Refused(_))
    }

    /// `INST` and `OBJ`: the objects above the mark are the arguments, for `OBJ` with
    /// what is called before them.
    fn instance(&mut self, called: Node, from: usize, at: u32) -> Result<()> {
        self.check_root(from, self.arena.base + u64::from(at))?;
        self.tuple(from, at)?;
        let from = self.stack.len() - 1;
        let head = [called, self.stack[from]];
        let node = self.made(How::Call, &head, at)?;
        self.stack[from] = node;
        Ok(())
    }

    /// An opcode that only objects need, whose argument comes next.
    pub(super) fn object_opcode<S: Source>(
        &mut self,
        opcode: u8,
        source: &mut S,
        offset: u64,
    ) -> Result<Flow> {
        let at = self.arena.at(offset);
        if self.objects == Objects::Refuse {
            return Err(refused(opcode));
        }
        match opcode {
            op::OBJ => {
                let from = self.pop_mark(opcode)?;
                let Some(&called) = self.stack.get(from) else {
                    return Err(malformed("OBJ without a class"));
                };
                self.check_root(from, offset)?;
                self.instance(called, from + 1, at)?;
                self.stack.remove(from);
            }
            op::NEWOBJ => {
                let from = self.below(2, opcode)?;
                require_tuple(self.stack[from + 1], opcode)?;
                self.make(How::New, from, at)?;
            }
            op::NEWOBJ_EX => {
                let from = self.below(3, opcode)?;
                require_tuple(self.stack[from + 1], opcode)?;
                let Node::Dict { container, .. } = self.stack[from + 2] else {
                    return Err(malformed("NEWOBJ_EX without a dict of arguments"));
                };
                // The arguments are those that the dict has now.
                self.arena.seal(container);
                self.make(How::NewWithNames, from, at)?;
            }
            op::BUILD => {
                let from = self.below(1, opcode)?;
                self.extend_object(Part::State, from, opcode, offset)?;
            }
            op::PERSID => {
                let line = source
                    .line(self.limits.line_bytes, &mut self.scratch)?
                    .to_owned();
                let id = self.word(&line, at)?;
                let node = self.made(How::Persistent, &[id], at)?;
                self.stack.push(node);
            }
            op::BINPERSID => {
                let from = self.below(1, opcode)?;
                self.make(How::Persistent, from, at)?;
            }
            op::EXT1 | op::EXT2 | op::EXT4 => {
                let number = match opcode {
                    op::EXT1 => u32::from(source.byte()?),
                    op::EXT2 => u32::from(u16::from_le_bytes(source.array()?)),
                    _ => u32::from_le_bytes(source.array()?),
                };
                let number = Node::unsigned(at, number.into());
                let node = self.made(How::Extension, &[number], at)?;
                self.stack.push(node);
            }
            op::NEXT_BUFFER => {
                let node = self.made(How::Buffer, &[], at)?;
                self.stack.push(node);
            }
            // What a buffer is for changes nothing in what it is.
            op::READONLY_BUFFER => {
                self.below(1, opcode)?;
            }
            _ => return Err(malformed(format!("unknown opcode {opcode:#04x}"))),
        }
        Ok(Flow::Continue(()))
    }

    /// `INST`, whose names are read.
    pub(super) fn inst(&mut self, module: &[u8], name: &[u8], at: u32) -> Result<()> {
        if self.objects == Objects::Refuse {
            let (module, name) = (
                String::from_utf8_lossy(module),
                String::from_utf8_lossy(name),
            );
            return Err(globals::refuse(&module, &name));
        }
        let called = self.global(module, name, at)?;
        let from = self.pop_mark(op::INST)?;
        self.instance(called, from, at)
    }

    /// The objects above `from` go into the object below them, as `part` says.
    #[cold]
    pub(super) fn extend_object(
        &mut self,
        part: Part,
        from: usize,
        opcode: u8,
        offset: u64,
    ) -> Result<()> {
        let under = self.marks.below(from, 1);
        let Some(Node::Object { container, .. }) = under.map(|under| self.stack[under]) else {
            let name = op::name(opcode);
            return Err(malformed(format!("{name} on an object of another type")));
        };
        if self.arena.is_sealed(container) {
            return Err(Error::handed_out("changes an object", offset));
        }
        let count = (self.stack.len() - from) as u32;
        if count == 0 {
            return Ok(());
        }
        self.arena
            .extend(container, &[Node::Part { part, count }], 0)?;
        self.fill(container, from)
    }
}

fn require_tuple(node: Node, opcode: u8) -> Result<()> {
    match node {
        Node::Tuple { .. } => Ok(()),
        _ => {
            let name = op::name(opcode);
            Err(malformed(format!("{name} without a tuple of arguments")))
        }
    }
}

#[cold]
fn refused(opcode: u8) -> Error {
    let name = format!("opcode {}", op::name(opcode));
    Error::unplaced(ErrorKind::Refused(name))
}
