//! The table of `picklebench compare`.

use std::iter;

use anstyle::Style;

use crate::compare::{CaveatKind, Comparison, Direction, Verdict};
use crate::report::paint::{BAD, BOLD, DIM, DOUBT, GOOD, Paint};
use plainfigures::{ABSENT, Align, Table, shorten, visible};

use super::{change, figure, headline, increase, others, reason, rules, short, side};

/// Longest name in the table; the whole name stands below where it matters.
const LONGEST_NAME: usize = 44;

/// The comparison as an aligned table, with the reasons and the outcome below
/// it. Ends with a line break. `color` says whether to use colours.
#[must_use]
pub fn render(comparison: &Comparison, color: bool) -> String {
    let mut out = String::new();
    let paint = Paint { color };
    for (name, run) in [("base", &comparison.base), ("new ", &comparison.new)] {
        paint.put(&mut out, DIM, &format!("{name}  {}", side(run)));
        out.push('\n');
    }
    out.push('\n');
    table(&mut out, comparison, &paint);
    reasons(&mut out, comparison, &paint);
    out.push('\n');
    for caveat in &comparison.caveats {
        let (mark, style) = match caveat.kind {
            CaveatKind::Warning => ("! ", DOUBT),
            CaveatKind::Note => ("  ", DIM),
        };
        paint.put(&mut out, style, &format!("{mark}{}", visible(&caveat.text)));
        out.push('\n');
    }
    paint.put(&mut out, DIM, &format!("  allowed: {}", rules(comparison)));
    out.push('\n');
    let outcome = if comparison.regressions() > 0 {
        BAD.bold()
    } else {
        BOLD
    };
    paint.put(&mut out, outcome, &headline(comparison));
    out.push('\n');
    out
}

fn style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Regressed | Verdict::NewlyFails => BAD,
        Verdict::Improved | Verdict::Fixed => GOOD,
        Verdict::Unchanged | Verdict::WithoutFigures => DIM,
        Verdict::NotCompared | Verdict::Added | Verdict::Removed => DOUBT,
    }
}

fn table(out: &mut String, comparison: &Comparison, paint: &Paint) {
    let others = others(comparison);
    let mut header = vec!["case".to_owned()];
    for gate in &comparison.gates {
        header.extend([
            gate.metric.title().to_owned(),
            "new".into(),
            "change".into(),
        ]);
    }
    header.extend(others.iter().map(|metric| metric.title().to_owned()));
    header.push("verdict".to_owned());
    let figures = iter::repeat_n(Align::Right, header.len() - 2);
    let mut table = Table::new(iter::once(Align::Left).chain(figures).chain([Align::Left]));
    table.row(header);
    let absent = || ABSENT.to_owned();
    for case in &comparison.cases {
        let mut row = vec![shorten(&visible(&case.id), LONGEST_NAME)];
        for gate in &comparison.gates {
            match change(case, gate.metric) {
                Some(it) => row.extend([figure(it.base), figure(it.new), increase(it)]),
                None => row.extend([absent(), absent(), absent()]),
            }
        }
        row.extend(others.iter().map(|metric| match change(case, *metric) {
            // What did not change beyond its scatter would only distract.
            Some(it) if it.direction == Direction::Unchanged => "=".to_owned(),
            Some(it) => short(it),
            None => absent(),
        }));
        row.push(case.verdict.name().to_owned());
        table.row(row);
    }
    for line in table.lines().take(1) {
        paint.line(out, BOLD, &line);
    }
    for (case, cells) in comparison.cases.iter().zip(table.padded().skip(1)) {
        let last = cells.len() - 1;
        for (column, cell) in cells.iter().enumerate() {
            if column > 0 {
                out.push_str("  ");
            }
            let style = match cell.trim_start() {
                _ if column == last => style(case.verdict),
                ABSENT | "=" => DIM,
                _ => Style::new(),
            };
            paint.put(out, style, cell);
        }
        out.push('\n');
    }
}

fn reasons(out: &mut String, comparison: &Comparison, paint: &Paint) {
    let mut first = true;
    for case in &comparison.cases {
        if case.verdict == Verdict::WithoutFigures {
            continue; // No news.
        }
        let Some(reason) = reason(comparison, case) else {
            continue;
        };
        if std::mem::take(&mut first) {
            out.push('\n');
        }
        let what = format!("{}: {}", visible(&case.id), case.verdict.name());
        paint.put(out, style(case.verdict), &what);
        out.push_str(&format!(": {}\n", visible(&reason)));
    }
}
