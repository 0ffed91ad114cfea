//! All the cases of a run, one after the other.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::dataset::{Builtin, Digester, Recipe, deep_bytes};
use crate::files::shown;
use crate::formats::{Compiled, ShapeVisitor, with_records_of};
use crate::job::{self, JobEnd, JobLimits, Observer, interrupt};
use crate::results::{self, Dataset, HeapFigures, Journal, Run, SCHEMA, Scaled, Status};

use super::case::{Case, Task};
use super::data::DataFolder;
use super::environment::environment;
use super::error::Error;
use super::fit;
use super::plan::{Scaling, SuitePlan};
use super::worker::{CaseJob, Measurement};

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
    let data = DataFolder::open(&plan.data)?;
    let scratch = data.scratch()?;
    // For files that are used once.
    let brief = DataFolder::open(scratch.path())?;
    let plan = &SuitePlan {
        limits: JobLimits {
            memory_bytes: journal.worker_limit_bytes(),
            ..plan.limits
        },
        ..plan.clone()
    };
    let dataset = describe(&plan.recipe, observer)?;
    let fewer = plan.fewer();
    let smaller: Vec<Dataset> = fewer
        .iter()
        .map(|records| describe(&plan.of(*records), observer))
        .collect::<Result<_, _>>()?;
    let scaled = |case: &&Case| case.task.of_format().is_some();
    let left = || plan.cases.iter().filter(|case| !journal.has(&case.id));
    let ran = left().filter(|case| case.task.runs());
    let rounds = ran.count() as u64 * u64::from(plan.runs);
    let more = left().filter(scaled).count() * smaller.len();
    observer.begin("", rounds + more as u64);
    let mut cases = Vec::new();
    let mut made_again = BTreeSet::new();
    let mut is_noted = true;
    for case in &plan.cases {
        if let Some(row) = journal.take(&case.id) {
            cases.push(row);
            continue;
        }
        let file = case.task.of_format().and_then(|task| task.file.as_ref());
        let path = |records: u64, observer: &mut dyn Observer| match file {
            Some(kind) => data.file(&plan.of(records), kind, &mut |text| observer.say(text)),
            None => Ok(scratch.path().join("written")),
        };
        let at = path(plan.recipe.records, observer)?;
        let mut row = measure_case(plan, case, &at, &dataset, observer)?;
        if let Some(kind) = file
            && row.status == Status::Failed
            && made_again.insert(at.clone())
        {
            // Its sum fits, so that it may have been made by other code.
            let why = row.message.as_deref().unwrap_or_default();
            observer.say(&format!("{}: {why}; making it again", shown(&at)));
            data.make_again(&plan.recipe, kind)?;
            observer.begin("", plan.runs.into());
            row = measure_case(plan, case, &at, &dataset, observer)?;
        }
        if scaled(&case) {
            for dataset in &smaller {
                let passing = file.filter(|_| matches!(plan.scaling, Scaling::At(_)));
                let at = match passing {
                    Some(kind) => brief.file(&plan.of(dataset.records), kind, &mut |_| {})?,
                    None => path(dataset.records, observer)?,
                };
                row.scaling
                    .extend(measure_scaled(plan, case, &at, dataset, observer)?);
                if passing.is_some() {
                    // If it stays, it goes with its folder.
                    let _ = fs::remove_file(&at);
                }
            }
        }
        if plan.fit {
            row.fit = fit::least_limit(&row, &plan.limits, &mut |limits| {
                let plan = SuitePlan {
                    limits,
                    ..plan.clone()
                };
                observer.begin(&case.id, 1);
                let ended = run_case(&plan, case, &at, &dataset, observer)?;
                Ok(matches!(ended, JobEnd::Answered(found) if is_right(case, &found, &dataset)))
            })?;
        }
        // A folder that takes no note may take the run; if not, that is said then.
        if is_noted && let Err(error) = journal.note(&row) {
            is_noted = false;
            observer.say(&format!("an interrupt will lose what is measured: {error}"));
        }
        cases.push(row);
    }
    Ok(Run {
        schema: SCHEMA,
        environment: environment(journal.started(), &plan.command, plan.limits.memory_bytes),
        dataset,
        cases,
        tutorial: None,
    })
}

/// The figures of a dataset, from one pass over the generator.
///
/// # Errors
///
/// If there are no records, or an interrupt came.
pub fn describe(recipe: &Recipe, observer: &mut dyn Observer) -> Result<Dataset, Error> {
    struct Describe<'a> {
        recipe: &'a Recipe,
        observer: &'a mut dyn Observer,
    }

    impl ShapeVisitor for Describe<'_> {
        type Output = Result<Dataset, Error>;

        fn visit<T: Builtin + Compiled>(self) -> Result<Dataset, Error> {
            let Recipe {
                shape,
                records,
                seed,
            } = *self.recipe;
            let mut digester = Digester::new();
            let mut heap_bytes = 0;
            for (at, record) in T::source(records, seed).enumerate() {
                if at % 65_536 == 0 {
                    interrupt::check()?;
                    self.observer.tick();
                }
                heap_bytes += deep_bytes(&record) as u64;
                digester
                    .add(&record)
                    .expect("the records of a dataset have a form as text");
            }
            Ok(Dataset {
                name: shape.name().to_owned(),
                records,
                seed,
                digest: digester.finish(),
                heap_bytes,
            })
        }
    }

    if recipe.records == 0 {
        return Err(Error::NoRecords);
    }
    observer.begin("records", 1);
    with_records_of(recipe.shape, Describe { recipe, observer })
}

fn measure_case(
    plan: &SuitePlan,
    case: &Case,
    path: &Path,
    dataset: &Dataset,
    observer: &mut dyn Observer,
) -> Result<results::Footprint, Error> {
    let mut row = results::Footprint {
        id: case.id.clone(),
        operation: case.operation.clone(),
        format: case.format.clone(),
        variant: case.variant.clone(),
        status: Status::Ok,
        message: None,
        file_bytes: None,
        heap: None,
        resident: None,
        seconds: Vec::new(),
        steps: Vec::new(),
        timeline: None,
        throughput: None,
        scaling: Vec::new(),
        fit: None,
    };
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
        match run_case(plan, case, path, dataset, observer)? {
            JobEnd::Answered(found) if is_right(case, &found, dataset) => measured.push(found),
            JobEnd::Answered(_) => {
                row.status = Status::Failed;
                row.message = Some("its records are not the dataset's".to_owned());
            }
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

/// One run of a case over fewer records; `None` where it did not end well,
/// which its row tells, or where no memory was measured.
fn measure_scaled(
    plan: &SuitePlan,
    case: &Case,
    path: &Path,
    dataset: &Dataset,
    observer: &mut dyn Observer,
) -> Result<Option<Scaled>, Error> {
    let JobEnd::Answered(found) = run_case(plan, case, path, dataset, observer)? else {
        return Ok(None);
    };
    let scaled = Scaled {
        records: dataset.records,
        peak_bytes: found.heap.as_ref().map(|heap| heap.peak_bytes),
        high_water_bytes: found
            .resident
            .high_water_bytes
            .filter(|_| found.heap.is_none()),
    };
    let tells = scaled.peak_bytes.or(scaled.high_water_bytes).is_some();
    Ok((tells && is_right(case, &found, dataset)).then_some(scaled))
}

/// One run of a case in a process of its own.
fn run_case(
    plan: &SuitePlan,
    case: &Case,
    path: &Path,
    dataset: &Dataset,
    observer: &mut dyn Observer,
) -> Result<JobEnd<Measurement>, Error> {
    let job = CaseJob {
        case: case.id.clone(),
        recipe: plan.of(dataset.records),
        data_bytes: dataset.heap_bytes,
    };
    observer.begin(&case.id, 0);
    let ended = job::run(job, path, plan.limits, &mut || observer.tick())?;
    observer.part_done();
    // A Ctrl-C at the terminal reaches the worker too, and may end it first.
    interrupt::check()?;
    Ok(ended)
}

fn is_right(case: &Case, found: &Measurement, dataset: &Dataset) -> bool {
    match case.task {
        Task::Run(_) => found.digest.as_ref() == Some(&dataset.digest),
        _ => true,
    }
}

/// Makes one row of several runs: the exact figures of the first, the resident
/// set of the run in the middle, the time of each.
fn fill(row: &mut results::Footprint, mut runs: Vec<Measurement>) {
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
