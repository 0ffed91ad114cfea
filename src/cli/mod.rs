//! The command line: what users type, and what they are told.
//!
//! Data goes to standard output, progress and messages to standard error. Exit
//! codes: 0 done, or whoever reads the output had enough; 1 the work ran and found
//! a failure or a regression; 2 wrong usage, or an input or output that fails; 130
//! after SIGINT, 143 after SIGTERM.

mod bench;
mod bytes_bar;
mod choices;
mod compare;
mod completions;
mod convert;
mod fit;
mod folder;
mod generate;
mod inspect;
mod keep;
mod measure;
mod output;
mod own_records;
mod progress;
mod publish;
mod reading;
mod report;
mod scale;
mod setting;
mod sizeof;
mod streams;
mod tutorial;
mod usage;

use std::env;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::formats::Formats;
use crate::job::{self, interrupt};
use crate::suite::{self, OwnCases};
use crate::tutorial as experiments;
use output::say_error;
use peakheap::Heap;

pub use bench::{Bench, add_throughput};

/// How much memory does it take to write and to read your records?
///
/// picklebench measures peak memory, exactly: in pickle, in flat text, and in
/// the formats you might use instead.
#[derive(Debug, Parser)]
#[command(
    name = "picklebench",
    version,
    propagate_version = true,
    max_term_width = 100
)]
#[command(after_help = "\
Examples:
  picklebench measure                      every case, 1,000,000 records
  picklebench measure read/text -n 1e5     cases whose name contains read/text
  picklebench fit read/text                the smallest memory limit that works
  picklebench scale read/text              how its peak grows with the records
  picklebench tutorial                     what became of the tutorial's claims
  picklebench report results/latest/run.json -o report.html
  picklebench compare base new             what got worse since another run
  picklebench publish                      keep a run, and the page of all of them
  picklebench convert data.pkl data.jsonl  a pickle as JSON lines
  picklebench inspect data.pkl             what is in a pickle
  picklebench sizeof '[4, 5.0]'           its bytes in Python and in Rust

Exit codes: 0 done, also when whoever reads the output has had enough; 1 the work ran
and found a failure or a regression; 2 wrong usage, or an input or output that fails;
130 after SIGINT (Ctrl-C), 143 after SIGTERM.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Measure(measure::Arguments),
    Fit(fit::Arguments),
    Scale(scale::Arguments),
    Tutorial(tutorial::Arguments),
    Report(report::Arguments),
    Compare(compare::Arguments),
    Publish(publish::Arguments),
    Generate(generate::Arguments),
    Convert(convert::Arguments),
    Inspect(inspect::Arguments),
    Sizeof(sizeof::Arguments),
    Completions(completions::Arguments),
}

/// How a command ended, when it was not with an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Done,
    /// The work ran and found a failure or a regression.
    FoundFailure,
    /// There was no work: the arguments are wrong, and that was said.
    WrongUsage,
}

/// An error for people. The text is all there is.
type Error = Box<dyn std::error::Error + Send + Sync>;

/// The `picklebench` command over these formats. `meter` is the heap of the
/// program's allocator; without it, heap figures are absent.
///
/// Call this first thing in `main`: a worker is the same program started again.
#[must_use]
pub fn main(meter: Option<&Heap>, formats: &Formats) -> ExitCode {
    let worker = suite::run_if_worker(meter, formats, &OwnCases::default());
    let worker = worker.or_else(|| experiments::run_if_worker(meter));
    if let Some(code) = worker.or_else(job::launch_if_asked) {
        return code;
    }
    finish(run(formats))
}

fn run(formats: &Formats) -> Result<Outcome, Error> {
    listen()?;
    let mut command = command(formats);
    let matches = command.try_get_matches_from_mut(env::args_os());
    let cli = matches.and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match cli {
        Ok(cli) => cli,
        Err(error) => return usage::tell(&error.format(&mut command), &mut command),
    };
    match cli.command {
        Command::Measure(arguments) => measure::run(&arguments, formats),
        Command::Fit(arguments) => fit::run(&arguments, formats),
        Command::Scale(arguments) => scale::run(&arguments, formats),
        Command::Tutorial(arguments) => tutorial::run(&arguments),
        Command::Report(arguments) => report::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Publish(arguments) => publish::run(&arguments),
        Command::Generate(arguments) => generate::run(&arguments, formats),
        Command::Convert(arguments) => convert::run(&arguments, formats),
        Command::Inspect(arguments) => inspect::run(&arguments, formats),
        Command::Sizeof(arguments) => sizeof::run(&arguments, formats),
        Command::Completions(arguments) => completions::run(&arguments, &mut command),
    }
}

/// Takes over Ctrl-C, so that every command cleans up behind itself.
fn listen() -> Result<(), Error> {
    Ok(interrupt::install().map_err(|error| format!("cannot listen for Ctrl-C: {error}"))?)
}

/// The command, which knows the names of the formats.
fn command(formats: &Formats) -> clap::Command {
    let command =
        Cli::command().mut_subcommand("convert", |command| convert::describe(command, formats));
    ["measure", "fit", "scale"]
        .into_iter()
        .fold(command, |command, name| {
            command.mut_subcommand(name, |command| own_records::describe(command, formats))
        })
}

/// Turns a result into what the process says and exits with.
fn finish(result: Result<Outcome, Error>) -> ExitCode {
    // Whatever it says: what an interrupt breaks off looks like many things.
    if let Err(interrupted) = interrupt::check() {
        say_error(interrupted);
        return ExitCode::from(interrupt::exit_code());
    }
    match result {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::FoundFailure) => ExitCode::from(1),
        Ok(Outcome::WrongUsage) => ExitCode::from(2),
        Err(error) => {
            say_error(error);
            ExitCode::from(2)
        }
    }
}

/// The command line of this process, for the record.
fn command_line() -> Vec<String> {
    let mut words: Vec<String> = env::args_os()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    // The program's name without the folder, which tells of the machine only.
    if let Some(program) = words.first_mut()
        && let Some(name) = program.rsplit(['/', '\\']).next()
    {
        *program = name.to_owned();
    }
    words
}
