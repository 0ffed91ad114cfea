//! The wrapper that stands between a program and its allocator.
#![allow(unsafe_code)] // `GlobalAlloc` is an unsafe trait; there is no other way in.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr;

use super::Heap;

/// An allocator that counts what passes through it on the way to another, `A`.
/// What it counted is its [`heap`](Metered::heap).
///
/// ```
/// use std::alloc::System;
/// use peakheap::Metered;
///
/// #[global_allocator]
/// static ALLOCATOR: Metered<System> = Metered::new(System);
///
/// assert!(ALLOCATOR.heap().is_installed());
/// ```
///
/// The program behaves as it does without: all four methods are forwarded as
/// they are, because the trait's own `alloc_zeroed` and `realloc` would touch
/// pages and move blocks that the inner allocator leaves alone.
#[derive(Debug)]
pub struct Metered<A = System> {
    inner: A,
    heap: Heap,
}

impl Metered {
    /// Counts the allocations of the system's allocator.
    #[must_use]
    pub const fn system() -> Metered {
        Metered::new(System)
    }
}

impl<A> Metered<A> {
    /// Counts the allocations of `inner`.
    #[must_use]
    pub const fn new(inner: A) -> Metered<A> {
        Metered {
            inner,
            heap: Heap::new(),
        }
    }

    /// The counters: bytes live now, and windows over parts of the program.
    #[must_use]
    pub const fn heap(&self) -> &Heap {
        &self.heap
    }
}

// SAFETY: every call goes to `inner` with the caller's own arguments and comes
// back with `inner`'s own answer, so `inner`'s contract is what callers get.
// The counting in between neither allocates nor panics nor unwinds.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Metered<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are the ones `inner` asks for.
        let block = unsafe { self.inner.alloc(layout) };
        if !block.is_null() && !self.heap.allocated(layout.size()) {
            // SAFETY: `block` came from `inner` with this layout, just now.
            return unsafe { self.take_back(block, layout) };
        }
        block
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as in `alloc`.
        let block = unsafe { self.inner.alloc_zeroed(layout) };
        if !block.is_null() && !self.heap.allocated(layout.size()) {
            // SAFETY: as in `alloc`.
            return unsafe { self.take_back(block, layout) };
        }
        block
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // Before the inner call: once it returns, another thread may have been
        // given the same block and counted it, and live bytes would be too high.
        self.heap.freed(layout.size());
        // SAFETY: as in `alloc`; `block` came from `inner`, through us.
        unsafe { self.inner.dealloc(block, layout) }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // Before the inner call: afterwards the old block may be gone.
        if new_size > layout.size() && !self.heap.may_grow(layout.size(), new_size) {
            return ptr::null_mut();
        }
        // SAFETY: as in `dealloc`.
        let new_block = unsafe { self.inner.realloc(block, layout, new_size) };
        if !new_block.is_null() {
            let moved = new_block != block;
            self.heap.reallocated(layout.size(), new_size, moved);
        }
        new_block
    }
}

impl<A: GlobalAlloc> Metered<A> {
    /// Gives a block back that the heap's limit is against, and gives the null
    /// pointer by which an allocator says no.
    ///
    /// # Safety
    ///
    /// `block` came from `inner` with this layout and was handed to nobody.
    #[cold]
    #[inline(never)]
    unsafe fn take_back(&self, block: *mut u8, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promised.
        unsafe { self.inner.dealloc(block, layout) };
        ptr::null_mut()
    }
}

/// Whether [`trim`] can do anything here: on Linux with the GNU C library.
#[must_use]
pub const fn can_trim() -> bool {
    cfg!(all(target_os = "linux", target_env = "gnu", not(miri)))
}

/// Asks the C library's allocator to give free memory back to the system:
/// `malloc_trim(0)` of malloc_trim(3). It goes through all of its memory and
/// returns every whole page that is free, in the middle of the heap too.
///
/// `Some(true)` if any memory went back; `None` where [`can_trim`] says that
/// it cannot do anything.
/// Without effect on memory of another allocator than the system's.
pub fn trim() -> Option<bool> {
    #[cfg(all(target_os = "linux", target_env = "gnu", not(miri)))]
    {
        unsafe extern "C" {
            fn malloc_trim(pad: usize) -> std::ffi::c_int;
        }
        // SAFETY: the declaration is malloc.h's; it takes any number, and locks
        // what it works on against other threads.
        Some(unsafe { malloc_trim(0) } == 1)
    }
    #[cfg(not(all(target_os = "linux", target_env = "gnu", not(miri))))]
    None
}

#[cfg(test)]
mod tests {
    //! Known answers, through `GlobalAlloc`'s own methods, so that nothing
    //! else in the process is counted and Miri can watch.

    use std::sync::Barrier;
    use std::thread;

    use super::*;

    const KIB: usize = 1024;

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, 8).unwrap()
    }

    /// A block that gives itself back, so that tests read as a story.
    struct Block<'a, A: GlobalAlloc> {
        allocator: &'a Metered<A>,
        start: *mut u8,
        layout: Layout,
    }

    // SAFETY: a block belongs to whoever holds it; any thread may free it.
    unsafe impl<A: GlobalAlloc + Sync> Send for Block<'_, A> {}

    impl<A: GlobalAlloc> Metered<A> {
        fn take(&self, layout: Layout) -> Block<'_, A> {
            self.try_take(layout).unwrap()
        }

        fn try_take(&self, layout: Layout) -> Option<Block<'_, A>> {
            // SAFETY: no layout in these tests has size 0.
            let start = unsafe { self.alloc(layout) };
            (!start.is_null()).then(|| Block {
                allocator: self,
                start,
                layout,
            })
        }
    }

    impl<A: GlobalAlloc> Block<'_, A> {
        fn resize(&mut self, size: usize) {
            // SAFETY: `start` and `layout` describe a live block; size is not 0.
            let start = unsafe { self.allocator.realloc(self.start, self.layout, size) };
            assert!(!start.is_null());
            self.start = start;
            self.layout = Layout::from_size_align(size, self.layout.align()).unwrap();
        }
    }

    impl<A: GlobalAlloc> Drop for Block<'_, A> {
        fn drop(&mut self) {
            // SAFETY: `start` and `layout` describe a live block.
            unsafe { self.allocator.dealloc(self.start, self.layout) }
        }
    }

    #[test]
    fn trimming_is_said_to_work_where_it_does() {
        assert_eq!(trim().is_some(), can_trim());
    }

    #[test]
    fn nested_lives() {
        let allocator = Metered::system();
        let window = allocator.heap().open();
        let outer = allocator.take(layout(1000));
        {
            let _middle = allocator.take(layout(200));
            drop(allocator.take(layout(30)));
            drop(allocator.take(layout(40)));
        }
        let late = allocator.take(layout(100));
        drop(outer);
        let usage = window.close();
        assert_eq!(usage.floor_bytes, 0);
        assert_eq!(usage.peak_bytes, 1240);
        assert_eq!(usage.peak_upper_bytes, 1240);
        assert_eq!(usage.live_bytes, 100);
        assert_eq!(usage.allocated_bytes, 1370);
        assert_eq!(usage.allocations, 5);
        assert_eq!(usage.largest_bytes, 1000);
        drop(late);
        assert_eq!(allocator.heap().live_bytes(), 0);
    }

    #[test]
    fn window_opened_while_memory_is_live() {
        let allocator = Metered::system();
        let before = allocator.take(layout(5000));
        let large = allocator.take(layout(9000));
        drop(large);
        let window = allocator.heap().open();
        drop(before);
        let within = allocator.take(layout(700));
        let usage = window.close();
        assert_eq!(usage.floor_bytes, 5000);
        assert_eq!(
            usage.peak_bytes, 5000,
            "what came before the window is not its peak"
        );
        assert_eq!(usage.live_bytes, 700);
        assert_eq!(usage.allocated_bytes, 700);
        assert_eq!(usage.largest_bytes, 700);
        drop(within);
    }

    #[test]
    fn a_second_window_starts_anew() {
        let allocator = Metered::system();
        let window = allocator.heap().open();
        drop(allocator.take(layout(4000)));
        assert_eq!(window.close().peak_bytes, 4000);
        let window = allocator.heap().open();
        drop(allocator.take(layout(10)));
        let usage = window.close();
        assert_eq!((usage.peak_bytes, usage.allocations), (10, 1));
    }

    #[test]
    #[should_panic(expected = "window open already")]
    fn two_windows_at_once_are_refused() {
        let allocator = Metered::system();
        let _first = allocator.heap().open();
        let _second = allocator.heap().open();
    }

    #[test]
    fn zeroed_and_over_aligned() {
        let allocator = Metered::system();
        let window = allocator.heap().open();
        // SAFETY: the size is not 0; the block is freed with its own layout.
        unsafe {
            let zeroed = allocator.alloc_zeroed(layout(3000));
            assert!((0..3000).all(|at| *zeroed.add(at) == 0));
            allocator.dealloc(zeroed, layout(3000));
        }
        let aligned = allocator.take(Layout::from_size_align(500, 4096).unwrap());
        assert_eq!(aligned.start.addr() % 4096, 0);
        drop(aligned);
        let usage = window.close();
        assert_eq!(usage.peak_bytes, 3000);
        assert_eq!(
            usage.allocated_bytes, 3500,
            "requested bytes, not what alignment adds"
        );
        assert_eq!(usage.allocations, 2);
    }

    /// Moves on every `realloc`, or never.
    struct Moving(bool);

    // SAFETY: every block is a block of `System`'s, of 64 KiB where it has to
    // stay in place, and is given back with the layout it was taken with.
    unsafe impl GlobalAlloc for Moving {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            // SAFETY: as the caller promised.
            unsafe { System.alloc(self.real(layout)) }
        }

        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            // SAFETY: as the caller promised.
            unsafe { System.dealloc(block, self.real(layout)) }
        }

        unsafe fn realloc(&self, block: *mut u8, old: Layout, new_size: usize) -> *mut u8 {
            if !self.0 {
                return block;
            }
            let new_layout = Layout::from_size_align(new_size, old.align()).unwrap();
            // SAFETY: both blocks are live and at least as long as the copy.
            unsafe {
                let new_block = self.alloc(new_layout);
                ptr::copy_nonoverlapping(block, new_block, old.size().min(new_size));
                self.dealloc(block, old);
                new_block
            }
        }
    }

    impl Moving {
        fn real(&self, layout: Layout) -> Layout {
            if self.0 {
                layout
            } else {
                Layout::from_size_align(64 * KIB, layout.align()).unwrap()
            }
        }
    }

    fn resized(moving: bool) -> crate::HeapUsage {
        let allocator = Metered::new(Moving(moving));
        let window = allocator.heap().open();
        let mut block = allocator.take(layout(1000));
        block.resize(3000);
        block.resize(2000);
        let usage = window.close();
        drop(block);
        assert_eq!(allocator.heap().live_bytes(), 0);
        usage
    }

    #[test]
    fn realloc_up_and_down() {
        for moving in [false, true] {
            let usage = resized(moving);
            assert_eq!(usage.peak_bytes, 3000, "moving: {moving}");
            assert_eq!(usage.live_bytes, 2000);
            assert_eq!(usage.allocations, 3);
            assert_eq!(usage.allocated_bytes, 3000, "growth only");
            assert_eq!(usage.largest_bytes, 3000);
        }
    }

    #[test]
    fn a_realloc_that_moves_holds_both_blocks() {
        // On the way down: 3000 bytes old, 2000 bytes new.
        assert_eq!(resized(true).peak_upper_bytes, 5000);
        assert_eq!(resized(false).peak_upper_bytes, 3000);
    }

    /// Has nothing to give.
    struct Exhausted;

    // SAFETY: a null pointer is the contract's way of saying no.
    unsafe impl GlobalAlloc for Exhausted {
        unsafe fn alloc(&self, _: Layout) -> *mut u8 {
            ptr::null_mut()
        }

        unsafe fn dealloc(&self, _: *mut u8, _: Layout) {
            unreachable!("nothing was handed out");
        }
    }

    #[test]
    fn a_failed_allocation_counts_nothing() {
        let allocator = Metered::new(Exhausted);
        let window = allocator.heap().open();
        // SAFETY: the sizes are not 0; `realloc`'s inner method only looks at
        // the block after its own allocation succeeded.
        unsafe {
            assert!(allocator.alloc(layout(1 << 40)).is_null());
            assert!(allocator.alloc_zeroed(layout(1 << 40)).is_null());
            let mut there = 0u64;
            let block = ptr::from_mut(&mut there).cast();
            assert!(allocator.realloc(block, layout(8), 1 << 40).is_null());
        }
        let usage = window.close();
        assert_eq!(usage.peak_upper_bytes, 0);
        assert_eq!(
            (
                usage.allocations,
                usage.allocated_bytes,
                usage.largest_bytes
            ),
            (0, 0, 0)
        );
    }

    #[test]
    fn a_limit_is_exact_for_every_way_to_take_memory() {
        let allocator = Metered::system();
        let before = allocator.take(layout(600));
        let limit = allocator.heap().limit(1000);
        let window = allocator.heap().open();
        let mut block = allocator.take(layout(400));
        assert!(allocator.try_take(layout(1)).is_none());
        // SAFETY: no size is 0; `block` is live and stays so where `realloc` fails.
        unsafe {
            assert!(allocator.alloc_zeroed(layout(2)).is_null());
            for size in [isize::MAX as usize - 7, 403] {
                assert!(allocator.realloc(block.start, block.layout, size).is_null());
            }
        }
        assert_eq!(limit.refused_bytes(), Some(403));
        block.resize(100);
        drop(before);
        drop(allocator.take(layout(900)));
        block.resize(1000);
        let usage = window.close();
        assert_eq!((usage.peak_bytes, usage.live_bytes), (1000, 1000));
        assert_eq!(usage.allocations, 4, "what was refused is not counted");
        assert_eq!((usage.allocated_bytes, usage.largest_bytes), (2200, 1000));
        drop(limit);
        drop(allocator.take(layout(5000)));
        drop(block);
        assert_eq!(allocator.heap().live_bytes(), 0);
    }

    #[test]
    fn a_limit_below_what_is_live_lets_nothing_through_until_enough_was_freed() {
        let allocator = Metered::system();
        let (large, small) = (allocator.take(layout(900)), allocator.take(layout(50)));
        let limit = allocator.heap().limit(100);
        assert!(allocator.try_take(layout(50)).is_none());
        drop(large);
        assert_eq!(limit.refused_bytes(), Some(50));
        drop((allocator.take(layout(50)), small));
    }

    #[test]
    fn a_limit_is_exact_for_threads_that_take_at_once() {
        let allocator = Metered::system();
        let _limit = allocator.heap().limit(1000);
        let barrier = Barrier::new(4);
        let take_all = || {
            barrier.wait();
            let taken = (0..100).filter_map(|_| allocator.try_take(layout(10)));
            taken.collect::<Vec<_>>()
        };
        thread::scope(|scope| {
            let threads = [(); 4].map(|()| scope.spawn(take_all));
            let taken = threads.map(|thread| thread.join().unwrap());
            assert_eq!(taken.iter().map(Vec::len).sum::<usize>(), 100);
            assert_eq!(allocator.heap().live_bytes(), 1000);
        });
    }

    #[test]
    #[should_panic(expected = "a limit already")]
    fn two_limits_at_once_are_refused() {
        let allocator = Metered::system();
        let _first = allocator.heap().limit(1);
        let _second = allocator.heap().limit(2);
    }

    #[test]
    fn four_threads_meet_at_a_barrier() {
        let allocator = Metered::system();
        let window = allocator.heap().open();
        let own = allocator.take(layout(10));
        let barrier = Barrier::new(4);
        thread::scope(|scope| {
            for size in [100, 2000, 30_000, 400_000] {
                let (allocator, barrier) = (&allocator, &barrier);
                scope.spawn(move || {
                    for _ in 0..3 {
                        drop(allocator.take(layout(size)));
                    }
                    let block = allocator.take(layout(size));
                    barrier.wait();
                    drop(block);
                    barrier.wait();
                });
            }
        });
        drop(own);
        let usage = window.close();
        assert_eq!(usage.peak_bytes, 432_110);
        assert_eq!(usage.live_bytes, 0);
        assert_eq!(usage.allocations, 17);
        assert_eq!(usage.allocated_bytes, 10 + 4 * 432_100);
        assert_eq!(usage.largest_bytes, 400_000);
    }

    #[test]
    fn the_owner_and_another_thread_add_up() {
        let allocator = Metered::system();
        let barrier = Barrier::new(2);
        let window = allocator.heap().open();
        thread::scope(|scope| {
            scope.spawn(|| {
                let block = allocator.take(layout(500));
                barrier.wait();
                barrier.wait();
                drop(block);
            });
            barrier.wait();
            let own = allocator.take(layout(6000));
            drop(own);
            barrier.wait();
        });
        assert_eq!(window.close().peak_bytes, 6500);
    }

    #[test]
    fn freed_by_another_thread() {
        let allocator = Metered::system();
        let window = allocator.heap().open();
        for _ in 0..3 {
            let block = allocator.take(layout(1000));
            thread::scope(|scope| {
                scope.spawn(move || drop(block));
            });
        }
        assert_eq!(allocator.heap().live_bytes(), 0);
        let theirs = thread::scope(|scope| scope.spawn(|| allocator.take(layout(70))).join());
        drop(theirs);
        let usage = window.close();
        assert_eq!(usage.peak_bytes, 1000);
        assert_eq!(usage.live_bytes, 0);
        assert_eq!(usage.allocations, 4);
    }

    #[test]
    fn the_timeline_has_floor_peak_and_end() {
        let allocator = Metered::system();
        let floor = allocator.take(layout(7));
        let window = allocator.heap().open();
        let mut blocks = Vec::new();
        for _ in 0..100 {
            blocks.push(allocator.take(layout(16 * KIB)));
        }
        drop(allocator.take(layout(3))); // A peak between two points.
        blocks.truncate(10);
        let usage = window.close();
        let live: Vec<u64> = usage
            .timeline
            .iter()
            .map(|point| point.live_bytes)
            .collect();
        assert_eq!(live.first(), Some(&7));
        assert_eq!(live.last(), Some(&(7 + 10 * 16 * KIB as u64)));
        assert_eq!(live.iter().max(), Some(&usage.peak_bytes));
        assert_eq!(usage.peak_bytes, 7 + 100 * 16 * KIB as u64 + 3);
        assert_eq!(
            live.len(),
            1 + 100 + 1 + 90 + 1,
            "a point for each block that came or went"
        );
        assert!(usage.timeline.is_sorted_by_key(|point| point.seconds));
        drop(floor);
    }

    #[test]
    #[cfg_attr(miri, ignore = "takes Miri many minutes")]
    fn a_long_timeline_keeps_its_extremes() {
        let rounds = 200_000;
        let allocator = Metered::system();
        let window = allocator.heap().open();
        let keep = allocator.take(layout(128 * KIB));
        for round in 0..rounds {
            // One spike, many teeth.
            let size = if round == rounds / 3 {
                1024 * KIB
            } else {
                64 * KIB
            };
            drop(allocator.take(layout(size)));
        }
        let usage = window.close();
        let live = || usage.timeline.iter().map(|point| point.live_bytes);
        assert!(usage.timeline.len() <= 16 * KIB + 1);
        assert_eq!(live().max(), Some((128 + 1024) * KIB as u64));
        assert_eq!(live().min(), Some(0));
        drop(keep);
    }
}
