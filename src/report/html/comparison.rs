//! The section that compares a run with an older one, on the page of the newer.

use maud::{Markup, html};

use crate::compare::{CaseComparison, CaveatKind, Change, Comparison, Direction, Verdict};
use crate::report::comparison::{
    ORDER, SAME, change, figure, headline, increase, others, reason, rules, short, side,
};
use plainfigures::ABSENT;

use super::{Section, facts, scrolling};

pub(super) fn section(comparison: &Comparison) -> Section {
    let mut cases: Vec<&CaseComparison> = comparison.cases.iter().collect();
    // What needs a look first; the order of the run within.
    cases.sort_by_key(|case| ORDER.iter().position(|verdict| *verdict == case.verdict));
    Section {
        anchor: "comparison",
        title: "Compared with another run",
        body: html! {
            p.lede { (headline(comparison)) }
            (sides(comparison))
            (caveats(comparison))
            (scrolling("Compared with another run", &table(comparison, &cases)))
            (reasons(comparison, &cases))
            p.note {
                strong { "How to read it. " }
                "Heap figures are exact, so any difference is one. High-water and time scatter: they count as changed only where the difference is beyond the limit and all runs of one side lie beyond all runs of the other; otherwise " (SAME) " stands for no change that counts."
            }
        },
    }
}

fn sides(comparison: &Comparison) -> Markup {
    html! {
        dl.environment {
            div { dt { "Base" } dd { bdi { (side(&comparison.base)) } } }
            div { dt { "This run" } dd { bdi { (side(&comparison.new)) } } }
            div { dt { "Allowed" } dd { (rules(comparison)) } }
        }
    }
}

fn caveats(comparison: &Comparison) -> Markup {
    let of = |kind| {
        let caveats = comparison.caveats.iter();
        caveats.filter(move |caveat| caveat.kind == kind)
    };
    html! {
        div.findings {
            @if of(CaveatKind::Warning).next().is_some() {
                ul.warnings aria-label="What spoils the comparison" {
                    @for caveat in of(CaveatKind::Warning) { li { bdi { (caveat.text) } } }
                }
            }
            @if of(CaveatKind::Note).next().is_some() {
                ul.remarks aria-label="What else differs" {
                    @for caveat in of(CaveatKind::Note) { li { bdi { (caveat.text) } } }
                }
            }
        }
    }
}

fn table(comparison: &Comparison, cases: &[&CaseComparison]) -> Markup {
    let others = others(comparison);
    html! {
        table.compared {
            thead {
                tr {
                    th scope="col" { "Case" }
                    th scope="col" { "Verdict" }
                    @for gate in &comparison.gates {
                        th.num scope="col" { (capital(gate.metric.title())) small { "base" } }
                        th.num scope="col" { (capital(gate.metric.title())) small { "this run" } }
                        th.num scope="col" { "Change" }
                    }
                    @for metric in &others {
                        th.num scope="col" { (capital(metric.title())) small { "change" } }
                    }
                }
            }
            tbody {
                @for case in cases {
                    tr {
                        th scope="row" { (facts::name(&case.id)) }
                        td { (verdict(case.verdict)) }
                        @for gate in &comparison.gates {
                            @match change(case, gate.metric) {
                                Some(it) => {
                                    td.num { (figure(it.base)) }
                                    td.num { (figure(it.new)) }
                                    (cell(it, increase(it)))
                                }
                                None => {
                                    @for _ in 0..3 { td.num.absent { (ABSENT) } }
                                }
                            }
                        }
                        @for metric in &others {
                            @match change(case, *metric) {
                                Some(it) if it.direction == Direction::Unchanged => td.num.absent { (SAME) },
                                Some(it) => (cell(it, short(it))),
                                None => td.num.absent { (ABSENT) },
                            }
                        }
                    }
                }
            }
        }
    }
}

fn cell(change: &Change, text: String) -> Markup {
    let class = match change.direction {
        Direction::Increased => "num worse",
        Direction::Decreased => "num better",
        Direction::Unchanged => "num absent",
    };
    html! { td class=(class) { (text) } }
}

fn verdict(verdict: Verdict) -> Markup {
    let class = match verdict {
        Verdict::Regressed | Verdict::NewlyFails => "status broken",
        Verdict::Improved | Verdict::Fixed => "status ok",
        _ => "status unsupported",
    };
    html! { span class=(class) { (verdict.name()) } }
}

fn reasons(comparison: &Comparison, cases: &[&CaseComparison]) -> Markup {
    let told: Vec<(&CaseComparison, String)> = cases
        .iter()
        .filter(|case| case.verdict != Verdict::WithoutFigures)
        .filter_map(|case| Some((*case, reason(comparison, case)?)))
        .collect();
    html! {
        @if !told.is_empty() {
            ul.without {
                @for (case, reason) in told {
                    li { (verdict(case.verdict)) " " (facts::name(&case.id)) ": " bdi { (reason) } }
                }
            }
        }
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}
