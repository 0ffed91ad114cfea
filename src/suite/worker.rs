//! The worker: a child process that runs one case and nothing else.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::dataset::{Tuple, Tuples};
use crate::formats::{Error, Formats};
use crate::results::{Heap, Resident, Step, Timeline};
use peakheap::{Heap as Meter, HeapUsage, Window};

use super::child::{answer_if, limit_memory};
use super::operate::{Prepared, operate};
use super::{Case, Task, cases};

/// The first argument of a worker.
const MARK: &str = "--picklebench-worker";

/// What a worker is told.
pub(super) struct Job<'a> {
    pub(super) case: &'a Case,
    pub(super) records: u64,
    pub(super) seed: u64,
    /// The file to write or to read.
    pub(super) path: &'a Path,
    /// Bytes that the worker may allocate; 0 for no limit.
    pub(super) limit_bytes: u64,
}

impl Job<'_> {
    /// The worker's arguments. The path goes as it is: it need not be Unicode.
    pub(super) fn arguments(&self) -> Vec<OsString> {
        vec![
            MARK.into(),
            self.case.id.clone().into(),
            self.records.to_string().into(),
            self.seed.to_string().into(),
            self.limit_bytes.to_string().into(),
            self.path.into(),
        ]
    }
}

/// What a worker tells.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Measurement {
    pub(super) file_bytes: Option<u64>,
    pub(super) heap: Option<Heap>,
    pub(super) resident: Resident,
    pub(super) seconds: f64,
    pub(super) steps: Vec<Step>,
    pub(super) timeline: Option<Timeline>,
    /// Digest of what was written or read; of the empty case, nothing.
    pub(super) digest: Option<String>,
}

/// Does a worker's job, if this process was started as one, and gives the code
/// to exit with. Programs that measure call this first thing in `main`: a
/// worker is the same program started again.
#[must_use]
pub fn run_if_worker(meter: Option<&Meter>, formats: &Formats) -> Option<ExitCode> {
    answer_if(MARK, |arguments| {
        let [id, records, seed, limit, path] = arguments else {
            return Err("a worker was started with too few arguments".into());
        };
        let number = |text: &OsString| text.to_str().and_then(|text| text.parse().ok());
        let case = cases::<Tuple>(formats)
            .into_iter()
            .find(|case| *id == *case.id);
        let (Some(case), Some(records), Some(seed), Some(limit_bytes)) =
            (case, number(records), number(seed), number(limit))
        else {
            return Err("a worker was started with arguments it does not know".into());
        };
        let job = Job {
            case: &case,
            records,
            seed,
            path: Path::new(path),
            limit_bytes,
        };
        work(&job, meter)
    })
}

fn work(job: &Job<'_>, meter: Option<&Meter>) -> Result<Measurement, Error> {
    limit_memory(job.limit_bytes)?;
    let variant = job.case.variant;
    let format = job.case.codec::<Tuple>();
    let start = Start {
        resident_bytes: peakheap::resident_bytes(),
        live_bytes: meter.map(Meter::live_bytes),
    };
    match (job.case.task, format) {
        (Task::Run(operation), Some(format)) => {
            let len = usize::try_from(job.records)?;
            let prepared = Prepared::new(operation, Tuples::new(job.records, job.seed), len);
            let mut measurement = measure(
                meter,
                &start,
                operation.name(),
                || {
                    operate(format, variant, prepared, operation, job.path).map_err(|error| {
                        let action = if operation.writes() { "write" } else { "read" };
                        super::Error::format(action, job.path, error).into()
                    })
                },
                |product| product.digest(format, variant, job.path).map(Some),
            )?;
            measurement.file_bytes = Some(fs::metadata(job.path)?.len());
            Ok(measurement)
        }
        (Task::Empty, _) => measure(meter, &start, "nothing", || Ok(()), |()| Ok(None)),
        _ => Err(format!("{} cannot be run", job.case.id).into()),
    }
}

/// Before set-up, to see what is left behind at the end.
struct Start {
    resident_bytes: Option<u64>,
    live_bytes: Option<u64>,
}

/// Carries `operate` out within the window, checks its product outside of it,
/// and drops the product in a window of its own.
fn measure<P>(
    meter: Option<&Meter>,
    start: &Start,
    name: &str,
    operate: impl FnOnce() -> Result<P, Error>,
    digest: impl FnOnce(&P) -> Result<Option<String>, Error>,
) -> Result<Measurement, Error> {
    let window = meter.map(Meter::open);
    peakheap::reset_high_water();
    let before_bytes = peakheap::resident_bytes();
    let clock = Instant::now();
    let product = operate()?;
    let seconds = clock.elapsed().as_secs_f64();
    // Before anything else allocates, and while the product is alive.
    let high_water_bytes = peakheap::high_water_bytes();
    let used = window.map(Window::close);
    let product_resident = peakheap::resident_bytes();

    let digest = digest(&product)?;

    // What this measurement itself holds by now: timeline and digest.
    let own = meter
        .zip(used.as_ref())
        .map(|(meter, used)| meter.live_bytes() - used.live_bytes);
    let window = meter.map(Meter::open);
    let clock = Instant::now();
    drop(product);
    let drop_seconds = clock.elapsed().as_secs_f64();
    let dropped = window.map(Window::close);
    let after_drop_bytes = peakheap::resident_bytes();

    let usage = used.as_ref().zip(dropped.as_ref());
    Ok(Measurement {
        file_bytes: None,
        heap: usage.map(|(used, dropped)| {
            let expected = start.live_bytes.unwrap_or(0) + own.unwrap_or(0);
            heap(used, dropped.live_bytes as i64 - expected as i64)
        }),
        resident: Resident {
            start_bytes: start.resident_bytes,
            before_bytes,
            high_water_bytes,
            after_drop_bytes,
            high_water_runs_bytes: high_water_bytes.into_iter().collect(),
        },
        seconds,
        steps: vec![
            step(name, 0.0, seconds, used.as_ref(), product_resident),
            step(
                "drop",
                seconds,
                drop_seconds,
                dropped.as_ref(),
                after_drop_bytes,
            ),
        ],
        timeline: usage.map(|(used, dropped)| {
            let later = dropped.timeline.iter();
            let later = later.map(|point| (seconds + point.seconds, point.live_bytes));
            let points = used
                .timeline
                .iter()
                .map(|point| (point.seconds, point.live_bytes));
            // The second window also holds the first one's timeline: own.
            let later = later.map(|(at, live)| (at, live.saturating_sub(own.unwrap_or(0))));
            Timeline::thinned(
                &points.chain(later).collect::<Vec<_>>(),
                Timeline::MOST_POINTS,
            )
        }),
        digest,
    })
}

fn heap(used: &HeapUsage, retained_bytes: i64) -> Heap {
    Heap {
        floor_bytes: used.floor_bytes,
        peak_bytes: used.peak_bytes,
        peak_upper_bytes: used.peak_upper_bytes,
        // Over the floor; the runner knows the data size, for those who read.
        extra_bytes: used.peak_bytes as i64 - used.floor_bytes as i64,
        result_bytes: used.live_bytes,
        retained_bytes,
        allocated_bytes: used.allocated_bytes,
        allocations: used.allocations,
        largest_bytes: used.largest_bytes,
        deterministic: None,
    }
}

fn step(
    name: &str,
    start_seconds: f64,
    seconds: f64,
    used: Option<&HeapUsage>,
    resident_bytes: Option<u64>,
) -> Step {
    Step {
        name: name.to_owned(),
        file: None,
        line: None,
        start_seconds,
        seconds,
        heap_bytes: used.map(|used| used.live_bytes),
        peak_bytes: used.map(|used| used.peak_bytes),
        resident_bytes,
    }
}
