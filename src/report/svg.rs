//! The picture for a README: peak heap by operation and format, on its own.
//!
//! It brings its own background and colours for light and dark, because a
//! picture in a README does not see the page around it.

use maud::{Markup, PreEscaped, html};

use crate::results::{CaseOperation, Run};
use plainfigures::{ABSENT, format_bytes, format_ratio, format_signed_bytes, shorten, visible};

use super::chart::BarAxis;
use super::figures::{self, Merged};
use super::findings::headline;
use super::operation;

const WIDTH: f64 = 880.0;
const LEFT: f64 = 250.0;
const BARS: f64 = 430.0;
const ROW: f64 = 24.0;
const LINE: f64 = 24.0;

const STYLE: &str = "
svg{--paper:#ffffff;--ink:#1d2126;--soft:#5a626c;--grid:#e4e1da;--extra:#0b63a5;--base:#c9c4b8;--stripe:#a49d8d;--data:#8a4b00}
@media(prefers-color-scheme:dark){svg{--paper:#0d1117;--ink:#e8e6e1;--soft:#a0a8b1;--grid:#262b31;--extra:#5aaeea;--base:#565c63;--stripe:#7d858d;--data:#f0a95a}}
text{font:13px system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif;fill:var(--ink)}
.title{font-size:17px;font-weight:650}.group{font-weight:650}.soft{fill:var(--soft)}.small{font-size:11px;fill:var(--soft)}.strong{font-weight:650}
.paper{fill:var(--paper)}.base{fill:url(#stripes)}.ground{fill:var(--base)}.stripe{fill:var(--stripe)}.extra{fill:var(--extra)}
.grid{stroke:var(--grid)}.data{stroke:var(--data);stroke-width:1.5;stroke-dasharray:4 3}
";

/// The run as a stand-alone SVG: the headline, and a bar for each format of
/// each operation. Cases of one format within 2 % of each other share a bar.
#[must_use]
pub fn render(run: &Run) -> String {
    let title = headline(run);
    let title_lines = wrap(&title, 80);
    let groups: Vec<(&CaseOperation, Vec<Merged<'_>>)> = figures::by_operation(run)
        .into_iter()
        .filter(|(operation, _)| matches!(operation, CaseOperation::Known(_)))
        .map(|(operation, cases)| (operation, figures::merge(&cases)))
        .filter(|(_, rows)| !rows.is_empty())
        .collect();
    let peaks: Vec<u64> = groups
        .iter()
        .flat_map(|(_, rows)| rows)
        .filter_map(|row| figures::peak(row.largest))
        .collect();
    let axis = BarAxis::over(&peaks, run.dataset.heap_bytes);
    let top = 22.0 + LINE * count(title_lines.len()) + 34.0;
    let mut y = top;
    let mut body = html! {};
    for (operation, rows) in &groups {
        body = html! { (body) (group(run, operation, rows, axis, y)) };
        y += LINE + ROW * count(rows.len()) + 12.0;
    }
    let height = if groups.is_empty() { top } else { y + 24.0 };
    let data = run.dataset.heap_bytes;
    let picture = html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (WIDTH) " " (height) } width=(WIDTH) height=(height) role="img" aria-labelledby="t d" {
            title #t { (title) }
            desc #d {
                @for (operation, rows) in &groups {
                    (operation::title(operation)) ": "
                    @for (index, row) in rows.iter().enumerate() {
                        @if index > 0 { ", " }
                        (row.label) " " (figures::peak(row.largest).map_or_else(|| ABSENT.to_string(), format_bytes))
                    }
                    ". "
                }
            }
            style { (PreEscaped(STYLE)) }
            defs {
                pattern id="stripes" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect.ground width="6" height="6" {}
                    rect.stripe width="2" height="6" {}
                }
            }
            rect.paper width=(WIDTH) height=(height) rx="8" {}
            @for (index, line) in title_lines.iter().enumerate() {
                text.title x="20" y=(34.0 + LINE * count(index)) { (line) }
            }
            @if !groups.is_empty() {
                (legend(top - 20.0, data))
                @for tick in axis.ticks() {
                    @let x = at(axis.scale.place(tick));
                    text.small x=(x) y=(y + 10.0) text-anchor="middle" { (axis.label(tick)) }
                }
                text.small x=(WIDTH - 20.0) y=(top - 20.0) text-anchor="end" { "× data" }
                (body)
            }
        }
    };
    plainfigures::visible_lines(&picture.into_string())
}

fn legend(y: f64, data: u64) -> Markup {
    html! {
        rect.base x="20" y=(y - 10.0) width="24" height="12" {}
        text.small x="50" y=(y) { "the records themselves" }
        rect.extra x="200" y=(y - 10.0) width="24" height="12" {}
        text.small x="230" y=(y) { "what the format costs on top, at the peak of the heap" }
        @if data > 0 {
            line.data x1="536" x2="560" y1=(y - 4.0) y2=(y - 4.0) {}
            text.small x="566" y=(y) { "the data’s size, " (format_bytes(data)) }
        }
    }
}

fn group(
    run: &Run,
    operation: &CaseOperation,
    rows: &[Merged<'_>],
    axis: BarAxis,
    top: f64,
) -> Markup {
    let bottom = top + LINE + ROW * count(rows.len());
    html! {
        text x="20" y=(top + 15.0) {
            tspan.group { (operation::title(operation)) }
            tspan.soft dx="8" { (operation::meaning(operation)) }
        }
        @for tick in axis.ticks() {
            @let x = at(axis.scale.place(tick));
            line.grid x1=(x) x2=(x) y1=(top + LINE) y2=(bottom) {}
        }
        @for (index, row) in rows.iter().enumerate() {
            (bar(run, row, axis, top + LINE + ROW * count(index)))
        }
        @if run.dataset.heap_bytes > 0 {
            @let x = at(axis.scale.place(run.dataset.heap_bytes));
            line.data x1=(x) x2=(x) y1=(top + LINE) y2=(bottom) {}
        }
    }
}

fn bar(run: &Run, row: &Merged<'_>, axis: BarAxis, top: f64) -> Markup {
    let Some(heap) = &row.largest.heap else {
        return html! {};
    };
    let extra = u64::try_from(heap.extra_bytes)
        .unwrap_or(0)
        .min(heap.peak_bytes);
    let end = axis.end(heap.peak_bytes);
    let base = axis.scale.place(heap.peak_bytes - extra).min(end);
    let width = |place: f64| round(place * BARS);
    let multiple = figures::times_data(run, row.largest).map(format_ratio);
    html! {
        g {
            title {
                (row.label) ": peak heap " (format_bytes(heap.peak_bytes)) ", of which the format costs "
                (format_signed_bytes(heap.extra_bytes))
            }
            text x=(LEFT - 12.0) y=(top + 15.0) text-anchor="end" { (shorten(&visible(&row.label), 28)) }
            rect.base x=(LEFT) y=(top + 4.0) height="14" width=(width(base)) {}
            rect.extra x=(at(base)) y=(top + 4.0) height="14" width=(width(end - base).max(if heap.peak_bytes > 0 && end < 0.005 { 2.0 } else { 0.0 })) {}
            @if axis.breaks(heap.peak_bytes) {
                @let x = at(end - 0.06);
                polygon.paper points={
                    (round(x + 4.0)) "," (top + 3.0) " " (round(x + 9.0)) "," (top + 3.0) " "
                    (round(x + 5.0)) "," (top + 19.0) " " (x) "," (top + 19.0)
                } {}
            }
            text.strong x=(LEFT + BARS + 100.0) y=(top + 15.0) text-anchor="end" { (format_bytes(heap.peak_bytes)) }
            @if let Some(multiple) = multiple {
                text.soft x=(WIDTH - 20.0) y=(top + 15.0) text-anchor="end" { (multiple) }
            }
        }
    }
}

fn at(place: f64) -> f64 {
    round(LEFT + place.clamp(0.0, 1.0) * BARS)
}

fn round(pixels: f64) -> f64 {
    (pixels * 10.0).round() / 10.0
}

fn count(items: usize) -> f64 {
    figures::float(items as u64)
}

/// SVG does not wrap text by itself.
fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let word = shorten(word, columns);
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= columns => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}
