//! The few figures that stand for a whole run.

use crate::report::figures;
use crate::results::{Footprint, Operation, Run};
use plainfigures::{format_bytes, format_seconds};

/// A figure of a run, over all of its cases.
pub(super) struct Headline {
    /// Which cases it is of, in words.
    pub(super) title: &'static str,
    /// Which of their figures it is, in words.
    pub(super) of: &'static str,
    figure: fn(&Run) -> Option<Figure>,
}

/// A headline figure with its unit.
#[derive(Debug, Clone, Copy)]
pub(super) enum Figure {
    Bytes(u64),
    Seconds(f64),
}

pub(super) const HEADLINES: [Headline; 6] = [
    Headline {
        title: "Cheapest list read",
        of: "peak heap",
        figure: |run| bytes(peaks(run, Operation::Read).min()),
    },
    Headline {
        title: "Dearest list read",
        of: "peak heap",
        figure: |run| bytes(peaks(run, Operation::Read).max()),
    },
    Headline {
        title: "Cheapest stream read",
        of: "peak heap",
        figure: |run| bytes(peaks(run, Operation::StreamRead).min()),
    },
    Headline {
        title: "Dearest list write",
        of: "extra",
        figure: |run| bytes(cases(run, Operation::Write).filter_map(extra).max()),
    },
    Headline {
        title: "Largest process",
        of: "high-water",
        figure: |run| {
            let ok = run.cases.iter().filter(|case| case.is_ok());
            bytes(ok.filter_map(figures::high_water).max())
        },
    },
    Headline {
        title: "All cases once",
        of: "time",
        figure: |run| {
            let ok = run.cases.iter().filter(|case| case.is_ok());
            let seconds: f64 = ok.filter_map(figures::seconds).sum();
            (seconds > 0.0 && seconds.is_finite()).then_some(Figure::Seconds(seconds))
        },
    },
];

impl Headline {
    /// The figure of a run; absent where it has no such case.
    pub(super) fn of(&self, run: &Run) -> Option<Figure> {
        (self.figure)(run)
    }

    /// The figure with its unit.
    pub(super) fn text(&self, figure: Figure) -> String {
        match figure {
            Figure::Bytes(bytes) => format_bytes(bytes),
            Figure::Seconds(seconds) => format_seconds(seconds),
        }
    }
}

impl Figure {
    /// A whole number to place on an axis: bytes, or microseconds.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive, and a float too large saturates"
    )]
    pub(super) fn length(self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Seconds(seconds) => (seconds * 1e6) as u64,
        }
    }
}

fn bytes(bytes: Option<u64>) -> Option<Figure> {
    bytes.map(Figure::Bytes)
}

fn cases(run: &Run, operation: Operation) -> impl Iterator<Item = &Footprint> {
    let ok = run.cases.iter().filter(|case| case.is_ok());
    ok.filter(move |case| case.operation == operation)
}

fn peaks(run: &Run, operation: Operation) -> impl Iterator<Item = u64> {
    cases(run, operation).filter_map(figures::peak)
}

fn extra(case: &Footprint) -> Option<u64> {
    u64::try_from(case.heap.as_ref()?.extra_bytes).ok()
}
