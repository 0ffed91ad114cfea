//! The window: what is measured of an operation, and what it answers.

use std::mem;
use std::time::Instant;

use peakheap::{Heap, HeapUsage};
use serde::{Deserialize, Serialize};

use crate::formats::Error;
use crate::job::{MemoryLimit, begin_step};
use crate::results::{HeapFigures, Operation, Resident, Step, Timeline, extra_bytes};

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

/// What is known before set-up, and how the rest is found out.
pub(super) struct Window<'a> {
    pub(super) meter: Option<&'a Heap>,
    /// In force until the operation ends.
    pub(super) limit: MemoryLimit<'a>,
    /// None where it is none of a format.
    pub(super) operation: Option<Operation>,
    /// Deep size of the list of records.
    pub(super) data_bytes: u64,
    /// To see what is left behind at the end, as the next one.
    pub(super) resident_bytes: Option<u64>,
    pub(super) live_bytes: Option<u64>,
}

/// What is found out about a product after the window was closed.
#[derive(Default)]
pub(super) struct Found {
    pub(super) digest: Option<String>,
    pub(super) slack_bytes: Option<u64>,
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
