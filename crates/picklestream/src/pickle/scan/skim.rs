//! The fast part of the first pass: what follows an opcode and what it does to
//! the stack come out of one table, as long as the opcode lies in one piece and
//! is one that plain data is made of.

use super::state::Scan;
use crate::pickle::error::Result;
use crate::pickle::machine::fused;
use crate::pickle::opcodes::decimal;
use crate::pickle::opcodes::input::{Slice, fetch_at, line_end};
use crate::pickle::opcodes::opcode::{self as op, Argument, Effect};
use crate::pickle::opcodes::record::is_root_on_top;

/// How to pass over an opcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pass {
    /// So many bytes in all, so many objects more.
    Fixed(u8, u8),
    /// A length of one byte, and as many bytes: an object.
    Length1,
    /// A length of four bytes without sign, and as many bytes: an object.
    Length4,
    /// A line, so many objects more.
    Line(u8),
    Get,
    BinGet,
    Mark,
    /// So many objects become one.
    Replace(u8),
    /// So many objects go into another.
    Take(u8),
    /// All objects above the mark go into another.
    Drain,
    /// All objects above the mark become one.
    Collect,
    /// Left to the walk, one opcode at a time.
    Walk,
}

static PASSES: [Pass; 256] = {
    let mut table = [Pass::Walk; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = pass(byte as u8);
        byte += 1;
    }
    table
};

const fn pass(opcode: u8) -> Pass {
    let (_, argument, effect) = op::describe(opcode);
    match (opcode, argument, effect) {
        // An object on the stack may go, or the mark.
        (op::GET, ..) => Pass::Get,
        (op::BINGET | op::LONG_BINGET, ..) => Pass::BinGet,
        (op::POP_MARK, ..) => Pass::Walk,
        (_, Argument::None, Effect::None) => Pass::Fixed(1, 0),
        (_, Argument::None, Effect::Push) => Pass::Fixed(1, 1),
        (_, Argument::Fixed(len), Effect::None) => Pass::Fixed(1 + len, 0),
        (_, Argument::Fixed(len), Effect::Push) => Pass::Fixed(1 + len, 1),
        (_, Argument::Length1, Effect::Push) => Pass::Length1,
        (_, Argument::Length4, Effect::Push) => Pass::Length4,
        (_, Argument::Line, Effect::None) => Pass::Line(0),
        (_, Argument::Line, Effect::Push) => Pass::Line(1),
        (_, Argument::None, Effect::Mark) => Pass::Mark,
        (_, Argument::None, Effect::Replace(count)) => Pass::Replace(count),
        (_, Argument::None, Effect::Take(count)) => Pass::Take(count),
        (_, Argument::None, Effect::Drain) => Pass::Drain,
        (_, Argument::None, Effect::Collect) => Pass::Collect,
        _ => Pass::Walk,
    }
}

/// Passes over opcodes of `slice` up to one that the walk must look at.
///
/// The object at the bottom of the stack stays: which it is, and whether it is
/// a list of records, is for the walk to say.
pub(super) fn skim(scan: &mut Scan, slice: &mut Slice<'_>) -> Result<()> {
    let mut height = scan.height;
    let result = skim_from(scan, slice, &mut height);
    scan.height = height;
    result
}

#[inline(always)]
fn skim_from(scan: &mut Scan, slice: &mut Slice<'_>, height: &mut usize) -> Result<()> {
    let bytes = slice.rest();
    // A slice may begin between two records.
    let (mut at, count) = fused::skip(bytes);
    *height += count;
    let result = loop {
        at = stride(bytes, at, height);
        let rest = &bytes[at..];
        let Some(&opcode) = rest.first() else {
            break Ok(());
        };
        let (len, grows) = match PASSES[usize::from(opcode)] {
            Pass::Fixed(len, grows) => (usize::from(len), grows),
            Pass::Length1 => match rest.get(1) {
                Some(&len) => (2 + usize::from(len), 1),
                None => break Ok(()),
            },
            Pass::Length4 => match rest[1..].first_chunk() {
                Some(&len) => ((u32::from_le_bytes(len) as usize).saturating_add(5), 1),
                None => break Ok(()),
            },
            Pass::Line(grows) => match line_end(&rest[1..]) {
                Some(end) => (end + 2, grows),
                None => break Ok(()),
            },
            Pass::Get => {
                let Some(end) = line_end(&rest[1..]) else {
                    break Ok(());
                };
                let Ok(id) = decimal::memo_id(&rest[1..=end]) else {
                    break Ok(());
                };
                if let Err(error) = scan.fetch(id) {
                    break Err(error);
                }
                (end + 2, 1)
            }
            Pass::BinGet => match fetches(scan, rest) {
                Ok((0, _)) => break Ok(()),
                Ok((len, count)) => {
                    *height += count;
                    (len, 0)
                }
                Err(error) => break Err(error),
            },
            Pass::Mark if !scan.is_full() => {
                let (records, count) = fused::skip(rest);
                *height += count;
                if records > 0 {
                    (records, 0)
                } else {
                    scan.marks.open(*height, ());
                    let (records, count) = fused::skip(&rest[1..]);
                    *height += count;
                    (1 + records, 0)
                }
            }
            Pass::Replace(count) if *height > usize::from(count) => {
                *height -= usize::from(count);
                (1, 1)
            }
            Pass::Take(count) if *height > usize::from(count) => {
                *height -= usize::from(count);
                scan.list_with_items |= scan.list && is_root_on_top(*height, &scan.marks);
                (1, 0)
            }
            Pass::Drain if scan.marks.floor() > 0 => {
                if let Some((mark, ())) = scan.marks.close() {
                    *height = mark;
                }
                scan.list_with_items |= scan.list && is_root_on_top(*height, &scan.marks);
                (1, 0)
            }
            Pass::Collect if scan.marks.floor() > 0 => {
                if let Some((mark, ())) = scan.marks.close() {
                    *height = mark;
                }
                (1, 1)
            }
            _ => break Ok(()),
        };
        if len > rest.len() {
            break Ok(());
        }
        at += len;
        *height += usize::from(grows);
    };
    slice.advance(at);
    result
}

/// The same for numbers, as what to add, so that there is nothing for a processor
/// to guess: of which size the next one is does not follow from those before.
/// Of other opcodes it mostly does, and a guess is faster.
#[derive(Clone, Copy)]
struct Stride {
    /// Bytes in all, without those that the byte after the opcode counts; 0 if
    /// it is no such opcode.
    fixed: u8,
    /// Set in all bits where that byte counts.
    counted: u8,
    /// So many objects more.
    grows: u8,
}

const fn is_number(opcode: u8) -> bool {
    matches!(
        opcode,
        op::BININT1 | op::BININT2 | op::BININT | op::LONG1 | op::BINFLOAT
    )
}

static STRIDES: [Stride; 256] = {
    let mut table = [Stride {
        fixed: 0,
        counted: 0,
        grows: 0,
    }; 256];
    let mut byte = 0;
    while byte < 256 {
        match PASSES[byte] {
            Pass::Fixed(len, grows) if is_number(byte as u8) => {
                table[byte].fixed = len;
                table[byte].grows = grows;
            }
            Pass::Length1 if is_number(byte as u8) => {
                table[byte] = Stride {
                    fixed: 2,
                    counted: 0xff,
                    grows: 1,
                };
            }
            _ => {}
        }
        byte += 1;
    }
    table
};

/// Passes over opcodes of `bytes` from `at` on, up to one that is not of this
/// kind or may be cut short.
#[inline(always)]
fn stride(bytes: &[u8], at: usize, height: &mut usize) -> usize {
    let mut rest = &bytes[at..];
    while let Some(&[opcode, count]) = rest.first_chunk() {
        let stride = STRIDES[usize::from(opcode)];
        let len = usize::from(stride.fixed) + usize::from(count & stride.counted);
        if stride.fixed == 0 || len > rest.len() {
            break;
        }
        rest = &rest[len..];
        *height += usize::from(stride.grows);
    }
    bytes.len() - rest.len()
}

/// Passes over as many fetches as `bytes` begin with: their length, and how many.
#[inline(always)]
fn fetches(scan: &mut Scan, bytes: &[u8]) -> Result<(usize, usize)> {
    let (mut rest, mut count) = (bytes, 0);
    while let Some((id, len)) = fetch_at(rest) {
        if !scan.ids.has_on_page(id) {
            scan.fetch(id)?;
        }
        rest = &rest[len..];
        count += 1;
    }
    Ok((bytes.len() - rest.len(), count))
}
