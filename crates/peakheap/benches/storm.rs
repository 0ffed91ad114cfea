//! What counting costs at the worst: a program that does nothing but allocate,
//! with the meter and without it.
//!
//! One program cannot change its allocator, so the allocator here decides at
//! each call whether to go through the meter, and that decision costs both
//! sides the same.
#![allow(unsafe_code)] // `GlobalAlloc` once more, to choose.

use std::alloc::{GlobalAlloc, Layout, System};
use std::env;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use peakheap::Metered;

static METERED: Metered = Metered::system();
static IS_METERED: AtomicBool = AtomicBool::new(false);

struct Chosen;

#[global_allocator]
static ALLOCATOR: Chosen = Chosen;

// SAFETY: both hand the call on to `System` as it is, so that a block may be
// taken through one and given back through the other.
unsafe impl GlobalAlloc for Chosen {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promised.
        unsafe {
            match IS_METERED.load(Relaxed) {
                true => METERED.alloc(layout),
                false => System.alloc(layout),
            }
        }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as the caller promised.
        unsafe {
            match IS_METERED.load(Relaxed) {
                true => METERED.dealloc(block, layout),
                false => System.dealloc(block, layout),
            }
        }
    }
}

const NAME: &str = "storm/metered-over-plain";

fn main() {
    let words: Vec<String> = env::args().skip(1).collect();
    let given = |word: &str| words.iter().any(|w| w == word);
    let mut filters = words
        .iter()
        .filter(|word| !word.starts_with('-'))
        .peekable();
    if filters.peek().is_some() && !filters.any(|filter| NAME.contains(filter.as_str())) {
        return;
    }
    if given("--list") {
        println!("{NAME}: benchmark");
    } else if given("--bench") && !given("--test") {
        let mut ratios: Vec<f64> = (0..31).map(|_| ratio(500_000)).collect();
        ratios.sort_by(f64::total_cmp);
        let (least, middle, most) = (ratios[0], ratios[15], ratios[30]);
        println!("{NAME}: {middle:.3} ({least:.3} to {most:.3})");
    } else {
        assert!(ratio(1_000) > 0.0);
        println!("Testing {NAME}\nSuccess");
    }
}

/// The time of a storm with the meter over that of one without, right before it.
fn ratio(blocks: u32) -> f64 {
    let plain = seconds(|| storm(blocks));
    let metered = seconds(|| {
        IS_METERED.store(true, Relaxed);
        let window = METERED.heap().open();
        storm(blocks);
        let usage = window.close();
        IS_METERED.store(false, Relaxed);
        // The list of live blocks, and each block once.
        assert_eq!(usage.allocations, u64::from(blocks) + 1);
    });
    metered / plain
}

fn seconds(work: impl Fn()) -> f64 {
    let start = processor_time();
    work();
    (processor_time() - start).as_secs_f64()
}

/// Processor time of this process so far, which a busy machine does not make longer.
#[cfg(unix)]
fn processor_time() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Wall-clock time, where the processor's is not to be had.
#[cfg(not(unix))]
fn processor_time() -> Duration {
    use std::sync::OnceLock;
    use std::time::Duration;
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// Many sizes, many lives.
fn storm(blocks: u32) {
    let mut live: Vec<Vec<u8>> = vec![Vec::new(); 1024];
    let mut state = 42u64;
    for _ in 0..blocks {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let slot = (state >> 33) as usize % live.len();
        live[slot] = black_box(Vec::with_capacity(8 + (state >> 50) as usize % 500));
    }
    black_box(live);
}
