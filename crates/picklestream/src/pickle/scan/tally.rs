//! The fast part of the summary: opcodes that plain data is made of, as long as
//! they lie in one piece.

use super::counter::{Counter, MOST_OBJECTS, Object};
use super::refusals::Role;
use crate::pickle::error::Result;
use crate::pickle::opcodes::input::{Slice, Source, fetch_at, line_end};
use crate::pickle::opcodes::opcode::{self as op, Argument, Effect};

/// How to count an opcode.
#[derive(Debug, Clone, Copy)]
enum Count {
    /// An object without parts, of so many bytes in all, and as many more as the
    /// next byte says of which these bits are set. The same for all of them: of
    /// integers of many sizes, no processor could guess which comes next.
    Leaf(u8, u8),
    /// The same after a length of four bytes without sign.
    Length4,
    /// The same, up to the end of a line.
    Line,
    /// A short str, which may be a name.
    Text,
    /// A container without items.
    Open,
    /// What is on top enters the memo: so many bytes in all.
    Put(u8),
    /// The same, up to the end of a line.
    PutLine,
    /// Fetches.
    Get,
    Mark,
    /// So many objects become a tuple.
    Tuple(u8),
    /// So many objects go into another.
    Take(u8),
    /// All objects above the mark go into another.
    Drain,
    /// Left to the walk, one opcode at a time.
    Walk,
}

static COUNTS: [Count; 256] = {
    let mut table = [Count::Walk; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = count(byte as u8);
        byte += 1;
    }
    table
};

const fn count(opcode: u8) -> Count {
    let (_, argument, effect) = op::describe(opcode);
    if op::is_refused(opcode) {
        return Count::Walk;
    }
    match (opcode, argument, effect) {
        (op::EMPTY_LIST | op::EMPTY_DICT | op::EMPTY_SET | op::EMPTY_TUPLE, ..) => Count::Open,
        (op::SHORT_BINUNICODE, ..) => Count::Text,
        (op::MEMOIZE, ..) => Count::Put(1),
        (op::BINPUT, ..) => Count::Put(2),
        (op::LONG_BINPUT, ..) => Count::Put(5),
        (op::PUT, ..) => Count::PutLine,
        (op::BINGET | op::LONG_BINGET, ..) => Count::Get,
        (op::TUPLE1 | op::TUPLE2 | op::TUPLE3, _, Effect::Replace(count)) => Count::Tuple(count),
        (op::GET | op::POP_MARK, ..) => Count::Walk,
        (_, Argument::None, Effect::Push) => Count::Leaf(1, 0),
        (_, Argument::Fixed(len), Effect::Push) => Count::Leaf(1 + len, 0),
        (_, Argument::Length1, Effect::Push) => Count::Leaf(2, 0xff),
        (_, Argument::Length4, Effect::Push) => Count::Length4,
        (_, Argument::Line, Effect::Push) => Count::Line,
        (_, Argument::None, Effect::Mark) => Count::Mark,
        (_, Argument::None, Effect::Take(count)) => Count::Take(count),
        (_, Argument::None, Effect::Drain) => Count::Drain,
        _ => Count::Walk,
    }
}

/// A short str of the slice.
#[derive(Debug, Clone, Copy)]
struct Text {
    start: usize,
    len: usize,
    id: Option<u32>,
}

/// Counts opcodes of `slice` up to one that the walk must look at.
pub(super) fn tally(counter: &mut Counter, slice: &mut Slice<'_>) -> Result<()> {
    // At the bottom of the stack, and right after a name, the walk has a say.
    if counter.stack.is_empty() || counter.after_text || counter.after_object {
        return Ok(());
    }
    let bytes = slice.rest();
    let offset = slice.offset();
    let mut texts: [Option<Text>; 2] = [None; 2];
    let mut start = 0;
    while let Some(&opcode) = bytes.get(start) {
        let rest = &bytes[start + 1..];
        let at = offset + start as u64;
        let mut depth = 0;
        let len = match COUNTS[usize::from(opcode)] {
            Count::Leaf(fixed, counted) => {
                // Where there is no next byte, what is there is too short.
                let count = rest.first().copied().unwrap_or(0);
                usize::from(fixed) + usize::from(count & counted)
            }
            Count::Length4 => match rest.first_chunk() {
                Some(&len) => (u32::from_le_bytes(len) as usize).saturating_add(5),
                None => break,
            },
            Count::Line => match line_end(rest) {
                Some(end) => end + 2,
                None => break,
            },
            Count::Text => {
                let Some((&len, text)) = rest.split_first() else {
                    break;
                };
                let len = usize::from(len);
                // The opcode that follows may be its memo id.
                let id = match text.get(len..) {
                    Some([op::MEMOIZE, ..]) => Some(counter.next_id),
                    Some([op::BINPUT, id, ..]) => Some(u32::from(*id)),
                    Some([op::LONG_BINPUT, a, b, c, d, ..]) => {
                        Some(u32::from_le_bytes([*a, *b, *c, *d]))
                    }
                    // Cut short, or the end of the slice.
                    None | Some([] | [op::BINPUT | op::LONG_BINPUT, ..]) => break,
                    Some(_) => None,
                };
                let start = start + 2;
                texts = [texts[1], Some(Text { start, len, id })];
                2 + len
            }
            Count::Open => {
                depth = 1;
                1
            }
            Count::Get if counter.names.is_empty() && counter.refusals.are_none() => {
                match counter.fetches(&bytes[start..], at) {
                    0 => break,
                    passed => {
                        start += passed;
                        continue;
                    }
                }
            }
            Count::Put(len) if usize::from(len) <= 1 + rest.len() => {
                counter.counts[usize::from(opcode)] += 1;
                counter.found.memo_puts += 1;
                if opcode == op::MEMOIZE {
                    counter.next_id = counter.next_id.wrapping_add(1);
                }
                start += usize::from(len);
                continue;
            }
            Count::PutLine => {
                let Some(end) = line_end(rest) else { break };
                counter.counts[usize::from(opcode)] += 1;
                counter.found.memo_puts += 1;
                start += end + 2;
                continue;
            }
            Count::Mark if counter.marks.len() < MOST_OBJECTS => {
                counter.counts[usize::from(opcode)] += 1;
                counter.marks.open(counter.stack.len(), at);
                start += 1;
                continue;
            }
            Count::Drain if counter.marks.floor() > 0 => {
                let (from, _) = counter.pop_mark(at)?;
                counter.counts[usize::from(opcode)] += 1;
                counter.absorb(from, at, opcode);
                start += 1;
                continue;
            }
            Count::Take(count) if counter.stack.len() > usize::from(count) => {
                let from = counter.stack.len() - usize::from(count);
                counter.counts[usize::from(opcode)] += 1;
                counter.absorb(from, at, opcode);
                start += 1;
                continue;
            }
            Count::Tuple(count) if counter.stack.len() > usize::from(count) => {
                let from = counter.stack.len() - usize::from(count);
                let (first, inner) = counter.take(from, at);
                counter.counts[usize::from(opcode)] += 1;
                counter.push(first, inner + 1, opcode, at)?;
                start += 1;
                continue;
            }
            _ => break,
        };
        if len > bytes.len() - start || counter.stack.len() == MOST_OBJECTS {
            break;
        }
        counter.counts[usize::from(opcode)] += 1;
        counter.found.depth = counter.found.depth.max(depth);
        counter.stack.push(Object {
            start: at,
            depth,
            is_list: opcode == op::EMPTY_LIST,
            role: Role::Data,
        });
        counter.found.stack = counter.found.stack.max(counter.stack.len() as u64);
        start += len;
    }
    for text in texts.into_iter().flatten() {
        counter.note_text(&bytes[text.start..text.start + text.len], text.id);
    }
    if start > 0 {
        counter.end = offset + start as u64;
    }
    slice.advance(start);
    Ok(())
}

impl Counter {
    /// Counts as many fetches as `bytes`, at `at`, begin with, and tells how many
    /// bytes that took.
    #[inline(always)]
    fn fetches(&mut self, bytes: &[u8], at: u64) -> usize {
        let mut rest = bytes;
        while let Some((id, len)) = fetch_at(rest) {
            if self.stack.len() == MOST_OBJECTS {
                break;
            }
            self.count_fetch(id);
            self.counts[usize::from(rest[0])] += 1;
            self.stack.push(Object {
                start: at + (bytes.len() - rest.len()) as u64,
                depth: 0,
                is_list: false,
                role: Role::Data,
            });
            rest = &rest[len..];
        }
        self.found.stack = self.found.stack.max(self.stack.len() as u64);
        bytes.len() - rest.len()
    }
}
