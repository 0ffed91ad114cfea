//! What of a case can be compared, and how far two measurements of the same
//! thing lie apart.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::results::{Footprint, HeapFigures};

use super::limit::Limit;

/// A figure of a case that two runs can be compared by. Less is better in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Metric {
    /// Most live heap bytes. Exact.
    PeakHeap,
    /// Most live heap bytes, with both blocks counted while a `realloc` moves. Exact.
    PeakUpper,
    /// What the format costs on top of the records. Exact.
    Extra,
    /// Sum of all allocations, in bytes. Exact.
    Allocated,
    /// Calls of the allocator. Exact.
    Allocations,
    /// Size of the file. Exact.
    FileSize,
    /// Most resident bytes. Differs a little from run to run.
    HighWater,
    /// Bytes that stay resident after everything was dropped. Differs from run to run.
    Retained,
    /// Wall-clock seconds with the meter on. Differs from run to run.
    Time,
}

/// A figure with its unit. Serialises as its number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Figure {
    /// A size or a difference of sizes, in bytes.
    Bytes(i64),
    /// A number of allocations.
    Count(i64),
    /// A time, in seconds.
    Seconds(f64),
}

impl Metric {
    /// All metrics, in the order of tables.
    pub const ALL: [Self; 9] = [
        Self::PeakHeap,
        Self::PeakUpper,
        Self::Extra,
        Self::Allocated,
        Self::Allocations,
        Self::FileSize,
        Self::HighWater,
        Self::Retained,
        Self::Time,
    ];

    /// Its name as it is typed and stands in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PeakHeap => "peak-heap",
            Self::PeakUpper => "peak-upper",
            Self::Extra => "extra",
            Self::Allocated => "allocated",
            Self::Allocations => "allocations",
            Self::FileSize => "file-size",
            Self::HighWater => "high-water",
            Self::Retained => "retained",
            Self::Time => "time",
        }
    }

    /// Its name in a table.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::PeakHeap => "peak heap",
            Self::PeakUpper => "peak upper",
            Self::FileSize => "file",
            _ => self.name(),
        }
    }

    /// Whether the same work gives the same figure every time.
    #[must_use]
    pub fn is_exact(self) -> bool {
        !matches!(self, Self::HighWater | Self::Retained | Self::Time)
    }

    /// How far it may grow before it is a regression, unless somebody says
    /// otherwise: not at all for what is exact, the usual scatter for the rest.
    #[must_use]
    pub fn default_limit(self) -> Limit {
        match self {
            Self::HighWater => Limit::Percent(5.0),
            Self::Retained => Limit::Percent(10.0),
            Self::Time => Limit::Percent(25.0),
            _ => Limit::Percent(0.0),
        }
    }

    /// The figure of a case; absent where the case has none.
    #[must_use]
    pub fn of(self, case: &Footprint) -> Option<Figure> {
        if !case.is_ok() {
            return None;
        }
        let heap =
            |figure: fn(&HeapFigures) -> u64| case.heap.as_ref().map(|heap| bytes(figure(heap)));
        match self {
            Self::PeakHeap => heap(|heap| heap.peak_bytes),
            Self::PeakUpper => heap(|heap| heap.peak_upper_bytes),
            Self::Extra => case
                .heap
                .as_ref()
                .map(|heap| Figure::Bytes(heap.extra_bytes)),
            Self::Allocated => heap(|heap| heap.allocated_bytes),
            Self::Allocations => {
                let count = case.heap.as_ref()?.allocations;
                Some(Figure::Count(signed(count)))
            }
            Self::FileSize => case.file_bytes.map(bytes),
            Self::HighWater => case.resident.as_ref()?.high_water_bytes.map(bytes),
            Self::Retained => case.retained_bytes().map(Figure::Bytes),
            Self::Time => case.median_seconds().map(Figure::Seconds),
        }
    }

    /// Lowest and highest of the case's runs, where each of them is known.
    #[must_use]
    pub fn range(self, case: &Footprint) -> Option<(f64, f64)> {
        let all: Vec<f64> = match self {
            Self::HighWater => {
                let runs = &case.resident.as_ref()?.high_water_runs_bytes;
                runs.iter().map(|run| bytes(*run).number()).collect()
            }
            Self::Time => case.seconds.clone(),
            _ => return None,
        };
        let all = all.into_iter().filter(|figure| figure.is_finite());
        all.fold(None, |range, figure| {
            let (low, high) = range.unwrap_or((figure, figure));
            Some((low.min(figure), high.max(figure)))
        })
    }

    /// Differences up to this say nothing, whatever the limit.
    ///
    /// Heap figures are exact but for the names of files, which are on the heap
    /// when the window opens and are as long as the folder's name is: what the
    /// floors differ by, if it is no more than names can be. Resident pages and
    /// the clock have a grain of their own.
    pub(super) fn grain(self, base: &Footprint, new: &Footprint) -> f64 {
        match self {
            Self::PeakHeap | Self::PeakUpper | Self::Extra => {
                let floors = [base, new].map(|case| Some(case.heap.as_ref()?.floor_bytes));
                match floors {
                    [Some(base), Some(new)] if base.abs_diff(new) <= LONGEST_NAMES => {
                        bytes(base.abs_diff(new)).number()
                    }
                    _ => 0.0,
                }
            }
            Self::HighWater | Self::Retained => 512.0 * 1024.0,
            Self::Time => 0.001,
            Self::Allocated | Self::Allocations | Self::FileSize => 0.0,
        }
    }
}

/// What the names of files can take on the heap: Linux's longest path.
const LONGEST_NAMES: u64 = 4096;

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn bytes(number: u64) -> Figure {
    Figure::Bytes(signed(number))
}

impl Figure {
    /// The bare number: bytes, allocations or seconds.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "differences are made before; this is for ratios, and sizes are below 2^53"
    )]
    pub fn number(self) -> f64 {
        match self {
            Self::Bytes(number) | Self::Count(number) => number as f64,
            Self::Seconds(number) => number,
        }
    }

    /// This figure less another of the same metric.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        match (self, other) {
            (Self::Bytes(a), Self::Bytes(b)) => Self::Bytes(a.saturating_sub(b)),
            (Self::Count(a), Self::Count(b)) => Self::Count(a.saturating_sub(b)),
            (a, b) => Self::Seconds(a.number() - b.number()),
        }
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Bytes(number) | Self::Count(number) => serializer.serialize_i64(number),
            Self::Seconds(number) => serializer.serialize_f64(number),
        }
    }
}

impl Serialize for Metric {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Metric {
    type Err = String;

    /// ```
    /// use picklebench::compare::Metric;
    ///
    /// assert_eq!("peak-heap".parse(), Ok(Metric::PeakHeap));
    /// let error = "peak".parse::<Metric>().unwrap_err();
    /// assert!(error.starts_with("`peak` is not a metric: use one of peak-heap, peak-upper,"));
    /// ```
    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|metric| metric.name() == text);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("`{text}` is not a metric: use one of {names}")
        })
    }
}
