//! The same records in Python, and in Rust where both have a format.

use maud::{Markup, html};

use crate::report::chart::{BarAxis, percent};
use crate::report::python::{PythonCase, python_name, reading, versions};
use crate::report::{figures, operation};
use crate::results::{CaseOperation, Footprint, Operation, Run};
use plainfigures::{format_bytes, format_signed_bytes};

use super::{Section, facts, numbers};

const ROW: u32 = 26;

/// Serializers in Python, and the formats in Rust that write the same.
const SAME: [(&str, &[&str]); 8] = [
    ("pickle", &["pickle", "serde-pickle"]),
    ("repr", &["text"]),
    ("json", &["json", "json-lines"]),
    ("csv", &["csv"]),
    ("msgpack", &["messagepack"]),
    ("cbor2", &["cbor"]),
    ("bson", &["bson"]),
    ("numpy", &["npy"]),
];

/// A bar: how far the resident set rose.
struct Bar<'a> {
    case: &'a Footprint,
    growth: u64,
    /// What of it the list itself takes.
    list: u64,
}

pub(super) fn section(run: &Run) -> Option<Section> {
    let versions = versions(run);
    versions.first()?;
    let groups = groups(run);
    let ends: Vec<u64> = groups
        .iter()
        .flat_map(|(_, bars)| bars.iter())
        .map(|bar| bar.growth)
        .collect();
    let list = |case: &Footprint| case.resident.as_ref()?.list_bytes;
    let axis = BarAxis::over(&ends, run.cases.iter().find_map(list).unwrap_or(0));
    let without: Vec<&Footprint> = run
        .cases
        .iter()
        .filter(|case| !figures::is_ok(case) && PythonCase::of(case).is_some())
        .collect();
    Some(Section {
        anchor: "python",
        title: "In Python",
        body: html! {
            @for sentence in reading(run) { p.lede { (sentence) } }
            ul.legend {
                li {
                    svg width="28" height="14" aria-hidden="true" { rect.base width="28" height="14" {} }
                    "the list of records itself, where one is read"
                }
                li {
                    svg width="28" height="14" aria-hidden="true" { rect.extra width="28" height="14" {} }
                    "what the call costs on top"
                }
            }
            @for (operation, bars) in &groups {
                div.group {
                    h3 { (operation::title(operation)) " " span.meaning { (operation::meaning(operation)) } }
                    div.bars {
                        (facts::bar_axis(axis.scale, &axis.ticks(), |tick| axis.label(tick)))
                        ul { @for bar in bars { (row(bar, axis)) } }
                    }
                }
            }
            @if !without.is_empty() {
                ul.without {
                    @for case in &without {
                        li {
                            (facts::case_id(case)) " " (facts::status(case)) " "
                            bdi.reason { (figures::reason(case)) }
                        }
                    }
                }
            }
            p.note {
                strong { "How to read this. " }
                "A bar is how far the resident set rose above where it was when the call began; modules were imported before. "
                "Calls whose name ends in " code { "-native" } " have the library’s own container (an array, a frame, a table) in the place of the list. "
                "Rust’s cases of the same format stand beside them, by the same measure; their list is smaller."
            }
            @for python in &run.pythons {
                p.note {
                    (python.name) ": " (python.version)
                    @for package in &python.packages { ", " (package.name) " " (package.version) }
                }
            }
            (numbers("The numbers of the cases in Python", &table(run)))
        },
    })
}

/// The bars of each operation, those of one format together.
fn groups(run: &Run) -> Vec<(&CaseOperation, Vec<Bar<'_>>)> {
    let mut groups = Vec::new();
    for (operation, cases) in figures::by_operation(run) {
        let ok = || cases.iter().copied().filter(|case| figures::is_ok(case));
        let mut bars: Vec<Bar<'_>> = Vec::new();
        let mut shown: Vec<&str> = Vec::new();
        for python in ok().filter_map(PythonCase::of) {
            if !shown.contains(&python.serializer) {
                shown.push(python.serializer);
                let same = SAME.iter().find(|(name, _)| *name == python.serializer);
                let formats = same.map_or(&[][..], |(_, formats)| formats);
                let rust = ok().filter(|case| formats.contains(&&*case.format));
                bars.extend(rust.filter_map(|case| bar(run, case)));
                let all = ok().filter_map(PythonCase::of);
                let all = all.filter(|case| case.serializer == python.serializer);
                bars.extend(all.filter_map(|python| bar(run, python.case)));
            }
        }
        if !bars.is_empty() {
            groups.push((operation, bars));
        }
    }
    groups
}

fn bar<'a>(run: &Run, case: &'a Footprint) -> Option<Bar<'a>> {
    let growth = u64::try_from(case.resident_growth_bytes()?).ok()?;
    let python = PythonCase::of(case);
    let list = match &python {
        Some(_) => case.resident.as_ref()?.list_bytes.unwrap_or(0),
        None => run.dataset.heap_bytes,
    };
    let has_list =
        case.operation == Operation::Read && !python.is_some_and(|case| case.is_native());
    Some(Bar {
        case,
        growth,
        list: if has_list { list.min(growth) } else { 0 },
    })
}

fn row(bar: &Bar<'_>, axis: BarAxis) -> Markup {
    let (end, list) = (axis.end(bar.growth), axis.end(bar.list));
    html! {
        li.bar-row data-case=(bar.case.id) {
            span.label { (facts::name(figures::format_id(bar.case))) }
            span.bar {
                svg role="img" width="100%" height=(ROW) {
                    title { (bar.case.id) ": the resident set rose by " (format_bytes(bar.growth)) }
                    desc { (format_bytes(bar.list)) " of it is the list." }
                    rect.base x="0" y="6" height="16" width=(percent(list)) {}
                    rect.extra x=(percent(list)) y="6" height="16" width=(percent((end - list).max(0.0))) {}
                    @if axis.breaks(bar.growth) { text x="95%" y="18" { "…" } }
                }
            }
            span.value { (facts::size(Some(bar.growth))) }
        }
    }
}

fn table(run: &Run) -> Markup {
    let signed = |bytes: Option<i64>| bytes.map(format_signed_bytes);
    html! {
        table {
            thead {
                tr {
                    th scope="col" { "Case" }
                    th scope="col" { "Python" }
                    th.num scope="col" { "Imports" }
                    th.num scope="col" { "Rose by" }
                    th.num scope="col" { "Beside the list" }
                    th.num scope="col" { "Kept" }
                    th.num scope="col" { "Retained" }
                    th.num scope="col" { "Traced peak" }
                    th.num scope="col" { "CPU seconds" }
                    th scope="col" { "What becomes of the records" }
                }
            }
            tbody {
                @for python in run.cases.iter().filter_map(PythonCase::of).filter(|python| figures::is_ok(python.case)) {
                    @let case = python.case;
                    tr {
                        th scope="row" { (facts::case_id(case)) }
                        td { (python_name(python.version)) }
                        td.num { (facts::size(case.resident.as_ref().and_then(|resident| resident.import_bytes))) }
                        @for text in [
                            signed(case.resident_growth_bytes()),
                            signed(case.resident_extra_bytes()),
                            signed(figures::resident_kept(case)),
                            signed(figures::retained(case)),
                        ] {
                            td.num { (text.as_deref().unwrap_or(plainfigures::ABSENT)) }
                        }
                        td.num { (facts::size(figures::traced_growth(case))) }
                        (facts::number_cell(case.cpu_seconds.first().map(|seconds| (format!("{seconds:.2}"), *seconds))))
                        td { (case.loss.as_deref().unwrap_or_default()) }
                    }
                }
            }
        }
    }
}
