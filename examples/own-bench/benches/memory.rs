//! What counting words takes at its peak: `cargo bench`.

use std::process::ExitCode;

use own_bench::{count_borrowed_words, count_words, text};
use peakheap::Metered;
use picklebench::Bench;

#[global_allocator]
static ALLOCATOR: Metered = Metered::system();

fn main() -> ExitCode {
    Bench::new(ALLOCATOR.heap())
        .case("make-text", || text(100_000))
        .case_over("count-words", text, |text| count_words(&text).len())
        .case_over("count-borrowed-words", text, |text| {
            count_borrowed_words(&text).len()
        })
        .main()
}
