//! How much memory a function needs at the peak.

use peakheap::Metered;

#[global_allocator]
static ALLOCATOR: Metered = Metered::system();

#[test]
fn joining_makes_no_second_copy() {
    let words = vec!["peak"; 100_000];
    let window = ALLOCATOR.heap().open();
    let text = words.join(" ");
    let usage = window.close();
    let extra = usage.peak_bytes - usage.floor_bytes;
    assert!(extra < 2 * text.len() as u64, "{extra} bytes");
}
