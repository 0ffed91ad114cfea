//! One line a case, for a spreadsheet or a data frame. No timelines, no steps.

use crate::results::{Footprint, HeapFigures, Resident, Run};
use plainfigures::visible;

use super::figures;

/// What a column holds of a case; empty where it has no such figure.
type Cell = fn(&Run, &Footprint) -> String;

/// The columns, in their order. New ones come last: a spreadsheet of somebody's may go
/// by their number.
const COLUMNS: &[(&str, Cell)] = &[
    ("case", |_, case| text(&case.id)),
    ("operation", |_, case| text(case.operation.name())),
    ("format", |_, case| text(&case.format)),
    ("variant", |_, case| optional_text(case.variant.as_ref())),
    ("status", |_, case| {
        figures::status_name(case.status).replace(' ', "-")
    }),
    ("message", |_, case| optional_text(case.message.as_ref())),
    ("file_bytes", |_, case| number(case.file_bytes)),
    ("floor_bytes", |_, case| of_heap(case, |it| it.floor_bytes)),
    ("peak_bytes", |_, case| of_heap(case, |it| it.peak_bytes)),
    ("peak_upper_bytes", |_, case| {
        of_heap(case, |it| it.peak_upper_bytes)
    }),
    ("extra_bytes", |_, case| of_heap(case, |it| it.extra_bytes)),
    ("slack_bytes", |_, case| number(figures::slack(case))),
    ("cost_bytes", |_, case| number(figures::cost(case))),
    ("times_data", |run, case| {
        number(figures::times_data(run, case))
    }),
    ("result_bytes", |_, case| {
        of_heap(case, |it| it.result_bytes)
    }),
    ("heap_retained_bytes", |_, case| {
        of_heap(case, |it| it.retained_bytes)
    }),
    ("allocated_bytes", |_, case| {
        of_heap(case, |it| it.allocated_bytes)
    }),
    ("allocations", |_, case| of_heap(case, |it| it.allocations)),
    ("largest_bytes", |_, case| {
        of_heap(case, |it| it.largest_bytes)
    }),
    ("deterministic", |_, case| {
        number(case.heap.as_ref().and_then(|heap| heap.deterministic))
    }),
    ("high_water_bytes", |_, case| {
        number(figures::high_water(case))
    }),
    ("resident_retained_bytes", |_, case| {
        number(figures::retained(case))
    }),
    ("seconds", |_, case| number(figures::seconds(case))),
    ("records_per_second", |_, case| {
        number(figures::records_per_second(case))
    }),
    ("file_bytes_per_second", |_, case| {
        number(figures::bytes_per_second(case))
    }),
    ("cpu_seconds", |_, case| number(case.median_cpu_seconds())),
    ("loss", |_, case| optional_text(case.loss.as_ref())),
    ("resident_start_bytes", |_, case| {
        of_resident(case, |it| it.start_bytes)
    }),
    ("resident_before_bytes", |_, case| {
        of_resident(case, |it| it.before_bytes)
    }),
    ("resident_growth_bytes", |_, case| {
        number(case.resident_growth_bytes())
    }),
    ("resident_after_drop_bytes", |_, case| {
        of_resident(case, |it| it.after_drop_bytes)
    }),
    ("import_bytes", |_, case| {
        of_resident(case, |it| it.import_bytes)
    }),
    ("list_bytes", |_, case| {
        of_resident(case, |it| it.list_bytes)
    }),
    ("resident_extra_bytes", |_, case| {
        number(case.resident_extra_bytes())
    }),
    ("traced_before_bytes", |_, case| {
        number(case.traced.as_ref().map(|traced| traced.before_bytes))
    }),
    ("traced_peak_bytes", |_, case| {
        number(case.traced.as_ref().and_then(|traced| traced.peak_bytes))
    }),
    ("traced_after_bytes", |_, case| {
        number(case.traced.as_ref().map(|traced| traced.after_bytes))
    }),
    ("fit_limit_bytes", |_, case| {
        number(case.fit.map(|fit| fit.limit_bytes))
    }),
    ("fit_kind", |_, case| {
        let kind = case.fit.map(|fit| fit.kind.name());
        kind.unwrap_or_default().to_owned()
    }),
    ("fit_resident_bytes", |_, case| {
        number(case.fit.and_then(|fit| fit.resident_bytes))
    }),
];

/// The run as CSV (RFC 4180) with a header line. Absent figures are empty.
///
/// A field that a spreadsheet would take for a formula gets an apostrophe in
/// front, so that opening somebody else's run cannot run anything.
#[must_use]
pub fn render(run: &Run) -> String {
    let mut out = String::new();
    line(&mut out, COLUMNS.iter().map(|(name, _)| (*name).to_owned()));
    for case in &run.cases {
        line(&mut out, COLUMNS.iter().map(|(_, cell)| cell(run, case)));
    }
    out
}

fn line(out: &mut String, fields: impl IntoIterator<Item = String>) {
    for (index, field) in fields.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(&field);
    }
    out.push_str("\r\n");
}

fn of_heap<T: ToString>(case: &Footprint, figure: fn(&HeapFigures) -> T) -> String {
    number(case.heap.as_ref().map(figure))
}

fn of_resident(case: &Footprint, figure: fn(&Resident) -> Option<u64>) -> String {
    number(case.resident.as_ref().and_then(figure))
}

fn optional_text(field: Option<&String>) -> String {
    field.map(|field| text(field)).unwrap_or_default()
}

fn number<T: ToString>(figure: Option<T>) -> String {
    figure.map(|figure| figure.to_string()).unwrap_or_default()
}

fn text(field: &str) -> String {
    let field = visible(field);
    let guard = if field.starts_with(['=', '+', '-', '@']) {
        "'"
    } else {
        ""
    };
    if field.contains([',', '"']) {
        format!("\"{guard}{}\"", field.replace('"', "\"\""))
    } else {
        format!("{guard}{field}")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::report::testing::run;
    use crate::results::{
        Fit, FitKind, Operation, Scaled, Status, Step, Throughput, Timeline, Traced,
    };

    /// What is not in the table, and why.
    const LEFT_OUT: &[(&str, &str)] = &[
        ("steps", "several a case"),
        ("timeline", "several a case"),
        ("scaling", "several a case: `scale --json` has them"),
        ("throughput", "the rates are there, which follow from it"),
        (
            "resident/high_water_runs_bytes",
            "the one in the middle is there",
        ),
    ];

    /// A case in which every figure is there, and no two are the same.
    fn full() -> Footprint {
        Footprint {
            id: "read/id/variant".to_owned(),
            operation: Operation::Read.into(),
            format: "format".to_owned(),
            variant: Some("variant".to_owned()),
            status: Status::Ok,
            message: Some("message".to_owned()),
            loss: Some("loss".to_owned()),
            file_bytes: Some(1001),
            heap: Some(HeapFigures {
                floor_bytes: 1002,
                peak_bytes: 1003,
                peak_upper_bytes: 1004,
                extra_bytes: 1005,
                result_bytes: 1006,
                slack_bytes: Some(1007),
                retained_bytes: 1008,
                allocated_bytes: 1009,
                allocations: 1010,
                largest_bytes: 1011,
                deterministic: Some(true),
            }),
            resident: Some(Resident {
                import_bytes: Some(1012),
                list_bytes: Some(1013),
                start_bytes: Some(1014),
                before_bytes: Some(1015),
                high_water_bytes: Some(1016),
                after_drop_bytes: Some(1017),
                high_water_runs_bytes: vec![1018],
            }),
            traced: Some(Traced {
                before_bytes: 1019,
                peak_bytes: Some(1020),
                after_bytes: 1021,
            }),
            seconds: vec![1022.5],
            cpu_seconds: vec![1023.5],
            steps: vec![Step {
                name: "step".to_owned(),
                file: None,
                line: None,
                start_seconds: 1024.5,
                seconds: 1025.5,
                heap_bytes: None,
                peak_bytes: None,
                resident_bytes: None,
            }],
            timeline: Some(Timeline {
                seconds: vec![1026.5],
                live_bytes: vec![1027],
            }),
            throughput: Some(Throughput {
                records: 1028,
                file_bytes: 1029,
                median_seconds: 1030.5,
                low_seconds: 1031.5,
                high_seconds: 1032.5,
                confidence: 0.95,
            }),
            scaling: vec![Scaled {
                records: 1033,
                peak_bytes: Some(1034),
                high_water_bytes: Some(1035),
            }],
            fit: Some(Fit {
                limit_bytes: 1036,
                kind: FitKind::AddressSpace,
                resident_bytes: Some(1037),
            }),
        }
    }

    /// The names of all figures of a case in `run.json`, each with its value.
    fn leaves(path: &str, value: &Value, all: &mut Vec<(String, String)>) {
        match value {
            Value::Object(fields) => {
                for (name, field) in fields {
                    let path = if path.is_empty() {
                        name.clone()
                    } else {
                        format!("{path}/{name}")
                    };
                    leaves(&path, field, all);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| leaves(path, item, all)),
            Value::String(text) => all.push((path.to_owned(), text.clone())),
            other => all.push((path.to_owned(), other.to_string())),
        }
    }

    /// The header and the line of the only case.
    fn lines(run: &Run) -> [Vec<String>; 2] {
        let csv = render(run);
        let mut lines = csv.lines();
        let mut next = || {
            let line = lines.next().unwrap_or_default();
            line.split(',').map(str::to_owned).collect::<Vec<_>>()
        };
        [next(), next()]
    }

    #[test]
    fn every_figure_of_a_case_is_a_column_or_left_out_on_purpose() {
        let case = full();
        let mut all = Vec::new();
        let json = serde_json::to_value(&case).unwrap();
        leaves("", &json, &mut all);
        let [header, line] = lines(&run(vec![case]));
        assert_eq!(header.len(), line.len());
        assert!(line.iter().all(|cell| !cell.is_empty()), "{line:?}");
        let is_under = |path: &str, left_out: &str| {
            path.strip_prefix(left_out)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        for (path, value) in &all {
            let is_left_out = LEFT_OUT.iter().any(|(name, _)| is_under(path, name));
            assert_ne!(line.contains(value), is_left_out, "{path}: {line:?}");
        }
        for (name, _) in LEFT_OUT {
            assert!(all.iter().any(|(path, _)| is_under(path, name)), "{name}");
        }
    }

    #[test]
    fn what_was_not_measured_is_empty_and_never_0() {
        let case = Footprint::of_case("read/x", Operation::Read.into(), "x");
        let [header, line] = lines(&run(vec![case]));
        let there: Vec<&String> = header
            .iter()
            .zip(&line)
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(name, _)| name)
            .collect();
        assert_eq!(there, ["case", "operation", "format", "status"]);
    }

    #[test]
    fn fields_are_quoted_and_disarmed() {
        assert_eq!(text("read/text"), "read/text");
        assert_eq!(text("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(text("=1+1"), "'=1+1");
        assert_eq!(text("-x\n"), "'-x\u{fffd}");
        assert_eq!(text("\t=x\u{202e}"), "\u{fffd}=x\u{fffd}");
    }
}
