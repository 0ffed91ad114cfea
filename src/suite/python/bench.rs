//! Measures calls in Python, one process for each run of one.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::de::DeserializeOwned;

use crate::formats::FileKind;
use crate::job::{JobLimits, Observer, interrupt};
use crate::python::Answer;
use crate::results::{Footprint, LONGEST_SECONDS, Resident, Status, Step, Traced};
use crate::suite::case::{Case, PythonTask};
use crate::suite::data::DataFolder;
use crate::suite::environment::default_limit_bytes;
use crate::suite::error::Error;
use crate::suite::fit::Worked;
use crate::suite::plan::SuitePlan;
use crate::suite::visitors::Described;

use super::tasks::{CallFigures, OverRecords, SERIALIZERS, SerializerTask};

/// The file that calls write and read, within the folder of a run.
const FILE: &str = "python-records";

/// Measures the cases of Pythons.
pub(in crate::suite) struct PythonBench<'a> {
    plan: &'a SuitePlan,
    /// What each process may take now.
    limits: JobLimits,
    /// What the check of a result may take, in bytes, as a worker's in Rust: what the
    /// machine can spare. `None` for all there is.
    check_bytes: Option<u64>,
    data: &'a DataFolder,
    /// Where files are made; it lies in the data folder.
    folder: &'a Path,
    described: &'a Described,
    /// The data files that were found whole, by their kind.
    sources: BTreeMap<String, String>,
    /// What the list takes of the resident set, by the Python's name.
    list_bytes: BTreeMap<String, Option<u64>>,
    /// Who made the file that is there: Python, serializer, call.
    made_by: Option<[String; 3]>,
}

impl<'a> PythonBench<'a> {
    /// Over these records, with files in `folder`, which lies in the data folder.
    pub(in crate::suite) fn new(
        plan: &'a SuitePlan,
        data: &'a DataFolder,
        folder: &'a Path,
        described: &'a Described,
    ) -> Self {
        PythonBench {
            plan,
            limits: plan.limits,
            check_bytes: {
                let both = plan.limits.memory_bytes.zip(default_limit_bytes());
                both.map(|(asked, machine)| asked.max(machine))
            },
            data,
            folder,
            described,
            sources: BTreeMap::new(),
            list_bytes: BTreeMap::new(),
            made_by: None,
        }
    }

    /// The row of a case. One that fails becomes a row that says so.
    ///
    /// # Errors
    ///
    /// If its records cannot be made, or an interrupt came.
    pub(in crate::suite) fn measure(
        &mut self,
        case: &Case,
        task: &PythonTask,
        observer: &mut dyn Observer,
    ) -> Result<Footprint, Error> {
        let mut row = self.calls(case, task, observer)?;
        if row.status == Status::Ok {
            let list_bytes = self.list_bytes(task, observer)?;
            if let Some(resident) = &mut row.resident {
                resident.list_bytes = list_bytes;
            }
            self.trace(case, task, &mut row, observer)?;
        }
        Ok(row)
    }

    /// The same from its calls alone: without what the list takes, and untraced.
    ///
    /// # Errors
    ///
    /// As [`measure`](Self::measure).
    pub(in crate::suite) fn calls(
        &mut self,
        case: &Case,
        task: &PythonTask,
        observer: &mut dyn Observer,
    ) -> Result<Footprint, Error> {
        let mut row = Footprint::of_case(&case.id, case.operation.clone(), &case.format);
        row.variant.clone_from(&case.variant);
        match self.run_all(case, task, observer)? {
            Ok(runs) => fill(&mut row, runs),
            Err((status, message)) => {
                row.status = status;
                row.message = Some(message);
                if task.operation.writes() {
                    self.made_by = None;
                }
            }
        }
        Ok(row)
    }

    /// What is known of a case that succeeds within other limits, in one run; `None` if
    /// it does not. The file that it reads is made within the usual ones.
    ///
    /// # Errors
    ///
    /// As [`measure`](Self::measure).
    pub(in crate::suite) fn works(
        &mut self,
        case: &Case,
        task: &PythonTask,
        limits: JobLimits,
        observer: &mut dyn Observer,
    ) -> Result<Option<Worked>, Error> {
        if self.provide(case, task, observer)?.is_err() {
            return Ok(None);
        }
        let usual = std::mem::replace(&mut self.limits, limits);
        let found = self.run(case, task, false, observer);
        self.limits = usual;
        let found = found?.ok().filter(|found| self.loss(found).is_ok());
        if found.is_none() && task.operation.writes() {
            self.made_by = None;
        }
        Ok(found.map(|found| Worked {
            resident_bytes: found.resident_peak_bytes,
        }))
    }

    /// What the records lost that a call wrote or read, or what is wrong with them. Few
    /// serializers tell tuples from lists; those that do keep them.
    fn loss(&self, found: &CallFigures) -> Result<Option<&'static str>, &'static str> {
        self.described.loss(found.digest.as_deref(), false)
    }

    fn run_all(
        &mut self,
        case: &Case,
        task: &PythonTask,
        observer: &mut dyn Observer,
    ) -> Result<Answer<Vec<CallFigures>>, Error> {
        if let Err(failed) = self.provide(case, task, observer)? {
            return Ok(Err(failed));
        }
        let mut runs = Vec::new();
        for _ in 0..self.plan.python_runs {
            if runs.len() >= 2 && is_long(&runs) {
                observer.part_done();
                continue;
            }
            match self.run(case, task, false, observer)? {
                Ok(mut found) => match self.loss(&found) {
                    Ok(loss) => {
                        found.loss = found.loss.or(loss.map(str::to_owned));
                        runs.push(found);
                    }
                    Err(wrong) => return Ok(Err((Status::Failed, wrong.to_owned()))),
                },
                Err(failed) => return Ok(Err(failed)),
            }
        }
        Ok(Ok(runs))
    }

    /// Makes the file that a case reads, if it is not there already.
    fn provide(
        &mut self,
        case: &Case,
        task: &PythonTask,
        observer: &mut dyn Observer,
    ) -> Result<Answer<()>, Error> {
        let Some(call) = &task.made_by else {
            // What is written is what the next case may read.
            self.made_by = Some(maker(task, &task.call));
            return Ok(Ok(()));
        };
        let wanted = Some(maker(task, call));
        if self.made_by == wanted {
            return Ok(Ok(()));
        }
        self.made_by = None;
        self.remove_file();
        let make = SerializerTask::Make {
            format: &task.serializer,
            call,
        };
        let what = format!("the file of {}", case.id);
        let made: Answer<Option<()>> = self.ask(task, make, &what, observer)?;
        Ok(match made {
            Ok(_) => {
                self.made_by = wanted;
                Ok(())
            }
            Err((status, message)) => Err((status, format!("there is no file to read: {message}"))),
        })
    }

    fn run(
        &mut self,
        case: &Case,
        task: &PythonTask,
        traced: bool,
        observer: &mut dyn Observer,
    ) -> Result<Answer<CallFigures>, Error> {
        if task.operation.writes() {
            // Some add to what is there.
            self.remove_file();
        }
        let measure = SerializerTask::Measure {
            operation: task.operation.name(),
            format: &task.serializer,
            call: &task.call,
            traced,
        };
        let found = self.ask(task, measure, &case.id, observer);
        observer.part_done();
        found
    }

    /// Adds what `tracemalloc` sees of a case, in a run of its own.
    fn trace(
        &mut self,
        case: &Case,
        task: &PythonTask,
        row: &mut Footprint,
        observer: &mut dyn Observer,
    ) -> Result<(), Error> {
        let takes_long = row.median_seconds() > Some(SuitePlan::TRACED_SECONDS);
        if !self.plan.python_in_depth || !task.python.traces || takes_long {
            return Ok(());
        }
        match self.run(case, task, true, observer)? {
            Ok(found) => {
                let figures = (found.heap_before_bytes, found.heap_after_bytes);
                if let (Some(before_bytes), Some(after_bytes)) = figures {
                    row.traced = Some(Traced {
                        before_bytes,
                        peak_bytes: found.heap_peak_bytes,
                        after_bytes,
                    });
                }
            }
            Err((_, message)) => row.message = Some(format!("not traced: {message}")),
        }
        Ok(())
    }

    /// What the list takes of the resident set in this Python.
    fn list_bytes(
        &mut self,
        task: &PythonTask,
        observer: &mut dyn Observer,
    ) -> Result<Option<u64>, Error> {
        let name = &task.python.name;
        if let Some(bytes) = self.list_bytes.get(name) {
            return Ok(*bytes);
        }
        let what = format!("the list in {name}");
        let found: Answer<Option<i64>> = self.ask(task, SerializerTask::Size, &what, observer)?;
        let found = found.ok().flatten();
        let bytes = found.and_then(|bytes| u64::try_from(bytes).ok());
        self.list_bytes.insert(name.clone(), bytes);
        Ok(bytes)
    }

    /// Runs the script once.
    fn ask<A: DeserializeOwned>(
        &mut self,
        task: &PythonTask,
        asked: SerializerTask<'_>,
        what: &str,
        observer: &mut dyn Observer,
    ) -> Result<Answer<A>, Error> {
        interrupt::check()?;
        let pickle = match &task.pickle {
            Some(kind) => Some(self.source(kind, observer)?),
            None => None,
        };
        let order = OverRecords {
            task: asked,
            dataset: &self.described.dataset.name,
            pickle,
            text: Some(self.source(&task.text, observer)?),
            file: FILE,
            check_memory_bytes: self.check_bytes,
        };
        observer.begin(what, 0);
        let limits = self.limits;
        let tick = &mut || observer.tick();
        let program = &task.python.program;
        let answer = SERIALIZERS.run(program, self.folder, order, limits, tick)?;
        Ok(answer.map_err(|(status, message)| match status {
            Status::TimedOut => (status, format!("{message}; see --timeout")),
            _ => (status, message),
        }))
    }

    /// A data file, as the script finds it from its folder.
    fn source(&mut self, kind: &FileKind, observer: &mut dyn Observer) -> Result<String, Error> {
        let key = kind.to_string();
        if let Some(source) = self.sources.get(&key) {
            return Ok(source.clone());
        }
        let say = &mut |text: &str| observer.say(text);
        let path = self.data.file(&self.plan.records, kind, say)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let source = format!("../{name}");
        self.sources.insert(key, source.clone());
        Ok(source)
    }

    fn remove_file(&self) {
        // It fails only where there is none.
        let _ = fs::remove_file(self.folder.join(FILE));
    }
}

fn maker(task: &PythonTask, call: &str) -> [String; 3] {
    [
        task.python.name.clone(),
        task.serializer.clone(),
        call.to_owned(),
    ]
}

fn is_long(runs: &[CallFigures]) -> bool {
    runs.first()
        .is_some_and(|run| run.seconds > SuitePlan::LONG_SECONDS)
}

/// Makes one row of several runs: the resident set of the run in the middle, the
/// times of each.
fn fill(row: &mut Footprint, mut runs: Vec<CallFigures>) {
    // Python 2 has no clock that only goes forward.
    let goes = |seconds: &f64| (0.0..=LONGEST_SECONDS).contains(seconds);
    row.seconds = runs.iter().map(|run| run.seconds).filter(goes).collect();
    row.cpu_seconds = runs
        .iter()
        .map(|run| run.cpu_seconds)
        .filter(goes)
        .collect();
    runs.sort_by_key(|run| run.resident_peak_bytes);
    let high = runs.iter().filter_map(|run| run.resident_peak_bytes);
    let high_water_runs_bytes = high.collect();
    let run = runs.swap_remove(runs.len() / 2);
    row.file_bytes = Some(run.file_bytes);
    row.loss = run.loss;
    let import_bytes = run.start_bytes.zip(run.born_bytes);
    row.resident = Some(Resident {
        import_bytes: import_bytes.map(|(after, before)| after.saturating_sub(before)),
        list_bytes: None,
        start_bytes: run.start_bytes,
        before_bytes: run.resident_before_bytes,
        high_water_bytes: run.resident_peak_bytes,
        after_drop_bytes: run.resident_dropped_bytes,
        high_water_runs_bytes,
    });
    let step = |name: &str, start_seconds, seconds, resident_bytes| Step {
        name: name.to_owned(),
        file: None,
        line: None,
        start_seconds,
        seconds,
        heap_bytes: None,
        peak_bytes: None,
        resident_bytes,
    };
    let times = [run.seconds, run.import_seconds, run.drop_seconds];
    if times.iter().all(goes) {
        row.steps = vec![
            step("import", 0.0, run.import_seconds, run.start_bytes),
            step(
                row.operation.name(),
                0.0,
                run.seconds,
                run.resident_after_bytes,
            ),
            step(
                "drop",
                run.seconds,
                run.drop_seconds,
                run.resident_dropped_bytes,
            ),
        ];
    }
}
