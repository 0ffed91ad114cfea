//! Peak memory of every case: `cargo bench --bench memory -- --help`.

use std::process::ExitCode;

use picklebench::cli;
use picklebench::meter::Metered;

#[global_allocator]
static ALLOCATOR: Metered = Metered::system();

fn main() -> ExitCode {
    cli::memory_bench(ALLOCATOR.heap())
}
