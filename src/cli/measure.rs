//! `picklebench measure`: runs cases, writes the results, prints the table.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::dataset::Shape;
use crate::formats::Formats;
use crate::job::interrupt;
use crate::report;
use crate::results::{ResultsFolder, Run, Section, Status};
use crate::suite::{self, Case, Selection, SuitePlan, Task, cases_of};

use super::progress::Progress;
use super::setting::{Setting, shapes};
use super::{Error, Outcome, command_line};

/// Measure how much memory each case needs
///
/// A case is an operation on a format, such as read/text. Each runs in a
/// process of its own. Results go to run.json and report.html in the results
/// folder, and the table to standard output.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  picklebench measure                           every case, 1,000,000 records
  picklebench measure --list                    which cases there are
  picklebench measure text -n 100_000           cases whose name contains 'text'
  picklebench measure --exact read/text         this case only
  picklebench measure --dataset words           lists of words instead of tuples
  picklebench measure --memory-limit 2GiB       what fits into 2 GiB?
  picklebench measure --json | jq '.cases[] | [.id, .heap.peak_bytes]'")]
pub(super) struct Arguments {
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    how: How,
    /// Print run.json instead of the table
    #[arg(long)]
    json: bool,
}

/// Which cases.
#[derive(Debug, Args)]
pub(super) struct Choice {
    /// Cases whose name contains any of these [default: all]
    #[arg(value_name = "CASE")]
    filters: Vec<String>,
    /// Take each CASE for a whole name
    #[arg(long)]
    exact: bool,
    /// What the records look like: tuples are the tutorial's
    #[arg(long, value_name = "NAME", default_value_t = Shape::Tuples, value_parser = shapes())]
    pub(super) dataset: Shape,
    /// List the cases and exit
    #[arg(long)]
    pub(super) list: bool,
}

/// How to measure them.
#[derive(Debug, Args)]
pub(super) struct How {
    #[command(flatten)]
    pub(super) setting: Setting,
    /// Runs of each case, to see whether its figures repeat; two at the most
    /// for cases that take long
    #[arg(long, value_name = "COUNT", default_value_t = 3,
          value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// Leave out the runs over a tenth and a hundredth of the records, which
    /// show how memory grows (there are none below 100,000 records)
    #[arg(long)]
    no_scaling: bool,
}

impl Choice {
    pub(super) fn cases(&self, formats: &Formats) -> Result<Vec<Case>, suite::Error> {
        let selection = Selection {
            filters: self.filters.clone(),
            exact: self.exact,
        };
        selection.of(cases_of(self.dataset, formats))
    }
}

impl How {
    pub(super) fn plan(&self, shape: Shape, cases: Vec<Case>) -> Result<SuitePlan, suite::Error> {
        let setting = &self.setting;
        Ok(SuitePlan {
            cases,
            recipe: setting.recipe(shape)?,
            runs: self.runs,
            limits: setting.limits(),
            data: setting.data.clone(),
            scaling: !self.no_scaling,
            command: command_line(),
        })
    }
}

pub(super) fn run(arguments: &Arguments, formats: &Formats) -> Result<Outcome, Error> {
    let cases = arguments.choice.cases(formats)?;
    if arguments.choice.list {
        for case in &cases {
            match case.task {
                Task::Unsupported(why) => anstream::println!("{}  (not there: {why})", case.id),
                _ => anstream::println!("{}", case.id),
            }
        }
        return Ok(Outcome::Done);
    }
    let plan = arguments.how.plan(arguments.choice.dataset, cases)?;
    let (run, report) = measure(&plan, &arguments.how.setting.results)?;
    if arguments.json {
        anstream::print!("{}", run.to_json());
        anstream::eprintln!("report: {}", report.display());
    } else {
        print_table(&run, &report);
    }
    Ok(outcome(&run))
}

/// Runs the plan and writes the results folder. Gives the run and the path of
/// its report.
pub(super) fn measure(plan: &SuitePlan, folder: &Path) -> Result<(Run, PathBuf), Error> {
    interrupt::install();
    // Before anything is measured: a folder that cannot be written to should
    // not cost five minutes.
    let folder = ResultsFolder::open(folder)?;
    let run = suite::measure(plan, &mut Progress::new())?;
    let update = folder.update(Section::Cases, &run.environment)?;
    let run = update.write_cases(run)?;
    let report = write_report(&folder, &run)?;
    Ok((run, report))
}

/// Everything that lies beside a `run.json`, made from it; gives the path of
/// the report.
pub(super) fn write_report(folder: &ResultsFolder, run: &Run) -> Result<PathBuf, Error> {
    for (name, content) in report::files(run) {
        folder.write(name, &content)?;
    }
    Ok(folder.file("report.html"))
}

/// The answer, for those who do not open a browser.
pub(super) fn print_table(run: &Run, report: &Path) {
    // `anstream` takes the colours out again where they do not belong.
    anstream::println!("{}", report::terminal::render(run, true).trim_end());
    anstream::println!("\nreport: {}", report.display());
}

pub(super) fn outcome(run: &Run) -> Outcome {
    let good = |status| matches!(status, Status::Ok | Status::Unsupported);
    if run.cases.iter().all(|case| good(case.status)) {
        Outcome::Done
    } else {
        Outcome::FoundFailure
    }
}
