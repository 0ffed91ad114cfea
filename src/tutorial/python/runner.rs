//! All experiments, by every Python, one process after the other.

use std::path::{Path, PathBuf};

use crate::job::{JobLimits, Observer, interrupt};
use crate::python::{self, Answer, Python};
use crate::results::{
    FunctionProfile, Interpreter, LONGEST_SECONDS, ObjectSizes, ProfileStep, Status,
};
use crate::suite::{DataFolder, Error};
use crate::tutorial::experiment::Experiment;

use super::profiles::{PythonJob, jobs};
use super::tasks::{EXPERIMENTS, ScriptTask, Seeded};

/// What to run, and by whom.
#[derive(Debug, Clone)]
pub struct PythonPlan {
    /// The interpreters; none for `python3` if it is there. A program without a
    /// folder in its name is looked for on the `PATH`.
    pub pythons: Vec<PathBuf>,
    /// The experiments; none for all.
    pub experiments: Vec<Experiment>,
    /// The objects to be measured.
    pub objects: Vec<ObjectSizes>,
    /// Length of the lists.
    pub records: u64,
    /// Seed of the tuples. A seed gives the same tuples in every Python, and
    /// others than in Rust.
    pub seed: u64,
    /// What each process may take.
    pub limits: JobLimits,
    /// Where files are made and removed again, up to 400 bytes for each record.
    pub data: PathBuf,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PythonsMeasured {
    /// The Pythons that were asked, those that could not answer included.
    pub interpreters: Vec<Interpreter>,
    /// One for each function, by each Python that answered.
    pub profiles: Vec<FunctionProfile>,
    /// The plan's objects; not measured where no Python answered.
    pub objects: Vec<ObjectSizes>,
}

/// Runs the plan. A Python that cannot answer becomes a row of
/// [`PythonsMeasured::interpreters`] that says so, a function that fails a row of
/// [`PythonsMeasured::profiles`].
///
/// # Errors
///
/// If there is nothing to measure, no folder for files can be made, or an
/// interrupt came.
pub fn run(plan: &PythonPlan, observer: &mut dyn Observer) -> Result<PythonsMeasured, Error> {
    if plan.records == 0 {
        return Err(Error::NoRecords);
    }
    let (interpreters, pythons) = python::find(&plan.pythons, plan.limits, observer)?;
    let wanted = |experiment| plan.experiments.is_empty() || plan.experiments.contains(&experiment);
    let mut measured = PythonsMeasured {
        interpreters,
        ..PythonsMeasured::default()
    };
    if wanted(Experiment::Objects) {
        measured.objects.clone_from(&plan.objects);
    }
    let mut all: Vec<(Python, Vec<PythonJob>)> = Vec::new();
    for python in pythons {
        let mut jobs = jobs(&python, plan.records);
        jobs.retain(|job| wanted(job.experiment));
        all.push((python, jobs));
    }
    let processes = |job: &PythonJob| 1 + u64::from(job.traced);
    let every = all.iter().flat_map(|(_, jobs)| jobs);
    observer.begin("", every.map(processes).sum());
    for (python, jobs) in all {
        // Removed when dropped: each Python's files are gone before the next's.
        let scratch = DataFolder::open(&plan.data)?.scratch()?;
        let mut session = Session {
            plan,
            python: &python,
            folder: scratch.path(),
            observer: &mut *observer,
        };
        if wanted(Experiment::Objects) {
            session.measure_objects(&mut measured.objects)?;
        }
        let files = session.make_files(&jobs)?;
        for job in &jobs {
            measured.profiles.push(session.profile(job, &files)?);
        }
    }
    Ok(measured)
}

/// One Python's part of the run.
struct Session<'a> {
    plan: &'a PythonPlan,
    python: &'a Python,
    /// Its files.
    folder: &'a Path,
    observer: &'a mut dyn Observer,
}

impl Session<'_> {
    /// Sets `measured_bytes` of every object.
    fn measure_objects(&mut self, objects: &mut [ObjectSizes]) -> Result<(), Error> {
        let literals: Vec<&str> = objects.iter().map(|row| row.literal.as_str()).collect();
        let task = ScriptTask::Sizes {
            literals: &literals,
        };
        match self.ask::<Vec<u64>>("objects", task)? {
            Ok(sizes) => {
                for (row, size) in objects.iter_mut().zip(sizes) {
                    row.measured_bytes.insert(self.python.name.clone(), size);
                }
            }
            Err((_, message)) => {
                let name = &self.python.name;
                let message = format!("{name} does not give the size of its objects: {message}");
                self.observer.say(&message);
            }
        }
        Ok(())
    }

    /// Makes the files that `jobs` read, all at once.
    fn make_files(&mut self, jobs: &[PythonJob]) -> Result<Answer<()>, Error> {
        let mut files: Vec<&str> = jobs.iter().filter_map(|job| job.file).collect();
        files.sort_unstable();
        files.dedup();
        if files.is_empty() {
            return Ok(Ok(()));
        }
        let task = ScriptTask::Files {
            records: self.plan.records,
            files: &files,
        };
        self.ask("files to read", task)
    }

    /// Runs a job: for the resident set, then for the heap.
    fn profile(&mut self, job: &PythonJob, files: &Answer<()>) -> Result<FunctionProfile, Error> {
        let steps = match files {
            Err((status, message)) if job.file.is_some() => {
                let message = format!("there is no file to read: {message}");
                Err((*status, message))
            }
            _ => self.steps(job, false)?,
        };
        self.observer.part_done();
        let mut profile = FunctionProfile {
            experiment: job.experiment.name().to_owned(),
            function: job.function.to_owned(),
            variant: job.variant.to_owned(),
            by: self.python.name.clone(),
            records: job.records,
            status: Status::Ok,
            message: None,
            steps: Vec::new(),
            timeline: None,
        };
        match steps {
            Ok(steps) => {
                profile.steps = steps;
                profile.message = forward(&mut profile.steps);
            }
            Err((status, message)) => {
                profile.status = status;
                profile.message = Some(message);
            }
        }
        if job.traced {
            if profile.status == Status::Ok {
                match self.steps(job, true)? {
                    Ok(traced) => add_heap(&mut profile.steps, &traced),
                    Err((_, message)) => {
                        let before = profile.message.take().map(|said| said + "; ");
                        let before = before.unwrap_or_default();
                        profile.message = Some(format!("{before}no heap figures: {message}"));
                    }
                }
            }
            self.observer.part_done();
        }
        Ok(profile)
    }

    fn steps(&mut self, job: &PythonJob, traced: bool) -> Result<Answer<Vec<ProfileStep>>, Error> {
        let what = if traced { " (tracemalloc)" } else { "" };
        let what = format!(
            "{}/{} {}{what}",
            job.experiment.name(),
            job.function,
            job.variant
        );
        let task = ScriptTask::Profile {
            experiment: job.experiment.name(),
            function: job.function,
            variant: job.variant,
            records: job.records,
            file: job.file,
            traced,
        };
        self.ask(&what, task)
    }

    /// Runs the script once.
    fn ask<A: serde::de::DeserializeOwned>(
        &mut self,
        what: &str,
        task: ScriptTask<'_>,
    ) -> Result<Answer<A>, Error> {
        interrupt::check()?;
        self.observer
            .begin(&format!("{} {what}", self.python.name), 0);
        let (program, limits) = (&self.python.program, self.plan.limits);
        let tick = &mut || self.observer.tick();
        let task = Seeded {
            task,
            seed: self.plan.seed,
        };
        let answer = EXPERIMENTS.run(program, self.folder, task, limits, tick)?;
        Ok(answer.map_err(|(status, message)| match status {
            Status::TimedOut => (status, format!("{message}; see --timeout")),
            _ => (status, message),
        }))
    }
}

/// Python 2 has no clock that only goes forward. Where its clock was set while
/// it ran, times are not kept; says so.
fn forward(steps: &mut [ProfileStep]) -> Option<String> {
    let goes = |seconds: f64| (0.0..=LONGEST_SECONDS).contains(&seconds);
    let all = |step: &ProfileStep| goes(step.start_seconds) && goes(step.seconds);
    if steps.iter().all(all) {
        return None;
    }
    for step in steps {
        (step.start_seconds, step.seconds) = (0.0, 0.0);
    }
    Some("the clock was set while it ran: its times are not known".to_owned())
}

/// Copies the heap figures of a run under `tracemalloc` to the same steps of
/// the run without.
fn add_heap(steps: &mut [ProfileStep], traced: &[ProfileStep]) {
    for step in steps {
        if let Some(same) = traced.iter().find(|other| other.name == step.name) {
            step.heap_before_bytes = same.heap_before_bytes;
            step.heap_peak_bytes = same.heap_peak_bytes;
            step.heap_after_bytes = same.heap_after_bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_back_leaves_no_times() {
        let step = |start_seconds, seconds| ProfileStep {
            start_seconds,
            seconds,
            ..ProfileStep::default()
        };
        let mut steps = [step(0.0, 1.0), step(1.0, -52.0)];
        let said = forward(&mut steps).unwrap();
        assert!(said.contains("the clock was set"), "{said}");
        assert!(steps.iter().all(|step| step.seconds == 0.0));
        let mut steps = [step(0.0, 1.0), step(1.0, 0.5)];
        assert_eq!(forward(&mut steps), None);
        assert_eq!(steps[1].seconds, 0.5);
    }
}
