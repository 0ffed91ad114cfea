//! The `picklebench` command.

use std::process::ExitCode;

use peakheap::Metered;
use picklebench::cli;
use picklebench::formats::Formats;

#[global_allocator]
static ALLOCATOR: Metered = Metered::system();

fn main() -> ExitCode {
    cli::main(Some(ALLOCATOR.heap()), &Formats::built_in())
}
