//! What loading and dumping a pickle costs a process beyond what its objects
//! take: the memos, the unpickler's stack, the output that a pickler holds.
//!
//! Sources, all in CPython: `Modules/_pickle.c` (3) and `Modules/cPickle.c` (2.7);
//! for the heap, `malloc/malloc.c` of glibc. Held against the resident sets of the
//! interpreters in `benches/peak/`.

use super::blocks::{MAPPED, Parts, Tally, pages};
use super::build::{Build, Sizes};
use super::growth::DictRule;
use super::heap::Heap;
use super::layout::Layout;

/// What a process of each build grows by, in bytes of its resident set, when it
/// loads a pickle from a file and dumps it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    pub(super) kept: Sizes,
    pub(super) load_peak: Sizes,
    pub(super) dump_extra: Sizes,
    pub(super) dump_least: Sizes,
    pub(super) dump_most: Sizes,
    pub(super) memo: Sizes,
    pub(super) arguments: Sizes,
    pub(super) floats: u64,
    pub(super) protocol: u8,
}

impl Cost {
    /// Bytes by which it has grown once the pickle is loaded, holes that cannot
    /// be given back among them.
    #[must_use]
    pub fn kept(&self) -> Sizes {
        self.kept
    }

    /// Bytes by which it has grown at the most while the pickle is loaded.
    #[must_use]
    pub fn load_peak(&self) -> Sizes {
        self.load_peak
    }

    /// Bytes by which it grows further at the most if it then dumps what it
    /// loaded, to a file and by [`Cost::protocol`].
    #[must_use]
    pub fn dump_extra(&self) -> Sizes {
        self.dump_extra
    }

    /// The least and the most bytes that [`Cost::dump_extra`] may turn out to be. The
    /// output and the memo's table grow beside each other in malloc's heap, and whether a
    /// hole that loading left just fits decides over a whole table.
    #[must_use]
    pub fn dump_extra_range(&self) -> (Sizes, Sizes) {
        (self.dump_least, self.dump_most)
    }

    /// Bytes of the peak that are the unpickler's memo, which a pickle without
    /// `PUT`s would not need.
    #[must_use]
    pub fn memo(&self) -> Sizes {
        self.memo
    }

    /// Bytes of the peak that are arguments of calls, which only the memo keeps: of
    /// `bytes`, `set` and their like under old protocols.
    #[must_use]
    pub fn arguments(&self) -> Sizes {
        self.arguments
    }

    /// How many floats there are as objects.
    #[must_use]
    pub fn floats(&self) -> u64 {
        self.floats
    }

    /// The protocol of the pickle.
    #[must_use]
    pub fn protocol(&self) -> u8 {
        self.protocol
    }

    /// Whether a build can read the pickle's protocol.
    #[must_use]
    pub fn can_load(&self, build: Build) -> bool {
        match build {
            Build::Cpython27 | Build::Cpython27Windows => self.protocol <= 2,
            _ => self.protocol <= 5,
        }
    }
}

/// What is noted while a pickle is followed.
#[derive(Debug, Clone)]
pub(super) struct Loading {
    /// As `PROTO` says, if it does.
    pub(super) protocol: Option<u8>,
    pub(super) memo: UnpicklerMemo,
    /// Objects on the stack at the most.
    pub(super) stack_most: u64,
    /// Objects that only a tuple refers to: 2.7's pickler does not note them.
    pub(super) unshared: u64,
    /// The same of a dict, unless it is dumped as protocol 0.
    pub(super) unshared_in_dicts: u64,
    /// Bytes of holes that are too small for 2.7's blocks of numbers.
    splinters: u64,
    /// Where the last large item ends, which a pickler writes by itself, and the
    /// most bytes between two.
    written: u64,
    most_between: u64,
    /// The most bytes so far.
    pub(super) peaks: Sizes,
    /// Bytes of the largest block that was mapped by itself and then freed.
    pub(super) freed: Sizes,
    /// Bytes of whole arenas that only arguments of calls are in: they go back.
    returned: Sizes,
}

/// The unpickler's memo.
#[derive(Debug, Clone)]
pub(super) struct UnpicklerMemo {
    /// Slots of 8 bytes, twice the id that did not fit: Python 3.
    slots: u64,
    /// Objects that were put.
    puts: u64,
    /// Whether its slots are mapped by themselves, in every build.
    is_mapped: [bool; Build::ALL.len()],
    /// Slots of the dict that it is in 2.7.
    dict_slots: u64,
    /// Bytes of the ids that are text there.
    text_keys: u64,
    /// How many of them.
    texts: u64,
}

impl Loading {
    pub(super) fn new() -> Loading {
        Loading {
            protocol: None,
            memo: UnpicklerMemo {
                slots: 32,
                puts: 0,
                is_mapped: [false; Build::ALL.len()],
                dict_slots: 8,
                text_keys: 0,
                texts: 0,
            },
            stack_most: 0,
            unshared: 0,
            unshared_in_dicts: 0,
            splinters: 0,
            written: 0,
            most_between: 0,
            peaks: Sizes::default(),
            freed: Sizes::default(),
            returned: Sizes::default(),
        }
    }

    /// Takes in what the process has now: `objects`, and bytes that are to go.
    pub(super) fn see(&mut self, build: Build, objects: &Tally, extra: u64) {
        let layout = Layout::of(build);
        let now = objects.pools(&layout.blocks)
            + objects.heap()
            + objects.mapped()
            + self.memo.bytes(build)
            + self.beside(build)
            + 8 * self.stack_most
            + extra;
        self.peaks.raise(build, now);
    }

    /// An item of so many bytes ends before `end`: a large one is written as it is,
    /// after what came before it.
    pub(super) fn written_at_once(&mut self, end: u64, bytes: usize) {
        if bytes >= LARGE_ITEM {
            let before = end.saturating_sub(bytes as u64);
            self.most_between = self.most_between.max(before.saturating_sub(self.written));
            self.written = end;
        }
    }

    /// So many numbers go into an empty list: by way of another, whose table 2.7
    /// then splits into blocks for numbers.
    pub(super) fn split(&mut self, items: u64) {
        let table = 8 * items + 16;
        if (NUMBERS_BLOCK..MAPPED).contains(&table) {
            self.splinters += table % NUMBERS_BLOCK;
        }
    }

    /// Bytes of 2.7's heap beside its objects.
    fn beside(&self, build: Build) -> u64 {
        if is_2(build) { self.splinters } else { 0 }
    }

    /// So many numbers, which fill whole arenas, are garbage once the memo is: they go
    /// back, but for those of 2.7.
    pub(super) fn give_back(&mut self, build: Build, number: Parts, count: u64) {
        if !is_2(build) {
            let blocks = &Layout::of(build).blocks;
            let mut numbers = Tally::NONE;
            numbers.add(blocks, number, count);
            let sum = self.returned.of(build) + numbers.pools(blocks);
            self.returned.raise(build, sum);
        }
    }

    /// A block that is mapped by itself is freed.
    pub(super) fn free(&mut self, build: Build, bytes: u64) {
        // Larger ones leave malloc's threshold as it is.
        if (MAPPED..=32 << 20).contains(&pages(bytes)) {
            self.freed.raise(build, pages(bytes));
        }
    }
}

impl UnpicklerMemo {
    /// Whether putting an object moves what is large: a dict, which is there twice
    /// then. A list of ids moves without.
    #[inline]
    pub(super) fn grows_much(&self) -> bool {
        self.dict_slots >= 1 << 13 && 3 * (self.puts + 1) >= 2 * self.dict_slots
    }

    /// Bytes of the dict that [`UnpicklerMemo::grows_much`] tells of.
    pub(super) fn next_table(&self) -> u64 {
        let rule = DictRule::Quadruple;
        24 * rule.add(self.dict_slots, false, self.puts, false).0
    }

    #[inline]
    pub(super) fn put(&mut self, id: u32, freed: &Sizes) {
        if u64::from(id) >= self.slots {
            self.slots = 2 * u64::from(id);
            for (build, is_mapped) in Build::ALL.into_iter().zip(&mut self.is_mapped) {
                *is_mapped |= 8 * self.slots >= freed.of(build).max(MAPPED);
            }
        }
        if 3 * (self.puts + 1) >= 2 * self.dict_slots {
            let rule = DictRule::Quadruple;
            self.dict_slots = rule.add(self.dict_slots, false, self.puts, false).0;
        }
        self.puts += 1;
    }

    /// The id is text, as long as it is.
    pub(super) fn put_text(&mut self, id: u32) {
        let digits = u64::from(id.checked_ilog10().unwrap_or(0)) + 1;
        let of_bytes = Layout::of(Build::Cpython27).bytes(digits).object;
        self.text_keys += of_bytes.next_multiple_of(16);
        self.texts += 1;
    }

    fn bytes(&self, build: Build) -> u64 {
        self.table(build) + self.keys(build)
    }

    /// Its table, which is given back.
    fn table(&self, build: Build) -> u64 {
        if is_2(build) {
            24 * self.dict_slots
        } else {
            8 * self.slots
        }
    }

    /// What its table leaves behind when it is freed: a hole in the heap.
    fn hole(&self, build: Build) -> u64 {
        if is_2(build) || self.is_mapped[build as usize] {
            0
        } else {
            self.table(build)
        }
    }

    /// The ids, which are objects in 2.7.
    fn keys(&self, build: Build) -> u64 {
        if is_2(build) {
            self.text_keys + NUMBER * (self.puts - self.texts)
        } else {
            0
        }
    }
}

/// Bytes of an `int` of 2.7, with its part of the block around it.
const NUMBER: u64 = 25;

fn is_2(build: Build) -> bool {
    Layout::of(build).plain_int_bits.is_some()
}

/// All objects of a pickle, in one build.
pub(super) struct Objects {
    /// Those of the data.
    pub(super) live: Tally,
    /// Arguments of calls that only the memo keeps.
    pub(super) held: Tally,
    /// Arguments of calls that nothing keeps.
    pub(super) dropped: Tally,
    /// Lists among the arguments.
    pub(super) lists: u64,
    /// Floats of the data.
    pub(super) floats: u64,
}

impl Loading {
    /// What it all came to, for a pickle of `length` bytes.
    pub(super) fn cost(&mut self, length: u64, objects: impl Fn(Build) -> Objects) -> Cost {
        let bare = if self.memo.texts > 0 { 0 } else { 1 };
        let protocol = self.protocol.unwrap_or(bare);
        let mut cost = Cost {
            kept: Sizes::default(),
            load_peak: self.peaks,
            dump_extra: Sizes::default(),
            dump_least: Sizes::default(),
            dump_most: Sizes::default(),
            memo: Sizes::default(),
            arguments: Sizes::default(),
            floats: 0,
            protocol,
        };
        let between = self.most_between.max(length.saturating_sub(self.written));
        for build in Build::ALL {
            if self.memo.hole(build) == 0 {
                self.free(build, self.memo.table(build));
            }
            self.free(build, 8 * self.stack_most);
            let objects = objects(build);
            cost.kept.raise(build, self.kept(build, &objects));
            cost.floats = objects.floats;
            if self.memo.puts > 0 {
                cost.memo.raise(build, self.memo.bytes(build));
            }
            let held = &objects.held;
            let pools = held.pools(&Layout::of(build).blocks);
            cost.arguments
                .raise(build, pools + held.heap() + held.mapped());
            // Framed protocols write as they go.
            let output = if protocol < 4 { between } else { 0 };
            let dumping = |holes| match is_2(build) {
                true => self.dump_2(build, protocol, &objects, holes),
                false => self.dump_3(build, output, &objects, holes),
            };
            cost.dump_extra.raise(build, dumping(Holes::LIKELY));
            let all = Holes::ALL.map(dumping);
            let (least, most) = all
                .into_iter()
                .fold((dumping(Holes::LIKELY), 0), |sofar, one| {
                    (one.min(sofar.0), one.max(sofar.1))
                });
            let least = (least - least / 16).saturating_sub(RANGE_MARGIN);
            cost.dump_least.raise(build, least);
            cost.dump_most.raise(build, most + most / 8 + RANGE_MARGIN);
        }
        cost
    }

    /// What is freed leaves holes: every pool and every page of the heap also
    /// has something that lives. Blocks that were mapped by themselves go back.
    fn kept(&self, build: Build, objects: &Objects) -> u64 {
        let mut all = objects.live.clone();
        all.add_all(&objects.held);
        let heap = all.heap() + self.memo.keys(build) + self.memo.hole(build) + self.beside(build);
        let pools = all.pools(&Layout::of(build).blocks);
        // What came before and behind is in the first and the last of these arenas.
        let returned = self.returned.of(build).saturating_sub(ARENA);
        pools.saturating_sub(returned) + heap + objects.live.mapped()
    }

    /// Python 3: a table of 16 bytes an entry, and arguments of calls as far as
    /// the holes that loading left have no room for them.
    fn dump_3(&self, build: Build, output: u64, objects: &Objects, holes: Holes) -> u64 {
        let noted = objects.live.noted() + objects.held.noted() + objects.dropped.noted();
        let mut tables = Vec::new();
        let mut slots = 8u64;
        // At two thirds full it grows to four times what it holds, or twice.
        loop {
            let used = (2 * slots).div_ceil(3);
            if used > noted {
                break;
            }
            let times = if used > 50_000 { 2 } else { 4 };
            slots = (times * used).next_power_of_two();
            tables.push((used, 16 * slots));
        }
        let grown = self.tables(build, objects, (noted, output), &tables, holes);
        let blocks = &Layout::of(build).blocks;
        let passed = &objects.dropped;
        let utf8 = objects.live.utf8() + objects.held.utf8() + passed.utf8();
        grown
            + utf8
            + passed.pools(blocks)
            + passed.heap()
            + passed.mapped()
            + objects.held.mapped()
            + self.returned.of(build)
    }

    /// 2.7: a dict of ids, to each of which it has a tuple of an int and the
    /// object. The output goes to the file as it comes.
    fn dump_2(&self, build: Build, protocol: u8, objects: &Objects, holes: Holes) -> u64 {
        let in_dicts = if protocol == 0 {
            0
        } else {
            self.unshared_in_dicts
        };
        let noted = objects.live.noted() + objects.lists;
        let noted = noted.saturating_sub(self.unshared + in_dicts);
        let rule = DictRule::Quadruple;
        let mut tables = Vec::new();
        let mut slots = 8u64;
        loop {
            // The one that makes it grow.
            let used = (2 * slots).div_ceil(3);
            if used > noted {
                break;
            }
            slots = rule.add(slots, false, used - 1, false).0;
            tables.push((used, 24 * slots));
        }
        let freed_numbers = match holes.are_whole {
            true => self.memo.keys(build),
            false => 0,
        };
        let numbers = (2 * NUMBER * noted).saturating_sub(freed_numbers);
        let blocks = &Layout::of(build).blocks;
        let room = objects.held.room_for(&objects.live, MEMO_TUPLE, blocks);
        let tuples = (MEMO_TUPLE * noted).saturating_sub(room);
        self.tables(build, objects, (noted, 0), &tables, holes)
            + numbers
            + tuples
            + objects.held.mapped()
    }

    /// The most bytes of a pickler's memo and its output together. `most` are the
    /// objects noted and the bytes written at the end, `tables` after how many
    /// objects there is a table of how many bytes.
    fn tables(
        &self,
        build: Build,
        objects: &Objects,
        (noted, output): (u64, u64),
        tables: &[(u64, u64)],
        holes: Holes,
    ) -> u64 {
        let hole = match holes.are_whole {
            true => objects.held.heap() + self.memo.hole(build),
            false => 0,
        };
        let freed = if holes.are_grown {
            self.freed.of(build)
        } else {
            0
        };
        let mut heap = Heap::new(hole, freed);
        let mut table = heap.malloc(MAPPED / 64);
        let mut buffer = heap.malloc(WRITE_BUFFER);
        let mut room = WRITE_BUFFER;
        let written = |used: u64| (output as f64 * (used as f64 / noted.max(1) as f64)) as u64;
        let mut most = 0;
        for &(used, bytes) in tables.iter().chain(&[(noted, 0)]) {
            // The output moves into half as much again.
            while written(used) > room {
                room = (room / 2) * 3;
                buffer = heap.realloc(buffer, room);
            }
            if bytes > 0 {
                let old = table;
                table = heap.malloc(bytes);
                // What of its room is not written to takes nothing.
                let untouched = heap.untouched(buffer, written(used));
                most = most.max(heap.now().saturating_sub(untouched));
                heap.free(old);
            }
        }
        most.max(heap.now().saturating_sub(heap.untouched(buffer, output)))
    }
}

/// Bytes by which the range of what dumping takes is wider at both ends, beside a
/// sixteenth below and an eighth above: as far as what was measured lies outside.
const RANGE_MARGIN: u64 = 3 << 19;

/// What dumping finds in malloc's heap, which depends on the order of all that was
/// allocated before.
#[derive(Debug, Clone, Copy)]
struct Holes {
    /// What loading freed is in one piece, rather than between what lives.
    are_whole: bool,
    /// Large blocks that loading freed made malloc keep others in its heap.
    are_grown: bool,
}

impl Holes {
    const fn new(are_whole: bool, are_grown: bool) -> Holes {
        Holes {
            are_whole,
            are_grown,
        }
    }

    /// What was found most often: see `benches/peak.rs`.
    const LIKELY: Holes = Holes::new(true, true);

    const ALL: [Holes; 4] = [
        Holes::LIKELY,
        Holes::new(true, false),
        Holes::new(false, true),
        Holes::new(false, false),
    ];
}

/// Bytes of an arena, from 3.10 on.
const ARENA: u64 = 1 << 20;

/// Bytes of the tuple that 2.7's memo has for an object.
const MEMO_TUPLE: u64 = 80;

/// Bytes of an item that a pickler writes by itself.
const LARGE_ITEM: usize = 64 << 10;

/// Bytes of malloc's block for 41 numbers of 2.7.
const NUMBERS_BLOCK: u64 = 1008;

/// Bytes that a pickler's output begins with.
const WRITE_BUFFER: u64 = 4096;
