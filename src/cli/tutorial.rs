//! `picklebench tutorial`: the tutorial's experiments, run again.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::cpython;
use crate::report::tutorial_table;
use crate::results::{self, Environment, ResultsFolder, Run, SCHEMA, Status};
use crate::suite::{self, interrupt};
use crate::tutorial::{self, EXPERIMENTS, Experiment, Plan, claims::claims, then};

use super::measure::write_results;
use super::progress::Progress;
use super::setting::Setting;
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
    PossibleValuesParser::new(EXPERIMENTS.map(|experiment| experiment.name))
}

impl Arguments {
    fn experiments(&self) -> Vec<Experiment> {
        let wanted = |experiment: &Experiment| {
            self.experiments.is_empty() || self.experiments.iter().any(|n| *n == experiment.name)
        };
        EXPERIMENTS.into_iter().filter(wanted).collect()
    }

    /// The same plan for the Pythons.
    fn pythons(&self, plan: &Plan, found: &results::Tutorial) -> cpython::Plan {
        let names = plan.experiments.iter();
        cpython::Plan {
            pythons: self.python.clone(),
            experiments: names.map(|experiment| experiment.name.to_owned()).collect(),
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
        list(&experiments);
        return Ok(Outcome::Done);
    }
    let setting = &arguments.setting;
    if setting.records == 0 {
        return Err(suite::Error::NoRecords.into());
    }
    interrupt::install();
    // Before anything is measured: a folder that cannot be written to should
    // not cost five minutes.
    let folder = ResultsFolder::open(&setting.results)?;
    let mut progress = Progress::new();
    let limits = setting.limits();
    let now = jiff::Timestamp::now();
    let environment = suite::environment(now, &command_line(), limits.memory_bytes);
    let mut run = match run_to_extend(&folder, &environment)? {
        Some(run) => run,
        None => Run {
            schema: SCHEMA,
            environment,
            dataset: suite::describe(setting.records, setting.seed, &mut progress)?,
            cases: Vec::new(),
            tutorial: None,
        },
    };
    let plan = Plan {
        experiments,
        records: setting.records,
        seed: setting.seed,
        limits,
        data: setting.data.clone(),
    };
    let mut found = tutorial::run(&plan, &mut progress)?;
    if !arguments.no_python {
        let measured = cpython::run(&arguments.pythons(&plan, &found), &mut progress)?;
        found.interpreters = measured.interpreters;
        found.profiles.splice(0..0, measured.profiles);
        found.objects = measured.objects;
    }
    found.claims = claims(&found);
    let wanted = |profile: &results::Profile| {
        let mut experiments = plan.experiments.iter();
        experiments.any(|experiment| experiment.name == profile.experiment)
    };
    let then = then::profiles().into_iter().filter(wanted);
    found.profiles.splice(0..0, then);
    drop(progress);
    let outcome = outcome(&found);
    let table = tutorial_table::render(&found, true);
    run.tutorial = Some(found);
    let report = write_results(&folder, &run)?;
    if arguments.json {
        anstream::print!("{}", run.to_json());
        anstream::eprintln!("report: {}", report.display());
    } else {
        anstream::println!("{}", table.trim_end());
        anstream::println!("\nreport: {}", report.display());
    }
    Ok(outcome)
}

fn list(experiments: &[Experiment]) {
    for Experiment {
        name,
        about,
        functions,
        ..
    } in experiments
    {
        anstream::println!("{name}: {about}");
        for function in *functions {
            anstream::println!("  {}: {}", function.name, function.variants.join(", "));
        }
    }
}

/// The run that the section goes to: the one in the folder, if the same build
/// made it, else a new one without cases. The section says itself over how many
/// records it is, so the cases may be over others.
fn run_to_extend(folder: &ResultsFolder, environment: &Environment) -> Result<Option<Run>, Error> {
    let path = folder.file(ResultsFolder::RUN);
    if !path.exists() {
        return Ok(None);
    }
    let run = Run::load(&path)?;
    if run.environment.is_same_build(environment) {
        return Ok(Some(run));
    }
    if run.cases.is_empty() {
        return Ok(None);
    }
    let advice = "measure again, or choose another folder with --results DIR";
    Err(format!("another build made {}; {advice}", path.display()).into())
}

fn outcome(tutorial: &results::Tutorial) -> Outcome {
    let good = |status| matches!(status, Status::Ok | Status::Unsupported);
    if tutorial.profiles.iter().all(|p| good(p.status)) {
        Outcome::Done
    } else {
        Outcome::FoundFailure
    }
}
