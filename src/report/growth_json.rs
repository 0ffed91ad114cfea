//! How peaks grow with the number of records, as data for other programs.

use serde::Serialize;

use crate::results::{Run, Status};

use super::growth::{Growth, Peak};
use super::growth_table::{FAR_RECORDS, signed};

#[derive(Serialize)]
struct Document<'a> {
    /// The dataset, the largest number of records within it.
    dataset: &'a crate::results::Dataset,
    cases: Vec<Case<'a>>,
}

#[derive(Serialize)]
struct Case<'a> {
    id: &'a str,
    status: Status,
    message: Option<&'a str>,
    /// What the points are peaks of: `heap`, or `high-water` where there is no meter.
    of: Option<&'static str>,
    points: Vec<Point>,
    law: Option<Law>,
}

#[derive(Serialize)]
struct Point {
    records: u64,
    peak_bytes: u64,
    /// What was measured less what the law says.
    residual_bytes: Option<i64>,
}

#[derive(Serialize)]
struct Law {
    /// `flat`, `line`, `doubling` or `line-and-doubling`.
    kind: &'static str,
    fixed_bytes: i64,
    bytes_a_record: f64,
    last_step: Option<Step>,
    largest_residual_share: f64,
    estimate: Estimate,
}

#[derive(Serialize)]
struct Step {
    bytes: u64,
    from_records: u64,
    to_records: u64,
}

#[derive(Serialize)]
struct Estimate {
    records: u64,
    bytes: u64,
    low_bytes: u64,
    high_bytes: u64,
}

/// Points, laws, residuals and estimates of all cases, as JSON with a line break at
/// the end.
///
/// # Panics
///
/// Never: it is plain data.
#[must_use]
pub fn render(run: &Run) -> String {
    let cases = run.cases.iter().map(|case| {
        let growth = Growth::of(run, case);
        Case {
            id: &case.id,
            status: case.status,
            message: case.message.as_deref(),
            of: growth.as_ref().map(|growth| match growth.of {
                Peak::Heap => "heap",
                Peak::Resident => "high-water",
            }),
            points: growth.as_ref().map_or(Vec::new(), points),
            law: growth.as_ref().and_then(law),
        }
    });
    let document = Document {
        dataset: &run.dataset,
        cases: cases.collect(),
    };
    let json = serde_json::to_string_pretty(&document).expect("plain data has a form as JSON");
    json + "\n"
}

fn points(growth: &Growth<'_>) -> Vec<Point> {
    let residual = |at: usize| Some(signed(*growth.law.as_ref()?.residuals.get(at)?));
    let points = growth.points.iter().enumerate();
    points
        .map(|(at, point)| Point {
            records: point.records,
            peak_bytes: point.peak_bytes,
            residual_bytes: residual(at),
        })
        .collect()
}

fn law(growth: &Growth<'_>) -> Option<Law> {
    let law = growth.law.as_ref()?;
    let estimate = law.estimate(FAR_RECORDS);
    let last_step = law.last_step();
    Some(Law {
        kind: match (law.is_flat(), &last_step) {
            (true, _) => "flat",
            (_, None) => "line",
            (_, Some(_)) if law.bytes_a_record() > 0.0 => "line-and-doubling",
            (_, Some(_)) => "doubling",
        },
        fixed_bytes: signed(law.fixed_bytes()),
        bytes_a_record: law.bytes_a_record(),
        last_step: last_step.map(|step| Step {
            bytes: step.bytes,
            from_records: step.from_records,
            to_records: step.to_records,
        }),
        largest_residual_share: growth.largest_residual(),
        estimate: Estimate {
            records: FAR_RECORDS,
            bytes: estimate.bytes,
            low_bytes: estimate.low_bytes,
            high_bytes: estimate.high_bytes,
        },
    })
}
