//! The top of the page: the finding, the key numbers, what casts doubt.

use maud::{Markup, html};

use crate::results::{Footprint, Operation, Run};
use plainfigures::{format_bytes, format_ratio, shorten};

use crate::report::figures;
use crate::report::findings::{Finding, Kind};

use super::facts;

/// One key number of the run, with the question that it answers.
struct Tile<'a> {
    question: &'static str,
    answer: String,
    detail: String,
    case: Option<&'a Footprint>,
}

/// The top of the page: the headline, the key numbers, and the warnings.
pub(super) fn header(run: &Run, findings: &[Finding]) -> Markup {
    let say = |kind: Kind| findings.iter().filter(move |finding| finding.kind == kind);
    let environment = &run.environment;
    html! {
        header {
            p.overline {
                strong { "picklebench" }
                span { bdi { (figures::named_records(&run.dataset)) } }
                @if let Some(day) = environment.started.split('T').next().filter(|day| !day.is_empty()) {
                    span { time datetime=(environment.started) { (day) } }
                }
                @if let Some(cpu) = &environment.cpu { span { bdi { (cpu) } } }
            }
            @for finding in say(Kind::Headline) { h1 { (finding.text) } }
            (tiles(run))
            div.findings {
                @if say(Kind::Remark).next().is_some() {
                    ul.remarks { @for finding in say(Kind::Remark) { li { (finding.text) } } }
                }
                @if say(Kind::Assurance).next().is_some() {
                    ul.assurances aria-label="Why to trust this" {
                        @for finding in say(Kind::Assurance) { li { (finding.text) } }
                    }
                }
                @if say(Kind::Warning).next().is_some() {
                    ul.warnings aria-label="Warnings" {
                        @for finding in say(Kind::Warning) { li { (finding.text) } }
                    }
                }
            }
        }
    }
}

fn tiles(run: &Run) -> Markup {
    let tiles = [
        data_size(run),
        extreme(run, "Cheapest to read into a list", Operation::Read, false),
        extreme(run, "Dearest to read into a list", Operation::Read, true),
        extreme(
            run,
            "Read one record at a time",
            Operation::StreamRead,
            false,
        ),
        trust(run),
    ];
    html! {
        dl.tiles {
            @for tile in tiles.into_iter().flatten() {
                div {
                    dt { (tile.question) }
                    dd {
                        span.answer { (tile.answer) }
                        @if let Some(case) = tile.case { (facts::name(&shorten(figures::format_id(case), 48))) " " }
                        span.detail { (tile.detail) }
                    }
                }
            }
        }
    }
}

fn data_size(run: &Run) -> Option<Tile<'static>> {
    let dataset = &run.dataset;
    let each = figures::ratio(dataset.heap_bytes, dataset.records)?;
    (dataset.heap_bytes > 0).then(|| Tile {
        question: "The data itself",
        answer: format_bytes(dataset.heap_bytes),
        detail: format!("{each:.0} bytes a record, as a tight list"),
        case: None,
    })
}

fn extreme<'a>(
    run: &'a Run,
    question: &'static str,
    operation: Operation,
    dearest: bool,
) -> Option<Tile<'a>> {
    let cases = run
        .cases
        .iter()
        .filter(|case| case.operation == operation)
        .filter_map(|case| Some((figures::cost(case)?, case)));
    let count = cases.clone().count();
    // Of equals, the one that ran first.
    let (_, case) = if dearest {
        cases.rev().max_by_key(|(cost, _)| *cost)?
    } else {
        cases.min_by_key(|(cost, _)| *cost)?
    };
    if dearest && count < 2 {
        return None;
    }
    Some(Tile {
        question,
        answer: format_bytes(figures::peak(case)?),
        detail: figures::times_data(run, case)
            .map(|ratio| format!("{} the data", format_ratio(ratio)))
            .unwrap_or_default(),
        case: Some(case),
    })
}

fn trust(run: &Run) -> Option<Tile<'static>> {
    let verdicts = || {
        run.cases
            .iter()
            .filter_map(|case| case.heap.as_ref()?.deterministic)
    };
    let checked = verdicts().count();
    if checked == 0 {
        return None;
    }
    let same = verdicts().filter(|same| *same).count();
    let unfinished = run
        .cases
        .iter()
        .filter(|case| case.status.is_trouble())
        .count();
    Some(Tile {
        question: "Same peak when measured again",
        answer: format!("{same} of {checked}"),
        detail: match unfinished {
            0 => "to the byte; every result checked".to_string(),
            count => format!("to the byte; {count} did not finish"),
        },
        case: None,
    })
}
