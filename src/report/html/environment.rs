//! The section on the machine and the build that the run took place on.

use maud::html;

use crate::results::Run;
use plainfigures::format_bytes;

use super::Section;

#[expect(clippy::unnecessary_wraps, reason = "all sections have one shape")]
pub(super) fn section(run: &Run) -> Option<Section> {
    let environment = &run.environment;
    let text = |text: &str| Some(text.to_string()).filter(|text| !text.is_empty());
    let commit = environment.commit.as_ref().map(|commit| {
        match (environment.dirty, environment.sources_match) {
            (Some(true), _) => format!("{commit}, with changes"),
            (_, Some(false)) => format!("{commit}; the sources have changed since the build"),
            _ => commit.clone(),
        }
    });
    let crates: Vec<String> = environment
        .crates
        .iter()
        .map(|package| format!("{} {}", package.name, package.version))
        .collect();
    let rows: Vec<(&str, Option<String>)> = vec![
        ("Started", text(&environment.started)),
        ("Command", text(&environment.command.join(" "))),
        ("picklebench", text(&environment.picklebench)),
        ("Commit", commit),
        ("Compiler", text(&environment.rustc)),
        ("Profile", text(&environment.profile)),
        ("Target", text(&environment.target)),
        ("Allocator", text(&environment.allocator)),
        ("System", text(&environment.os)),
        ("Kernel", environment.kernel.clone()),
        ("Processor", environment.cpu.clone()),
        (
            "Processors usable",
            environment.cpus.map(|count| count.to_string()),
        ),
        ("Memory", environment.memory_bytes.map(format_bytes)),
        (
            "Limit of the control group",
            environment.cgroup_limit_bytes.map(format_bytes),
        ),
        (
            "Limit of a worker",
            environment.worker_limit_bytes.map(format_bytes),
        ),
        ("Page", environment.page_bytes.map(format_bytes)),
        (
            "Transparent huge pages",
            environment.transparent_huge_pages.clone(),
        ),
        (
            "Workers’ environment",
            text(&environment.worker_environment.join(" ")),
        ),
        ("Host", environment.host.clone()),
        ("Crates that do the work", text(&crates.join(", "))),
    ];
    Some(Section {
        anchor: "environment",
        title: "Environment",
        body: html! {
            p.lede { "Memory figures carry over to other machines with the same allocator; times do not." }
            dl.environment {
                @for (name, value) in rows {
                    div {
                        dt { (name) }
                        dd { @if let Some(value) = value { bdi { (value) } } @else { "–" } }
                    }
                }
            }
        },
    })
}
