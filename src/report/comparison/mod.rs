//! A comparison for people: the words that all of its outputs share.
//!
//! - [`terminal`]: the table of `picklebench compare`
//! - [`markdown`]: a comment on a pull request
//!
//! The page is [`super::html::render_comparison`].

pub mod markdown;
pub mod terminal;

use crate::compare::{
    CaseComparison, Change, Comparison, Direction, Figure, Metric, Side, Verdict,
};
use plainfigures::{format_seconds, format_signed_bytes, shorten, thousands, visible};

use super::figures::status_name;

/// Verdicts in the order of a summary: what needs a look first.
pub(crate) const ORDER: [Verdict; 9] = [
    Verdict::Regressed,
    Verdict::NewlyFails,
    Verdict::Improved,
    Verdict::Fixed,
    Verdict::NotCompared,
    Verdict::WithoutFigures,
    Verdict::Added,
    Verdict::Removed,
    Verdict::Unchanged,
];

/// The outcome in one sentence.
#[must_use]
pub fn headline(comparison: &Comparison) -> String {
    let total = comparison.cases.len();
    let counts: Vec<String> = ORDER
        .into_iter()
        .filter_map(|verdict| match comparison.with(verdict).count() {
            0 => None,
            count => Some(format!("{count} {}", verdict.name())),
        })
        .collect();
    let counts = counts.join(", ");
    match comparison.regressions() {
        0 => format!("No regression in {}: {counts}.", cases(total)),
        found => format!("{found} of {} got worse: {counts}.", cases(total)),
    }
}

fn cases(count: usize) -> String {
    match count {
        1 => "1 case".to_owned(),
        _ => format!("{} cases", thousands(count as u64)),
    }
}

/// Why a case got its verdict, where the verdict alone does not say it.
pub(crate) fn reason(comparison: &Comparison, case: &CaseComparison) -> Option<String> {
    let message = |text: String| match case.message.as_deref().map(str::trim) {
        Some(message) if !message.is_empty() => format!("{text}: {}", visible(message)),
        _ => text,
    };
    match case.verdict {
        Verdict::Regressed => {
            let grown = case
                .changes
                .iter()
                .filter(|change| change.gates && change.direction == Direction::Increased);
            let parts: Vec<String> = grown
                .map(|change| {
                    let limit = comparison
                        .gates
                        .iter()
                        .find(|gate| gate.metric == change.metric)
                        .map(|gate| match gate.max_increase {
                            crate::compare::Limit::Percent(0.0) => "none is allowed".to_owned(),
                            limit => format!("{limit} is allowed"),
                        });
                    format!(
                        "{} {} → {}, {} ({})",
                        change.metric.title(),
                        figure(change.base),
                        figure(change.new),
                        increase(change),
                        limit.unwrap_or_default()
                    )
                })
                .collect();
            Some(parts.join("; "))
        }
        Verdict::NewlyFails => Some(message(format!(
            "it was ok in the base, now {}",
            case.new_status.map(status_name).unwrap_or_default()
        ))),
        Verdict::Fixed => Some(format!(
            "it was {} in the base",
            case.base_status.map(status_name).unwrap_or_default()
        )),
        Verdict::WithoutFigures => Some(message(
            case.new_status
                .map(status_name)
                .unwrap_or_default()
                .to_owned(),
        )),
        Verdict::NotCompared => {
            let missing: Vec<&str> = comparison
                .gates
                .iter()
                .filter(|gate| {
                    case.changes
                        .iter()
                        .all(|change| change.metric != gate.metric)
                })
                .map(|gate| gate.metric.title())
                .collect();
            Some(format!("not both runs have {}", missing.join(" and ")))
        }
        Verdict::Added | Verdict::Removed | Verdict::Improved | Verdict::Unchanged => None,
    }
}

/// The metrics that a table shows as the change alone: those that do not decide.
pub(crate) fn others(comparison: &Comparison) -> Vec<Metric> {
    let shown = [
        Metric::HighWater,
        Metric::Allocated,
        Metric::Allocations,
        Metric::FileSize,
        Metric::Time,
    ];
    let decides = |metric: &Metric| comparison.gates.iter().any(|gate| gate.metric == *metric);
    shown
        .into_iter()
        .filter(|metric| !decides(metric))
        .collect()
}

/// What decides, in words: `peak heap: no increase; time: up to 25 %`.
pub(crate) fn rules(comparison: &Comparison) -> String {
    let rules = comparison.gates.iter().map(|gate| {
        let limit = match gate.max_increase {
            crate::compare::Limit::Percent(0.0) => "no increase".to_owned(),
            limit => format!("up to {limit} more"),
        };
        format!("{}: {limit}", gate.metric.title())
    });
    rules.collect::<Vec<_>>().join("; ")
}

/// When, from which commit and where a run was made, in a line.
pub(crate) fn side(side: &Side) -> String {
    let commit = side.commit.as_deref().filter(|commit| !commit.is_empty());
    let commit =
        commit.map(|commit| format!("commit {}", commit.chars().take(7).collect::<String>()));
    let host = side.host.as_deref().map(|host| shorten(host, 40));
    let parts = [Some(shorten(&side.started, 24)), commit, host];
    let parts = parts.into_iter().flatten().filter(|part| !part.is_empty());
    let text = visible(&parts.collect::<Vec<_>>().join(", "));
    if text.is_empty() {
        "a run that does not say when or where".to_owned()
    } else {
        text
    }
}

/// A change of one metric, if the case has it in both runs.
pub(crate) fn change(case: &CaseComparison, metric: Metric) -> Option<&Change> {
    case.changes.iter().find(|change| change.metric == metric)
}

/// A figure with its unit.
pub(crate) fn figure(figure: Figure) -> String {
    match figure {
        Figure::Bytes(bytes) => format_signed_bytes(bytes),
        Figure::Count(count) => {
            let sign = if count < 0 { "−" } else { "" };
            format!("{sign}{}", thousands(count.unsigned_abs()))
        }
        Figure::Seconds(seconds) => {
            let sign = if seconds < 0.0 { "−" } else { "" };
            format!("{sign}{}", format_seconds(seconds.abs()))
        }
    }
}

/// A difference with its sign, and what it is of the base: `+7.1 MiB, +12.4 %`.
pub(crate) fn increase(change: &Change) -> String {
    let amount = signed(change.increase);
    match percent(change) {
        Some(percent) if amount != SAME => format!("{amount}, {percent}"),
        _ => amount,
    }
}

/// The change alone in few characters: `+12.4 %`, or the amount where a
/// percentage would read as nothing.
pub(crate) fn short(change: &Change) -> String {
    if change.increase.number() == 0.0 {
        return SAME.to_owned();
    }
    percent(change).unwrap_or_else(|| signed(change.increase))
}

/// What is shown where there is no difference at all.
pub(crate) const SAME: &str = "=";

fn signed(difference: Figure) -> String {
    let number = difference.number();
    if number == 0.0 {
        SAME.to_owned()
    } else if number > 0.0 {
        format!("+{}", figure(difference))
    } else {
        figure(difference)
    }
}

/// `None` where it would be rounded to nothing, or is of nothing.
fn percent(change: &Change) -> Option<String> {
    let percent = change
        .increase_percent
        .filter(|percent| percent.is_finite())?;
    let sign = if percent < 0.0 { "−" } else { "+" };
    let size = percent.abs();
    if size < 0.05 {
        None
    } else if size < 99.95 {
        Some(format!("{sign}{size:.1} %"))
    } else if size < 1e15 {
        Some(format!("{sign}{size:.0} %"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(base: i64, new: i64) -> Change {
        let (base, new) = (Figure::Bytes(base), Figure::Bytes(new));
        let whole = base.number().abs();
        let increase = new.less(base);
        Change {
            metric: Metric::PeakHeap,
            base,
            new,
            increase,
            increase_percent: (whole > 0.0).then(|| increase.number() / whole * 100.0),
            gates: true,
            direction: Direction::Unchanged,
        }
    }

    #[test]
    fn a_difference_is_never_rounded_to_nothing() {
        assert_eq!(short(&change(60_000_000, 60_000_001)), "+1 B");
        assert_eq!(short(&change(60_000_000, 59_000_000)), "−1.7 %");
        assert_eq!(short(&change(0, 2048)), "+2.0 KiB");
        assert_eq!(short(&change(7, 7)), "=");
        assert_eq!(increase(&change(1024, 4096)), "+3.0 KiB, +300 %");
        assert_eq!(increase(&change(0, 1)), "+1 B");
        assert_eq!(increase(&change(-10, -5)), "+5 B, +50.0 %");
        assert_eq!(
            increase(&change(i64::MIN, i64::MAX)).matches('+').count(),
            2
        );
    }
}
