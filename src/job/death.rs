//! Why a process ended without an answer, in words for people.

use std::process::ExitStatus;

use crate::results::Status;

use super::limits::JobLimits;

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
    if let Some(said) = out_of_memory(program, errors) {
        let who = match program {
            Program::Worker => "the worker",
            Program::Foreign => "Python",
        };
        let limit = limits.memory_clause();
        return (
            Status::OutOfMemory,
            format!("{said}; {who} was at its limit{limit}"),
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
                format!("signal {signal} ended it{hint}{said}"),
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
        format!("it ended with {code}{answer}{said}"),
    )
}

/// The line that tells that memory ran out: Rust's standard library says one
/// before it aborts, Python's traceback ends with one.
fn out_of_memory(program: Program, errors: &str) -> Option<String> {
    match program {
        Program::Worker => {
            let mut lines = errors.lines().map(str::trim);
            let line = lines.find(|line| line.contains("memory allocation of "));
            line.map(str::to_owned)
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
