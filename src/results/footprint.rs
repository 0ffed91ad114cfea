//! One operation on one format, and what it took.

use serde::{Deserialize, Serialize};

use super::operation::{CaseOperation, Operation};
use super::status::Status;
use super::timeline::Timeline;

/// One operation on one format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Footprint {
    /// `operation/format` or `operation/format/variant`.
    pub id: String,
    /// The operation, or that there is none.
    pub operation: CaseOperation,
    /// The format's name.
    pub format: String,
    /// The format's variant, where it has several.
    pub variant: Option<String>,
    /// How it ended.
    pub status: Status,
    /// What to know about a status other than `ok`.
    pub message: Option<String>,
    /// What the format does not keep of these records, where it ended well all the
    /// same: what came back is the dataset but for exactly this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss: Option<String>,
    /// Size of the file that was written or read.
    pub file_bytes: Option<u64>,
    /// Exact heap figures, where the meter was installed.
    pub heap: Option<HeapFigures>,
    /// Resident set figures, where the system has them.
    pub resident: Option<Resident>,
    /// What `tracemalloc` saw of a case in Python, in a run of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traced: Option<Traced>,
    /// Wall-clock time of the window, one for each run of the case.
    pub seconds: Vec<f64>,
    /// Processor time of the window, of all threads, one for each run; empty where
    /// it was not measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cpu_seconds: Vec<f64>,
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
    /// The least limit under which it succeeded; `None` where nobody looked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fit: Option<Fit>,
}

impl Footprint {
    /// The row of a case that has no figures yet.
    #[must_use]
    pub fn of_case(id: &str, operation: CaseOperation, format: &str) -> Footprint {
        Footprint {
            id: id.to_owned(),
            operation,
            format: format.to_owned(),
            variant: None,
            status: Status::Ok,
            message: None,
            file_bytes: None,
            heap: None,
            resident: None,
            traced: None,
            loss: None,
            seconds: Vec::new(),
            cpu_seconds: Vec::new(),
            steps: Vec::new(),
            timeline: None,
            throughput: None,
            scaling: Vec::new(),
            fit: None,
        }
    }

    /// Whether it ended well, so that its figures mean something.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.status == Status::Ok
    }

    /// Median of the runs' times, in seconds; of two, the shorter, which was
    /// disturbed less. Times that cannot be are left out.
    #[must_use]
    pub fn median_seconds(&self) -> Option<f64> {
        median(&self.seconds)
    }

    /// The same of the [processor time](Self::cpu_seconds).
    #[must_use]
    pub fn median_cpu_seconds(&self) -> Option<f64> {
        median(&self.cpu_seconds)
    }

    /// Bytes that stay resident after everything was dropped, less what the
    /// process had to begin with.
    #[must_use]
    pub fn retained_bytes(&self) -> Option<i64> {
        let resident = self.resident.as_ref()?;
        let after = i64::try_from(resident.after_drop_bytes?).ok()?;
        let start = i64::try_from(resident.start_bytes.or(resident.before_bytes)?).ok()?;
        after.checked_sub(start)
    }

    /// What a case in Python costs beside the list, by its high-water mark: of
    /// reading the growth less what the list takes, of everything else the growth.
    /// Negative where what was read is smaller than the list.
    #[must_use]
    pub fn resident_extra_bytes(&self) -> Option<i64> {
        let resident = self.resident.as_ref()?;
        let list = i64::try_from(resident.list_bytes?).ok()?;
        let there_anyway = if self.operation == Operation::Read {
            list
        } else {
            0
        };
        self.resident_growth_bytes()?.checked_sub(there_anyway)
    }

    /// How far the resident set rose above where the window opened.
    #[must_use]
    pub fn resident_growth_bytes(&self) -> Option<i64> {
        let resident = self.resident.as_ref()?;
        let high = i64::try_from(resident.high_water_bytes?).ok()?;
        high.checked_sub(i64::try_from(resident.before_bytes?).ok()?)
    }
}

/// The one in the middle of the times that can be; of two, the shorter.
fn median(seconds: &[f64]) -> Option<f64> {
    let can_be = |seconds: &f64| seconds.is_finite() && *seconds >= 0.0;
    let mut all: Vec<f64> = seconds.iter().copied().filter(can_be).collect();
    all.sort_by(f64::total_cmp);
    let middle = all.len().checked_sub(1)? / 2;
    all.get(middle).copied()
}

/// Bytes requested through Python's own allocators, as `tracemalloc` counts them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traced {
    /// Live when the window opened.
    pub before_bytes: u64,
    /// Most live bytes within the window; absent where Python does not tell.
    pub peak_bytes: Option<u64>,
    /// Live when the operation ended.
    pub after_bytes: u64,
}

/// What a case took at another number of records, with the same seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scaled {
    /// How many records.
    pub records: u64,
    /// [`HeapFigures::peak_bytes`] of one run, where there was a meter.
    pub peak_bytes: Option<u64>,
    /// [`Resident::high_water_bytes`] of that run, where there was no meter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high_water_bytes: Option<u64>,
}

/// The least limit under which a case succeeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fit {
    /// The limit, in bytes. A little less was too little.
    pub limit_bytes: u64,
    /// What was limited.
    pub kind: FitKind,
    /// High-water mark of the resident set within the window, in the run that
    /// succeeded under that limit; absent where the system does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resident_bytes: Option<u64>,
}

impl Fit {
    /// The smallest container that works, in bytes: what is resident within the least
    /// limit, or that limit itself where it is one on what is resident.
    #[must_use]
    pub fn container_bytes(&self) -> Option<u64> {
        match self.kind {
            FitKind::Resident => Some(self.limit_bytes),
            FitKind::Heap | FitKind::AddressSpace => self.resident_bytes,
        }
    }
}

/// What a limit of memory is a limit on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FitKind {
    /// Live bytes of the heap, by the allocator's own count.
    Heap,
    /// What the process may have resident, by its control group (version 2). The check
    /// of the result is held to it as well: a process cannot leave its group.
    Resident,
    /// Address space that the process may write to: setrlimit(2), `RLIMIT_DATA`.
    /// Libraries that are mapped from their files, and shared, do not count.
    AddressSpace,
}

impl FitKind {
    /// Its name in `run.json`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            FitKind::Heap => "heap",
            FitKind::Resident => "resident",
            FitKind::AddressSpace => "address-space",
        }
    }
}

/// Heap figures of one case, in bytes as requested from the allocator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeapFigures {
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
    /// Room that the list which was read keeps beyond its records; `None` where
    /// no list was read. It lies within [`extra_bytes`](Self::extra_bytes), and
    /// tells where doubling stood rather than what the format costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slack_bytes: Option<u64>,
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
    /// Growth by importing what the case needs, before set-up; of Python only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import_bytes: Option<u64>,
    /// What the list of records takes in the same Python; of Python only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_bytes: Option<u64>,
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
