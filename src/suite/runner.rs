//! All the cases of a run, one after the other.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use plainfigures::format_bytes;

use crate::files::shown;
use crate::formats::{FileKind, find_cause};
use crate::job::{self, JobEnd, JobLimits, Observer, Quiet, interrupt};
use crate::results::{
    Dataset, Fit, Footprint, HeapFigures, Journal, Operation, Run, SCHEMA, Scaled, Status,
};

use super::case::{Case, Task};
use super::data::{DataFolder, NoForm};
use super::environment::environment;
use super::error::Error;
use super::fit::{self, Worked};
use super::notes::notes;
use super::plan::{Scaling, SuitePlan};
use super::python::PythonBench;
use super::source::RecordSource;
use super::visitors::Described;
use super::window::Measurement;
use super::worker::CaseJob;

/// Runs the plan's cases, but those that the journal has. One that fails becomes
/// a row that says so. Each is noted in the journal when it is finished.
///
/// # Errors
///
/// If there is nothing to measure, the data files cannot be made, or an
/// interrupt came.
pub fn measure(
    plan: &SuitePlan,
    journal: &mut Journal<'_>,
    observer: &mut dyn Observer,
) -> Result<Run, Error> {
    let data = DataFolder::open(plan.records.folder().unwrap_or(&plan.data))?;
    let scratch = data.scratch()?;
    let place = plan.records.folder().unwrap_or(scratch.path());
    let plan = &SuitePlan {
        limits: JobLimits {
            memory_bytes: journal.worker_limit_bytes(),
            ..plan.limits
        },
        ..plan.clone()
    };
    let described = Described::of(&plan.records, observer)?;
    let mut smaller = Vec::new();
    for count in plan.fewer() {
        let records = plan.records.first(count);
        let described = Described::of(&records, observer)?;
        smaller.push((records, described));
    }
    let left = || plan.cases.iter().filter(|case| !journal.has(&case.id));
    let ran = left().filter(|case| case.task.runs());
    let rounds: u64 = ran.map(|case| plan.rounds(case)).sum();
    let more = left().filter(|case| plan.scales(case)).count() * smaller.len();
    observer.begin("", rounds + more as u64);
    let mut session = Session {
        plan,
        data: &data,
        brief: DataFolder::open(place)?,
        written: place.join("written"),
        described: &described,
        smaller,
        made_again: BTreeSet::new(),
        bench: PythonBench::new(plan, &data, scratch.path(), &described),
    };
    let mut cases = Vec::new();
    let mut is_noted = true;
    for (at, case) in plan.cases.iter().enumerate() {
        if let Some(row) = journal.take(&case.id) {
            cases.push(row);
            continue;
        }
        let row = session.row(case, observer)?;
        session.forget(case, &plan.cases[at + 1..]);
        // A folder that takes no note may take the run; if not, that is said then.
        if is_noted && let Err(error) = journal.note(&row) {
            is_noted = false;
            observer.say(&format!("an interrupt will lose what is measured: {error}"));
        }
        cases.push(row);
    }
    drop(session);
    let environment = environment(journal.started(), &plan.command, plan.limits.memory_bytes);
    Ok(Run {
        schema: SCHEMA,
        formats: notes(&plan.cases, plan.records.kind(), &environment.crates),
        environment,
        dataset: Dataset {
            source: plan.source.clone(),
            ..described.dataset
        },
        pythons: plan.pythons.clone(),
        cases,
        tutorial: None,
    })
}

/// A run on its way from case to case.
struct Session<'a> {
    plan: &'a SuitePlan,
    data: &'a DataFolder,
    /// For files that are used once.
    brief: DataFolder,
    /// What cases write. A worker finds what somebody brought beside its file.
    written: PathBuf,
    described: &'a Described,
    /// The same over fewer records.
    smaller: Vec<(RecordSource, Described)>,
    /// The data files that were made again.
    made_again: BTreeSet<PathBuf>,
    bench: PythonBench<'a>,
}

impl Session<'_> {
    /// The row of a case.
    fn row(&mut self, case: &Case, observer: &mut dyn Observer) -> Result<Footprint, Error> {
        if let Some(row) = left_out(self.plan, case, &self.described.dataset) {
            return Ok(row);
        }
        let mut row = match self.measure(case, observer) {
            Ok(row) => row,
            Err(error) => return cannot_hold(case, &self.plan.records, error),
        };
        if self.plan.scales(case) {
            row.scaling = self.scale(case, observer)?;
        }
        if self.plan.fit {
            row.fit = self.fit(case, &row, observer)?;
        }
        Ok(row)
    }

    /// The case over all records.
    fn measure(&mut self, case: &Case, observer: &mut dyn Observer) -> Result<Footprint, Error> {
        let (plan, records) = (self.plan, &self.plan.records);
        let is_own = matches!(records, RecordSource::Own(_));
        if let Task::Python(task) = &case.task {
            let mut row = self.bench.measure(case, task, observer)?;
            // It raised, or gave back something else: it cannot hold them.
            if is_own && row.status == Status::Failed {
                row.status = Status::Unsupported;
            }
            return Ok(row);
        }
        let at = self.path(case, records, observer)?;
        let row = measure_case(plan, case, records, &at, self.described, observer)?;
        let Some(task) = case
            .task
            .of_format()
            .filter(|_| row.status == Status::Failed)
        else {
            return Ok(row);
        };
        match &task.file {
            None if is_own => {
                // Is it the format, or the records?
                let kind = FileKind {
                    format: task.format,
                    variant: task.variant.map(str::to_owned),
                };
                let made = self.data.file(records, &kind, &mut |_| {});
                self.data.forget(records, &kind);
                made.map(|_| row)
            }
            Some(kind) if self.made_again.insert(at.clone()) => {
                // Its sum fits, so that it may have been made by other code.
                let why = row.message.as_deref().unwrap_or_default();
                observer.say(&format!("{}: {why}; making it again", shown(&at)));
                self.data.make_again(records, kind)?;
                observer.begin("", plan.runs.into());
                measure_case(plan, case, records, &at, self.described, observer)
            }
            _ => Ok(row),
        }
    }

    /// The file of a case: the data file that it reads, or the one that it writes.
    fn path(
        &self,
        case: &Case,
        records: &RecordSource,
        observer: &mut dyn Observer,
    ) -> Result<PathBuf, Error> {
        match file_of(case) {
            Some(kind) => self
                .data
                .file(records, kind, &mut |text| observer.say(text)),
            None => Ok(self.written.clone()),
        }
    }

    /// The case over fewer records, each once.
    fn scale(&self, case: &Case, observer: &mut dyn Observer) -> Result<Vec<Scaled>, Error> {
        let mut scaling = Vec::new();
        // Numbers of records that somebody asked for once are not met again.
        let passing = matches!(self.plan.scaling, Scaling::At(_));
        for (records, described) in &self.smaller {
            let once = self.plan.once_over(records);
            let found = if let Task::Python(task) = &case.task {
                let folder = self.brief.scratch()?;
                let mut bench = PythonBench::new(&once, &self.brief, folder.path(), described);
                let found = match passing {
                    true => bench.calls(case, task, &mut Quiet(&mut *observer)),
                    false => bench.calls(case, task, observer),
                }?;
                let files = [Some(&task.text), task.pickle.as_ref()];
                let files = files.into_iter().flatten().filter(|_| passing);
                files.for_each(|kind| self.brief.forget(records, kind));
                found
            } else {
                let passing = file_of(case).filter(|_| passing);
                let at = match passing {
                    Some(kind) => self.brief.file(records, kind, &mut |_| {})?,
                    None => self.path(case, records, observer)?,
                };
                let found = measure_case(&once, case, records, &at, described, observer)?;
                if let Some(kind) = passing {
                    self.brief.forget(records, kind);
                }
                found
            };
            scaling.extend(scaled_of(records, &found));
        }
        Ok(scaling)
    }

    /// The least limit under which the case works.
    fn fit(
        &mut self,
        case: &Case,
        row: &Footprint,
        observer: &mut dyn Observer,
    ) -> Result<Option<Fit>, Error> {
        let (plan, records) = (self.plan, &self.plan.records);
        let at = self.path(case, records, observer)?;
        fit::least_limit(row, &plan.limits, &mut |limits| {
            observer.begin(&case.id, 1);
            if let Task::Python(task) = &case.task {
                return self.bench.works(case, task, limits, observer);
            }
            let once = SuitePlan {
                limits,
                ..plan.once_over(records)
            };
            let tried = measure_case(&once, case, records, &at, self.described, observer)?;
            let resident_bytes = tried.resident.as_ref().and_then(|it| it.high_water_bytes);
            Ok(tried.is_ok().then_some(Worked { resident_bytes }))
        })
    }

    /// Removes the file of a case over somebody's own records that none of the `later`
    /// cases reads.
    fn forget(&self, case: &Case, later: &[Case]) {
        let (RecordSource::Own(_), Some(kind)) = (&self.plan.records, file_of(case)) else {
            return;
        };
        let is_same = |case: &Case| file_of(case).is_some_and(|file| file.is(kind));
        if later.iter().any(is_same) {
            return;
        }
        let fewer = self.smaller.iter().map(|(fewer, _)| fewer);
        let all = fewer.chain([&self.plan.records]);
        all.for_each(|records| self.data.forget(records, kind));
    }
}

/// The data file that a case reads.
fn file_of(case: &Case) -> Option<&FileKind> {
    case.task.of_format()?.file.as_ref()
}

/// The row of a format that has no form for one of somebody's own records, which is no
/// failure.
///
/// # Errors
///
/// The error, if it is another.
fn cannot_hold(case: &Case, records: &RecordSource, error: Error) -> Result<Footprint, Error> {
    match &error {
        Error::Format { source, .. } if matches!(records, RecordSource::Own(_)) => {
            match find_cause::<NoForm>(&**source) {
                Some(no_form) => Ok(Footprint {
                    status: Status::Unsupported,
                    message: Some(no_form.to_string()),
                    ..row(case)
                }),
                None => Err(error),
            }
        }
        _ => Err(error),
    }
}

/// Why a case over somebody's own records is not tried: a list that is larger than
/// the memory that a worker may take. (Of a built-in dataset, whether a case lives
/// within a limit is what is asked.)
fn left_out(plan: &SuitePlan, case: &Case, dataset: &Dataset) -> Option<Footprint> {
    let RecordSource::Own(_) = plan.records else {
        return None;
    };
    let holds_list = [Operation::Read, Operation::Write];
    let holds_list = holds_list
        .iter()
        .any(|operation| case.operation == *operation);
    let limit = plan.limits.memory_bytes;
    let limit = limit.filter(|_| case.task.runs() && holds_list)?;
    (dataset.heap_bytes > limit).then(|| Footprint {
        status: Status::LeftOut,
        message: Some(format!(
            "the list alone takes {}, more than the {} that a worker may take; see --memory-limit",
            format_bytes(dataset.heap_bytes),
            format_bytes(limit)
        )),
        ..row(case)
    })
}

/// A row that says nothing yet.
fn row(case: &Case) -> Footprint {
    Footprint {
        variant: case.variant.clone(),
        ..Footprint::of_case(&case.id, case.operation.clone(), &case.format)
    }
}

fn measure_case(
    plan: &SuitePlan,
    case: &Case,
    records: &RecordSource,
    path: &Path,
    described: &Described,
    observer: &mut dyn Observer,
) -> Result<Footprint, Error> {
    let mut row = row(case);
    if let Task::Unsupported(why) = &case.task {
        row.status = Status::Unsupported;
        row.message = Some(why.clone());
        return Ok(row);
    }
    let mut measured: Vec<Measurement> = Vec::new();
    for run in 0..plan.runs {
        let long = measured
            .first()
            .is_some_and(|first| first.seconds > SuitePlan::LONG_SECONDS);
        if row.status != Status::Ok || (long && run >= 2) {
            observer.part_done();
            continue;
        }
        match run_case(plan, case, records, path, described, observer)? {
            JobEnd::Answered(found) => match described.check(case, &found) {
                Ok(loss) => {
                    row.loss = loss.map(str::to_owned);
                    measured.push(found);
                }
                Err(wrong) => {
                    row.status = Status::Failed;
                    row.message = Some(wrong.to_owned());
                }
            },
            JobEnd::Not { status, message } => {
                row.status = status;
                row.message = Some(message);
            }
        }
    }
    // Figures of a case that failed once are not shown: they mean nothing.
    if row.status == Status::Ok {
        fill(&mut row, measured);
    }
    Ok(row)
}

/// What a row over fewer records tells; `None` where it did not end well, or no memory
/// was measured.
fn scaled_of(records: &RecordSource, row: &Footprint) -> Option<Scaled> {
    let high_water = row.resident.as_ref().and_then(|it| it.high_water_bytes);
    let scaled = Scaled {
        records: records.records(),
        peak_bytes: row.heap.as_ref().map(|heap| heap.peak_bytes),
        high_water_bytes: high_water.filter(|_| row.heap.is_none()),
    };
    let tells = scaled.peak_bytes.or(scaled.high_water_bytes).is_some();
    (tells && row.is_ok()).then_some(scaled)
}

/// One run of a case in a process of its own.
fn run_case(
    plan: &SuitePlan,
    case: &Case,
    records: &RecordSource,
    path: &Path,
    described: &Described,
    observer: &mut dyn Observer,
) -> Result<JobEnd<Measurement>, Error> {
    let job = CaseJob {
        case: case.id.clone(),
        records: records.clone(),
        data_bytes: described.dataset.heap_bytes,
    };
    observer.begin(&case.id, 0);
    let ended = job::run(job, path, plan.limits, &mut || observer.tick())?;
    observer.part_done();
    // A Ctrl-C at the terminal reaches the worker too, and may end it first.
    interrupt::check()?;
    Ok(ended)
}

/// Makes one row of several runs: the exact figures of the first, the resident
/// set of the run in the middle, the time of each.
fn fill(row: &mut Footprint, mut runs: Vec<Measurement>) {
    row.seconds = runs.iter().map(|run| run.seconds).collect();
    let peak = |run: &Measurement| run.heap.as_ref().map(|heap| heap.peak_bytes);
    let deterministic =
        (runs.len() > 1).then(|| runs.windows(2).all(|pair| peak(&pair[0]) == peak(&pair[1])));
    let mut high: Vec<_> = runs
        .iter()
        .filter_map(|run| run.resident.high_water_bytes)
        .collect();
    let mut by_high: Vec<usize> = (0..runs.len()).collect();
    by_high.sort_by_key(|at| runs[*at].resident.high_water_bytes);
    let middle = by_high[by_high.len() / 2];
    let mut resident = runs[middle].resident.clone();
    high.sort_unstable();
    resident.high_water_runs_bytes = high;
    row.resident = Some(resident);
    let first = runs.swap_remove(0);
    row.file_bytes = first.file_bytes;
    row.steps = first.steps;
    row.timeline = first.timeline;
    row.heap = first.heap.map(|heap| HeapFigures {
        deterministic,
        ..heap
    });
}
