//! Memory over the time of one profile, with its steps as bands.
//!
//! Rust's meter has written every change down. Of Python, what is known is
//! memory before and after each step and the high-water mark within it: a line
//! from end to end, and a dashed cap as high as the step went.

use std::fmt::Write as _;

use maud::{Markup, html};

use crate::report::chart::{Linear, percent, tick_label};
use crate::results::{FunctionProfile, ProfileStep, Timeline};
use plainfigures::{Unit, format_bytes, format_seconds};

/// Height of the plot, in CSS pixels.
const HEIGHT: f64 = 96.0;
/// Points of a curve, at most: a plot of this width shows no more.
const POINTS: usize = 160;

/// The most bytes that any step of a profile reached.
pub(super) fn peak(profile: &FunctionProfile) -> u64 {
    let peaks = profile.steps.iter().filter_map(|step| profile.peak(step));
    peaks.max().unwrap_or(0)
}

/// The plot, on a scale that ends at `top` bytes.
pub(super) fn plot(profile: &FunctionProfile, top: u64) -> Markup {
    let duration = profile
        .steps
        .iter()
        .map(end)
        .fold(0.0, f64::max)
        .max(f64::MIN_POSITIVE);
    let x = |seconds: f64| (seconds / duration).clamp(0.0, 1.0);
    let scale = Linear::with_room(top, 1.2);
    let y = |bytes: u64| HEIGHT * (1.0 - scale.place(bytes.min(top)));
    let pixels = |y: f64| format!("{y:.1}");
    let unit = Unit::for_largest(top);
    html! {
        svg.profile-curve role="img" width="100%" height=(HEIGHT + 16.0) {
            title { "Memory over time: " (profile.function) ", " (profile.variant) ", " (super::person(&profile.by)) }
            desc {
                @for step in &profile.steps {
                    (step.name) ": " (format_seconds(step.seconds))
                    @if let Some(bytes) = profile.peak(step) { ", peak " (format_bytes(bytes)) }
                    @if let Some(bytes) = profile.after(step) { ", then " (format_bytes(bytes)) } ". "
                }
            }
            @for (index, step) in profile.steps.iter().enumerate() {
                @let (from, to) = (x(step.start_seconds), x(end(step)));
                rect class=(if index % 2 == 0 { "step even" } else { "step odd" })
                    x=(percent(from)) y="0" width=(percent((to - from).max(0.0))) height=(HEIGHT) {}
                @if to - from > 0.05 {
                    text.step-number x=(percent((from + to) / 2.0)) y="12" text-anchor="middle" { (index + 1) }
                }
            }
            @for tick in scale.ticks(3, unit.bytes()) {
                line.grid x1="0" x2="100%" y1=(pixels(y(tick))) y2=(pixels(y(tick))) {}
                @if tick > 0 {
                    text.tick x="2" y=(pixels(y(tick) - 3.0)) { (tick_label(unit, tick)) }
                }
            }
            @match &profile.timeline {
                Some(timeline) => (recorded(timeline, |seconds| x(seconds) * 1000.0, y)),
                None => (ends(profile, |seconds| x(seconds) * 1000.0, y)),
            }
            line.axis x1="0" x2="100%" y1=(HEIGHT) y2=(HEIGHT) {}
            text.tick x="0" y=(HEIGHT + 13.0) { "0" }
            text.tick x="100%" y=(HEIGHT + 13.0) text-anchor="end" { (format_seconds(duration)) }
        }
    }
}

fn end(step: &ProfileStep) -> f64 {
    step.start_seconds.max(0.0) + step.seconds.max(0.0)
}

/// A curve that the allocator wrote.
fn recorded(timeline: &Timeline, x: impl Fn(f64) -> f64, y: impl Fn(u64) -> f64) -> Markup {
    let points: Vec<(f64, u64)> = timeline
        .seconds
        .iter()
        .copied()
        .zip(timeline.live_bytes.iter().copied())
        .collect();
    let few = Timeline::thinned(&points, POINTS);
    let mut line = String::new();
    let mut last = 0.0;
    for (at, (seconds, bytes)) in few.seconds.iter().zip(&few.live_bytes).enumerate() {
        last = x(*seconds);
        let _ = match at {
            0 => write!(line, "M{last:.0} {:.1}", y(*bytes)),
            _ => write!(line, "H{last:.0}V{:.1}", y(*bytes)),
        };
    }
    stretched(&html! {
        @if !line.is_empty() {
            path.area d={ (line) "L" (format!("{last:.0}")) " " (HEIGHT) "L0 " (HEIGHT) "Z" } {}
            path.curve d=(line) vector-effect="non-scaling-stroke" {}
        }
    })
}

/// The curve of a profile of which only the ends of each step are known, and
/// how high it went between them.
fn ends(profile: &FunctionProfile, x: impl Fn(f64) -> f64, y: impl Fn(u64) -> f64) -> Markup {
    let mut line = String::new();
    let mut caps = String::new();
    for step in &profile.steps {
        let (Some(before), Some(after)) = (profile.before(step), profile.after(step)) else {
            continue;
        };
        let (from, to) = (x(step.start_seconds), x(end(step)));
        let word = if line.is_empty() { 'M' } else { 'L' };
        let _ = write!(
            line,
            "{word}{from:.0} {:.1}L{to:.0} {:.1}",
            y(before),
            y(after)
        );
        if let Some(peak) = profile.peak(step)
            && peak > before.max(after)
        {
            let _ = write!(caps, "M{from:.0} {:.1}H{to:.0}", y(peak));
        }
    }
    stretched(&html! {
        @if !line.is_empty() { path.curve.between d=(line) vector-effect="non-scaling-stroke" {} }
        @if !caps.is_empty() { path.cap d=(caps) vector-effect="non-scaling-stroke" {} }
    })
}

fn stretched(paths: &Markup) -> Markup {
    html! {
        svg x="0" y="0" width="100%" height=(HEIGHT) viewBox={ "0 0 1000 " (HEIGHT) } preserveAspectRatio="none" { (paths) }
    }
}
