//! What to measure, and how.

use std::path::PathBuf;

use crate::job::JobLimits;
use crate::results::{DatasetSource, Interpreter, RunKey};

use super::case::{Case, Task};
use super::environment::build;
use super::source::RecordSource;

/// What to measure, and how.
#[derive(Debug, Clone)]
pub struct SuitePlan {
    /// The cases, in the order in which they run.
    pub cases: Vec<Case>,
    /// The records.
    pub records: RecordSource,
    /// The file that they came from, where somebody brought them.
    pub source: Option<DatasetSource>,
    /// How often each case runs. A case that takes longer than
    /// [`SuitePlan::LONG_SECONDS`] runs twice at the most.
    pub runs: u32,
    /// How often each case in Python runs: its figures repeat less, and take longer.
    pub python_runs: u32,
    /// Whether each case in Python also runs under `tracemalloc`, if it is no long
    /// one, and at the smaller numbers of records: worth its time where somebody
    /// chose the cases.
    pub python_in_depth: bool,
    /// The Pythons of the cases.
    pub pythons: Vec<Interpreter>,
    /// What each worker may take.
    pub limits: JobLimits,
    /// Where data files are kept.
    pub data: PathBuf,
    /// At which smaller numbers of records each case also runs; see
    /// [`SuitePlan::fewer`].
    pub scaling: Scaling,
    /// Whether the least limit under which each case succeeds is looked for.
    pub fit: bool,
    /// The command line, for the record.
    pub command: Vec<String>,
}

/// At which smaller numbers of records each case runs once more, to see how its
/// peak grows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scaling {
    /// At none.
    None,
    /// At a hundredth and a tenth, if a hundredth is not too few to tell anything.
    /// Those of Python do where they are measured in depth.
    Usual,
    /// At these, fewest first, and in Python as well. Their data files are not kept.
    At(Vec<u64>),
}

impl SuitePlan {
    /// From how many seconds on a case runs no more than twice: often enough to
    /// see whether its figures repeat.
    pub const LONG_SECONDS: f64 = 3.0;

    /// From how many seconds on a case in Python is not traced: that takes several
    /// times as long.
    pub(super) const TRACED_SECONDS: f64 = 1.0;

    /// Fewer records than this tell nothing: buffers outweigh them.
    const FEWEST: u64 = 1000;

    /// How often a case runs, at the most, as far as it is known beforehand.
    pub(super) fn rounds(&self, case: &Case) -> u64 {
        match &case.task {
            Task::Unsupported(_) => 0,
            Task::Python(task) => {
                u64::from(self.python_runs) + u64::from(self.python_in_depth && task.python.traces)
            }
            Task::Empty | Task::Run(_) | Task::Plain(_) => self.runs.into(),
        }
    }

    /// What another run has to have in common with this one to go on from it.
    /// `memory_limit_bytes` is the limit that was asked for.
    #[must_use]
    pub fn key(&self, memory_limit_bytes: Option<u64>) -> RunKey {
        RunKey {
            build: build(),
            dataset: self.records.key(),
            records: self.records.records(),
            seed: self.records.seed(),
            runs: self.runs,
            pythons: self.pythons.iter().map(Interpreter::identity).collect(),
            scaling: self.fewer(),
            fit: self.fit,
            memory_limit_bytes,
            timeout_seconds: self.limits.time.as_secs_f64(),
        }
    }

    /// The same for one run of each case over other records.
    pub(super) fn once_over(&self, records: &RecordSource) -> SuitePlan {
        SuitePlan {
            records: records.clone(),
            runs: 1,
            python_runs: 1,
            python_in_depth: false,
            ..self.clone()
        }
    }

    /// Whether a case runs at the smaller numbers of records, too.
    pub(super) fn scales(&self, case: &Case) -> bool {
        let in_python = matches!(case.task, Task::Python(_));
        let asked = self.python_in_depth || matches!(self.scaling, Scaling::At(_));
        case.task.scales() || (in_python && asked)
    }

    /// The smaller numbers of records at which each case runs once more, fewest
    /// first.
    #[must_use]
    pub fn fewer(&self) -> Vec<u64> {
        let records = self.records.records();
        let usual = [records / 100, records / 10];
        match &self.scaling {
            Scaling::Usual if usual[0] >= Self::FEWEST => usual.to_vec(),
            Scaling::Usual | Scaling::None => Vec::new(),
            Scaling::At(fewer) => fewer.clone(),
        }
    }
}
