//! The child's side: a process that was started to do one job tells what it
//! found as one JSON object on standard output.
//!
//! One process for each run of a case, because memory that an earlier case left
//! behind makes the next one's resident set look small.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::limits::Allowance;
use super::program::end_with_parent;

/// What a job of this kind is told, beside the path of its file.
pub(crate) trait Job: Serialize + DeserializeOwned {
    /// The first argument of a child that does such a job.
    const MARK: &'static str;
    /// What the child finds.
    type Answer: Serialize + DeserializeOwned;
}

/// A job with what surrounds it: the child's second argument, as JSON. The
/// path is the third, as it is: it need not be Unicode.
#[derive(Serialize, Deserialize)]
pub(super) struct Order<J> {
    /// Bytes that the child may allocate; 0 for no limit.
    pub(super) limit_bytes: u64,
    /// The number of the process that waits for the answer.
    pub(super) parent: u32,
    pub(super) job: J,
}

/// What a child tells: its answer, or an error for people.
pub(super) type Reply<A> = Result<A, String>;

/// What a child's work can fail with.
type Error = Box<dyn std::error::Error + Send + Sync>;

/// Does `work` and tells its answer, if this process was started for a job of
/// this kind; gives the code to exit with.
///
/// `work` gets the job by value, so that it can let go of it: whatever is left
/// on the heap counts into the figures of all that is measured afterwards. Only
/// the path stays, because the file is opened within the window. It puts the limit
/// of its memory in force itself.
pub(crate) fn answer_if<J: Job>(
    work: impl FnOnce(J, &Path, Allowance) -> Result<J::Answer, Error>,
) -> Option<ExitCode> {
    let mut arguments = env::args_os().skip(1);
    if arguments.next()? != J::MARK {
        return None;
    }
    let (order, path) = (arguments.next(), arguments.next());
    drop(arguments);
    let reply: Reply<J::Answer> = parse(order)
        .and_then(|order| {
            let Order {
                limit_bytes,
                parent,
                job,
            } = order;
            if !end_with_parent(parent) {
                return Err("who wanted an answer is gone".into());
            }
            work(
                job,
                Path::new(&path.ok_or("a worker was started without a path")?),
                Allowance::new(limit_bytes),
            )
        })
        .map_err(|error| error.to_string());
    let told = serde_json::to_writer(io::stdout(), &reply).is_ok() && io::stdout().flush().is_ok();
    Some(if told && reply.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn parse<J: Job>(order: Option<OsString>) -> Result<Order<J>, Error> {
    let order = order.ok_or("a worker was started without a job")?;
    let order = serde_json::from_slice(order.as_encoded_bytes());
    Ok(order
        .map_err(|error| format!("a worker was started with a job it does not know: {error}"))?)
}
