//! The memory that stays resident after everything was dropped, against the
//! high-water mark.

use maud::{Markup, html};

use crate::results::{CaseOperation, Footprint, Run};
use plainfigures::{format_bytes, format_signed_bytes, visible};

use crate::report::chart::{BarAxis, percent};
use crate::report::{figures, operation};

use super::{Section, facts, folded, numbers_of_cases};

const ROW: u32 = 26;

/// A case of which both figures are known.
struct Row<'a> {
    case: &'a Footprint,
    high_water: u64,
    after: u64,
    /// Resident set of the process before the case began, in bytes.
    start: Option<u64>,
}

pub(super) fn section(run: &Run) -> Option<Section> {
    let groups: Vec<(&CaseOperation, Vec<Row<'_>>)> = figures::by_operation(run)
        .into_iter()
        .map(|(operation, cases)| (operation, cases.into_iter().filter_map(row).collect()))
        .filter(|(_, rows): &(_, Vec<Row<'_>>)| !rows.is_empty())
        .collect();
    let all = || groups.iter().flat_map(|(_, rows)| rows);
    let highest: Vec<u64> = all().map(|row| row.high_water.max(row.after)).collect();
    let most = all().max_by_key(|row| (row.kept(), std::cmp::Reverse(&row.case.id)))?;
    let axis = BarAxis::over(&highest, run.dataset.heap_bytes);
    let broken = highest.iter().any(|bytes| axis.breaks(*bytes));
    Some(Section {
        anchor: "retained",
        title: "Given back",
        body: html! {
            p.lede {
                "Dropping a value frees it for the program; whether the system gets the memory back is up to the allocator. "
                (finding(most))
            }
            (legend(broken))
            @for (operation, rows) in &groups {
                div.group {
                    h3 { (operation::title(operation)) }
                    div.bars {
                        (facts::bar_axis(axis.scale, &axis.ticks(), |tick| axis.label(tick)))
                        (folded::best(rows, |row| row.case, |row| bar(row, axis)))
                    }
                }
            }
            p.note {
                strong { "Where this misleads. " }
                "What stays is not lost: the next allocation takes it, and so does the next case in the same process, which is why each case has a process of its own. "
                "Both bars hold the program itself, whose size when it started is marked. "
                "glibc gives back the end of its heap only, so one small block that stays can keep all below it; another allocator, or a call of " code { "malloc_trim" } ", gives another chart."
            }
            (numbers_of_cases(run, "The numbers behind what is given back", &table(&groups)))
        },
    })
}

fn row(case: &Footprint) -> Option<Row<'_>> {
    let resident = case.resident.as_ref().filter(|_| figures::is_ok(case))?;
    Some(Row {
        case,
        high_water: resident.high_water_bytes?,
        after: resident.after_drop_bytes?,
        start: resident.start_bytes.or(resident.before_bytes),
    })
}

impl Row<'_> {
    /// Bytes that stay resident, less those that the process began with.
    fn kept(&self) -> u64 {
        self.after.saturating_sub(self.start.unwrap_or(0))
    }

    /// The share that stays of what the case added, from 0 to 1.
    fn share(&self) -> Option<f64> {
        let added = self.high_water.saturating_sub(self.start.unwrap_or(0));
        figures::ratio(self.kept(), added)
    }
}

/// The sentence on the case that keeps the largest share.
fn finding(most: &Row<'_>) -> String {
    format!(
        "Here {} keeps the most: {} of the {} that it had at its peak stay resident, {} of them its own doing.",
        visible(&most.case.id),
        format_bytes(most.after),
        format_bytes(most.high_water),
        format_bytes(most.kept())
    )
}

fn legend(broken: bool) -> Markup {
    html! {
        ul.legend {
            li {
                svg width="28" height="14" aria-hidden="true" { rect.base width="28" height="14" {} }
                "the high-water mark of the resident set"
            }
            li {
                svg width="28" height="14" aria-hidden="true" { rect.extra y="4" width="28" height="6" {} }
                "still resident after the drop"
            }
            li {
                svg width="28" height="14" aria-hidden="true" { line.whisker x1="14" x2="14" y1="0" y2="14" {} }
                "when the process started"
            }
            @if broken { li { "… a bar that is longer than the scale; its numbers are right" } }
        }
    }
}

fn bar(row: &Row<'_>, axis: BarAxis) -> Markup {
    let end = |bytes| percent(axis.end(bytes));
    html! {
        li.bar-row data-case=(row.case.id) {
            span.label { (facts::name(figures::format_id(row.case))) }
            span.bar {
                svg role="img" width="100%" height=(ROW) {
                    title { (row.case.id) ": " (format_bytes(row.after)) " stay of " (format_bytes(row.high_water)) }
                    desc {
                        @match row.start {
                            Some(start) => { "The process had " (format_bytes(start)) " when it started." },
                            None => "What the process had when it started is not known.",
                        }
                    }
                    rect.base x="0" y="5" height="16" width=(end(row.high_water)) {}
                    rect.extra x="0" y="10" height="6" width=(end(row.after)) {}
                    @if let Some(start) = row.start {
                        line.whisker x1=(end(start)) x2=(end(start)) y1="3" y2="23" {}
                    }
                    @if axis.breaks(row.high_water) { text x="95%" y="18" { "…" } }
                }
            }
            span.value { (facts::size(Some(row.after))) span.multiple { "of " (facts::size(Some(row.high_water))) } }
        }
    }
}

fn table(groups: &[(&CaseOperation, Vec<Row<'_>>)]) -> Markup {
    html! {
        table {
            thead {
                tr {
                    th scope="col" { "Case" }
                    th.num scope="col" { "At the start" }
                    th.num scope="col" { "High-water" }
                    th.num scope="col" { "After the drop" }
                    th.num scope="col" { "Retained" }
                    th.num scope="col" { "Share of what it added" }
                }
            }
            tbody {
                @for row in groups.iter().flat_map(|(_, rows)| rows) {
                    tr {
                        th scope="row" { (facts::case_id(row.case)) }
                        td.num { (facts::size(row.start)) }
                        td.num { (facts::size(Some(row.high_water))) }
                        td.num { (facts::size(Some(row.after))) }
                        @match figures::retained(row.case) {
                            Some(bytes) => td.num data-bytes=(bytes) { (format_signed_bytes(bytes)) },
                            None => td.num.absent { (plainfigures::ABSENT) },
                        }
                        (facts::number_cell(row.share().map(|share| (format!("{:.0} %", share * 100.0), share))))
                    }
                }
            }
        }
    }
}
