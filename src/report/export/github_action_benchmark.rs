//! What github-action-benchmark calls `customSmallerIsBetter`.

use serde::Serialize;

use crate::compare::{Figure, Metric};
use crate::results::{Footprint, Run};
use plainfigures::{format_signed_bytes, thousands};

use super::Exporter;

/// The exporter for the GitHub Action `benchmark-action/github-action-benchmark`
/// with `tool: customSmallerIsBetter`: a list of entries with `name`, `unit`,
/// `value` and, where known, `range` and `extra`. One entry for each case and
/// figure, because the action draws a chart for each name.
///
/// Cases without figures are left out: the format has no word for them.
#[derive(Debug, Clone, Copy)]
pub struct GithubActionBenchmark;

const METRICS: [Metric; 4] = [
    Metric::PeakHeap,
    Metric::HighWater,
    Metric::FileSize,
    Metric::Time,
];

#[derive(Serialize)]
struct Entry {
    name: String,
    unit: &'static str,
    value: Figure,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extra: Option<String>,
}

impl Exporter for GithubActionBenchmark {
    fn name(&self) -> &'static str {
        "github-action-benchmark"
    }

    fn render(&self, run: &Run) -> String {
        let entries: Vec<Entry> = run
            .cases
            .iter()
            .flat_map(|case| {
                METRICS
                    .iter()
                    .filter_map(move |metric| entry(case, *metric))
            })
            .collect();
        let mut text =
            serde_json::to_string_pretty(&entries).expect("plain data, and memory takes all of it");
        text.push('\n');
        text
    }
}

fn entry(case: &Footprint, metric: Metric) -> Option<Entry> {
    let value = metric.of(case)?;
    let unit = match value {
        Figure::Bytes(_) => "bytes",
        Figure::Count(_) => "calls",
        Figure::Seconds(_) => "s",
    };
    let range = metric.range(case).filter(|(low, high)| high > low);
    Some(Entry {
        name: format!("{}: {}", case.id, metric.title()),
        unit,
        value,
        // Half of the range, because the action draws it to both sides.
        range: range.map(|(low, high)| format!("± {}", (high - low) / 2.0)),
        extra: (metric == Metric::PeakHeap).then(|| extra(case)).flatten(),
    })
}

/// The text of the chart's tooltip.
fn extra(case: &Footprint) -> Option<String> {
    let heap = case.heap.as_ref()?;
    Some(format!(
        "{} extra\n{} allocations",
        format_signed_bytes(heap.extra_bytes),
        thousands(heap.allocations)
    ))
}
