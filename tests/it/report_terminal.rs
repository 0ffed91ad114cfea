//! The table in the terminal, the findings, the picture and the CSV.

use crate::support::{run, tags, troubled};
use picklebench::report::csv;
use picklebench::report::findings::{Kind, findings, headline};
use picklebench::report::{svg, terminal};
use picklebench::results::{Run, Status};

/// The run with only the cases named.
fn only(ids: &[&str]) -> Run {
    let mut run = run();
    run.cases.retain(|case| ids.contains(&case.id.as_str()));
    assert_eq!(run.cases.len(), ids.len());
    run
}

#[test]
fn columns_are_aligned_and_complete() {
    let text = terminal::render(&run(), false);
    let lines: Vec<&str> = text.lines().collect();
    let width = lines[0].chars().count();
    assert!(width <= 120, "{width} columns");
    let row = |id: &str| {
        let found = lines
            .iter()
            .find(|line| line.split_whitespace().next() == Some(id));
        found.copied().unwrap_or_else(|| panic!("no row for {id}"))
    };
    for case in &run().cases {
        let row = row(&case.id);
        match case.status {
            Status::Ok => assert_eq!(row.chars().count(), width, "{row}"),
            _ => assert!(row.ends_with("unsupported"), "{row}"),
        }
    }
    let figures: Vec<&str> = row("read/serde-pickle/protocol-2")
        .split_whitespace()
        .collect();
    assert_eq!(
        &figures[1..5],
        ["343.0", "285.8", "6.0", "440.6"],
        "{figures:?}"
    );
    assert!(!text.contains('\u{1b}'));
}

#[test]
fn color_adds_nothing_but_escapes() {
    for run in [run(), troubled()] {
        let colored = terminal::render(&run, true);
        assert!(colored.contains('\u{1b}'));
        let plain = anstream::adapter::strip_str(&colored).to_string();
        assert_eq!(plain, terminal::render(&run, false));
    }
}

#[test]
fn trouble_is_marked_and_explained() {
    let text = terminal::render(&troubled(), false);
    let line = |start: &str| {
        text.lines()
            .find(|line| line.trim_start().starts_with(start))
    };
    assert!(
        line("read/text ")
            .expect("a row")
            .ends_with("! not the same each time")
    );
    assert!(line("write/text ").expect("a row").ends_with("failed"));
    assert_eq!(
        line("write/text:").expect("a reason").trim(),
        "write/text: failed: cannot write data/tuples.txt: No space left on device"
    );
    assert!(!text.contains('\u{202e}'), "nothing may reorder the table");
    assert!(text.lines().take(12).all(|line| line.chars().count() < 160));
}

#[test]
fn absent_figures_are_dashes() {
    let mut run = only(&["read/text"]);
    run.cases[0].heap = None;
    run.cases[0].resident = None;
    run.cases[0].seconds.clear();
    run.cases[0].file_bytes = None;
    run.cases[0].throughput = None;
    let text = terminal::render(&run, false);
    let row = text.lines().nth(2).expect("a row");
    assert_eq!(row.matches('–').count(), 8, "{row}");
    assert!(!row.contains('0'), "{row}");
}

#[test]
fn the_headline_is_about_reading_into_a_list() {
    assert_eq!(
        headline(&run()),
        "Reading 1,000,000 records back took between 1.0× (text and pickle) \
         and 73× (serde-pickle, its own protocol 2) of the data’s size in memory."
    );
    assert_eq!(
        headline(&only(&["read/text"])),
        "Reading 1,000,000 records back from text took 1.0× the data’s size in memory, 57.4 MiB at the peak."
    );
    assert_eq!(
        headline(&only(&["read/text", "read/pickle/protocol-4"])),
        "Reading 1,000,000 records back took 1.0× the data’s size in memory, whatever the format."
    );
    assert_eq!(
        headline(&only(&["read/text", "read/serde-pickle/protocol-2"])),
        "Reading 1,000,000 records back took between 1.0× (text) \
         and 6.0× (serde-pickle, CPython’s protocol 2) of the data’s size in memory."
    );
}

#[test]
fn partial_runs_have_sensible_headlines() {
    assert_eq!(
        headline(&only(&["write/text"])),
        "Writing 1,000,000 records to text took 64.1 KiB on top of the list itself."
    );
    assert_eq!(
        headline(&only(&["stream-read/text"])),
        "One record at a time, reading never took more than 68.3 KiB, 0.001× the data’s size."
    );
    assert_eq!(
        headline(&only(&["empty/none"])),
        "Only the empty case ran: measuring itself costs 0 B of heap."
    );
    assert_eq!(
        headline(&only(&["stream-read/serde-pickle"])),
        "No case of this run is supported: 1 case chosen."
    );
    let mut timed = only(&["read/text", "write/text"]);
    for case in &mut timed.cases {
        case.heap = None;
        case.resident = None;
    }
    assert_eq!(
        headline(&timed),
        "Reading from start to end took 322 ms (text)."
    );
    let mut failed = troubled();
    failed.cases.retain(|case| case.status == Status::Failed);
    assert_eq!(
        headline(&failed),
        "The only case, write/text, did not finish."
    );
    let mut unsized_run = only(&["read/text"]);
    unsized_run.dataset.heap_bytes = 0;
    assert_eq!(
        headline(&unsized_run),
        "Reading 1,000,000 records back peaked at 57.4 MiB of heap (text)."
    );
}

#[test]
fn trust_and_doubt_are_said() {
    let texts = |run: &Run, kind: Kind| -> Vec<String> {
        let found = findings(run)
            .into_iter()
            .filter(|finding| finding.kind == kind);
        found.map(|finding| finding.text).collect()
    };
    let said = texts(&run(), Kind::Assurance);
    assert!(
        said.contains(
            &"Measured again, all 33 cases had the same peak heap to the byte.".to_string()
        )
    );
    assert_eq!(texts(&run(), Kind::Warning), Vec::<String>::new());

    let mut run = troubled();
    run.environment.dirty = Some(true);
    run.environment.profile = "dev".into();
    run.cases[1].heap.as_mut().expect("metered").retained_bytes = 4096;
    let said = texts(&run, Kind::Warning).join("\n");
    for part in [
        "4 of 10 cases did not finish: write/text (failed), ",
        "not the same each time for read/text",
        "read/text left 4.0 KiB on the heap",
        "its times mean nothing",
        "differed from the commit",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(
        texts(&run, Kind::Assurance)
            .iter()
            .all(|text| !text.contains("Measured again"))
    );
}

#[test]
fn the_picture_is_well_formed_and_true() {
    for run in [
        run(),
        troubled(),
        only(&["read/text"]),
        only(&["empty/none"]),
    ] {
        let picture = svg::render(&run);
        assert_eq!(picture, svg::render(&run));
        let mut open = Vec::new();
        for tag in tags(&picture) {
            if tag.closes {
                assert_eq!(open.pop(), Some(tag.name));
            } else {
                open.push(tag.name);
            }
            assert!(tag.attribute("href").is_none() && tag.attribute("src").is_none());
        }
        assert!(open.is_empty());
        assert_eq!(picture.matches("<style>").count(), 1);
        assert!(picture.contains("prefers-color-scheme:dark"));
        assert!(!picture.contains("alert(1)<"), "names are escaped");
    }
    let picture = svg::render(&run());
    for text in [
        "343.0 MiB",
        "4,165.6 MiB",
        "182.6 KiB",
        "serde-pickle protocol-2, 4",
        "73×",
    ] {
        assert!(picture.contains(text), "{text}");
    }
}

#[test]
fn the_csv_has_a_line_a_case_and_every_figure() {
    let run = run();
    let csv = csv::render(&run);
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), run.cases.len() + 1);
    let column = |name: &str| {
        lines[0]
            .split(',')
            .position(|title| title == name)
            .expect("a column")
    };
    let row: Vec<&str> = lines
        .iter()
        .find(|line| line.starts_with("read/serde-pickle/protocol-2,"))
        .expect("a line")
        .split(',')
        .collect();
    assert_eq!(row.len(), lines[0].split(',').count());
    assert_eq!(row[column("peak_bytes")], "359713943");
    assert_eq!(row[column("extra_bytes")], "299713943");
    assert_eq!(row[column("status")], "ok");
}
