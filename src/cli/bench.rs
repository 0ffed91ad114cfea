//! `cargo bench`: the same measurement under the arguments that cargo and the
//! users of criterion and libtest give to a bench.

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, ValueEnum};

use crate::files::NewFolder;
use crate::formats::Formats;
use crate::results::{Environment, ResultsFolder, Section, Status, Throughput};
use crate::suite::{self, SuitePlan};
use peakheap::Heap;
use plainfigures::visible;

use super::keep::{Told, write_report};
use super::measure::{Choice, How, measure, outcome};
use super::output::print_line;
use super::{Error, Outcome, command_line, finish, listen, usage};

/// Peak memory of every case, as `picklebench measure`.
///
/// Without --bench (that is how `cargo test --benches` starts it) every case
/// runs once over a few records, to see whether it works.
#[derive(Debug, Parser)]
#[command(
    name = "memory",
    bin_name = "cargo bench --bench memory --",
    max_term_width = 100
)]
#[command(after_help = "\
Examples:
  cargo bench --bench memory
  cargo bench --bench memory -- read/text
  cargo bench --bench memory -- --records 1e5 --runs 2
  cargo bench -- --list")]
struct Arguments {
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    how: How,
    /// Measure (cargo bench passes this)
    #[arg(long)]
    bench: bool,
    /// Only see whether every case works, over a few records
    #[arg(long)]
    test: bool,
    /// How --list is printed
    #[arg(long, value_enum, default_value_t = ListFormat::Pretty)]
    format: ListFormat,
    /// Only what has been set aside, and that is nothing
    #[arg(long)]
    ignored: bool,
    // Taken, because runners of tests pass them, and without meaning here.
    #[arg(long, hide = true)]
    nocapture: bool,
    #[arg(long, hide = true)]
    include_ignored: bool,
    #[arg(short, long, hide = true)]
    quiet: bool,
    #[arg(long, hide = true)]
    color: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ListFormat {
    Pretty,
    Terse,
}

/// Records of a smoke run.
const SMOKE_RECORDS: u64 = 1000;

/// `main` of `benches/memory.rs`, over these formats. `meter` is the heap of its
/// allocator.
#[must_use]
pub fn memory_bench(meter: &Heap, formats: &Formats) -> ExitCode {
    if let Some(code) = suite::run_if_worker(Some(meter), formats) {
        return code;
    }
    let run = || {
        listen()?;
        match Arguments::try_parse() {
            Ok(arguments) => run(&arguments, formats),
            Err(error) => usage::tell(&error, &mut Arguments::command()),
        }
    };
    finish(run())
}

fn run(arguments: &Arguments, formats: &Formats) -> Result<Outcome, Error> {
    if arguments.ignored {
        return Ok(Outcome::Done);
    }
    let mut cases = arguments.choice.cases(formats)?;
    if arguments.choice.list {
        cases.retain(|case| case.task.runs());
        for case in &cases {
            print_line(&format!("{}: benchmark", case.id))?;
        }
        if arguments.format == ListFormat::Pretty {
            print_line(&format!("\n0 tests, {} benchmarks", cases.len()))?;
        }
        return Ok(Outcome::Done);
    }
    // What a user types to have the same again, not what cargo makes of it.
    let given = command_line()
        .into_iter()
        .skip(1)
        .filter(|word| word != "--bench");
    let command = "cargo bench --bench memory --"
        .split(' ')
        .map(str::to_owned);
    let plan = SuitePlan {
        command: command.chain(given).collect(),
        ..arguments.how.plan(arguments.choice.dataset, cases)?
    };
    if arguments.bench && !arguments.test {
        let run = measure(&plan, &arguments.how, Told::Table)?;
        return Ok(outcome(&run));
    }
    smoke(plan, &arguments.how)
}

/// Every case over a few records, leaving nothing behind. Says what libtest
/// says, for those who read that.
fn smoke(plan: SuitePlan, how: &How) -> Result<Outcome, Error> {
    let folder = NewFolder::create_in(&env::temp_dir())?;
    let data = folder.path().join("data");
    let how = how.within_folder(folder.path().join("results"));
    let plan = SuitePlan {
        records: plan
            .records
            .first(plan.records.records().min(SMOKE_RECORDS)),
        runs: 2,
        data,
        ..plan
    };
    let run = measure(&plan, &how, Told::Nothing)?;
    let mut failed = 0;
    let ran = || {
        run.cases
            .iter()
            .filter(|case| case.status != Status::Unsupported)
    };
    for case in ran() {
        let repeats = case
            .heap
            .as_ref()
            .is_none_or(|heap| heap.deterministic == Some(true));
        let verdict = match &case.message {
            Some(message) => format!("FAILED: {message}"),
            None if !repeats => "FAILED: another peak heap in each run".to_owned(),
            None => "ok".to_owned(),
        };
        failed += usize::from(verdict != "ok");
        print_line(&visible(&format!("test {} ... {verdict}", case.id)))?;
    }
    let passed = ran().count() - failed;
    let result = if failed == 0 { "ok" } else { "FAILED" };
    print_line(&format!(
        "\ntest result: {result}. {passed} passed; {failed} failed; 0 ignored; 0 measured; \
         0 filtered out"
    ))?;
    Ok(if failed == 0 {
        Outcome::Done
    } else {
        Outcome::FoundFailure
    })
}

/// Adds what the time bench found to the run in a results folder, and makes its
/// report again: one report that has both.
///
/// # Errors
///
/// If there is no run in the folder, another commit made it, or the folder
/// cannot be written to.
pub fn add_throughput(results: &Path, found: Vec<(String, Throughput)>) -> Result<PathBuf, Error> {
    let folder = ResultsFolder::open(results)?;
    let build = Environment {
        commit: suite::commit(),
        ..Environment::default()
    };
    let update = folder.update(Section::Throughput, &build)?;
    let run = update.with_throughput(found);
    folder.write_run(&run)?;
    write_report(&folder, &run)
}
