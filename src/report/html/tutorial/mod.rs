//! The tutorial, then and now: its claims, its figures, its functions line by
//! line.
//!
//! - `claims.rs`: the table of claims with their verdicts.
//! - `bars.rs`: its main figures then, and now in each language.
//! - `objects.rs`: what single objects take.
//! - `functions.rs`: each function step by step, Python beside Rust.
//! - `curve.rs`: memory over time of one profile.

mod bars;
mod claims;
mod curve;
mod functions;
mod objects;

use maud::{Markup, html};

use crate::report::figures;
use crate::results::{FunctionProfile, Interpreter, Run, Status, Tutorial, Verdict};
use plainfigures::{shorten, thousands};

use super::Section;

pub(super) fn section(run: &Run) -> Option<Section> {
    let tutorial = run.tutorial.as_ref()?;
    Some(Section {
        anchor: "tutorial",
        title: "The tutorial, then and now",
        body: html! {
            p.lede {
                "An old Python tutorial made a list of a million tuples, saved and reloaded it through pickle and as text, watched memory line by line, and drew conclusions. "
                "Here is every experiment of it again, with " (thousands(tutorial.records)) " items, in Rust and in "
                (pythons(tutorial)) ". " (balance(tutorial))
            }
            (absent(tutorial))
            (bars::figure(tutorial))
            (claims::table(tutorial))
            (objects::table(tutorial))
        },
    })
}

/// The functions stand further down the page: they are long, and for those who
/// doubt a figure above.
pub(super) fn lines(run: &Run) -> Option<Section> {
    let tutorial = run.tutorial.as_ref()?;
    Some(Section {
        anchor: "lines",
        title: "The tutorial, line by line",
        body: functions::all(tutorial),
    })
}

fn pythons(tutorial: &Tutorial) -> Markup {
    let names: Vec<&str> = tutorial
        .interpreters
        .iter()
        .filter(|interpreter| interpreter.status == Status::Ok)
        .map(|interpreter| interpreter.name.as_str())
        .collect();
    html! {
        @if names.is_empty() { "no Python, as none was found" }
        @for (index, name) in names.iter().enumerate() {
            @if index > 0 { @if index + 1 == names.len() { " and " } @else { ", " } }
            bdi { (person(name)) }
        }
    }
}

/// How many claims hold: the sentence that the chapter comes down to.
fn balance(tutorial: &Tutorial) -> String {
    let count = |verdict| {
        let claims = tutorial.claims.iter();
        claims.filter(|claim| claim.verdict == verdict).count()
    };
    let told = tutorial.claims.len() - count(Verdict::Unknown);
    match told {
        0 => "Without a Python there is no verdict on its claims.".to_owned(),
        _ => format!(
            "Of {told} claims, {} hold, {} no longer hold, and {} never did.",
            count(Verdict::Holds),
            count(Verdict::NoLonger),
            count(Verdict::NeverDid)
        ),
    }
}

/// The interpreters and profiles that failed, with the reason.
fn absent(tutorial: &Tutorial) -> Markup {
    let failed = |interpreter: &&Interpreter| interpreter.status != Status::Ok;
    let broken: Vec<&Interpreter> = tutorial.interpreters.iter().filter(failed).collect();
    let profiles: Vec<&FunctionProfile> = tutorial
        .profiles
        .iter()
        .filter(|profile| profile.status != Status::Ok)
        .collect();
    html! {
        @if !broken.is_empty() || !profiles.is_empty() {
            ul.without {
                @for interpreter in broken {
                    li {
                        bdi.id { (shorten(&interpreter.name, 60)) } " "
                        span.status.broken { (figures::status_name(interpreter.status)) } " "
                        bdi.reason { (interpreter.message.as_deref().unwrap_or("no reason given")) }
                    }
                }
                @for profile in profiles {
                    li {
                        bdi.id { (person(&profile.by)) ": " (profile.experiment) ", " (profile.function) ", " (profile.variant) } " "
                        span.status.broken { (figures::status_name(profile.status)) } " "
                        bdi.reason { (profile.message.as_deref().unwrap_or("no reason given")) }
                    }
                }
            }
        }
    }
}

/// Who measured, as people say it: `CPython 3.11.7`, `Rust`.
fn person(by: &str) -> String {
    match by {
        FunctionProfile::RUST => "Rust".to_owned(),
        FunctionProfile::TUTORIAL => "the tutorial".to_owned(),
        FunctionProfile::TUTORIAL_32_BIT => "the tutorial, 32-bit".to_owned(),
        _ => match by.strip_prefix("cpython-") {
            Some(version) => format!("CPython {}", version.replace("-windows", ", Windows")),
            None => shorten(by, 40),
        },
    }
}
