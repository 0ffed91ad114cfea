//! The page of what some data takes in Python: which part, in which version, and
//! what to change. Like the page of a run, one file with nothing from elsewhere, and
//! complete without a script.

mod icicle;
mod peaks;
mod tables;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use plainfigures::{format_bytes, shorten, visible};

use super::html::{patterns, policy, scrolling};

const STYLE: &str = concat!(
    include_str!("../html/style.css"),
    include_str!("sizeof.css")
);

/// Everything that the page shows. Sizes are bytes.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// What was sized, such as the name of a file.
    pub name: String,
    /// The version of picklebench.
    pub picklebench: String,
    /// What was counted, in a few words.
    pub counted: String,
    /// Figures of each version, the oldest first.
    pub versions: Vec<Version>,
    /// The place among them of the one that the tree is of.
    pub shown: usize,
    /// The tree of parts.
    pub tree: Block,
    /// What the tree does not hold: its bytes, and what it is.
    pub elsewhere: (u64, String),
    /// Types, the largest first: name, objects, bytes.
    pub types: Vec<(String, u64, u64)>,
    /// Other forms: what, bytes, what is assumed.
    pub forms: Vec<(String, u64, String)>,
    /// What would take less.
    pub advice: Vec<String>,
    /// Whether it fits, a sentence for each version, if that was asked.
    pub fits: Vec<String>,
    /// What limits the figures.
    pub warnings: Vec<String>,
}

/// Figures of one version of Python. Absent where there is none.
#[derive(Debug, Clone, Default)]
pub struct Version {
    /// The version.
    pub name: String,
    /// Bytes of all objects.
    pub total: u64,
    /// Bytes that a process has grown by once it loaded the data.
    pub kept: Option<u64>,
    /// The same at the most, while it loads.
    pub load_peak: Option<u64>,
    /// Bytes that it grows by further when it dumps the data.
    pub dump_extra: Option<u64>,
}

/// A part of the data, with its own parts, the largest first.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// Where it is.
    pub path: String,
    /// The last step of that.
    pub step: String,
    /// What it is, in a few words.
    pub what: String,
    /// Bytes of it and all below.
    pub bytes: u64,
    /// What is below.
    pub parts: Vec<Block>,
}

/// The page. The same figures give the same bytes.
#[must_use]
pub fn render(page: &Page) -> String {
    let sections = [
        section("parts", "Which part", icicle::body(page)),
        section("peaks", "In a process", peaks::body(page)),
        section("types", "Types", tables::types(page)),
        section("forms", "In other forms", tables::forms(page)),
    ];
    let sections: Vec<_> = sections.into_iter().flatten().collect();
    let name = visible(&shorten(&page.name, 80));
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy(STYLE, ""));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content={ "picklebench " (page.picklebench) };
                title { "picklebench: what " (name) " takes in Python" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (patterns())
                a.skip href="#main" { "Skip to the figures" }
                (header(page, &name))
                nav aria-label="Contents" {
                    ul { @for section in &sections { li { a href={ "#" (section.anchor) } { (section.title) } } } }
                }
                main #main {
                    @for section in &sections {
                        section id=(section.anchor) aria-labelledby={ (section.anchor) "-title" } {
                            h2 id={ (section.anchor) "-title" } { (section.title) }
                            (section.body)
                        }
                    }
                }
                footer {
                    p { "Made by picklebench " bdi { (page.picklebench) } ": " code { "picklebench sizeof --html" } ". Nothing in the file was run." }
                }
            }
        }
    };
    plainfigures::visible_lines(&markup.into_string())
}

struct Section {
    anchor: &'static str,
    title: &'static str,
    body: Markup,
}

/// A section, unless there is nothing to show.
fn section(anchor: &'static str, title: &'static str, body: Option<Markup>) -> Option<Section> {
    body.map(|body| Section {
        anchor,
        title,
        body,
    })
}

fn header(page: &Page, name: &str) -> Markup {
    let shown = page.versions.get(page.shown);
    // Many items that are alike have no name.
    let largest = page.tree.parts.first();
    let largest = largest.filter(|part| !part.path.ends_with("…]"));
    html! {
        header {
            p.overline { strong { "picklebench" } span { "sizeof" } span { (page.counted) } }
            h1 {
                bdi { (name) } " takes "
                @if let Some(shown) = shown { (format_bytes(shown.total)) " in Python " (shown.name) }
                @if let Some(largest) = largest {
                    ", " (share(largest.bytes, page.tree.bytes)) " of it in " bdi { (visible(&shorten(&largest.path, 60))) }
                }
                "."
            }
            div.tiles {
                @for version in &page.versions {
                    div {
                        dl {
                            dt { "Python " (version.name) }
                            dd {
                                span.answer { (format_bytes(version.total)) }
                                @match version.load_peak {
                                    Some(peak) => { "load peak " (format_bytes(peak)) },
                                    None if page.versions.iter().any(|it| it.load_peak.is_some()) => { "cannot read it" },
                                    None => {},
                                }
                            }
                        }
                    }
                }
            }
            div.findings {
                @if !page.warnings.is_empty() {
                    ul.warnings aria-label="Warnings" { @for warning in &page.warnings { li { (visible(warning)) } } }
                }
                @if !page.fits.is_empty() {
                    ul.remarks aria-label="Whether it fits" { @for line in &page.fits { li { (visible(line)) } } }
                }
                @if !page.advice.is_empty() {
                    div {
                        h2.small { "What would take less" }
                        ul.remarks aria-label="What would take less" { @for line in &page.advice { li { (visible(line)) } } }
                    }
                }
            }
        }
    }
}

/// A part of a whole, in percent.
fn share(part: u64, whole: u64) -> String {
    let percent = 100.0 * super::figures::float(part) / super::figures::float(whole.max(1));
    if percent >= 10.0 {
        format!("{percent:.0} %")
    } else {
        format!("{percent:.1} %")
    }
}

/// A table with a name, which may be wider than the window.
fn table(name: &str, table: &Markup) -> Markup {
    scrolling(name, table)
}
