//! The figures to take away, inside the page itself.

use base64::Engine as _;
use maud::html;

use crate::report::export::csv;
use crate::results::Run;
use crate::units::format_bytes;

use super::Section;

#[expect(clippy::unnecessary_wraps, reason = "all sections have one shape")]
pub(super) fn section(run: &Run) -> Option<Section> {
    let mut small = run.clone();
    for case in &mut small.cases {
        case.timeline = None;
    }
    let json = serde_json::to_string(&small).unwrap_or_default();
    let csv = csv::render(run);
    Some(Section {
        anchor: "data",
        title: "Raw data",
        body: html! {
            p { "Sizes are bytes, times are seconds, and what was not measured is absent. Both files are inside this page." }
            ul.downloads {
                li { a download="run-without-timelines.json" href=(data_uri("application/json", &json)) { "JSON without timelines" } " " span.meaning { (format_bytes(json.len() as u64)) } }
                li { a download="run.csv" href=(data_uri("text/csv", &csv)) { "CSV, one line a case" } " " span.meaning { (format_bytes(csv.len() as u64)) } }
            }
            p.note { "The whole run, timelines included, is " code { "run.json" } " beside this page. Its fields are described in " code { "src/results/mod.rs" } "." }
        },
    })
}

fn data_uri(kind: &str, text: &str) -> String {
    let encoded = base64::engine::general_purpose::STANDARD.encode(text);
    format!("data:{kind};charset=utf-8;base64,{encoded}")
}
