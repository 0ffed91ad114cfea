//! The counters: exact, and cheap on the thread that matters.
//!
//! What makes a counting allocator slow is the processor's lock prefix on
//! every counter. So the thread that opened the window owns a set of plain
//! counters, and every other thread shares a second set behind a lock. Live
//! bytes are the sum of both sets; each set keeps its own peak of that sum,
//! and the answer is the larger.
//!
//! With one thread this is exact. With several it is exact as long as they
//! meet between reaching the peak and freeing, as threads do that pass data
//! on; two threads that allocate and free at the very same moment can each
//! miss the other's last block, for as long as a store takes to reach the
//! other processor.
//!
//! Two shortcuts keep the common path short. Live bytes only fall when
//! something is freed, so the peak is looked at *before* each free and when
//! the window closes, never when a block is added. And the timeline costs one
//! comparison: against a high mark when bytes are added, a low mark when they
//! are freed. A limit on live bytes hides behind the same comparison; see
//! `limit.rs`.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::ptr;
use std::sync::atomic::Ordering::Release;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Acquire, Ordering::Relaxed};

use super::timeline::{Point, Recorder};

thread_local! {
    /// Which heap's plain counters belong to this thread: the heap in which it
    /// has a window open. `const` and without a destructor, so that it can be
    /// read inside an allocator at any time of a thread's life.
    static OWNED: Cell<*const Heap> = const { Cell::new(ptr::null()) };
}

/// The counters of a [`Metered`](super::Metered) allocator: bytes live now, and
/// through a [`Window`] the peak and the sums of a part of the program.
///
/// It counts from the process's first allocation to its last: switching off
/// and on again would make live bytes wrong.
pub struct Heap {
    /// Written by the thread that has the window open.
    pub(super) owner: Counters,
    /// Written under `lock` by every other thread.
    pub(super) others: Counters,
    pub(super) lock: SpinLock,
    /// The window's peak up to the stretch that is measured now; see
    /// `stretch.rs`.
    pub(super) earlier_peak: AtomicI64,
    open: AtomicBool,
    /// Size of the block that was refused last, since there is a
    /// [limit](Heap::limit); 0 for none.
    pub(super) refused: AtomicU64,
    pub(super) recorder: Recorder,
}

/// A set of counters, on a cache line of its own (two, for the sake of
/// processors that fetch lines in pairs). Only one thread at a time writes it,
/// so loads and stores suffice; they are atomic because others read.
#[repr(align(128))]
pub(super) struct Counters {
    /// Bytes allocated less bytes freed by those who write here. Negative
    /// where memory is freed by another thread than took it.
    live: AtomicI64,
    /// Most live bytes of both sets, as seen from here.
    pub(super) peak: AtomicI64,
    /// The same, with both blocks of a moving `realloc`.
    peak_upper: AtomicI64,
    allocated: AtomicU64,
    pub(super) allocations: AtomicU64,
    largest: AtomicU64,
}

impl Counters {
    const fn new() -> Counters {
        Counters {
            live: AtomicI64::new(0),
            peak: AtomicI64::new(0),
            peak_upper: AtomicI64::new(0),
            allocated: AtomicU64::new(0),
            allocations: AtomicU64::new(0),
            largest: AtomicU64::new(0),
        }
    }

    #[inline]
    fn count(&self, added: usize, block: usize) {
        self.allocations
            .store(self.allocations.load(Relaxed) + 1, Relaxed);
        self.allocated
            .store(self.allocated.load(Relaxed) + added as u64, Relaxed);
        if block as u64 > self.largest.load(Relaxed) {
            self.largest.store(block as u64, Relaxed);
        }
    }

    #[inline]
    fn add(&self, bytes: usize) {
        self.live
            .store(self.live.load(Relaxed) + bytes as i64, Relaxed);
    }

    #[inline]
    fn raise_peak(&self, total: i64) {
        if total > self.peak.load(Relaxed) {
            self.peak.store(total, Relaxed);
        }
    }

    fn restart(&self, total: i64) {
        self.peak.store(total, Relaxed);
        self.peak_upper.store(total, Relaxed);
        self.allocated.store(0, Relaxed);
        self.allocations.store(0, Relaxed);
        self.largest.store(0, Relaxed);
    }
}

impl Default for Heap {
    fn default() -> Heap {
        Heap::new()
    }
}

impl fmt::Debug for Heap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Heap")
            .field("live_bytes", &self.live_bytes())
            .field("open", &self.open.load(Relaxed))
            .finish_non_exhaustive()
    }
}

impl Heap {
    /// Counters that have seen nothing.
    #[must_use]
    pub const fn new() -> Heap {
        Heap {
            owner: Counters::new(),
            others: Counters::new(),
            lock: SpinLock::new(),
            earlier_peak: AtomicI64::new(0),
            open: AtomicBool::new(false),
            refused: AtomicU64::new(0),
            recorder: Recorder::new(),
        }
    }

    /// Bytes live now, in all threads, as requested from the allocator.
    #[must_use]
    pub fn live_bytes(&self) -> u64 {
        self.total().max(0) as u64
    }

    /// Whether this heap sees the program's allocations, because its
    /// [`Metered`](super::Metered) is the global allocator. Where it is not,
    /// figures would all be 0 and mean nothing.
    ///
    /// Finds out by allocating, so not for use within a window.
    #[must_use]
    pub fn is_installed(&self) -> bool {
        let before = self.total();
        let probe = std::hint::black_box(Box::new([0u8; 64]));
        let after = self.total();
        drop(std::hint::black_box(probe));
        after != before
    }

    /// Opens the window: peak, sums and timeline start anew from here, with
    /// what is live now as the floor. For a quiet moment: other threads that
    /// allocate right now may be counted on either side.
    ///
    /// All threads count. The window is closed by the thread that opened it,
    /// whose allocations need no lock and are exact; two threads that allocate
    /// and free at the very same moment can each miss the other's last block.
    ///
    /// # Panics
    ///
    /// If a window of this heap is open already.
    #[must_use = "a window measures until it is closed"]
    pub fn open(&self) -> Window<'_> {
        let was_open = self.open.swap(true, Acquire);
        assert!(!was_open, "this heap has a window open already");
        self.recorder.prepare();
        let floor = self.total();
        self.owner.restart(floor);
        self.others.restart(floor);
        self.earlier_peak.store(floor, Relaxed);
        OWNED.set(self);
        self.recorder.start(floor);
        Window {
            heap: self,
            floor,
            on_this_thread: PhantomData,
        }
    }

    #[inline]
    pub(super) fn total(&self) -> i64 {
        self.owner.live.load(Relaxed) + self.others.live.load(Relaxed)
    }

    /// Runs `count` with the set of counters that this thread may write.
    ///
    /// Inlined always, and the other threads' way never: that keeps the
    /// owner's way to a dozen instructions.
    #[inline(always)]
    fn with_counters<R>(&self, count: impl Fn(&Counters, Locked) -> R) -> R {
        if ptr::eq(OWNED.get(), self) {
            count(&self.owner, Locked::No)
        } else {
            self.with_others(count)
        }
    }

    #[cold]
    #[inline(never)]
    fn with_others<R>(&self, count: impl Fn(&Counters, Locked) -> R) -> R {
        self.lock.with(|| count(&self.others, Locked::Yes))
    }

    /// A block of `size` bytes is there to be handed out. Gives `false`, and
    /// counts nothing, where the [limit](Heap::limit) is against it.
    ///
    /// The limit costs nothing here: the mark at which a point of the timeline
    /// is due never lies above it.
    #[inline(always)]
    #[must_use]
    pub(super) fn allocated(&self, size: usize) -> bool {
        self.with_counters(|counters, locked| {
            let total = self.total() + size as i64;
            if total >= self.recorder.high() {
                return self.allocated_at_mark(counters, locked, total, size);
            }
            counters.count(size, size);
            counters.add(size);
            true
        })
    }

    /// As [`allocated`](Heap::allocated), where a point of the timeline is due
    /// or the limit is near.
    #[cold]
    #[inline(never)]
    fn allocated_at_mark(
        &self,
        counters: &Counters,
        locked: Locked,
        total: i64,
        size: usize,
    ) -> bool {
        if self.refuses(total, size) {
            return false;
        }
        counters.count(size, size);
        counters.add(size);
        self.record(total, locked);
        true
    }

    /// A block of `size` bytes is about to be given back.
    #[inline(always)]
    pub(super) fn freed(&self, size: usize) {
        self.with_counters(|counters, locked| self.subtract(counters, locked, size));
    }

    /// A block of `old` bytes has become one of `new` bytes.
    #[inline(always)]
    pub(super) fn reallocated(&self, old: usize, new: usize, moved: bool) {
        self.with_counters(|counters, locked| {
            if moved {
                let both = self.total() + new as i64;
                if both > counters.peak_upper.load(Relaxed) {
                    counters.peak_upper.store(both, Relaxed);
                }
            }
            counters.count(new.saturating_sub(old), new);
            if new >= old {
                self.add(counters, locked, new - old);
            } else {
                self.subtract(counters, locked, old - new);
            }
        });
    }

    #[inline]
    fn add(&self, counters: &Counters, locked: Locked, bytes: usize) {
        counters.add(bytes);
        let total = self.total();
        if total >= self.recorder.high() {
            self.record(total, locked);
        }
    }

    #[inline]
    fn subtract(&self, counters: &Counters, locked: Locked, bytes: usize) {
        let before = self.total();
        counters.raise_peak(before);
        counters
            .live
            .store(counters.live.load(Relaxed) - bytes as i64, Relaxed);
        let total = before - bytes as i64;
        if total <= self.recorder.low() {
            self.record(total, locked);
        }
    }

    #[cold]
    #[inline(never)]
    fn record(&self, total: i64, locked: Locked) {
        let peak = self.window_peak(total);
        match locked {
            Locked::Yes => self.recorder.record(total, peak),
            Locked::No => self.lock.with(|| self.recorder.record(total, peak)),
        }
    }

    /// Peak since the window or the stretch within it began.
    pub(super) fn peak(&self, total: i64) -> i64 {
        let seen = self
            .owner
            .peak
            .load(Relaxed)
            .max(self.others.peak.load(Relaxed));
        seen.max(total)
    }

    fn window_peak(&self, total: i64) -> i64 {
        self.peak(total).max(self.earlier_peak.load(Relaxed))
    }
}

/// Whether the caller holds the heap's lock.
#[derive(Clone, Copy)]
enum Locked {
    Yes,
    No,
}

/// A part of a program's life over which its heap is measured, from
/// [`Heap::open`] to [`close`](Window::close). Dropped without that, it
/// measures nothing.
#[derive(Debug)]
pub struct Window<'a> {
    heap: &'a Heap,
    floor: i64,
    /// Not `Send`: the cheap counters belong to the thread that opened it.
    on_this_thread: PhantomData<*const ()>,
}

impl Window<'_> {
    /// Ends the measurement and says what it found. Not more than a list for
    /// the timeline is allocated, and that after the last look.
    #[must_use]
    pub fn close(self) -> HeapUsage {
        let heap = self.heap;
        let live = heap.total();
        let peak = heap.window_peak(live);
        heap.lock.with(|| heap.recorder.stop(live, peak));
        let sum = |of: fn(&Counters) -> &AtomicU64| {
            of(&heap.owner).load(Relaxed) + of(&heap.others).load(Relaxed)
        };
        let max = |a: &AtomicI64, b: &AtomicI64| a.load(Relaxed).max(b.load(Relaxed));
        let peak_upper = max(&heap.owner.peak_upper, &heap.others.peak_upper).max(peak);
        let largest = heap.owner.largest.load(Relaxed);
        HeapUsage {
            floor_bytes: self.floor.max(0) as u64,
            peak_bytes: peak.max(0) as u64,
            peak_upper_bytes: peak_upper.max(0) as u64,
            live_bytes: live.max(0) as u64,
            allocated_bytes: sum(|c| &c.allocated),
            allocations: sum(|c| &c.allocations),
            largest_bytes: largest.max(heap.others.largest.load(Relaxed)),
            // Last: it allocates.
            timeline: heap.recorder.points(),
        }
    }
}

impl Drop for Window<'_> {
    fn drop(&mut self) {
        let heap = self.heap;
        heap.lock.with(|| {
            let both = heap.total();
            heap.recorder.disarm();
            OWNED.set(ptr::null());
            heap.owner.live.store(0, Relaxed);
            heap.others.live.store(both, Relaxed);
        });
        heap.open.store(false, Release);
    }
}

/// What a [`Window`] found, in bytes as requested from the allocator, not in
/// the blocks that it made of them.
///
/// What the code within the window needed at the most is `peak_bytes -
/// floor_bytes`; what it left behind, `live_bytes - floor_bytes`.
#[derive(Debug, Clone, PartialEq)]
pub struct HeapUsage {
    /// Live when the window opened.
    pub floor_bytes: u64,
    /// Most live bytes within the window; a `realloc` counts as its change of size.
    pub peak_bytes: u64,
    /// The same, with old and new block both counted when a `realloc` moved.
    /// The truth for a given allocator lies between the two.
    pub peak_upper_bytes: u64,
    /// Live when the window closed.
    pub live_bytes: u64,
    /// Sum of all that was allocated; a `realloc` counts as its growth.
    pub allocated_bytes: u64,
    /// Calls that took or resized a block.
    pub allocations: u64,
    /// Largest single block.
    pub largest_bytes: u64,
    /// Live bytes over time: the first point is the opening, the last the
    /// closing, and the peak is among them.
    pub timeline: Vec<Point>,
}

/// A lock for the inside of an allocator: it neither allocates nor poisons.
pub(super) struct SpinLock(AtomicBool);

impl SpinLock {
    const fn new() -> SpinLock {
        SpinLock(AtomicBool::new(false))
    }

    #[inline]
    pub(super) fn with<R>(&self, f: impl FnOnce() -> R) -> R {
        let mut tries = 0u32;
        while self
            .0
            .compare_exchange_weak(false, true, Acquire, Relaxed)
            .is_err()
        {
            tries += 1;
            // The holder may be waiting for the very processor that spins here.
            if tries.is_multiple_of(64) {
                std::thread::yield_now();
            } else {
                std::hint::spin_loop();
            }
        }
        let result = f();
        self.0.store(false, Release);
        result
    }
}
