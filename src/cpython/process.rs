//! One process that is not ours: whatever program the user named, for a limited
//! time, with a limited amount of output.

use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use crate::results::Status;
use crate::suite::process::{Waited, wait};
use crate::suite::{Error, Limits};

/// How a process ended.
pub(super) enum Ended {
    /// With exit code 0. The last of what it wrote.
    Well { output: String, errors: String },
    /// In any other way.
    Not { status: Status, message: String },
    /// It never began.
    NotStarted(io::Error),
}

/// How much is kept of what a process writes, in bytes: the end of it.
const KEPT_BYTES: usize = 256 << 10;

/// How long to wait for the last of the output once the process has ended.
const LINGER: Duration = Duration::from_secs(1);

/// Runs a program with `input` as its standard input. `tick` is called while it
/// runs.
///
/// # Errors
///
/// If an interrupt came; the process is gone by then.
pub(super) fn run(
    command: &mut Command,
    input: &'static str,
    limits: Limits,
    tick: &mut dyn FnMut(),
) -> Result<Ended, Error> {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // In a group of its own, so that what it starts in turn can be ended too.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Ok(Ended::NotStarted(error)),
    };
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read its input has other ways to say so.
        thread::spawn(move || stdin.write_all(input.as_bytes()));
    }
    let output = drain(child.stdout.take());
    let errors = drain(child.stderr.take());
    let waited = wait(&mut child, limits.time, tick);
    if !matches!(waited, Ok(Waited::Ended(_))) {
        end_all(&child);
        // Both fail only if it has ended in the meantime.
        let _ = child.kill();
        let _ = child.wait();
    }
    let text = |pipe: &Receiver<Vec<u8>>| {
        let bytes = pipe.recv_timeout(LINGER).or_else(|_| {
            // A process that it left behind holds the pipe, and thereby the
            // group: its number still belongs to it.
            end_all(&child);
            pipe.recv_timeout(LINGER)
        });
        String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
    };
    let (output, errors) = (text(&output), text(&errors));
    let not = |status, message| Ok(Ended::Not { status, message });
    match waited {
        Ok(Waited::Ended(exit)) if exit.success() => Ok(Ended::Well { output, errors }),
        Ok(Waited::Ended(exit)) => {
            let (status, message) = cause_of_death(exit, &errors, limits);
            not(status, message)
        }
        Ok(Waited::TooLong) => {
            let seconds = limits.time.as_secs_f64();
            not(Status::TimedOut, format!("it took longer than {seconds} s"))
        }
        Ok(Waited::Interrupted) => Err(Error::Interrupted),
        Err(error) => not(
            Status::Failed,
            format!("it could not be waited for: {error}"),
        ),
    }
}

/// Ends all processes of the child's group.
fn end_all(child: &Child) {
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

/// Reads a pipe to its end in a thread of its own, so that the process never
/// waits for the parent. Sends the end of what it read.
fn drain(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::sync_channel(1);
    thread::spawn(move || {
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
    });
    receiver
}

/// What to tell of a process that did not end well.
fn cause_of_death(exit: ExitStatus, errors: &str, limits: Limits) -> (Status, String) {
    let said = last_line(errors);
    if said.starts_with("MemoryError") {
        let limit = limits.memory_clause();
        let message = format!("{said}; Python was at its limit{limit}");
        return (Status::OutOfMemory, message);
    }
    let said = if said.is_empty() {
        said
    } else {
        format!("; it said: {said}")
    };
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = exit.signal() {
            let hint = match signal {
                9 => "; that is what the system does when memory runs out: see its log (dmesg)",
                _ => "",
            };
            let message = format!("signal {signal} ended it{hint}{said}");
            return (Status::Killed, message);
        }
    }
    let code = exit
        .code()
        .map_or("no code".to_owned(), |code| format!("code {code}"));
    (Status::Failed, format!("it ended with {code}{said}"))
}

/// The last line of a text that says anything: of a traceback, the error.
/// Short, and without control characters.
pub(super) fn last_line(text: &str) -> String {
    let lines = text.lines().map(str::trim);
    let last = lines.rev().find(|line| !line.is_empty());
    let shown = last.unwrap_or_default().chars().take(300);
    shown
        .map(|char| if char.is_control() { '\u{fffd}' } else { char })
        .collect()
}
