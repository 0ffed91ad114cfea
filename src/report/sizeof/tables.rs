//! Types, and other forms of the data.

use maud::{Markup, html};
use plainfigures::{format_bytes, thousands, visible};

use super::{Page, share, table};

/// Rows of a table.
const MOST_ROWS: usize = 40;

pub(super) fn types(page: &Page) -> Option<Markup> {
    if page.types.is_empty() {
        return None;
    }
    let total = page.tree.bytes;
    let more = page.types.len().saturating_sub(MOST_ROWS);
    let rows = html! {
        table {
            thead {
                tr {
                    th scope="col" { "Type" }
                    th.num scope="col" { "Objects" }
                    th.num scope="col" { "Bytes" }
                    th.num scope="col" { "Share" }
                }
            }
            tbody {
                @for (name, count, bytes) in page.types.iter().take(MOST_ROWS) {
                    tr {
                        th scope="row" { bdi { (visible(name)) } }
                        td.num { (thousands(*count)) }
                        td.num data-bytes=(bytes) { (format_bytes(*bytes)) }
                        td.num { (share(*bytes, total)) }
                    }
                }
                @if more > 0 { tr { th scope="row" { (more) " more" } td.num {} td.num {} td.num {} } }
            }
        }
    };
    Some(html! {
        p.lede { "Each object once, without what it refers to." }
        (table("Types", &rows))
    })
}

pub(super) fn forms(page: &Page) -> Option<Markup> {
    if page.forms.is_empty() {
        return None;
    }
    let total = page.tree.bytes;
    let rows = html! {
        table {
            thead {
                tr {
                    th scope="col" { "As" }
                    th.num scope="col" { "Bytes" }
                    th.num scope="col" { "Of today’s" }
                    th scope="col" { "Assumed" }
                }
            }
            tbody {
                @for (what, bytes, assumption) in &page.forms {
                    tr {
                        th scope="row" { (what) }
                        td.num data-bytes=(bytes) { (format_bytes(*bytes)) }
                        td.num { (share(*bytes, total)) }
                        td { (assumption) }
                    }
                }
            }
        }
    };
    Some(html! {
        p.lede { "What the same data would take as something else than Python’s objects: estimates, of the counts that were made on the way." }
        (table("Other forms", &rows))
    })
}
