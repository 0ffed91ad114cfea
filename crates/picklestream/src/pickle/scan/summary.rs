//! What a file of pickles holds, told without building any of it.

use std::collections::HashMap;
use std::io::BufRead;

use super::tally::tally;
use super::walk::{Observer, walk};
use crate::pickle::error::{Error, ErrorKind, Result};
use crate::pickle::opcodes::globals;
use crate::pickle::opcodes::ids::IdSet;
use crate::pickle::opcodes::input::{Input, Slice};
use crate::pickle::opcodes::marks::Marks;
use crate::pickle::opcodes::opcode::{self as op, Effect};
use crate::pickle::opcodes::record::{is_root_on_top, makes_list};

/// Refused globals are listed up to this many.
const MOST_REFUSED: usize = 100;

/// Distinct memo ids are counted exactly up to this many.
const MOST_IDS: usize = 1 << 20;

/// Names of globals are followed through the memo up to this many.
const MOST_NAMES: usize = 1000;

/// More objects than this on the stack at once are not followed: 24 MiB.
pub(super) const MOST_OBJECTS: usize = 1 << 20;

/// What [`summary()`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Highest protocol that is declared; 0 where none is.
    pub protocol: u8,
    /// Bytes of all pickles.
    pub bytes: u64,
    /// Pickles one after another.
    pub pickles: u64,
    /// Records, as [`PickleRecords`](crate::pickle::PickleRecords) would hand them out.
    pub records: u64,
    /// Bytes of the largest record.
    pub largest_record_bytes: u64,
    /// The nesting depth: most containers within each other, the root list among them. An
    /// object that is fetched from the memo counts as one level.
    pub depth: u64,
    /// Most objects on the stack at once: 16 bytes each in a reader.
    pub stack: u64,
    /// How often each opcode occurs, by name, the most frequent first.
    pub opcodes: Vec<(&'static str, u64)>,
    /// Objects put into the memo.
    pub memo_puts: u64,
    /// Objects fetched from the memo.
    pub memo_fetches: u64,
    /// Distinct ids that are fetched: what a reader must keep, at the most.
    /// Counted up to 2^20.
    pub memo_ids_fetched: u64,
    /// Frames.
    pub frames: u64,
    /// What [`PickleRecords`](crate::pickle::PickleRecords) would refuse, as `module.name` or
    /// `opcode NAME`, with its offset in bytes: the first 100.
    pub refused: Vec<(String, u64)>,
    /// How many of these there are in all.
    pub refused_count: u64,
}

/// Goes through all pickles of `reader` once and tells what they hold, in
/// constant memory. Code is not run, but not refused either: it is listed.
///
/// ```
/// use picklestream::pickle;
///
/// let file: &[u8] = b"\x80\x02](K\x01cos\nsystem\ne.";
/// let summary = pickle::summary(file)?;
/// assert_eq!((summary.protocol, summary.records), (2, 2));
/// assert_eq!(summary.refused, [("os.system".to_owned(), 6)]);
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// # Errors
/// The input cannot be read, ends within a pickle, or is not a pickle.
pub fn summary<R: BufRead>(reader: R) -> Result<Summary> {
    match summary_so_far(reader) {
        (found, None) => Ok(found),
        (_, Some(error)) => Err(error),
    }
}

/// As [`summary()`], and of a file that is damaged what comes before the
/// damage: the records that are there whole, and the error.
///
/// ```
/// use picklestream::pickle;
///
/// let cut: &[u8] = b"](K\x01K\x02eK";
/// let (found, error) = pickle::summary_so_far(cut);
/// assert_eq!(found.records, 2);
/// assert_eq!(error.unwrap().offset(), Some(8));
/// ```
pub fn summary_so_far<R: BufRead>(reader: R) -> (Summary, Option<Error>) {
    let mut input = Input::new(reader);
    let mut counter = Counter::new();
    let walked = walk(&mut input, &mut counter);
    let whole = walked.and_then(|()| counter.check_end());
    (counter.finish(), whole.err())
}

/// An object on the stack.
#[derive(Debug, Clone, Copy)]
pub(super) struct Object {
    /// Where it begins.
    pub(super) start: u64,
    pub(super) depth: u64,
    pub(super) is_list: bool,
}

/// A short str, and its memo id if it has one.
#[derive(Debug, Clone, Default)]
struct Name {
    text: Vec<u8>,
    id: Option<u32>,
}

pub(super) struct Counter {
    pub(super) found: Summary,
    pub(super) counts: [u64; 256],
    ids: IdSet,
    pub(super) stack: Vec<Object>,
    /// With the place of each.
    pub(super) marks: Marks<u64>,
    /// Items of the list at the bottom of the stack, and the largest.
    items: u64,
    largest_item: u64,
    pickle_start: u64,
    /// The last two short strs, which may be the names of `STACK_GLOBAL`.
    texts: [Name; 2],
    /// Names that were used, by memo id: the next use may fetch them.
    pub(super) names: HashMap<u32, Vec<u8>>,
    /// The opcode before was a short str, which may enter the memo now.
    pub(super) after_text: bool,
    /// The id that `MEMOIZE` gives next.
    pub(super) next_id: u32,
    /// Bytes consumed.
    pub(super) end: u64,
}

impl Counter {
    fn new() -> Counter {
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
            next_id: 0,
            end: 0,
        }
    }

    /// The input may end only after a pickle.
    fn check_end(&self) -> Result<()> {
        if self.end != self.pickle_start || self.found.pickles == 0 {
            return Err(Error::new(ErrorKind::Truncated, self.end));
        }
        Ok(())
    }

    fn finish(mut self) -> Summary {
        // Of a pickle that is cut short, what its root list holds by then.
        if self.stack.first().is_some_and(|root| root.is_list) {
            self.found.records += self.items;
            let largest = self.found.largest_record_bytes.max(self.largest_item);
            self.found.largest_record_bytes = largest;
        }
        self.found.bytes = self.end;
        self.found.memo_ids_fetched = self.ids.len() as u64;
        let mut opcodes: Vec<(&'static str, u64)> = (0..=255)
            .filter(|&opcode| self.counts[usize::from(opcode)] > 0)
            .map(|opcode| (op::name(opcode), self.counts[usize::from(opcode)]))
            .collect();
        opcodes.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        self.found.opcodes = opcodes;
        self.found
    }

    fn refuse(&mut self, name: String, at: u64) {
        self.found.refused_count += 1;
        if self.found.refused.len() < MOST_REFUSED {
            self.found.refused.push((name, at));
        }
    }

    fn refuse_global(&mut self, module: &[u8], name: &[u8], at: u64) {
        if globals::find(module, name).is_none() {
            let module = String::from_utf8_lossy(module);
            let name = String::from_utf8_lossy(name);
            self.refuse(globals::shown(&module, &name), at);
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

    fn below(&self, count: usize, at: u64) -> Result<usize> {
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
        if self.ids.len() < MOST_IDS {
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

    fn stop(&mut self, at: u64, end: u64) {
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

impl Observer for Counter {
    const WANTS_TEXT: bool = true;

    fn opcode(&mut self, opcode: u8, at: u64, end: u64) -> Result<()> {
        self.counts[usize::from(opcode)] += 1;
        self.end = end;
        match opcode {
            op::MEMOIZE => {
                self.found.memo_puts += 1;
                if self.after_text {
                    self.texts[1].id = Some(self.next_id);
                }
                self.next_id = self.next_id.wrapping_add(1);
            }
            op::PUT => self.found.memo_puts += 1,
            op::STACK_GLOBAL => {
                let [module, name] = std::mem::take(&mut self.texts);
                self.refuse_global(&module.text, &name.text, at);
                for name in [module, name] {
                    if let (Some(id), true) = (name.id, self.names.len() < MOST_NAMES) {
                        self.names.insert(id, name.text);
                    }
                }
            }
            _ if op::is_refused(opcode) => {
                self.refuse(format!("opcode {}", op::name(opcode)), at);
            }
            _ => {}
        }
        self.after_text = opcode == op::SHORT_BINUNICODE;
        match op::effect(opcode) {
            Effect::None => {}
            Effect::Push => {
                let container = matches!(
                    opcode,
                    op::EMPTY_LIST | op::EMPTY_DICT | op::EMPTY_SET | op::EMPTY_TUPLE
                );
                self.push(at, u64::from(container), opcode, at)?;
            }
            Effect::Mark => {
                if self.marks.len() == MOST_OBJECTS {
                    return Err(Error::malformed("too many marks to follow", at));
                }
                self.marks.open(self.stack.len(), at);
            }
            Effect::Replace(count) => {
                let from = self.below(usize::from(count), at)?;
                let (start, depth) = self.take(from, at);
                let is_tuple = matches!(opcode, op::TUPLE1 | op::TUPLE2 | op::TUPLE3);
                self.push(start, depth + u64::from(is_tuple), opcode, at)?;
            }
            Effect::Take(count) => {
                let from = self.below(usize::from(count), at)?;
                if from == 0 {
                    return Err(Error::malformed("an opcode without enough objects", at));
                }
                self.absorb(from, at, opcode);
            }
            Effect::Collect => {
                let (from, start) = self.pop_mark(at)?;
                let count = (self.stack.len() - from) as u64;
                let (_, depth) = self.take(from, at);
                self.push(start, depth + 1, opcode, at)?;
                if self.stack.len() == 1 {
                    self.items = if opcode == op::LIST { count } else { 0 };
                }
            }
            Effect::Drain => {
                let (from, _) = self.pop_mark(at)?;
                if opcode == op::POP_MARK {
                    self.stack.truncate(from);
                } else if from == 0 {
                    return Err(Error::malformed("an opcode without enough objects", at));
                } else {
                    self.absorb(from, at, opcode);
                }
            }
            Effect::Pop => {
                if !self.marks.pop(self.stack.len()) {
                    let from = self.below(1, at)?;
                    self.stack.truncate(from);
                }
            }
            Effect::Dup => {
                let from = self.below(1, at)?;
                let depth = self.stack[from].depth;
                self.push(at, depth, opcode, at)?;
            }
            Effect::Stop => self.stop(at, end),
        }
        Ok(())
    }

    fn id(&mut self, opcode: u8, id: u32) -> Result<()> {
        if matches!(opcode, op::GET | op::BINGET | op::LONG_BINGET) {
            if let Some(text) = self.names.get(&id) {
                self.texts.swap(0, 1);
                self.texts[1] = Name {
                    text: text.clone(),
                    id: Some(id),
                };
            }
            self.count_fetch(id);
        } else {
            self.found.memo_puts += 1;
            if self.after_text {
                self.texts[1].id = Some(id);
            }
        }
        Ok(())
    }

    fn frame(&mut self, _len: u64) {
        self.found.frames += 1;
    }

    fn protocol(&mut self, version: u8) {
        self.found.protocol = self.found.protocol.max(version);
    }

    fn names(&mut self, at: u64, module: &[u8], name: &[u8]) {
        self.refuse_global(module, name, at);
    }

    fn text(&mut self, text: &[u8]) {
        self.note_text(text, None);
    }

    #[inline]
    fn records(&mut self, slice: &mut Slice<'_>) -> Result<()> {
        tally(self, slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_records_is_told_as_it_is() {
        let file = b"\x80\x04\x95\x1c\0\0\0\0\0\0\0]\x94(K\x01K\x02\x86\x94\x8c\x02ab\x94h\x01]\x94(K\x01e\x86\x94e.";
        let found = summary(&file[..]).unwrap();
        assert_eq!(found.protocol, 4);
        assert_eq!(found.records, 3);
        assert_eq!(found.pickles, 1);
        assert_eq!(
            (found.memo_puts, found.memo_fetches, found.memo_ids_fetched),
            (5, 1, 1)
        );
        assert_eq!(found.frames, 1);
        assert_eq!(found.depth, 3);
        // From the fetch to TUPLE2 and its MEMOIZE.
        assert_eq!(found.largest_record_bytes, 10);
        assert_eq!(found.bytes, file.len() as u64);
        assert_eq!(found.opcodes[0], ("MEMOIZE", 5));
    }

    #[test]
    fn pickles_one_after_another_are_added_up() {
        let found = summary(&b"K\x01.(lp0\nI1\naI2\na.](K\x01K\x02e0K\x03."[..]).unwrap();
        assert_eq!((found.pickles, found.records), (3, 4));
        assert!(summary(&b""[..]).is_err());
        assert!(summary(&b"K\x01.K"[..]).is_err());
        assert!(summary(&b"K\x01.K\x01"[..]).is_err());
    }

    #[test]
    fn names_by_stack_are_told() {
        let file = b"\x8c\x08builtins\x94\x8c\x04eval\x94\x93\x8c\x01x\x85R.";
        let found = summary(&file[..]).unwrap();
        assert_eq!(found.refused, [("builtins.eval".to_owned(), 18)]);
        let file = b"\x8c\x08builtins\x94\x8c\x09bytearray\x94\x93C\x01x\x85R.";
        assert_eq!(summary(&file[..]).unwrap().refused_count, 0);
    }
}
