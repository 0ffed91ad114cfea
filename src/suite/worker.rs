//! The worker: a child process that runs one case and nothing else.

use std::fs;
use std::mem;
use std::path::Path;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Instant;

use peakheap::{Heap, HeapUsage};
use serde::{Deserialize, Serialize};

use crate::dataset::Measured;
use crate::formats::{Compiled, Error, Formats};
use crate::job::{self, Allowance, Job, MemoryLimit, begin_step};
use crate::results::{HeapFigures, Operation, Resident, Step, Timeline, extra_bytes};

use super::case::{Task, cases};
use super::environment::default_limit_bytes;
use super::error;
use super::operate::{Prepared, operate};
use super::plain::Plain;
use super::source::{Opens, RecordSource, SourceVisitor};
use super::typed::TypedSource;

/// What a worker is told.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct CaseJob {
    /// The case's name.
    pub(super) case: String,
    /// The records that it is over.
    pub(super) records: RecordSource,
    /// Deep size of the list of records, in bytes.
    pub(super) data_bytes: u64,
}

impl Job for CaseJob {
    const MARK: &'static str = "--picklebench-worker";
    type Answer = Measurement;
}

/// What a worker tells.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Measurement {
    pub(super) file_bytes: Option<u64>,
    pub(super) heap: Option<HeapFigures>,
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
pub(crate) fn run_if_worker(
    meter: Option<&Heap>,
    formats: &Formats,
    own: &OwnCases,
) -> Option<ExitCode> {
    job::answer_if(|job: CaseJob, path, allowance| {
        let CaseJob {
            case,
            records,
            data_bytes,
        } = job;
        records.in_worker(path, own.records.as_ref()).visit(Work {
            case,
            data_bytes,
            path,
            allowance,
            meter,
            formats,
            plain: &own.plain,
        })
    })
}

/// What a program measures that is not of this crate.
#[derive(Clone, Default)]
pub(crate) struct OwnCases {
    /// Its plain cases.
    pub(crate) plain: Vec<Plain>,
    /// What makes its records, where it has some.
    pub(crate) records: Option<Rc<dyn TypedSource>>,
}

/// One run of one case.
pub(crate) struct Work<'a> {
    case: String,
    data_bytes: u64,
    path: &'a Path,
    allowance: Allowance,
    meter: Option<&'a Heap>,
    formats: &'a Formats,
    plain: &'a [Plain],
}

impl SourceVisitor for Work<'_> {
    type Output = Result<Measurement, Error>;

    fn visit<T: Measured + Compiled>(self, source: &dyn Opens<T>) -> Result<Measurement, Error> {
        let Work {
            case: id,
            data_bytes,
            path,
            allowance,
            meter,
            formats,
            plain,
        } = self;
        let plain = plain.iter().map(Plain::case);
        let mut all = cases::<T>(formats).into_iter().chain(plain);
        let case = all.find(|case| case.id == id);
        drop(all);
        let case = case.ok_or_else(|| format!("there is no case {id}"))?;
        let task = case.task;
        // Whatever is on the heap from here on counts into every figure: nothing
        // of the job but the path.
        drop((id, case.id, case.format, case.variant));
        // From set-up to the end of the operation.
        let limit = allowance.by_heap(meter, default_limit_bytes())?;
        begin_step("set-up");
        let window = Window {
            meter,
            limit,
            operation: task.of_format().map(|task| task.operation),
            data_bytes,
            resident_bytes: peakheap::resident_bytes(),
            live_bytes: meter.map(Heap::live_bytes),
        };
        match task {
            Task::Run(task) => {
                let (operation, variant) = (task.operation, task.variant);
                let format = task.codec::<T>();
                drop(task);
                let prepared = Prepared::new(operation, source);
                let prepared = prepared.inspect_err(|_| window.limit.tell())?;
                let mut measurement = window.measure(
                    || {
                        operate(format, variant, prepared, operation, path).map_err(|error| {
                            let action = if operation.writes() { "write" } else { "read" };
                            error::Error::format(action, path, error)
                                .in_data_folder()
                                .into()
                        })
                    },
                    |product| {
                        Ok(Found {
                            digest: Some(product.digest(format, variant, path)?),
                            slack_bytes: product.slack_bytes(),
                        })
                    },
                )?;
                measurement.file_bytes = Some(fs::metadata(path)?.len());
                Ok(measurement)
            }
            Task::Empty => window.measure(|| Ok(()), |()| Ok(Found::default())),
            Task::Plain(plain) => plain.measure(source.list_len(), window),
            Task::Unsupported(why) => Err(why.into()),
            Task::Python(_) => Err("it runs in Python only".into()),
        }
    }

    fn visit_typed(self, source: &dyn TypedSource, at: (u64, u64)) -> Self::Output {
        source.work(at, self)
    }
}

/// What is known before set-up, and how the rest is found out.
pub(super) struct Window<'a> {
    meter: Option<&'a Heap>,
    /// In force until the operation ends.
    limit: MemoryLimit<'a>,
    /// None where it is none of a format.
    operation: Option<Operation>,
    /// Deep size of the list of records.
    data_bytes: u64,
    /// To see what is left behind at the end, as the next one.
    resident_bytes: Option<u64>,
    live_bytes: Option<u64>,
}

/// What is found out about a product after the window was closed.
#[derive(Default)]
pub(super) struct Found {
    digest: Option<String>,
    slack_bytes: Option<u64>,
}

impl Window<'_> {
    /// Carries `operate` out within the window and the limit, checks its product outside of it,
    /// and drops the product in a window of its own.
    pub(super) fn measure<P>(
        mut self,
        operate: impl FnOnce() -> Result<P, Error>,
        check: impl FnOnce(&P) -> Result<Found, Error>,
    ) -> Result<Measurement, Error> {
        let limit = mem::take(&mut self.limit);
        let (start, meter) = (&self, self.meter);
        let operation = start.operation.map_or("the operation", Operation::name);
        begin_step(operation);
        let window = meter.map(Heap::open);
        // Where it does not start anew, it tells of the set-up as well.
        let resets = peakheap::reset_high_water();
        let before_bytes = peakheap::resident_bytes();
        let clock = Instant::now();
        let product = operate().inspect_err(|_| limit.tell())?;
        let seconds = clock.elapsed().as_secs_f64();
        // Before anything else allocates, and while the product is alive.
        let high_water_bytes = peakheap::high_water_bytes().filter(|_| resets);
        // The timeline is a list too.
        limit.lift()?;
        let used = window.map(peakheap::Window::close);
        let product_resident = peakheap::resident_bytes();

        begin_step("the check of the result");
        let found = check(&product)?;

        // What this measurement itself holds by now: timeline and digest.
        let own = meter
            .zip(used.as_ref())
            .map(|(meter, used)| meter.live_bytes() - used.live_bytes);
        begin_step("the drop");
        let window = meter.map(Heap::open);
        let clock = Instant::now();
        drop(product);
        let drop_seconds = clock.elapsed().as_secs_f64();
        let dropped = window.map(peakheap::Window::close);
        let after_drop_bytes = peakheap::resident_bytes();

        let usage = used.as_ref().zip(dropped.as_ref());
        Ok(Measurement {
            file_bytes: None,
            heap: usage.map(|(used, dropped)| {
                let expected = start.live_bytes.unwrap_or(0) + own.unwrap_or(0);
                let retained_bytes = dropped.live_bytes as i64 - expected as i64;
                heap(start, used, found.slack_bytes, retained_bytes)
            }),
            resident: Resident {
                import_bytes: None,
                list_bytes: None,
                start_bytes: start.resident_bytes,
                before_bytes,
                high_water_bytes,
                after_drop_bytes,
                high_water_runs_bytes: high_water_bytes.into_iter().collect(),
            },
            seconds,
            steps: vec![
                step(
                    start.operation.map_or("nothing", Operation::name),
                    0.0,
                    seconds,
                    used.as_ref(),
                    product_resident,
                ),
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
            digest: found.digest,
        })
    }
}

fn heap(
    start: &Window<'_>,
    used: &HeapUsage,
    slack_bytes: Option<u64>,
    retained_bytes: i64,
) -> HeapFigures {
    HeapFigures {
        floor_bytes: used.floor_bytes,
        peak_bytes: used.peak_bytes,
        peak_upper_bytes: used.peak_upper_bytes,
        extra_bytes: extra_bytes(
            start.operation,
            used.peak_bytes,
            used.floor_bytes,
            start.data_bytes,
        ),
        result_bytes: used.live_bytes,
        slack_bytes,
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
