//! The worker: a child process that runs one function and nothing else.

use std::path::Path;
use std::process::ExitCode;

use peakheap::{Heap, Profile, Profiled, StepUsage};
use serde::{Deserialize, Serialize};

use crate::formats::Error;
use crate::job::{self, Job};
use crate::results::{ProfileStep, Timeline};
use crate::tutorial::experiment::Experiment;

use super::function::Call;
use super::functions::source;

/// What a worker is told.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct FunctionJob {
    /// Name of the experiment.
    pub(super) experiment: String,
    /// Name of its function.
    pub(super) function: String,
    pub(super) variant: String,
    pub(super) records: u64,
    pub(super) seed: u64,
}

impl Job for FunctionJob {
    const MARK: &'static str = "--picklebench-experiment";
    type Answer = Measured;
}

/// What a worker tells.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Measured {
    pub(super) records: u64,
    pub(super) steps: Vec<ProfileStep>,
    pub(super) timeline: Option<Timeline>,
}

/// Does a worker's job, if this process was started as one, and gives the code
/// to exit with. Programs that run experiments call this first thing in `main`:
/// a worker is the same program started again.
#[must_use]
pub fn run_if_worker(meter: Option<&Heap>) -> Option<ExitCode> {
    job::answer_if(|job, path, allowance| {
        // The system's count, as for the Pythons that it is compared with.
        allowance.by_system()?;
        work(job, path, meter)
    })
}

fn work(job: FunctionJob, path: &Path, meter: Option<&Heap>) -> Result<Measured, Error> {
    let unknown = || {
        format!(
            "there is no function {} of {}",
            job.function, job.experiment
        )
    };
    let source = Experiment::named(&job.experiment).and_then(source);
    let source = source.ok_or_else(unknown)?;
    let mut functions = source.functions.iter();
    let function = functions.find(|function| function.name == job.function);
    let function = function.ok_or_else(unknown)?;
    let mut variants = function.variants.iter();
    let variant = variants.find(|variant| **variant == job.variant);
    let variant = variant.copied().ok_or_else(unknown)?;
    let FunctionJob { records, seed, .. } = job;
    // Whatever is on the heap from here on counts into every figure: nothing of
    // the job but the path.
    drop((job.experiment, job.function, job.variant));
    let profile = Profile::start(meter).with_source(source.file, source.text);
    let records = (function.body)(&Call {
        profile: &profile,
        variant,
        records,
        seed,
        path,
    })?;
    let Profiled { steps, heap, .. } = profile.finish();
    let timeline = heap.map(|usage| {
        let points = usage.timeline.iter();
        let points = points.map(|point| (point.seconds, point.live_bytes));
        Timeline::thinned(&points.collect::<Vec<_>>(), Timeline::MOST_POINTS)
    });
    Ok(Measured {
        records,
        steps: steps.into_iter().map(step).collect(),
        timeline,
    })
}

fn step(usage: StepUsage) -> ProfileStep {
    // Where the sources lay when this program was built is nobody's business.
    let file = Path::new(usage.file).file_name();
    let file = file.map(|name| format!("src/tutorial/rust/{}", name.to_string_lossy()));
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
