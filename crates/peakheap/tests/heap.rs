//! The meter under a real program: known answers through `Vec`, `Box` and
//! `String`. One test, because figures of the global allocator need a process
//! in which nothing else runs.

use std::hint::black_box;

use peakheap::{HeapUsage, Metered, high_water_bytes, reset_high_water, resident_bytes};

#[global_allocator]
static ALLOCATOR: Metered = Metered::system();

fn measure<R>(work: impl FnOnce() -> R) -> (HeapUsage, R) {
    let window = ALLOCATOR.heap().open();
    let result = black_box(work());
    (window.close(), result)
}

/// Peak over the floor, in bytes.
fn extra(usage: &HeapUsage) -> u64 {
    usage.peak_bytes - usage.floor_bytes
}

#[test]
fn known_answers() {
    assert!(ALLOCATOR.heap().is_installed());
    growth_by_push();
    untouched_zeroed_memory_stays_untouched();
    a_failed_try_reserve();
    live_memory_is_the_floor();
    strings_in_a_list();
}

fn growth_by_push() {
    let (usage, list) = measure(|| {
        let mut list = Vec::new();
        (0..1000u64).for_each(|i| list.push(i));
        list
    });
    // Capacity 4, 8, 16, … 1024 of 8 bytes each.
    assert_eq!(extra(&usage), 8192);
    assert_eq!(usage.allocations, 9);
    assert_eq!(usage.allocated_bytes, 8192);
    assert_eq!(usage.largest_bytes, 8192);
    assert!(usage.peak_upper_bytes - usage.floor_bytes <= 8192 + 4096);
    assert_eq!(usage.live_bytes - usage.floor_bytes, 8192);
    drop(list);
}

fn untouched_zeroed_memory_stays_untouched() {
    const SIZE: usize = 512 << 20;
    reset_high_water();
    let before = resident_bytes();
    let (usage, block) = measure(|| vec![0u8; SIZE]);
    assert_eq!(extra(&usage), SIZE as u64);
    if let (Some(before), Some(high)) = (before, high_water_bytes()) {
        assert!(
            high - before < 16 << 20,
            "{} bytes became resident",
            high - before
        );
    }
    drop(block);
}

fn a_failed_try_reserve() {
    let (usage, failed) = measure(|| {
        let mut list = vec![1u8; 100];
        list.try_reserve_exact(1 << 46).is_err()
    });
    assert!(failed);
    assert_eq!(extra(&usage), 100);
    assert_eq!(usage.largest_bytes, 100);
}

fn live_memory_is_the_floor() {
    let held = black_box(vec![1u8; 100_000]);
    let (usage, ()) = measure(|| {
        drop(held);
        drop(black_box(vec![1u8; 60_000]));
    });
    assert!(usage.floor_bytes >= 100_000);
    assert_eq!(usage.peak_bytes, usage.floor_bytes);
    assert_eq!(usage.floor_bytes - usage.live_bytes, 100_000);
}

fn strings_in_a_list() {
    let (usage, list) = measure(|| {
        let mut list = Vec::with_capacity(500);
        (0..500).for_each(|_| list.push("x".repeat(20)));
        list
    });
    assert_eq!(extra(&usage), 500 * (size_of::<String>() as u64 + 20));
    assert_eq!(usage.allocations, 501);
    drop(list);
}
