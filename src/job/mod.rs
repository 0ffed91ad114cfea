//! A piece of work in a process of its own: what it may take, what it answers,
//! and how it ends.
//!
//! Our own program is started again for a job; a program that the user
//! names, such as a Python, is merely run. Both are waited for, ended and
//! explained in the same way.
//!
//! - `parent.rs`: hands a job to this program, started again, and takes its answer.
//! - `child.rs`: the other side of that: takes the job, does it, answers.
//! - `program.rs`: this program, started again.
//! - `process.rs`: any process: starting, waiting, reading its output, ending it.
//! - `death.rs`: why a process ended without an answer.
//! - `limits.rs`: how much time and memory it may take.
//! - `mark.rs`: which step a worker is in, for the case that it dies.
//! - `group.rs`: a control group with a limit on what is resident in it.
//! - `interrupt.rs`: Ctrl-C and its like.
//! - `observer.rs`: who is told how the work goes on.

mod child;
mod death;
mod group;
pub mod interrupt;
mod limits;
mod mark;
mod observer;
mod parent;
mod process;
mod program;

pub(crate) use child::{Job, answer_if};
pub(crate) use death::last_line;
pub(crate) use group::MemoryGroup;
pub use interrupt::Interrupted;
pub use limits::JobLimits;
pub(crate) use limits::{Allowance, MemoryLimit, too_little};
pub(crate) use mark::begin_step;
pub use observer::Observer;
pub(crate) use observer::Quiet;
pub(crate) use parent::{ENVIRONMENT, JobEnd, JobError, run};
pub(crate) use process::{ProcessEnd, run_program};
pub(crate) use program::{launch_if_asked, launched, this_program};
