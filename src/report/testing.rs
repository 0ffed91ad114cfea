//! Cases for the unit tests of the report.

use crate::results::{CaseOperation, Dataset, Environment, Footprint, HeapFigures, Run, SCHEMA};

/// Size of the records of [`run`], in bytes.
pub(crate) const DATA: u64 = 60 << 20;

/// A case of this name; with heap figures where it is told what the format costs
/// on top of what is there anyway, in bytes.
pub(crate) fn case(id: &str, extra_bytes: Option<i64>) -> Footprint {
    let mut parts = id.splitn(3, '/');
    let operation = CaseOperation::from(parts.next().unwrap_or_default());
    let there = match operation.name() {
        "read" | "write" => DATA,
        _ => 0,
    };
    let format = parts.next().unwrap_or_default().to_owned();
    let variant = parts.next().map(str::to_owned);
    Footprint {
        variant,
        heap: extra_bytes.map(|extra_bytes| HeapFigures {
            floor_bytes: 0,
            peak_bytes: there.saturating_add_signed(extra_bytes),
            peak_upper_bytes: there.saturating_add_signed(extra_bytes),
            extra_bytes,
            result_bytes: 0,
            slack_bytes: None,
            retained_bytes: 0,
            allocated_bytes: 0,
            allocations: 0,
            largest_bytes: 0,
            deterministic: None,
        }),
        ..Footprint::of_case(id, operation, &format)
    }
}

/// A run of these cases over a million records of [`DATA`] bytes.
pub(crate) fn run(cases: Vec<Footprint>) -> Run {
    Run {
        schema: SCHEMA,
        environment: Environment::default(),
        dataset: Dataset {
            name: "tuples".into(),
            records: 1_000_000,
            seed: 42,
            digest: String::new(),
            heap_bytes: DATA,
            source: None,
        },
        pythons: Vec::new(),
        formats: Vec::new(),
        cases,
        tutorial: None,
    }
}
