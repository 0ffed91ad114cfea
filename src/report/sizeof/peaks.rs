//! What a process grows by in each version: two bars, while it loads the data and
//! while it dumps it again.

use maud::{Markup, html};
use plainfigures::{ABSENT, format_bytes};

use super::{Page, Version, table};
use crate::report::chart::{BarAxis, percent};
use crate::report::html::bar_axis;

/// Height of a row: two bars.
const ROW: u32 = 40;

pub(super) fn body(page: &Page) -> Option<Markup> {
    let figures = |it: &Version| Some((it.kept?, it.load_peak?, it.dump_extra?));
    let largest = page.versions.iter().filter_map(|it| {
        let (kept, peak, dump) = figures(it)?;
        Some(peak.max(kept + dump))
    });
    let largest = largest.max()?;
    let axis = BarAxis::over(&[largest], largest);
    Some(html! {
        p.lede {
            "What the resident set of a process grows by that loads the data from a file, and that then dumps it again by the same protocol. "
            "The interpreter itself is not in it."
        }
        ul.legend {
            li { svg width="28" height="14" aria-hidden="true" { rect.base width="28" height="14" {} } "kept, once it is loaded" }
            li { svg width="28" height="14" aria-hidden="true" { rect.extra width="28" height="14" {} } "more at the peak of loading" }
            li { svg width="28" height="14" aria-hidden="true" { rect.dump width="28" height="14" {} } "more while it is dumped" }
        }
        div.bars {
            (bar_axis(axis.scale, &axis.ticks(), |tick| axis.label(tick)))
            ul {
                @for version in &page.versions {
                    @if let Some((kept, peak, dump)) = figures(version) {
                        li.bar-row {
                            span.label { "Python " (version.name) }
                            span.bar { (bars(&version.name, axis, (kept, peak, dump))) }
                            span.value {
                                span.num data-bytes=(peak) { (format_bytes(peak)) }
                                span.multiple { "+ " (format_bytes(dump)) }
                            }
                        }
                    }
                }
            }
        }
        (table("Figures of each version", &numbers(page)))
    })
}

fn bars(name: &str, axis: BarAxis, (kept, peak, dump): (u64, u64, u64)) -> Markup {
    let base = axis.scale.place(kept);
    let load = (axis.scale.place(peak) - base).max(0.0);
    let dumped = (axis.scale.place(kept + dump) - base).max(0.0);
    html! {
        svg role="img" width="100%" height=(ROW) {
            title { "Python " (name) ": load peak " (format_bytes(peak)) }
            desc { (format_bytes(kept)) " of it is kept. Dumping takes " (format_bytes(dump)) " more." }
            @for tick in axis.ticks() {
                @let x = percent(axis.scale.place(tick));
                line.grid x1=(x) x2=(x) y2=(ROW) {}
            }
            rect.base x="0" y="5" height="13" width=(percent(base)) {}
            rect.extra x=(percent(base)) y="5" height="13" width=(percent(load)) {}
            rect.base x="0" y="21" height="13" width=(percent(base)) {}
            rect.dump x=(percent(base)) y="21" height="13" width=(percent(dumped)) {}
        }
    }
}

fn numbers(page: &Page) -> Markup {
    let cell = |bytes: Option<u64>| {
        html! {
            @match bytes {
                Some(bytes) => td.num data-bytes=(bytes) { (format_bytes(bytes)) },
                None => td.num.absent { (ABSENT) },
            }
        }
    };
    html! {
        table {
            thead {
                tr {
                    th scope="col" { "Python" }
                    th.num scope="col" { "Objects" }
                    th.num scope="col" { "Kept" }
                    th.num scope="col" { "Load peak" }
                    th.num scope="col" { "Dump extra" }
                }
            }
            tbody {
                @for version in &page.versions {
                    tr {
                        th scope="row" { (version.name) }
                        (cell(Some(version.total)))
                        (cell(version.kept))
                        (cell(version.load_peak))
                        (cell(version.dump_extra))
                    }
                }
            }
        }
    }
}
