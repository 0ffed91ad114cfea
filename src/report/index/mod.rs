//! The page of all published runs: a table, newest first, and how the headline
//! figures went over time.
//!
//! It lies beside the runs' folders and links to them by name, so it works from
//! disk and from any static server. Like [`html`](super::html) it is complete
//! without its script, which only adds the choice of a machine.

mod headline;
mod trend;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::results::published::Published;
use crate::results::{Environment, Run};
use plainfigures::{ABSENT, format_bytes, shorten, thousands, visible};

use super::html::{policy, scrolling};
use super::{figures, findings};

use headline::HEADLINES;

const STYLE: &str = concat!(include_str!("../html/style.css"), include_str!("index.css"));
const SCRIPT: &str = include_str!("index.js");

/// The page of `runs`, newest first. The same runs give the same bytes.
/// `left_out` are the names of folders whose runs could not be read.
#[must_use]
pub fn render(runs: &[Published], left_out: &[String]) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy(STYLE, SCRIPT));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "picklebench: published runs" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { "Skip to the runs" }
                (header(runs, left_out))
                main #main {
                    @if !runs.is_empty() {
                        section #runs aria-labelledby="runs-title" {
                            h2 #runs-title { "All runs" }
                            p.lede { "Newest first. A date leads to the run’s page. Cases are those that finished, of all." }
                            (scrolling("All runs", &table(runs)))
                        }
                        (trend::section(runs))
                    }
                }
                footer {
                    p { "Made by " code { "picklebench publish" } " from the folders beside this page." }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    plainfigures::visible_lines(&page.into_string())
}

fn header(runs: &[Published], left_out: &[String]) -> Markup {
    let machines = machines(runs).len();
    html! {
        header {
            p.overline { strong { "picklebench" } span { "published runs" } }
            h1 {
                @match runs {
                    [] => "No run is published here yet.",
                    [only] => { "One published run, of " (day(&only.run)) "." }
                    [newest, .., oldest] => {
                        (thousands(runs.len() as u64)) " published runs on "
                        @if machines == 1 { "one machine" } @else { (machines) " machines" }
                        @if date(&oldest.run) == date(&newest.run) { ", all of " (day(&newest.run)) "." }
                        @else { ", from " (day(&oldest.run)) " to " (day(&newest.run)) "." }
                    }
                }
            }
            @if let Some(newest) = runs.first() {
                p.lede { @if runs.len() > 1 { "The newest says: " } (findings::headline(&newest.run)) }
            }
            @if !left_out.is_empty() {
                div.findings {
                    ul.warnings aria-label="Warnings" {
                        @for name in left_out { li { bdi { (visible(&shorten(name, 80))) } " holds no run that can be read, and is left out." } }
                    }
                }
            }
        }
    }
}

fn table(runs: &[Published]) -> Markup {
    html! {
        table.runs {
            thead {
                tr {
                    th scope="col" { "Run" }
                    th scope="col" { "Machine" }
                    th scope="col" { "Commit" }
                    th.num scope="col" { "Records" }
                    th.num scope="col" { "Cases" }
                    @for headline in &HEADLINES {
                        th.num scope="col" { (headline.title) small { (headline.of) } }
                    }
                }
            }
            tbody {
                @for it in runs {
                    @let finished = it.run.cases.iter().filter(|case| case.is_ok()).count();
                    tr data-machine=(machine(&it.run.environment)) {
                        th scope="row" {
                            @if it.has_page { a href=(address(&it.folder, "report.html")) { (when(&it.run)) } }
                            @else { (when(&it.run)) }
                            " " a.file href=(address(&it.folder, "run.json")) aria-label={ "run.json of " (when(&it.run)) } { "run.json" }
                        }
                        td.machine { bdi { (machine(&it.run.environment)) } }
                        td { (commit(&it.run.environment)) }
                        td.num { bdi { (visible(&figures::named_records(&it.run.dataset))) } }
                        td.num { (finished) " of " (it.run.cases.len()) }
                        @for headline in &HEADLINES {
                            @match headline.of(&it.run) {
                                Some(figure) => td.num { (headline.text(figure)) },
                                None => td.num.absent { (ABSENT) },
                            }
                        }
                    }
                }
            }
        }
    }
}

fn commit(environment: &Environment) -> Markup {
    let commit = environment.commit.as_deref().unwrap_or_default();
    let commit: String = visible(commit).chars().take(7).collect();
    html! {
        @if commit.is_empty() { (ABSENT) } @else { code { bdi { (commit) } } }
        @if environment.dirty == Some(true) { " " span.flaw { "with changes" } }
    }
}

/// When a run began, to the minute.
fn when(run: &Run) -> String {
    let text: String = visible(&run.environment.started).chars().take(16).collect();
    text.replace('T', " ")
}

/// The day of a run, which no line break may cut.
fn day(run: &Run) -> Markup {
    html! { span.day { (date(run)) } }
}

fn date(run: &Run) -> String {
    visible(&run.environment.started).chars().take(10).collect()
}

/// The machine in a few words: what a reader filters by.
fn machine(environment: &Environment) -> String {
    let parts = [
        environment.host.clone(),
        environment.cpu.clone(),
        environment.memory_bytes.map(format_bytes),
    ];
    let text = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    if text.is_empty() {
        "unknown".to_owned()
    } else {
        shorten(&visible(&text), 120)
    }
}

/// All machines, in order of their names.
fn machines(runs: &[Published]) -> Vec<String> {
    let all = runs.iter().map(|it| machine(&it.run.environment));
    let mut all: Vec<String> = all.collect();
    all.sort();
    all.dedup();
    all
}

/// A relative address of a file in a run's folder. The `./` keeps a folder's
/// name from being taken for a scheme.
fn address(folder: &str, file: &str) -> String {
    let mut address = String::from("./");
    for byte in folder.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                address.push(char::from(byte));
            }
            _ => address.push_str(&format!("%{byte:02X}")),
        }
    }
    address.push('/');
    address.push_str(file);
    address
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn a_folder_is_only_ever_a_folder() {
        assert_eq!(
            address("2026-11-22-vm-bc3cbdd", "run.json"),
            "./2026-11-22-vm-bc3cbdd/run.json"
        );
        assert_eq!(
            address("javascript:x", "run.json"),
            "./javascript%3Ax/run.json"
        );
        assert_eq!(address("a b?#", "r"), "./a%20b%3F%23/r");
    }
}
