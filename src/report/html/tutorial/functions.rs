//! The tutorial's functions line by line: Python on the left, Rust on the
//! right, each with its memory over time.

use maud::{Markup, html};

use crate::report::html::{facts, scrolling};
use crate::results::{FunctionProfile, ProfileStep, Status, Tutorial};
use plainfigures::{ABSENT, Unit, thousands};

use super::{curve, person};

/// A function of the tutorial, with its name there and what it does.
struct Function {
    experiment: &'static str,
    function: &'static str,
    title: &'static str,
    meaning: &'static str,
}

/// The functions in the order of the tutorial.
const FUNCTIONS: [Function; 9] = [
    Function {
        experiment: "deepcopy",
        function: "copy_and_del",
        title: "Copy and del",
        meaning: "A list of integers, a deep copy of it, then one is dropped and then the other. Last, malloc_trim asks the C library for what it kept.",
    },
    Function {
        experiment: "free-list",
        function: "free_all_but_some",
        title: "Free all but some",
        meaning: "Many objects are freed and a few stay, spread over the heap: can the system have the pages between them?",
    },
    Function {
        experiment: "pickle",
        function: "create_file",
        title: "Pickle: create the file",
        meaning: "Make the list, then dump it.",
    },
    Function {
        experiment: "pickle",
        function: "load_file",
        title: "Pickle: load the file",
        meaning: "The whole list at once, in a process that did nothing before.",
    },
    Function {
        experiment: "memo",
        function: "dump_at_step",
        title: "The memo’s step",
        meaning: "The same dump with one record fewer and with one more than the table of the memo holds before it doubles.",
    },
    Function {
        experiment: "flat",
        function: "create_file",
        title: "Text: create the file",
        meaning: "Make the list, then write one tuple a line.",
    },
    Function {
        experiment: "flat",
        function: "load_file",
        title: "Text: load the file",
        meaning: "Read one tuple a line into a list.",
    },
    Function {
        experiment: "streaming",
        function: "process_file",
        title: "Read a few, process, reuse",
        meaning: "The tutorial’s advice: no list at all.",
    },
    Function {
        experiment: "streaming",
        function: "load_then_convert",
        title: "Load, then convert to columns",
        meaning: "What the tutorial warns of, with arrays as the result …",
    },
];

/// The remark beside the last of [`FUNCTIONS`].
const FILL: Function = Function {
    experiment: "streaming",
    function: "fill_columns",
    title: "Fill columns made beforehand",
    meaning: "… and its remedy: each record goes into its row as it is read.",
};

pub(super) fn all(tutorial: &Tutorial) -> Markup {
    html! {
        p.lede {
            "Each function of the tutorial in a process of its own, step by step: Python’s resident set, and Rust’s heap with the resident set beside it."
        }
        p.note {
            "A table of line ends alone would show nothing for dump, whose memory comes and goes within one line: that is the column “peak”. "
            "In the plots, Rust’s curve is what the allocator wrote down; Python’s line joins the ends of the steps, and a dashed cap shows how high it went in between."
        }
        @for function in FUNCTIONS.iter().chain([&FILL]) { (function.show(tutorial)) }
    }
}

impl Function {
    fn show(&self, tutorial: &Tutorial) -> Markup {
        let profiles: Vec<&FunctionProfile> = tutorial
            .profiles
            .iter()
            .filter(|profile| {
                profile.experiment == self.experiment
                    && profile.function == self.function
                    && profile.status == Status::Ok
                    && !profile.is_printed()
            })
            .collect();
        let top = profiles.iter().map(|profile| curve::peak(profile)).max();
        let (rust, python): (Vec<&FunctionProfile>, Vec<&FunctionProfile>) = profiles
            .into_iter()
            .partition(|profile| profile.by == FunctionProfile::RUST);
        let first: Vec<&FunctionProfile> = [python.first(), rust.first()]
            .into_iter()
            .flatten()
            .copied()
            .collect();
        let more: Vec<&FunctionProfile> = python
            .iter()
            .skip(1)
            .chain(rust.iter().skip(1))
            .copied()
            .collect();
        html! {
            @if let Some(top) = top {
                div.group.function {
                    h3 { (self.title) " " code { (self.function) } }
                    p.note { (self.meaning) }
                    div.pair { @for profile in first { (one(profile, top)) } }
                    @if !more.is_empty() {
                        details.numbers {
                            summary {
                                (more.len()) " more: "
                                @for (index, profile) in more.iter().enumerate() {
                                    @if index > 0 { ", " }
                                    bdi { (person(&profile.by)) " " (profile.variant) }
                                }
                            }
                            div.pair { @for profile in more { (one(profile, top)) } }
                        }
                    }
                }
            }
        }
    }
}

fn one(profile: &FunctionProfile, top: u64) -> Markup {
    let name = format!("{}, {}", person(&profile.by), profile.variant);
    html! {
        figure.profile {
            figcaption { strong { (person(&profile.by)) } " " bdi { (profile.variant) } }
            (curve::plot(profile, top))
            (scrolling(&format!("{}, {name}", profile.function), &table(profile, &name)))
        }
    }
}

fn table(profile: &FunctionProfile, name: &str) -> Markup {
    let heap = profile.counts_heap();
    let unit = Unit::for_largest(curve::peak(profile));
    let loops = profile.steps.iter().any(|step| step.times > 1);
    html! {
        table.lines aria-label=(name) {
            thead {
                tr {
                    th.num scope="col" { "#" }
                    th scope="col" { "Line" }
                    th.num scope="col" { @if heap { "Heap " } @else { "Resident " } small { (unit.name()) } }
                    th.num scope="col" { "Change " small { (unit.name()) } }
                    th.num scope="col" { "Peak " small { (unit.name()) } }
                    @if heap {
                        th.num scope="col" { "Resident " small { "MiB" } }
                        th.num scope="col" { "Allocs" }
                    } @else {
                        th.num scope="col" { "After gc " small { (unit.name()) } }
                    }
                    @if loops { th.num scope="col" { "Times" } }
                }
            }
            tbody {
                @for (index, step) in profile.steps.iter().enumerate() {
                    tr {
                        td.num { (index + 1) }
                        td.line { (line(step)) }
                        (facts::size_cell(unit, profile.after(step)))
                        (facts::difference_cell(unit, profile.change(step)))
                        (facts::size_cell(unit, profile.peak(step)))
                        @if heap {
                            (facts::size_cell(Unit::MiB, step.resident_after_bytes))
                            td.num { (step.allocations.map_or(ABSENT.to_owned(), thousands)) }
                        } @else {
                            (facts::size_cell(unit, step.resident_collected_bytes))
                        }
                        @if loops { td.num { (thousands(step.times)) } }
                    }
                }
            }
        }
    }
}

/// The line itself, or what it does where its text is not known.
fn line(step: &ProfileStep) -> Markup {
    html! {
        @match &step.source {
            Some(source) => code { bdi { (source) } },
            None => bdi { (step.name) },
        }
        @if let Some(line) = step.line {
            " " small.where { bdi { (step.file.as_deref().unwrap_or("line")) ":" (line) } }
        }
    }
}
