//! The `picklebench` command.

use std::process::ExitCode;

use picklebench::cli;
use picklebench::meter::Metered;

#[global_allocator]
static ALLOCATOR: Metered = Metered::system();

fn main() -> ExitCode {
    cli::main(Some(ALLOCATOR.heap()))
}
