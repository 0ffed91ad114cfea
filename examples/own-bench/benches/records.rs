//! What formats need for orders: `cargo bench --bench records`.

use std::process::ExitCode;

use own_bench::orders;
use peakheap::Metered;
use picklebench::Bench;

#[global_allocator]
static ALLOCATOR: Metered = Metered::system();

fn main() -> ExitCode {
    Bench::new(ALLOCATOR.heap())
        .records("orders", orders)
        .main()
}
