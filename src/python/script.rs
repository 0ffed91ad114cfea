//! A script in an interpreter: what it is told, and what it answers.

use std::env;
use std::path::Path;
use std::process::Command;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::job::{Interrupted, JobLimits, ProcessEnd, last_line, launched, run_program};
use crate::results::Status;

/// What every script begins with.
const PROCESS: &str = include_str!("process.py");

/// Between the parts of a script: no part has a form feed.
const PART_END: &str = "\x0c";

/// Takes the script from standard input, so that no file is left behind, part by
/// part, so that each has its own lines, and gives each its own text. The current
/// folder comes off the path first: a `pickle.py` that lies there is none of ours.
const START: &str = r"
import sys
sys.path[:] = [p for p in sys.path if p]
names = {'__name__': '__main__'}
for source in sys.stdin.read().split('\x0c'):
    names['SOURCE'] = source
    exec(compile(source, 'picklebench.py', 'exec'), names)
";

/// A program in Python that needs nothing but Python, in ASCII: in some locales an
/// old Python reads nothing else. It goes by way of a pipe, whatever its length.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Script {
    /// Its parts, in their order. `process.py` comes before them.
    pub(crate) parts: &'static [&'static str],
}

/// All that a script is told.
#[derive(Serialize)]
struct Order<T> {
    #[serde(flatten)]
    task: T,
    /// It ends itself then, should we be gone.
    seconds: u64,
    memory_bytes: Option<u64>,
}

/// How a script ended: with its answer, or why without.
pub(crate) type Answer<A> = Result<A, (Status, String)>;

impl Script {
    /// Runs it once, in a fresh process, with its files in `folder`.
    ///
    /// # Errors
    ///
    /// If an interrupt came.
    pub(crate) fn run<A: DeserializeOwned>(
        self,
        program: &Path,
        folder: &Path,
        task: impl Serialize,
        limits: JobLimits,
        tick: &mut dyn FnMut(),
    ) -> Result<Answer<A>, Interrupted> {
        let order = Order {
            task,
            // Later than us, and not so late that alarm(2) refuses.
            seconds: limits.time.as_secs().clamp(1, 1 << 30) + 5,
            memory_bytes: limits.allocated_bytes(),
        };
        let order = serde_json::to_string(&order).expect("an order has a form as JSON");
        let mut command = python(program);
        command.args(["-s", "-B", "-c", START, &order]).arg(folder);
        Ok(
            match run_program(&mut command, self.text(), limits, tick)? {
                ProcessEnd::Well { output, errors } => answer(&output, &errors),
                ProcessEnd::Not { status, message } => Err((status, message)),
                ProcessEnd::NotStarted(error) => {
                    Err((Status::Failed, format!("it cannot be started: {error}")))
                }
            },
        )
    }

    fn text(self) -> String {
        let mut text = PROCESS.to_owned();
        for part in self.parts {
            text += PART_END;
            text += part;
        }
        text
    }
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
