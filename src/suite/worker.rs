//! The worker: a child process that runs one case and nothing else.

use std::fs;
use std::process::ExitCode;
use std::rc::Rc;

use peakheap::Heap;
use serde::{Deserialize, Serialize};

use crate::dataset::Measured;
use crate::formats::{Compiled, Error, Formats};
use crate::job::{self, Job, begin_step};

use super::case::{Case, Task, cases};
use super::environment::default_limit_bytes;
use super::error;
use super::opens::Opens;
use super::operate::{Prepared, operate};
use super::plain::Plain;
use super::source::RecordSource;
use super::visitors::{SourceVisitor, TypedSource, Work};
use super::window::{Found, Measurement, Window};

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
        let plain = plain.iter().map(Case::of_plain);
        let mut all = cases::<T>(formats).into_iter().chain(plain);
        let case = all.find(|case| case.id == id);
        drop(all);
        let case = case.ok_or_else(|| format!("there is no case {id}"))?;
        let mut task = case.task;
        // Whatever is on the heap from here on counts into every figure: nothing
        // of the job but the path.
        if let Task::Run(task) = &mut task {
            task.file = None;
        }
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
                let format = source.codec(task.format);
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
