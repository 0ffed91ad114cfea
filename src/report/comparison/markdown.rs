//! The comparison as a comment on a pull request.

use std::fmt::Write as _;

use crate::compare::{CaseComparison, CaveatKind, Comparison, Direction, Metric, Verdict};
use crate::report::markup::{code, text};
use plainfigures::ABSENT;

use super::{change, figure, headline, increase, others, reason, rules, short, side};

/// The comparison in GitHub's Markdown: what changed as a table, the rest
/// folded away. The first line is the same comment for every run, so that a
/// bot can find and replace its earlier one.
#[must_use]
pub fn render(comparison: &Comparison) -> String {
    let mut out = String::from("<!-- picklebench compare -->\n");
    let mark = if comparison.regressions() > 0 {
        "❌"
    } else {
        "✅"
    };
    let _ = writeln!(out, "{mark} **{}**\n", text(&headline(comparison)));
    for caveat in &comparison.caveats {
        if caveat.kind == CaveatKind::Warning {
            let _ = writeln!(out, "> ⚠ {}\n", text(&caveat.text));
        }
    }
    let quiet = |case: &&CaseComparison| {
        matches!(case.verdict, Verdict::Unchanged | Verdict::WithoutFigures)
    };
    let (rest, changed): (Vec<_>, Vec<_>) = comparison.cases.iter().partition(quiet);
    if !changed.is_empty() {
        table(&mut out, comparison, &changed);
        for case in &changed {
            if let Some(reason) = reason(comparison, case) {
                let verdict = case.verdict.name();
                let _ = writeln!(out, "- {}: {verdict}: {}", code(&case.id), text(&reason));
            }
        }
        out.push('\n');
    }
    if !rest.is_empty() {
        let _ = writeln!(
            out,
            "<details><summary>{} without a change that counts</summary>\n",
            super::cases(rest.len())
        );
        table(&mut out, comparison, &rest);
        out.push_str("</details>\n\n");
    }
    let notes = comparison.caveats.iter();
    for note in notes.filter(|caveat| caveat.kind == CaveatKind::Note) {
        let _ = writeln!(out, "- {}", text(&note.text));
    }
    let _ = writeln!(
        out,
        "\n<sub>base: {}; new: {}; allowed: {}</sub>",
        text(&side(&comparison.base)),
        text(&side(&comparison.new)),
        rules(comparison)
    );
    out
}

fn table(out: &mut String, comparison: &Comparison, cases: &[&CaseComparison]) {
    let others: Vec<Metric> = others(comparison);
    out.push_str("| case | verdict |");
    for gate in &comparison.gates {
        let _ = write!(out, " {} | new | change |", gate.metric.title());
    }
    for metric in &others {
        let _ = write!(out, " {} |", metric.title());
    }
    out.push_str("\n|:--|:--|");
    out.push_str(&"--:|".repeat(3 * comparison.gates.len() + others.len()));
    out.push('\n');
    for case in cases {
        let verdict = match case.verdict {
            verdict if verdict.is_regression() => format!("**{}**", verdict.name()),
            verdict => verdict.name().to_owned(),
        };
        let _ = write!(out, "| {} | {verdict} |", code(&case.id));
        for gate in &comparison.gates {
            match change(case, gate.metric) {
                Some(it) => {
                    let (base, new) = (figure(it.base), figure(it.new));
                    let _ = write!(out, " {base} | {new} | {} |", increase(it));
                }
                None => {
                    let _ = write!(out, " {ABSENT} | {ABSENT} | {ABSENT} |");
                }
            }
        }
        for metric in &others {
            let cell = match change(case, *metric) {
                Some(it) if it.direction == Direction::Unchanged => super::SAME.to_owned(),
                Some(it) => short(it),
                None => ABSENT.to_owned(),
            };
            let _ = write!(out, " {cell} |");
        }
        out.push('\n');
    }
    out.push('\n');
}
