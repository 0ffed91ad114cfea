//! Why a process ended without an answer, in words for people.

use std::process::ExitStatus;

use plainfigures::thousands;

use crate::results::Status;

use super::limits::JobLimits;
use super::mark::Marks;

/// Whose program a process runs: they say differently what went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Program {
    /// This one, started again.
    Worker,
    /// One that the user named: a Python, or something that claims to be one.
    Foreign,
}

/// What to tell of a process that ended without an answer, having written
/// `errors` to its standard error.
pub(super) fn cause_of_death(
    program: Program,
    exit: ExitStatus,
    errors: &str,
    limits: JobLimits,
) -> (Status, String) {
    let marks = Marks::read(errors);
    let (place, errors) = match program {
        Program::Worker => (marks.place(), marks.rest.as_str()),
        Program::Foreign => (String::new(), errors),
    };
    if let Some(said) = out_of_memory(program, errors) {
        return (
            Status::OutOfMemory,
            at_the_limit(program, &place, &said, limits),
        );
    }
    let said = match program {
        Program::Worker => first_lines(errors),
        Program::Foreign => last_line(errors),
    };
    let said = match said.as_str() {
        "" => said,
        _ => format!("; it said: {said}"),
    };
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = exit.signal() {
            let hint = match (signal, program) {
                (9, _) => {
                    "; that is what the system does when memory runs out: see its log (dmesg)"
                }
                (11, Program::Worker) => "; that is how a stack overflow ends",
                _ => "",
            };
            return (
                Status::Killed,
                format!("{place}signal {signal} ended it{hint}{said}"),
            );
        }
    }
    let code = exit
        .code()
        .map_or("no code".to_owned(), |code| format!("code {code}"));
    let answer = match program {
        Program::Worker => " and no answer",
        Program::Foreign => "",
    };
    (
        Status::Failed,
        format!("{place}it ended with {code}{answer}{said}"),
    )
}

/// What to tell of a worker that answered with an error, having written `errors`
/// to its standard error: whether its limit is to blame, and at which step.
pub(super) fn cause_of_error(message: String, errors: &str, limits: JobLimits) -> (Status, String) {
    let marks = Marks::read(errors);
    match marks.refused_bytes {
        Some(bytes) => {
            let said = asked_for(bytes);
            let why = at_the_limit(Program::Worker, &marks.place(), &said, limits);
            (Status::OutOfMemory, format!("{why}; it said: {message}"))
        }
        None => (Status::Failed, message),
    }
}

/// What to tell of a process whose memory ran out.
fn at_the_limit(program: Program, place: &str, said: &str, limits: JobLimits) -> String {
    let who = match program {
        Program::Worker => "the worker",
        Program::Foreign => "Python",
    };
    let limit = limits.memory_clause();
    format!("{place}{said}; {who} was at its limit{limit}")
}

fn asked_for(bytes: u64) -> String {
    format!("it asked for a block of {} bytes", thousands(bytes))
}

/// What tells that memory ran out: Rust's standard library says one
/// before it aborts, Python's traceback ends with one.
fn out_of_memory(program: Program, errors: &str) -> Option<String> {
    match program {
        Program::Worker => {
            let mut lines = errors.lines().map(str::trim);
            let told = |line: &str| {
                let bytes = line.split("memory allocation of ").nth(1)?;
                bytes.split(' ').next()?.parse().ok()
            };
            lines.find_map(told).map(asked_for)
        }
        Program::Foreign => Some(last_line(errors)).filter(|said| said.starts_with("MemoryError")),
    }
}

/// The part of a panic's text that says what happened.
fn first_lines(errors: &str) -> String {
    let lines = errors
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let telling = lines
        .take_while(|line| !line.starts_with("note:") && !line.starts_with("stack backtrace"))
        .collect::<Vec<_>>()
        .join(" ");
    telling.chars().take(500).collect()
}

/// The last line of a text that says anything: of a traceback, the error.
/// Short, and without control characters.
pub(crate) fn last_line(text: &str) -> String {
    let lines = text.lines().map(str::trim);
    let last = lines.rev().find(|line| !line.is_empty());
    let shown = last.unwrap_or_default().chars().take(300);
    shown.map(plainfigures::visible_char).collect()
}
