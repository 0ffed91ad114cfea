//! The functions that each Python runs.

use crate::python::Python;
use crate::tutorial::experiment::Experiment;

use super::memo;

/// One function with one variant: a profile to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PythonJob {
    pub(super) experiment: Experiment,
    pub(super) function: &'static str,
    pub(super) variant: &'static str,
    /// Length of its list.
    pub(super) records: u64,
    /// The file that it reads: `text`, `each` (a pickle for each record), or
    /// the variant of `pickle/create_file` that writes the same.
    pub(super) file: Option<&'static str>,
    /// Whether it also runs under `tracemalloc`.
    pub(super) traced: bool,
}

/// Bytes of all objects in `free-list`, for each record: small objects have as
/// much, large ones make up the same sum.
const FREE_LIST_BYTES: u64 = 64;

/// Size of a large object.
const LARGE_BYTES: u64 = 1 << 20;

/// All that `python` runs with lists of `records` items.
pub(super) fn jobs(python: &Python, records: u64) -> Vec<PythonJob> {
    let job = |experiment, function, variant| PythonJob {
        experiment,
        function,
        variant,
        records,
        file: None,
        traced: python.traces,
    };
    let reads = |file, job: PythonJob| PythonJob {
        file: Some(file),
        // eval under tracemalloc takes minutes.
        traced: job.traced && !job.variant.ends_with("eval"),
        ..job
    };
    let (pickles, newest) = if python.is_python_2 {
        let all = ["pickle", "cPickle protocol-0", "cPickle protocol-2"];
        (all, "cPickle protocol-2")
    } else {
        (["protocol-0", "protocol-2", "protocol-4"], "protocol-4")
    };

    let mut jobs = vec![job(Experiment::Deepcopy, "copy_and_del", "list of int")];
    jobs.push(job(
        Experiment::FreeList,
        "free_all_but_some",
        "small objects",
    ));
    jobs.push(PythonJob {
        records: (records.saturating_mul(FREE_LIST_BYTES) / LARGE_BYTES).max(2),
        ..job(Experiment::FreeList, "free_all_but_some", "large objects")
    });

    jobs.extend(pickles.map(|variant| job(Experiment::Pickle, "create_file", variant)));
    if !python.is_python_2 {
        jobs.push(job(Experiment::Pickle, "create_file", "protocol-4 fast"));
    }
    jobs.extend(
        pickles.map(|variant| reads(variant, job(Experiment::Pickle, "load_file", variant))),
    );

    jobs.push(job(Experiment::Flat, "create_file", "repr"));
    for variant in ["eval", "literal_eval", "split"] {
        jobs.push(reads("text", job(Experiment::Flat, "load_file", variant)));
    }

    let streaming = |function, variant| job(Experiment::Streaming, function, variant);
    for variant in ["split", "eval"] {
        jobs.push(reads("text", streaming("process_file", variant)));
    }
    jobs.push(reads(
        "each",
        streaming("process_file", "pickle per record"),
    ));
    jobs.push(reads(
        "text",
        streaming("fill_columns", "split into arrays"),
    ));
    jobs.push(reads(
        newest,
        streaming("load_then_convert", "pickle then arrays"),
    ));

    // The memo of Python 2's cPickle is a dict, with steps of its own.
    if let Some(above) = memo::last_step(records).filter(|_| !python.is_python_2) {
        for (variant, records) in [("below", above - 1), ("above", above)] {
            jobs.push(PythonJob {
                records,
                ..job(Experiment::Memo, "dump_at_step", variant)
            });
        }
    }
    jobs
}
