//! A limit on live bytes: what would exceed it is not handed out.
//!
//! The timeline's high mark is where an allocation leaves the short path anyway.
//! A limit pulls that mark down to itself, so that it is looked at when live
//! bytes reach it, and costs nothing before.

use std::sync::atomic::Ordering::Relaxed;

use super::Heap;

/// Keeps a heap's live bytes from exceeding a [limit](Heap::limit) until it is
/// dropped.
#[derive(Debug)]
#[must_use = "a limit holds until it is dropped"]
pub struct Limit<'a> {
    heap: &'a Heap,
}

impl Heap {
    /// Makes allocations fail that would leave more than `bytes` live, by this
    /// heap's own count, until the [`Limit`] is dropped: `alloc`, `alloc_zeroed`
    /// and a `realloc` that grows give a null pointer, and nothing is counted for
    /// them. The standard library then says how many bytes were asked for and
    /// ends the process; `try_reserve` gives an error.
    ///
    /// Where more is live already, nothing more is handed out until enough was
    /// freed. A `realloc` counts as its change of size, as in
    /// [`peak_bytes`](super::HeapUsage::peak_bytes): a limit of a window's peak
    /// lets the same work through, and one of a byte less does not.
    ///
    /// That is exact for the thread that has the window open, and for the other
    /// threads among themselves where they do not resize; see [`open`](Heap::open)
    /// for what two sides can miss of each other. Threads that grow blocks at the
    /// very same moment can together exceed the limit by what they grow.
    ///
    /// ```
    /// use peakheap::Metered;
    ///
    /// #[global_allocator]
    /// static ALLOCATOR: Metered = Metered::system();
    ///
    /// let heap = ALLOCATOR.heap();
    /// let limit = heap.limit(heap.live_bytes() + 1000);
    /// let mut list: Vec<u8> = Vec::new();
    /// assert!(list.try_reserve_exact(1001).is_err());
    /// assert_eq!(limit.refused_bytes(), Some(1001));
    /// assert!(list.try_reserve_exact(1000).is_ok());
    /// ```
    ///
    /// # Panics
    ///
    /// If there is a limit already.
    pub fn limit(&self, bytes: u64) -> Limit<'_> {
        let most = i64::try_from(bytes).unwrap_or(i64::MAX);
        let had_one = self.lock.with(|| {
            let had_one = self.recorder.ceiling().is_some();
            if !had_one {
                self.refused.store(0, Relaxed);
                self.recorder.set_ceiling(most.saturating_add(1));
            }
            had_one
        });
        assert!(!had_one, "this heap has a limit already");
        Limit { heap: self }
    }

    /// Whether the limit is against `total` live bytes, for a block of `size`.
    #[cold]
    pub(super) fn refuses(&self, total: i64, size: usize) -> bool {
        let ceiling = self.recorder.ceiling();
        let refuses = ceiling.is_some_and(|ceiling| total >= ceiling);
        if refuses {
            self.refused.store(size as u64, Relaxed);
        }
        refuses
    }

    /// Whether a block of `old` bytes may become one of `new` bytes.
    #[inline]
    pub(super) fn may_grow(&self, old: usize, new: usize) -> bool {
        // Nobody has asked the inner allocator yet: `new` may be any number.
        let total = self.total().saturating_add((new - old) as i64);
        total < self.recorder.high() || !self.refuses(total, new)
    }
}

impl Limit<'_> {
    /// Size of the block that was refused last, in bytes; `None` if none was.
    #[must_use]
    pub fn refused_bytes(&self) -> Option<u64> {
        Some(self.heap.refused.load(Relaxed)).filter(|bytes| *bytes > 0)
    }
}

impl Drop for Limit<'_> {
    fn drop(&mut self) {
        let heap = self.heap;
        heap.lock.with(|| heap.recorder.set_ceiling(0));
    }
}
