//! The table of every figure of every case.

use maud::{Markup, html};

use crate::results::{CaseOperation, Footprint, HeapFigures, Run};
use plainfigures::{
    Unit, format_ratio, format_records_per_second, format_signed_bytes, seconds_number, thousands,
};

use crate::report::family::Family;
use crate::report::figures;

use super::{Section, facts, scrolling};

pub(super) fn section(run: &Run) -> Option<Section> {
    if run.cases.is_empty() {
        return None;
    }
    Some(Section {
        anchor: "figures",
        title: "All figures",
        body: html! {
            p.lede { "Every case, in the order in which it ran. What a column means is explained below the table." }
            (scrolling("All figures", &table(run)))
            (glossary(run))
        },
    })
}

fn heap(figure: impl Fn(&HeapFigures) -> u64) -> impl Fn(&Footprint) -> Option<u64> {
    move |case| case.heap.as_ref().map(&figure)
}

fn table(run: &Run) -> Markup {
    let cases = &run.cases;
    let speeds = cases.iter().any(|case| case.throughput.is_some());
    let slack = cases.iter().any(|case| figures::slack(case).is_some());
    let columns = 11 + if speeds { 2 } else { 0 } + if slack { 2 } else { 0 };
    let size = |figure: &dyn Fn(&Footprint) -> Option<u64>| facts::unit_of(cases, figure);
    let peak = size(&figures::peak);
    let high_water = size(&figures::high_water);
    let file = size(&|case| case.file_bytes);
    let allocated = size(&heap(|heap| heap.allocated_bytes));
    let largest = size(&heap(|heap| heap.largest_bytes));
    let retained = size(&|case| figures::retained(case).map(i64::unsigned_abs));
    let head = |title: &str, unit: Option<Unit>, key: &str| {
        html! {
            th.num scope="col" data-column=(key) {
                (title) @if let Some(unit) = unit { " " small { (unit.name()) } }
            }
        }
    };
    html! {
        table.figures data-records=(run.dataset.records) data-seed=(run.dataset.seed) data-heap=(run.dataset.heap_bytes) {
            thead {
                tr {
                    th scope="col" data-column="case" { "Case" }
                    (head("Peak heap", Some(peak), "peak"))
                    (head("Extra", Some(peak), "extra"))
                    @if slack {
                        (head("Slack", Some(peak), "slack"))
                        (head("Without slack", Some(peak), "cost"))
                    }
                    (head("× data", None, "times"))
                    (head("High-water", Some(high_water), "high-water"))
                    (head("Retained", Some(retained), "retained"))
                    (head("Seconds", None, "seconds"))
                    (head("File", Some(file), "file"))
                    @if speeds {
                        (head("Records/s", None, "records"))
                        (head("MiB/s", None, "rate"))
                    }
                    (head("Peak upper", Some(peak), "upper"))
                    (head("Allocations", None, "allocations"))
                    (head("Allocated", Some(allocated), "allocated"))
                    (head("Largest block", Some(largest), "largest"))
                }
            }
            tbody {
                @for (index, case) in cases.iter().enumerate() {
                    tr id={ "case-" (index + 1) } data-case=(case.id) data-family=[family(case)] {
                        th scope="row" { (facts::case_id(case)) (flaws(case)) }
                        @if figures::is_ok(case) {
                            @let heap = case.heap.as_ref();
                            (facts::size_cell(peak, heap.map(|heap| heap.peak_bytes)))
                            (facts::difference_cell(peak, heap.map(|heap| heap.extra_bytes)))
                            @if slack {
                                (facts::size_cell(peak, figures::slack(case)))
                                (facts::difference_cell(peak, figures::cost(case)))
                            }
                            (facts::number_cell(figures::times_data(run, case).map(|ratio| (format_ratio(ratio).replace('×', ""), ratio))))
                            (facts::size_cell(high_water, figures::high_water(case)))
                            (facts::difference_cell(retained, figures::retained(case)))
                            (facts::number_cell(figures::seconds(case).map(|seconds| (seconds_number(seconds), seconds))))
                            (facts::size_cell(file, case.file_bytes))
                            @if speeds { (throughput(case)) }
                            (facts::size_cell(peak, heap.map(|heap| heap.peak_upper_bytes)))
                            (facts::number_cell(heap.map(|heap| (thousands(heap.allocations), figures::float(heap.allocations)))))
                            (facts::size_cell(allocated, heap.map(|heap| heap.allocated_bytes)))
                            (facts::size_cell(largest, heap.map(|heap| heap.largest_bytes)))
                        } @else {
                            td.reason colspan=(columns) {
                                (facts::status(case)) " " bdi { (figures::reason(case)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The family of the case, by which the page can be narrowed.
fn family(case: &Footprint) -> Option<&'static str> {
    (case.operation != CaseOperation::Empty).then(|| Family::of(case).name())
}

fn throughput(case: &Footprint) -> Markup {
    html! {
        (facts::number_cell(figures::records_per_second(case).map(|rate| {
            (format_records_per_second(rate).trim_end_matches("/s").trim_end().to_string(), rate)
        })))
        (facts::number_cell(figures::bytes_per_second(case).map(|rate| {
            (format!("{:.0}", rate / figures::float(Unit::MiB.bytes())), rate)
        })))
    }
}

/// What casts doubt on a row, in words.
fn flaws(case: &Footprint) -> Markup {
    html! {
        @if figures::is_unsteady(case) {
            " " span.flaw { "not the same each time" }
        }
        @if let Some(leak) = figures::leak(case) {
            " " span.flaw { "left " (format_signed_bytes(leak)) " on the heap" }
        }
    }
}

fn glossary(run: &Run) -> Markup {
    let confidence = run
        .cases
        .iter()
        .find_map(|case| case.throughput.as_ref())
        .map(|throughput| throughput.confidence);
    html! {
        dl.glossary {
            dt { "Peak heap" }
            dd { "Most live bytes at one moment, as requested from the allocator. A block that grows counts as its change of size. Exact." }
            dt { "Peak upper" }
            dd { "The same, with old and new block both counted while a growing block moves. A system that can extend blocks in place stays at the lower figure." }
            dt { "Extra" }
            dd { "What the format costs. Writing: peak less what was there before. Reading into a list: peak less the data’s size. Streaming: the peak itself. Below zero where the result is smaller than the list of records." }
            @if run.cases.iter().any(|case| figures::slack(case).is_some()) {
                dt { "Slack, without slack" }
                dd { "Room that the list which was read keeps beyond its records. It is part of extra, and tells where the list’s doubling stood, not what the format costs: that is extra without slack, by which cases are sorted and compared." }
            }
            dt { "× data" }
            dd { "Peak heap divided by the size of the list of records in memory, without spare capacity. Writing starts from that list, so it cannot be below 1." }
            dt { "High-water" }
            dd { "Largest resident set of the process within the window, in whole pages, the program itself included. Depends on the allocator and on transparent huge pages. This is what a memory limit of the system sees." }
            dt { "Retained" }
            dd { "What stays resident after everything was dropped, less what the process began with. The allocator keeps it for later; it is no leak. A leak is marked beside the case’s name." }
            dt { "Allocations, allocated, largest block" }
            dd { "Calls of the allocator within the window, the sum of what they asked for, and the largest single request." }
            dt { "Seconds" }
            dd { "Wall-clock time of the window, with the meter running, of the median run. Good for orders of magnitude." }
            dt { "File" }
            dd { "Size of the file that was written or read. It is in the page cache for every case." }
            @if let Some(confidence) = confidence {
                dt { "Records/s, MiB/s" }
                dd {
                    "Criterion’s median, without the meter, over fewer records (" (format!("{:.0}", confidence * 100.0)) " % interval in the raw data). Use these to compare speed."
                }
            }
        }
    }
}
