//! What each opcode does to the [`Machine`].

use std::io::BufRead;

use super::arena::Node;
use super::bulk::What;
use super::integer;
use super::quick;
use super::state::{Flow, Machine, Stop};
use super::string;
use crate::pickle::error::{Error, Result, malformed};
use crate::pickle::opcodes::decimal;
use crate::pickle::opcodes::input::{Input, Slice, Source};
use crate::pickle::opcodes::opcode as op;
use crate::pickle::opcodes::run::Interpreter;

impl Interpreter for Machine {
    type End = Stop;

    #[inline]
    fn step<S: Source>(&mut self, source: &mut S) -> Result<Flow> {
        let offset = source.offset();
        match self.execute(source, offset) {
            Ok(flow) => Ok(flow),
            Err(error) => Err(error.or_at(offset)),
        }
    }

    #[inline]
    fn leap(&mut self, slice: &mut Slice<'_>) -> Result<()> {
        quick::run(self, slice)
    }

    #[inline]
    fn between<R: BufRead>(&mut self, input: &mut Input<R>) -> Result<Flow> {
        Machine::between(self, input.offset(), input.is_at_set_end())
    }
}

impl Machine {
    #[inline]
    fn execute<S: Source>(&mut self, source: &mut S, offset: u64) -> Result<Flow> {
        let opcode = source.byte()?;
        self.run(opcode, source, offset)
    }

    /// Runs an opcode that was read at `offset`; its argument comes next.
    #[inline]
    pub(crate) fn run<S: Source>(
        &mut self,
        opcode: u8,
        source: &mut S,
        offset: u64,
    ) -> Result<Flow> {
        let at = self.arena.at(offset);
        match opcode {
            op::MARK => self.marks.open(self.stack.len(), ()),
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
                let node = integer::int(line, &mut self.arena, &self.limits, at)?;
                self.stack.push(node);
            }
            op::LONG => {
                let line = source.line(self.limits.line_bytes, &mut self.scratch)?;
                let digits = line.strip_suffix(b"L").unwrap_or(line);
                let node = integer::long(digits, &mut self.arena, &self.limits, at)?;
                self.stack.push(node);
            }
            op::FLOAT => {
                let line = source.line(self.limits.line_bytes, &mut self.scratch)?;
                let value = decimal::float(line)?;
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
                self.check_item(node)?;
                self.stack.push(node);
            }
            op::STRING => {
                let line = source.line(self.limits.line_bytes, &mut self.scratch)?;
                let node = string::quoted(line, self.encoding, &mut self.arena, at)?;
                self.check_item(node)?;
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
                self.bytes(source, What::Bytes, at, len)?;
            }
            op::BINBYTES => {
                let len = u64::from(u32::from_le_bytes(source.array()?));
                self.bytes(source, What::Bytes, at, len)?;
            }
            op::BINBYTES8 => {
                let len = u64::from_le_bytes(source.array()?);
                self.bytes(source, What::Bytes, at, len)?;
            }
            op::BYTEARRAY8 => {
                let len = u64::from_le_bytes(source.array()?);
                self.bytes(source, What::ByteArray, at, len)?;
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
                return Ok(self.after_set());
            }
            op::SETITEMS => {
                let from = self.pop_mark(opcode)?;
                self.set_items(from, opcode, offset)?;
                return Ok(self.after_set());
            }
            op::ADDITEMS => {
                let from = self.pop_mark(opcode)?;
                self.extend_top(from, opcode, offset, |node| match node {
                    Node::Set { container, .. } => Some(container),
                    _ => None,
                })?;
                return Ok(self.after_set());
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
                let id = decimal::memo_id(line)?;
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
                let id = decimal::memo_id(line)?;
                self.get(id, offset)?;
            }
            op::DUP => {
                let node = self.top(opcode)?;
                self.check_root(self.stack.len() - 1, offset)?;
                self.stack.push(node);
            }
            op::POP => {
                if !self.marks.pop(self.stack.len()) {
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
                let name = name.to_owned();
                let node = self.global(&module, &name, at)?;
                self.stack.push(node);
            }
            op::STACK_GLOBAL => self.stack_global(at, opcode)?,
            op::REDUCE => self.reduce(at, opcode)?,
            op::INST => {
                let limit = self.limits.line_bytes;
                let module = source.line(limit, &mut self.scratch)?.to_owned();
                let name = source.line(limit, &mut self.scratch)?.to_owned();
                self.inst(&module, &name, at)?;
            }
            _ if op::is_refused(opcode) => return self.object_opcode(opcode, source, offset),
            _ => return Err(malformed(format!("unknown opcode {opcode:#04x}"))),
        }
        Ok(Flow::Continue(()))
    }
}

fn signed_length<S: Source>(source: &mut S, offset: u64) -> Result<u64> {
    let len = i32::from_le_bytes(source.array()?);
    u64::try_from(len).map_err(|_| Error::malformed(format!("negative length {len}"), offset))
}
