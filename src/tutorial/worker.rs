//! The worker: a child process that runs one function and nothing else.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

use crate::formats::Error;
use crate::results::{ProfileStep, Timeline};
use crate::suite::{answer_if, limit_memory};
use peakheap::{Heap, Profile, Profiled, StepUsage};

use super::{Call, EXPERIMENTS, Experiment, Function};

/// The first argument of a worker.
const MARK: &str = "--picklebench-experiment";

/// What a worker is told.
pub(super) struct Job<'a> {
    pub(super) experiment: &'a Experiment,
    pub(super) function: &'a Function,
    pub(super) variant: &'a str,
    pub(super) records: u64,
    pub(super) seed: u64,
    /// Bytes that the worker may allocate; 0 for no limit.
    pub(super) limit_bytes: u64,
    /// The file to write or to read.
    pub(super) path: &'a Path,
}

/// What a worker tells.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) records: u64,
    pub(super) steps: Vec<ProfileStep>,
    pub(super) timeline: Option<Timeline>,
}

impl<'a> Job<'a> {
    /// The worker's arguments. The path goes as it is: it need not be Unicode.
    pub(super) fn arguments(&self) -> Vec<OsString> {
        vec![
            MARK.into(),
            self.experiment.name.into(),
            self.function.name.into(),
            self.variant.into(),
            self.records.to_string().into(),
            self.seed.to_string().into(),
            self.limit_bytes.to_string().into(),
            self.path.into(),
        ]
    }

    fn parse(arguments: &'a [OsString]) -> Option<Job<'a>> {
        let [
            experiment,
            function,
            variant,
            records,
            seed,
            limit_bytes,
            path,
        ] = arguments
        else {
            return None;
        };
        let number = |text: &OsString| text.to_str().and_then(|text| text.parse().ok());
        let experiment = EXPERIMENTS.iter().find(|known| *experiment == known.name)?;
        let mut functions = experiment.functions.iter();
        Some(Job {
            experiment,
            function: functions.find(|known| *function == known.name)?,
            variant: variant.to_str()?,
            records: number(records)?,
            seed: number(seed)?,
            limit_bytes: number(limit_bytes)?,
            path: Path::new(path),
        })
    }

    fn work(&self, meter: Option<&Heap>) -> Result<Answer, Error> {
        limit_memory(self.limit_bytes)?;
        let (file, text) = self.experiment.source;
        let profile = Profile::start(meter).with_source(file, text);
        let records = (self.function.body)(&Call {
            profile: &profile,
            variant: self.variant,
            records: self.records,
            seed: self.seed,
            path: self.path,
        })?;
        let Profiled { steps, heap, .. } = profile.finish();
        let timeline = heap.map(|usage| {
            let points = usage.timeline.iter();
            let points = points.map(|point| (point.seconds, point.live_bytes));
            Timeline::thinned(&points.collect::<Vec<_>>(), Timeline::MOST_POINTS)
        });
        Ok(Answer {
            records,
            steps: steps.into_iter().map(step).collect(),
            timeline,
        })
    }
}

/// Does a worker's job, if this process was started as one, and gives the code
/// to exit with. Programs that run experiments call this first thing in `main`:
/// a worker is the same program started again.
#[must_use]
pub fn run_if_worker(meter: Option<&Heap>) -> Option<ExitCode> {
    answer_if(MARK, |arguments| {
        let job = Job::parse(arguments);
        let job = job.ok_or("a worker was started with arguments it does not know")?;
        job.work(meter)
    })
}

fn step(usage: StepUsage) -> ProfileStep {
    // Where the sources lay when this program was built is nobody's business.
    let file = Path::new(usage.file).file_name();
    let file = file.map(|name| format!("src/tutorial/{}", name.to_string_lossy()));
    ProfileStep {
        name: usage.name.unwrap_or_default().to_owned(),
        file,
        line: Some(usage.line),
        source: usage.source,
        times: usage.times,
        start_seconds: usage.start_seconds,
        seconds: usage.seconds,
        heap_before_bytes: usage.heap_before_bytes,
        heap_peak_bytes: usage.heap_peak_bytes,
        heap_after_bytes: usage.heap_after_bytes,
        allocations: usage.allocations,
        resident_before_bytes: usage.resident_before_bytes,
        resident_peak_bytes: usage.resident_peak_bytes,
        resident_after_bytes: usage.resident_after_bytes,
        resident_collected_bytes: None,
    }
}
