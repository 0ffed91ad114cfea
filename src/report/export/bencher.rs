//! Bencher's metric format (BMF), for `bencher run --adapter json`.

use serde_json::{Map, Value, json};

use crate::compare::{Figure, Metric};
use crate::results::{Footprint, Run};
use plainfigures::shorten;

use super::Exporter;

/// The exporter of Bencher's metric format: an object of benchmarks, each an
/// object of measures, each an object of `value`, `lower_value` and
/// `upper_value`. See <https://bencher.dev/docs/reference/bencher-metric-format/>.
///
/// Cases without figures are left out: the format has no word for them.
#[derive(Debug, Clone, Copy)]
pub struct Bencher;

/// The longest name of a benchmark that Bencher takes, in characters.
const LONGEST_NAME: usize = 1024;

/// Measures by Bencher's names: `latency` (nanoseconds) and `file-size` (bytes)
/// are its own, it makes the others when it first sees them.
const MEASURES: [(&str, Metric); 6] = [
    ("peak-heap", Metric::PeakHeap),
    ("high-water", Metric::HighWater),
    ("allocated", Metric::Allocated),
    ("allocations", Metric::Allocations),
    ("file-size", Metric::FileSize),
    ("latency", Metric::Time),
];

impl Exporter for Bencher {
    fn name(&self) -> &'static str {
        "bencher"
    }

    fn render(&self, run: &Run) -> String {
        let mut benchmarks = Map::new();
        for case in &run.cases {
            let measures = measures(case);
            if !measures.is_empty() && !case.id.is_empty() {
                benchmarks.insert(shorten(&case.id, LONGEST_NAME), Value::Object(measures));
            }
        }
        format!("{:#}\n", Value::Object(benchmarks))
    }
}

fn measures(case: &Footprint) -> Map<String, Value> {
    let mut measures = Map::new();
    for (name, metric) in MEASURES {
        let Some(figure) = metric.of(case) else {
            continue;
        };
        // Times in nanoseconds, sizes and counts as they are.
        let number = |number: f64| match figure {
            Figure::Seconds(_) => json!((number * 1e9).round()),
            _ => json!(number),
        };
        let mut measure = Map::new();
        measure.insert("value".into(), number(figure.number()));
        if let Some((low, high)) = metric.range(case) {
            measure.insert("lower_value".into(), number(low));
            measure.insert("upper_value".into(), number(high));
        }
        measures.insert(name.into(), Value::Object(measure));
    }
    measures
}
