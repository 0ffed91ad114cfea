//! The report's chapter on the tutorial.

use crate::support::{run, section, tags, with_troubled_tutorial, with_tutorial};
use picklebench::report::html::render;

#[test]
fn a_run_without_the_tutorial_has_no_chapter_and_no_link_to_one() {
    let page = render(&run());
    for anchor in ["tutorial", "lines"] {
        assert!(!page.contains(&format!("id=\"{anchor}\"")));
        assert!(!page.contains(&format!("href=\"#{anchor}\"")));
    }
}

#[test]
fn every_claim_has_its_verdict_its_rule_and_all_its_figures() {
    let run = with_tutorial();
    let page = render(&run);
    let chapter = section(&page, "tutorial");
    let claims = &run.tutorial.as_ref().unwrap().claims;
    assert!(claims.len() > 15);
    for claim in claims {
        let row = chapter
            .find(&format!("id=\"claim-{}\"", claim.id))
            .expect("a row");
        let row = &chapter[row..];
        let row = &row[..row.find("</tr>").expect("closed")];
        for text in [&claim.claim, &claim.rule, &claim.why, &claim.then] {
            assert!(
                row.contains(&text.replace('<', "&lt;").replace('>', "&gt;")),
                "{text}"
            );
        }
        for finding in claim
            .findings
            .iter()
            .filter_map(|finding| finding.now.as_ref())
        {
            assert!(row.contains(&finding.replace('<', "&lt;")), "{finding}");
        }
    }
    let verdicts = |class: &str| {
        chapter
            .matches(&format!("class=\"verdict {class}\""))
            .count()
    };
    assert_eq!(
        verdicts("holds") + verdicts("no-longer") + verdicts("never") + verdicts("unknown"),
        claims.len()
    );
    // The sentence on top counts them.
    let sentence = format!(
        "Of {} claims, {} hold, {} no longer hold, and {} never did.",
        claims.len() - verdicts("unknown"),
        verdicts("holds"),
        verdicts("no-longer"),
        verdicts("never")
    );
    assert!(chapter.contains(&sentence), "{sentence}");
}

#[test]
fn the_tutorial_both_pythons_and_rust_stand_side_by_side() {
    let page = render(&with_tutorial());
    let chapter = section(&page, "tutorial");
    // Of pickling: twice the tutorial, two Pythons, two of Rust.
    let pickling = &chapter[chapter.find("Pickling it").expect("a group")..];
    let pickling = &pickling[..pickling.find("</ul>").expect("closed")];
    let titles: Vec<&str> = pickling
        .split("<title>")
        .skip(1)
        .map(|rest| &rest[..rest.find("</title>").expect("closed")])
        .collect();
    assert_eq!(
        titles,
        [
            "Pickling it, the tutorial: 235.5 MiB",
            "Pickling it, the tutorial, 32-bit: 117.0 MiB",
            "Pickling it, CPython 3.11.7, protocol-4: 95.9 MiB",
            "Pickling it, CPython 2.7.18, pickle: 345.8 MiB",
            "Pickling it, Rust, serde-pickle/own-3: 102.4 KiB",
            "Pickling it, Rust, pickle/protocol-4: 71.7 KiB",
        ]
    );
}

#[test]
fn the_peak_within_a_line_shows_where_line_ends_show_nothing() {
    let page = render(&with_tutorial());
    let lines = section(&page, "lines");
    let dump = lines.find("pickle.dump(x, file)").expect("the line");
    let row = &lines[dump..];
    let row = &row[..row.find("</tr>").expect("closed")];
    // 232.1 before and after, 95.9 more within.
    assert!(row.contains(">0</td>"), "{row}");
    assert!(row.contains(">328.0</td>"), "{row}");
    assert!(lines.contains("src/tutorial/deepcopy.rs") && lines.contains(":42"));
}

#[test]
fn figures_of_fewer_records_are_compared_in_proportion() {
    let mut run = with_tutorial();
    run.tutorial.as_mut().unwrap().records = 100_000;
    let page = render(&run);
    let chapter = section(&page, "tutorial");
    assert!(chapter.contains("Pickling it, the tutorial: 23.6 MiB"));
    assert!(chapter.contains("reduced in proportion"));
}

#[test]
fn those_who_could_not_answer_are_named_with_the_reason() {
    let page = render(&with_troubled_tutorial());
    let chapter = section(&page, "tutorial");
    assert!(chapter.contains("it is no Python: exit code 1"));
    assert!(chapter.contains("asked for 4,368,000,488 bytes"));
    assert!(chapter.contains("out of memory"));
}

#[test]
fn hostile_names_are_text_and_nothing_is_left_open() {
    for run in [with_tutorial(), with_troubled_tutorial()] {
        let page = render(&run);
        assert_eq!(page.matches("<script").count(), 1, "the page's own");
        assert!(!page.contains("NaN") && !page.contains("inf%"));
        let mut open = Vec::new();
        for tag in tags(&page) {
            if tag.closes {
                assert_eq!(open.pop(), Some(tag.name), "at {}", tag.at);
            } else if !tag.is_void() {
                open.push(tag.name);
            }
        }
        assert!(open.is_empty(), "{open:?}");
    }
}

#[test]
fn the_page_stays_light_with_four_pythons_in_it() {
    let mut run = with_tutorial();
    let tutorial = run.tutorial.as_mut().unwrap();
    let python = |by: &str| by.starts_with("cpython");
    let profiles = tutorial.profiles.clone();
    for name in ["cpython-3.12.1", "cpython-3.13.0"] {
        tutorial
            .profiles
            .extend(
                profiles
                    .iter()
                    .filter(|p| python(&p.by))
                    .cloned()
                    .map(|mut profile| {
                        profile.by = name.to_owned();
                        profile
                    }),
            );
    }
    for profile in &mut tutorial.profiles {
        if let Some(timeline) = &mut profile.timeline {
            timeline.seconds = (0..1000).map(|i| f64::from(i) / 1000.0).collect();
            timeline.live_bytes = (0..1000).map(|i| i * 7919 % 60_000_000).collect();
        }
    }
    let page = render(&run);
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
}
