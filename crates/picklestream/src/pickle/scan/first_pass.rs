//! The first pass over a seekable input: which memo ids are ever fetched, and
//! which pickles only look as if their root were a list.

use std::io::BufRead;

use super::skim::skim;
use super::state::Scan;
use super::walk::{Observer, walk};
use crate::pickle::error::{Error, ErrorKind, Result};
use crate::pickle::opcodes::ids::IdSet;
use crate::pickle::opcodes::input::{Input, Slice};
use crate::pickle::opcodes::opcode::{self as op, Effect};
use crate::pickle::opcodes::record::is_root_on_top;
use crate::pickle::options::PickleLimits;

/// What the first pass found.
#[derive(Debug, Default)]
pub(crate) struct FirstPass {
    /// Ids that some pickle of the input fetches, ascending.
    pub(crate) wanted: Vec<u32>,
    /// Numbers of the pickles whose first list is part of something else, as
    /// in `([1, 2], 3)`: its items are not records.
    pub(crate) held: Vec<u64>,
    /// How many pickles the input has.
    pub(crate) pickles: u64,
}

/// Memory that an id takes in a reader, about.
const ID_BYTES: u64 = 128;

/// Where `any_container`, it is the items of any container that are records.
///
/// Reads `input` to its end, or to the first fault: the second pass will meet
/// that too, and report it when all records before it have been handed out.
///
/// # Errors
/// The input cannot be read, or more ids are fetched than
/// [`PickleLimits::memo_bytes`] allows.
pub(crate) fn first_pass<R: BufRead>(
    input: &mut Input<R>,
    limits: &PickleLimits,
    any_container: bool,
) -> Result<FirstPass> {
    let mut scan = scan(limits, any_container);
    walk_to_fault(input, &mut scan)?;
    Ok(FirstPass {
        wanted: scan.ids.ascending(),
        held: scan.held,
        pickles: scan.pickles,
    })
}

/// What the first pass over a part of a pickle found: the opcodes that make one
/// object.
#[derive(Debug)]
pub(crate) struct PartPass {
    /// Ids that the part fetches.
    pub(crate) wanted: IdSet,
    /// The first container turns out to be part of something else.
    pub(crate) hold: bool,
}

/// Reads `input` from where it stands to its end, which was set.
///
/// # Errors
/// See [`first_pass`].
pub(crate) fn first_pass_of_part<R: BufRead>(
    input: &mut Input<R>,
    limits: &PickleLimits,
) -> Result<PartPass> {
    let mut scan = scan(limits, true);
    walk_to_fault(input, &mut scan)?;
    Ok(PartPass {
        wanted: scan.ids,
        hold: scan.hold,
    })
}

fn scan(limits: &PickleLimits, any_container: bool) -> Scan {
    Scan {
        any_container,
        most_ids: limits.memo_bytes / ID_BYTES,
        limit: limits.memo_bytes,
        ..Scan::default()
    }
}

fn walk_to_fault<R: BufRead>(input: &mut Input<R>, scan: &mut Scan) -> Result<()> {
    match walk(input, scan) {
        Err(error) if matches!(error.kind(), ErrorKind::Io(_) | ErrorKind::Limit { .. }) => {
            Err(error)
        }
        _ => Ok(()),
    }
}

impl Observer for Scan {
    #[inline]
    fn opcode(&mut self, opcode: u8, at: u64, _end: u64) -> Result<()> {
        match op::effect(opcode) {
            Effect::None => {}
            Effect::Push => self.push(opcode),
            Effect::Mark => {
                if self.is_full() {
                    return Err(Error::malformed("too many marks", at));
                }
                self.marks.open(self.height, ());
            }
            Effect::Replace(count) => {
                let height = self.height.checked_sub(usize::from(count));
                self.cut(height.ok_or_else(Scan::fault)?);
                self.push(opcode);
            }
            Effect::Take(count) => {
                let height = self.height.checked_sub(usize::from(count));
                self.cut(height.ok_or_else(Scan::fault)?);
                self.list_with_items |= self.list && is_root_on_top(self.height, &self.marks);
            }
            Effect::Collect => {
                let (height, ()) = self.marks.close().ok_or_else(Scan::fault)?;
                self.cut(height);
                self.push(opcode);
            }
            Effect::Drain => {
                let (height, ()) = self.marks.close().ok_or_else(Scan::fault)?;
                self.cut(height);
                self.list_with_items |= self.list && is_root_on_top(self.height, &self.marks);
            }
            Effect::Pop => {
                if !self.marks.pop(self.height) {
                    let height = self.height.checked_sub(1);
                    self.cut(height.ok_or_else(Scan::fault)?);
                }
            }
            Effect::Dup => {
                self.hold |= self.height == 1 && self.list_with_items;
                self.height = self.height.saturating_add(1);
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
        match opcode {
            op::GET | op::BINGET | op::LONG_BINGET => self.fetch(id),
            _ => Ok(()),
        }
    }

    #[inline]
    fn records(&mut self, slice: &mut Slice<'_>) -> Result<()> {
        // With nothing below, the record itself might be the root.
        if self.height == 0 {
            return Ok(());
        }
        skim(self, slice)
    }
}
