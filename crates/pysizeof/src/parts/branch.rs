//! The tree of totals while it grows.
//!
//! A branch stands for one object, or for many that are alike: the items of a list
//! that have the same type, what many dicts have under the same key. Its parts are
//! told apart by where they are and by their type. Of what a container has under
//! its own keys or places, the largest are kept by themselves, the others are one
//! part for each type.

use std::rc::Rc;

use super::names::TypeId;
use crate::build::{Build, Sizes};

/// The build by whose bytes the largest are chosen.
pub(crate) const NEWEST: Build = Build::ALL[Build::ALL.len() - 1];

/// Keys of a dict that are parts of their own.
const MOST_KEYS: u16 = 64;

/// Items of a list that are parts of their own, and how many bytes make one.
const MOST_ITEMS: u16 = 8;
const LARGE: u64 = 4096;

/// Levels of branches within each other; what is further below has none.
const MOST_HEIGHT: u8 = 24;

/// Branches in one tree; then the smallest are merged, down to half as many.
const MOST_BRANCHES: u32 = 4096;

/// Where a branch is within the one above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Spot {
    /// The data itself.
    Root,
    /// An item of a list.
    Item(u64),
    /// An item of a tuple, which other tuples have there too.
    Place(u32),
    /// What a dict has under this str.
    Name(Rc<str>),
    /// What a dict has under this int.
    Number(i64),
    /// All other items.
    Items,
    /// What a dict has under all other keys.
    Values,
    /// The keys of a dict.
    Keys,
    /// What an object was made of and is: its state.
    State,
    /// Parts of a pickle that is cut short, before they came to a place.
    Loose,
}

impl Spot {
    /// Where it is when it is not told apart.
    pub(super) fn among_others(&self) -> Spot {
        match self {
            Spot::Name(_) | Spot::Number(_) | Spot::Values => Spot::Values,
            Spot::Item(_) | Spot::Place(_) | Spot::Items => Spot::Items,
            other => other.clone(),
        }
    }

    fn is_key(&self) -> bool {
        matches!(self, Spot::Name(_) | Spot::Number(_))
    }
}

/// Sums and extremes from which other forms of the objects follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Stats {
    /// Bytes of JSON.
    pub(crate) json: u64,
    /// Bytes of text in UTF-8, or of bytes.
    pub(crate) text_bytes: u64,
    /// Characters of the longest.
    pub(crate) chars: u64,
    /// Bits of the largest int, without the sign.
    pub(crate) bits: u32,
    pub(crate) has_negative: bool,
}

impl Stats {
    #[inline]
    pub(crate) fn add(&mut self, other: &Stats) {
        self.json = self.json.saturating_add(other.json);
        self.text_bytes = self.text_bytes.saturating_add(other.text_bytes);
        self.chars = self.chars.max(other.chars);
        self.bits = self.bits.max(other.bits);
        self.has_negative |= other.has_negative;
    }
}

/// One object, or many that are alike, with all below.
#[derive(Debug, Clone)]
pub(crate) struct Branch {
    pub(super) spot: Spot,
    pub(super) kind: TypeId,
    /// Some of its parts are not told apart.
    pub(super) is_merged: bool,
    height: u8,
    keys: u16,
    items: u16,
    /// It and all branches below.
    branches: u32,
    /// The place of the part that was found last.
    found: u32,
    /// Objects that are counted here.
    pub(super) count: u64,
    /// Objects that are referred to here, and counted elsewhere.
    pub(super) shared: u64,
    /// Bytes of those counted here, with all that is counted below.
    pub(super) total: Sizes,
    /// The same of the smallest and of the largest object, in the newest build.
    pub(super) least: u64,
    pub(super) most: u64,
    /// The item that it is, if it is but one.
    pub(super) first: u64,
    pub(super) stats: Stats,
    pub(super) parts: Vec<Branch>,
    /// The least of its parts under keys of their own, and among its large items.
    floor: u64,
}

impl Branch {
    /// No object yet.
    pub(crate) fn new(spot: Spot, kind: TypeId) -> Branch {
        Branch {
            spot,
            kind,
            is_merged: false,
            height: 0,
            keys: 0,
            items: 0,
            branches: 1,
            found: 0,
            count: 0,
            shared: 0,
            total: Sizes::default(),
            least: u64::MAX,
            most: 0,
            first: 0,
            stats: Stats::default(),
            parts: Vec::new(),
            floor: 0,
        }
    }

    /// One object more, without parts.
    #[inline]
    pub(crate) fn add_leaf(&mut self, sizes: &Sizes, stats: &Stats) {
        let bytes = sizes.of(NEWEST);
        if bytes == 0 {
            // The interpreter's own.
            self.shared += 1;
        } else {
            self.count += 1;
            self.least = self.least.min(bytes);
            self.most = self.most.max(bytes);
        }
        self.total += *sizes;
        self.stats.add(stats);
    }

    /// The dicts of instances of a type turn out to have so many bytes less; whether they
    /// were found.
    pub(crate) fn lose(&mut self, class: TypeId, bytes: &Sizes) -> bool {
        let is_dict = |part: &&mut Branch| part.spot == Spot::State && part.kind == TypeId::DICT;
        let has_all = |part: &&mut Branch| {
            Build::ALL
                .iter()
                .all(|&build| part.total.of(build) >= bytes.of(build))
        };
        let own = match self.kind == class {
            true => self.parts.iter_mut().filter(is_dict).find(has_all),
            false => None,
        };
        let is_found = match own {
            Some(dict) => {
                dict.lose_here(bytes);
                true
            }
            None => self.parts.iter_mut().any(|part| part.lose(class, bytes)),
        };
        if is_found {
            self.lose_here(bytes);
        }
        is_found
    }

    fn lose_here(&mut self, bytes: &Sizes) {
        self.total
            .change(|build, size| size.saturating_sub(bytes.of(build)));
        self.most = self.most.min(self.total.of(NEWEST));
        self.least = self.least.min(self.most);
    }

    /// One reference more to what is counted elsewhere.
    #[inline]
    pub(crate) fn add_shared(&mut self, stats: &Stats) {
        self.shared += 1;
        self.stats.add(stats);
    }

    /// Its own bytes, once its parts are known.
    pub(crate) fn close(&mut self, sizes: &Sizes, own: &Stats) {
        self.count = 1;
        self.total += *sizes;
        self.stats.json = self.stats.json.saturating_add(own.json);
        let bytes = self.total.of(NEWEST);
        (self.least, self.most) = (bytes, bytes);
    }

    /// Bytes in the newest build.
    #[inline]
    pub(super) fn bytes(&self) -> u64 {
        self.total.of(NEWEST)
    }

    /// Takes back its own bytes, for it becomes another object.
    pub(crate) fn open_again(&mut self, own: &Sizes) {
        self.count = 0;
        self.total
            .change(|build, bytes| bytes.saturating_sub(own.of(build)));
    }

    /// One of the keys is not there any more, but another object.
    pub(crate) fn forget_key(&mut self, kind: TypeId, sizes: &Sizes) {
        let less = |build, bytes: u64| bytes.saturating_sub(sizes.of(build));
        self.total.change(less);
        let keys = self.part(&Spot::Keys, kind);
        keys.total.change(less);
        if sizes.of(NEWEST) > 0 {
            keys.count = keys.count.saturating_sub(1);
            keys.shared += 1;
        }
    }

    /// Where it is.
    pub(crate) fn put(&mut self, spot: Spot) {
        self.spot = spot;
    }

    /// Bytes of JSON.
    pub(crate) fn json(&self) -> u64 {
        self.stats.json
    }

    /// So many signs between items.
    pub(crate) fn punctuate(&mut self, signs: u64) {
        self.stats.json = self.stats.json.saturating_add(signs);
    }

    /// The items have no indices any more.
    pub(crate) fn forget_indices(&mut self) {
        let its = |part: &Branch| matches!(part.spot, Spot::Item(_));
        while let Some(place) = self.parts.iter().position(its) {
            self.demote(place);
        }
    }

    pub(crate) fn branches(&self) -> u32 {
        self.branches
    }

    /// Tells no part apart any more.
    pub(crate) fn forget_parts(&mut self) {
        self.is_merged |= !self.parts.is_empty();
        self.parts.clear();
        (self.branches, self.height, self.keys, self.items) = (1, 0, 0, 0);
    }

    /// The part of this type at a spot where others may be as well.
    #[inline]
    pub(crate) fn part(&mut self, spot: &Spot, kind: TypeId) -> &mut Branch {
        let place = match self.find(spot, kind) {
            Some(place) => place,
            None => self.push(Branch::new(spot.clone(), kind)),
        };
        &mut self.parts[place]
    }

    #[inline]
    fn find(&mut self, spot: &Spot, kind: TypeId) -> Option<usize> {
        let is_it = |part: &Branch| part.kind == kind && part.spot == *spot;
        if *spot == Spot::Keys {
            return self.parts.iter().position(is_it);
        }
        // Objects that are alike have their parts in the same order.
        let last = self.found as usize;
        let guesses = [last, last + 1];
        let guess = guesses
            .into_iter()
            .find(|&place| self.parts.get(place).is_some_and(is_it));
        let place = guess.or_else(|| self.parts.iter().position(is_it))?;
        self.found = place as u32;
        Some(place)
    }

    fn push(&mut self, part: Branch) -> usize {
        match part.spot {
            Spot::Name(_) | Spot::Number(_) => self.keys += 1,
            Spot::Item(_) => self.items += 1,
            _ => {}
        }
        self.height = self.height.max(part.height + 1);
        self.branches += part.branches;
        self.parts.push(part);
        self.parts.len() - 1
    }

    /// Takes in an object below this one, whose bytes become its own.
    pub(crate) fn adopt(&mut self, part: Branch) {
        self.total += part.total;
        self.stats.json = self.stats.json.saturating_add(part.stats.json);
        self.place(part);
        if self.branches > MOST_BRANCHES {
            self.prune(MOST_BRANCHES as usize / 2);
        }
    }

    /// A leaf at a key or place of its own: a part of its own only as long as there
    /// is room, or if it is large.
    #[inline]
    pub(crate) fn adopt_leaf(&mut self, spot: Spot, kind: TypeId, sizes: &Sizes, stats: &Stats) {
        self.total += *sizes;
        self.stats.json = self.stats.json.saturating_add(stats.json);
        let bytes = sizes.of(NEWEST);
        let alone = match spot {
            Spot::Item(_) => bytes >= LARGE && self.has_room(&spot, bytes),
            Spot::Name(_) | Spot::Number(_) => self.has_room(&spot, bytes),
            _ => false,
        };
        if alone {
            let mut leaf = Branch::new(spot, kind);
            leaf.add_leaf(sizes, stats);
            self.place(leaf);
            return;
        }
        let first = first_of(&spot);
        let leaves = self.part(&spot.among_others_unless_place(), kind);
        if leaves.count + leaves.shared == 0 {
            leaves.first = first;
        }
        leaves.add_leaf(sizes, stats);
    }

    /// A reference at a spot.
    #[inline]
    pub(crate) fn adopt_shared(&mut self, spot: Spot, kind: TypeId, stats: &Stats) {
        self.stats.json = self.stats.json.saturating_add(stats.json);
        let first = first_of(&spot);
        let spot = if spot.is_key() && self.has_room(&spot, 0) {
            spot
        } else {
            spot.among_others_unless_place()
        };
        let part = self.part(&spot, kind);
        if part.count + part.shared == 0 {
            part.first = first;
        }
        part.add_shared(stats);
    }

    /// So many references of one type among the items, from `first` on.
    pub(crate) fn adopt_references(&mut self, first: u64, kind: TypeId, count: u64, all: &Stats) {
        self.stats.json = self.stats.json.saturating_add(all.json);
        let part = self.part(&Spot::Items, kind);
        if part.count + part.shared == 0 {
            part.first = first;
        }
        part.shared += count;
        part.stats.add(all);
    }

    /// Whether a part of so many bytes would be one of its own.
    #[inline]
    fn has_room(&self, spot: &Spot, bytes: u64) -> bool {
        match spot {
            Spot::Item(_) => self.items < MOST_ITEMS || bytes > self.floor,
            Spot::Name(_) | Spot::Number(_) => self.keys < MOST_KEYS || bytes > self.floor,
            _ => true,
        }
    }

    /// Puts a part where it belongs; bytes are counted already.
    fn place(&mut self, mut part: Branch) {
        if part.height >= MOST_HEIGHT {
            part.forget_parts();
        }
        let bytes = part.bytes();
        if let Spot::Item(index) = part.spot
            && (bytes < LARGE || !self.has_room(&part.spot, bytes))
        {
            part.first = index;
            part.spot = Spot::Items;
        }
        if let Some(place) = self.find(&part.spot, part.kind) {
            self.merge_at(place, part);
            return;
        }
        if part.spot.is_key() && !self.has_room(&part.spot, bytes) {
            part.spot = Spot::Values;
            self.place(part);
            return;
        }
        let is_item = matches!(part.spot, Spot::Item(_));
        let is_full = if is_item {
            self.items >= MOST_ITEMS
        } else {
            part.spot.is_key() && self.keys >= MOST_KEYS
        };
        if is_full {
            self.demote_smallest(is_item);
        }
        self.push(part);
        let is_full = if is_item {
            self.items >= MOST_ITEMS
        } else {
            self.keys >= MOST_KEYS
        };
        if is_full {
            let rivals = self.rivals(is_item);
            self.floor = rivals.map(Branch::bytes).min().unwrap_or(0);
        }
    }

    fn rivals(&self, items: bool) -> impl Iterator<Item = &Branch> {
        self.parts
            .iter()
            .filter(move |part| is_rival(&part.spot, items))
    }

    /// The smallest of those with a key or place of their own goes to the others.
    fn demote_smallest(&mut self, items: bool) {
        let rivals = self.parts.iter().enumerate();
        let rivals = rivals.filter(|(_, part)| is_rival(&part.spot, items));
        let smallest = rivals.min_by_key(|(_, part)| part.bytes());
        if let Some((place, _)) = smallest {
            self.demote(place);
        }
    }

    /// A part goes to the others of its type.
    pub(super) fn demote(&mut self, place: usize) {
        let mut part = self.parts.swap_remove(place);
        self.branches -= part.branches;
        match part.spot {
            Spot::Item(_) => self.items -= 1,
            Spot::Name(_) | Spot::Number(_) => self.keys -= 1,
            _ => {}
        }
        part.first = first_of(&part.spot);
        part.spot = part.spot.among_others();
        match self.find(&part.spot, part.kind) {
            Some(place) => self.merge_at(place, part),
            None => {
                self.push(part);
            }
        }
    }

    fn merge_at(&mut self, place: usize, part: Branch) {
        let into = &mut self.parts[place];
        let before = into.branches;
        into.merge(part);
        self.branches = self.branches - before + into.branches;
        self.height = self.height.max(into.height + 1);
    }

    /// Two that stand beside each other, as one.
    pub(crate) fn join(&mut self, other: Branch) {
        self.is_merged = true;
        self.merge(other);
    }

    /// Other objects that are alike.
    fn merge(&mut self, other: Branch) {
        if self.count + self.shared == 0 {
            self.first = other.first;
        }
        self.count += other.count;
        self.shared += other.shared;
        self.total += other.total;
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
        self.stats.add(&other.stats);
        self.is_merged |= other.is_merged;
        // Those of several lists have no index in common.
        if self.items > 0 {
            self.forget_indices();
        }
        for mut part in other.parts {
            if let Spot::Item(_) = part.spot {
                part.spot = Spot::Items;
            }
            self.place(part);
        }
    }

    /// Merges the smallest, until there are `most` about.
    fn prune(&mut self, most: usize) {
        let mut sizes = Vec::new();
        self.each_below(&mut |part| sizes.push(part.bytes()));
        if sizes.len() <= most {
            return;
        }
        let place = sizes.len() - most;
        let (_, &mut threshold, _) = sizes.select_nth_unstable(place);
        self.prune_below(threshold);
    }

    fn each_below(&self, told: &mut impl FnMut(&Branch)) {
        for part in &self.parts {
            told(part);
            part.each_below(told);
        }
    }

    fn prune_below(&mut self, threshold: u64) {
        let mut kept = Vec::new();
        for mut part in std::mem::take(&mut self.parts) {
            if part.bytes() > threshold {
                part.prune_below(threshold);
                kept.push(part);
            } else {
                part.forget_parts();
                let first = first_of(&part.spot).max(part.first);
                self.is_merged |= part.spot != part.spot.among_others();
                part.spot = part.spot.among_others();
                part.first = first;
                let same = |other: &&mut Branch| other.spot == part.spot && other.kind == part.kind;
                match kept.iter_mut().find(same) {
                    Some(other) => other.merge(part),
                    None => kept.push(part),
                }
            }
        }
        (self.branches, self.height, self.keys, self.items) = (1, 0, 0, 0);
        (self.found, self.floor) = (0, 0);
        for part in kept {
            self.push(part);
        }
    }
}

impl Spot {
    /// Others than the places of a tuple, which many tuples share.
    #[inline]
    fn among_others_unless_place(self) -> Spot {
        match self {
            Spot::Place(place) => Spot::Place(place),
            Spot::Item(_) => Spot::Items,
            Spot::Name(_) | Spot::Number(_) => Spot::Values,
            other => other,
        }
    }
}

fn is_rival(spot: &Spot, items: bool) -> bool {
    match spot {
        Spot::Item(_) => items,
        spot => !items && spot.is_key(),
    }
}

/// The index of an item.
fn first_of(spot: &Spot) -> u64 {
    match spot {
        Spot::Item(index) => *index,
        _ => 0,
    }
}
