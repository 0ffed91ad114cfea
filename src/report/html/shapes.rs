//! Formats by the shape of the records: peak heap over data, from several runs.
//!
//! The ratio depends on the shape more than on the format, so one run alone
//! misleads. A cell is the best variant of its format, by what it costs.

use maud::{Markup, html};

use crate::results::{CaseOperation, Dataset, Footprint, Operation, Run};
use plainfigures::{ABSENT, format_bytes, format_ratio, visible};

use crate::report::{figures, operation};

use super::{Section, scrolling};

/// Where a colour ends, as the ratio is shown: what reads the same has the same
/// colour. All above have the last.
const HEATS: [(f64, &str); 5] = [
    (1.15, "up to 1.1×"),
    (2.05, "up to 2×"),
    (4.05, "up to 4×"),
    (10.5, "up to 10×"),
    (30.5, "up to 30×"),
];

/// One cell: what a format takes for one shape.
struct Cell<'a> {
    /// The best variant, or one that has no figures and says why.
    case: Option<&'a Footprint>,
    ratio: Option<f64>,
}

/// A format over all shapes.
struct Row<'a> {
    format: &'a str,
    cells: Vec<Cell<'a>>,
}

/// `runs` are of different datasets, the page's own first.
pub(super) fn section(runs: &[&Run]) -> Option<Section> {
    let tables: Vec<(CaseOperation, Vec<Row<'_>>)> = Operation::ALL
        .into_iter()
        .map(CaseOperation::Known)
        .map(|operation| (rows(runs, &operation), operation))
        .filter(|(rows, _)| !rows.is_empty())
        .map(|(rows, operation)| (operation, rows))
        .collect();
    (runs.len() > 1 && !tables.is_empty()).then(|| Section {
        anchor: "shapes",
        title: "Formats by shape of records",
        body: html! {
            p.lede {
                "Peak heap as a multiple of the data’s size, for each shape of records: the best variant of each format, by what it costs without slack. "
                "A format that suits one shape may not suit another."
            }
            ul.legend.heats {
                @for (index, (_, name)) in HEATS.iter().enumerate() { li class=(class(index)) { (name) } }
                li class=(class(HEATS.len())) { "more" }
            }
            @for (operation, rows) in &tables {
                div.group {
                    h3 { (operation::title(operation)) " " span.meaning { (operation::meaning(operation)) } }
                    (scrolling(&format!("{} by shape of records", operation::title(operation)), &table(runs, rows)))
                }
            }
            p.note {
                strong { "How to read it. " }
                "A column is a run of its own, with as many records as stand in its head. The small print of a cell is the variant. "
                "Writing begins with the whole list in memory, so it cannot be below 1×; one record at a time, the ratio falls with the number of records."
            }
        },
    })
}

/// The formats of an operation, cheapest for the first run first. None where no
/// format has a figure.
fn rows<'a>(runs: &[&'a Run], operation: &CaseOperation) -> Vec<Row<'a>> {
    let mut formats: Vec<&str> = Vec::new();
    for case in runs.iter().flat_map(|run| &run.cases) {
        if case.operation == *operation && !formats.contains(&case.format.as_str()) {
            formats.push(&case.format);
        }
    }
    let mut rows: Vec<Row<'_>> = formats
        .into_iter()
        .map(|format| Row {
            format,
            cells: runs
                .iter()
                .map(|run| cell(run, operation, format))
                .collect(),
        })
        .filter(|row| row.cells.iter().any(|cell| cell.ratio.is_some()))
        .collect();
    let first = |row: &Row<'_>| row.cells[0].ratio.unwrap_or(f64::INFINITY);
    rows.sort_by(|a, b| first(a).total_cmp(&first(b)));
    rows
}

fn cell<'a>(run: &'a Run, operation: &CaseOperation, format: &str) -> Cell<'a> {
    let cases = || {
        let cases = run.cases.iter();
        cases.filter(|case| case.operation == *operation && case.format == format)
    };
    let costs = cases().filter_map(|case| Some((figures::cost(case)?, case)));
    match costs.min_by_key(|(cost, _)| *cost) {
        Some((_, case)) => Cell {
            case: Some(case),
            ratio: figures::times_data(run, case),
        },
        None => Cell {
            case: cases().find(|case| !figures::is_ok(case)),
            ratio: None,
        },
    }
}

fn table(runs: &[&Run], rows: &[Row<'_>]) -> Markup {
    html! {
        table.shapes {
            thead {
                tr {
                    th scope="col" { "Format" }
                    @for run in runs {
                        th.num scope="col" {
                            (named_dataset(&run.dataset))
                        }
                    }
                }
            }
            tbody {
                @for row in rows {
                    tr {
                        th scope="row" { bdi.id { (row.format) } }
                        @for (index, cell) in row.cells.iter().enumerate() { (data_cell(cell, runs[index])) }
                    }
                }
            }
        }
    }
}

/// The name of a dataset, and its size in small print.
pub(super) fn named_dataset(dataset: &Dataset) -> Markup {
    html! {
        bdi { (figures::shape(dataset)) }
        small { (figures::records(dataset, "record")) ", " (format_bytes(dataset.heap_bytes)) }
    }
}

fn data_cell(cell: &Cell<'_>, run: &Run) -> Markup {
    let Some(case) = cell.case else {
        return html! { td.num.absent { (ABSENT) } };
    };
    let Some(ratio) = cell.ratio else {
        let why = format!("{}: {}", visible(&case.id), visible(figures::reason(case)));
        return html! {
            td.num.absent title=(why) { (figures::status_name(case.status)) }
        };
    };
    let peak = figures::peak(case).map_or_else(|| ABSENT.to_owned(), format_bytes);
    let of = format_bytes(run.dataset.heap_bytes);
    html! {
        td class={ "num heat " (class(heat(ratio))) } data-value=(ratio) title={ (visible(&case.id)) ": " (peak) " for " (of) } {
            (format_ratio(ratio))
            @if let Some(variant) = &case.variant { small { bdi { (variant) } } }
        }
    }
}

/// Which colour a ratio has, as an index.
fn heat(ratio: f64) -> usize {
    let below = HEATS.iter().position(|(end, _)| ratio < *end);
    below.unwrap_or(HEATS.len())
}

fn class(heat: usize) -> &'static str {
    ["heat-0", "heat-1", "heat-2", "heat-3", "heat-4", "heat-5"][heat]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing::{DATA, case, run};
    use crate::results::Status;

    #[test]
    fn a_cell_is_the_best_variant_by_cost_without_slack() {
        let mut roomy = case("read/json/roomy", Some(DATA as i64));
        roomy.heap.as_mut().unwrap().slack_bytes = Some(DATA);
        let run = run(vec![case("read/json/tight", Some(1 << 20)), roomy]);
        let cell = cell(&run, &CaseOperation::Known(Operation::Read), "json");
        assert_eq!(cell.case.unwrap().id, "read/json/roomy");
        assert_eq!(cell.ratio, Some(2.0), "the peak is told as it is");
    }

    #[test]
    fn rows_begin_with_what_the_first_shape_takes_least_for() {
        let mut failed = case("read/cbor", None);
        failed.status = Status::Failed;
        let first = run(vec![
            case("read/json", Some(900 << 20)),
            failed,
            case("read/csv", Some(1)),
        ]);
        let second = run(vec![case("read/cbor", Some(5)), case("read/npy", None)]);
        let read = CaseOperation::Known(Operation::Read);
        let rows = rows(&[&first, &second], &read);
        let formats: Vec<&str> = rows.iter().map(|row| row.format).collect();
        assert_eq!(
            formats,
            ["csv", "json", "cbor"],
            "npy has no figure anywhere"
        );
        assert!(rows[2].cells[0].case.is_some(), "why it has none is told");
        assert!(rows[0].cells[1].case.is_none());
    }

    #[test]
    fn ratios_that_read_the_same_have_the_same_colour() {
        let colours = [
            (0.0, 0),
            (1.149, 0),
            (1.151, 1),
            (30.4, 4),
            (30.6, 5),
            (f64::MAX, 5),
        ];
        for (ratio, colour) in colours {
            assert_eq!(heat(ratio), colour, "{ratio}");
        }
        for step in 0..40_000 {
            // Never on a border, which no float is exactly.
            let [a, b] = [step, step + 1].map(|step| (f64::from(step) + 0.5) / 1e3);
            if format_ratio(a) == format_ratio(b) {
                assert_eq!(heat(a), heat(b), "{a} and {b} are both {}", format_ratio(a));
            }
        }
    }
}
