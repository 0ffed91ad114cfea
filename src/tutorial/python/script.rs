//! The script in an interpreter: what it is told, and what it answers.

use std::env;
use std::path::Path;
use std::process::Command;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::job::{Interrupted, JobLimits, ProcessEnd, last_line, launched, run_program};
use crate::results::Status;

/// The experiments.
const SCRIPT: &str = include_str!("experiments.py");

/// Takes the script from standard input, so that no file is left behind, and
/// gives it its own text. The current folder comes off the path first: a
/// `pickle.py` that lies there is none of ours.
const START: &str = "import sys; sys.path[:] = [p for p in sys.path if p]; \
    SOURCE = sys.stdin.read(); \
    exec(compile(SOURCE, 'experiments.py', 'exec'), {'__name__': '__main__', 'SOURCE': SOURCE})";

/// What the script is told to do.
#[derive(Debug, Serialize)]
#[serde(tag = "task", rename_all = "lowercase")]
pub(super) enum ScriptTask<'a> {
    /// Say who it is.
    Probe,
    /// Make the files that other jobs read.
    Files { records: u64, files: &'a [&'a str] },
    /// Give the size of each literal.
    Sizes { literals: &'a [&'a str] },
    /// Run a function and give its steps.
    Profile {
        experiment: &'a str,
        function: &'a str,
        variant: &'a str,
        records: u64,
        file: Option<&'a str>,
        traced: bool,
    },
}

/// All that the script is told.
#[derive(Serialize)]
struct Order<'a> {
    #[serde(flatten)]
    task: ScriptTask<'a>,
    seed: u64,
    /// It ends itself then, should we be gone.
    seconds: u64,
    memory_bytes: Option<u64>,
}

/// How the script ended: with its answer, or why without.
pub(super) type Answer<A> = Result<A, (Status, String)>;

/// Runs the script once, in a fresh process, with its files in `folder`.
///
/// # Errors
///
/// If an interrupt came.
pub(super) fn run<A: DeserializeOwned>(
    program: &Path,
    folder: &Path,
    task: ScriptTask<'_>,
    seed: u64,
    limits: JobLimits,
    tick: &mut dyn FnMut(),
) -> Result<Answer<A>, Interrupted> {
    let order = Order {
        task,
        seed,
        // Later than us, and not so late that alarm(2) refuses.
        seconds: limits.time.as_secs().clamp(1, 1 << 30) + 5,
        memory_bytes: limits.memory_bytes,
    };
    let order = serde_json::to_string(&order).expect("an order has a form as JSON");
    let mut command = python(program);
    command.args(["-s", "-B", "-c", START, &order]).arg(folder);
    Ok(match run_program(&mut command, SCRIPT, limits, tick)? {
        ProcessEnd::Well { output, errors } => answer(&output, &errors),
        ProcessEnd::Not { status, message } => Err((status, message)),
        ProcessEnd::NotStarted(error) => {
            Err((Status::Failed, format!("it cannot be started: {error}")))
        }
    })
}

/// A command for an interpreter, with nothing in its environment that changes
/// what Python does. The C library's settings are the user's, not those of the
/// suite's workers: whether freed memory goes back to the system is one of the
/// questions, and a fixed threshold would answer it.
pub(super) fn python(program: &Path) -> Command {
    let mut command = launched(program);
    for (name, _) in env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"PYTHON") {
            command.env_remove(name);
        }
    }
    command
        .env("PYTHONHASHSEED", "0")
        .env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// The answer is the last line: an interpreter may be set up to greet.
fn answer<A: DeserializeOwned>(output: &str, errors: &str) -> Answer<A> {
    let line = output.lines().rev().find(|line| !line.trim().is_empty());
    let failed = |message| Err((Status::Failed, message));
    match line.map(serde_json::from_str) {
        Some(Ok(answer)) => Ok(answer),
        Some(Err(error)) => {
            let shown: String = last_line(output).chars().take(60).collect();
            failed(format!("its answer is not the script's ({error}): {shown}"))
        }
        None => failed(format!("it gave no answer; it said: {}", last_line(errors))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In some locales Python reads nothing else, and a pipe holds no more
    /// before someone reads.
    #[test]
    fn the_script_is_ascii_and_fits_a_pipe() {
        assert!(SCRIPT.is_ascii());
        assert!(SCRIPT.len() < 64 << 10);
    }

    #[test]
    fn a_greeting_is_no_answer() {
        let found: Answer<Vec<u64>> = answer("hello\n[1, 2]\n\n", "");
        assert_eq!(found, Ok(vec![1, 2]));
        let (status, message) = answer::<Vec<u64>>("hello\n", "").unwrap_err();
        assert_eq!(status, Status::Failed);
        assert!(message.ends_with(": hello"), "{message}");
        assert!(
            answer::<Vec<u64>>("", "oh no")
                .unwrap_err()
                .1
                .contains("oh no")
        );
    }
}
