//! The tree as an icicle: a column for each level, in which heights are bytes, so
//! that areas are; and below it the same as a table, for the keyboard and to be heard.

use maud::{Markup, html};
use plainfigures::{format_bytes, shorten, visible};

use super::{Block, Page, share, table};
use crate::report::chart::percent;
use crate::report::figures::float;

/// Height of the picture.
const HEIGHT: f64 = 440.0;

/// Columns of it.
const MOST_LEVELS: usize = 6;

/// Parts that are less high are one.
const LEAST: f64 = 3.0;

/// A part from this height on has its name in it.
const OF_TEXT: f64 = 15.0;

/// Rows of the table.
const MOST_ROWS: usize = 400;

/// A part with its place in the picture.
struct Cell<'p> {
    block: Option<&'p Block>,
    level: usize,
    top: f64,
    height: f64,
    /// Parts that are too small to be drawn, if these are such.
    many: usize,
    bytes: u64,
}

pub(super) fn body(page: &Page) -> Option<Markup> {
    if page.tree.bytes == 0 {
        return None;
    }
    let version = page.versions.get(page.shown).map_or("", |it| &it.name);
    let mut cells = Vec::new();
    place(&page.tree, 0, 0.0, HEIGHT, &mut cells);
    let levels = cells.iter().map(|cell| cell.level + 1).max().unwrap_or(1);
    Some(html! {
        p.lede {
            "Each column is one level of the data, each block a part with all below it: the higher, the more bytes in Python " (version) ". "
            "What has nothing beside it is the block’s own. Objects are counted once, where they occur first."
        }
        div.scroll.icicle tabindex="0" role="region" aria-label="Picture of the parts" {
            svg role="img" width="100%" height=(HEIGHT) {
                title { "Bytes of each part of the data" }
                desc {
                    @for part in page.tree.parts.iter().take(5) { (visible(&part.path)) ": " (format_bytes(part.bytes)) ". " }
                    "The table below has all figures."
                }
                @for cell in &cells { (drawn(cell, levels)) }
            }
        }
        (table("All parts", &rows(page)))
    })
}

/// Places a block, and its parts beside it.
fn place<'p>(block: &'p Block, level: usize, top: f64, height: f64, cells: &mut Vec<Cell<'p>>) {
    cells.push(Cell {
        block: Some(block),
        level,
        top,
        height,
        many: 0,
        bytes: block.bytes,
    });
    if level + 1 >= MOST_LEVELS || block.bytes == 0 {
        return;
    }
    let scale = height / float(block.bytes);
    let mut at = top;
    let mut small = (0, 0);
    for part in &block.parts {
        let height = float(part.bytes) * scale;
        if height < LEAST {
            small = (small.0 + 1, small.1 + part.bytes);
            continue;
        }
        place(part, level + 1, at, height, cells);
        at += height;
    }
    let height = float(small.1) * scale;
    if height >= 1.0 {
        cells.push(Cell {
            block: None,
            level: level + 1,
            top: at,
            height,
            many: small.0,
            bytes: small.1,
        });
    }
}

fn drawn(cell: &Cell<'_>, levels: usize) -> Markup {
    let width = 1.0 / float(levels as u64);
    let name = cell.block.map_or_else(
        || format!("{} smaller parts", cell.many),
        |block| block.step.clone(),
    );
    let title = cell.block.map_or_else(
        || format!("{name}: {}", format_bytes(cell.bytes)),
        |block| {
            format!(
                "{}: {}, {}",
                block.path,
                format_bytes(block.bytes),
                block.what
            )
        },
    );
    let class = if cell.block.is_some() { "part" } else { "rest" };
    html! {
        svg.cell x=(percent(width * float(cell.level as u64))) y=(rounded(cell.top)) width=(percent(width)) height=(rounded(cell.height)) {
            title { (visible(&title)) }
            rect class=(class) width="100%" height="100%" {}
            @if cell.height >= OF_TEXT {
                text x="5" y="12" { (visible(&shorten(&name, 40))) }
                @if cell.height >= 2.0 * OF_TEXT {
                    text.bytes x="5" y="26" { (format_bytes(cell.bytes)) }
                }
            }
        }
    }
}

fn rounded(pixels: f64) -> String {
    format!("{pixels:.1}")
}

fn rows(page: &Page) -> Markup {
    let mut all = Vec::new();
    flatten(&page.tree, 0, &mut all);
    let more = all.len().saturating_sub(MOST_ROWS);
    let (elsewhere, what) = &page.elsewhere;
    html! {
        table.parts {
            thead {
                tr {
                    th scope="col" { "Part" }
                    th.num scope="col" { "Bytes" }
                    th.num scope="col" { "Share" }
                    th scope="col" { "What" }
                }
            }
            tbody {
                @for (block, level) in all.iter().take(MOST_ROWS) {
                    tr {
                        th scope="row" {
                            span class={ "level l" ((*level).min(8)) } { bdi { (visible(&shorten(&block.path, 80))) } }
                        }
                        td.num data-bytes=(block.bytes) { (format_bytes(block.bytes)) }
                        td.num { (share(block.bytes, page.tree.bytes)) }
                        td { (visible(&block.what)) }
                    }
                }
                @if more > 0 { tr { th scope="row" { "…" } td.num {} td.num {} td { (more) " more parts" } } }
                @if *elsewhere > 0 {
                    tr {
                        th scope="row" { "–" }
                        td.num data-bytes=(elsewhere) { (format_bytes(*elsewhere)) }
                        td.num { (share(*elsewhere, page.tree.bytes)) }
                        td { (what) }
                    }
                }
            }
        }
    }
}

fn flatten<'p>(block: &'p Block, level: usize, all: &mut Vec<(&'p Block, usize)>) {
    all.push((block, level));
    for part in &block.parts {
        flatten(part, level + 1, all);
    }
}
