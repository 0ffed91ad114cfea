//! The functions that each Python runs.

use super::interpreter::Python;
use super::memo;

/// Names of the experiments, in the order in which they run. `objects` gives
/// sizes instead of profiles.
pub const EXPERIMENTS: [&str; 7] = [
    "deepcopy",
    "free-list",
    "pickle",
    "flat",
    "streaming",
    "memo",
    "objects",
];

/// One function with one variant: a profile to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Job {
    pub(super) experiment: &'static str,
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
pub(super) fn jobs(python: &Python, records: u64) -> Vec<Job> {
    let job = |experiment, function, variant| Job {
        experiment,
        function,
        variant,
        records,
        file: None,
        traced: python.traces,
    };
    let reads = |file, job: Job| Job {
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

    let mut jobs = vec![job("deepcopy", "copy_and_del", "list of int")];
    jobs.push(job("free-list", "free_all_but_some", "small objects"));
    jobs.push(Job {
        records: (records.saturating_mul(FREE_LIST_BYTES) / LARGE_BYTES).max(2),
        ..job("free-list", "free_all_but_some", "large objects")
    });

    jobs.extend(pickles.map(|variant| job("pickle", "create_file", variant)));
    if !python.is_python_2 {
        jobs.push(job("pickle", "create_file", "protocol-4 fast"));
    }
    jobs.extend(pickles.map(|variant| reads(variant, job("pickle", "load_file", variant))));

    jobs.push(job("flat", "create_file", "repr"));
    for variant in ["eval", "literal_eval", "split"] {
        jobs.push(reads("text", job("flat", "load_file", variant)));
    }

    let streaming = |function, variant| job("streaming", function, variant);
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
            jobs.push(Job {
                records,
                ..job("memo", "dump_at_step", variant)
            });
        }
    }
    jobs
}
