//! Peak heap against time: what is small and what is fast, and what is both.

use maud::{Markup, html};

use crate::results::{Footprint, Run};
use plainfigures::{MIB, format_bytes, format_seconds, seconds_number};

use crate::report::chart::{Log, Mark, labels, percent, without_zeros};
use crate::report::{figures, operation};

use super::{Section, facts, numbers};

const HEIGHT: f64 = 320.0;
/// Width of a chart in a usual window, in CSS pixels.
const USUAL_WIDTH: f64 = 520.0;
/// Radius of the dot of the largest file, in CSS pixels.
const LARGEST_DOT: f64 = 10.0;

/// A case on the chart.
struct Dot<'a> {
    case: &'a Footprint,
    seconds: f64,
    peak: u64,
    radius: f64,
    /// Whether no other case is both smaller and faster.
    frontier: bool,
}

struct Axes {
    seconds: Log,
    peak: Log,
}

pub(super) fn section(run: &Run) -> Option<Section> {
    let reading = dots(run, true);
    let writing = dots(run, false);
    let all = || reading.iter().chain(&writing);
    // One dot compares with nothing.
    if all().count() < 2 {
        return None;
    }
    let axes = Axes {
        seconds: Log::over(all().map(|dot| dot.seconds))?,
        peak: Log::over(all().map(|dot| figures::float(dot.peak)))?,
    };
    Some(Section {
        anchor: "trade",
        title: "Peak heap against time",
        body: html! {
            p.lede {
                "Down is less memory, left is less time. "
                "A larger dot is a larger file, by area. The numbers are those of the list below. "
                "Hollow dots work record by record, filled ones hold the whole list."
            }
            div.scatters {
                @if !reading.is_empty() { (plot("Reading", &reading, &axes)) }
                @if !writing.is_empty() { (plot("Writing", &writing, &axes)) }
            }
            p.note {
                strong { "Where this misleads. " }
                "Both axes are logarithmic: each line is ten times the one before. "
                "Time is one pass with the meter running and the file in the page cache, so a slow disk would move every dot to the right. "
                "The stepped line joins the cases that no other case beats in both."
            }
            (numbers("The numbers behind the dots", &table(all())))
        },
    })
}

fn dots(run: &Run, reading: bool) -> Vec<Dot<'_>> {
    let largest = run.cases.iter().filter_map(|case| case.file_bytes).max();
    let largest = figures::float(largest.unwrap_or(1).max(1));
    let mut dots: Vec<Dot<'_>> = run
        .cases
        .iter()
        .filter(|case| operation::reads(&case.operation) == Some(reading))
        .filter_map(|case| {
            let file = case.file_bytes.map_or(0.0, figures::float);
            Some(Dot {
                case,
                seconds: figures::seconds(case).filter(|seconds| *seconds > 0.0)?,
                peak: figures::peak(case).filter(|peak| *peak > 0)?,
                radius: (LARGEST_DOT * (file / largest).sqrt()).max(3.0),
                frontier: false,
            })
        })
        .collect();
    dots.sort_by(|a, b| a.seconds.total_cmp(&b.seconds).then(a.peak.cmp(&b.peak)));
    let mut lowest = u64::MAX;
    for dot in &mut dots {
        dot.frontier = dot.peak < lowest;
        lowest = lowest.min(dot.peak);
    }
    dots
}

fn plot(title: &str, dots: &[Dot<'_>], axes: &Axes) -> Markup {
    let y = |bytes: f64| HEIGHT * (1.0 - axes.peak.place(bytes));
    let x = |seconds: f64| percent(axes.seconds.place(seconds));
    let pixels = |y: f64| format!("{y:.1}");
    let frontier: Vec<&Dot<'_>> = dots.iter().filter(|dot| dot.frontier).collect();
    let best: Vec<&str> = frontier.iter().map(|dot| dot.case.id.as_str()).collect();
    html! {
        figure.scatter {
            figcaption { h3 { (title) } }
            svg role="img" width="100%" height=(HEIGHT + 34.0) {
                title { (title) ": peak heap against time" }
                desc { (dots.len()) " cases. No other case beats these in both: " (best.join(", ")) "." }
                @for tick in axes.peak.ticks(figures::float(MIB)) {
                    line.grid x1="0" x2="100%" y1=(pixels(y(tick))) y2=(pixels(y(tick))) {}
                    text.tick x="0" y=(pixels(y(tick) - 4.0)) { (facts::axis_size(tick)) }
                }
                @for tick in axes.seconds.ticks(1.0) {
                    line.grid x1=(x(tick)) x2=(x(tick)) y1="0" y2=(HEIGHT) {}
                    text.tick x=(x(tick)) y=(HEIGHT + 14.0) text-anchor="middle" { (without_zeros(format_seconds(tick))) }
                }
                line.axis x1="0" x2="100%" y1=(HEIGHT) y2=(HEIGHT) {}
                text.tick x="100%" y=(HEIGHT + 30.0) text-anchor="end" { "seconds →" }
                @for pair in frontier.windows(2) {
                    @let (a, b) = (pair[0], pair[1]);
                    @let (ya, yb) = (pixels(y(figures::float(a.peak))), pixels(y(figures::float(b.peak))));
                    line.frontier x1=(x(a.seconds)) x2=(x(b.seconds)) y1=(ya) y2=(ya) {}
                    line.frontier x1=(x(b.seconds)) x2=(x(b.seconds)) y1=(ya) y2=(yb) {}
                }
                @for dot in dots {
                    circle class=(if streams(dot.case) { "dot hollow" } else { "dot" })
                        data-case=(dot.case.id) cx=(x(dot.seconds)) cy=(pixels(y(figures::float(dot.peak)))) r=(format!("{:.1}", dot.radius)) {}
                }
                @for label in labels(&marks(dots, axes), (26.0, 22.0)) {
                    text.dot-number x=(percent(label.x / USUAL_WIDTH)) y=(pixels(label.top - 4.0)) text-anchor="middle" { (label.text) }
                }
            }
            ol.key {
                @for dot in dots {
                    li class=[dot.frontier.then_some("best")] {
                        (facts::case_id(dot.case)) " "
                        span.num { (facts::size(Some(dot.peak))) ", " (format_seconds(dot.seconds)) }
                    }
                }
            }
        }
    }
}

/// The clusters are those of a chart of [`USUAL_WIDTH`]: it is as wide as the
/// window allows.
fn marks(dots: &[Dot<'_>], axes: &Axes) -> Vec<Mark> {
    let place = |dot: &Dot<'_>| Mark {
        x: axes.seconds.place(dot.seconds) * USUAL_WIDTH,
        y: HEIGHT * (1.0 - axes.peak.place(figures::float(dot.peak))),
        radius: dot.radius,
    };
    dots.iter().map(place).collect()
}

fn streams(case: &Footprint) -> bool {
    operation::streams(&case.operation)
}

fn table<'a>(dots: impl Iterator<Item = &'a Dot<'a>>) -> Markup {
    html! {
        table {
            thead {
                tr {
                    th scope="col" { "Case" }
                    th.num scope="col" { "Peak heap" }
                    th.num scope="col" { "Seconds" }
                    th.num scope="col" { "File" }
                    th scope="col" { "Unbeaten" }
                }
            }
            tbody {
                @for dot in dots {
                    tr {
                        th scope="row" { (facts::case_id(dot.case)) }
                        td.num data-bytes=(dot.peak) { (format_bytes(dot.peak)) }
                        td.num { (seconds_number(dot.seconds)) }
                        td.num { (facts::size(dot.case.file_bytes)) }
                        td { (if dot.frontier { "yes" } else { "no" }) }
                    }
                }
            }
        }
    }
}
