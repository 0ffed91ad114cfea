//! What the process has at a time, and the texts that came last.

use picklestream::pickle::event;

use super::Unpickler;
use super::node::NONE;
use crate::build::{Build, Sizes};
use crate::cost::{Cost, Objects};
use crate::kind::Type;
use crate::layout::{Layout, Memory};
use crate::table::Table;

/// Bytes of an item from which on it is looked at while it is read.
const LARGE_ITEM: usize = 1 << 20;

impl Unpickler {
    /// Takes in what the process has now, and `extra` bytes that are to go.
    #[inline(never)]
    pub(super) fn snapshot(&mut self, extra: impl Fn(Build) -> u64) {
        for build in Build::ALL {
            let mut objects = self.live.tally(build);
            objects.add_all(&self.held.tally(build));
            self.loading.see(build, &objects, extra(build));
        }
    }

    /// The table of a dict or set moves into a larger one: both are there.
    pub(super) fn snapshot_of_growth(&mut self, kind: Type, old: &Table, new: &Table) {
        let (counted, after, moved) = (old.slots(kind), new.slots(kind), new.slots_before(kind));
        let table_of = |build, slots: u64, text| {
            let layout = Layout::of(build);
            match kind {
                Type::Set | Type::FrozenSet => layout.set(slots).table,
                _ => layout.dict(slots, text).table,
            }
        };
        let has_grown = |build| counted.of(build) != after.of(build);
        for build in Build::ALL.into_iter().filter(|&build| has_grown(build)) {
            let freed = table_of(build, moved.of(build), old.text_keys);
            self.loading.free(build, freed);
        }
        self.snapshot(|build| {
            if !has_grown(build) {
                return 0;
            }
            let both = table_of(build, after.of(build), new.text_keys)
                + table_of(build, moved.of(build), old.text_keys);
            both - table_of(build, counted.of(build), old.text_keys).min(both)
        });
    }

    /// So does the dict that 2.7's memo is.
    #[inline(never)]
    pub(super) fn snapshot_of_memo(&mut self) {
        let table = self.loading.memo.next_table();
        self.snapshot(|build| match build {
            Build::Cpython27 | Build::Cpython27Windows => table,
            _ => 0,
        });
    }

    /// Text of so many bytes was read, which is there twice for a while.
    pub(super) fn read_large(&mut self, bytes: usize) {
        if bytes >= LARGE_ITEM {
            self.snapshot(|_| 2 * bytes as u64);
        }
    }

    /// The bytes of all objects.
    pub(super) fn total(&self) -> Sizes {
        Sizes::each(|build| {
            let tally = self.live.tally(build);
            match self.memory {
                Memory::Requested => tally.requested + self.instances.told_values(build),
                Memory::Allocated => tally.allocated,
            }
        })
    }

    pub(super) fn cost(&mut self) -> Cost {
        let (live, held, dropped) = (&self.live, &self.held, &self.dropped);
        self.loading.cost(self.length, |build| Objects {
            live: live.tally(build),
            held: held.tally(build),
            dropped: dropped.tally(build),
            lists: held.lists() + dropped.lists(),
            floats: live.floats(),
        })
    }
}

/// Texts that stand before `STACK_GLOBAL`: the last two.
pub(super) struct RecentTexts {
    texts: [RecentText; 2],
    next: usize,
}

struct RecentText {
    /// Where it was pushed.
    place: usize,
    len: usize,
    bytes: [u8; RecentTexts::MOST],
}

impl RecentTexts {
    /// Bytes of a name.
    const MOST: usize = 200;

    pub(super) const fn new() -> RecentTexts {
        const EMPTY: RecentText = RecentText {
            place: usize::MAX,
            len: 0,
            bytes: [0; RecentTexts::MOST],
        };
        RecentTexts {
            texts: [EMPTY; 2],
            next: 0,
        }
    }
}

impl Unpickler {
    /// Text is about to be pushed.
    #[inline]
    pub(super) fn note_text(&mut self, text: &[u8]) {
        if self.watch.is_some() {
            self.watch_text(text);
        }
        let recent = &mut self.recent;
        let place = &mut recent.texts[recent.next];
        recent.next ^= 1;
        place.place = self.stack.len();
        place.len = text.len();
        if let Some(bytes) = place.bytes.get_mut(..text.len()) {
            bytes.copy_from_slice(text);
        }
    }

    /// The text that was pushed at a place of the stack just now, if it could be
    /// a name.
    pub(super) fn recent_text(&self, place: usize) -> Option<&str> {
        let is_its = self.stack.get(place)?.name == NONE;
        let text = self.recent_argument(place).filter(|_| is_its)?;
        event::could_be_name(text).then_some(text)
    }

    /// The same of any short text.
    pub(super) fn recent_argument(&self, place: usize) -> Option<&str> {
        let node = self.stack.get(place)?;
        let recent = &self.recent;
        let newest_first = [recent.next ^ 1, recent.next];
        let found = newest_first.map(|index| &recent.texts[index]);
        let found = found.into_iter().find(|text| text.place == place)?;
        let text = str::from_utf8(found.bytes.get(..found.len)?).ok()?;
        (node.is_text() && !node.is_fetched).then_some(text)
    }
}
