//! Each claim with its figure then, its figures now, and its verdict.

use maud::{Markup, html};

use crate::report::html::scrolling;
use crate::results::{Claim, ClaimFinding, FunctionProfile, Tutorial, Verdict};
use plainfigures::ABSENT;

use super::person;

pub(super) fn table(tutorial: &Tutorial) -> Markup {
    html! {
        @if !tutorial.claims.is_empty() {
            h3.claims-title { "What became of each claim" }
            (scrolling("What became of each claim", &html! {
                table.claims {
                    thead {
                        tr {
                            th scope="col" { "Claim" }
                            th scope="col" { "Then" }
                            th scope="col" { "Python now" }
                            th scope="col" { "Rust" }
                            th scope="col" { "Why" }
                        }
                    }
                    tbody { @for claim in &tutorial.claims { (row(claim)) } }
                }
            }))
            p.note {
                strong { "How the verdicts come about. " }
                "Each is computed from this run’s figures by the rule below the claim, for the newest Python, asked in the tutorial’s way. "
                "Where the rule is not met, Python 2.7 decides whether it ever was: the one in this run, or else the tutorial’s own figures. "
                "Python’s figures are of the resident set, Rust’s of the heap, but where the question is what the system gets back."
            }
        }
    }
}

fn row(claim: &Claim) -> Markup {
    let (rust, python): (Vec<&ClaimFinding>, Vec<&ClaimFinding>) = claim
        .findings
        .iter()
        .partition(|finding| finding.by == FunctionProfile::RUST);
    html! {
        tr id={ "claim-" (claim.id) } {
            th scope="row" {
                (mark(claim.verdict)) " "
                span { (claim.claim) }
                small.rule { (claim.rule) }
            }
            td data-title="Then" { (claim.then) }
            td data-title="Python now" { (findings(&python)) }
            td data-title="Rust" { (findings(&rust)) }
            td.why data-title="Why" { (claim.why) }
        }
    }
}

/// The verdict in words and with a sign: never by colour alone.
fn mark(verdict: Verdict) -> Markup {
    let (class, text) = match verdict {
        Verdict::Holds => ("verdict holds", "✓ holds"),
        Verdict::NoLonger => ("verdict no-longer", "↻ no longer"),
        Verdict::NeverDid => ("verdict never", "✗ never did"),
        Verdict::Unknown => ("verdict unknown", "? no figure"),
    };
    html! { span class=(class) { (text) } }
}

fn findings(findings: &[&ClaimFinding]) -> Markup {
    html! {
        @if findings.is_empty() { span.absent { (ABSENT) } }
        ul.found {
            @for finding in findings {
                li {
                    span.who {
                        @if finding.by != FunctionProfile::RUST { (person(&finding.by)) " " }
                        @if let Some(variant) = &finding.variant { bdi { (variant) } }
                    }
                    span.now { (finding.now.as_deref().unwrap_or(ABSENT)) }
                }
            }
        }
    }
}
