//! The tutorial's functions in Rust, each in a process of its own.
//!
//! - `deepcopy.rs`, `free_list.rs`, `pickle.rs`, `flat.rs`, `streaming.rs`: the
//!   functions, a file for each experiment.
//! - `functions.rs`: the list of them; `function.rs`: what one is.
//! - `store.rs`: a list of records in a file.
//! - `worker.rs`: what a child process does: one function, step by step.
//! - `runner.rs`: all functions of a run.

mod deepcopy;
mod flat;
mod free_list;
mod function;
mod functions;
mod pickle;
mod runner;
mod store;
mod streaming;
mod worker;

pub use function::Function;
pub use functions::functions;
pub use runner::{TutorialPlan, run};
pub use worker::run_if_worker;
