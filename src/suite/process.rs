//! The parent's side of one child: starts it, waits, and finds out how it
//! ended.

use std::env;
use std::ffi::OsString;
use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;

use crate::results::Status;

use super::child::Reply;
use super::{Error, interrupt};

/// Settings of the workers' environment that bear on memory. glibc moves its
/// threshold for blocks of their own as a program frees such blocks, which
/// would make runs differ.
pub(super) const ENVIRONMENT: [(&str, &str); 1] = [("MALLOC_MMAP_THRESHOLD_", "131072")];

/// What a worker may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long, before it is ended.
    pub time: Duration,
    /// How much memory, in bytes, before its allocations fail; `None` for all
    /// there is.
    pub memory_bytes: Option<u64>,
}

impl Limits {
    /// What follows "its limit" in a message about memory, so that whoever reads
    /// it knows how to raise it; nothing where there is none.
    pub(crate) fn memory_clause(&self) -> String {
        self.memory_bytes.map_or(String::new(), |bytes| {
            format!(" of {} MiB; see --memory-limit", bytes >> 20)
        })
    }
}

/// How a worker ended.
pub(crate) enum Ended<A> {
    Answered(A),
    Not { status: Status, message: String },
}

/// How often the parent looks up from waiting.
const GLANCE: Duration = Duration::from_millis(20);

/// Longest error text taken from a worker, in bytes.
const MOST_TEXT: u64 = 64 * 1024;

/// Starts this program again as a child with these arguments, the first of
/// which says whose child it is, and waits for its answer. `tick` is called
/// while it runs.
pub(crate) fn run<A: DeserializeOwned>(
    arguments: Vec<OsString>,
    limits: Limits,
    tick: &mut dyn FnMut(),
) -> Result<Ended<A>, Error> {
    let started = env::current_exe().and_then(|program| {
        Command::new(program)
            .args(arguments)
            .envs(ENVIRONMENT)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
    });
    let mut child = match started {
        Ok(child) => child,
        Err(error) => {
            let message = format!("the worker could not be started: {error}");
            return Ok(Ended::Not {
                status: Status::Failed,
                message,
            });
        }
    };
    let answer = drain(child.stdout.take());
    let complaint = drain(child.stderr.take());
    let waited = wait(&mut child, limits.time, tick);
    if !matches!(waited, Ok(Waited::Ended(_))) {
        // Both fail only if it has ended in the meantime.
        let _ = child.kill();
        let _ = child.wait();
    }
    let text = |reader: thread::JoinHandle<Vec<u8>>| {
        String::from_utf8_lossy(&reader.join().unwrap_or_default()).into_owned()
    };
    let (answer, complaint) = (text(answer), text(complaint));
    let not = |status, message| Ok(Ended::Not { status, message });
    match waited {
        Ok(Waited::Ended(exit)) => match serde_json::from_str::<Reply<A>>(&answer) {
            Ok(Ok(answer)) => Ok(Ended::Answered(answer)),
            Ok(Err(message)) => not(Status::Failed, message),
            Err(_) => {
                let (status, message) = cause_of_death(exit, &complaint, limits);
                not(status, message)
            }
        },
        Ok(Waited::TooLong) => {
            let seconds = limits.time.as_secs_f64();
            not(
                Status::TimedOut,
                format!("it took longer than {seconds} s; see --timeout"),
            )
        }
        Ok(Waited::Interrupted) => Err(Error::Interrupted),
        Err(error) => not(
            Status::Failed,
            format!("the worker could not be waited for: {error}"),
        ),
    }
}

/// Why the parent of a process waits no longer.
pub(crate) enum Waited {
    Ended(ExitStatus),
    TooLong,
    Interrupted,
}

/// Waits for a process of any kind, for `time` at most. It lets the process
/// live: who else has to go with it, only the caller knows.
pub(crate) fn wait(
    child: &mut Child,
    time: Duration,
    tick: &mut dyn FnMut(),
) -> io::Result<Waited> {
    let clock = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Waited::Ended(status));
        }
        if interrupt::asked() {
            return Ok(Waited::Interrupted);
        }
        if clock.elapsed() >= time {
            return Ok(Waited::TooLong);
        }
        tick();
        thread::sleep(pause);
        pause = (pause * 2).min(GLANCE);
    }
}

/// Reads a pipe to its end in a thread of its own, so that the worker never
/// waits for the parent. Keeps a bounded part of it.
fn drain(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(mut pipe) = pipe {
            // A pipe that breaks ends the text; the exit status says the rest.
            let _ = pipe.by_ref().take(MOST_TEXT * 16).read_to_end(&mut text);
            let _ = io::copy(&mut pipe, &mut io::sink());
        }
        text
    })
}

/// What to tell of a worker that ended without an answer.
fn cause_of_death(exit: ExitStatus, complaint: &str, limits: Limits) -> (Status, String) {
    // What Rust's standard library says before it aborts.
    if complaint.contains("memory allocation of ") {
        let limit = limits.memory_clause();
        let line = complaint
            .lines()
            .find(|line| line.contains("memory allocation of "));
        let line = line.unwrap_or_default().trim();
        return (
            Status::OutOfMemory,
            format!("{line}; the worker was at its limit{limit}"),
        );
    }
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = exit.signal() {
            let hint = match signal {
                9 => "; that is what the system does when memory runs out: see its log (dmesg)",
                11 => "; that is how a stack overflow ends",
                _ => "",
            };
            let said = last_words(complaint);
            return (
                Status::Killed,
                format!("signal {signal} ended it{hint}{said}"),
            );
        }
    }
    let code = exit
        .code()
        .map_or("no code".to_owned(), |code| format!("code {code}"));
    (
        Status::Failed,
        format!(
            "it ended with {code} and no answer{}",
            last_words(complaint)
        ),
    )
}

/// The part of an error text that says what happened, as a clause.
fn last_words(complaint: &str) -> String {
    let lines = complaint
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let telling = lines
        .take_while(|line| !line.starts_with("note:") && !line.starts_with("stack backtrace"))
        .collect::<Vec<_>>()
        .join(" ");
    let short: String = telling.chars().take(500).collect();
    if short.is_empty() {
        short
    } else {
        format!("; it said: {short}")
    }
}
