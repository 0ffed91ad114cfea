//! The figures as files to download, which the page itself holds.

use base64::Engine as _;
use maud::html;

use crate::report::csv;
use crate::results::Run;
use plainfigures::format_bytes;

use super::Section;

/// JSON beyond this many bytes is left to `run.json` itself: a page fits a mail.
const MOST_JSON: usize = 100_000;

#[expect(clippy::unnecessary_wraps, reason = "all sections have one shape")]
pub(super) fn section(run: &Run) -> Option<Section> {
    let mut small = run.clone();
    for case in &mut small.cases {
        case.timeline = None;
    }
    for profile in small
        .tutorial
        .iter_mut()
        .flat_map(|tutorial| &mut tutorial.profiles)
    {
        profile.timeline = None;
        profile.steps.clear();
    }
    let json = serde_json::to_string(&small).unwrap_or_default();
    let csv = csv::render(run);
    Some(Section {
        anchor: "data",
        title: "Raw data",
        body: html! {
            p { "Sizes are bytes, times are seconds, and what was not measured is absent. What is linked here is inside this page." }
            ul.downloads {
                @if json.len() <= MOST_JSON {
                    li { a download="run-without-timelines.json" href=(data_uri("application/json", &json)) { "JSON without timelines" } " " span.meaning { (format_bytes(json.len() as u64)) } }
                }
                li { a download="run.csv" href=(escaped_uri("text/csv", &csv)) { "CSV, one line a case" } " " span.meaning { (format_bytes(csv.len() as u64)) } }
            }
            p.note { "The whole run, timelines and the tutorial’s steps included, is " code { "run.json" } " beside this page. Its fields are described in " code { "src/results/mod.rs" } "." }
        },
    })
}

fn data_uri(kind: &str, text: &str) -> String {
    let encoded = base64::engine::general_purpose::STANDARD.encode(text);
    format!("data:{kind};charset=utf-8;base64,{encoded}")
}

/// Text as a `data:` address: percent-encoding is shorter than base64 for what
/// is mostly letters and digits.
fn escaped_uri(kind: &str, text: &str) -> String {
    use std::fmt::Write as _;
    let mut uri = format!("data:{kind};charset=utf-8,");
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b",-._/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::escaped_uri;

    #[test]
    fn what_means_something_in_an_address_is_escaped() {
        assert_eq!(
            escaped_uri("text/csv", "id,a b\n\"%#é\",1.5"),
            "data:text/csv;charset=utf-8,id,a%20b%0A%22%25%23%C3%A9%22,1.5"
        );
    }
}
