//! Where the target of a path lies in a pickle, without a value being built: a
//! shadow of the unpickler's stack, in which each object knows for every tail of
//! the path where within the object the target of that tail lies.
//!
//! What goes into a container hands its knowledge on: to put `v` under a key
//! that is step `j` into `c` tells `c` for tail `j` what `v` knows for tail
//! `j + 1`. So nothing is guessed, and the root knows all at the end.
//!
//! What cannot be followed so (an object changed once it is part of another, a
//! memo used as no pickler does) makes the pickle unclear: then it has to be
//! read.

use std::collections::HashMap;

use super::part::{Found, Part};
use crate::path::{Path, Step};
use crate::pickle::opcodes::ids::IdSet;
use crate::pickle::opcodes::marks::Marks;

/// More slots than this are thinned out.
const MANY: usize = 1024;

/// So many slots on top are never thinned out: what lies deeper without a mark is
/// reached by data only that is nested deeper than any reader goes.
const NEAR_TOP: usize = 450;

/// What an object on the stack is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// Nothing is to be found within, and it cannot change.
    Leaf,
    Tuple,
    List,
    Dict,
    Set,
    /// Made by code; where `true`, of what may hold data.
    Object(bool),
    /// What the memo had under this id.
    Fetched(u32),
    /// What the memo had under an id that was never put.
    Unclear,
}

/// For each tail of the path but the empty one. None: all are absent.
type Table = Option<Box<[Found]>>;

/// An object on the stack.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    /// Its place on the stack.
    place: usize,
    /// The offset of the opcode that put it there or began to, and the next memo
    /// id at that; none if that opcode needs what lies below (`DUP`).
    begin: Option<(u64, u32)>,
    /// What makes the object, which the memo may have had.
    pub(super) part: Part,
    pub(super) what: What,
    /// Which key of the path it is.
    key: Option<u32>,
    /// It is on the stack or in an object once more.
    is_shared: bool,
    /// It is followed under this memo id.
    follow: Option<u32>,
    /// Items so far.
    len: u64,
    /// How far an object has come: what was appended to it comes first, then what
    /// was set in it, then its state.
    stage: Stage,
    table: Table,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Items,
    Pairs,
    State,
}

/// An object that a memo id stands for.
#[derive(Debug, Clone)]
enum Followed {
    /// Not put yet.
    Awaited,
    /// Still on the stack, at this place.
    Open(usize),
    Done(Slot),
}

/// A pickle that cannot be followed.
#[derive(Debug)]
pub(super) struct Unclear;

pub(super) type Result<T, E = Unclear> = std::result::Result<T, E>;

/// The stack, the marks and the memo, as far as they matter.
#[derive(Debug)]
pub(super) struct Shadow<'p> {
    steps: &'p [Step],
    /// Different steps, each a key.
    keys: Vec<&'p Step>,
    /// The key that each step is.
    key_of: Vec<u32>,
    /// In order of their places, without those that cannot matter.
    stack: Vec<Slot>,
    height: usize,
    /// With the offset and the next memo id of each.
    marks: Marks<(u64, u32)>,
    pub(super) next_id: u32,
    has_gap: bool,
    /// For each key the ids that were put for it.
    keys_put: Vec<IdSet>,
    followed: HashMap<u32, Followed>,
    /// So many slots are thinned out.
    most: usize,
}

impl<'p> Shadow<'p> {
    /// For a path, with the objects of some memo ids followed.
    pub(super) fn new(path: &'p Path, followed: &[u32]) -> Shadow<'p> {
        let steps = path.steps();
        let mut keys: Vec<&Step> = Vec::new();
        let mut key_of = Vec::new();
        for step in steps {
            let known = keys.iter().position(|key| *key == step);
            key_of.push(known.unwrap_or(keys.len()) as u32);
            if known.is_none() {
                keys.push(step);
            }
        }
        let awaited = followed.iter().map(|&id| (id, Followed::Awaited));
        Shadow {
            steps,
            keys_put: keys.iter().map(|_| IdSet::default()).collect(),
            keys,
            key_of,
            stack: Vec::new(),
            height: 0,
            marks: Marks::new(),
            next_id: 0,
            has_gap: false,
            followed: awaited.collect(),
            most: MANY,
        }
    }

    /// The different steps of the path, by number.
    pub(super) fn keys(&self) -> &[&'p Step] {
        &self.keys
    }

    /// Memory in use, about.
    pub(super) fn used_bytes(&self) -> u64 {
        let slots = self.stack.len() + self.followed.len();
        (slots * size_of::<Slot>() + self.marks.used_bytes()) as u64
    }

    /// What the object of an id that is followed consists of, if it was put.
    pub(super) fn followed(&self, id: u32) -> Option<(Part, What)> {
        match self.followed.get(&id)? {
            Followed::Done(slot) => Some((slot.part, slot.what)),
            Followed::Awaited | Followed::Open(_) => None,
        }
    }

    /// A new object, made by the opcode at `at`.
    pub(super) fn push(&mut self, what: What, key: Option<u32>, at: u64, end: u64) {
        let part = Part {
            start: at,
            end,
            next_id: self.next_id,
        };
        self.push_slot(Slot {
            place: 0,
            begin: Some((at, self.next_id)),
            part,
            what,
            key,
            is_shared: false,
            follow: None,
            len: 0,
            stage: Stage::Items,
            table: None,
        });
    }

    fn push_slot(&mut self, slot: Slot) {
        self.stack.push(Slot {
            place: self.height,
            ..slot
        });
        self.height += 1;
        if self.stack.len() >= self.most {
            self.thin_out();
        }
    }

    /// Forgets slots above the innermost mark that nothing will be asked of, as
    /// the million items of a tuple. If something is after all, it is unclear.
    fn thin_out(&mut self) {
        let floor = self.marks.floor();
        let top = self.height - NEAR_TOP.min(self.height);
        let places: Vec<u64> = self.steps.iter().filter_map(Step::place).collect();
        // The items may go to the end of what lies below the mark.
        let before = floor.checked_sub(1).and_then(|under| self.slot(under));
        let before = before.map_or(0, |under| under.len);
        let mut after_key = false;
        self.stack.retain(|slot| {
            let index = (slot.place as u64).wrapping_sub(floor as u64);
            let keep = slot.place < floor
                || slot.place >= top
                || after_key
                || slot.key.is_some()
                || slot.follow.is_some()
                || slot.table.is_some()
                || places.contains(&index)
                || places.contains(&(index + before));
            after_key = slot.key.is_some();
            keep
        });
        self.most = MANY.max(2 * self.stack.len());
    }

    pub(super) fn mark(&mut self, at: u64) {
        self.marks.open(self.height, (at, self.next_id));
    }

    /// The height of the stack without its last `count` objects.
    fn below(&self, count: usize) -> Result<usize> {
        self.marks.below(self.height, count).ok_or(Unclear)
    }

    /// The place in `stack` of what lies at a place of the stack, or above.
    fn index(&self, place: usize) -> usize {
        self.stack.partition_point(|slot| slot.place < place)
    }

    fn slot(&self, place: usize) -> Option<&Slot> {
        let slot = self.stack.get(self.index(place));
        slot.filter(|slot| slot.place == place)
    }

    fn top(&mut self) -> Result<&mut Slot> {
        let place = self.below(1)?;
        let slot = self.stack.last_mut();
        slot.filter(|slot| slot.place == place).ok_or(Unclear)
    }

    /// What lies below the objects from `from` on, which go into it.
    fn under(&mut self, from: usize) -> Result<&mut Slot> {
        let place = self.marks.below(from, 1).ok_or(Unclear)?;
        let index = self.index(place);
        let slot = self.stack.get_mut(index);
        slot.filter(|slot| slot.place == place).ok_or(Unclear)
    }

    /// Drops all objects from `from` on.
    fn cut(&mut self, from: usize) {
        while self.stack.last().is_some_and(|slot| slot.place >= from) {
            let Some(slot) = self.stack.pop() else {
                break;
            };
            if let Some(id) = slot.follow {
                self.followed.insert(id, Followed::Done(slot));
            }
        }
        self.height = from;
    }

    /// Closes the innermost mark: the height below it, and where it lies.
    fn close(&mut self) -> Result<(usize, (u64, u32))> {
        self.marks.close().ok_or(Unclear)
    }

    pub(super) fn pop(&mut self) -> Result<()> {
        if !self.marks.pop(self.height) {
            let from = self.below(1)?;
            self.cut(from);
        }
        Ok(())
    }

    pub(super) fn pop_mark(&mut self) -> Result<()> {
        let (from, _) = self.close()?;
        self.cut(from);
        Ok(())
    }

    pub(super) fn dup(&mut self) -> Result<()> {
        let top = self.top()?;
        top.is_shared = true;
        let copy = Slot {
            begin: None,
            follow: None,
            ..top.clone()
        };
        self.push_slot(copy);
        Ok(())
    }

    /// The last `count` objects become one, or where that is none all above the
    /// mark.
    pub(super) fn make(&mut self, made: What, count: Option<usize>, at: u64) -> Result<()> {
        let (from, (start, next_id)) = match count {
            None => self.close()?,
            Some(count) => {
                let from = self.below(count)?;
                let begin = match count {
                    0 => (at, self.next_id),
                    _ => self
                        .slot(from)
                        .and_then(|first| first.begin)
                        .ok_or(Unclear)?,
                };
                (from, begin)
            }
        };
        let mut table = None;
        match made {
            What::Tuple | What::List => self.index_items(from, 0, &mut table)?,
            What::Dict => self.index_pairs(from, &mut table)?,
            _ => {}
        }
        let len = match made {
            What::Object(_) => 0,
            _ => (self.height - from) as u64,
        };
        self.cut(from);
        self.push_slot(Slot {
            place: 0,
            begin: Some((start, next_id)),
            part: Part {
                start,
                end: at + 1,
                next_id,
            },
            what: made,
            key: None,
            is_shared: false,
            follow: None,
            len,
            stage: Stage::Items,
            table,
        });
        Ok(())
    }

    /// The last `count` objects, the first of which is called, become one that
    /// may hold the data of its arguments.
    pub(super) fn call(&mut self, count: Option<usize>, at: u64, end: u64) -> Result<()> {
        let from = match count {
            Some(count) => self.below(count)?,
            None => self.marks.floor(),
        };
        let is_empty = |slot: &Slot| slot.what == What::Tuple && slot.len == 0;
        let has_data = match count {
            // A callable and its tuple of arguments.
            Some(2) => !self.slot(from + 1).is_some_and(is_empty),
            Some(_) => true,
            None => self.height > from,
        };
        self.make(What::Object(has_data), count, at)?;
        self.top()?.part.end = end;
        Ok(())
    }

    /// What the items from `from` on, the first of which is item `before`, say
    /// of the steps that are an index.
    fn index_items(&self, from: usize, before: u64, table: &mut Table) -> Result<()> {
        let count = (self.height - from) as u64;
        for (step, tail) in self.steps.iter().zip(1..) {
            let index = step.place().and_then(|place| place.checked_sub(before));
            if let Some(index) = index.filter(|&index| index < count) {
                let item = self.slot(from + index as usize).ok_or(Unclear)?;
                self.set(table, tail - 1, self.found(item, tail));
            }
        }
        Ok(())
    }

    /// The same of keys and values.
    fn index_pairs(&self, from: usize, table: &mut Table) -> Result<()> {
        if !(self.height - from).is_multiple_of(2) {
            return Err(Unclear);
        }
        let slots = &self.stack[self.index(from)..];
        for (place, key) in slots.iter().enumerate() {
            let Some(number) = key.key.filter(|_| (key.place - from).is_multiple_of(2)) else {
                continue;
            };
            let value = slots.get(place + 1);
            let value = value.filter(|value| value.place == key.place + 1);
            let value = value.ok_or(Unclear)?;
            for (of_step, tail) in self.key_of.iter().zip(1..) {
                if *of_step == number {
                    self.set(table, tail - 1, self.found(value, tail));
                }
            }
        }
        Ok(())
    }

    fn set(&self, table: &mut Table, tail: usize, found: Found) {
        let steps = self.steps.len();
        let table = table.get_or_insert_with(|| vec![Found::Absent; steps].into());
        table[tail] = match found {
            Found::Absent => Found::Nothing,
            found => found,
        };
    }

    /// What an object knows of a tail of the path.
    fn found(&self, slot: &Slot, tail: usize) -> Found {
        match slot.what {
            What::Fetched(id) => return Found::Fetched(id),
            What::Unclear => return Found::Unclear,
            _ if tail == self.steps.len() => return Found::Part(slot.part),
            _ => {}
        }
        match (slot.table.as_ref().map(|table| table[tail]), slot.what) {
            (None | Some(Found::Absent), What::Object(true)) => Found::Unclear,
            (None, _) => Found::Absent,
            (Some(found), _) => found,
        }
    }

    /// The objects above the mark, or the last `count`, go into the one below
    /// them: by `APPEND` and its like where that is `into`, or into an object.
    pub(super) fn extend(&mut self, into: What, count: Option<usize>, end: u64) -> Result<()> {
        let from = match count {
            Some(count) => self.below(count)?,
            None => self.close()?.0,
        };
        let count = (self.height - from) as u64;
        let under = self.under(from)?;
        let takes = under.what == into || matches!(under.what, What::Object(_));
        if !takes || under.is_shared {
            return Err(Unclear);
        }
        let is_object = matches!(under.what, What::Object(_));
        if is_object {
            let stage = match into {
                What::Dict => Stage::Pairs,
                _ => Stage::Items,
            };
            if stage < under.stage {
                return Err(Unclear);
            }
            under.stage = stage;
        }
        let before = under.len;
        if into != What::Dict {
            under.len += count;
        }
        under.part.end = end;
        let mut table = under.table.take();
        match into {
            What::Dict => self.index_pairs(from, &mut table)?,
            What::Set if !is_object => {}
            _ => self.index_items(from, before, &mut table)?,
        }
        self.under(from)?.table = table;
        self.cut(from);
        Ok(())
    }

    /// `BUILD`: what the state has under names, the object has.
    pub(super) fn build(&mut self, end: u64) -> Result<()> {
        let from = self.below(1)?;
        let state = self.slot(from).ok_or(Unclear)?;
        let known = (state.what == What::Dict).then(|| state.table.clone());
        let under = self.under(from)?;
        if under.is_shared || !matches!(under.what, What::Object(_)) {
            return Err(Unclear);
        }
        under.part.end = end;
        under.stage = Stage::State;
        match (known, &mut under.table) {
            (Some(None), _) => {}
            (Some(Some(state)), Some(table)) => {
                let changed = table.iter_mut().zip(state);
                for (old, new) in changed.filter(|(_, new)| *new != Found::Absent) {
                    *old = new;
                }
            }
            (Some(state), table) => *table = state,
            // Fields in slots, or whatever the class makes of its state.
            (None, table) => {
                *table = None;
                under.what = What::Object(true);
            }
        }
        self.cut(from);
        Ok(())
    }

    /// `PUT`, or where there is no id `MEMOIZE`.
    pub(super) fn put(&mut self, id: Option<u32>, end: u64) -> Result<()> {
        let id = match id {
            None if self.has_gap => return Err(Unclear),
            None => self.next_id,
            Some(id) => id,
        };
        let next = id.checked_add(1).ok_or(Unclear)?;
        self.has_gap |= id > self.next_id;
        let is_new = id >= self.next_id;
        self.next_id = self.next_id.max(next);
        let place = self.top()?.place;
        let follow = match self.followed.get_mut(&id) {
            None => false,
            Some(followed @ Followed::Awaited) => {
                *followed = Followed::Open(place);
                true
            }
            Some(Followed::Open(_) | Followed::Done(_)) => return Err(Unclear),
        };
        let top = self.top()?;
        let key = top.key;
        if follow {
            if top.is_shared || top.follow.is_some() {
                return Err(Unclear);
            }
            top.follow = Some(id);
        }
        if !top.is_shared {
            // To put it is part of making it, for those who fetch it.
            top.part.end = end;
        }
        if !is_new && self.keys_put.iter().any(|ids| ids.contains(id)) {
            return Err(Unclear);
        }
        if let Some(key) = key {
            self.keys_put[key as usize].insert(id);
        }
        Ok(())
    }

    /// `GET`.
    pub(super) fn get(&mut self, id: u32, at: u64, end: u64) {
        let slot = match self.followed.get(&id) {
            None => return self.push_fetched(What::Fetched(id), id, at, end),
            Some(Followed::Awaited) => None,
            Some(Followed::Done(slot)) => Some(slot),
            // Should it change from here on, it is not followed any more.
            Some(&Followed::Open(place)) => {
                let index = self.index(place);
                let slot = self.stack.get_mut(index);
                slot.map(|slot| {
                    slot.is_shared = true;
                    &*slot
                })
            }
        };
        let Some(slot) = slot else {
            return self.push_fetched(What::Unclear, id, at, end);
        };
        let copy = Slot {
            begin: Some((at, self.next_id)),
            is_shared: true,
            follow: None,
            ..slot.clone()
        };
        self.push_slot(copy);
    }

    fn push_fetched(&mut self, what: What, id: u32, at: u64, end: u64) {
        let key = self.keys_put.iter().position(|ids| ids.contains(id));
        self.push(what, key.map(|key| key as u32), at, end);
    }

    /// `STOP`: what is known of the path.
    pub(super) fn stop(&mut self) -> Result<Found> {
        if self.height != 1 || !self.marks.is_empty() {
            return Err(Unclear);
        }
        let root = self.slot(0).ok_or(Unclear)?;
        let found = self.found(root, 0);
        self.cut(0);
        Ok(found)
    }
}
