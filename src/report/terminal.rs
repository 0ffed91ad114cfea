//! The table at the end of a run in the terminal.

use std::iter;

use anstyle::Style;

use crate::results::{Footprint, Run, Status};
use plainfigures::{
    ABSENT, Align, Table, Unit, format_ratio, seconds_number, shorten, thousands, visible,
};

use super::figures;
use super::findings::{Kind, findings};
use super::paint::{BAD, BOLD, DIM, DOUBT, GOOD, Paint};

/// Longest name in the table. Where there is no row of figures, the whole name
/// stands below with the reason.
const LONGEST_NAME: usize = 44;

/// The run as an aligned table, with the reasons of cases without figures and
/// the findings below it. Ends with a line break.
///
/// `color` says whether to use colours. The caller decides: a renderer does not
/// know whether standard output is a terminal, nor what `NO_COLOR` says.
///
/// Control characters in names, which a terminal would obey, are shown as `�`.
#[must_use]
pub fn render(run: &Run, color: bool) -> String {
    let mut out = String::new();
    let paint = Paint { color };
    table(&mut out, run, &paint);
    reasons(&mut out, run, &paint);
    sentences(&mut out, run, &paint);
    out
}

/// How a column shows a case; `None` where it has no such figure.
type Number<'a> = Box<dyn Fn(&Footprint) -> Option<String> + 'a>;

struct Column<'a> {
    title: &'static str,
    unit: &'static str,
    number: Number<'a>,
}

fn columns(run: &Run) -> Vec<Column<'_>> {
    fn sizes<'a>(
        run: &Run,
        title: &'static str,
        figure: impl Fn(&Footprint) -> Option<u64> + 'a,
    ) -> Column<'a> {
        let largest = run
            .cases
            .iter()
            .filter_map(&figure)
            .max()
            .unwrap_or(u64::MAX);
        let unit = Unit::for_largest(largest);
        Column {
            title,
            unit: unit.name(),
            number: Box::new(move |case| figure(case).map(|bytes| unit.number(bytes))),
        }
    }
    fn differences<'a>(
        run: &Run,
        title: &'static str,
        figure: impl Fn(&Footprint) -> Option<i64> + 'a,
    ) -> Column<'a> {
        let largest = run
            .cases
            .iter()
            .filter_map(&figure)
            .map(i64::unsigned_abs)
            .max();
        let unit = Unit::for_largest(largest.unwrap_or(u64::MAX));
        Column {
            title,
            unit: unit.name(),
            number: Box::new(move |case| figure(case).map(|bytes| unit.signed_number(bytes))),
        }
    }
    fn plain<'a>(
        title: &'static str,
        number: impl Fn(&Footprint) -> Option<String> + 'a,
    ) -> Column<'a> {
        Column {
            title,
            unit: "",
            number: Box::new(number),
        }
    }
    let mut columns = vec![
        sizes(run, "peak heap", figures::peak),
        differences(run, "extra", |case| {
            case.heap.as_ref().map(|heap| heap.extra_bytes)
        }),
        plain("× data", |case| {
            let ratio = format_ratio(figures::times_data(run, case)?);
            Some(ratio.trim_end_matches('×').to_string())
        }),
        sizes(run, "high-water", figures::high_water),
        differences(run, "retained", figures::retained),
        plain("allocations", |case| {
            case.heap.as_ref().map(|heap| thousands(heap.allocations))
        }),
        plain("seconds", |case| figures::seconds(case).map(seconds_number)),
        sizes(run, "file", |case| case.file_bytes),
    ];
    if run.cases.iter().any(|case| case.throughput.is_some()) {
        columns.push(plain("records/s", |case| {
            figures::records_per_second(case)
                .map(plainfigures::format_records_per_second)
                .map(|rate| rate.trim_end_matches("/s").trim_end().to_string())
        }));
    }
    columns
}

fn table(out: &mut String, run: &Run, paint: &Paint) {
    if run.cases.is_empty() {
        return;
    }
    let columns = columns(run);
    let figures = columns.iter().map(|_| Align::Right);
    let mut table = Table::new(iter::once(Align::Left).chain(figures));
    table.row(iter::once("case").chain(columns.iter().map(|column| column.title)));
    table.row(iter::once("").chain(columns.iter().map(|column| column.unit)));
    for case in &run.cases {
        let name = shorten(&visible(&case.id), LONGEST_NAME);
        let numbers = columns.iter().map(|column| match case.status {
            Status::Ok => (column.number)(case).unwrap_or_else(|| ABSENT.to_string()),
            _ => ABSENT.to_string(),
        });
        table.row(iter::once(name).chain(numbers));
    }
    for (line, style) in table.lines().zip([BOLD, DIM]) {
        paint.line(out, style, &line);
    }
    for (case, cells) in run.cases.iter().zip(table.padded().skip(2)) {
        let style = match case.status {
            Status::Ok => Style::new(),
            Status::Unsupported => DIM,
            _ => BAD,
        };
        for (index, cell) in cells.iter().enumerate() {
            let style = match (index, cell.trim_start()) {
                (0, _) => style,
                (_, ABSENT) => DIM,
                (1, _) => BOLD,
                _ => Style::new(),
            };
            if index > 0 {
                out.push_str("  ");
            }
            paint.put(out, style, cell);
        }
        if case.status != Status::Ok {
            out.push_str("  ");
            paint.put(out, style, figures::status_name(case.status));
        } else if figures::is_unsteady(case) {
            out.push_str("  ");
            paint.put(out, DOUBT, "! not the same each time");
        }
        while out.ends_with(' ') {
            out.pop();
        }
        out.push('\n');
    }
}

fn reasons(out: &mut String, run: &Run, paint: &Paint) {
    let without: Vec<&Footprint> = run
        .cases
        .iter()
        .filter(|case| !figures::is_ok(case))
        .collect();
    if without.is_empty() {
        return;
    }
    out.push('\n');
    paint.put(out, BOLD, "Without figures");
    out.push('\n');
    for case in without {
        let style = match case.status {
            Status::Unsupported => DIM,
            _ => BAD,
        };
        out.push_str("  ");
        let what = format!(
            "{}: {}",
            visible(&case.id),
            figures::status_name(case.status)
        );
        paint.put(out, style, &what);
        out.push_str(": ");
        out.push_str(&visible(figures::reason(case)));
        out.push('\n');
    }
}

fn sentences(out: &mut String, run: &Run, paint: &Paint) {
    if !run.cases.is_empty() {
        out.push('\n');
    }
    for finding in findings(run) {
        let (mark, style) = match finding.kind {
            Kind::Headline => ("", BOLD),
            Kind::Remark => ("  ", Style::new()),
            Kind::Assurance => ("✓ ", GOOD),
            Kind::Warning => ("! ", DOUBT),
        };
        paint.put(out, style, mark);
        let text_style = match finding.kind {
            Kind::Headline => BOLD,
            _ => Style::new(),
        };
        paint.put(out, text_style, &visible(&finding.text));
        out.push('\n');
    }
}
