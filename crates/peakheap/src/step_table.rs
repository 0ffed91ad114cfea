//! The steps of a profile as a table, as `memory_profiler` prints it for Python.

use std::fmt::{self, Display as _};

use plainfigures::{ABSENT, Table, Unit, thousands};

use super::step_usage::StepUsage;

const HEADINGS: [&str; 10] = [
    "Line #",
    "Heap",
    "Increment",
    "Peak",
    "Allocations",
    "Resident",
    "Increment",
    "Peak",
    "Times",
    "Line contents",
];

/// Writes the table. Sizes of the heap have one unit, those of the resident
/// set another, which the second line names.
pub(super) fn write(f: &mut fmt::Formatter<'_>, steps: &[StepUsage]) -> fmt::Result {
    let heap = unit(steps, |step| step.heap_peak_bytes.or(step.heap_after_bytes));
    let resident = unit(steps, |step| {
        step.resident_peak_bytes.or(step.resident_after_bytes)
    });
    let (h, r) = (heap.name(), resident.name());
    let units = ["", h, h, h, "", r, r, r, "", ""];
    let mut table = Table::of_figures(HEADINGS.len() - 1);
    table.row(HEADINGS);
    table.row(units);
    for step in steps {
        let size = |unit: Unit, bytes: Option<u64>| {
            bytes.map_or(ABSENT.to_owned(), |bytes| unit.number(bytes))
        };
        let over = |unit: Unit, before: Option<u64>, bytes: Option<u64>| {
            let pair = before.zip(bytes);
            pair.map_or(ABSENT.to_owned(), |(before, bytes)| {
                unit.increment(before, bytes)
            })
        };
        let (heap_before, resident_before) = (step.heap_before_bytes, step.resident_before_bytes);
        table.row([
            step.line.to_string(),
            size(heap, step.heap_after_bytes),
            over(heap, heap_before, step.heap_after_bytes),
            over(heap, heap_before, step.heap_peak_bytes),
            step.allocations.map_or(ABSENT.to_owned(), thousands),
            size(resident, step.resident_after_bytes),
            over(resident, resident_before, step.resident_after_bytes),
            over(resident, resident_before, step.resident_peak_bytes),
            thousands(step.times),
            contents(step),
        ]);
    }
    table.fmt(f)
}

fn unit(steps: &[StepUsage], size: impl Fn(&StepUsage) -> Option<u64>) -> Unit {
    Unit::for_largest(steps.iter().filter_map(size).max().unwrap_or(0))
}

/// The source, or what stands in for it: the name, else the place.
fn contents(step: &StepUsage) -> String {
    match (&step.source, step.name) {
        (Some(source), _) => source.clone(),
        (None, Some(name)) => name.to_owned(),
        (None, None) => format!("{}:{}", step.file, step.line),
    }
}
