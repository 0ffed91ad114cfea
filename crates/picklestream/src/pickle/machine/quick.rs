//! The opcodes that data is mostly made of, in one tight loop over the bytes at
//! hand: what is pushed, and the memo opcode that may follow it. Whatever is
//! rare, cut short or wrong is left to the stack machine, one opcode at a time.

use super::arena::Node;
use super::fused::{self, SHORT};
use super::state::Machine;
use crate::pickle::error::{Error, Result};
use crate::pickle::opcodes::input::{Slice, Source};
use crate::pickle::opcodes::opcode as op;

/// Runs as many opcodes of `slice` as are of this kind.
pub(crate) fn run(machine: &mut Machine, slice: &mut Slice<'_>) -> Result<()> {
    loop {
        fused::run(machine, slice)?;
        let bytes = slice.rest();
        let (passed, result) = run_bytes(machine, bytes, slice.offset());
        slice.advance(passed);
        match result {
            Ok(More::Records) => {}
            Ok(More::Any) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

/// What comes next.
enum More {
    /// What may be a run of records that `fused` knows.
    Records,
    /// Anything.
    Any,
}

/// How many bytes were passed, and what comes next.
fn run_bytes(machine: &mut Machine, bytes: &[u8], offset: u64) -> (usize, Result<More>) {
    let first = offset - machine.arena.base;
    let mut start = 0;
    while let Some(&opcode) = bytes.get(start) {
        let rest = &bytes[start + 1..];
        // As `Arena::at` has it.
        let at = u32::try_from(first + start as u64).unwrap_or(u32::MAX);
        let place = |error: Error| error.or_at(offset + start as u64);
        let (node, len) = match opcode {
            op::NONE => (Node::None { at }, 0),
            op::NEWTRUE => (Node::Bool { at, value: true }, 0),
            op::NEWFALSE => (Node::Bool { at, value: false }, 0),
            op::BININT1 => match rest.first() {
                Some(&byte) => (Node::signed(at, byte.into()), 1),
                None => break,
            },
            op::BININT2 => match rest.first_chunk() {
                Some(&bytes) => (Node::signed(at, u16::from_le_bytes(bytes).into()), 2),
                None => break,
            },
            op::BININT => match rest.first_chunk() {
                Some(&bytes) => (Node::signed(at, i32::from_le_bytes(bytes).into()), 4),
                None => break,
            },
            op::LONG1 => match rest.first_chunk().and_then(fused::short_long) {
                Some((value, unsigned, len)) => {
                    let node = Node::Int {
                        unsigned,
                        at,
                        value,
                    };
                    (node, 1 + len)
                }
                None => break,
            },
            op::BINFLOAT => match rest.first_chunk() {
                Some(&bytes) => {
                    let value = f64::from_be_bytes(bytes);
                    (Node::Float { at, value }, 8)
                }
                None => break,
            },
            op::BINGET | op::LONG_BINGET => {
                let passed = match machine.push_fetched(&bytes[start..]) {
                    0 => break,
                    passed => passed,
                };
                start += passed;
                continue;
            }
            op::SHORT_BINUNICODE => {
                let Some((&len, text)) = rest.split_first() else {
                    break;
                };
                match machine.push_text(text, len.into(), at) {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(error) => return (start, Err(place(error))),
                }
                start += 2 + usize::from(len);
                start += machine.put_top(&bytes[start..]);
                continue;
            }
            op::BINUNICODE => {
                let Some((&len, text)) = rest.split_first_chunk() else {
                    break;
                };
                let len = u32::from_le_bytes(len) as usize;
                match machine.push_text(text, len, at) {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(error) => return (start, Err(place(error))),
                }
                start += 5 + len;
                start += machine.put_top(&bytes[start..]);
                continue;
            }
            op::EMPTY_LIST | op::EMPTY_DICT => {
                let container = match machine.arena.add_container() {
                    Ok(container) => container,
                    Err(error) => return (start, Err(place(error))),
                };
                machine.stack.push(match opcode {
                    op::EMPTY_LIST => Node::List { at, container },
                    _ => Node::Dict { at, container },
                });
                start += 1;
                start += machine.put_top(&bytes[start..]);
                continue;
            }
            op::MARK => {
                // At the start, `fused` has just been asked.
                if start > 0 && rest.first() == Some(&op::FLOAT) {
                    return (start, Ok(More::Records));
                }
                machine.marks.open(machine.stack.len(), ());
                start += 1;
                if let [op::BINFLOAT, ..] = rest {
                    return (start, Ok(More::Records));
                }
                continue;
            }
            op::APPENDS | op::SETITEMS if machine.marks.len() > 1 => {
                if let Err(error) = machine.drain(opcode, offset + start as u64) {
                    return (start, Err(place(error)));
                }
                start += 1;
                continue;
            }
            _ => break,
        };
        machine.stack.push(node);
        start += 1 + len;
    }
    (start, Ok(More::Any))
}

impl Machine {
    /// Pushes a str of `len` bytes that begin `bytes`; `false`, and nothing
    /// done, where the stack machine must have a say.
    #[inline(always)]
    fn push_text(&mut self, bytes: &[u8], len: usize, at: u32) -> Result<bool> {
        if len as u64 > self.limits.item_bytes || self.arena.is_large(len as u64) {
            return Ok(false);
        }
        let (out, start) = self.arena.text_mut();
        match bytes.first_chunk::<SHORT>() {
            // What follows the text is at hand too, but at the end of a slice.
            Some(chunk) if len <= SHORT && fused::is_ascii(chunk, len) => {
                fused::push_short(out, chunk, len);
            }
            _ => match bytes.get(..len) {
                Some(text) if str::from_utf8(text).is_ok() => out.extend_from_slice(text),
                _ => return Ok(false),
            },
        }
        let text = self.arena.text_since(start)?;
        self.stack.push(Node::Str { at, text });
        Ok(true)
    }

    /// Pushes what the memo has for as many fetches as `bytes` begin with, and
    /// tells how many bytes that took.
    #[inline(always)]
    fn push_fetched(&mut self, bytes: &[u8]) -> usize {
        let mut passed = 0;
        loop {
            let (id, len) = match &bytes[passed..] {
                [op::BINGET, id, ..] => (u32::from(*id), 2),
                [op::LONG_BINGET, rest @ ..] => match rest.first_chunk() {
                    Some(&id) => (u32::from_le_bytes(id), 5),
                    None => return passed,
                },
                _ => return passed,
            };
            let Some(node) = self.memo.find(id) else {
                return passed;
            };
            self.stack.push(*node);
            passed += len;
        }
    }

    /// Puts what was pushed last into the memo if `bytes` begin with an opcode
    /// that asks for it, and tells how many bytes that took.
    #[inline(always)]
    fn put_top(&mut self, bytes: &[u8]) -> usize {
        let Some(&node) = self.stack.last() else {
            return 0;
        };
        match bytes {
            [op::MEMOIZE, ..] if self.memo.memoize(node, 0).is_ok() => 1,
            [op::BINPUT, id, ..] => {
                self.memo.put(u32::from(*id), node);
                2
            }
            [op::LONG_BINPUT, a, b, c, d, ..] => {
                self.memo.put(u32::from_le_bytes([*a, *b, *c, *d]), node);
                5
            }
            _ => 0,
        }
    }

    /// `APPENDS` or `SETITEMS`, not on the root.
    #[inline]
    fn drain(&mut self, opcode: u8, offset: u64) -> Result<()> {
        let from = self.pop_mark(opcode)?;
        match opcode {
            op::APPENDS => self.append(from, opcode, offset),
            _ => self.set_items(from, opcode, offset),
        }
    }
}
