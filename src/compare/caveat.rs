//! What else differs between two runs, and which figures that spoils.

use serde::Serialize;

use crate::results::{Environment, Footprint, Run, Status};
use plainfigures::format_bytes;

/// A difference between two runs that is not in the code that was measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Caveat {
    /// Whether it spoils figures, or only explains them.
    pub kind: CaveatKind,
    /// The sentence, plain text.
    pub text: String,
}

/// What a [`Caveat`] does to the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaveatKind {
    /// Some figures cannot be compared: to be said loudly.
    Warning,
    /// A difference that the figures may come from.
    Note,
}

fn warning(text: String) -> Caveat {
    Caveat {
        kind: CaveatKind::Warning,
        text,
    }
}

fn note(text: String) -> Caveat {
    Caveat {
        kind: CaveatKind::Note,
        text,
    }
}

/// Everything that differs, warnings first.
pub(super) fn caveats(base: &Run, new: &Run) -> Vec<Caveat> {
    let (a, b) = (&base.environment, &new.environment);
    let mut found = Vec::new();
    let mut warn_if = |what: &str, base: String, new: String, so: &str| {
        if base != new {
            found.push(warning(format!(
                "the {what} differs ({} → {}): {so}",
                shown(&base),
                shown(&new)
            )));
        }
    };
    warn_if(
        "target",
        a.target.clone(),
        b.target.clone(),
        "sizes in memory may differ for that reason alone",
    );
    warn_if(
        "profile of the build",
        a.profile.clone(),
        b.profile.clone(),
        "compare release with release; times and the number of allocations depend on it",
    );
    warn_if(
        "allocator",
        a.allocator.clone(),
        b.allocator.clone(),
        "peak upper, high-water and retained cannot be compared; peak heap can",
    );
    warn_if(
        "machine",
        machine(a),
        machine(b),
        "times cannot be compared; heap figures can",
    );
    warn_if(
        "kernel’s handling of pages",
        pages(a),
        pages(b),
        "high-water and retained cannot be compared",
    );
    warn_if(
        "workers’ environment",
        a.worker_environment.join(" "),
        b.worker_environment.join(" "),
        "high-water and retained cannot be compared",
    );
    if base.schema != new.schema {
        found.push(warning(format!(
            "the schema of run.json differs ({} → {}): a figure may have changed its meaning",
            base.schema, new.schema
        )));
    }
    if runs_out_of_memory(base) != runs_out_of_memory(new)
        && a.worker_limit_bytes != b.worker_limit_bytes
    {
        let limit = |limit: Option<u64>| limit.map_or_else(|| "none".to_owned(), format_bytes);
        found.push(warning(format!(
            "the limit on a worker’s memory differs ({} → {}), and a case ran out of memory: \
             give both runs the same --memory-limit",
            limit(a.worker_limit_bytes),
            limit(b.worker_limit_bytes)
        )));
    }
    for (name, run) in [("base", base), ("new", new)] {
        let unsteady: Vec<&str> = unsteady(run).map(|case| case.id.as_str()).collect();
        if let [first, rest @ ..] = unsteady.as_slice() {
            let more = match rest.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            found.push(warning(format!(
                "in the {name} run the peak of {}{more} was not the same each time: \
                 a small difference there says nothing",
                shown(first)
            )));
        }
    }
    found.extend(notes(a, b));
    found
}

/// The differences that may explain a change of figures, but spoil none.
fn notes(a: &Environment, b: &Environment) -> Vec<Caveat> {
    let mut found = Vec::new();
    for (name, environment) in [("base", a), ("new", b)] {
        if environment.dirty == Some(true) {
            found.push(note(format!(
                "the {name} run was made with changes that are in no commit"
            )));
        }
    }
    if a.rustc != b.rustc {
        found.push(note(format!(
            "the compiler differs ({} → {})",
            shown(&a.rustc),
            shown(&b.rustc)
        )));
    }
    for package in &b.crates {
        let before = a.crates.iter().find(|other| other.name == package.name);
        if let Some(before) = before.filter(|before| before.version != package.version) {
            found.push(note(format!(
                "{} went from {} to {}",
                shown(&package.name),
                shown(&before.version),
                shown(&package.version)
            )));
        }
    }
    found
}

fn machine(environment: &Environment) -> String {
    let cpu = environment.cpu.clone();
    let parts = [
        cpu,
        environment.cpus.map(|cpus| format!("{cpus} processors")),
        environment.memory_bytes.map(format_bytes),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn pages(environment: &Environment) -> String {
    let size = environment.page_bytes.map(format_bytes);
    let huge = environment.transparent_huge_pages.clone();
    let huge = huge.map(|setting| format!("huge pages: {setting}"));
    [size, huge]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
}

fn runs_out_of_memory(run: &Run) -> bool {
    let mut cases = run.cases.iter();
    cases.any(|case| case.status == Status::OutOfMemory)
}

fn unsteady(run: &Run) -> impl Iterator<Item = &Footprint> {
    run.cases.iter().filter(|case| {
        let heap = case.heap.as_ref();
        heap.is_some_and(|heap| heap.deterministic == Some(false))
    })
}

/// A name from a file: never empty, never long enough to hide the sentence.
fn shown(text: &str) -> String {
    if text.is_empty() {
        return "unknown".to_owned();
    }
    let short: String = text.chars().take(80).collect();
    if short.len() < text.len() {
        format!("{short}…")
    } else {
        short
    }
}
