//! All functions of a run, one after the other, each in a process of its own.

use std::path::{Path, PathBuf};

use crate::dataset::{Recipe, Shape};
use crate::job::{self, JobEnd, JobLimits, Observer, interrupt};
use crate::results::{FunctionProfile, ObjectSizes, Status, Tutorial};
use crate::suite::{DataFolder, Error, now};
use crate::tutorial::experiment::Experiment;
use crate::tutorial::objects;

use super::function::Function;
use super::functions::functions;
use super::store::Store;
use super::worker::{FunctionJob, Measured};

/// Which experiments to run, and how.
#[derive(Debug, Clone)]
pub struct TutorialPlan {
    /// The experiments, in the order in which they run.
    pub experiments: Vec<Experiment>,
    /// Length of every list.
    pub records: u64,
    /// Seed of the tuples.
    pub seed: u64,
    /// What each process may take.
    pub limits: JobLimits,
    /// Where data files are kept.
    pub data: PathBuf,
}

impl TutorialPlan {
    /// The objects of [`Experiment::Objects`], if it is one of the plan's.
    fn objects(&self) -> Vec<ObjectSizes> {
        if self.experiments.contains(&Experiment::Objects) {
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
pub fn run(plan: &TutorialPlan, observer: &mut dyn Observer) -> Result<Tutorial, Error> {
    let data = DataFolder::open(&plan.data)?;
    let scratch = data.scratch()?;
    let written = scratch.path().join("written");
    let started = now();
    observer.begin("", calls(plan).count() as u64);
    let mut profiles = Vec::new();
    for (experiment, function, variant) in calls(plan) {
        let path = if function.reads {
            let recipe = Recipe {
                shape: Shape::Tuples,
                records: plan.records,
                seed: plan.seed,
            };
            let kind = Store::new(variant, Path::new(""))
                .ok()
                .and_then(|store| store.file())
                .expect("an experiment's format is in the registry");
            data.file(&recipe.into(), &kind, &mut |text| {
                observer.say(text);
            })?
        } else {
            written.clone()
        };
        let job = FunctionJob {
            experiment: experiment.name().to_owned(),
            function: function.name.to_owned(),
            variant: variant.to_owned(),
            records: plan.records,
            seed: plan.seed,
        };
        profiles.push(profile(job, &path, plan.limits, observer)?);
    }
    Ok(Tutorial {
        started,
        records: plan.records,
        seed: plan.seed,
        profiles,
        objects: plan.objects(),
        ..Tutorial::default()
    })
}

type Named = (Experiment, &'static Function, &'static str);

fn calls(plan: &TutorialPlan) -> impl Iterator<Item = Named> {
    plan.experiments.iter().flat_map(|experiment| {
        functions(*experiment).iter().flat_map(move |function| {
            let variants = function.variants.iter();
            variants.map(move |variant| (*experiment, function, *variant))
        })
    })
}

fn profile(
    job: FunctionJob,
    path: &Path,
    limits: JobLimits,
    observer: &mut dyn Observer,
) -> Result<FunctionProfile, Error> {
    let mut profile = FunctionProfile {
        experiment: job.experiment.clone(),
        function: job.function.clone(),
        variant: job.variant.clone(),
        by: FunctionProfile::RUST.to_owned(),
        records: job.records,
        status: Status::Ok,
        message: None,
        steps: Vec::new(),
        timeline: None,
    };
    let what = format!("{} {} {}", job.experiment, job.function, job.variant);
    observer.begin(&what, 0);
    let ended = job::run(job, path, limits, &mut || observer.tick())?;
    observer.part_done();
    // A Ctrl-C at the terminal reaches the worker too, and may end it first.
    interrupt::check()?;
    match ended {
        JobEnd::Answered(Measured {
            records,
            steps,
            timeline,
        }) => {
            profile.records = records;
            profile.steps = steps;
            profile.timeline = timeline;
        }
        JobEnd::Not { status, message } => {
            profile.status = status;
            profile.message = Some(message);
        }
    }
    Ok(profile)
}
