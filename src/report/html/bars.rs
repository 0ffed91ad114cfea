//! Peak heap of every case as bars on one linear scale.
//!
//! Bars are compared by length, so the axis begins at 0 and is linear. A few
//! giants (a reader that needs seventy times the data) would flatten all else:
//! they are drawn broken, and say so.
//!
//! Many cases of an operation are folded into the best variant of each format,
//! with the rest below it on demand.

use maud::{Markup, html};

use crate::results::{CaseOperation, Footprint, HeapFigures, Run};
use plainfigures::{format_bytes, format_ratio, format_signed_bytes};

use crate::report::chart::{BarAxis, percent};
use crate::report::python::PythonCase;
use crate::report::{figures, operation};

use super::{Section, facts, folded, numbers_of_cases};

/// Height of a row: bars stand close, so that the grid runs through.
const ROW: u32 = 28;
/// As many reasons why a format cannot do something are read together.
const FEW_REASONS: usize = 4;

struct Axis {
    bars: BarAxis,
    data: Option<u64>,
}

/// What of the section there is to explain.
struct Shown {
    data: Option<u64>,
    broken: bool,
    slack: bool,
}

pub(super) fn section(run: &Run) -> Option<Section> {
    let peaks: Vec<u64> = run.cases.iter().filter_map(figures::peak).collect();
    if peaks.is_empty() || only_empty(run) {
        return None;
    }
    let data = Some(run.dataset.heap_bytes).filter(|bytes| *bytes > 0);
    let axis = Axis {
        bars: BarAxis::over(&peaks, run.dataset.heap_bytes),
        data,
    };
    let shown = Shown {
        data,
        broken: peaks.iter().any(|peak| axis.bars.breaks(*peak)),
        slack: run.cases.iter().any(|case| slack(case) > 0),
    };
    Some(Section {
        anchor: "peak",
        title: "Peak heap",
        body: html! {
            p.lede {
                "The largest number of bytes that were live on the heap at one moment, as the program asked for them. "
                "A shorter bar is better. This is what decides whether the work fits. "
                "Sorted by what the format costs; where there are many, the best variant of each format, and the others below it on demand."
            }
            (lines(&axis))
            (legend(&shown))
            @for (operation, cases) in figures::by_operation(run) {
                (group(run, operation, &cases, &axis))
            }
            p.note {
                strong { "Where this misleads. " }
                "Heap is not resident set. The allocator rounds each block up and adds a header, and the system counts whole pages: "
                "compare the high-water mark in the " a href="#figures" { "table" } ". "
                "When a growing block moves, old and new exist side by side for a moment; the whisker shows the peak with both counted. "
                "The truth for a given allocator lies between bar and whisker."
            }
            (numbers_of_cases(run, "The numbers behind the bars", &table(run)))
        },
    })
}

/// Whether nothing but the empty case has a peak, beside others that have none: those
/// of Python, whose bars are elsewhere.
fn only_empty(run: &Run) -> bool {
    let has_none = |case: &Footprint| figures::is_ok(case) && figures::peak(case).is_none();
    !figures::has_peaks(run) && run.cases.iter().any(has_none)
}

fn legend(shown: &Shown) -> Markup {
    html! {
        ul.legend {
            li {
                svg width="28" height="14" aria-hidden="true" { rect.base width="28" height="14" {} }
                "the records themselves, or what was there before (the floor)"
            }
            li {
                svg width="28" height="14" aria-hidden="true" { rect.extra width="28" height="14" {} }
                "what the format costs on top"
            }
            @if shown.slack {
                li {
                    svg width="28" height="14" aria-hidden="true" { rect.slack x="1" y="1" width="26" height="12" {} }
                    "slack: room that the list which was read keeps beyond its records"
                }
            }
            li {
                svg width="28" height="14" aria-hidden="true" {
                    line.whisker x1="2" x2="26" y1="7" y2="7" {}
                    line.whisker x1="26" x2="26" y1="3" y2="11" {}
                }
                "up to this while a growing block moves"
            }
            @if let Some(data) = shown.data {
                li {
                    svg width="28" height="14" aria-hidden="true" { line.data-size x1="14" x2="14" y1="0" y2="14" {} }
                    "the data’s size, " (facts::size(Some(data)))
                }
            }
            @if shown.broken {
                li {
                    svg width="28" height="14" aria-hidden="true" {
                        rect.extra width="28" height="14" {}
                        (break_mark("9", 14))
                    }
                    "a broken bar is longer than the scale; its number is right"
                }
            }
        }
    }
}

fn slack(case: &Footprint) -> u64 {
    figures::slack(case).unwrap_or(0)
}

fn group(run: &Run, operation: &CaseOperation, cases: &[&Footprint], axis: &Axis) -> Markup {
    let shown: Vec<(&Footprint, &HeapFigures)> = cases
        .iter()
        .filter(|case| figures::is_ok(case))
        .filter_map(|case| Some((*case, case.heap.as_ref()?)))
        .collect();
    let is_here = |case: &&Footprint| !figures::is_ok(case) && PythonCase::of(case).is_none();
    let without = cases.iter().copied().filter(is_here);
    let (trouble, never): (Vec<&Footprint>, Vec<_>) =
        without.partition(|case| case.status.is_trouble());
    html! {
        @if !shown.is_empty() || !trouble.is_empty() || !never.is_empty() {
            div.group {
                h3 { (operation::title(operation)) " " span.meaning { (operation::meaning(operation)) } }
                @if !shown.is_empty() {
                    div.bars {
                        // The empty case has nothing to compare by eye.
                        @if *operation != CaseOperation::Empty {
                            (facts::bar_axis(axis.bars.scale, &axis.bars.ticks(), |tick| axis.bars.label(tick)))
                        }
                        (folded::list(&shown, |(case, _)| *case, |(case, heap)| row(run, case, heap, axis)))
                    }
                }
                (unmeasured(&trouble))
                @match never.len() {
                    0..=FEW_REASONS => (unmeasured(&never)),
                    _ => details.rest {
                        summary { "Not done by " (never.len()) " of them" }
                        (unmeasured(&never))
                    },
                }
            }
        }
    }
}

/// Cases without figures, with their reasons.
fn unmeasured(cases: &[&Footprint]) -> Markup {
    html! {
        @if !cases.is_empty() {
            ul.without {
                @for case in cases {
                    li data-case=(case.id) {
                        (facts::name(figures::format_id(case))) " "
                        (facts::status(case)) " "
                        bdi.reason { (figures::reason(case)) }
                    }
                }
            }
        }
    }
}

fn row(run: &Run, case: &Footprint, heap: &HeapFigures, axis: &Axis) -> Markup {
    let multiple = figures::times_data(run, case).map(format_ratio);
    html! {
        li.bar-row data-case=(case.id) {
            span.label { (facts::name(figures::format_id(case))) }
            span.bar { (bar(case, heap, axis)) }
            span.value {
                (facts::size(Some(heap.peak_bytes)))
                @if let Some(multiple) = &multiple { span.multiple { (multiple) } }
            }
        }
    }
}

fn bar(case: &Footprint, heap: &HeapFigures, axis: &Axis) -> Markup {
    let bars = axis.bars;
    let broken = bars.breaks(heap.peak_bytes);
    let peak = bars.end(heap.peak_bytes);
    let extra = u64::try_from(heap.extra_bytes)
        .unwrap_or(0)
        .min(heap.peak_bytes);
    let spare = slack(case).min(extra);
    let base = bars.scale.place(heap.peak_bytes - extra).min(peak);
    // A cut takes the end of a bar: slack is then told and not drawn.
    let cost = match broken {
        true => peak,
        false => bars.scale.place(heap.peak_bytes - spare).min(peak),
    };
    let upper = bars.scale.place(heap.peak_upper_bytes.max(heap.peak_bytes));
    html! {
        svg role="img" width="100%" height=(ROW) {
            title { (case.id) ": peak heap " (format_bytes(heap.peak_bytes)) }
            desc {
                (format_signed_bytes(figures::cost(case).unwrap_or(heap.extra_bytes))) " of it is what the format costs. "
                @if spare > 0 { (format_bytes(spare)) " more is slack, which the list keeps. " }
                @if heap.peak_upper_bytes > heap.peak_bytes {
                    "With moving blocks counted twice: " (format_bytes(heap.peak_upper_bytes)) "."
                }
                @if broken { " The bar is broken: it is longer than the scale." }
            }
            use href="#peak-grid" {}
            rect.base x="0" y="6" height="16" width=(percent(base)) {}
            // A sliver stays visible: nothing that was measured looks like nothing.
            rect.extra x=(percent(base)) y="6" height="16" width=(percent(cost - base)) {}
            @if peak > cost { rect.slack x=(percent(cost)) y="6" height="16" width=(percent(peak - cost)) {} }
            @if heap.peak_bytes > 0 && peak < 0.004 { rect.extra x="0" y="6" height="16" width="2" {} }
            @if broken {
                (break_mark(&percent(peak - 0.06), ROW))
            } @else if upper - peak > 0.004 {
                line.whisker x1=(percent(peak)) x2=(percent(upper)) y1="14" y2="14" {}
                line.whisker x1=(percent(upper)) x2=(percent(upper)) y1="10" y2="18" {}
            }
            use href="#peak-data" {}
        }
    }
}

/// The lines of the axis and the data’s size, which every bar has: said once,
/// because hundreds of bars use them.
fn lines(axis: &Axis) -> Markup {
    html! {
        svg.patterns width="0" height="0" aria-hidden="true" {
            defs {
                g #peak-grid {
                    @for tick in axis.bars.ticks() {
                        @let x = percent(axis.bars.scale.place(tick));
                        line.grid x1=(x) x2=(x) y2=(ROW) {}
                    }
                }
                g #peak-data {
                    @if let Some(data) = axis.data {
                        @let x = percent(axis.bars.scale.place(data));
                        line.data-size x1=(x) x2=(x) y1="0" y2=(ROW) {}
                    }
                }
            }
        }
    }
}

/// Two slanted cuts through a bar.
fn break_mark(x: &str, height: u32) -> Markup {
    html! {
        svg.break x=(x) y="0" width="12" height=(height) viewBox="0 0 12 20" preserveAspectRatio="none" {
            polygon points="3,20 7,0 12,0 8,20" {}
        }
    }
}

fn table(run: &Run) -> Markup {
    let unit = facts::unit_of(&run.cases, figures::peak);
    let slack = run.cases.iter().any(|case| figures::slack(case).is_some());
    html! {
        table {
            thead {
                tr {
                    th scope="col" { "Case" }
                    th.num scope="col" { "Floor " small { (unit.name()) } }
                    th.num scope="col" { "Peak heap " small { (unit.name()) } }
                    th.num scope="col" { "Peak upper " small { (unit.name()) } }
                    th.num scope="col" { "Extra " small { (unit.name()) } }
                    @if slack { th.num scope="col" { "Slack " small { (unit.name()) } } }
                    th.num scope="col" { "× data" }
                }
            }
            tbody {
                @for (_, cases) in figures::by_operation(run) {
                    @for case in cases.into_iter().filter(|case| figures::is_ok(case)) {
                        @let heap = case.heap.as_ref();
                        tr {
                            th scope="row" { (facts::case_id(case)) }
                            (facts::size_cell(unit, heap.map(|heap| heap.floor_bytes)))
                            (facts::size_cell(unit, heap.map(|heap| heap.peak_bytes)))
                            (facts::size_cell(unit, heap.map(|heap| heap.peak_upper_bytes)))
                            (facts::difference_cell(unit, heap.map(|heap| heap.extra_bytes)))
                            @if slack { (facts::size_cell(unit, figures::slack(case))) }
                            (facts::number_cell(figures::times_data(run, case).map(|ratio| (format_ratio(ratio), ratio))))
                        }
                    }
                }
            }
        }
    }
}
