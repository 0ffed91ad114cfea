//! A table for a pull request, an issue or a wiki.

use std::fmt::Write as _;

use crate::report::figures;
use crate::report::findings::{Kind, findings};
use crate::report::markup::{code, text};
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
        let _ = write!(out, "<sub>{}", text(&figures::dataset(&run.dataset)));
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
    // Most runs of before it was measured, and most that read no list, have none.
    let slack = run.cases.iter().any(|case| figures::slack(case).is_some());
    let mut titles = vec!["case", "peak heap", "extra"];
    if slack {
        titles.extend(["slack", "without slack"]);
    }
    titles.extend(["× data", "high-water", "allocations", "time", "file"]);
    let _ = writeln!(out, "| {} |", titles.join(" | "));
    let _ = writeln!(out, "|:--|{}", "--:|".repeat(titles.len() - 1));
    for case in run.cases.iter().filter(|case| case.is_ok()) {
        let heap = case.heap.as_ref();
        let mut cells = vec![
            figures::peak(case).map(format_bytes),
            heap.map(|heap| format_signed_bytes(heap.extra_bytes)),
        ];
        if slack {
            cells.push(figures::slack(case).map(format_bytes));
            cells.push(figures::cost(case).map(format_signed_bytes));
        }
        cells.extend([
            figures::times_data(run, case).map(format_ratio),
            figures::high_water(case).map(format_bytes),
            heap.map(|heap| thousands(heap.allocations)),
            figures::seconds(case).map(format_seconds),
            case.file_bytes.map(format_bytes),
        ]);
        let cells: Vec<String> = cells
            .into_iter()
            .map(|cell| cell.unwrap_or_else(|| ABSENT.to_string()))
            .collect();
        let _ = writeln!(out, "| {} | {} |", code(&case.id), cells.join(" | "));
    }
    out.push('\n');
}
