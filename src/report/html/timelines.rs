//! Live heap over time, one small panel a case.
//!
//! Panels of like size share one scale, so that they can be compared by eye;
//! a new group with a scale of its own begins where the peaks are four times
//! smaller. Time is each panel's own.

use maud::{Markup, html};

use crate::results::{CaseOperation, Footprint, Run, Timeline};
use plainfigures::{Unit, format_bytes, format_ratio, format_seconds};

use crate::report::chart::{Linear, magnitude_classes, percent, tick_label};
use crate::report::figures;

use super::{Section, facts, folded, numbers_of_cases};

/// Points of a panel, at most.
const MOST_POINTS: usize = 222;
/// Points of all panels together, at most: a hundred noisy cases are still a
/// page that fits a mail.
const ALL_POINTS: usize = 3_600;
/// Panels, at most: the best of each format come first.
const MOST_PANELS: usize = 100;
/// Height of a panel's plot, in CSS pixels.
const HEIGHT: f64 = 110.0;
/// The numbers of the steps stand above the highest curve.
const HEADROOM: f64 = 1.22;

struct Panel<'a> {
    case: &'a Footprint,
    points: Vec<(f64, u64)>,
    duration: f64,
    peak: u64,
    peak_at: f64,
    /// Whether it is shown at once, and not on demand.
    best: bool,
}

pub(super) fn section(run: &Run) -> Option<Section> {
    let mut shown: Vec<(&Footprint, &Timeline, bool)> = Vec::new();
    for (operation, cases) in figures::by_operation(run) {
        let drawn = cases
            .into_iter()
            .filter_map(|case| Some((case, case.timeline.as_ref()?)));
        let (best, rest) = folded::split(drawn.collect(), |(case, _)| *case);
        if *operation != CaseOperation::Empty {
            shown.extend(best.into_iter().map(|(case, line)| (case, line, true)));
            shown.extend(rest.into_iter().map(|(case, line)| (case, line, false)));
        }
    }
    shown.sort_by_key(|(_, _, best)| !best);
    let left_out = shown.len().saturating_sub(MOST_PANELS);
    shown.truncate(MOST_PANELS);
    let most = (ALL_POINTS / shown.len().max(1)).clamp(8, MOST_POINTS);
    let panels: Vec<Panel<'_>> = shown
        .into_iter()
        .filter_map(|(case, timeline, best)| {
            let panel = panel(case, timeline, most)?;
            Some(Panel { best, ..panel })
        })
        .collect();
    if panels.is_empty() {
        return None;
    }
    let peaks: Vec<u64> = panels.iter().map(|panel| panel.peak).collect();
    let classes = magnitude_classes(&peaks);
    let tops: Vec<u64> = classes.iter().map(|class| top(&panels, class)).collect();
    Some(Section {
        anchor: "time",
        title: "Memory over time",
        body: html! {
            p.lede {
                "Live heap bytes from the moment the window opens to its end. "
                "The allocator itself wrote these curves down, so no spike is missed. "
                "Where there are many, the best variant of each format, and others on demand."
            }
            @for (index, class) in classes.iter().enumerate() {
                div.group {
                    h3 {
                        "Up to " (facts::size(Some(tops[index]))) " "
                        span.meaning {
                            @match index.checked_sub(1).and_then(|before| figures::ratio(tops[before], tops[index])) {
                                Some(ratio) => { "one scale for all panels here, " (format_ratio(ratio)) " finer than the group above" },
                                None => "one scale for all panels here",
                            }
                        }
                    }
                    @let all = |best: bool| class.iter().map(|index| &panels[*index]).filter(move |panel| panel.best == best);
                    @let scale = Scale::up_to(index, tops[index]);
                    @let draw = |best: bool| html! {
                        div.panels { @for panel in all(best) { (figure(panel, &scale)) } }
                    };
                    (scale.lines(run.dataset.heap_bytes))
                    @if all(true).next().is_some() { (draw(true)) }
                    @if all(false).next().is_some() { (folded::details(all(false).count(), &draw(false))) }
                }
            }
            p.note {
                strong { "How to read it. " }
                "The dot marks the peak. Shaded bands are the steps of a case, named below the panel. "
                "The dashed line is the data’s size, where it fits the scale. "
                "Each panel is as wide as its own time, which stands at its right end: compare heights, not widths."
            }
            @if left_out > 0 {
                p.note { "The curves of " (left_out) " more variants are in " code { "run.json" } "." }
            }
            (numbers_of_cases(run, "The numbers behind the curves", &table(&panels)))
        },
    })
}

fn panel<'a>(case: &'a Footprint, timeline: &Timeline, most: usize) -> Option<Panel<'a>> {
    let few = Timeline::thinned(&in_order(timeline), most);
    let points: Vec<(f64, u64)> = few.seconds.into_iter().zip(few.live_bytes).collect();
    let last = points.last()?.0;
    let (peak_at, highest) = points.iter().copied().rev().max_by_key(|point| point.1)?;
    Some(Panel {
        case,
        duration: figures::seconds(case).unwrap_or(last).max(last),
        peak: figures::peak(case).unwrap_or(highest).max(highest),
        peak_at,
        points,
        best: true,
    })
}

/// The points without those whose time is not a number, below 0, or before
/// that of the point before.
fn in_order(timeline: &Timeline) -> Vec<(f64, u64)> {
    let mut points: Vec<(f64, u64)> = Vec::with_capacity(timeline.seconds.len());
    for (&at, &bytes) in timeline.seconds.iter().zip(&timeline.live_bytes) {
        if at.is_finite() && at >= 0.0 && points.last().is_none_or(|last| at >= last.0) {
            points.push((at, bytes));
        }
    }
    points
}

fn top(panels: &[Panel<'_>], class: &[usize]) -> u64 {
    let peaks = class.iter().map(|index| panels[*index].peak);
    peaks.max().unwrap_or(0)
}

fn figure(panel: &Panel<'_>, scale: &Scale) -> Markup {
    let case = panel.case;
    html! {
        figure.panel data-case=(case.id) {
            figcaption {
                (facts::case_id(case))
                span.peak { (facts::size(Some(panel.peak))) }
            }
            (plot(panel, scale))
            @if !case.steps.is_empty() {
                ol.steps {
                    @for step in &case.steps {
                        li { bdi { (step.name) } " " span.num { (format_seconds(step.seconds)) } }
                    }
                }
            }
        }
    }
}

/// What the panels of a group have in common.
struct Scale {
    /// Which group.
    index: usize,
    top: u64,
    bytes: Linear,
}

impl Scale {
    fn up_to(index: usize, top: u64) -> Self {
        let bytes = Linear::with_room(top, HEADROOM);
        Self { index, top, bytes }
    }

    fn y(&self, bytes: u64) -> f64 {
        HEIGHT * (1.0 - self.bytes.place(bytes))
    }

    /// The lines behind a curve and the figures on it, said once for all panels.
    fn lines(&self, data: u64) -> Markup {
        let unit = Unit::for_largest(self.top);
        let mut ticks = self.bytes.ticks(3, unit.bytes());
        ticks.retain(|tick| *tick > 0);
        html! {
            svg.patterns width="0" height="0" aria-hidden="true" {
                defs {
                    g id={ "time-lines-" (self.index) } {
                        @for tick in &ticks {
                            line.grid x1="0" x2="100%" y1=(pixels(self.y(*tick))) y2=(pixels(self.y(*tick))) {}
                        }
                        @if data > 0 && data <= self.top && data >= self.top / 40 {
                            line.data-size x1="0" x2="100%" y1=(pixels(self.y(data))) y2=(pixels(self.y(data))) {}
                        }
                    }
                    g id={ "time-ticks-" (self.index) } {
                        @for tick in &ticks {
                            text.tick x="2" y=(pixels(self.y(*tick) - 3.0)) { (tick_label(unit, *tick)) }
                        }
                        line.axis x1="0" x2="100%" y1=(HEIGHT) y2=(HEIGHT) {}
                    }
                }
            }
        }
    }
}

fn pixels(y: f64) -> String {
    format!("{y:.1}")
}

fn plot(panel: &Panel<'_>, scale: &Scale) -> Markup {
    let x = |seconds: f64| {
        if panel.duration > 0.0 {
            seconds / panel.duration
        } else {
            0.0
        }
    };
    let y = |bytes: u64| scale.y(bytes);
    let peak_place = x(panel.peak_at);
    let line = path(&panel.points, |seconds| x(seconds) * 1000.0, y);
    html! {
        svg role="img" width="100%" height=(HEIGHT + 16.0) data-seconds=(panel.duration) data-top=(figures::float(scale.top) * HEADROOM) {
            title { "Live heap of " (panel.case.id) " over time" }
            desc {
                "Peak of " (format_bytes(panel.peak)) " after " (format_seconds(panel.peak_at))
                " of " (format_seconds(panel.duration)) "."
                @for step in &panel.case.steps {
                    " " (step.name) " takes " (format_seconds(step.seconds))
                    @if let Some(bytes) = step.peak_bytes { ", peak " (format_bytes(bytes)) } "."
                }
            }
            @for (index, step) in panel.case.steps.iter().enumerate() {
                @let from = x(step.start_seconds.max(0.0)).min(1.0);
                @let to = x((step.start_seconds + step.seconds).max(0.0)).min(1.0);
                rect class=(if index % 2 == 0 { "step even" } else { "step odd" })
                    x=(percent(from)) y="0" width=(percent(to - from)) height=(HEIGHT) {}
                @if to - from > 0.06 {
                    text.step-number x=(percent((from + to) / 2.0)) y="12" text-anchor="middle" { (index + 1) }
                }
            }
            use href={ "#time-lines-" (scale.index) } {}
            svg.stretch x="0" y="0" width="100%" height=(HEIGHT) viewBox={ "0 0 1000 " (HEIGHT) } preserveAspectRatio="none" {
                path.curve.filled d=(line) vector-effect="non-scaling-stroke" {}
            }
            use href={ "#time-ticks-" (scale.index) } {}
            circle.peak-dot cx=(percent(peak_place)) cy=(pixels(y(panel.peak))) r="4" {}
            text.tick.edge x="0" y=(HEIGHT + 13.0) { "0" }
            text.tick.edge x="100%" y=(HEIGHT + 13.0) text-anchor="end" { (format_seconds(panel.duration)) }
        }
    }
}

/// Steps from point to point: the allocator notes a point when live bytes have
/// moved, so until the next one nothing much happened. From the axis and back
/// to it, so that one path is both line and area: paths are most of a page.
fn path(points: &[(f64, u64)], x: impl Fn(f64) -> f64, y: impl Fn(u64) -> f64) -> String {
    use std::fmt::Write as _;
    let mut path = String::with_capacity(points.len() * 11);
    for (index, (seconds, bytes)) in points.iter().enumerate() {
        let (x, y) = (x(*seconds), y(*bytes));
        let _ = match index {
            0 => write!(path, "M{x:.0} {HEIGHT}V{y:.1}"),
            _ => write!(path, "H{x:.0}V{y:.1}"),
        };
    }
    let _ = write!(path, "V{HEIGHT}");
    path
}

fn table(panels: &[Panel<'_>]) -> Markup {
    let unit = Unit::for_largest(panels.iter().map(|panel| panel.peak).max().unwrap_or(0));
    html! {
        table {
            thead {
                tr {
                    th scope="col" { "Case" }
                    th.num scope="col" { "At first " small { (unit.name()) } }
                    th.num scope="col" { "Peak " small { (unit.name()) } }
                    th.num scope="col" { "Peak after" }
                    th.num scope="col" { "At the end " small { (unit.name()) } }
                    th.num scope="col" { "Whole time" }
                    th scope="col" { "Peak in step" }
                }
            }
            tbody {
                @for panel in panels {
                    tr {
                        th scope="row" { (facts::case_id(panel.case)) }
                        (facts::size_cell(unit, panel.points.first().map(|point| point.1)))
                        (facts::size_cell(unit, Some(panel.peak)))
                        td.num { (format_seconds(panel.peak_at)) }
                        (facts::size_cell(unit, panel.points.last().map(|point| point.1)))
                        td.num { (format_seconds(panel.duration)) }
                        td { @if let Some(step) = figures::peak_step(panel.case) { bdi { (step.name) } } @else { "–" } }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_times_are_left_out() {
        let timeline = Timeline {
            seconds: vec![0.0, f64::NAN, 2.0, 1.0, -3.0, 3.0],
            live_bytes: vec![1, 2, 3, 4, 5, 6, 7],
        };
        assert_eq!(in_order(&timeline), [(0.0, 1), (2.0, 3), (3.0, 6)]);
    }
}
