//! What the run says, in sentences that are computed and never typed.
//!
//! Each rule below looks at the run and gives a sentence, or none where the
//! run cannot support it. The first sentence is the headline.

use std::collections::BTreeMap;

use crate::results::{CaseOperation, Footprint, Operation, Run, Status};
use plainfigures::{format_bytes, format_ratio, format_seconds, format_signed_bytes, visible};

use super::choices;
use super::figures;
use super::growth;
use super::place;
use super::python::{self, PythonCase};
use super::warnings;

/// One sentence about a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is for.
    pub kind: Kind,
    /// The sentence, plain text.
    pub text: String,
}

/// What a finding is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The one sentence to quote. Exactly one a run.
    Headline,
    /// What else the figures say.
    Remark,
    /// Why a figure should be trusted.
    Assurance,
    /// What went wrong, or what casts doubt on a figure.
    Warning,
}

/// The findings of a run, the headline first. There is always a headline, even
/// where no case ran.
///
/// ```
/// use picklebench::report::findings::{Kind, findings};
/// use picklebench::results::{Dataset, Environment, Run, SCHEMA};
///
/// let run = Run {
///     schema: SCHEMA,
///     environment: Environment::default(),
///     dataset: Dataset {
///         name: "tuples".into(),
///         records: 1_000,
///         seed: 42,
///         digest: String::new(),
///         heap_bytes: 60_000,
///         source: None,
///     },
///     pythons: Vec::new(),
///     cases: Vec::new(),
///     formats: Vec::new(),
///     tutorial: None,
/// };
/// let findings = findings(&run);
/// assert_eq!(findings[0].kind, Kind::Headline);
/// assert_eq!(findings[0].text, "This run has no cases.");
/// ```
#[must_use]
pub fn findings(run: &Run) -> Vec<Finding> {
    let in_rust = [
        reading(run),
        writing(run),
        streaming(run),
        columns(run),
        plain(run),
        resident(run),
    ];
    let in_rust = in_rust.into_iter().flatten();
    let mut sentences = in_rust.chain(python::reading(run)).chain(duration(run));
    let mut findings = vec![Finding {
        kind: Kind::Headline,
        text: visible(&sentences.next().unwrap_or_else(|| no_figures(run))),
    }];
    let say = |kind| {
        move |text: String| Finding {
            kind,
            text: visible(&text),
        }
    };
    // Of fewer records: never the headline of a run over more.
    let growth = growth::sentences(run);
    let choices = [
        choices::defaults(run),
        choices::options(run),
        choices::compressions(run),
        choices::mapping(run),
        place::of_pickle(run),
    ];
    let remarks = sentences.chain(choices.into_iter().flatten()).chain(growth);
    findings.extend(remarks.map(say(Kind::Remark)));
    findings.extend(losses(run).into_iter().map(say(Kind::Remark)));
    findings.extend(assurances(run).into_iter().map(say(Kind::Assurance)));
    findings.extend(warnings::warnings(run).into_iter().map(say(Kind::Warning)));
    findings
}

/// The first sentence of [`findings`].
#[must_use]
pub fn headline(run: &Run) -> String {
    findings(run).swap_remove(0).text
}

/// A case and the figure by which it was chosen.
struct Ranked<'a, T> {
    case: &'a Footprint,
    figure: T,
}

/// The lowest and the highest of a figure over some cases. Of equals, the one
/// that ran first.
fn extremes<'a, T: PartialOrd + Copy>(
    cases: impl Iterator<Item = &'a Footprint>,
    figure: impl Fn(&Footprint) -> Option<T>,
) -> Option<(Ranked<'a, T>, Ranked<'a, T>)> {
    let mut found: Option<(Ranked<'a, T>, Ranked<'a, T>)> = None;
    for case in cases {
        let Some(figure) = figure(case) else { continue };
        let this = || Ranked { case, figure };
        found = Some(match found {
            None => (this(), this()),
            Some((low, high)) if figure < low.figure => (this(), high),
            Some((low, high)) if figure > high.figure => (low, this()),
            Some(same) => same,
        });
    }
    found
}

fn ok(run: &Run, operation: impl Into<CaseOperation>) -> impl Iterator<Item = &Footprint> {
    let operation = operation.into();
    run.cases
        .iter()
        .filter(move |case| figures::is_ok(case) && case.operation == operation)
        .filter(|case| PythonCase::of(case).is_none())
}

fn records(run: &Run) -> String {
    figures::records(&run.dataset, "record")
}

fn reading(run: &Run) -> Option<String> {
    let (low, high) = extremes(ok(run, Operation::Read), figures::needed)?;
    let records = records(run);
    let multiple = |case: &Footprint| {
        let ratio = figures::ratio(figures::needed(case)?, run.dataset.heap_bytes)?;
        Some(format_ratio(ratio))
    };
    let name = |case: &Footprint| {
        let cases: Vec<&Footprint> = ok(run, Operation::Read).collect();
        figures::sharers(case, cases.iter().copied(), multiple)
    };
    let (Some(least), Some(most)) = (multiple(low.case), multiple(high.case)) else {
        return Some(format!(
            "Reading {records} back peaked at {} of heap ({}).",
            format_bytes(low.figure),
            figures::format_name(low.case)
        ));
    };
    let slack = [low.case, high.case].map(|case| figures::slack(case).unwrap_or(0));
    let spare = match slack.iter().any(|bytes| *bytes > 0) {
        true => ", not counting room that the list kept to spare",
        false => "",
    };
    Some(if low.case.id == high.case.id {
        format!(
            "Reading {records} back from {} took {least} the data’s size in memory, {} at the peak{spare}.",
            name(low.case),
            format_bytes(low.figure)
        )
    } else if least == most {
        format!(
            "Reading {records} back took {least} the data’s size in memory, whatever the format{spare}."
        )
    } else {
        format!(
            "Reading {records} back took between {least} ({}) and {most} ({}) of the data’s size in memory{spare}.",
            name(low.case),
            name(high.case)
        )
    })
}

fn writing(run: &Run) -> Option<String> {
    let (low, high) = extremes(ok(run, Operation::Write), figures::cost)?;
    let records = records(run);
    let close = high.figure.saturating_sub(low.figure) <= high.figure / 20;
    Some(if low.case.id == high.case.id {
        format!(
            "Writing {records} to {} took {} on top of the list itself.",
            figures::format_name(low.case),
            format_signed_bytes(low.figure)
        )
    } else if close {
        format!(
            "Writing {records} took at most {} on top of the list itself, whatever the format.",
            format_signed_bytes(high.figure)
        )
    } else {
        format!(
            "Writing {records} took between {} ({}) and {} ({}) on top of the list itself.",
            format_signed_bytes(low.figure),
            figures::format_name(low.case),
            format_signed_bytes(high.figure),
            figures::format_name(high.case)
        )
    })
}

fn streaming(run: &Run) -> Option<String> {
    let read = extremes(ok(run, Operation::StreamRead), figures::peak).map(|(_, high)| high);
    let write = extremes(ok(run, Operation::StreamWrite), figures::peak).map(|(_, high)| high);
    let most = read
        .iter()
        .chain(&write)
        .map(|ranked| ranked.figure)
        .max()?;
    let what = match (read.is_some(), write.is_some()) {
        (true, true) => "reading and writing",
        (true, false) => "reading",
        _ => "writing",
    };
    let share = figures::ratio(most, run.dataset.heap_bytes)
        .map(|ratio| format!(", {} the data’s size", format_ratio(ratio)))
        .unwrap_or_default();
    Some(format!(
        "One record at a time, {what} never took more than {}{share}.",
        format_bytes(most)
    ))
}

fn columns(run: &Run) -> Option<String> {
    let (low, high) = extremes(ok(run, Operation::ColumnRead), figures::peak)?;
    let (low, high) = (format_bytes(low.figure), format_bytes(high.figure));
    let range = if low == high {
        low
    } else {
        format!("{low} to {high}")
    };
    Some(format!(
        "Read straight into columns, the columns included, it took {range}."
    ))
}

/// What somebody wrote, of no format.
fn plain(run: &Run) -> Option<String> {
    let (low, high) = extremes(ok(run, CaseOperation::Plain), figures::peak)?;
    Some(if low.case.id == high.case.id {
        format!("{} peaked at {}.", low.case.id, format_bytes(low.figure))
    } else {
        format!(
            "The plain cases peaked between {} ({}) and {} ({}).",
            format_bytes(low.figure),
            low.case.format,
            format_bytes(high.figure),
            high.case.format
        )
    })
}

/// Where no heap was measured: the high-water mark has to do.
fn resident(run: &Run) -> Option<String> {
    if run.cases.iter().any(|case| figures::peak(case).is_some()) {
        return None;
    }
    let cases = run.cases.iter().filter(|case| figures::is_ok(case));
    let (low, high) = extremes(cases, figures::high_water)?;
    Some(if low.case.id == high.case.id {
        format!(
            "{} reached a high-water mark of {}.",
            low.case.id,
            format_bytes(low.figure)
        )
    } else {
        format!(
            "The high-water mark lay between {} ({}) and {} ({}).",
            format_bytes(low.figure),
            low.case.id,
            format_bytes(high.figure),
            high.case.id
        )
    })
}

fn duration(run: &Run) -> Option<String> {
    let speak = |operation, verb: &str| {
        let (low, high) = extremes(ok(run, operation), figures::seconds)?;
        let (fast, slow) = (format_seconds(low.figure), format_seconds(high.figure));
        Some(if low.case.id == high.case.id {
            format!(
                "{verb} from start to end took {fast} ({}).",
                figures::format_name(low.case)
            )
        } else {
            format!(
                "{verb} took {fast} at best ({}), {slow} at worst ({}).",
                figures::format_name(low.case),
                figures::format_name(high.case)
            )
        })
    };
    speak(Operation::Read, "Reading").or_else(|| {
        let cases = run
            .cases
            .iter()
            .filter(|case| figures::is_ok(case) && case.operation != CaseOperation::Empty);
        let (low, high) = extremes(cases, figures::seconds)?;
        Some(if low.case.id == high.case.id {
            format!("{} took {}.", low.case.id, format_seconds(low.figure))
        } else {
            format!(
                "The fastest case was {} ({}), the slowest {} ({}).",
                low.case.id,
                format_seconds(low.figure),
                high.case.id,
                format_seconds(high.figure)
            )
        })
    })
}

fn no_figures(run: &Run) -> String {
    let only_empty = run
        .cases
        .iter()
        .filter(|case| figures::is_ok(case))
        .all(|case| case.operation == CaseOperation::Empty);
    match run.cases.len() {
        0 => "This run has no cases.".to_string(),
        _ if run.cases.iter().all(|case| !figures::is_ok(case)) => {
            let count = run.cases.len();
            if run
                .cases
                .iter()
                .all(|case| case.status == Status::Unsupported)
            {
                format!(
                    "No case of this run is supported: {} chosen.",
                    figures::cases(count)
                )
            } else if count == 1 {
                format!("The only case, {}, did not finish.", run.cases[0].id)
            } else {
                format!("None of the {} finished.", figures::cases(count))
            }
        }
        _ if only_empty => match run.cases.iter().find_map(figures::peak) {
            Some(peak) => format!(
                "Only the empty case ran: measuring itself costs {} of heap.",
                format_bytes(peak)
            ),
            None => "Only the empty case ran.".to_string(),
        },
        _ => "This run has no figures.".to_string(),
    }
}

fn assurances(run: &Run) -> Vec<String> {
    let mut said = Vec::new();
    let checked = |value| {
        run.cases
            .iter()
            .filter_map(|case| case.heap.as_ref())
            .filter(|heap| heap.deterministic == Some(value))
            .count()
    };
    if checked(true) > 0 && checked(false) == 0 {
        said.push(match checked(true) {
            1 => "Measured again, the case had the same peak heap to the byte.".to_string(),
            count => format!(
                "Measured again, all {} had the same peak heap to the byte.",
                figures::cases(count)
            ),
        });
    }
    let empty = ok(run, CaseOperation::Empty).find_map(figures::peak);
    let only_empty = run
        .cases
        .iter()
        .all(|case| case.operation == CaseOperation::Empty);
    if let (Some(peak), false) = (empty, only_empty) {
        said.push(format!(
            "The empty case, which does nothing, peaked at {}.",
            format_bytes(peak)
        ));
    }
    said
}

/// What formats do not keep of the records, each with those that lose it.
fn losses(run: &Run) -> Vec<String> {
    let mut by_loss: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for case in &run.cases {
        if let Some(loss) = &case.loss {
            let formats = by_loss.entry(loss).or_default();
            if !formats.contains(&case.format.as_str()) {
                formats.push(&case.format);
            }
        }
    }
    by_loss
        .into_iter()
        .map(|(loss, formats)| format!("Not kept by {}: {loss}.", formats.join(", ")))
        .collect()
}
