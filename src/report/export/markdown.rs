//! A table for a pull request, an issue or a wiki.

use std::fmt::Write as _;

use crate::report::figures::{self, visible};
use crate::report::findings::{Kind, findings};
use crate::results::Run;
use plainfigures::{
    ABSENT, format_bytes, format_ratio, format_seconds, format_signed_bytes, thousands,
};

use super::Exporter;

/// The exporter of a table in GitHub's Markdown.
#[derive(Debug, Clone, Copy)]
pub struct Markdown;

impl Exporter for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn render(&self, run: &Run) -> String {
        let mut out = String::new();
        let said = findings(run);
        for finding in said.iter().filter(|finding| finding.kind == Kind::Headline) {
            let _ = writeln!(out, "**{}**\n", text(&finding.text));
        }
        if run.cases.iter().any(figures::is_ok) {
            table(&mut out, run);
        }
        let without: Vec<_> = run.cases.iter().filter(|case| !case.is_ok()).collect();
        if !without.is_empty() {
            out.push_str("Without figures:\n\n");
        }
        for case in &without {
            let status = figures::status_name(case.status);
            let reason = text(figures::reason(case));
            let _ = writeln!(out, "- {}: {status}: {reason}", code(&case.id));
        }
        if !without.is_empty() {
            out.push('\n');
        }
        for finding in said.iter().filter(|finding| finding.kind == Kind::Warning) {
            let _ = writeln!(out, "> ⚠ {}\n", text(&finding.text));
        }
        let environment = &run.environment;
        let _ = write!(
            out,
            "<sub>{} {}, seed {}",
            thousands(run.dataset.records),
            text(&run.dataset.name),
            run.dataset.seed
        );
        let about = [
            Some(environment.started.as_str()),
            environment.cpu.as_deref(),
            Some(environment.allocator.as_str()),
            environment.commit.as_deref(),
        ];
        for part in about.into_iter().flatten().filter(|part| !part.is_empty()) {
            let _ = write!(out, "; {}", text(part));
        }
        out.push_str("</sub>\n");
        out
    }
}

fn table(out: &mut String, run: &Run) {
    out.push_str(
        "| case | peak heap | extra | × data | high-water | allocations | time | file |\n\
         |:--|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for case in run.cases.iter().filter(|case| case.is_ok()) {
        let heap = case.heap.as_ref();
        let cells = [
            figures::peak(case).map(format_bytes),
            heap.map(|heap| format_signed_bytes(heap.extra_bytes)),
            figures::times_data(run, case).map(format_ratio),
            figures::high_water(case).map(format_bytes),
            heap.map(|heap| thousands(heap.allocations)),
            figures::seconds(case).map(format_seconds),
            case.file_bytes.map(format_bytes),
        ];
        let cells = cells.map(|cell| cell.unwrap_or_else(|| ABSENT.to_string()));
        let _ = writeln!(out, "| {} | {} |", code(&case.id), cells.join(" | "));
    }
    out.push('\n');
}

/// A name as code, whatever is in it.
pub(crate) fn code(name: &str) -> String {
    let plain = |char: char| char.is_ascii_alphanumeric() || "/-_. ".contains(char);
    if !name.is_empty() && name.trim() == name && name.chars().all(plain) {
        format!("`{name}`")
    } else {
        format!("<code>{}</code>", text(name))
    }
}

/// Running text in which nothing is markup: no link, no mention, no cell, no
/// element. Characters that reorder a line or drive a terminal are shown as �.
pub(crate) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in visible(text).chars() {
        match char {
            // A character reference is never markup.
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&'
            | '!' | '$' => {
                let _ = write!(out, "&#{};", u32::from(char));
            }
            // GitHub looks for mentions after it has resolved references, so
            // the name is parted from its sign.
            '@' => out.push_str("@\u{200b}"),
            _ => out.push(char),
        }
    }
    // An address becomes a link by itself.
    out.replace("://", "&#58;//").replace("www.", "www&#46;")
}

#[cfg(test)]
mod tests {
    use super::{code, text};

    #[test]
    fn nothing_is_markup() {
        assert_eq!(code("read/serde-pickle/own-3"), "`read/serde-pickle/own-3`");
        assert_eq!(code("a|b"), "<code>a&#124;b</code>");
        assert_eq!(code("a`b"), "<code>a&#96;b</code>");
        assert_eq!(code(""), "<code></code>");
        assert_eq!(text("<script>"), "&#60;script&#62;");
        assert_eq!(text("[x](http://y)"), "&#91;x&#93;(http&#58;//y)");
        assert_eq!(text("@all"), "@\u{200b}all");
        assert_eq!(text("two\nlines"), "two\u{fffd}lines");
    }
}
