//! Any process: started, waited for, read, and ended when its time is over.

use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use crate::results::Status;

use super::death::{Program, cause_of_death};
use super::group::MemoryGroup;
use super::interrupt::{self, Interrupted};
use super::limits::JobLimits;
use super::program::not_started;

/// How a process ended.
pub(crate) enum ProcessEnd {
    /// With exit code 0. The last of what it wrote.
    Well { output: String, errors: String },
    /// In any other way.
    Not { status: Status, message: String },
    /// It never began.
    NotStarted(io::Error),
}

/// Why a process is waited for no longer, and the last of what it wrote.
pub(super) struct Waited {
    pub(super) reason: Reason,
    pub(super) output: String,
    pub(super) errors: String,
}

/// Why a process is waited for no longer. In all cases it is gone.
pub(super) enum Reason {
    Ended(ExitStatus),
    TooLong,
    Unknown(io::Error),
}

/// How often the parent looks up from waiting.
const GLANCE: Duration = Duration::from_millis(20);

/// How much is kept of what a process writes, in bytes: the end of it.
const KEPT_BYTES: usize = 1 << 20;

/// How long to wait for the last of a foreign program's output once it has
/// ended.
const LINGER: Duration = Duration::from_secs(1);

/// Runs a program that is not ours with `input` as its standard input. `tick`
/// is called while it runs.
///
/// # Errors
///
/// If an interrupt came; the process is gone by then.
pub(crate) fn run_program(
    command: &mut Command,
    input: String,
    limits: JobLimits,
    tick: &mut dyn FnMut(),
) -> Result<ProcessEnd, Interrupted> {
    command.stdin(Stdio::piped());
    // In a group of its own, so that what it starts in turn can be ended too.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let resident = limits.memory_bytes.filter(|_| limits.resident);
    // It outlives the process, which is ended before it.
    let group = match resident.map(MemoryGroup::new).transpose() {
        Ok(group) => group,
        Err(error) => return Ok(ProcessEnd::NotStarted(error)),
    };
    let mut running = match spawn(command, Program::Foreign) {
        Ok(running) => running,
        Err(error) => return Ok(ProcessEnd::NotStarted(error)),
    };
    if let Some(group) = &group
        && let Err(error) = group.add(running.child.id())
    {
        return Ok(ProcessEnd::NotStarted(error));
    }
    if let Some(mut stdin) = running.child.stdin.take() {
        // A program that does not read its input has other ways to say so.
        let feed = small_thread().spawn(move || stdin.write_all(input.as_bytes()));
        if let Err(error) = feed {
            return Ok(ProcessEnd::NotStarted(error));
        }
    }
    let Waited {
        reason,
        output,
        errors,
    } = wait(running, limits.time, tick)?;
    if let Reason::Ended(exit) = &reason
        && let Some(error) = not_started(exit.code(), &errors)
    {
        return Ok(ProcessEnd::NotStarted(error));
    }
    let (status, message) = match reason {
        Reason::Ended(exit) if exit.success() => return Ok(ProcessEnd::Well { output, errors }),
        Reason::Ended(exit) => cause_of_death(Program::Foreign, exit, &errors, limits),
        Reason::TooLong => (Status::TimedOut, limits.too_long()),
        Reason::Unknown(error) => (
            Status::Failed,
            format!("it could not be waited for: {error}"),
        ),
    };
    Ok(ProcessEnd::Not { status, message })
}

/// A process whose output is read while it runs. Ended when dropped.
pub(super) struct Running {
    child: Child,
    program: Program,
    output: Receiver<Vec<u8>>,
    errors: Receiver<Vec<u8>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            end(&mut self.child, self.program);
        }
    }
}

/// Starts a process whose output can be read.
///
/// # Errors
///
/// If the system does not start it, or has no thread left to read its output.
pub(super) fn spawn(command: &mut Command, program: Program) -> io::Result<Running> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let drained = (drain(child.stdout.take()), drain(child.stderr.take()));
    match drained {
        (Ok(output), Ok(errors)) => Ok(Running {
            child,
            program,
            output,
            errors,
        }),
        (Err(error), _) | (_, Err(error)) => {
            end(&mut child, program);
            Err(error)
        }
    }
}

/// Waits for a process, for `time` at most, and ends it if that is not enough.
///
/// # Errors
///
/// If an interrupt came; the process is gone by then.
pub(super) fn wait(
    mut running: Running,
    time: Duration,
    tick: &mut dyn FnMut(),
) -> Result<Waited, Interrupted> {
    let program = running.program;
    let reason = watch(&mut running.child, time, tick);
    if !matches!(reason, Ok(Reason::Ended(_))) {
        end(&mut running.child, program);
    }
    let text = |pipe: &Receiver<Vec<u8>>| {
        let bytes = match program {
            // It starts no process, so its pipes end with it.
            Program::Worker => pipe.recv().unwrap_or_default(),
            Program::Foreign => pipe
                .recv_timeout(LINGER)
                .or_else(|_| {
                    // A process that it left behind holds the pipe, and thereby
                    // the group: its number still belongs to it.
                    end_group(&running.child);
                    pipe.recv_timeout(LINGER)
                })
                .unwrap_or_default(),
        };
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let (output, errors) = (text(&running.output), text(&running.errors));
    Ok(Waited {
        reason: reason?,
        output,
        errors,
    })
}

/// Looks after the process until it has ended, its time is over, or an
/// interrupt came. Lets it live.
fn watch(child: &mut Child, time: Duration, tick: &mut dyn FnMut()) -> Result<Reason, Interrupted> {
    let clock = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(Reason::Ended(status)),
            Ok(None) => {}
            Err(error) => return Ok(Reason::Unknown(error)),
        }
        interrupt::check()?;
        if clock.elapsed() >= time {
            return Ok(Reason::TooLong);
        }
        tick();
        thread::sleep(pause);
        pause = (pause * 2).min(GLANCE);
    }
}

/// Ends the process, and of a foreign program also what it started.
fn end(child: &mut Child, program: Program) {
    if program == Program::Foreign {
        end_group(child);
    }
    // Both fail only if it has ended in the meantime.
    let _ = child.kill();
    let _ = child.wait();
}

/// Ends all processes of the child's group.
fn end_group(child: &Child) {
    #[cfg(unix)]
    {
        use rustix::process::{Pid, Signal, kill_process_group};
        let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = group {
            // It fails only if nobody is left in it.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
    #[cfg(not(unix))]
    let _ = child;
}

/// A thread that takes little room: where memory is short, that of the usual 2 MiB of
/// stack is missed.
fn small_thread() -> thread::Builder {
    const STACK_BYTES: usize = 128 << 10;
    thread::Builder::new().stack_size(STACK_BYTES)
}

/// Reads a pipe to its end in a thread of its own, so that the process never
/// waits for the parent. Sends the end of what it read.
fn drain(pipe: Option<impl Read + Send + 'static>) -> io::Result<Receiver<Vec<u8>>> {
    let (sender, receiver) = mpsc::sync_channel(1);
    small_thread().spawn(move || {
        let mut kept = Vec::new();
        let mut piece = [0; 8192];
        if let Some(mut pipe) = pipe {
            // A pipe that breaks ends the text; the exit status says the rest.
            while let Ok(read @ 1..) = pipe.read(&mut piece) {
                kept.extend_from_slice(&piece[..read]);
                if kept.len() >= 2 * KEPT_BYTES {
                    kept.drain(..kept.len() - KEPT_BYTES);
                }
            }
        }
        // Nobody listens any more if it took too long.
        let _ = sender.send(kept);
    })?;
    Ok(receiver)
}
