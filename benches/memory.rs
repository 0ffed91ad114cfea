//! Peak memory of every case: `cargo bench --bench memory -- --help`.

use std::process::ExitCode;

use peakheap::Metered;
use picklebench::Bench;
use picklebench::formats::Formats;
use picklebench_benches::enter_workspace;

#[global_allocator]
static ALLOCATOR: Metered = Metered::system();

fn main() -> ExitCode {
    enter_workspace().expect("the workspace is there");
    let bench = Bench::new(ALLOCATOR.heap());
    bench.formats(Formats::built_in()).main()
}
