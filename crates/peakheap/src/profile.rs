//! The step profile: memory before, within and after each step of a function.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::hint::black_box;
use std::panic::Location;
use std::time::Instant;

use super::resident::{Resident, reset_high_water};
use super::step_usage::StepUsage;
use super::stretch::Stretch;
use super::{Heap, HeapUsage, Window, source, step_table};

/// Rows that have room from the beginning, so that the profile's own notes do
/// not show in its figures. A profile with more rows makes room as it goes,
/// and that does show, in the step around.
const ROWS: usize = 64;

#[doc = include_str!("../step-profile.md")]
pub struct Profile<'a> {
    window: Option<Window<'a>>,
    heap: Option<&'a Heap>,
    rows: RefCell<Vec<StepUsage>>,
    sources: Vec<(&'static str, &'static str)>,
    /// Whether the system lets the high-water mark start anew; without that it
    /// says nothing of a step.
    high_water_resets: bool,
    /// High-water mark of the steps that ended within the one that runs now.
    high_water: Cell<Option<u64>>,
    clock: Instant,
}

/// A profile that has ended. Its `Display` is the table.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Profiled {
    /// The steps, in the order in which they first began.
    pub steps: Vec<StepUsage>,
    /// The heap over the whole profile, memory over time included; absent
    /// where no meter is installed.
    pub heap: Option<HeapUsage>,
}

impl<'a> Profile<'a> {
    /// Begins a profile, which is a window of `heap`, if there is one. Where
    /// the heap's [`Metered`](super::Metered) is not the global allocator, its
    /// figures would mean nothing, and are absent.
    ///
    /// # Panics
    ///
    /// If a window of this heap is open already: one profile at a time.
    #[must_use]
    pub fn start(heap: Option<&'a Heap>) -> Profile<'a> {
        let heap = heap.filter(|heap| heap.is_installed());
        let rows = RefCell::new(Vec::with_capacity(ROWS));
        let sources = Vec::with_capacity(4);
        Profile {
            window: heap.map(Heap::open),
            heap,
            rows,
            sources,
            high_water_resets: reset_high_water(),
            high_water: Cell::new(None),
            clock: Instant::now(),
        }
    }

    /// Brings the text of a source file along, for a program that is used
    /// where its sources are not: `with_source(file!(), include_str!("this.rs"))`.
    #[must_use]
    pub fn with_source(mut self, file: &'static str, text: &'static str) -> Profile<'a> {
        self.sources.push((file, text));
        self
    }

    /// Runs `work` as a step and gives what it gives. The row is that of the
    /// line on which this call stands; a function that calls this on behalf of
    /// others wants `#[track_caller]`, too.
    ///
    /// Steps may lie within steps. One that panics is noted like any other.
    #[track_caller]
    pub fn step<R>(&self, work: impl FnOnce() -> R) -> R {
        self.run(None, Location::caller(), work)
    }

    /// As [`step`](Self::step), under a name, which the table shows where the
    /// source is not at hand. Two names on one line are two rows.
    #[track_caller]
    pub fn named<R>(&self, name: &'static str, work: impl FnOnce() -> R) -> R {
        self.run(Some(name), Location::caller(), work)
    }

    /// The steps so far, in the order in which they first began.
    #[must_use]
    pub fn steps(&self) -> Vec<StepUsage> {
        let mut steps = self.rows.borrow().clone();
        for step in &mut steps {
            step.source = source::line(step.file, step.line, &self.sources);
        }
        steps
    }

    /// Ends the profile.
    #[must_use]
    pub fn finish(mut self) -> Profiled {
        let heap = self.window.take().map(Window::close);
        Profiled {
            steps: self.steps(),
            heap,
        }
    }

    fn run<R>(
        &self,
        name: Option<&'static str>,
        place: &'static Location<'static>,
        work: impl FnOnce() -> R,
    ) -> R {
        let running = self.begin(name, place);
        // Without this the optimiser may leave out what nobody looks at.
        let result = black_box(work());
        drop(running);
        result
    }

    /// The look at the heap and the clock come last, and first when the step
    /// ends: nothing of the profile's own lies between.
    fn begin(&self, name: Option<&'static str>, place: &'static Location<'static>) -> Running<'_> {
        let row = self.row(name, place);
        let resident = Resident::now();
        let outer_high_water = self.high_water.take().max(resident.high_water_bytes);
        if self.high_water_resets {
            reset_high_water();
        }
        Running {
            profile: self,
            row,
            resident_before: resident.bytes,
            outer_high_water,
            start: Instant::now(),
            stretch: self.heap.map(Heap::begin_stretch),
        }
    }

    /// The row of a step: the one that it has from an earlier time, or a new one.
    fn row(&self, name: Option<&'static str>, place: &'static Location<'static>) -> usize {
        let mut rows = self.rows.borrow_mut();
        let same = |row: &StepUsage| {
            row.line == place.line() && row.name == name && row.file == place.file()
        };
        rows.iter().position(same).unwrap_or_else(|| {
            rows.push(StepUsage {
                name,
                file: place.file(),
                line: place.line(),
                source: None,
                times: 0,
                start_seconds: self.clock.elapsed().as_secs_f64(),
                seconds: 0.0,
                heap_before_bytes: None,
                heap_peak_bytes: None,
                heap_after_bytes: None,
                allocations: None,
                resident_before_bytes: None,
                resident_peak_bytes: None,
                resident_after_bytes: None,
            });
            rows.len() - 1
        })
    }
}

/// A step that runs. Dropping it notes what it needed, so that one that panics
/// is noted too, and the step around it has its peak back.
struct Running<'a> {
    profile: &'a Profile<'a>,
    row: usize,
    resident_before: Option<u64>,
    outer_high_water: Option<u64>,
    start: Instant,
    stretch: Option<Stretch>,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let profile = self.profile;
        let seconds = self.start.elapsed().as_secs_f64();
        let measured = profile.heap.zip(self.stretch.as_ref());
        let usage = measured.map(|(heap, stretch)| heap.end_stretch(stretch));
        let resident = Resident::now();
        let high_water = profile.high_water.take().max(resident.high_water_bytes);
        profile
            .high_water
            .set(high_water.max(self.outer_high_water));

        let mut rows = profile.rows.borrow_mut();
        let row = &mut rows[self.row];
        row.times += 1;
        row.seconds += seconds;
        row.resident_before_bytes = row.resident_before_bytes.or(self.resident_before);
        row.resident_after_bytes = resident.bytes;
        if profile.high_water_resets {
            // The system's counters run behind by some pages each.
            let ends = self.resident_before.max(resident.bytes);
            row.resident_peak_bytes = row.resident_peak_bytes.max(high_water.max(ends));
        }
        if let Some(usage) = usage {
            row.heap_before_bytes = row.heap_before_bytes.or(Some(usage.before_bytes));
            row.heap_peak_bytes = row.heap_peak_bytes.max(Some(usage.peak_bytes));
            row.heap_after_bytes = Some(usage.after_bytes);
            row.allocations = Some(row.allocations.unwrap_or(0) + usage.allocations);
        }
    }
}

impl fmt::Display for Profile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        step_table::write(f, &self.steps())
    }
}

impl fmt::Debug for Profile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile")
            .field("steps", &self.rows)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Profiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        step_table::write(f, &self.steps)
    }
}
