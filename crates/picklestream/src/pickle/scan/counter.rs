//! Counting what a file of pickles holds, opcode by opcode.

use std::collections::HashMap;

use super::refusals::{Refusals, Role};
use super::summary::Summary;
use crate::pickle::error::{Error, ErrorKind, Result};
use crate::pickle::opcodes::ids::IdSet;
use crate::pickle::opcodes::marks::Marks;
use crate::pickle::opcodes::opcode as op;
use crate::pickle::opcodes::record::{is_root_on_top, makes_list};

/// Distinct memo ids are counted exactly up to this many.
const MOST_IDS: usize = 1 << 20;

/// Names of globals are followed through the memo up to this many.
pub(super) const MOST_NAMES: usize = 1000;

/// More objects than this on the stack at once are not followed: 24 MiB.
pub(super) const MOST_OBJECTS: usize = 1 << 20;

/// An object on the stack.
#[derive(Debug, Clone, Copy)]
pub(super) struct Object {
    /// Where it begins.
    pub(super) start: u64,
    pub(super) depth: u64,
    pub(super) is_list: bool,
    pub(super) role: Role,
}

/// A short str, and its memo id if it has one.
#[derive(Debug, Clone, Default)]
pub(super) struct Name {
    pub(super) text: Vec<u8>,
    pub(super) id: Option<u32>,
}

/// What was counted so far, and the stack as far as that needs it.
pub(super) struct Counter {
    pub(super) found: Summary,
    pub(super) counts: [u64; 256],
    pub(super) ids: IdSet,
    pub(super) stack: Vec<Object>,
    /// With the place of each.
    pub(super) marks: Marks<u64>,
    /// Items of the list at the bottom of the stack, and the largest.
    pub(super) items: u64,
    pub(super) largest_item: u64,
    pub(super) pickle_start: u64,
    /// The last two short strs, which may be the names of `STACK_GLOBAL`.
    pub(super) texts: [Name; 2],
    /// Names that were used, by memo id: the next use may fetch them.
    pub(super) names: HashMap<u32, Vec<u8>>,
    /// The opcode before was a short str, which may enter the memo now.
    pub(super) after_text: bool,
    pub(super) refusals: Refusals,
    /// What the two names that were just read stand for.
    pub(super) named: Role,
    /// The opcode before left something on the stack that is not plain data, and
    /// may enter the memo now.
    pub(super) after_object: bool,
    /// The id that `MEMOIZE` gives next.
    pub(super) next_id: u32,
    /// Bytes consumed.
    pub(super) end: u64,
}

impl Counter {
    pub(super) fn new() -> Counter {
        Counter {
            found: Summary::default(),
            counts: [0; 256],
            ids: IdSet::default(),
            stack: Vec::new(),
            marks: Marks::new(),
            items: 0,
            largest_item: 0,
            pickle_start: 0,
            texts: Default::default(),
            names: HashMap::new(),
            after_text: false,
            refusals: Refusals::default(),
            named: Role::Data,
            after_object: false,
            next_id: 0,
            end: 0,
        }
    }

    /// The input may end only after a pickle.
    pub(super) fn check_end(&self) -> Result<()> {
        if self.end != self.pickle_start || self.found.pickles == 0 {
            return Err(Error::new(ErrorKind::Truncated, self.end));
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Summary {
        // Of a pickle that is cut short, what its root list holds by then.
        if self.stack.first().is_some_and(|root| root.is_list) {
            self.found.records += self.items;
            let largest = self.found.largest_record_bytes.max(self.largest_item);
            self.found.largest_record_bytes = largest;
        }
        self.found.bytes = self.end;
        (self.found.refused, self.found.refused_count) = self.refusals.finish();
        self.found.memo_ids_fetched = self.ids.len() as u64;
        let mut opcodes: Vec<(&'static str, u64)> = (0..=255)
            .filter(|&opcode| self.counts[usize::from(opcode)] > 0)
            .map(|opcode| (op::name(opcode), self.counts[usize::from(opcode)]))
            .collect();
        opcodes.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        self.found.opcodes = opcodes;
        self.found
    }

    /// What is on top of the stack enters the memo.
    pub(super) fn put_role(&mut self, id: u32) {
        if let Some(top) = self.stack.last()
            && (top.role != Role::Data || !self.refusals.are_none())
        {
            self.refusals.put(id, top.role);
        }
    }

    /// The role of the result of an opcode that takes the objects above `from`,
    /// the first of which it may call.
    pub(super) fn role_of_result(&mut self, opcode: u8, from: usize, at: u64) -> Role {
        let callee = self
            .stack
            .get(from)
            .map_or(Role::Data, |object| object.role);
        match (opcode, callee) {
            (op::STACK_GLOBAL, _) => std::mem::replace(&mut self.named, Role::Data),
            (op::INST, _) => match std::mem::replace(&mut self.named, Role::Data) {
                Role::Callee(number) => {
                    self.refusals.call(number);
                    Role::Made
                }
                role => role,
            },
            (op::REDUCE | op::NEWOBJ | op::NEWOBJ_EX | op::OBJ, Role::Callee(number)) => {
                self.refusals.call(number);
                Role::Made
            }
            // What a call makes may be called itself: `getattr(os, 'system')`.
            (op::REDUCE, Role::Made) => Role::Made,
            _ if op::is_refused(opcode) => {
                self.refusals
                    .nameless(format!("opcode {}", op::name(opcode)), at);
                Role::Made
            }
            _ => Role::Data,
        }
    }

    pub(super) fn push(&mut self, start: u64, depth: u64, opcode: u8, at: u64) -> Result<()> {
        if self.stack.len() == MOST_OBJECTS {
            return Err(Error::malformed("too many objects to follow", at));
        }
        if self.stack.is_empty() {
            // What was at the bottom is part of something else now.
            self.items = 0;
            self.largest_item = 0;
        }
        self.found.depth = self.found.depth.max(depth);
        self.stack.push(Object {
            start,
            depth,
            is_list: makes_list(opcode),
            role: Role::Data,
        });
        self.found.stack = self.found.stack.max(self.stack.len() as u64);
        Ok(())
    }

    /// Takes the objects above `from` away: the place where the first begins,
    /// and the depth of the deepest.
    pub(super) fn take(&mut self, from: usize, at: u64) -> (u64, u64) {
        let taken = self.stack.drain(from..);
        taken.fold((at, 0), |(start, depth), object| {
            (start.min(object.start), depth.max(object.depth))
        })
    }

    /// The objects above `from` go into the one below.
    pub(super) fn absorb(&mut self, from: usize, at: u64, opcode: u8) {
        let is_root = is_root_on_top(from, &self.marks) && self.stack[0].is_list;
        if is_root && matches!(opcode, op::APPEND | op::APPENDS) {
            self.items += (self.stack.len() - from) as u64;
            let ends = self.stack[from..].iter().skip(1).map(|object| object.start);
            for (object, end) in self.stack[from..].iter().zip(ends.chain([at])) {
                let bytes = end.saturating_sub(object.start);
                self.largest_item = self.largest_item.max(bytes);
            }
        }
        let (_, depth) = self.take(from, at);
        if let Some(container) = self.stack.last_mut() {
            container.depth = container.depth.max(depth + 1);
            self.found.depth = self.found.depth.max(container.depth);
        }
    }

    pub(super) fn below(&self, count: usize, at: u64) -> Result<usize> {
        let underflow = || Error::malformed("an opcode without enough objects", at);
        self.stack.len().checked_sub(count).ok_or_else(underflow)
    }

    pub(super) fn pop_mark(&mut self, at: u64) -> Result<(usize, u64)> {
        let (height, start) = self
            .marks
            .close()
            .ok_or_else(|| Error::malformed("an opcode without a mark", at))?;
        Ok((height.min(self.stack.len()), start))
    }

    #[inline]
    pub(super) fn count_fetch(&mut self, id: u32) {
        self.found.memo_fetches += 1;
        if !self.ids.contains(id) && self.ids.len() < MOST_IDS {
            self.ids.insert(id);
        }
    }

    /// A short str, which may be a name.
    pub(super) fn note_text(&mut self, text: &[u8], id: Option<u32>) {
        self.texts.swap(0, 1);
        self.texts[1].id = id;
        self.texts[1].text.clear();
        self.texts[1].text.extend_from_slice(text);
    }

    pub(super) fn stop(&mut self, at: u64, end: u64) {
        let root_is_list = self.stack.first().is_some_and(|root| root.is_list);
        let (records, largest) = if root_is_list {
            (self.items, self.largest_item)
        } else {
            (1, at - self.pickle_start)
        };
        self.found.records += records;
        self.found.largest_record_bytes = self.found.largest_record_bytes.max(largest);
        self.found.pickles += 1;
        self.pickle_start = end;
        self.stack.clear();
        self.marks.clear();
        self.names.clear();
        self.next_id = 0;
    }
}
