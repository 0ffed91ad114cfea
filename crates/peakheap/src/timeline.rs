//! Live bytes over time, recorded by the allocator itself.
//!
//! A sampling thread misses what is shorter than its interval (a 100 MiB spike
//! of 50 µs, at 1 ms). So the allocator writes a point whenever live bytes have
//! moved by [`SPACING`] since the last one. The buffer has a fixed place and
//! size: when it is full, each four points become two, their smallest and their
//! largest, and the spacing doubles.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Instant;

/// By how many bytes live memory moves from one point to the next, at first.
/// Fine enough to draw a case that needs 100 KiB in all; one that needs
/// gigabytes has doubled it away before it has taken a hundredth of them.
const SPACING: i64 = 1024;

/// Points that the buffer holds: more than any picture shows, and no more, for
/// each asks for the time, which takes as long as several allocations.
const CAPACITY: usize = 4 * 1024;

/// Live heap bytes at one moment of a window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Seconds after the window opened.
    pub seconds: f64,
    /// Bytes live at that moment.
    pub live_bytes: u64,
}

/// The buffer and the two marks that decide when a point is due. All methods
/// but [`low`](Recorder::low), [`high`](Recorder::high) and
/// [`ceiling`](Recorder::ceiling) are called under the heap's lock, or while
/// nobody else can be recording.
pub(super) struct Recorder {
    low: AtomicI64,
    high: AtomicI64,
    /// The high mark never lies above this; 0 where there is no such bound. See
    /// `limit.rs`.
    ceiling: AtomicI64,
    spacing: AtomicI64,
    len: AtomicUsize,
    epoch: OnceLock<Instant>,
    opened_nanos: AtomicU64,
    slots: [Slot; CAPACITY],
}

struct Slot {
    nanos: AtomicU64,
    live: AtomicI64,
    /// The window's peak up to this point, which may lie between two points.
    peak: AtomicI64,
}

impl Slot {
    const fn new() -> Slot {
        Slot {
            nanos: AtomicU64::new(0),
            live: AtomicI64::new(0),
            peak: AtomicI64::new(0),
        }
    }

    fn set(&self, nanos: u64, live: i64, peak: i64) {
        self.nanos.store(nanos, Relaxed);
        self.live.store(live, Relaxed);
        self.peak.store(peak, Relaxed);
    }

    fn copy_from(&self, other: &Slot) {
        self.set(
            other.nanos.load(Relaxed),
            other.live.load(Relaxed),
            other.peak.load(Relaxed),
        );
    }
}

impl Recorder {
    /// All zero bits, so that the static that holds it takes no room in the
    /// executable. Marks at zero are met by the first allocation, and
    /// [`record`](Recorder::record) then puts them out of reach.
    pub(super) const fn new() -> Recorder {
        Recorder {
            low: AtomicI64::new(0),
            high: AtomicI64::new(0),
            ceiling: AtomicI64::new(0),
            spacing: AtomicI64::new(0),
            len: AtomicUsize::new(0),
            epoch: OnceLock::new(),
            opened_nanos: AtomicU64::new(0),
            slots: [const { Slot::new() }; CAPACITY],
        }
    }

    /// A point is due when live bytes fall to this.
    #[inline]
    pub(super) fn low(&self) -> i64 {
        self.low.load(Relaxed)
    }

    /// A point is due when live bytes rise to this.
    #[inline]
    pub(super) fn high(&self) -> i64 {
        self.high.load(Relaxed)
    }

    /// Touches the buffer, so that its pages are resident before the window
    /// opens and do not show up in it.
    pub(super) fn prepare(&self) {
        for slot in &self.slots {
            slot.set(u64::MAX, 0, 0);
        }
        self.epoch.get_or_init(Instant::now);
    }

    pub(super) fn start(&self, floor: i64) {
        self.len.store(0, Relaxed);
        self.spacing.store(SPACING, Relaxed); // Not zero: armed.
        self.opened_nanos.store(self.nanos(), Relaxed);
        self.record(floor, floor);
    }

    pub(super) fn stop(&self, live: i64, peak: i64) {
        self.record(live, peak);
        self.disarm();
    }

    pub(super) fn disarm(&self) {
        self.spacing.store(0, Relaxed);
        self.low.store(i64::MIN, Relaxed);
        self.raise_high(i64::MAX);
    }

    /// Puts the high mark at `live`, or at the ceiling if that is lower.
    fn raise_high(&self, live: i64) {
        let mark = self.ceiling().map_or(live, |ceiling| live.min(ceiling));
        self.high.store(mark, Relaxed);
    }

    /// The least number of live bytes that the limit is against.
    pub(super) fn ceiling(&self) -> Option<i64> {
        Some(self.ceiling.load(Relaxed)).filter(|ceiling| *ceiling != 0)
    }

    /// Sets the ceiling, or takes it away with 0, and has the next allocation put
    /// the high mark where it belongs.
    pub(super) fn set_ceiling(&self, ceiling: i64) {
        self.ceiling.store(ceiling, Relaxed);
        self.high.store(0, Relaxed);
    }

    pub(super) fn record(&self, live: i64, peak: i64) {
        if self.spacing.load(Relaxed) == 0 {
            return self.disarm();
        }
        let mut len = self.len.load(Relaxed);
        if len == CAPACITY {
            len = self.halve();
        }
        let nanos = self.nanos().saturating_sub(self.opened_nanos.load(Relaxed));
        self.slots[len].set(nanos, live, peak);
        self.len.store(len + 1, Relaxed);
        let spacing = self.spacing.load(Relaxed);
        self.low.store(live - spacing, Relaxed);
        self.raise_high(live + spacing);
    }

    /// Keeps the smallest and the largest of each four points, in their order.
    fn halve(&self) -> usize {
        let mut kept = 0;
        for start in (0..CAPACITY).step_by(4) {
            let group = start..start + 4;
            let live = |at: &usize| self.slots[*at].live.load(Relaxed);
            let min = group.clone().min_by_key(live).unwrap_or(start);
            let max = group.clone().max_by_key(live).unwrap_or(start);
            // The peak of the group belongs to its last point: carry it along.
            let peak = self.slots[start + 3].peak.load(Relaxed);
            for at in [min.min(max), min.max(max)] {
                self.slots[kept].copy_from(&self.slots[at]);
                kept += 1;
            }
            self.slots[kept - 1].peak.store(peak, Relaxed);
        }
        self.spacing.store(self.spacing.load(Relaxed) * 2, Relaxed);
        kept
    }

    /// The points in their order, with one more where the peak lies between two.
    pub(super) fn points(&self) -> Vec<Point> {
        let slots = &self.slots[..self.len.load(Relaxed)];
        let mut points = Vec::with_capacity(slots.len() + 1);
        let peak = slots.last().map_or(0, |last| last.peak.load(Relaxed));
        let mut seen = false;
        let mut previous = 0;
        for slot in slots {
            let nanos = slot.nanos.load(Relaxed);
            if !seen && slot.peak.load(Relaxed) == peak {
                seen = true;
                if slot.live.load(Relaxed) != peak {
                    points.push(Point::new(previous + (nanos - previous) / 2, peak));
                }
            }
            points.push(Point::new(nanos, slot.live.load(Relaxed)));
            previous = nanos;
        }
        points
    }

    fn nanos(&self) -> u64 {
        let elapsed = self.epoch.get().map(Instant::elapsed);
        elapsed.map_or(0, |elapsed| {
            u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX)
        })
    }
}

impl Point {
    fn new(nanos: u64, live: i64) -> Point {
        Point {
            seconds: nanos as f64 / 1e9,
            live_bytes: live.max(0) as u64,
        }
    }
}
