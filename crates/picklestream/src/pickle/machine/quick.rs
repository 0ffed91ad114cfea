//! The opcodes that data is mostly made of, in one tight loop over the bytes at
//! hand: what is pushed, and the memo opcode that may follow it. Whatever is
//! rare, cut short or wrong is left to the stack machine, one opcode at a time.

use super::arena::Node;
use super::fused::{self, SHORT};
use super::state::Machine;
use crate::pickle::error::{Error, Result};
use crate::pickle::opcodes::input::{Slice, Source, fetch_at, not_utf8};
use crate::pickle::opcodes::opcode as op;

/// Runs as many opcodes of `slice` as are of this kind.
pub(crate) fn run(machine: &mut Machine, slice: &mut Slice<'_>) -> Result<()> {
    let (window, first) = (slice.rest(), slice.offset());
    let (_, text_before) = machine.arena.text_mut();
    let result = loop {
        if let Err(error) = fused::run(machine, slice) {
            break Err(error);
        }
        let (passed, result) = run_bytes(machine, slice.rest(), slice.offset());
        slice.advance(passed);
        match result {
            Ok(More::Records) => {}
            Ok(More::Any) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    // What is wrong with a str comes before what is wrong after it.
    machine.check_text(text_before, window, first)?;
    result
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
            op::BININT1 | op::BININT2 | op::BININT | op::LONG1 => {
                match push_integers(&mut machine.stack, &bytes[start..], at) {
                    0 => break,
                    passed => start += passed,
                }
                continue;
            }
            op::BINFLOAT => match rest.first_chunk() {
                Some(&bytes) => {
                    let value = f64::from_be_bytes(bytes);
                    (Node::Float { at, value }, 8)
                }
                None => break,
            },
            op::BINGET | op::LONG_BINGET => {
                match machine.push_fetched(&bytes[start..]) {
                    0 => break,
                    passed => start += passed,
                }
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
            op::TUPLE1 | op::TUPLE2 | op::TUPLE3 | op::TUPLE => {
                if let Err(error) = machine.join(opcode, at) {
                    return (start, Err(place(error)));
                }
                start += 1;
                start += machine.put_top(&bytes[start..]);
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

/// How an integer opcode is read without asking which it is, which a processor
/// could not guess where integers are of many sizes.
#[derive(Clone, Copy)]
struct Width {
    /// Bytes before the digits; 0 if it is no such opcode.
    head: u8,
    /// Bytes of the digits, where the opcode says it.
    fixed: u8,
    /// Set where the byte after the opcode says it.
    counted: u8,
    /// Set in all bits where the highest digit has the sign.
    signed: u64,
}

static WIDTHS: [Width; 256] = {
    let none = Width {
        head: 0,
        fixed: 0,
        counted: 0,
        signed: 0,
    };
    let fixed = Width { head: 1, ..none };
    let signed = u64::MAX;
    let mut table = [none; 256];
    table[op::BININT1 as usize] = Width { fixed: 1, ..fixed };
    table[op::BININT2 as usize] = Width { fixed: 2, ..fixed };
    table[op::BININT as usize] = Width {
        fixed: 4,
        signed,
        ..fixed
    };
    table[op::LONG1 as usize] = Width {
        head: 2,
        counted: 0xff,
        signed,
        ..none
    };
    table
};

/// Pushes as many integers as `bytes`, at `at`, begin with, and tells how many
/// bytes that took. An integer of more than 64 bits, or one close to the end of
/// `bytes`, is not among them.
#[inline(always)]
fn push_integers(stack: &mut Vec<Node>, bytes: &[u8], at: u32) -> usize {
    let mut rest = bytes;
    while let Some(chunk) = rest.first_chunk::<11>() {
        let [opcode, count, ..] = *chunk;
        let width = WIDTHS[usize::from(opcode)];
        let count = width.fixed + (count & width.counted);
        let (low, high) = match width.head {
            2 => (&chunk[2..10], chunk[10]),
            _ => (&chunk[1..9], 0),
        };
        let Ok(low) = <[u8; 8]>::try_from(low) else {
            break;
        };
        // 8 bytes are loaded whatever their number, and cut down afterwards.
        let spare = 64 - 8 * u32::from(count.clamp(1, 8));
        let word = u64::from_le_bytes(low) << spare;
        let sign = ((word as i64 >> 63) as u64 & width.signed) << 1 << (63 - spare);
        let value = (word >> spare | sign) as i64;
        // From 2^63 on there is a ninth byte, which is zero.
        let unsigned = count == 9;
        let wrong_ninth = u8::from(unsigned) * (high | u8::from(value >= 0));
        if width.head == 0 || !(1..=9).contains(&count) || wrong_ninth != 0 {
            break;
        }
        let passed = (bytes.len() - rest.len()) as u32;
        let at = at.saturating_add(passed);
        stack.push(Node::Int {
            unsigned,
            at,
            value,
        });
        rest = &rest[usize::from(width.head + count)..];
    }
    bytes.len() - rest.len()
}

/// Texts of up to so many bytes are copied as if they had as many.
const LONGER: usize = 64;

impl Machine {
    /// Pushes a str: the first `len` of `bytes`. `false`, and nothing done, if
    /// it is too long or large, cut short, or begins within a character.
    ///
    /// That it is UTF-8 is for [`check_text`](Self::check_text) to say: many
    /// strs at once are checked faster, and if all of them together are UTF-8,
    /// so is each that begins at a character.
    #[inline(always)]
    fn push_text(&mut self, bytes: &[u8], len: usize, at: u32) -> Result<bool> {
        if len as u64 > self.limits.item_bytes {
            return Ok(false);
        }
        if len > SHORT && self.arena.is_large(len as u64) {
            return Ok(false);
        }
        let (out, start) = self.arena.text_mut();
        // What follows the text is at hand too, but at the end of a slice.
        if let Some(chunk) = bytes.first_chunk::<SHORT>()
            && len <= SHORT
        {
            if len > 0 && is_within_character(chunk[0]) {
                return Ok(false);
            }
            fused::push_short(out, chunk, len);
        } else {
            let Some(text) = bytes.get(..len) else {
                return Ok(false);
            };
            if text.first().is_some_and(|&byte| is_within_character(byte)) {
                return Ok(false);
            }
            match bytes.first_chunk::<LONGER>() {
                Some(chunk) if len <= LONGER => fused::push_short(out, chunk, len),
                _ => out.extend_from_slice(text),
            }
        }
        let text = self.arena.text_since(start)?;
        self.stack.push(Node::Str { at, text });
        Ok(true)
    }

    /// Checks that the strs of the batch from `start` on are UTF-8. They were
    /// pushed out of `window`, which begins at `offset` in the input.
    #[inline]
    fn check_text(&mut self, start: usize, window: &[u8], offset: u64) -> Result<()> {
        let text = &self.arena.text_mut().0[start..];
        if text.is_ascii() {
            return Ok(());
        }
        if str::from_utf8(text).is_ok() {
            return Ok(());
        }
        let respelt = self.respell_text(start)?;
        respelt.map_err(|wrong| self.wrong_text(wrong, window, offset))
    }

    /// Says where in the input the text of the batch is wrong at `wrong`.
    #[cold]
    fn wrong_text(&mut self, wrong: usize, window: &[u8], offset: u64) -> Error {
        let holds = |node: &&Node| match node {
            Node::Str { text, .. } => !text.is_kept() && text.range().contains(&wrong),
            _ => false,
        };
        let nodes = self.stack.iter().chain(&self.arena.batch.nodes);
        let found = nodes.into_iter().find(holds);
        let Some(&Node::Str { at, text }) = found else {
            return Error::malformed("a str that is not UTF-8", offset);
        };
        let opcode = self.arena.base + u64::from(at);
        let head = match window.get((opcode - offset) as usize) {
            Some(&op::SHORT_BINUNICODE) => 2,
            _ => 5,
        };
        let into = (wrong - text.range().start) as u64;
        not_utf8(opcode + head + into)
    }

    /// Pushes what the memo has for as many fetches as `bytes` begin with, and
    /// tells how many bytes that took.
    #[inline(always)]
    fn push_fetched(&mut self, bytes: &[u8]) -> usize {
        let mut rest = bytes;
        while let Some((id, len)) = fetch_at(rest) {
            let Some(&node) = self.memo.find(id) else {
                break;
            };
            self.nan_may_repeat |= node.may_hold_nan();
            self.stack.push(node);
            rest = &rest[len..];
        }
        bytes.len() - rest.len()
    }

    /// Puts what was pushed last into the memo if `bytes` begin with an opcode
    /// that asks for it, and tells how many bytes that took.
    #[inline(always)]
    fn put_top(&mut self, bytes: &[u8]) -> usize {
        let Some(&node) = self.stack.last() else {
            return 0;
        };
        match bytes {
            [op::MEMOIZE, ..] => usize::from(self.memo.try_memoize(node)),
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

    /// `TUPLE` and its like.
    #[inline]
    fn join(&mut self, opcode: u8, at: u32) -> Result<()> {
        let from = match opcode {
            op::TUPLE => self.pop_mark(opcode)?,
            // TUPLE1 to TUPLE3 are neighbours.
            _ => self.below(usize::from(opcode - op::TUPLE1 + 1), opcode)?,
        };
        self.tuple(from, at)
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

/// Whether a byte of UTF-8 is one that no character begins with.
#[inline(always)]
fn is_within_character(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use crate::pickle::{ReadOptions, from_pipe};
    use crate::value::Value;

    #[test]
    fn a_wrong_str_has_the_place_that_one_byte_at_a_time_finds() {
        let long = [&b"X\x60\0\0\0"[..], &[b'a'; 92], b"\xf0\x9f\x98\x80"].concat();
        let wrong: [&[u8]; 7] = [
            // Cut within a character, at its start and its end.
            b"\x8c\x02a\xe2\x8c\x03\x82\xacb",
            b"\x8c\x02a\xe2X\x03\0\0\0\x82\xacb",
            b"\x8c\x04\xe2\x82\xacaX\x02\0\0\0\xe2\x82\x8c\x01\xac",
            b"\x8c\x02\xc3\xa9\x8c\x01\xc3",
            b"\x8c\x03\xed\xa0\x80\x8c\x01\xff",
            b"\x8c\x01\xff\x8c\x02a\xfe",
            // What follows is wrong as well.
            b"\x8c\x03a\xffb0000",
        ];
        for wrong in wrong {
            let file = [b"](K\x01", &long[..], b"N\x8c\x02\xc3\xa9", wrong, b"e."].concat();
            let error = |buffer| {
                let reader = BufReader::with_capacity(buffer, &file[..]);
                let read = from_pipe::<_, Value>(reader, &ReadOptions::default());
                read.unwrap_err().to_string()
            };
            assert_eq!(error(1 << 16), error(1), "{wrong:x?}");
        }
    }

    #[test]
    fn strs_with_surrogates_are_what_one_byte_at_a_time_reads() {
        // Plain, with a surrogate at either end or alone, fetched again, within
        // containers, and with text after it.
        let file = [
            &b"\x80\x04](\x8c\x01a\x94\x8c\x03\xed\xb3\xa9\x94\x8c\x05ab\xed\xb3\xa9\x94"[..],
            b"]\x94(\x8c\x04\xed\xa0\x80z\x94h\x01h\x02e}(h\x01h\x02\x8c\0\x8c\x02\xc3\xa9u",
            b"\x8c\0X\x0a\0\0\0\xed\xa0\x80\xed\xb0\x80late\x94h\x05h\x01h\0e.",
        ];
        let file = file.concat();
        let read = |buffer| {
            let reader = BufReader::with_capacity(buffer, &file[..]);
            from_pipe::<_, Value>(reader, &ReadOptions::default()).unwrap()
        };
        let Value::List(items) = read(1 << 16) else {
            panic!("a list was written");
        };
        let surrogates = items.iter().filter(|it| matches!(it, Value::Surrogates(_)));
        assert_eq!(surrogates.count(), 5);
        assert_eq!(Value::List(items), read(1));
    }
}
