//! The headline figures over time, one small chart each.

use std::collections::BTreeSet;

use maud::{Markup, html};

use crate::report::chart::{Linear, percent};
use crate::report::figures;
use crate::report::figures::float;
use crate::results::Dataset;
use crate::results::published::Published;
use plainfigures::{format_bytes, visible};

use super::headline::{Figure, HEADLINES, Headline};
use super::{date, machine, machines, when};

/// Height of a chart, in CSS pixels.
const HEIGHT: f64 = 96.0;
/// Shapes that tell machines apart without colour; then they begin again.
const SHAPES: usize = 4;

/// A run on a chart.
struct Mark<'a> {
    it: &'a Published,
    /// From 0 to 1: equal steps from run to run, in order of time.
    x: f64,
    figure: Figure,
}

pub(super) fn section(runs: &[Published]) -> Markup {
    let machines = machines(runs);
    let groups = groups(runs);
    html! {
        section #trends aria-labelledby="trends-title" {
            h2 #trends-title { "Over time" }
            @if groups.is_empty() {
                p.lede { "A second run over the same records begins a line here." }
            } @else {
                p.lede { "Each mark is a run, oldest on the left, in equal steps. All axes begin at 0. Beside the newest figure: what became of it since the run before on the same machine." }
            }
            @if !groups.is_empty() { ul.legend {
                @for (index, name) in machines.iter().enumerate() {
                    li data-machine=(name) {
                        svg width="12" height="12" aria-hidden="true" { svg x="6" y="6" { (shape(index)) } }
                        bdi { (name) }
                    }
                }
            } }
            @for group in &groups {
                div.group {
                    h3 { (title(&group[0].run.dataset)) }
                    div.panels {
                        @for headline in &HEADLINES { (chart(headline, group, &machines)) }
                    }
                }
            }
            @if !groups.is_empty() { p.note {
                strong { "Where this misleads. " }
                "A figure is over the cases that all runs of its line have. Heap figures carry over between machines, high-water and time do not. The numbers behind the marks are in the table above; "
                code { "picklebench compare" } " tells what changed between two runs, case by case."
            } }
        }
    }
}

/// Runs over the same records, oldest first; the largest group first. A single
/// run makes no trend, and those of Python alone none with the others.
fn groups(runs: &[Published]) -> Vec<Vec<Published>> {
    let mut groups: Vec<Vec<&Published>> = Vec::new();
    for it in runs.iter().rev() {
        let like = |group: &&mut Vec<&Published>| {
            let (a, b) = (&group[0].run.dataset, &it.run.dataset);
            (&a.name, a.records, &a.digest) == (&b.name, b.records, &b.digest)
                && figures::has_peaks(&group[0].run) == figures::has_peaks(&it.run)
        };
        match groups.iter_mut().find(like) {
            Some(group) => group.push(it),
            None => groups.push(vec![it]),
        }
    }
    groups.retain(|group| group.len() > 1);
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    groups.iter().map(|group| in_common(group)).collect()
}

/// The runs with those of their cases that all of them have: more cases are no change.
fn in_common(group: &[&Published]) -> Vec<Published> {
    let ids = |it: &Published| -> BTreeSet<String> {
        it.run.cases.iter().map(|case| case.id.clone()).collect()
    };
    let sets = group.iter().map(|it| ids(it));
    let common = sets.reduce(|all, next| &all & &next).unwrap_or_default();
    let narrowed = group.iter().map(|it| {
        let mut it = (*it).clone();
        it.run.cases.retain(|case| common.contains(&case.id));
        it
    });
    narrowed.collect()
}

fn title(dataset: &Dataset) -> Markup {
    html! { bdi { (visible(&figures::dataset(dataset))) } }
}

fn chart(headline: &Headline, group: &[Published], machines: &[String]) -> Markup {
    let steps = group.len() - 1;
    let marks: Vec<Mark<'_>> = group
        .iter()
        .enumerate()
        .filter_map(|(index, it)| {
            Some(Mark {
                it,
                x: 0.02 + 0.96 * index as f64 / steps as f64,
                figure: headline.of(&it.run)?,
            })
        })
        .collect();
    let Some(newest) = marks.last() else {
        return html! {};
    };
    let largest = marks.iter().map(|mark| mark.figure.length()).max();
    // Room above, so that a line that rises is seen to rise.
    let scale = Linear::with_room(largest.unwrap_or(0), 1.25);
    let y = |mark: &Mark<'_>| HEIGHT * (1.0 - scale.place(mark.figure.length()));
    let pixels = |y: f64| format!("{y:.1}");
    let (first, last) = (&group[0].run, &group[group.len() - 1].run);
    html! {
        figure.panel {
            figcaption {
                span { (headline.title) ", " span.meaning { (headline.of) } }
                span.peak { (headline.text(newest.figure)) span.meaning { (since(&marks, newest)) } }
            }
            svg role="img" width="100%" height=(HEIGHT + 20.0) {
                title { (headline.title) ", " (headline.of) ", over time" }
                desc {
                    (marks.len()) " runs. "
                    @for mark in &marks { (when(&mark.it.run)) ": " (headline.text(mark.figure)) "; " }
                }
                line.axis x1="0" x2="100%" y1=(HEIGHT) y2=(HEIGHT) {}
                @for (index, name) in machines.iter().enumerate() {
                    @let own: Vec<&Mark<'_>> = marks.iter().filter(|mark| machine(&mark.it.run.environment) == *name).collect();
                    g class={ "series s" (index % SHAPES) } data-machine=(name) {
                        @for pair in own.windows(2) {
                            line x1=(percent(pair[0].x)) x2=(percent(pair[1].x)) y1=(pixels(y(pair[0]))) y2=(pixels(y(pair[1]))) {}
                        }
                        @for mark in &own {
                            svg x=(percent(mark.x)) y=(pixels(y(mark))) {
                                title { (when(&mark.it.run)) ": " (headline.text(mark.figure)) }
                                (shape(index))
                            }
                        }
                    }
                }
                text.tick x="0" y=(HEIGHT + 15.0) { (date(first)) }
                text.tick x="100%" y=(HEIGHT + 15.0) text-anchor="end" { (date(last)) }
            }
        }
    }
}

/// How the newest figure differs from that of the run before on the same
/// machine.
fn since(marks: &[Mark<'_>], newest: &Mark<'_>) -> String {
    let same =
        |mark: &&Mark<'_>| machine(&mark.it.run.environment) == machine(&newest.it.run.environment);
    let Some(before) = marks.iter().rev().filter(same).nth(1) else {
        return String::new();
    };
    let (was, is) = (before.figure.length(), newest.figure.length());
    if was == is {
        return " (as before)".to_owned();
    }
    let percent = (float(is) / float(was.max(1)) - 1.0) * 100.0;
    let sign = if percent < 0.0 { "−" } else { "+" };
    match (percent.abs(), newest.figure) {
        (size, _) if size >= 0.05 => format!(" ({sign}{size:.1} %)"),
        // Exact, so even a byte is a difference.
        (_, Figure::Bytes(_)) => format!(" ({sign}{})", format_bytes(is.abs_diff(was))),
        (_, Figure::Seconds(_)) => " (as before)".to_owned(),
    }
}

/// A machine's mark, around the origin.
fn shape(machine: usize) -> Markup {
    let class = format!("mark s{}", machine % SHAPES);
    html! {
        @match machine % SHAPES {
            0 => circle class=(class) r="4" {},
            1 => rect class=(class) x="-3.5" y="-3.5" width="7" height="7" {},
            2 => polygon class=(class) points="0,-4.5 4.5,3.5 -4.5,3.5" {},
            _ => polygon class=(class) points="0,-5 5,0 0,5 -5,0" {},
        }
    }
}
