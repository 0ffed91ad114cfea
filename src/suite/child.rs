//! The child's side: a process that was started to do one job tells what it
//! found as one JSON object on standard output.
//!
//! One process for each run of a case, because memory that an earlier case left
//! behind makes the next one's resident set look small.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use serde::Serialize;

use crate::formats::Error;

/// What a child tells: its answer, or an error for people.
pub(super) type Reply<A> = Result<A, String>;

/// Does `work` and tells its answer, if this process was started with `mark` as
/// its first argument; gives the code to exit with. `work` is given the other
/// arguments.
pub(crate) fn answer_if<A: Serialize>(
    mark: &str,
    work: impl FnOnce(&[OsString]) -> Result<A, Error>,
) -> Option<ExitCode> {
    let mut arguments = env::args_os().skip(1);
    if arguments.next()? != mark {
        return None;
    }
    let arguments: Vec<OsString> = arguments.collect();
    die_with_parent();
    let reply: Reply<A> = work(&arguments).map_err(|error| error.to_string());
    let told = serde_json::to_writer(io::stdout(), &reply).is_ok() && io::stdout().flush().is_ok();
    Some(if told && reply.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Takes the child along when its parent is killed: nobody would read its
/// answer, and it may hold gigabytes.
fn die_with_parent() {
    #[cfg(target_os = "linux")]
    {
        // Where it fails the child merely ends later, by itself.
        let kill = Some(rustix::process::Signal::KILL);
        let _ = rustix::process::set_parent_process_death_signal(kill);
    }
}

/// Makes allocations fail beyond `bytes` (setrlimit(2), `RLIMIT_DATA`), so that
/// a job which needs too much takes itself down and not the machine. 0 is no
/// limit.
pub(crate) fn limit_memory(bytes: u64) -> Result<(), Error> {
    #[cfg(unix)]
    if bytes > 0 {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let limit = Rlimit {
            current: Some(bytes),
            maximum: Some(bytes),
        };
        setrlimit(Resource::Data, limit)?;
    }
    #[cfg(not(unix))]
    let _ = bytes;
    Ok(())
}
