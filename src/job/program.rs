//! This program, started again: as a worker, or as the launcher of a program
//! that is not ours.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// The first argument of this program when it is to be a launcher.
const MARK: &str = "--picklebench-launch";

/// What a launcher exits with that could not start the program, and what it
/// then says, before the number of the system's error.
const NOT_STARTED: i32 = 127;
const CANNOT_START: &str = "--picklebench-launch cannot start it: error ";

/// Whether this program has said that it is a launcher when it is asked to.
static LAUNCHES: AtomicBool = AtomicBool::new(false);

/// The file of this program. Linux starts it even if another has its name by
/// now, or none, because it was replaced or removed while it ran.
///
/// # Errors
///
/// If the system does not tell which it is.
pub(crate) fn this_program() -> io::Result<PathBuf> {
    let linked = Path::new("/proc/self/exe");
    if cfg!(target_os = "linux") && linked.exists() {
        return Ok(linked.to_owned());
    }
    env::current_exe().or_else(|error| {
        // Without /proc: as it was typed.
        env::args_os().next().map(PathBuf::from).ok_or(error)
    })
}

/// Becomes another program, if this process was started as its launcher; gives
/// the code to exit with where that fails. Otherwise notes that programs can be
/// launched so from now on.
///
/// A launcher has the system end it when its parent ends, and the program that it
/// becomes keeps that.
pub(crate) fn launch_if_asked() -> Option<ExitCode> {
    let mut arguments = env::args_os().skip(1);
    if arguments.next().as_deref() != Some(OsStr::new(MARK)) {
        LAUNCHES.store(true, Relaxed);
        return None;
    }
    Some(become_program(arguments))
}

/// The command that starts `program` so that it ends with this process, where
/// the system can do that.
pub(crate) fn launched(program: &Path) -> Command {
    let launcher = this_program().ok();
    let launcher = launcher.filter(|_| cfg!(target_os = "linux") && LAUNCHES.load(Relaxed));
    let Some(launcher) = launcher else {
        return Command::new(program);
    };
    let mut command = Command::new(launcher);
    command.arg(MARK).arg(std::process::id().to_string());
    command.arg(program);
    command
}

/// The error of a launcher that could not start its program.
pub(super) fn not_started(exit: Option<i32>, errors: &str) -> Option<io::Error> {
    let number = errors.trim_end().strip_prefix(CANNOT_START)?;
    let number = number.parse().ok().filter(|_| exit == Some(NOT_STARTED));
    number.map(io::Error::from_raw_os_error)
}

#[cfg(target_os = "linux")]
fn become_program(mut arguments: impl Iterator<Item = OsString>) -> ExitCode {
    use std::io::Write;
    use std::os::unix::process::CommandExt;

    let parent = arguments.next();
    let parent = parent.and_then(|id| id.to_str()?.parse().ok());
    let (Some(parent), Some(program)) = (parent, arguments.next()) else {
        return ExitCode::FAILURE;
    };
    if !end_with_parent(parent) {
        return ExitCode::FAILURE;
    }
    let error = Command::new(program).args(arguments).exec();
    let number = error.raw_os_error().unwrap_or(0);
    // Where nobody listens, the exit code is left.
    let _ = write!(io::stderr(), "{CANNOT_START}{number}");
    ExitCode::from(NOT_STARTED as u8)
}

#[cfg(not(target_os = "linux"))]
fn become_program(_: impl Iterator<Item = OsString>) -> ExitCode {
    ExitCode::FAILURE
}

/// Has the system end this process when its parent ends, whose number is
/// `parent`: nobody would read its answer, and it may hold gigabytes. Gives
/// `false` if the parent has ended already.
pub(super) fn end_with_parent(parent: u32) -> bool {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Signal, getppid, set_parent_process_death_signal};
        // Where it fails the child merely ends later, by itself.
        let _ = set_parent_process_death_signal(Some(Signal::KILL));
        let now = getppid().map(|id| id.as_raw_nonzero().get().unsigned_abs());
        now == Some(parent)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = parent;
        true
    }
}
