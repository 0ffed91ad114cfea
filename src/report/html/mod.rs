//! The page that people send each other: one file, nothing from elsewhere.
//!
//! Each section is a file here, in the order of the page. A section that has
//! nothing to show (no timelines, say) is left out, with its link.
//!
//! The content security policy forbids everything but this page's own style
//! and script, named by their hashes. It also forbids `style` attributes: all
//! geometry is in SVG attributes, all colours are CSS variables.

mod bars;
mod comparison;
mod environment;
mod facts;
mod fit;
mod folded;
mod method;
mod places;
mod python;
mod raw;
mod retained;
mod scaling;
mod scatter;
mod shapes;
mod summary;
mod table;
mod throughput;
mod timelines;
mod tutorial;

use std::iter;

use base64::Engine as _;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use crate::compare::Comparison;
use crate::report::family::Family;
use crate::report::figures;
use crate::results::Run;

use super::findings::findings;

pub(super) use facts::bar_axis;

const STYLE: &str = concat!(
    include_str!("style.css"),
    include_str!("tutorial/style.css")
);
const SCRIPT: &str = concat!(
    include_str!("address.js"),
    include_str!("script.js"),
    include_str!("charts.js")
);

/// A section of the page.
struct Section {
    /// The anchor that links and the table of contents use.
    anchor: &'static str,
    /// The heading.
    title: &'static str,
    /// What is below the heading.
    body: Markup,
}

/// The run as a self-contained page. The same run gives the same bytes.
#[must_use]
pub fn render(run: &Run) -> String {
    page(run, None, &[])
}

/// The page of a run, with a table of what each format takes for the records of
/// other runs too: runs of other datasets, in the order of the table’s columns.
/// The same runs give the same bytes.
#[must_use]
pub fn render_with_shapes(run: &Run, others: &[Run]) -> String {
    page(run, None, others)
}

/// The page of a run that was compared with another: the same, with the
/// comparison first. The same two runs give the same bytes.
#[must_use]
pub fn render_comparison(run: &Run, comparison: &Comparison) -> String {
    page(run, Some(comparison), &[])
}

fn page(run: &Run, comparison: Option<&Comparison>, others: &[Run]) -> String {
    let shapes: Vec<&Run> = iter::once(run).chain(others).collect();
    let findings = findings(run);
    let sections: Vec<Section> = [
        comparison.map(comparison::section),
        shapes::section(&shapes),
        places::section(&shapes),
        tutorial::section(run),
        bars::section(run),
        python::section(run),
        timelines::section(run),
        scatter::section(run),
        scaling::section(run),
        fit::section(run),
        retained::section(run),
        throughput::section(run),
        table::section(run),
        tutorial::lines(run),
        method::section(run),
        environment::section(run),
        raw::section(run),
    ]
    .into_iter()
    .flatten()
    .collect();
    let title = format!(
        "picklebench: {}, {} cases",
        figures::named_records(&run.dataset),
        run.cases.len()
    );
    let families = Family::ALL.map(Family::name).join(" ");
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy(STYLE, SCRIPT));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content={ "picklebench " (run.environment.picklebench) };
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (patterns())
                a.skip href="#main" { "Skip to the figures" }
                (summary::header(run, &findings))
                nav aria-label="Contents" {
                    ul {
                        @for section in &sections {
                            li { a href={ "#" (section.anchor) } { (section.title) } }
                        }
                    }
                }
                main #main data-families=(families) {
                    @for section in &sections {
                        section id=(section.anchor) aria-labelledby={ (section.anchor) "-title" } {
                            h2 id={ (section.anchor) "-title" } { (section.title) }
                            (section.body)
                        }
                    }
                }
                footer {
                    p {
                        "Made by picklebench " bdi { (run.environment.picklebench) }
                        " from " code { "run.json" } " of the same folder."
                    }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    plainfigures::visible_lines(&page.into_string())
}

/// The content security policy of a page with this style and this script.
pub(super) fn policy(style: &str, script: &str) -> String {
    format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        source_hash(style),
        source_hash(script)
    )
}

/// A script or style as a content security policy names it.
fn source_hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    format!(
        "sha256-{}",
        base64::engine::general_purpose::STANDARD.encode(digest)
    )
}

/// Fillings that tell parts of a bar apart without colour.
pub(super) fn patterns() -> Markup {
    html! {
        svg.patterns width="0" height="0" aria-hidden="true" {
            defs {
                pattern #hatch width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect.hatch-ground width="6" height="6" {}
                    rect.hatch-line width="2" height="6" {}
                }
            }
        }
    }
}

/// A chart's numbers, folded away below it.
fn numbers(summary: &str, table: &Markup) -> Markup {
    html! {
        details.numbers {
            summary { (summary) }
            (scrolling(summary, table))
        }
    }
}

/// Of more cases than these, a chart's numbers that the run has as well are left
/// to it: a page that fits a mail.
const MANY: usize = 100;

/// A chart's numbers, a row for each case, folded away below it.
fn numbers_of_cases(run: &Run, summary: &str, table: &Markup) -> Markup {
    html! {
        @if run.cases.len() > MANY {
            p.note { (summary) ", of so many cases, are in the " a href="#figures" { "table" } " and in " code { "run.json" } "." }
        } @else {
            (numbers(summary, table))
        }
    }
}

/// A table that may be wider than the window and then scrolls by itself. It can
/// have the focus, because without a mouse it could not be moved otherwise, and
/// so it needs a name.
pub(super) fn scrolling(name: &str, table: &Markup) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(name) { (table) }
    }
}
