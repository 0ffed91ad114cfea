//! `picklebench measure`: runs cases, writes the results, prints the table.

use std::path::PathBuf;

use clap::Args;
use picklestream::value::Value;

use crate::dataset::Shape;
use crate::formats::Formats;
use crate::job::Observer;
use crate::report;
use crate::results::{Beginning, DatasetSource, Interpreter, ResultsFolder, Run, Section};
use crate::suite::{
    self, Case, OwnRecords, Plain, PythonTable, RecordSource, Scaling, Selection, SuitePlan, Task,
    cases, cases_of, python_cases,
};

use super::keep::{Told, keep_and_tell};
use super::output::{print, say};
use super::own_records::{Own, Taken};
use super::progress::Progress;
use super::setting::{RecordCount, Setting, shapes};
use super::{Error, Outcome, command_line};

/// Measure how much memory each case needs
///
/// A case is an operation on a format, such as read/text. Each runs in a
/// process of its own. Results go to run.json and report.html in the results
/// folder, and the table to standard output.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  picklebench measure                           the usual cases, 1,000,000 records
  picklebench measure --all                     every case
  picklebench measure --list                    which cases there are
  picklebench measure text -n 100_000           cases whose name contains 'text'
  picklebench measure --exact read/text         this case only
  picklebench measure --input data.pkl          the records of a file of yours
  picklebench measure --input data.csv --sample 1% read/json
  picklebench measure --dataset words           lists of words instead of tuples
  picklebench measure python- --python python3.13   the serializers of a Python
  picklebench measure --memory-limit 2GiB       what fits into 2 GiB?
  picklebench measure --json | jq '.cases[] | [.id, .heap.peak_bytes]'")]
pub(super) struct Arguments {
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    own: Own,
    /// Print run.json instead of the table
    #[arg(long)]
    json: bool,
}

/// Which cases.
#[derive(Debug, Args)]
pub(super) struct Choice {
    /// Cases whose name contains any of these, out of all there are; those in
    /// Python where one of these says 'python' [default: those that most would
    /// compare]
    #[arg(value_name = "CASE")]
    filters: Vec<String>,
    /// Take each CASE for a whole name
    #[arg(long)]
    exact: bool,
    /// Without CASE: every case, where otherwise the usual ones are measured
    #[arg(long, conflicts_with = "filters")]
    all: bool,
    /// What the records look like: tuples are the tutorial's
    #[arg(long, value_name = "NAME", default_value_t = Shape::Tuples, value_parser = shapes())]
    pub(super) dataset: Shape,
    /// A Python whose serializers are measured, too; may be given several times
    /// [default: python3, where there is one]
    #[arg(long, value_name = "PATH", conflicts_with = "no_python")]
    python: Vec<PathBuf>,
    /// Measure nothing in Python
    #[arg(long)]
    no_python: bool,
    /// List the cases and exit
    #[arg(long)]
    pub(super) list: bool,
}

/// The cases that were chosen.
pub(super) struct Chosen {
    pub(super) cases: Vec<Case>,
    /// The Pythons of those that are in Python.
    pub(super) pythons: Vec<Interpreter>,
    /// Whether somebody said which cases.
    is_choice: bool,
}

/// How to measure them.
#[derive(Debug, Args)]
pub(super) struct How {
    #[command(flatten)]
    pub(super) records: RecordCount,
    #[command(flatten)]
    pub(super) setting: Setting,
    /// Runs of each case, to see whether its figures repeat; two at the most
    /// for cases that take long [default: 3, in Python 1]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    runs: Option<u32>,
    /// Leave out the runs over a tenth and a hundredth of the records, which
    /// show how memory grows (there are none below 100,000 records, and in
    /// Python only where cases are chosen)
    #[arg(long)]
    no_scaling: bool,
    /// Go on from a run that was interrupted, without measuring again what it
    /// has finished
    #[arg(long)]
    pub(super) resume: bool,
}

impl Choice {
    /// Those of a built-in dataset that are asked for, in Rust and in Python, and those
    /// of no format.
    pub(super) fn cases(
        &self,
        setting: &Setting,
        formats: &Formats,
        plain: &[Plain],
    ) -> Result<Chosen, suite::Error> {
        let mut cases = cases_of(self.dataset, formats);
        cases.extend(plain.iter().map(Case::of_plain));
        self.with_pythons(cases, self.dataset.name(), setting, formats)
    }

    /// Those of `cases` that are asked for, and those in Python over a dataset of this
    /// name.
    fn with_pythons(
        &self,
        mut cases: Vec<Case>,
        dataset: &str,
        setting: &Setting,
        formats: &Formats,
    ) -> Result<Chosen, suite::Error> {
        let table = self.python_table(dataset, setting, formats)?;
        cases.extend(table.cases);
        let mut chosen = self.of(cases)?;
        let in_python = |case: &Case| matches!(case.task, Task::Python(_));
        if !self.python.is_empty() || chosen.cases.iter().any(in_python) {
            chosen.pythons = table.interpreters;
        }
        Ok(chosen)
    }

    /// Those that are asked for of a program that has records of its own.
    pub(super) fn of_own(
        &self,
        mut cases: Vec<Case>,
        plain: &[Plain],
    ) -> Result<Chosen, suite::Error> {
        cases.extend(plain.iter().map(Case::of_plain));
        self.of(cases)
    }

    /// The same over somebody's own records, where there are some.
    ///
    /// # Errors
    ///
    /// If a filter matches nothing.
    pub(super) fn cases_over(
        &self,
        own: &Own,
        setting: &Setting,
        formats: &Formats,
    ) -> Result<Chosen, suite::Error> {
        match own.input {
            Some(_) => {
                self.with_pythons(cases::<Value>(formats), OwnRecords::NAME, setting, formats)
            }
            None => self.cases(setting, formats, &[]),
        }
    }

    /// The records that are asked for, and the file that they came from.
    ///
    /// # Errors
    ///
    /// If there are none, or the file is no good.
    pub(super) fn records(
        &self,
        own: &Own,
        records: RecordCount,
        setting: &Setting,
        formats: &Formats,
    ) -> Result<(RecordSource, Option<DatasetSource>), Error> {
        let Some(path) = &own.input else {
            return Ok((setting.recipe(self.dataset, records)?.into(), None));
        };
        let Taken { records, source } = own.take(path, records, setting, formats)?;
        Ok((records, Some(source)))
    }

    /// Those of `cases` that are asked for.
    fn of(&self, cases: Vec<Case>) -> Result<Chosen, suite::Error> {
        let selection = Selection {
            filters: self.filters.clone(),
            exact: self.exact,
            // A list that leaves out what there is helps nobody to choose.
            all: self.all || self.list,
        };
        Ok(Chosen {
            cases: selection.of(cases)?,
            pythons: Vec::new(),
            is_choice: self.all || !self.filters.is_empty(),
        })
    }

    fn python_table(
        &self,
        dataset: &str,
        setting: &Setting,
        formats: &Formats,
    ) -> Result<PythonTable, suite::Error> {
        // Who asks for cases in Python is told why there are none.
        let asks = !self.python.is_empty() || self.filters.iter().any(|f| f.contains("python"));
        // A bench without formats is of something else than records.
        let has_formats = formats.iter().next().is_some();
        if self.no_python || !has_formats || !(asks || self.filters.is_empty()) {
            return Ok(PythonTable::default());
        }
        let mut progress = Progress::new();
        let observer: &mut dyn Observer = if asks { &mut progress } else { &mut Unheard };
        let limits = setting.limits();
        let found = python_cases(&self.python, dataset, formats, limits, observer)?;
        Ok(found)
    }
}

/// Hears nothing of what it is told.
struct Unheard;

impl Observer for Unheard {
    fn say(&mut self, _: &str) {}
    fn begin(&mut self, _: &str, _: u64) {}
    fn part_done(&mut self) {}
    fn tick(&mut self) {}
}

impl How {
    /// The same, with results in another folder, and from the beginning.
    pub(super) fn within_folder(&self, results: PathBuf) -> How {
        How {
            setting: self.setting.within_folder(results),
            resume: false,
            ..*self
        }
    }

    pub(super) fn plan(&self, shape: Shape, chosen: Chosen) -> Result<SuitePlan, suite::Error> {
        let records = self.setting.recipe(shape, self.records)?.into();
        Ok(self.plan_over(records, None, chosen))
    }

    /// The plan over these records, and the file that they came from.
    pub(super) fn plan_over(
        &self,
        records: RecordSource,
        source: Option<DatasetSource>,
        chosen: Chosen,
    ) -> SuitePlan {
        let setting = &self.setting;
        let bytes = source.as_ref().map_or(0, |source| source.bytes);
        SuitePlan {
            cases: chosen.cases,
            records,
            source,
            runs: self.runs.unwrap_or(3),
            python_runs: self.runs.unwrap_or(1),
            python_in_depth: chosen.is_choice,
            pythons: chosen.pythons,
            limits: setting.limits_over(bytes),
            data: setting.data.clone(),
            scaling: if self.no_scaling {
                Scaling::None
            } else {
                Scaling::Usual
            },
            fit: false,
            command: command_line(),
        }
    }
}

pub(super) fn run(arguments: &Arguments, formats: &Formats) -> Result<Outcome, Error> {
    let Arguments {
        choice, own, how, ..
    } = arguments;
    let chosen = choice.cases_over(own, &how.setting, formats)?;
    if choice.list {
        return list(&chosen.cases);
    }
    let (records, source) = choice.records(own, how.records, &how.setting, formats)?;
    let plan = how.plan_over(records, source, chosen);
    let told = Told::json_or_table(arguments.json);
    let run = measure(&plan, &arguments.how, told)?;
    Ok(outcome(&run))
}

/// Lists the cases.
pub(super) fn list(cases: &[Case]) -> Result<Outcome, Error> {
    let lines = cases.iter().map(|case| match &case.task {
        Task::Unsupported(why) => format!("{}  (not there: {why})\n", case.id),
        _ => format!("{}\n", case.id),
    });
    print(&lines.collect::<String>())?;
    Ok(Outcome::Done)
}

/// Runs the plan, or what is left of it, and writes the results folder. Gives
/// the run.
pub(super) fn measure(plan: &SuitePlan, how: &How, told: Told) -> Result<Run, Error> {
    let tell = |run: &Run| match told {
        Told::Json => run.to_json(),
        _ => report::terminal::render(run, true),
    };
    measure_and_tell(plan, &how.setting, how.resume, told, tell)
}

/// As [`measure`], for any command that measures: `tell` makes what is told of the
/// run.
pub(super) fn measure_and_tell(
    plan: &SuitePlan,
    setting: &Setting,
    resume: bool,
    told: Told,
    tell: impl FnOnce(&Run) -> String,
) -> Result<Run, Error> {
    // Before anything is measured: a folder that cannot be written to should
    // not cost five minutes.
    let folder = ResultsFolder::open(&setting.results)?;
    let beginning = if resume {
        Beginning::Resumed
    } else {
        Beginning::Anew
    };
    let is_unfinished = folder.has_journal();
    let mut journal = folder.journal(
        beginning,
        plan.key(setting.memory_limit()),
        suite::now(),
        plan.limits.memory_bytes,
    )?;
    match beginning {
        Beginning::Resumed => say(match journal.finished() {
            0 => "nothing to go on from; beginning anew".to_owned(),
            1 => "going on from 1 case that was finished".to_owned(),
            count => format!("going on from {count} cases that were finished"),
        }),
        Beginning::Anew if is_unfinished => {
            say("an interrupted run is there; beginning anew (--resume goes on from it)");
        }
        Beginning::Anew => {}
    }
    let run = suite::measure(plan, &mut journal, &mut Progress::new())?;
    let update = folder.update(Section::Cases, &run.environment)?;
    let run = update.with_cases(run);
    keep_and_tell(&folder, &run, told, || tell(&run))?;
    journal.end()?;
    Ok(run)
}

pub(super) fn outcome(run: &Run) -> Outcome {
    if !run.cases.iter().any(|case| case.status.is_trouble()) {
        Outcome::Done
    } else {
        Outcome::FoundFailure
    }
}
