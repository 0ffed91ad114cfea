//! The tutorial's experiments, in Rust and by real Pythons, and its claims.
//!
//! A function is written as the tutorial writes it, each of its lines a step of
//! a profile, and runs in a process of its own. What comes out are
//! [`results::FunctionProfile`]s, and the claims that they decide.
//!
//! - `experiment.rs`: which experiments there are.
//! - `rust/`: their functions in Rust. `python/`: the same in Python, and the
//!   interpreters that run them.
//! - `objects.rs`: the sizes of single objects, by layout tables.
//! - `then.rs`: the figures that the tutorial printed.
//! - `claims/`: what the figures say to its claims.
//!
//! [`results::FunctionProfile`]: crate::results::FunctionProfile

pub mod claims;
mod experiment;
mod objects;
pub mod python;
pub mod rust;
pub mod then;

pub use experiment::Experiment;
pub use rust::run_if_worker;
