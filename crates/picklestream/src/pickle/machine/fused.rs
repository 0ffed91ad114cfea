//! The fast path for one common shape: a tuple of a float, a short str and an
//! integer that needs more than four bytes, as protocol 0 or protocols 2 to 5
//! write it. Its opcodes are matched in one go; whatever differs is left to the
//! stack machine, one opcode at a time.

use super::arena::Node;
use super::integer;
use super::state::Machine;
use crate::pickle::error::Result;
use crate::pickle::opcodes::decimal;
use crate::pickle::opcodes::input::{Slice, Source, line_end};
use crate::pickle::opcodes::opcode as op;

/// Enough for the longest record of the shape, and for loads beyond its end.
const WINDOW: usize = 320;

/// A text of up to so many bytes is copied as if it had as many.
pub(super) const SHORT: usize = 32;

/// Appends the first `len` bytes of `chunk`: all of it, and cut off again. To
/// copy a known number of bytes takes a few instructions, any other number a
/// call. With this and [`binary_len`] a record of the dataset takes 0.94 of the
/// instructions under callgrind (669 of 714), 0.93 of the time.
#[inline(always)]
pub(super) fn push_short<const N: usize>(out: &mut Vec<u8>, chunk: &[u8; N], len: usize) {
    let before = out.len();
    out.extend_from_slice(chunk);
    out.truncate(before + len);
}

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
    str_at: usize,
    text_at: usize,
    text: &'a [u8],
    text_put: Put,
    int_at: usize,
    /// As in [`Node::Int`].
    int: i64,
    unsigned: bool,
    tuple_at: usize,
    tuple_put: Put,
    len: usize,
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

/// The argument of a `LONG1` that 64 bits can hold, as in [`Node::Int`], and the
/// count of its bytes.
#[inline(always)]
pub(super) fn short_long(bytes: &[u8; 10]) -> Option<(i64, bool, usize)> {
    // 8 bytes are loaded whatever their number, and cut down afterwards.
    let [count, low @ .., high] = bytes;
    let spare = 64 - 8 * u32::from((*count).clamp(1, 8));
    let int = (u64::from_le_bytes(*low) << spare) as i64 >> spare;
    // From 2^63 on there is a ninth byte, which is zero. Whether it is there
    // must not become a branch: for random integers it would be an
    // unpredictable one.
    let unsigned = *count == 9;
    let wrong_ninth = u8::from(unsigned) * (*high | u8::from(int >= 0));
    let fits = (1..=9).contains(count) && wrong_ninth == 0;
    fits.then_some((int, unsigned, usize::from(*count)))
}

/// A record of protocols 2 to 5.
#[inline(always)]
fn binary(window: &[u8; WINDOW]) -> Option<Record<'_>> {
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
    let [op::LONG1, long @ ..] = window[int_at..].first_chunk::<11>()? else {
        return None;
    };
    let (int, unsigned, count) = short_long(long)?;
    let tuple_at = int_at + 2 + count;
    if *window.get(tuple_at)? != op::TUPLE3 {
        return None;
    }
    let (tuple_put, width) = put(window, tuple_at + 1)?;
    Some(Record {
        float: f64::from_be_bytes(*float),
        str_at: 9,
        text_at: start,
        text,
        text_put,
        int_at,
        int,
        unsigned,
        tuple_at,
        tuple_put,
        len: tuple_at + 1 + width,
    })
}

/// The lines of a record of protocol 0 at the start of `bytes`: where the
/// arguments of its five opcodes begin, and where each of them ends.
#[inline(always)]
fn lines(bytes: &[u8]) -> Option<[(usize, usize); 5]> {
    /// The argument of opcodes that stand at `at`.
    #[inline(always)]
    fn line<const N: usize>(bytes: &[u8], at: usize, opcodes: [u8; N]) -> Option<(usize, usize)> {
        let rest = &bytes[at..];
        // As arrays, whose length the compiler knows.
        if *rest.first_chunk()? != opcodes {
            return None;
        }
        let start = at + N;
        Some((start, start + line_end(&rest[N..])?))
    }
    let float = line(bytes, 0, [op::MARK, op::FLOAT])?;
    let text = line(bytes, float.1 + 1, [op::UNICODE])?;
    let text_put = line(bytes, text.1 + 1, [op::PUT])?;
    let int = line(bytes, text_put.1 + 1, [op::LONG])?;
    let tuple_put = line(bytes, int.1 + 1, [op::TUPLE, op::PUT])?;
    Some([float, text, text_put, int, tuple_put])
}

/// A record of protocol 0.
#[inline(always)]
fn textual(bytes: &[u8]) -> Option<Record<'_>> {
    let [float, text, text_put, int, tuple_put] = lines(bytes)?;
    let line = |(start, end): (usize, usize)| &bytes[start..end];
    let id = |place| decimal::memo_id(line(place)).ok().map(Put::As);
    // Escapes are not for here.
    if line(text).contains(&b'\\') || text.1 - text.0 > 255 {
        return None;
    }
    let digits = line(int).strip_suffix(b"L")?;
    let value = integer::short_long(digits)?;
    Some(Record {
        float: decimal::float(line(float)).ok()?,
        str_at: text.0 - 1,
        text_at: text.0,
        text: line(text),
        text_put: id(text_put)?,
        int_at: int.0 - 1,
        int: value as i64,
        unsigned: value > i64::MAX as u64,
        tuple_at: tuple_put.0 - 2,
        tuple_put: id(tuple_put)?,
        len: tuple_put.1 + 1,
    })
}

/// Pushes as many records of the shape as follow in `slice`.
#[inline]
pub(crate) fn run(machine: &mut Machine, slice: &mut Slice<'_>) -> Result<()> {
    match slice.rest() {
        [op::BINFLOAT, ..] => push_all(machine, slice, |bytes| binary(bytes.first_chunk()?)),
        [op::MARK, op::FLOAT, ..] => push_all(machine, slice, textual),
        _ => Ok(()),
    }
}

/// Pushes as many records as `read` recognises. A function of its own for each
/// layout, which leaves it all of the processor's registers.
#[inline(never)]
fn push_all<'s>(
    machine: &mut Machine,
    slice: &mut Slice<'s>,
    read: impl Fn(&'s [u8]) -> Option<Record<'s>>,
) -> Result<()> {
    let limits = &machine.limits;
    let too_strict = limits.item_bytes < 256
        || limits.line_bytes < 64 * 1024
        || limits.integer_digits < 20
        || limits.depth == 0;
    if too_strict || !machine.memo.only_counts() {
        return Ok(());
    }
    while let Some(record) = read(slice.rest()) {
        let len = record.text.len();
        // What follows the text is at hand too, but at the end of a slice.
        let chunk = slice.rest()[record.text_at..].first_chunk::<SHORT>();
        let short = chunk.filter(|_| len <= SHORT);
        let is_ascii = match short {
            Some(chunk) => is_ascii(chunk, len),
            None => record.text.is_ascii(),
        };
        if !is_ascii || machine.enter(record.text_put, record.tuple_put).is_none() {
            break;
        }
        let (out, start) = machine.arena.text_mut();
        match short {
            Some(chunk) => push_short(out, chunk, len),
            None => out.extend_from_slice(record.text),
        }
        let text = machine.arena.text_since(start)?;
        let at = machine.arena.at(slice.offset());
        let place = |bytes: usize| at.saturating_add(bytes as u32);
        let items = [
            Node::Float {
                at,
                value: record.float,
            },
            Node::Str {
                at: place(record.str_at),
                text,
            },
            Node::Int {
                unsigned: record.unsigned,
                at: place(record.int_at),
                value: record.int,
            },
        ];
        machine.push_leaves(&items, place(record.tuple_at))?;
        slice.advance(record.len);
    }
    Ok(())
}

/// Whether the first `len` bytes of `chunk` are ASCII, without a loop.
#[inline(always)]
pub(super) fn is_ascii(chunk: &[u8; SHORT], len: usize) -> bool {
    /// From place `SHORT - len` on, the upper bit of `len` bytes.
    const UPPER: [u8; 2 * SHORT] = {
        let mut bits = [0; 2 * SHORT];
        let mut place = 0;
        while place < SHORT {
            bits[place] = 0x80;
            place += 1;
        }
        bits
    };
    let upper = UPPER[SHORT - len..].iter();
    let bits = chunk.iter().zip(upper).map(|(byte, upper)| byte & upper);
    bits.fold(0, |all, one| all | one) == 0
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

/// The length of a record of protocols 2 to 5.
///
/// Nearly all are of the one layout that CPython writes under protocol 4, of
/// which nothing but the lengths is looked at; [`binary`] is asked about any
/// other.
#[inline(always)]
fn binary_len(window: &[u8; WINDOW]) -> Option<usize> {
    let at = 11 + usize::from(window[10]);
    if window[9] == op::SHORT_BINUNICODE
        && let [op::MEMOIZE, op::LONG1, count @ 1..=9] = window[at..at + 3]
    {
        let end = at + 3 + usize::from(count);
        if window[end..end + 2] == [op::TUPLE3, op::MEMOIZE] {
            return Some(end + 2);
        }
    }
    binary(window).map(|found| found.len)
}

/// Passes over as many records of the shape as `bytes` begin with: their
/// length, and how many.
#[inline(always)]
pub(crate) fn skip(bytes: &[u8]) -> (usize, usize) {
    match bytes {
        [op::BINFLOAT, ..] => skip_all(bytes, |rest| {
            let window = rest
                .first_chunk()
                .filter(|window| window[0] == op::BINFLOAT);
            window.and_then(binary_len)
        }),
        [op::MARK, op::FLOAT, ..] => skip_all(bytes, |rest| Some(lines(rest)?[4].1 + 1)),
        _ => (0, 0),
    }
}

/// A function of its own for each layout, like [`push_all`].
#[inline(never)]
fn skip_all(bytes: &[u8], len: impl Fn(&[u8]) -> Option<usize>) -> (usize, usize) {
    let (mut rest, mut count) = (bytes, 0);
    while let Some(len) = len(rest) {
        rest = &rest[len..];
        count += 1;
    }
    (bytes.len() - rest.len(), count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pickle::machine::arena::Arena;
    use crate::pickle::machine::integer;

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
                let Some(found) = binary(&window) else {
                    assert!(count == 0 || count > 8, "{count} bytes of {fill}");
                    continue;
                };
                let node = Node::Int {
                    unsigned: found.unsigned,
                    at: 0,
                    value: found.int,
                };
                let general = integer::binary(&window[13..end], &mut Arena::default(), 0);
                assert_eq!(node, general.unwrap());
                assert_eq!(found.len, end + 1);
            }
        }
    }
}
