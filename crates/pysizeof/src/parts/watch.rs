//! What an unpickler tells of its objects, so that it becomes known which part of
//! the data takes how much.

use std::rc::Rc;

use picklestream::pickle::event::StrSpelling;

use super::branch::{Branch, NEWEST, Stats};
use super::leaf::{self, Leaves};
use super::names::{Names, TypeId};
use super::part::{Part, Parts, TypeTotal};
use super::repeats::Repeats;
use crate::build::{Build, Sizes};
use crate::layout::Memory;
use crate::shape::Shape;
use crate::text::Text;

/// Bytes of a key that is told; longer ones are among the others.
const LONGEST_KEY: usize = 120;

/// Bytes of keys on the stack that are noted.
const MOST_KEY_BYTES: usize = 1 << 20;

/// Branches of objects that are not yet part of others; from then on, objects
/// have no parts of their own.
const MOST_WAITING: u32 = 1 << 16;

/// The tree, the types and the strs of a pickle so far.
#[derive(Debug)]
pub(crate) struct Watch {
    names: Names,
    leaves: Leaves,
    types: Vec<(u64, Sizes)>,
    repeats: Repeats,
    /// Keys on the stack: their places there, and where their text begins.
    keys: Vec<(usize, usize)>,
    texts: String,
    /// Tuples on the stack, by their places there.
    tuples: Vec<(usize, Branch)>,
    /// Branches in containers and tuples that are not yet part of others.
    pub(crate) waiting: u32,
}

impl Watch {
    pub(crate) fn new(memory: Memory) -> Watch {
        Watch {
            names: Names::new(),
            leaves: Leaves::new(memory),
            types: Vec::new(),
            repeats: Repeats::new(),
            keys: Vec::new(),
            texts: String::new(),
            tuples: Vec::new(),
            waiting: 0,
        }
    }

    pub(crate) fn type_named(&mut self, name: &str) -> TypeId {
        self.names.number(name)
    }

    #[inline]
    pub(crate) fn type_of(&mut self, shape: &Shape) -> TypeId {
        match leaf::usual_type(shape) {
            Some(kind) => kind,
            None => self.names.number(shape.type_name()),
        }
    }

    /// Its bytes, and what other forms of it take.
    #[inline]
    pub(crate) fn leaf(&mut self, shape: &Shape) -> (Sizes, Stats) {
        (self.leaves.sizes(shape), Stats::of(shape))
    }

    /// A new object without parts, or a tuple.
    #[inline]
    pub(crate) fn count(&mut self, shape: &Shape) {
        let sizes = self.leaves.sizes(shape);
        let kind = self.type_of(shape);
        let total = self.of_type(kind);
        total.0 += u64::from(sizes.of(NEWEST) > 0);
        total.1 += sizes;
    }

    /// So many of them were garbage.
    pub(crate) fn uncount(&mut self, shape: &Shape, count: u64) {
        let sizes = self.leaves.sizes(shape);
        let kind = self.type_of(shape);
        self.uncount_objects(kind, &sizes, count);
    }

    /// A container in its final state.
    pub(crate) fn count_object(&mut self, kind: TypeId, sizes: &Sizes) {
        let total = self.of_type(kind);
        total.0 += 1;
        total.1 += *sizes;
    }

    fn uncount_objects(&mut self, kind: TypeId, sizes: &Sizes, count: u64) {
        let are_there = u64::from(sizes.of(NEWEST) > 0) * count;
        let total = self.of_type(kind);
        total.0 = total.0.saturating_sub(are_there);
        total
            .1
            .change(|build, bytes| bytes.saturating_sub(sizes.of(build).saturating_mul(count)));
    }

    /// Objects of a type turn out to have so many bytes less.
    pub(crate) fn lose(&mut self, kind: TypeId, bytes: &Sizes) {
        let total = &mut self.of_type(kind).1;
        total.change(|build, size| size.saturating_sub(bytes.of(build)));
    }

    #[inline]
    fn of_type(&mut self, TypeId(number): TypeId) -> &mut (u64, Sizes) {
        let number = usize::from(number);
        if number >= self.types.len() {
            self.types.resize(number + 1, (0, Sizes::default()));
        }
        &mut self.types[number]
    }

    /// A str that is an object of its own.
    #[inline]
    pub(crate) fn note_text(&mut self, text: &[u8]) {
        if text.len() > 1 {
            let shape = Shape::Str(Text::ascii(text, StrSpelling::Unicode));
            self.repeats.add(text, self.leaves.sizes(&shape).of(NEWEST));
        }
    }

    /// A key is about to be pushed at a place of the stack.
    #[inline]
    pub(crate) fn note_key(&mut self, place: usize, text: &[u8]) {
        self.cut_keys(place);
        let fits = text.len() <= LONGEST_KEY && self.texts.len() < MOST_KEY_BYTES;
        if fits && let Ok(text) = str::from_utf8(text) {
            self.keys.push((place, self.texts.len()));
            self.texts.push_str(text);
        }
    }

    /// The text of the key at a place of the stack.
    #[inline]
    pub(crate) fn key(&self, place: usize) -> Option<&str> {
        let index = self.keys.binary_search_by_key(&place, |key| key.0).ok()?;
        let start = self.keys[index].1;
        let end = self
            .keys
            .get(index + 1)
            .map_or(self.texts.len(), |key| key.1);
        self.texts.get(start..end)
    }

    /// What is above a place of the stack went elsewhere.
    #[inline]
    pub(crate) fn cut_keys(&mut self, from: usize) {
        while let Some(&(place, start)) = self.keys.last()
            && place >= from
        {
            self.texts.truncate(start);
            self.keys.pop();
        }
    }

    /// A tuple is at a place of the stack.
    #[inline]
    pub(crate) fn push_tuple(&mut self, place: usize, mut tuple: Branch, floor: usize) {
        // What was there is gone.
        while let Some((_, gone)) = self.tuples.pop_if(|(its, _)| *its >= place) {
            self.waiting = self.waiting.saturating_sub(gone.branches());
        }
        if self.waiting >= MOST_WAITING {
            tuple.forget_parts();
            // The one beside it stands for both.
            if let Some((beside, other)) = self.tuples.last_mut()
                && *beside >= floor
                && *beside < place
            {
                other.join(tuple);
                return;
            }
        }
        self.waiting += tuple.branches();
        self.tuples.push((place, tuple));
    }

    /// The first of the tuples from a place of the stack on, among those that wait.
    pub(crate) fn tuples_from(&mut self, from: usize) -> std::vec::IntoIter<(usize, Branch)> {
        let first = self.tuples.partition_point(|(place, _)| *place < from);
        if first == self.tuples.len() {
            return Vec::new().into_iter();
        }
        let taken = self.tuples.split_off(first);
        let branches = taken.iter().map(|(_, tuple)| tuple.branches());
        self.waiting = self.waiting.saturating_sub(branches.sum());
        taken.into_iter()
    }

    /// Whether objects that become complete have to do without parts.
    pub(crate) fn is_full(&self) -> bool {
        self.waiting >= MOST_WAITING
    }

    /// Something below a place of the stack left, so that what was above is lower.
    pub(crate) fn lower(&mut self, place: usize) {
        self.cut_keys(place);
        for (its, _) in &mut self.tuples {
            if *its > place {
                *its -= 1;
            }
        }
    }

    /// The answer. What the tree does not hold of the total is the interpreter's own.
    pub(crate) fn finish(self, root: Branch, total: Sizes) -> Parts {
        let mut types = Vec::new();
        for (number, &(count, bytes)) in (0..).zip(&self.types) {
            if count > 0 || Build::ALL.iter().any(|&build| bytes.of(build) > 0) {
                let type_name: Rc<str> = self.names.name(TypeId(number));
                types.push(TypeTotal {
                    type_name,
                    count,
                    bytes,
                });
            }
        }
        types.sort_by_key(|total| std::cmp::Reverse(total.bytes.of(NEWEST)));
        let mut typed = Sizes::default();
        for one in &types {
            typed += one.bytes;
        }
        let placed = root.total;
        let rest = |of: Sizes| Sizes::each(|build| total.of(build).saturating_sub(of.of(build)));
        Parts {
            root: Part::new(root, &self.names),
            types,
            elsewhere: rest(placed),
            untyped: rest(typed),
            repeated: self.repeats.told(),
        }
    }
}
