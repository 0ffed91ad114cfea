//! The section on peaks against the number of records: what grows, and how fast. The
//! heap, and the resident set of cases without a meter, have axes of their own.

use maud::{Markup, html};

use crate::results::{CaseOperation, Run};
use plainfigures::{MIB, format_bytes, format_signed_bytes, thousands};

use crate::report::chart::{Log, Mark, labels, percent};
use crate::report::figures::{self, float};
use crate::report::growth::{self, Growth, Peak, rate};
use crate::report::growth_table::{FAR_RECORDS, estimate, percent as share, signed};
use crate::report::operation::{self, grouped};

use super::{Section, facts, numbers_of_cases};

const HEIGHT: f64 = 240.0;

struct Axes {
    of: Peak,
    records: Log,
    peak: Log,
}

pub(super) fn section(run: &Run) -> Option<Section> {
    let growths = growth::all(run);
    let parts: Vec<(Peak, Markup)> = Peak::ALL
        .into_iter()
        .filter_map(|of| Some((of, part(run, &growths, of)?)))
        .collect();
    let title = match parts.first()? {
        (Peak::Heap, _) if parts.len() == 1 => "Peak heap against records",
        _ => "Peaks against records",
    };
    Some(Section {
        anchor: "scaling",
        title,
        body: html! {
            p.lede {
                "The same cases over fewer records. A level line is constant memory: it does not matter how long the file is. "
                "A line that rises takes its slope for each further record."
            }
            @for (of, part) in &parts {
                @if *of == Peak::Resident {
                    p {
                        strong { "The resident set, of cases without a meter. " }
                        "These lines are high-water marks: what such a process had resident at its peak, the interpreter and the modules that it "
                        "imports included. That is not the heap of the lines above and not exact: it repeats within 0.25 MiB or so."
                    }
                }
                (part)
            }
        },
    })
}

/// The lines of one kind of peak, with their numbers; `None` where there are none.
fn part(run: &Run, all: &[Growth<'_>], of: Peak) -> Option<Markup> {
    let growths: Vec<&Growth<'_>> = all.iter().filter(|growth| growth.of == of).collect();
    let points = || growths.iter().flat_map(|growth| &growth.points);
    let axes = Axes {
        of,
        records: Log::over(points().map(|point| float(point.records)))?,
        peak: Log::over(points().map(|point| float(point.peak_bytes)))?,
    };
    let mut groups = grouped(growths.iter().copied(), |growth| growth.case);
    for (_, group) in &mut groups {
        group.sort_by_key(|growth| (std::cmp::Reverse(growth.last().peak_bytes), &growth.case.id));
    }
    let summary = |text: &str| match of {
        Peak::Heap => text.to_owned(),
        Peak::Resident => format!("{text} of the resident set"),
    };
    let fixed = match of {
        Peak::Heap => "buffers outweigh few records",
        Peak::Resident => "the interpreter outweighs few records",
    };
    Some(html! {
        div.scatters {
            @for (operation, growths) in &groups { (plot(operation, growths, &axes)) }
        }
        p.note {
            strong { "Where this misleads. " }
            "Both axes are logarithmic and the same in every panel, so a fixed cost bends a line at its left end: " (fixed) ". "
            "The slope is that between the ends of a line. Fewer records were measured once each."
        }
        (numbers_of_cases(run, &summary("The numbers behind the lines"), &table(&groups)))
        @if growths.iter().any(|growth| growth.law.is_some()) {
            (numbers_of_cases(run, &summary("The law of each line"), &laws(&growths)))
            (numbers_of_cases(run, &summary("Each point and its residual"), &residuals(&growths)))
        }
    })
}

fn plot(operation: &CaseOperation, growths: &[&Growth<'_>], axes: &Axes) -> Markup {
    let y = |bytes: u64| HEIGHT * (1.0 - axes.peak.place(float(bytes)));
    let x = |records: u64| percent(axes.records.place(float(records)));
    let pixels = |y: f64| format!("{y:.1}");
    let ends: Vec<Mark> = growths
        .iter()
        .map(|growth| Mark {
            // Lines may end at different numbers of records: those are apart.
            x: axes.records.place(float(growth.last().records)) * 1000.0,
            y: y(growth.last().peak_bytes),
            radius: 3.0,
        })
        .collect();
    html! {
        figure.scatter {
            figcaption {
                h3 {
                    (operation::title(operation))
                    @if axes.of == Peak::Resident { ", " (axes.of.name()) }
                    " " span.meaning { (operation::meaning(operation)) }
                }
            }
            svg role="img" width="100%" height=(HEIGHT + 34.0) {
                title { (operation::title(operation)) ": " (axes.of.name()) " against the number of records" }
                desc {
                    @for growth in growths {
                        (growth.case.id) ": " (growth.in_words()) ", "
                        (format_bytes(growth.last().peak_bytes)) " at " (thousands(growth.last().records)) " records. "
                    }
                }
                @for tick in axes.peak.ticks(float(MIB)) {
                    @let y = HEIGHT * (1.0 - axes.peak.place(tick));
                    line.grid x1="0" x2="100%" y1=(pixels(y)) y2=(pixels(y)) {}
                    text.tick x="0" y=(pixels(y - 4.0)) { (facts::axis_size(tick)) }
                }
                @for tick in axes.records.ticks(1.0) {
                    @let x = percent(axes.records.place(tick));
                    line.grid x1=(x) x2=(x) y1="0" y2=(HEIGHT) {}
                    text.tick x=(x) y=(HEIGHT + 14.0) text-anchor="middle" { (thousands(figures::whole(tick))) }
                }
                line.axis x1="0" x2="100%" y1=(HEIGHT) y2=(HEIGHT) {}
                text.tick x="100%" y=(HEIGHT + 30.0) text-anchor="end" { "records →" }
                @for growth in growths {
                    g.growth data-case=(growth.case.id) data-says=(growth.in_words()) {
                        @for pair in growth.points.windows(2) {
                            line x1=(x(pair[0].records)) x2=(x(pair[1].records))
                                y1=(pixels(y(pair[0].peak_bytes))) y2=(pixels(y(pair[1].peak_bytes))) {}
                        }
                        @for point in &growth.points {
                            circle cx=(x(point.records)) cy=(pixels(y(point.peak_bytes))) r="3" {}
                        }
                    }
                }
                @for label in labels(&ends, (1.0, 13.0)) {
                    text.dot-number x=(percent(label.x / 1000.0)) dx="7" y=(pixels(label.y + 4.0)) { (label.text) }
                }
            }
            ol.key {
                @for growth in growths {
                    li class=[growth.is_flat().then_some("best")] {
                        (facts::name(figures::format_id(growth.case))) " "
                        span.num { (growth.in_words()) }
                    }
                }
            }
        }
    }
}

fn table(groups: &[(&CaseOperation, Vec<&Growth<'_>>)]) -> Markup {
    let growths = || groups.iter().flat_map(|(_, growths)| growths);
    let mut counts: Vec<u64> = growths()
        .flat_map(|growth| growth.points.iter().map(|point| point.records))
        .collect();
    counts.sort_unstable();
    counts.dedup();
    html! {
        table {
            thead {
                tr {
                    th scope="col" { "Case" }
                    @for count in &counts { th.num scope="col" { "Peak at " (thousands(*count)) } }
                    th.num scope="col" { "Slope " small { "bytes a record" } }
                    th scope="col" { "Memory" }
                }
            }
            tbody {
                @for growth in growths() {
                    tr {
                        th scope="row" { (facts::case_id(growth.case)) }
                        @for count in &counts {
                            @match growth.points.iter().find(|point| point.records == *count) {
                                Some(point) => td.num data-bytes=(point.peak_bytes) { (format_bytes(point.peak_bytes)) },
                                None => td.num.absent { (plainfigures::ABSENT) },
                            }
                        }
                        td.num data-value=(growth.bytes_a_record()) { (rate(growth.bytes_a_record())) }
                        td { (if growth.is_flat() { "flat: constant memory" } else { "grows" }) }
                    }
                }
            }
        }
    }
}

/// What is fixed, what grows, how well that fits, and where it leads.
fn laws(growths: &[&Growth<'_>]) -> Markup {
    html! {
        table {
            thead {
                tr {
                    th scope="col" { "Case" }
                    th scope="col" { "Grows by" }
                    th.num scope="col" { "Fixed" }
                    th.num scope="col" { "Slope " small { "bytes a record" } }
                    th scope="col" { "Last step" }
                    th.num scope="col" { "Largest residual" }
                    th scope="col" { "At " (thousands(FAR_RECORDS)) " records, if the law holds; in brackets, 19 of 20 measurements" }
                }
            }
            tbody {
                @for growth in growths {
                    @if let Some(law) = &growth.law {
                        tr {
                            th scope="row" { (facts::case_id(growth.case)) }
                            td { (growth.in_words()) }
                            td.num { (format_signed_bytes(signed(law.fixed_bytes()))) }
                            td.num { (rate(law.bytes_a_record())) }
                            td {
                                @match law.last_step() {
                                    Some(step) => {
                                        (format_bytes(step.bytes)) " between " (thousands(step.from_records))
                                        " and " (thousands(step.to_records)) " records"
                                    },
                                    None => (plainfigures::ABSENT),
                                }
                            }
                            td.num { (share(growth.largest_residual())) }
                            td { (estimate(law.estimate(FAR_RECORDS))) }
                        }
                    }
                }
            }
        }
    }
}

fn residuals(growths: &[&Growth<'_>]) -> Markup {
    html! {
        table {
            thead {
                tr {
                    th scope="col" { "Case" }
                    th.num scope="col" { "Records" }
                    th.num scope="col" { "Peak" }
                    th.num scope="col" { "By its law" }
                    th.num scope="col" { "Residual" }
                }
            }
            tbody {
                @for growth in growths {
                    @if let Some(law) = &growth.law {
                        @for (point, residual) in growth.points.iter().zip(&law.residuals) {
                            tr {
                                th scope="row" { (facts::case_id(growth.case)) }
                                td.num { (thousands(point.records)) }
                                td.num data-bytes=(point.peak_bytes) { (format_bytes(point.peak_bytes)) }
                                td.num { (format_signed_bytes(signed(law.at(point.records)))) }
                                td.num { (format_signed_bytes(signed(*residual))) }
                            }
                        }
                    }
                }
            }
        }
    }
}
