//! A part of a window that has a peak of its own, such as a step of a profile.
//!
//! The counters know one peak. A stretch takes it over: it puts the peak so
//! far aside, starts anew from what is live, and gives the larger of the two
//! back when it ends. Stretches nest, as steps do.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use super::Heap;

/// What was put aside when a stretch began.
#[derive(Debug)]
pub(super) struct Stretch {
    outer_peak: i64,
    before: i64,
    allocations: u64,
}

/// What was found in a stretch, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct StretchUsage {
    pub(super) before_bytes: u64,
    pub(super) peak_bytes: u64,
    pub(super) after_bytes: u64,
    pub(super) allocations: u64,
}

impl Heap {
    /// Begins a stretch. For the thread that has the window open.
    pub(super) fn begin_stretch(&self) -> Stretch {
        self.lock.with(|| {
            let before = self.total();
            let outer_peak = self.peak(before);
            self.earlier_peak.fetch_max(outer_peak, Relaxed);
            self.owner.peak.store(before, Relaxed);
            self.others.peak.store(before, Relaxed);
            Stretch {
                outer_peak,
                before,
                allocations: self.allocations(),
            }
        })
    }

    /// Ends the stretch that was begun last.
    pub(super) fn end_stretch(&self, stretch: &Stretch) -> StretchUsage {
        self.lock.with(|| {
            let after = self.total();
            let peak = self.peak(after);
            self.owner.peak.store(peak.max(stretch.outer_peak), Relaxed);
            let bytes = |count: i64| count.max(0) as u64;
            StretchUsage {
                before_bytes: bytes(stretch.before),
                peak_bytes: bytes(peak),
                after_bytes: bytes(after),
                allocations: self.allocations() - stretch.allocations,
            }
        })
    }

    fn allocations(&self) -> u64 {
        let count = |counter: &AtomicU64| counter.load(Relaxed);
        count(&self.owner.allocations) + count(&self.others.allocations)
    }
}
