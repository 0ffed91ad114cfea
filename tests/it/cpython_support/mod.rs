//! What the tests of the Python side share.

use std::path::{Path, PathBuf};
use std::time::Duration;

use picklebench::job::{JobLimits, Observer};
use picklebench::suite::Error;
use picklebench::tutorial::Experiment;
use picklebench::tutorial::python::{PythonPlan, PythonsMeasured, run};

/// Notes what it is told.
#[derive(Debug, Default)]
pub struct Watching {
    pub said: Vec<String>,
    pub begun: Vec<String>,
    pub parts: u64,
    pub done: u64,
}

impl Observer for Watching {
    fn say(&mut self, message: &str) {
        self.said.push(message.to_owned());
    }

    fn begin(&mut self, what: &str, parts: u64) {
        self.begun.push(what.to_owned());
        self.parts += parts;
    }

    fn part_done(&mut self) {
        self.done += 1;
    }

    fn tick(&mut self) {}
}

pub fn limits(time: Duration) -> JobLimits {
    JobLimits {
        time,
        memory_bytes: None,
        resident: false,
    }
}

/// A plan that a slow machine has time for.
pub fn plan(data: &Path, pythons: Vec<PathBuf>, experiments: &[&str], records: u64) -> PythonPlan {
    PythonPlan {
        objects: picklebench::tutorial::then::objects(),
        pythons,
        experiments: experiments
            .iter()
            .map(|name| Experiment::named(name).unwrap())
            .collect(),
        records,
        seed: 42,
        limits: limits(Duration::from_secs(120)),
        data: data.to_owned(),
    }
}

/// Runs a plan, unwatched.
pub fn run_plan(plan: &PythonPlan) -> Result<PythonsMeasured, Error> {
    run(plan, &mut Watching::default())
}
