//! The parent's side of a job: this program, started again, and its answer.

use std::io;
use std::path::Path;
use std::process::{self, Command, Stdio};

use thiserror::Error;

use crate::results::Status;

use super::child::{Job, Order, Reply};
use super::death::{Program, cause_of_death, cause_of_error};
use super::interrupt::Interrupted;
use super::limits::JobLimits;
use super::process::{Reason, Waited, spawn, wait};
use super::program::this_program;

/// Settings of the workers' environment that bear on memory. glibc moves its
/// threshold for blocks of their own as a program frees such blocks, which
/// would make runs differ.
pub(crate) const ENVIRONMENT: [(&str, &str); 1] = [("MALLOC_MMAP_THRESHOLD_", "131072")];

/// How a job ended.
pub(crate) enum JobEnd<A> {
    /// With an answer.
    Answered(A),
    /// Without one.
    Not { status: Status, message: String },
}

/// Why a job did not even begin, or was given up: no case can be blamed for it.
#[derive(Debug, Error)]
pub(crate) enum JobError {
    /// The user wants it to end.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
    /// The system does not start this program again.
    #[error("this program could not be started again for a job: {0}")]
    NotStarted(io::Error),
}

/// Starts this program again for a job on the file at `path`, and waits for its
/// answer. `tick` is called while it runs.
///
/// # Errors
///
/// If an interrupt came; the process is gone by then. If it could not be started.
pub(crate) fn run<J: Job>(
    job: J,
    path: &Path,
    limits: JobLimits,
    tick: &mut dyn FnMut(),
) -> Result<JobEnd<J::Answer>, JobError> {
    let not = |status, message| Ok(JobEnd::Not { status, message });
    let order = Order {
        limit_bytes: limits.allocated_bytes().unwrap_or(0),
        parent: process::id(),
        job,
    };
    let order = serde_json::to_string(&order).expect("a job has a form as JSON");
    let started = this_program().and_then(|program| {
        let mut command = Command::new(program);
        command.arg(J::MARK).arg(order).arg(path);
        spawn(
            command.envs(ENVIRONMENT).stdin(Stdio::null()),
            Program::Worker,
        )
    });
    let child = started.map_err(JobError::NotStarted)?;
    let Waited {
        reason,
        output,
        errors,
    } = wait(child, limits.time, tick)?;
    match reason {
        Reason::Ended(exit) => match serde_json::from_str::<Reply<J::Answer>>(&output) {
            Ok(Ok(answer)) => Ok(JobEnd::Answered(answer)),
            Ok(Err(message)) => {
                let (status, message) = cause_of_error(message, &errors, limits);
                not(status, message)
            }
            Err(_) => {
                let (status, message) = cause_of_death(Program::Worker, exit, &errors, limits);
                not(status, message)
            }
        },
        Reason::TooLong => not(
            Status::TimedOut,
            format!("{}; see --timeout", limits.too_long()),
        ),
        Reason::Unknown(error) => not(
            Status::Failed,
            format!("the worker could not be waited for: {error}"),
        ),
    }
}
