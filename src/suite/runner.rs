//! All the cases of a run, one after the other.

use std::collections::BTreeSet;
use std::path::Path;

use plainfigures::format_bytes;

use crate::files::shown;
use crate::formats::{FileKind, find_cause};
use crate::job::{self, JobEnd, JobLimits, Observer, interrupt};
use crate::results::{
    Dataset, Footprint, HeapFigures, Journal, Operation, Run, SCHEMA, Scaled, Status,
};

use super::case::{Case, Task};
use super::data::{DataFolder, NoForm};
use super::environment::environment;
use super::error::Error;
use super::fit;
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
    // For files that are used once.
    let brief = DataFolder::open(plan.records.folder().unwrap_or(scratch.path()))?;
    // A worker finds what somebody brought beside its file.
    let written = plan
        .records
        .folder()
        .unwrap_or(scratch.path())
        .join("written");
    let plan = &SuitePlan {
        limits: JobLimits {
            memory_bytes: journal.worker_limit_bytes(),
            ..plan.limits
        },
        ..plan.clone()
    };
    let records = &plan.records;
    let described = Described::of(records, observer)?;
    let mut smaller = Vec::new();
    for records in plan.fewer().into_iter().map(|count| records.first(count)) {
        let described = Described::of(&records, observer)?;
        smaller.push((records, described));
    }
    let scaled = |case: &&Case| plan.scales(case);
    let left = || plan.cases.iter().filter(|case| !journal.has(&case.id));
    let ran = left().filter(|case| case.task.runs());
    let rounds: u64 = ran.map(|case| plan.rounds(case)).sum();
    let more = left().filter(scaled).count() * smaller.len();
    observer.begin("", rounds + more as u64);
    let mut cases = Vec::new();
    let mut made_again = BTreeSet::new();
    let mut is_noted = true;
    let mut bench = PythonBench::new(plan, &data, scratch.path(), &described);
    for (at_case, case) in plan.cases.iter().enumerate() {
        if let Some(row) = journal.take(&case.id) {
            cases.push(row);
            continue;
        }
        let file = case.task.of_format().and_then(|task| task.file.as_ref());
        let path = |records: &RecordSource, observer: &mut dyn Observer| match file {
            Some(kind) => data.file(records, kind, &mut |text| observer.say(text)),
            None => Ok(written.clone()),
        };
        if let Some(row) = left_out(plan, case, &described.dataset) {
            cases.push(row);
            continue;
        }
        let at = match path(records, observer) {
            Ok(at) => at,
            Err(error) => {
                cases.push(cannot_hold(case, records, error)?);
                continue;
            }
        };
        let mut row = match &case.task {
            Task::Python(task) => {
                let mut row = bench.measure(case, task, observer)?;
                // It raised, or gave back something else: it cannot hold them.
                if row.status == Status::Failed && matches!(records, RecordSource::Own(_)) {
                    row.status = Status::Unsupported;
                }
                row
            }
            _ => measure_case(plan, case, records, &at, &described, observer)?,
        };
        if let (RecordSource::Own(_), Some(task)) = (records, case.task.of_format())
            && row.status == Status::Failed
            && task.operation.writes()
        {
            // Is it the format, or the records?
            let kind = FileKind {
                format: task.format,
                variant: task.variant.map(str::to_owned),
            };
            if let Err(error) = data.file(records, &kind, &mut |_| {}) {
                row = cannot_hold(case, records, error)?;
            }
            data.forget(records, &kind);
        }
        if let Some(kind) = file
            && row.status == Status::Failed
            && made_again.insert(at.clone())
        {
            // Its sum fits, so that it may have been made by other code.
            let why = row.message.as_deref().unwrap_or_default();
            observer.say(&format!("{}: {why}; making it again", shown(&at)));
            data.make_again(records, kind)?;
            observer.begin("", plan.runs.into());
            row = measure_case(plan, case, records, &at, &described, observer)?;
        }
        if scaled(&case) {
            for (records, described) in &smaller {
                if let Task::Python(task) = &case.task {
                    let plan = plan.once_over(records);
                    let folder = brief.scratch()?;
                    let mut bench = PythonBench::new(&plan, &brief, folder.path(), described);
                    let found = bench.measure(case, task, observer)?;
                    row.scaling.extend(scaled_of(records, &found));
                    let files = [Some(&task.text), task.pickle.as_ref()];
                    files
                        .into_iter()
                        .flatten()
                        .for_each(|kind| brief.forget(records, kind));
                    continue;
                }
                let passing = file.filter(|_| matches!(plan.scaling, Scaling::At(_)));
                let at = match passing {
                    Some(kind) => brief.file(records, kind, &mut |_| {})?,
                    None => path(records, observer)?,
                };
                let once = plan.once_over(records);
                let found = measure_case(&once, case, records, &at, described, observer)?;
                row.scaling.extend(scaled_of(records, &found));
                if let Some(kind) = passing {
                    brief.forget(records, kind);
                }
            }
        }
        if plan.fit {
            row.fit = fit::least_limit(&row, &plan.limits, &mut |limits| {
                observer.begin(&case.id, 1);
                if let Task::Python(task) = &case.task {
                    return bench.works(case, task, limits, observer);
                }
                let once = SuitePlan {
                    limits,
                    ..plan.once_over(records)
                };
                let tried = measure_case(&once, case, records, &at, &described, observer)?;
                Ok(tried.is_ok())
            })?;
        }
        if let (RecordSource::Own(_), Some(kind)) = (records, file)
            && !plan.cases[at_case + 1..]
                .iter()
                .any(|later| reads(later, kind))
        {
            let all = smaller.iter().map(|(fewer, _)| fewer).chain([records]);
            all.for_each(|records| data.forget(records, kind));
        }
        // A folder that takes no note may take the run; if not, that is said then.
        if is_noted && let Err(error) = journal.note(&row) {
            is_noted = false;
            observer.say(&format!("an interrupt will lose what is measured: {error}"));
        }
        cases.push(row);
    }
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

/// Whether a case reads this file.
fn reads(case: &Case, kind: &FileKind) -> bool {
    let file = case.task.of_format().and_then(|task| task.file.as_ref());
    file.is_some_and(|file| file.is(kind))
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
    let limit = plan.limits.memory_bytes.filter(|_| holds_list)?;
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
