//! `cargo bench`: the same measurement under the arguments that cargo and the
//! users of criterion and libtest give to a bench.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;

use clap::{CommandFactory, Parser, ValueEnum};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::files::NewFolder;
use crate::formats::{FormatFor, Formats};
use crate::results::{Environment, ResultsFolder, Section, Status, Throughput};
use crate::suite::{self, Made, OwnCases, Plain, RecordSource, SuitePlan, TypedRecords};
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

/// Records of somebody's own type, unless somebody says how many.
const USUAL_RECORDS: u64 = 1_000_000;

/// Records of a smoke run.
const SMOKE_RECORDS: u64 = 1000;

/// What a bench measures: `main` of `benches/memory.rs`, here and in any other crate.
/// Its `Cargo.toml` says `harness = false` of it.
///
/// ```no_run
/// use std::process::ExitCode;
///
/// use peakheap::Metered;
/// use picklebench::Bench;
///
/// #[global_allocator]
/// static ALLOCATOR: Metered = Metered::system();
///
/// fn main() -> ExitCode {
///     Bench::new(ALLOCATOR.heap())
///         .case("collect", || (0..1_000_000_u64).collect::<Vec<_>>())
///         .case_over("sort", |n| (0..n).rev().collect::<Vec<_>>(), |mut list| list.sort())
///         .main()
/// }
/// ```
///
/// Each case is a process of its own, with an exact peak, a timeline and a check that
/// it repeats; the results are a folder that `picklebench report`, `compare` and
/// `publish` know. `docs/your-own-benches.md` tells more.
pub struct Bench {
    meter: &'static Heap,
    formats: Formats,
    own: OwnCases,
}

impl fmt::Debug for Bench {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bench")
            .field("formats", &self.formats)
            .field("plain", &self.own.plain)
            .finish_non_exhaustive()
    }
}

impl Bench {
    /// A bench of nothing yet. `meter` is the heap of the program's allocator.
    #[must_use]
    pub fn new(meter: &'static Heap) -> Bench {
        Bench {
            meter,
            formats: Formats::none(),
            own: OwnCases::default(),
        }
    }

    /// Every operation of these formats, over a built-in dataset.
    #[must_use]
    pub fn formats(mut self, formats: Formats) -> Bench {
        self.formats = formats;
        self
    }

    /// Every operation of this crate's formats over records of your own type, in the
    /// place of a built-in dataset: `make` gives so many of them, the same each time
    /// for the same seed. What a record takes in memory is what a copy of it takes.
    ///
    /// # Panics
    ///
    /// As [`case`](Bench::case), for the name of the records.
    #[must_use]
    pub fn records<T, I>(self, name: &str, make: impl Fn(u64, u64) -> I + 'static) -> Bench
    where
        T: Serialize + DeserializeOwned + Clone + 'static,
        I: Iterator<Item = T> + 'static,
    {
        self.records_in(name, &[], make)
    }

    /// As [`records`](Bench::records), in formats of your own too, beside this crate's.
    ///
    /// # Panics
    ///
    /// As [`case`](Bench::case), for the name of the records; or if there are two formats
    /// of one name.
    #[must_use]
    pub fn records_in<T, I>(
        mut self,
        name: &str,
        formats: &[&'static dyn FormatFor<T>],
        make: impl Fn(u64, u64) -> I + 'static,
    ) -> Bench
    where
        T: Serialize + DeserializeOwned + Clone + 'static,
        I: Iterator<Item = T> + 'static,
    {
        check_name(name);
        let own = formats.iter();
        self.formats = own.fold(Formats::built_in(), |all, own| all.and(*own));
        self.own.records = Some(Rc::new(Made::new(name, formats, self.meter, make)));
        self
    }

    /// A plain case, `plain/NAME`: what `run` takes at its peak. What it gives is live
    /// when the window closes, and dropped in a step of its own.
    ///
    /// # Panics
    ///
    /// If the name is none of lower case letters, digits and hyphens, or is taken.
    #[must_use]
    pub fn case<R: 'static>(self, name: &str, run: impl Fn() -> R + 'static) -> Bench {
        self.plain(name, Plain::new(name, false, |_| (), move |()| run()))
    }

    /// A plain case over what `set_up` makes beforehand of a number of records: that of
    /// `--records`, and a tenth and a hundredth of it, to see how the peak grows. What
    /// is made lies on the heap when the window opens: it is the floor.
    ///
    /// # Panics
    ///
    /// As [`case`](Bench::case).
    #[must_use]
    pub fn case_over<S: 'static, R: 'static>(
        self,
        name: &str,
        set_up: impl Fn(u64) -> S + 'static,
        run: impl Fn(S) -> R + 'static,
    ) -> Bench {
        self.plain(name, Plain::new(name, true, set_up, run))
    }

    fn plain(mut self, name: &str, plain: Plain) -> Bench {
        check_name(name);
        let is_taken = self.own.plain.iter().any(|other| other.name() == name);
        assert!(!is_taken, "there are two cases {name:?}");
        self.own.plain.push(plain);
        self
    }

    /// Measures what its command line asks for, as `cargo bench` passes it. A worker is
    /// the same program started again, so this is to be called first thing in `main`.
    #[must_use]
    pub fn main(self) -> ExitCode {
        let code = suite::run_if_worker(Some(self.meter), &self.formats, &self.own);
        if let Some(code) = code {
            return code;
        }
        let run = || {
            listen()?;
            match Arguments::try_parse() {
                Ok(arguments) => run(&arguments, &self.formats, &self.own),
                Err(error) => usage::tell(&error, &mut Arguments::command()),
            }
        };
        finish(run())
    }
}

/// # Panics
///
/// If it is no name for a part of a case's name.
fn check_name(name: &str) {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    assert!(
        !name.is_empty() && name.bytes().all(is_plain),
        "{name:?} is no name: lower case letters, digits and hyphens are"
    );
}

fn run(arguments: &Arguments, formats: &Formats, own: &OwnCases) -> Result<Outcome, Error> {
    if arguments.ignored {
        return Ok(Outcome::Done);
    }
    let (choice, how) = (&arguments.choice, &arguments.how);
    let mut chosen = match &own.records {
        Some(made_by) => choice.of_own(made_by.cases(formats), &own.plain)?,
        None => choice.cases(&how.setting, formats, &own.plain)?,
    };
    if arguments.choice.list {
        chosen.cases.retain(|case| case.task.runs());
        for case in &chosen.cases {
            print_line(&format!("{}: benchmark", case.id))?;
        }
        if arguments.format == ListFormat::Pretty {
            print_line(&format!("\n0 tests, {} benchmarks", chosen.cases.len()))?;
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
    let plan = match &own.records {
        Some(made_by) => {
            let count = how.records.records.unwrap_or(USUAL_RECORDS);
            let records = TypedRecords::new(Rc::clone(made_by), count, how.setting.seed());
            how.plan_over(RecordSource::Typed(records), None, chosen)
        }
        None => how.plan(choice.dataset, chosen)?,
    };
    let plan = SuitePlan {
        command: command.chain(given).collect(),
        ..plan
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
