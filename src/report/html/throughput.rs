//! Records a second, as criterion measured them without the meter.

use maud::{Markup, html};

use crate::results::{CaseOperation, Footprint, Run, Throughput};
use plainfigures::{Unit, format_records_per_second};

use crate::report::chart::{Linear, percent, without_zeros};
use crate::report::figures::{self, float, whole};
use crate::report::operation;

use super::{Section, facts, folded, numbers_of_cases};

const ROW: u32 = 26;

/// A case, and its records a second: the median, and its interval.
struct Row<'a> {
    case: &'a Footprint,
    throughput: &'a Throughput,
    rate: f64,
    low: f64,
    high: f64,
}

pub(super) fn section(run: &Run) -> Option<Section> {
    let mut groups: Vec<(&CaseOperation, Vec<Row<'_>>)> = Vec::new();
    for (operation, cases) in figures::by_operation(run) {
        let mut rows: Vec<Row<'_>> = cases.into_iter().filter_map(row).collect();
        rows.sort_by(|a, b| b.rate.total_cmp(&a.rate).then(a.case.id.cmp(&b.case.id)));
        if !rows.is_empty() {
            groups.push((operation, rows));
        }
    }
    let all = || groups.iter().flat_map(|(_, rows)| rows);
    let first = all().next()?;
    let top = all().map(|row| row.high).fold(0.0, f64::max);
    let scale = Linear::up_to(whole(top));
    let confidence = format!("{:.0} %", first.throughput.confidence * 100.0);
    Some(Section {
        anchor: "speed",
        title: "Throughput",
        body: html! {
            p.lede {
                "Records a second, as criterion measured them without the meter. A longer bar is faster; "
                "the mark at its end is the " (confidence) " confidence interval of the median."
            }
            @for (operation, rows) in &groups {
                div.group {
                    h3 { (operation::title(operation)) " " span.meaning { (operation::meaning(operation)) } }
                    div.bars {
                        (facts::bar_axis(scale, &scale.ticks(4, 1), at_tick))
                        (folded::best(rows, |row| row.case, |row| bar(row, scale)))
                    }
                }
            }
            p.note {
                strong { "Where this misleads. " }
                "The file is in the page cache, one thread works, and the records are fewer than in the memory cases: "
                "what outgrows the processor’s caches at a million records is flattered here. "
                "The interval tells how far the median is sure on this machine on this day, not how another machine would do."
            }
            (numbers_of_cases(run, "The numbers behind the speeds", &table(&groups)))
        },
    })
}

fn row(case: &Footprint) -> Option<Row<'_>> {
    let throughput = case.throughput.as_ref().filter(|_| figures::is_ok(case))?;
    let rate = |seconds: f64| {
        let rate = float(throughput.records) / seconds;
        Some(rate).filter(|rate| rate.is_finite() && *rate > 0.0)
    };
    let median = rate(throughput.median_seconds)?;
    Some(Row {
        case,
        throughput,
        rate: median,
        // The longer time is the lower rate.
        low: rate(throughput.high_seconds).unwrap_or(median).min(median),
        high: rate(throughput.low_seconds).unwrap_or(median).max(median),
    })
}

fn bar(row: &Row<'_>, scale: Linear) -> Markup {
    let x = |rate: f64| percent(scale.place(whole(rate)));
    html! {
        li.bar-row data-case=(row.case.id) {
            span.label { (facts::name(figures::format_id(row.case))) }
            span.bar {
                svg role="img" width="100%" height=(ROW) {
                    title {
                        (row.case.id) ": " (format_records_per_second(row.rate)) " of records, "
                        (format_records_per_second(row.low)) " to " (format_records_per_second(row.high))
                    }
                    desc { (row.throughput.records) " records were measured." }
                    rect.extra x="0" y="6" height="14" width=(x(row.rate)) {}
                    line.whisker x1=(x(row.low)) x2=(x(row.high)) y1="13" y2="13" {}
                    line.whisker x1=(x(row.low)) x2=(x(row.low)) y1="9" y2="17" {}
                    line.whisker x1=(x(row.high)) x2=(x(row.high)) y1="9" y2="17" {}
                }
            }
            span.value {
                span.num { (format_records_per_second(row.rate)) }
                span.multiple { (mebibytes(row)) " MiB/s" }
            }
        }
    }
}

fn at_tick(rate: u64) -> String {
    match rate {
        0 => "0".to_owned(),
        _ => without_zeros(format_records_per_second(float(rate))),
    }
}

fn mebibytes(row: &Row<'_>) -> String {
    let rate = figures::bytes_per_second(row.case).unwrap_or(0.0);
    Unit::MiB.number(whole(rate))
}

fn table(groups: &[(&CaseOperation, Vec<Row<'_>>)]) -> Markup {
    html! {
        table {
            thead {
                tr {
                    th scope="col" { "Case" }
                    th.num scope="col" { "Records/s" }
                    th.num scope="col" { "At least" }
                    th.num scope="col" { "At most" }
                    th.num scope="col" { "MiB/s of file" }
                    th.num scope="col" { "Records measured" }
                }
            }
            tbody {
                @for row in groups.iter().flat_map(|(_, rows)| rows) {
                    tr {
                        th scope="row" { (facts::case_id(row.case)) }
                        @for rate in [row.rate, row.low, row.high] {
                            td.num data-value=(rate) { (format_records_per_second(rate)) }
                        }
                        td.num { (mebibytes(row)) }
                        td.num { (plainfigures::thousands(row.throughput.records)) }
                    }
                }
            }
        }
    }
}
