//! What formats need for orders, one of our own beside those of picklebench:
//! `cargo bench --bench records`.

mod lengths;

use std::process::ExitCode;

use own_bench::orders;
use peakheap::Metered;
use picklebench::Bench;

use lengths::Lengths;

#[global_allocator]
static ALLOCATOR: Metered = Metered::system();

fn main() -> ExitCode {
    Bench::new(ALLOCATOR.heap())
        .records_in("orders", &[&Lengths], orders)
        .main()
}
