//! The cases that a Python has: a row of its table for each call.

use std::path::{Path, PathBuf};

use crate::formats::{Formats, MadeBy};
use crate::job::{Interrupted, JobLimits, Observer};
use crate::python::{self, Answer, Python};
use crate::results::{CaseOperation, Interpreter, Package, Status};
use crate::suite::case::{Case, PythonTask, Task};

use super::tasks::{Call, Listed, OverRecords, SERIALIZERS, SerializerTask};

/// The cases of all Pythons that were asked.
#[derive(Debug, Clone, Default)]
pub struct PythonTable {
    /// The Pythons that answered, and those that were named and did not.
    pub interpreters: Vec<Interpreter>,
    /// Their cases, one Python after the other.
    pub cases: Vec<Case>,
}

/// The cases over the records of a dataset of this name in each of these Pythons; none named
/// stands for the usual one, which may be absent.
///
/// # Errors
///
/// If an interrupt came.
pub fn python_cases(
    programs: &[PathBuf],
    dataset: &str,
    formats: &Formats,
    limits: JobLimits,
    observer: &mut dyn Observer,
) -> Result<PythonTable, Interrupted> {
    let (mut interpreters, pythons) = python::find(programs, limits, observer)?;
    let mut cases = Vec::new();
    for python in &pythons {
        let listed = list(python, dataset, limits, observer)?;
        let row = interpreters.iter_mut().find(|row| row.name == python.name);
        let row = row.expect("a Python that answers has a row");
        match listed {
            Ok(listed) => {
                let packages = listed.packages.into_iter();
                let packages = packages.map(|(name, version)| Package { name, version });
                row.packages = packages.collect();
                let found = listed.calls.into_iter();
                cases.extend(found.filter_map(|call| case(python, call, formats)));
            }
            Err((status, message)) => {
                observer.say(&format!("skipping {}: {message}", row.name));
                (row.status, row.message) = (status, Some(message));
            }
        }
    }
    if programs.is_empty() {
        // Nobody asked for it: to have none is not worth a word.
        interpreters.retain(|row| row.status == Status::Ok);
    }
    Ok(PythonTable {
        interpreters,
        cases,
    })
}

fn list(
    python: &Python,
    dataset: &str,
    limits: JobLimits,
    observer: &mut dyn Observer,
) -> Result<Answer<Listed>, Interrupted> {
    let task = OverRecords {
        task: SerializerTask::List,
        dataset,
        pickle: None,
        text: None,
        file: "",
        check_memory_bytes: limits.memory_bytes,
    };
    let tick = &mut || observer.tick();
    SERIALIZERS.run(&python.program, Path::new("."), task, limits, tick)
}

/// `None` for an operation that only a newer script has.
fn case(python: &Python, call: Call, formats: &Formats) -> Option<Case> {
    let CaseOperation::Known(operation) = CaseOperation::from(&*call.operation) else {
        return None;
    };
    let file = |format, variant: Option<&str>| {
        let made_by = MadeBy {
            format,
            variant: variant.map(str::to_owned),
        };
        formats.file(made_by)
    };
    let format = format!("python-{}", call.format);
    let variant = format!("{}-{}", call.call, python.short);
    let task = match call.unsupported {
        Some(why) => Task::Unsupported(why),
        None => Task::Python(PythonTask {
            operation,
            python: python.clone(),
            serializer: call.format,
            call: call.call,
            made_by: call.made_by,
            // Protocol 4 without a memo leaves nothing behind but the list.
            pickle: file("pickle", Some("protocol-4")).filter(|_| !python.is_python_2),
            text: file("text", None)?,
        }),
    };
    Some(Case {
        is_usual: call.usual,
        ..Case::named(operation, &format, Some(&variant), task)
    })
}
