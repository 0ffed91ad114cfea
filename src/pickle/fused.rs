//! The fast path for one common shape: a tuple of a float, a short str and an
//! integer that needs more than four bytes, as protocols 2 to 5 write it. Nine
//! opcodes are matched in one go; whatever differs is left to the stack
//! machine, one opcode at a time.

use super::arena::Node;
use super::error::Result;
use super::input::{Slice, Source};
use super::machine::Machine;
use super::opcode as op;

/// Enough for the longest record of the shape, and for loads beyond its end.
const WINDOW: usize = 320;

/// How a value enters the memo.
#[derive(Clone, Copy)]
enum Put {
    No,
    Next,
    As(u32),
}

/// A record within its window.
struct Record<'a> {
    float: f64,
    text: &'a [u8],
    text_put: Put,
    int_at: usize,
    int: Int,
    tuple_at: usize,
    tuple_put: Put,
    len: usize,
}

#[derive(Clone, Copy)]
enum Int {
    Signed(i64),
    Unsigned(u64),
}

#[inline(always)]
fn put(window: &[u8; WINDOW], at: usize) -> Option<(Put, usize)> {
    let bytes = window.get(at..at + 5)?;
    Some(match bytes[0] {
        op::MEMOIZE => (Put::Next, 1),
        op::BINPUT => (Put::As(u32::from(bytes[1])), 2),
        op::LONG_BINPUT => {
            let id = u32::from_le_bytes([bytes[1], bytes[2], bytes[3], bytes[4]]);
            (Put::As(id), 5)
        }
        _ => (Put::No, 0),
    })
}

#[inline(always)]
fn record(window: &[u8; WINDOW]) -> Option<Record<'_>> {
    let [
        op::BINFLOAT,
        float @ ..,
        op::SHORT_BINUNICODE | op::BINUNICODE,
    ] = window.first_chunk::<10>()?
    else {
        return None;
    };
    let (len, start) = if window[9] == op::SHORT_BINUNICODE {
        (usize::from(window[10]), 11)
    } else if window[11..14] == [0, 0, 0] {
        (usize::from(window[10]), 14)
    } else {
        return None;
    };
    let text = &window[start..start + len];
    let at = start + len;
    let (text_put, width) = put(window, at)?;
    let int_at = at + width;
    // 8 bytes are loaded whatever their number, and cut down afterwards.
    let [op::LONG1, count, low @ .., high] = window[int_at..].first_chunk::<11>()? else {
        return None;
    };
    let low = u64::from_le_bytes(*low);
    let int = match count {
        9 if *high == 0 && low >> 63 == 1 => Int::Unsigned(low),
        1..=8 => {
            let spare = 64 - 8 * u32::from(*count);
            Int::Signed((low << spare) as i64 >> spare)
        }
        _ => return None,
    };
    let tuple_at = int_at + 2 + usize::from(*count);
    if *window.get(tuple_at)? != op::TUPLE3 {
        return None;
    }
    let (tuple_put, width) = put(window, tuple_at + 1)?;
    Some(Record {
        float: f64::from_be_bytes(*float),
        text,
        text_put,
        int_at,
        int,
        tuple_at,
        tuple_put,
        len: tuple_at + 1 + width,
    })
}

/// Pushes as many records of the shape as follow in `slice`.
#[inline]
pub(super) fn run(machine: &mut Machine, slice: &mut Slice<'_>) -> Result<()> {
    let too_strict = machine.limits.item_bytes < 256 || machine.limits.depth == 0;
    if too_strict || !machine.memo.only_counts() {
        return Ok(());
    }
    while let Some(window) = slice.rest().first_chunk::<WINDOW>() {
        let Some(record) = record(window) else { break };
        let Ok(text) = str::from_utf8(record.text) else {
            break;
        };
        let at = machine.arena.at(slice.offset());
        let place = |bytes: usize| at.saturating_add(bytes as u32);
        let (out, start) = machine.arena.text_mut();
        out.push_str(text);
        let span = machine.arena.text_since(start)?;
        let items = [
            Node::Float {
                at,
                value: record.float,
            },
            Node::Str {
                at: place(9),
                text: span,
            },
            match record.int {
                Int::Signed(value) => Node::Int {
                    at: place(record.int_at),
                    value,
                },
                Int::Unsigned(value) => Node::Unsigned {
                    at: place(record.int_at),
                    value,
                },
            },
        ];
        if machine.enter(record.text_put, record.tuple_put).is_none() {
            break;
        }
        machine.push_leaves(&items, place(record.tuple_at))?;
        slice.advance(record.len);
    }
    Ok(())
}

impl Machine {
    /// Counts both memo ids of a record; `None`, and nothing done, if the
    /// stack machine must have a say.
    #[inline(always)]
    fn enter(&mut self, text: Put, tuple: Put) -> Option<()> {
        match (text, tuple) {
            (Put::Next, Put::Next) => self.memo.count(2),
            (Put::No, Put::No) => Some(()),
            (Put::As(text), Put::As(tuple)) => {
                self.memo.count_id(text);
                self.memo.count_id(tuple);
                Some(())
            }
            _ => None,
        }
    }
}

/// Passes over as many records of the shape as follow in `slice`; how many.
#[inline]
pub(super) fn skip(slice: &mut Slice<'_>) -> u64 {
    let mut count = 0;
    while let Some(window) = slice.rest().first_chunk::<WINDOW>() {
        let Some(record) = record(window) else { break };
        slice.advance(record.len);
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pickle::arena::Arena;
    use crate::pickle::number;

    #[test]
    fn integers_of_every_length_are_read_as_by_the_stack_machine() {
        for count in 0..=10_u8 {
            for fill in [0, 1, 0x7f, 0x80, 0xff] {
                let mut window = [0x55; WINDOW];
                window[0] = op::BINFLOAT;
                window[9] = op::SHORT_BINUNICODE;
                window[10] = 0;
                window[11] = op::LONG1;
                window[12] = count;
                let end = 13 + usize::from(count);
                window[13..end].fill(fill);
                window[end] = op::TUPLE3;
                let Some(found) = record(&window) else {
                    assert!(count == 0 || count > 8, "{count} bytes of {fill}");
                    continue;
                };
                let node = match found.int {
                    Int::Signed(value) => Node::Int { at: 0, value },
                    Int::Unsigned(value) => Node::Unsigned { at: 0, value },
                };
                let general = number::binary(&window[13..end], &mut Arena::default(), 0);
                assert_eq!(node, general.unwrap());
                assert_eq!(found.len, end + 1);
            }
        }
    }
}
