//! The blocks that objects are laid in, and sums over many of them: what
//! CPython's own allocator takes from the system in pools, and what the C
//! library's malloc does.
//!
//! Sources: `Objects/obmalloc.c` of CPython, `malloc/malloc.c` of glibc.

/// The allocator that a build takes its memory from.
#[derive(Debug)]
pub(super) struct Blocks {
    /// Blocks of pymalloc, up to [`LARGEST`] bytes, are multiples of this.
    pub(super) granule: u64,
    /// Whether tables (items of lists, slots of dicts and sets) come from
    /// pymalloc too.
    pub(super) tables: bool,
    /// What malloc adds to a larger one, which it rounds up to 16.
    pub(super) header: u64,
    /// Bytes of a pool, which pymalloc cuts into blocks of one size.
    pub(super) pool: u64,
    /// Whether int and float have blocks of their own, for [`NUMBERS`] each.
    pub(super) numbers: bool,
}

/// Bytes of the largest block of pymalloc.
const LARGEST: u64 = 512;

/// Bytes from which glibc's malloc maps a block by itself, in whole pages.
pub(super) const MAPPED: u64 = 128 << 10;

/// Numbers in a block of Python 2's `int` or `float`, which takes 1,000 bytes.
const NUMBERS: u64 = 41;

/// The one or two blocks of memory of an object, in bytes: itself with the
/// collector's header, and its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) object: u64,
    pub(super) table: u64,
    /// The table is one of slots, rather than of characters or bytes.
    pub(super) of_slots: bool,
    /// Bytes that were asked for behind the object and that no one tells of.
    pub(super) spare: u64,
    /// Python 2's `int` or `float`.
    pub(super) is_number: bool,
}

impl Parts {
    /// An object of so many bytes, without a table.
    pub(super) const fn one(object: u64) -> Parts {
        Parts {
            object,
            table: 0,
            of_slots: false,
            spare: 0,
            is_number: false,
        }
    }

    /// A table of slots of so many bytes.
    pub(super) const fn slots(object: u64, table: u64) -> Parts {
        Parts {
            table,
            of_slots: true,
            ..Parts::one(object)
        }
    }
}

impl Blocks {
    /// The block for so many bytes. Windows' malloc is taken to round as glibc's.
    fn round(&self, bytes: u64, pymalloc: bool) -> u64 {
        match bytes {
            0 => 0,
            1..=LARGEST if pymalloc => bytes.next_multiple_of(self.granule),
            MAPPED.. => pages(bytes),
            _ => (bytes + self.header).next_multiple_of(16).max(32),
        }
    }

    /// How many bytes a block of `given` bytes keeps behind `used` ones to which
    /// it is cut down: all of them unless a quarter would become free. Text that
    /// is not ASCII is decoded into room for as many characters as it has bytes.
    pub(super) fn kept(&self, given: u64, used: u64) -> u64 {
        let block = self.round(given, true);
        if given <= LARGEST && 4 * used > 3 * block {
            given - used
        } else {
            0
        }
    }

    /// The blocks that the allocators give for it.
    pub(super) fn allocated(&self, parts: Parts) -> u64 {
        if self.numbers && parts.is_number {
            return parts.object;
        }
        let table_from_pymalloc = self.tables || !parts.of_slots;
        self.round(parts.object + parts.spare, true) + self.round(parts.table, table_from_pymalloc)
    }
}

/// The whole pages of a block of so many bytes that is mapped by itself.
pub(super) fn pages(bytes: u64) -> u64 {
    (bytes + 16).next_multiple_of(4096)
}

/// Sizes of blocks of pymalloc: 64 of 8 bytes each, or 32 of 16.
const CLASSES: usize = 65;

/// Sums over objects. Numbers of objects may be negative, as their two's
/// complement, where some are taken back.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    /// Bytes asked for: `sys.getsizeof`.
    pub(super) requested: u64,
    /// Bytes given.
    pub(super) allocated: u64,
    /// Blocks of pymalloc of each size.
    classes: [u64; CLASSES],
    /// Bytes of smaller blocks of malloc.
    chunks: u64,
    /// Bytes of blocks that are mapped by themselves.
    mapped: u64,
    /// Python 2's `int` and `float`.
    numbers: u64,
    /// Objects that a pickler's memo notes.
    noted: u64,
    /// Bytes of the UTF-8 that text keeps once it was encoded.
    utf8: u64,
}

impl Tally {
    pub(super) const NONE: Tally = Tally {
        requested: 0,
        allocated: 0,
        classes: [0; CLASSES],
        chunks: 0,
        mapped: 0,
        numbers: 0,
        noted: 0,
        utf8: 0,
    };

    /// `count` objects more.
    #[inline]
    pub(super) fn add(&mut self, blocks: &Blocks, parts: Parts, count: u64) {
        if count == 0 {
            return;
        }
        let size = parts.object + parts.table;
        self.requested = self.requested.wrapping_add(size.wrapping_mul(count));
        let given = blocks.allocated(parts);
        self.allocated = self.allocated.wrapping_add(given.wrapping_mul(count));
        if blocks.numbers && parts.is_number {
            self.numbers = self.numbers.wrapping_add(count);
            return;
        }
        self.add_block(blocks, parts.object + parts.spare, true, count);
        let from_pymalloc = blocks.tables || !parts.of_slots;
        self.add_block(blocks, parts.table, from_pymalloc, count);
    }

    /// One more block of malloc's, however small, of so many bytes.
    pub(super) fn add_malloc(&mut self, blocks: &Blocks, bytes: u64) {
        self.requested = self.requested.wrapping_add(bytes);
        let given = blocks.round(bytes, false);
        self.allocated = self.allocated.wrapping_add(given);
        self.add_block(blocks, bytes, false, 1);
    }

    fn add_block(&mut self, blocks: &Blocks, bytes: u64, pymalloc: bool, count: u64) {
        let sum = match bytes {
            0 => return,
            1..=LARGEST if pymalloc => {
                let class = &mut self.classes[bytes.div_ceil(blocks.granule) as usize];
                *class = class.wrapping_add(count);
                return;
            }
            MAPPED.. => &mut self.mapped,
            _ => &mut self.chunks,
        };
        *sum = sum.wrapping_add(blocks.round(bytes, pymalloc).wrapping_mul(count));
    }

    /// All of another tally as well.
    pub(super) fn add_all(&mut self, other: &Tally) {
        self.requested = self.requested.wrapping_add(other.requested);
        self.allocated = self.allocated.wrapping_add(other.allocated);
        for (class, more) in self.classes.iter_mut().zip(&other.classes) {
            *class = class.wrapping_add(*more);
        }
        self.chunks = self.chunks.wrapping_add(other.chunks);
        self.mapped = self.mapped.wrapping_add(other.mapped);
        self.numbers = self.numbers.wrapping_add(other.numbers);
        self.noted = self.noted.wrapping_add(other.noted);
        self.utf8 = self.utf8.wrapping_add(other.utf8);
    }

    /// So many more objects that a pickler's memo notes.
    pub(super) fn note(&mut self, count: u64) {
        self.noted = self.noted.wrapping_add(count);
    }

    /// Objects that a pickler's memo notes.
    pub(super) fn noted(&self) -> u64 {
        self.noted
    }

    /// So many more texts that keep their UTF-8, of so many bytes, once it was
    /// needed.
    pub(super) fn encode(&mut self, blocks: &Blocks, bytes: u64, count: u64) {
        let block = blocks.round(bytes + 1, true);
        self.utf8 = self.utf8.wrapping_add(block.wrapping_mul(count));
    }

    /// Bytes of the UTF-8 that texts keep once they were encoded.
    pub(super) fn utf8(&self) -> u64 {
        self.utf8
    }

    /// Takes back bytes of mapped blocks that nothing ever wrote to.
    pub(super) fn untouched(&mut self, bytes: u64) {
        self.mapped = self.mapped.wrapping_sub(bytes);
    }

    /// Bytes of blocks of pymalloc that become free with these objects and can take
    /// others of `bytes`, while those of `live` stay: their own blocks, and whole pools
    /// of other sizes as far as none of the objects that stay is likely to lie in them.
    pub(super) fn room_for(&self, live: &Tally, bytes: u64, blocks: &Blocks) -> u64 {
        let mut room = 0;
        for ((&freed, &stays), class) in self.classes.iter().zip(&live.classes).zip(0..) {
            let size: u64 = class * blocks.granule;
            let of_pool = (blocks.pool - 48).checked_div(size).unwrap_or(1);
            let share = if size == bytes.next_multiple_of(blocks.granule) {
                1.0
            } else {
                let freed_share = freed as f64 / (freed + stays).max(1) as f64;
                freed_share.powf(of_pool as f64)
            };
            room += ((size * freed) as f64 * share) as u64;
        }
        room
    }

    /// Bytes of whole pools.
    pub(super) fn pools(&self, blocks: &Blocks) -> u64 {
        let pools = self.classes.iter().zip(0..).map(|(&count, class)| {
            let size: u64 = class * blocks.granule;
            // Its header takes 48 bytes.
            let of_pool = (blocks.pool - 48).checked_div(size).unwrap_or(1);
            count.div_ceil(of_pool)
        });
        blocks.pool * pools.sum::<u64>()
    }

    /// Bytes of malloc's heap.
    pub(super) fn heap(&self) -> u64 {
        self.chunks + 1008 * self.numbers.div_ceil(NUMBERS)
    }

    /// Bytes mapped by themselves.
    pub(super) fn mapped(&self) -> u64 {
        self.mapped
    }
}
