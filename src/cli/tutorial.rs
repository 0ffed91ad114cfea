//! `picklebench tutorial`: the tutorial's experiments, run again.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::dataset::Shape;
use crate::report::tutorial_table;
use crate::results::{self, ResultsFolder, Run, SCHEMA, Section};
use crate::suite;
use crate::tutorial::python::{self, PythonPlan};
use crate::tutorial::rust::{self, TutorialPlan};
use crate::tutorial::{Experiment, claims::claims, then};

use super::keep::{Told, keep_and_tell};
use super::output::print;
use super::progress::Progress;
use super::setting::{RecordCount, Setting};
use super::{Error, Outcome, command_line};

/// Run the tutorial's experiments again, step by step, and judge its claims
///
/// Each function runs in a process of its own, line by line: heap and resident
/// set before, within and after each line. The tables and the verdicts go to
/// standard output; run.json and report.html in the results folder get a
/// section, beside the cases that the same build of 'picklebench measure' put
/// there; a section that is there already is made anew.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  picklebench tutorial                          every experiment, 1,000,000 items
  picklebench tutorial --list                   which experiments there are
  picklebench tutorial deepcopy free-list -n 1e5
  picklebench tutorial --python python2.7 --python python3.13
  picklebench tutorial --no-python              in Rust only
  picklebench tutorial --json | jq '.tutorial.claims[] | [.id, .verdict]'")]
pub(super) struct Arguments {
    /// The experiments [default: all]
    #[arg(value_name = "EXPERIMENT", value_parser = names())]
    experiments: Vec<String>,
    #[command(flatten)]
    records: RecordCount,
    #[command(flatten)]
    setting: Setting,
    /// A Python to run the experiments, too; may be given several times
    /// [default: python3, where there is one]
    #[arg(long, value_name = "PATH", conflicts_with = "no_python")]
    python: Vec<PathBuf>,
    /// Run no Python
    #[arg(long)]
    no_python: bool,
    /// List the experiments and exit
    #[arg(long)]
    list: bool,
    /// Print run.json instead of the tables
    #[arg(long)]
    json: bool,
}

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(Experiment::ALL.map(Experiment::name))
}

impl Arguments {
    fn experiments(&self) -> Vec<Experiment> {
        let wanted = |experiment: &Experiment| {
            self.experiments.is_empty() || self.experiments.iter().any(|n| *n == experiment.name())
        };
        Experiment::ALL.into_iter().filter(wanted).collect()
    }

    /// The same plan for the Pythons.
    fn pythons(&self, plan: &TutorialPlan, found: &results::Tutorial) -> PythonPlan {
        PythonPlan {
            pythons: self.python.clone(),
            experiments: plan.experiments.clone(),
            objects: found.objects.clone(),
            records: plan.records,
            seed: plan.seed,
            limits: plan.limits,
            data: plan.data.clone(),
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Error> {
    let experiments = arguments.experiments();
    if arguments.list {
        print(&list(&experiments))?;
        return Ok(Outcome::Done);
    }
    let setting = &arguments.setting;
    setting.check_limit_by_system()?;
    let recipe = setting.recipe(Shape::Tuples, arguments.records)?;
    // Before anything is measured: a folder that cannot be written to should
    // not cost five minutes.
    let folder = ResultsFolder::open(&setting.results)?;
    let mut progress = Progress::new();
    let limits = setting.limits();
    let environment = suite::environment(&suite::now(), &command_line(), limits.memory_bytes);
    let update = folder.update(Section::Tutorial, &environment)?;
    let update = update.or_new(|| {
        let dataset = suite::describe(&recipe.into(), &mut progress)?;
        Ok::<_, suite::Error>(Run {
            schema: SCHEMA,
            environment,
            dataset,
            pythons: Vec::new(),
            cases: Vec::new(),
            formats: Vec::new(),
            tutorial: None,
        })
    })?;
    let plan = TutorialPlan {
        experiments,
        records: recipe.records,
        seed: recipe.seed,
        limits,
        data: setting.data.clone(),
    };
    let mut found = rust::run(&plan, &mut progress)?;
    if !arguments.no_python {
        let measured = python::run(&arguments.pythons(&plan, &found), &mut progress)?;
        found.interpreters = measured.interpreters;
        found.profiles.splice(0..0, measured.profiles);
        found.objects = measured.objects;
    }
    found.claims = claims(&found);
    let wanted = |profile: &results::FunctionProfile| {
        let mut experiments = plan.experiments.iter();
        experiments.any(|experiment| experiment.name() == profile.experiment)
    };
    let then = then::profiles().into_iter().filter(wanted);
    found.profiles.splice(0..0, then);
    drop(progress);
    let outcome = outcome(&found);
    let table = tutorial_table::render(&found, true);
    let run = update.with_tutorial(found);
    keep_and_tell(&folder, &run, Told::json_or_table(arguments.json), || {
        if arguments.json { run.to_json() } else { table }
    })?;
    Ok(outcome)
}

fn list(experiments: &[Experiment]) -> String {
    let mut lines = String::new();
    for experiment in experiments {
        lines += &format!("{}: {}\n", experiment.name(), experiment.about());
        for function in rust::functions(*experiment) {
            lines += &format!("  {}: {}\n", function.name, function.variants.join(", "));
        }
    }
    lines
}

fn outcome(tutorial: &results::Tutorial) -> Outcome {
    if !tutorial
        .profiles
        .iter()
        .any(|profile| profile.status.is_trouble())
    {
        Outcome::Done
    } else {
        Outcome::FoundFailure
    }
}
