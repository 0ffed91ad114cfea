//! The tutorial's main figures, then and now, as bars on one scale.

use maud::{Markup, html};

use crate::report::chart::{BarAxis, percent};
use crate::report::html::facts;
use crate::results::{FunctionProfile, Status, Tutorial};
use plainfigures::{format_bytes, shorten};

use super::person;

/// Height of a bar's row, in CSS pixels.
const ROW: u32 = 22;

/// A figure of the tutorial: which step of which function, and which of
/// Python's ways to run it is the tutorial's.
struct Question {
    title: &'static str,
    meaning: &'static str,
    experiment: &'static str,
    function: &'static str,
    step: &'static str,
    python: &'static [&'static str],
}

const QUESTIONS: [Question; 7] = [
    Question {
        title: "A list of integers",
        meaning: "list(range(n))",
        experiment: "deepcopy",
        function: "copy_and_del",
        step: "build",
        python: &["list of int"],
    },
    Question {
        title: "Its deep copy",
        meaning: "at the peak of copying",
        experiment: "deepcopy",
        function: "copy_and_del",
        step: "deepcopy",
        python: &["list of int"],
    },
    Question {
        title: "The list of tuples",
        meaning: "a float, a string of 20 characters, an integer of 64 bits",
        experiment: "pickle",
        function: "create_file",
        step: "build",
        python: &["protocol-4", "pickle"],
    },
    Question {
        title: "Pickling it",
        meaning: "on top of the list, at the peak of dump",
        experiment: "pickle",
        function: "create_file",
        step: "dump",
        python: &["protocol-4", "pickle"],
    },
    Question {
        title: "Unpickling it",
        meaning: "at the peak of load, the list included",
        experiment: "pickle",
        function: "load_file",
        step: "load",
        python: &["protocol-4", "pickle"],
    },
    Question {
        title: "Writing it as text",
        meaning: "on top of the list",
        experiment: "flat",
        function: "create_file",
        step: "write",
        python: &["repr"],
    },
    Question {
        title: "Reading the text",
        meaning: "at the peak, the list included",
        experiment: "flat",
        function: "load_file",
        step: "read",
        python: &["eval"],
    },
];

struct Bar {
    label: String,
    kind: &'static str,
    bytes: u64,
}

pub(super) fn figure(tutorial: &Tutorial) -> Markup {
    let groups: Vec<(&Question, Vec<Bar>)> = QUESTIONS
        .iter()
        .map(|question| (question, question.bars(tutorial)))
        .filter(|(_, bars)| bars.iter().any(|bar| bar.kind != "then"))
        .collect();
    let all: Vec<u64> = groups
        .iter()
        .flat_map(|(_, bars)| bars.iter().map(|bar| bar.bytes))
        .collect();
    let Some(largest) = all.iter().copied().max() else {
        return html! {};
    };
    let axis = BarAxis::over(&all, largest);
    html! {
        h3 { "Its figures, then and now" }
        ul.legend {
            li { (swatch("then")) "the tutorial" }
            li { (swatch("python")) "Python in this run" }
            li { (swatch("rust")) "Rust in this run" }
        }
        div.then-now {
            @for (question, bars) in &groups {
                div.group {
                    h4 { (question.title) " " span.meaning { (question.meaning) } }
                    div.bars {
                        ul { @for bar in bars { (row(question, bar, &axis)) } }
                    }
                }
            }
        }
        p.note {
            "One scale for all. "
            @if groups.iter().any(|(_, bars)| bars.iter().any(|bar| bar.kind == "then")) && tutorial.records != 1_000_000 {
                "The tutorial’s figures, of a million items, are reduced in proportion to this run’s number. "
            }
            "The tutorial looked at the ends of lines only, so its bars know of no peak within a line. "
            "Python: growth of the resident set. Rust: growth of the heap."
        }
    }
}

impl Question {
    fn bars(&self, tutorial: &Tutorial) -> Vec<Bar> {
        let profiles = || {
            tutorial.profiles.iter().filter(|profile| {
                profile.experiment == self.experiment
                    && profile.function == self.function
                    && profile.status == Status::Ok
            })
        };
        let mut bars: Vec<Bar> = profiles()
            .filter(|profile| profile.is_printed())
            .filter_map(|profile| self.bar(profile, "then", tutorial.records))
            .collect();
        for interpreter in &tutorial.interpreters {
            let profile = self.python.iter().find_map(|variant| {
                profiles()
                    .find(|profile| profile.by == interpreter.name && profile.variant == *variant)
            });
            bars.extend(profile.and_then(|profile| self.bar(profile, "python", tutorial.records)));
        }
        let rust = profiles().filter(|profile| profile.by == FunctionProfile::RUST);
        bars.extend(rust.filter_map(|profile| self.bar(profile, "rust", tutorial.records)));
        bars
    }

    fn bar(&self, profile: &FunctionProfile, kind: &'static str, records: u64) -> Option<Bar> {
        let step = profile.step(self.step)?;
        let taken = profile.peak(step)?.checked_sub(profile.before(step)?)?;
        let bytes = match profile.records {
            of if of == records || of == 0 => taken,
            of => u64::try_from(u128::from(taken) * u128::from(records) / u128::from(of)).ok()?,
        };
        let variant = &profile.variant;
        Some(Bar {
            label: match kind {
                "then" => person(&profile.by),
                "python" if self.python.len() < 2 => person(&profile.by),
                _ => format!("{}, {variant}", person(&profile.by)),
            },
            kind,
            bytes,
        })
    }
}

fn swatch(kind: &str) -> Markup {
    html! {
        svg width="28" height="14" aria-hidden="true" { rect class={ "bar-" (kind) } width="28" height="14" {} }
    }
}

fn row(question: &Question, bar: &Bar, axis: &BarAxis) -> Markup {
    let broken = axis.breaks(bar.bytes);
    html! {
        li.bar-row {
            span.label { (shorten(&bar.label, 44)) }
            span.bar {
                svg role="img" width="100%" height=(ROW) {
                    title { (question.title) ", " (bar.label) ": " (format_bytes(bar.bytes)) }
                    desc { (question.meaning) @if broken { "; the bar is longer than the scale" } "." }
                    rect class={ "bar-" (bar.kind) } x="0" y="4" height="14" width=(percent(axis.end(bar.bytes))) {}
                    @if broken { text x="98%" y="15" text-anchor="end" { "…" } }
                }
            }
            span.value { (facts::size(Some(bar.bytes))) }
        }
    }
}
