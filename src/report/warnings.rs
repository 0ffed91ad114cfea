//! What casts doubt on a run, in sentences: the warnings among its findings.

use crate::results::{Footprint, Run, Status};
use plainfigures::format_signed_bytes;

use super::figures;

/// What casts doubt on the figures of a run, a sentence each.
pub(crate) fn warnings(run: &Run) -> Vec<String> {
    let mut said = Vec::new();
    let broken: Vec<&Footprint> = run
        .cases
        .iter()
        .filter(|case| case.status.is_trouble())
        .collect();
    if !broken.is_empty() {
        said.push(format!(
            "{} of {} did not finish: {}.",
            broken.len(),
            figures::cases(run.cases.len()),
            names(&broken)
        ));
    }
    let unsteady: Vec<&Footprint> = run
        .cases
        .iter()
        .filter(|case| figures::is_unsteady(case))
        .collect();
    if !unsteady.is_empty() {
        said.push(format!(
            "The peak heap was not the same each time for {}: take it as one of several.",
            names(&unsteady)
        ));
    }
    said.extend(leaks(run));
    if run.environment.profile == "dev" {
        said.push("This was a development build: its times mean nothing.".to_string());
    }
    if run.environment.dirty == Some(true) {
        said.push("The code differed from the commit that is named.".to_string());
    }
    if run.environment.sources_match == Some(false) {
        said.push(
            "The sources were no longer those that the program was built from; it is as old as \
             the commit that is named."
                .to_string(),
        );
    }
    said
}

/// What outlived its case: each by itself, or where there are many, as one.
fn leaks(run: &Run) -> Vec<String> {
    let left: Vec<(&Footprint, i64)> = run
        .cases
        .iter()
        .filter_map(|case| Some((case, figures::leak(case)?)))
        .collect();
    if left.len() > 3 {
        let cases: Vec<&Footprint> = left.iter().map(|(case, _)| *case).collect();
        let most = left
            .iter()
            .map(|(_, leak)| *leak)
            .max_by_key(|leak| leak.unsigned_abs());
        return vec![format!(
            "{} cases left something on the heap after everything was dropped, up to {}: {}.",
            left.len(),
            format_signed_bytes(most.unwrap_or(0)),
            names(&cases)
        )];
    }
    let sentence = |(case, leak): &(&Footprint, i64)| {
        format!(
            "{} left {} on the heap after everything was dropped.",
            case.id,
            format_signed_bytes(*leak)
        )
    };
    left.iter().map(sentence).collect()
}

/// Names of cases, but not a page full of them.
fn names(cases: &[&Footprint]) -> String {
    const SHOWN: usize = 5;
    let mut text = cases
        .iter()
        .take(SHOWN)
        .map(|case| match case.status {
            Status::Ok => case.id.clone(),
            status => format!("{} ({})", case.id, figures::status_name(status)),
        })
        .collect::<Vec<_>>()
        .join(", ");
    if let Some(more @ 1..) = cases.len().checked_sub(SHOWN) {
        text.push_str(&format!(" and {more} more"));
    }
    text
}
