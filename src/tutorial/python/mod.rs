//! The tutorial's functions in Python, run by real interpreters.
//!
//! - `experiments.py`: the experiments, in one script that needs nothing but
//!   Python.
//! - `profiles.rs`: the functions that each of them runs.
//! - `memo.rs`: where the memo of CPython's pickler doubles.
//! - `runner.rs`: all of it, one process after the other.
//! - `tasks.rs`: what the script is told to do.
//!
//! Which Pythons there are, and how a script is run in one, is
//! [`crate::python`]'s.
//!
//! Each function runs twice, in fresh processes: once for the resident set,
//! once under `tracemalloc` for the heap. `tracemalloc` makes `eval` take
//! minutes, so the variants that evaluate a million literals have no heap
//! figures; Python 2.7 has no `tracemalloc`.
//!
//! ```
//! # use std::time::Duration;
//! # use picklebench::job::{JobLimits, Observer};
//! # use picklebench::tutorial::Experiment;
//! # use picklebench::tutorial::python::{self, PythonPlan};
//! # struct Quiet;
//! # impl Observer for Quiet {
//! #     fn say(&mut self, _: &str) {}
//! #     fn begin(&mut self, _: &str, _: u64) {}
//! #     fn part_done(&mut self) {}
//! #     fn tick(&mut self) {}
//! # }
//! # let data = tempfile::tempdir()?;
//! let plan = PythonPlan {
//!     pythons: Vec::new(), // python3, if it is there
//!     experiments: vec![Experiment::Deepcopy],
//!     objects: Vec::new(),
//!     records: 1000,
//!     seed: 42,
//!     limits: JobLimits { time: Duration::from_secs(60), memory_bytes: None, resident: false },
//!     data: data.path().to_owned(),
//! };
//! let measured = python::run(&plan, &mut Quiet)?;
//! assert_eq!(measured.interpreters.len(), 1);
//! for profile in &measured.profiles {
//!     assert_eq!(profile.steps[1].source.as_deref(), Some("y = copy.deepcopy(x)"));
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod memo;
mod profiles;
mod runner;
mod tasks;

pub use runner::{PythonPlan, PythonsMeasured, run};
