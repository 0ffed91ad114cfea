//! The first pass over a seekable input: which memo ids are ever fetched, and
//! which pickles only look as if their root were a list.

use std::collections::HashSet;
use std::io::BufRead;

use super::error::{Error, Result};
use super::fused;
use super::input::{Input, Slice};
use super::opcode as op;
use super::options::PickleLimits;
use super::walk::{Effect, Observer, walk};

/// What the first pass found.
#[derive(Debug, Default)]
pub(super) struct FirstPass {
    /// Ids that some pickle of the input fetches, ascending.
    pub(super) wanted: Vec<u32>,
    /// Numbers of the pickles whose first list is part of something else, as
    /// in `([1, 2], 3)`: its items are not records.
    pub(super) held: Vec<u64>,
}

/// Memory that an id takes in a reader, about.
const ID_BYTES: u64 = 128;

/// Reads `input` to its end, or to the first fault: the second pass will meet
/// that too, and report it when all records before it have been handed out.
///
/// # Errors
/// The input cannot be read, or more ids are fetched than
/// [`PickleLimits::memo_bytes`] allows.
pub(super) fn first_pass<R: BufRead>(
    input: &mut Input<R>,
    limits: &PickleLimits,
) -> Result<FirstPass> {
    let mut scan = Scan {
        most_ids: limits.memo_bytes / ID_BYTES,
        limit: limits.memo_bytes,
        ..Scan::default()
    };
    if let Err(error) = walk(input, &mut scan) {
        use super::error::ErrorKind;
        if matches!(error.kind(), ErrorKind::Io(_) | ErrorKind::Limit { .. }) {
            return Err(error);
        }
    }
    let mut wanted: Vec<u32> = scan.ids.into_iter().collect();
    wanted.sort_unstable();
    Ok(FirstPass {
        wanted,
        held: scan.held,
    })
}

#[derive(Debug, Default)]
struct Scan {
    ids: HashSet<u32>,
    most_ids: u64,
    limit: u64,
    held: Vec<u64>,
    pickles: u64,
    height: u64,
    marks: Vec<u64>,
    /// The object at the bottom of the stack is a list with items.
    list_with_items: bool,
    /// The object at the bottom is a list.
    list: bool,
    hold: bool,
}

/// More open marks than this are not followed: no reader gets that deep.
const MOST_MARKS: usize = 1 << 20;

impl Scan {
    /// The stack is cut down to `height` objects.
    fn cut(&mut self, height: u64) {
        if height == 0 {
            self.hold |= self.list_with_items;
            self.list = false;
            self.list_with_items = false;
        }
        self.height = height;
    }

    fn push(&mut self, opcode: u8) {
        if self.height == 0 && self.marks.is_empty() {
            self.list = matches!(opcode, op::EMPTY_LIST | op::LIST);
        }
        self.height += 1;
    }

    fn fault() -> Error {
        Error::malformed("stack underflow", 0)
    }
}

impl Observer for Scan {
    #[inline]
    fn opcode(&mut self, opcode: u8, at: u64, _end: u64) -> Result<()> {
        match Effect::of(opcode) {
            Effect::None => {}
            Effect::Push => self.push(opcode),
            Effect::Mark => {
                if self.marks.len() == MOST_MARKS {
                    return Err(Error::malformed("too many marks", at));
                }
                self.marks.push(self.height);
            }
            Effect::Replace(count) => {
                let height = self.height.checked_sub(u64::from(count));
                self.cut(height.ok_or_else(Scan::fault)?);
                self.push(opcode);
            }
            Effect::Take(count) => {
                let height = self.height.checked_sub(u64::from(count));
                self.cut(height.ok_or_else(Scan::fault)?);
                self.list_with_items |= self.list && self.height == 1 && self.marks.is_empty();
            }
            Effect::Collect => {
                let height = self.marks.pop().ok_or_else(Scan::fault)?;
                self.cut(height);
                self.push(opcode);
            }
            Effect::Drain => {
                let height = self.marks.pop().ok_or_else(Scan::fault)?;
                self.cut(height);
                self.list_with_items |= self.list && self.height == 1 && self.marks.is_empty();
            }
            Effect::Pop => {
                if self.marks.last() == Some(&self.height) {
                    self.marks.pop();
                } else {
                    let height = self.height.checked_sub(1);
                    self.cut(height.ok_or_else(Scan::fault)?);
                }
            }
            Effect::Dup => {
                self.hold |= self.height == 1 && self.list_with_items;
                self.height += 1;
            }
            Effect::Stop => {
                if self.hold {
                    self.held.push(self.pickles);
                    if self.held.len() as u64 > self.most_ids {
                        return Err(Error::limit("memo_bytes", self.limit, at));
                    }
                }
                self.pickles += 1;
                self.height = 0;
                self.marks.clear();
                self.list = false;
                self.list_with_items = false;
                self.hold = false;
            }
        }
        Ok(())
    }

    fn id(&mut self, opcode: u8, id: u32) -> Result<()> {
        let fetches = matches!(opcode, op::GET | op::BINGET | op::LONG_BINGET);
        if fetches && self.ids.insert(id) && self.ids.len() as u64 > self.most_ids {
            return Err(Error::limit("memo_bytes", self.limit, 0));
        }
        Ok(())
    }

    #[inline]
    fn records(&mut self, slice: &mut Slice<'_>) {
        // With nothing below, the record itself might be the root.
        if self.height > 0 || !self.marks.is_empty() {
            self.height += fused::skip(slice);
        }
    }
}
