//! Which Pythons there are, and which cannot answer.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::files::shown;
use crate::job::{Interrupted, JobLimits, Observer, ProcessEnd, last_line, run_program};
use crate::results::{Interpreter, Status};

use super::script::{self, Answer, Script};

/// The Python that is asked where the user names none.
const USUAL: &str = if cfg!(windows) { "python" } else { "python3" };

/// The script that is asked who it is.
const IDENTITY: Script = Script {
    parts: &[include_str!("identity.py")],
};

/// How long an interpreter may take to say who it is.
const PROBE_TIME: Duration = Duration::from_secs(20);

/// An interpreter that answers.
#[derive(Debug, Clone)]
pub struct Python {
    /// The program, as it was named.
    pub program: PathBuf,
    /// As in [`Interpreter::name`].
    pub name: String,
    /// Its version in the names of cases, unique within the run and without a
    /// hyphen: `3.11`, and `3.11+2` for a second one.
    pub short: String,
    /// Whether it is a Python 2, with other types for text and integers.
    pub is_python_2: bool,
    /// Whether it has `tracemalloc`.
    pub traces: bool,
}

/// What the script answers when it is asked who it is.
#[derive(Deserialize)]
struct Identity {
    name: String,
    short: String,
    version: String,
    python_2: bool,
    traces: bool,
    /// The interpreter's own file. Compared, never opened.
    executable: String,
}

/// What is known of each program, in the order in which they were named, and
/// those that answer. None named stands for the usual one, which may be absent.
///
/// # Errors
///
/// If an interrupt came.
pub(crate) fn find(
    programs: &[PathBuf],
    limits: JobLimits,
    observer: &mut dyn Observer,
) -> Result<(Vec<Interpreter>, Vec<Python>), Interrupted> {
    let usual = [PathBuf::from(USUAL)];
    let is_usual = programs.is_empty();
    let programs = if is_usual { &usual } else { programs };
    let mut interpreters: Vec<Interpreter> = Vec::new();
    let mut pythons: Vec<Python> = Vec::new();
    let mut executables: Vec<String> = Vec::new();
    for program in programs {
        let shown = shown(program);
        observer.begin(&shown, 0);
        let row = match probe(program, is_usual, limits, &mut || observer.tick())? {
            Ok(identity) if executables.contains(&identity.executable) => {
                observer.say(&format!("{shown} is a Python that was named already"));
                continue;
            }
            Ok(identity) => {
                let taken = |name: &str| interpreters.iter().any(|other| other.name == name);
                let name = unique(&plain(&identity.name), '-', taken);
                let taken = |name: &str| pythons.iter().any(|other| other.short == name);
                let short = unique(&plain(&identity.short), '+', taken);
                pythons.push(Python {
                    program: program.clone(),
                    name: name.clone(),
                    short,
                    is_python_2: identity.python_2,
                    traces: identity.traces,
                });
                executables.push(identity.executable);
                Interpreter {
                    name,
                    version: plain(&identity.version),
                    status: Status::Ok,
                    message: None,
                    packages: Vec::new(),
                }
            }
            Err((status, message)) => {
                observer.say(&format!("skipping {shown}: {message}"));
                let taken = |name: &str| interpreters.iter().any(|other| other.name == name);
                Interpreter {
                    name: unique(&plain(&shown), '-', taken),
                    version: String::new(),
                    status,
                    message: Some(message),
                    packages: Vec::new(),
                }
            }
        };
        interpreters.push(row);
    }
    Ok((interpreters, pythons))
}

/// Asks a program who it is.
fn probe(
    program: &Path,
    is_usual: bool,
    limits: JobLimits,
    tick: &mut dyn FnMut(),
) -> Result<Answer<Identity>, Interrupted> {
    let limits = JobLimits {
        time: limits.time.min(PROBE_TIME),
        ..limits
    };
    // First something that is harmless whatever the program is: a shell would
    // take the script for its own.
    let mut command = script::python(program);
    let ended = run_program(command.arg("--version"), String::new(), limits, tick)?;
    if let Err((status, message)) = is_python(ended) {
        // Nobody asked for the usual one: to have none is not a failure.
        return Ok(Err(if is_usual {
            let message = format!("{message}; name a Python with --python PATH");
            (Status::Unsupported, message)
        } else {
            (status, message)
        }));
    }
    IDENTITY.run(program, Path::new("."), (), limits, tick)
}

/// Whether this is what a Python does when it is asked for its `--version`.
fn is_python(ended: ProcessEnd) -> Answer<()> {
    match ended {
        ProcessEnd::NotStarted(error) => {
            Err((Status::Failed, format!("it cannot be started: {error}")))
        }
        ProcessEnd::Not { status, message } => Err((status, message)),
        ProcessEnd::Well { output, errors } => {
            // Python 2 says it on the other pipe.
            let texts = [output, errors];
            let mut lines = texts.iter().flat_map(|text| text.lines());
            if lines.any(|line| line.starts_with("Python ")) {
                return Ok(());
            }
            let said: String = last_line(&texts.concat()).chars().take(60).collect();
            let message = format!("it is not a Python: asked for its --version it says {said:?}");
            Err((Status::Failed, message))
        }
    }
}

/// The name, with a number behind `mark` if it is taken.
fn unique(name: &str, mark: char, taken: impl Fn(&str) -> bool) -> String {
    if !taken(name) {
        return name.to_owned();
    }
    let mut names = (2..).map(|number| format!("{name}{mark}{number}"));
    names
        .find(|name| !taken(name))
        .expect("there are more numbers than interpreters")
}

/// What an interpreter or a user calls it, in a form that fits a table.
fn plain(text: &str) -> String {
    text.chars()
        .take(200)
        .map(plainfigures::visible_char)
        .collect()
}
