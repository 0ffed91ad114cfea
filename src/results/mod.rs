//! What a run found: the data in `run.json`, and nothing else.
//!
//! The field names are a contract (`run.schema.json` beside this file, and beside every `run.json`, says the
//! same as a JSON Schema). A figure that could not be measured is `null`,
//! never 0. Sizes are bytes, times are seconds.

pub mod criterion;
mod derived;
mod file;
mod operation;
pub mod published;
mod timeline;
mod tutorial;

use serde::{Deserialize, Serialize};

pub(crate) use file::new_file_in;
pub use file::{FileError, ResultsFolder, replace};
pub use operation::Operation;
pub(crate) use tutorial::version;
pub use tutorial::{
    Claim, ClaimFinding, Interpreter, ObjectSizes, Profile, ProfileStep, Tutorial, Verdict,
};

/// The version of `run.json` that this code writes and reads.
pub const SCHEMA: u32 = 1;

/// The JSON Schema of `run.json`.
pub const JSON_SCHEMA: &str = include_str!("run.schema.json");

/// One invocation of the suite: where it ran, over what, and each case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// [`SCHEMA`] of the code that wrote it.
    pub schema: u32,
    /// Where and how it ran.
    pub environment: Environment,
    /// The records that every case wrote or read.
    pub dataset: Dataset,
    /// In the order in which they ran.
    pub cases: Vec<Case>,
    /// The tutorial's experiments, where `picklebench tutorial` has run them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tutorial: Option<Tutorial>,
}

/// The machine, the system and the build behind the figures.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Environment {
    /// When the run began, RFC 3339, UTC.
    pub started: String,
    /// The command line as it was given.
    pub command: Vec<String>,
    /// Version of picklebench.
    pub picklebench: String,
    /// Git commit of the working directory, where it is a checkout of picklebench.
    pub commit: Option<String>,
    /// Whether tracked files differed from that commit.
    pub dirty: Option<bool>,
    /// `rustc --version` of the build.
    pub rustc: String,
    /// Cargo profile of the build: `release`, `bench` or `dev`.
    pub profile: String,
    /// The allocator behind the meter, with the C library's version where known.
    pub allocator: String,
    /// Operating system and its release.
    pub os: String,
    /// Kernel release.
    pub kernel: Option<String>,
    /// Target triple of the build.
    pub target: String,
    /// Processor model.
    pub cpu: Option<String>,
    /// Processors that this process may use.
    pub cpus: Option<u32>,
    /// Physical memory.
    pub memory_bytes: Option<u64>,
    /// The limit of the control group, where there is one.
    pub cgroup_limit_bytes: Option<u64>,
    /// What a worker may allocate before it fails, where a limit was set.
    pub worker_limit_bytes: Option<u64>,
    /// Page size.
    pub page_bytes: Option<u64>,
    /// Setting of transparent huge pages: `always`, `madvise` or `never`.
    pub transparent_huge_pages: Option<String>,
    /// Settings of the workers' environment that bear on memory, as `NAME=value`.
    pub worker_environment: Vec<String>,
    /// Host name.
    pub host: Option<String>,
    /// Crates that do the measured work, with their versions from the lock file.
    pub crates: Vec<Package>,
}

impl Environment {
    /// Whether the same code made both: their figures may stand side by side.
    #[must_use]
    pub fn is_same_build(&self, other: &Environment) -> bool {
        self.picklebench == other.picklebench && self.commit == other.commit
    }
}

/// A crate and its version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The records of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dataset {
    /// What kind of records: `tuples` are the tutorial's.
    pub name: String,
    /// How many.
    pub records: u64,
    /// The generator's seed.
    pub seed: u64,
    /// SHA-256 of the records as text, one Python literal a line: the
    /// `sha256sum` of the file that the format `text` writes.
    pub digest: String,
    /// Deep size of the list in memory, tight: no spare capacity.
    pub heap_bytes: u64,
}

/// How a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It ran, and what it wrote or read was right.
    Ok,
    /// It stopped with an error or a panic, or its result was wrong.
    Failed,
    /// A signal ended it.
    Killed,
    /// It asked for more memory than it was given.
    OutOfMemory,
    /// It took longer than it was given.
    TimedOut,
    /// The format cannot do this; the message says why.
    Unsupported,
}

/// One operation on one format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// `operation/format` or `operation/format/variant`.
    pub id: String,
    /// `write`, `read`, `stream-write`, `stream-read`, `column-read` or `empty`.
    pub operation: String,
    /// The format's name.
    pub format: String,
    /// The format's variant, where it has several.
    pub variant: Option<String>,
    /// How it ended.
    pub status: Status,
    /// What to know about a status other than `ok`.
    pub message: Option<String>,
    /// Size of the file that was written or read.
    pub file_bytes: Option<u64>,
    /// Exact heap figures, where the meter was installed.
    pub heap: Option<Heap>,
    /// Resident set figures, where the system has them.
    pub resident: Option<Resident>,
    /// Wall-clock time of the window, one for each run of the case.
    pub seconds: Vec<f64>,
    /// The case step by step.
    pub steps: Vec<Step>,
    /// Live heap bytes over time, at most 1,000 points.
    pub timeline: Option<Timeline>,
    /// Throughput without the meter, measured by `cargo bench --bench time`.
    pub throughput: Option<Throughput>,
    /// The same case over fewer records than the run's, fewest first; empty
    /// where it was not measured.
    #[serde(default)]
    pub scaling: Vec<Scaled>,
}

/// What a case took at another number of records, with the same seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scaled {
    /// How many records.
    pub records: u64,
    /// [`Heap::peak_bytes`] of one run.
    pub peak_bytes: u64,
}

/// Heap figures of one case, in bytes as requested from the allocator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Heap {
    /// Live when the window opened.
    pub floor_bytes: u64,
    /// Most live bytes within the window, a `realloc` counting as its change of size.
    pub peak_bytes: u64,
    /// The same with old and new block both counted while a `realloc` moves.
    pub peak_upper_bytes: u64,
    /// What the format costs: peak less floor for writing, peak less the data
    /// size for reading into a list, peak itself for streaming. Negative where
    /// a result is smaller than the list of records.
    pub extra_bytes: i64,
    /// Live when the operation ended.
    pub result_bytes: u64,
    /// Live after everything was dropped, less what was live before set-up: a
    /// leak if not 0.
    pub retained_bytes: i64,
    /// Sum of all allocations within the window, a `realloc` counting as its growth.
    pub allocated_bytes: u64,
    /// Calls of `alloc`, `alloc_zeroed` and `realloc` within the window.
    pub allocations: u64,
    /// Largest single block within the window.
    pub largest_bytes: u64,
    /// Whether every run of the case had the same peak to the byte; `null` after a single run.
    pub deterministic: Option<bool>,
}

/// Resident set figures of one case's process, in bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resident {
    /// When the process began, before set-up.
    pub start_bytes: Option<u64>,
    /// When the window opened.
    pub before_bytes: Option<u64>,
    /// High-water mark within the window.
    pub high_water_bytes: Option<u64>,
    /// After everything was dropped.
    pub after_drop_bytes: Option<u64>,
    /// [`high_water_bytes`](Self::high_water_bytes) of each run of the case.
    pub high_water_runs_bytes: Vec<u64>,
}

/// One step of a case, or of a step profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What the step does.
    pub name: String,
    /// Source file of the step, where known.
    pub file: Option<String>,
    /// Line in that file.
    pub line: Option<u32>,
    /// When it began, in seconds after the window opened.
    pub start_seconds: f64,
    /// How long it took.
    pub seconds: f64,
    /// Live heap bytes when it ended.
    pub heap_bytes: Option<u64>,
    /// Most live heap bytes within it.
    pub peak_bytes: Option<u64>,
    /// Resident set when it ended.
    pub resident_bytes: Option<u64>,
}

/// Live heap bytes over time. Both lists have the same length.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    /// Seconds after the window opened, ascending.
    pub seconds: Vec<f64>,
    /// Live heap bytes at that time.
    pub live_bytes: Vec<u64>,
}

/// Criterion's estimate of one iteration, with an uninstrumented allocator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Throughput {
    /// Records in one iteration. Fewer than the run's: time grows in step.
    pub records: u64,
    /// Bytes of the file in one iteration.
    pub file_bytes: u64,
    /// Median.
    pub median_seconds: f64,
    /// Lower end of the confidence interval of the median.
    pub low_seconds: f64,
    /// Upper end of the confidence interval of the median.
    pub high_seconds: f64,
    /// The confidence level of that interval, such as 0.95.
    pub confidence: f64,
}
