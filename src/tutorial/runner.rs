//! All functions of a run, one after the other, each in a process of its own.

use std::path::{Path, PathBuf};

use crate::results::{ObjectSizes, Profile, Status, Tutorial};
use crate::suite::process::{self, Ended};
use crate::suite::{DataFolder, Error, Limits, Observer, interrupt};

use super::store::Store;
use super::worker::{Answer, Job};
use super::{Experiment, Function, objects};

/// Which experiments to run, and how.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The experiments, in the order in which they run.
    pub experiments: Vec<Experiment>,
    /// Length of every list.
    pub records: u64,
    /// Seed of the tuples.
    pub seed: u64,
    /// What each process may take.
    pub limits: Limits,
    /// Where data files are kept.
    pub data: PathBuf,
}

impl Plan {
    /// The objects of the experiment `objects`, if it is one of the plan's.
    fn objects(&self) -> Vec<ObjectSizes> {
        let mut experiments = self.experiments.iter();
        let wanted = experiments.any(|experiment| experiment.name == objects::EXPERIMENT.name);
        if wanted {
            objects::modelled()
        } else {
            Vec::new()
        }
    }
}

/// Runs the plan's experiments in Rust. A function that fails becomes a profile
/// that says so.
///
/// # Errors
///
/// If the data files cannot be made, or an interrupt came.
pub fn run(plan: &Plan, observer: &mut dyn Observer) -> Result<Tutorial, Error> {
    let data = DataFolder::open(&plan.data)?;
    let scratch = data.scratch()?;
    let written = scratch.path().join("written");
    let started = jiff::Timestamp::now();
    observer.begin("", calls(plan).count() as u64);
    let mut profiles = Vec::new();
    for (experiment, function, variant) in calls(plan) {
        let path = if function.reads {
            let kind = Store::new(variant, Path::new(""))
                .ok()
                .and_then(|store| store.file())
                .expect("an experiment's format is in the registry");
            data.file(plan.records, plan.seed, &kind, &mut |text| {
                observer.say(text);
            })?
        } else {
            written.clone()
        };
        let job = Job {
            experiment,
            function,
            variant,
            records: plan.records,
            seed: plan.seed,
            limit_bytes: plan.limits.memory_bytes.unwrap_or(0),
            path: &path,
        };
        profiles.push(profile(&job, plan.limits, observer)?);
    }
    Ok(Tutorial {
        started: started.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        records: plan.records,
        seed: plan.seed,
        profiles,
        objects: plan.objects(),
        ..Tutorial::default()
    })
}

type Named<'a> = (&'a Experiment, &'a Function, &'static str);

fn calls(plan: &Plan) -> impl Iterator<Item = Named<'_>> {
    plan.experiments.iter().flat_map(|experiment| {
        experiment.functions.iter().flat_map(move |function| {
            let variants = function.variants.iter();
            variants.map(move |variant| (experiment, function, *variant))
        })
    })
}

fn profile(job: &Job<'_>, limits: Limits, observer: &mut dyn Observer) -> Result<Profile, Error> {
    let (experiment, function) = (job.experiment.name, job.function.name);
    observer.begin(&format!("{experiment} {function} {}", job.variant), 0);
    let ended = process::run(job.arguments(), limits, &mut || observer.tick())?;
    observer.part_done();
    // A Ctrl-C at the terminal reaches the worker too, and may end it first.
    interrupt::check()?;
    let mut profile = Profile {
        experiment: experiment.to_owned(),
        function: function.to_owned(),
        variant: job.variant.to_owned(),
        by: Profile::RUST.to_owned(),
        records: job.records,
        status: Status::Ok,
        message: None,
        steps: Vec::new(),
        timeline: None,
    };
    match ended {
        Ended::Answered(Answer {
            records,
            steps,
            timeline,
        }) => {
            profile.records = records;
            profile.steps = steps;
            profile.timeline = timeline;
        }
        Ended::Not { status, message } => {
            profile.status = status;
            profile.message = Some(message);
        }
    }
    Ok(profile)
}
