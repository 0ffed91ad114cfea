//! Peak heap against time and against the size of the file: what is small in
//! one, and what in both.

use maud::{Markup, html};

use crate::results::{Footprint, Run};
use plainfigures::{MIB, format_bytes, format_seconds};

use crate::report::chart::{Log, Mark, labels, percent, without_zeros};
use crate::report::{figures, operation};

use super::{Section, facts};

const HEIGHT: f64 = 320.0;
/// Width of a chart in a usual window, in CSS pixels.
const USUAL_WIDTH: f64 = 520.0;
/// Radius of a dot, in CSS pixels.
const RADIUS: f64 = 4.5;

/// What the peak is held against, from left to right.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Against {
    Time,
    File,
}

/// A case on a chart.
struct Dot<'a> {
    case: &'a Footprint,
    /// Seconds, or bytes of the file.
    x: f64,
    peak: u64,
    /// Whether it works record by record, and holds no list.
    streams: bool,
    /// Whether no other case of its kind is better in both: who needs the whole
    /// list is not helped by what streams.
    frontier: bool,
}

/// What all charts against the same have in common.
struct Axes {
    against: Against,
    x: Log,
    peak: Log,
}

pub(super) fn section(run: &Run) -> Option<Section> {
    let rows: Vec<Markup> = [Against::Time, Against::File]
        .into_iter()
        .filter_map(|against| plots(run, against))
        .collect();
    (!rows.is_empty()).then(|| Section {
        anchor: "trade",
        title: "Peak heap against time and file",
        body: html! {
            p.lede {
                "Down is less memory, left is less time or a smaller file. "
                "Hollow dots work record by record, filled ones hold the whole list. "
                "The stepped lines are the frontiers of both kinds: no other of its kind beats what is on it in both. These are numbered and named below each chart."
            }
            @for row in &rows { (row) }
            p.note {
                strong { "Where this misleads. " }
                "All axes are logarithmic: each line is ten times the one before. "
                "Time is one pass with the meter running and the file in the page cache, so a slow disk would move every dot to the right. "
                "The numbers of all dots are in the " a href="#figures" { "table" } "."
            }
        },
    })
}

/// The charts for reading and for writing; `None` where there is nothing to
/// compare.
fn plots(run: &Run, against: Against) -> Option<Markup> {
    let (reading, writing) = (dots(run, true, against), dots(run, false, against));
    let all = || reading.iter().chain(&writing);
    // One dot compares with nothing.
    if all().count() < 2 {
        return None;
    }
    let axes = Axes {
        against,
        x: Log::over(all().map(|dot| dot.x))?,
        peak: Log::over(all().map(|dot| figures::float(dot.peak)))?,
    };
    Some(html! {
        div.scatters {
            @if !reading.is_empty() { (plot("Reading", &reading, &axes)) }
            @if !writing.is_empty() { (plot("Writing", &writing, &axes)) }
        }
    })
}

fn dots(run: &Run, reading: bool, against: Against) -> Vec<Dot<'_>> {
    let mut dots: Vec<Dot<'_>> = run
        .cases
        .iter()
        .filter(|case| operation::reads(&case.operation) == Some(reading))
        .filter_map(|case| {
            let x = match against {
                Against::Time => figures::seconds(case),
                Against::File => case.file_bytes.map(figures::float),
            };
            Some(Dot {
                case,
                x: x.filter(|x| *x > 0.0)?,
                peak: figures::peak(case).filter(|peak| *peak > 0)?,
                streams: operation::streams(&case.operation),
                frontier: false,
            })
        })
        .collect();
    dots.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.peak.cmp(&b.peak)));
    for streams in [false, true] {
        let mut last = (f64::NEG_INFINITY, u64::MAX);
        for dot in dots.iter_mut().filter(|dot| dot.streams == streams) {
            // One that equals the last in both is no worse than it.
            dot.frontier = dot.peak < last.1 || (dot.x, dot.peak) == last;
            if dot.frontier {
                last = (dot.x, dot.peak);
            }
        }
    }
    dots
}

impl Against {
    fn title(self) -> &'static str {
        match self {
            Self::Time => "peak heap against time",
            Self::File => "peak heap against the size of the file",
        }
    }

    /// The name at the end of the axis.
    fn axis(self) -> &'static str {
        match self {
            Self::Time => "seconds →",
            Self::File => "size of the file →",
        }
    }

    fn ticks(self, axis: Log) -> Vec<(f64, String)> {
        let (ticks, name): (_, fn(f64) -> String) = match self {
            Self::Time => (axis.ticks(1.0), |tick| without_zeros(format_seconds(tick))),
            Self::File => (axis.ticks(figures::float(MIB)), facts::axis_size),
        };
        ticks.into_iter().map(|tick| (tick, name(tick))).collect()
    }

    fn figure(self, x: f64) -> String {
        match self {
            Self::Time => format_seconds(x),
            Self::File => format_bytes(figures::whole(x)),
        }
    }
}

impl Axes {
    fn y(&self, dot: &Dot<'_>) -> f64 {
        HEIGHT * (1.0 - self.peak.place(figures::float(dot.peak)))
    }
}

fn plot(title: &str, dots: &[Dot<'_>], axes: &Axes) -> Markup {
    let against = axes.against;
    let x = |at: f64| percent(axes.x.place(at));
    let pixels = |y: f64| format!("{y:.1}");
    let level = |bytes: f64| HEIGHT * (1.0 - axes.peak.place(bytes));
    let frontier: Vec<&Dot<'_>> = dots.iter().filter(|dot| dot.frontier).collect();
    let best: Vec<&str> = frontier.iter().map(|dot| dot.case.id.as_str()).collect();
    html! {
        figure.scatter {
            figcaption { h3 { (title) ", " span.meaning { (against.title()) } } }
            svg role="img" width="100%" height=(HEIGHT + 34.0) {
                title { (title) ": " (against.title()) }
                desc { (dots.len()) " cases. No other of its kind beats these in both: " (best.join(", ")) "." }
                @for tick in axes.peak.ticks(figures::float(MIB)) {
                    line.grid x1="0" x2="100%" y1=(pixels(level(tick))) y2=(pixels(level(tick))) {}
                    text.tick x="0" y=(pixels(level(tick) - 4.0)) { (facts::axis_size(tick)) }
                }
                @for (tick, name) in against.ticks(axes.x) {
                    line.grid x1=(x(tick)) x2=(x(tick)) y1="0" y2=(HEIGHT) {}
                    text.tick x=(x(tick)) y=(HEIGHT + 14.0) text-anchor="middle" { (name) }
                }
                line.axis x1="0" x2="100%" y1=(HEIGHT) y2=(HEIGHT) {}
                text.tick x="100%" y=(HEIGHT + 30.0) text-anchor="end" { (against.axis()) }
                @for (a, b) in steps(&frontier) {
                    @let (ya, yb) = (pixels(axes.y(a)), pixels(axes.y(b)));
                    line.frontier x1=(x(a.x)) x2=(x(b.x)) y1=(ya) y2=(ya) {}
                    line.frontier x1=(x(b.x)) x2=(x(b.x)) y1=(ya) y2=(yb) {}
                }
                // Those of the frontier last, so that no other lies on them.
                @for best in [false, true] {
                    @for dot in dots.iter().filter(|dot| dot.frontier == best) {
                        circle class=(class(dot)) data-case=(dot.case.id) cx=(x(dot.x)) cy=(pixels(axes.y(dot))) r=(RADIUS) {}
                    }
                }
                @for label in labels(&marks(&frontier, axes), (26.0, 22.0)) {
                    text.dot-number x=(percent(label.x / USUAL_WIDTH)) y=(pixels(label.top - 4.0)) text-anchor="middle" { (label.text) }
                }
            }
            p.frontier-title { "No other of its kind beats these in both:" }
            ol.key {
                @for dot in &frontier {
                    li {
                        (facts::case_id(dot.case)) " "
                        span.num { (facts::size(Some(dot.peak))) ", " (against.figure(dot.x)) }
                    }
                }
            }
        }
    }
}

/// Neighbours on the frontier of each kind.
fn steps<'a>(frontier: &[&'a Dot<'a>]) -> Vec<(&'a Dot<'a>, &'a Dot<'a>)> {
    let kind = |streams| {
        frontier
            .iter()
            .copied()
            .filter(move |dot| dot.streams == streams)
    };
    let pairs = |streams| kind(streams).zip(kind(streams).skip(1));
    pairs(false).chain(pairs(true)).collect()
}

fn class(dot: &Dot<'_>) -> &'static str {
    match (dot.streams, dot.frontier) {
        (false, false) => "dot",
        (false, true) => "dot best",
        (true, false) => "dot hollow",
        (true, true) => "dot hollow best",
    }
}

/// The clusters are those of a chart of [`USUAL_WIDTH`]: it is as wide as the
/// window allows.
fn marks(dots: &[&Dot<'_>], axes: &Axes) -> Vec<Mark> {
    let place = |dot: &&Dot<'_>| Mark {
        x: axes.x.place(dot.x) * USUAL_WIDTH,
        y: axes.y(dot),
        radius: RADIUS,
    };
    dots.iter().map(place).collect()
}
