//! The page: safe to open, complete without a script, true to the run.

use crate::support::{run, section, tags, troubled};
use base64::Engine as _;
use picklebench::report::findings::findings;
use picklebench::report::html::render;
use picklebench::results::{Run, Status, Timeline};
use sha2::{Digest as _, Sha256};

/// The text of the only element of that name.
fn element<'a>(page: &'a str, name: &str) -> &'a str {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    assert_eq!(page.matches(&open).count(), 1, "one <{name}>");
    let start = page.find(&open).expect("it is there") + open.len();
    let end = page[start..].find(&close).expect("it is closed");
    &page[start..start + end]
}

#[test]
fn the_policy_names_this_style_and_this_script_and_nothing_else() {
    let page = render(&run());
    for (directive, source) in [
        ("style-src", element(&page, "style")),
        ("script-src", element(&page, "script")),
    ] {
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(source));
        let expected = format!("{directive} 'sha256-{hash}'");
        assert!(page.contains(&expected), "{expected}");
    }
    assert!(page.contains("default-src 'none'; "));
    assert!(!page.contains("unsafe-"));
    let policy = page.find("Content-Security-Policy").expect("a policy");
    assert!(policy < page.find("<style>").expect("a style"));
}

#[test]
fn nothing_is_fetched_from_anywhere() {
    for run in [run(), troubled()] {
        let page = render(&run);
        for tag in tags(&page) {
            for attribute in ["src", "srcset", "action", "poster", "data", "background"] {
                assert!(
                    tag.attribute(attribute).is_none(),
                    "{attribute} in <{}>",
                    tag.name
                );
            }
            // Forbidden by the policy, so it would be silently without effect.
            assert!(tag.attribute("style").is_none(), "style in <{}>", tag.name);
            assert!(!matches!(
                tag.name,
                "link" | "iframe" | "img" | "object" | "embed"
            ));
            if let Some(target) = tag.attribute("href") {
                assert!(
                    target.starts_with('#') || target.starts_with("data:"),
                    "{target:.40}"
                );
            }
        }
        let style = element(&page, "style");
        assert!(!style.contains("@import"));
        assert!(style.split("url(").skip(1).all(|url| url.starts_with('#')));
    }
}

#[test]
fn elements_are_closed_in_order_and_ids_are_unique() {
    for run in [run(), troubled(), without_cases()] {
        let page = render(&run);
        let mut open = Vec::new();
        let mut ids = std::collections::HashSet::new();
        for tag in tags(&page) {
            if let Some(id) = tag.attribute("id") {
                assert!(ids.insert(id.to_string()), "id {id} twice");
            }
            if tag.closes {
                assert_eq!(open.pop(), Some(tag.name), "near byte {}", tag.at);
            } else if !tag.is_void() {
                open.push(tag.name);
            }
        }
        assert_eq!(open, Vec::<&str>::new());
        for tag in tags(&page) {
            if let Some(anchor) = tag
                .attribute("href")
                .and_then(|href| href.strip_prefix('#'))
            {
                assert!(ids.contains(anchor), "#{anchor} leads nowhere");
            }
            for reference in ["aria-labelledby", "aria-describedby"] {
                for id in tag.attribute(reference).unwrap_or("").split_whitespace() {
                    assert!(ids.contains(id), "{reference} {id}");
                }
            }
        }
    }
}

#[test]
fn every_case_is_in_the_table_with_its_figures_or_its_reason() {
    for run in [run(), troubled()] {
        let page = render(&run);
        let rows: Vec<&str> = page.split("<tr id=\"case-").skip(1).collect();
        assert_eq!(rows.len(), run.cases.len());
        for (case, row) in run.cases.iter().zip(rows) {
            let row = &row[..row.find("</tr>").expect("a closed row")];
            let name = escape(&plainfigures::visible_lines(&case.id));
            assert!(row.contains(&format!("data-case=\"{name}\"")));
            match (&case.heap, case.status) {
                (Some(heap), Status::Ok) => {
                    assert!(row.contains(&format!("data-bytes=\"{}\"", heap.peak_bytes)));
                    assert!(row.contains(&format!("data-bytes=\"{}\"", heap.extra_bytes)));
                }
                _ => {
                    let reason = case.message.as_deref().expect("a message");
                    assert!(row.contains(&escape(reason)), "{reason}");
                }
            }
        }
    }
}

#[test]
fn the_numbers_of_a_chart_are_those_of_the_run() {
    let run = run();
    let page = render(&run);
    let bars = section(&page, "peak");
    let tables = bars.split("<table>").nth(1).expect("the bars' numbers");
    for case in run.cases.iter().filter(|case| case.status == Status::Ok) {
        let heap = case.heap.as_ref().expect("every case was metered");
        for bytes in [heap.floor_bytes, heap.peak_bytes, heap.peak_upper_bytes] {
            assert!(
                tables.contains(&format!("data-bytes=\"{bytes}\"")),
                "{}",
                case.id
            );
        }
        let title = format!("<title>{}: peak heap ", escape(&case.id));
        assert!(bars.contains(&title), "{title}");
    }
    let time = section(&page, "time");
    assert_eq!(
        time.matches("<figure").count(),
        run.cases
            .iter()
            .filter(|case| case.timeline.is_some())
            .count()
    );
}

#[test]
fn the_length_of_a_bar_is_its_figure() {
    let mut run = run();
    run.cases
        .retain(|case| case.id == "read/text" || case.id == "read/serde-pickle/protocol-2");
    let page = render(&run);
    let lengths: Vec<f64> = section(&page, "peak")
        .split("role=\"img\"")
        .skip(1)
        .map(|svg| {
            let svg = &svg[..svg.find("</svg>").expect("closed")];
            let widths = tags(svg)
                .into_iter()
                .filter(|tag| tag.name == "rect" && !tag.closes);
            widths
                .filter_map(|tag| {
                    tag.attribute("width")?
                        .strip_suffix('%')?
                        .parse::<f64>()
                        .ok()
                })
                .sum()
        })
        .collect();
    let heap = |index: usize| run.cases[index].heap.as_ref().expect("metered").peak_bytes as f64;
    let (small, large) = (heap(0).min(heap(1)), heap(0).max(heap(1)));
    assert_eq!(lengths.len(), 2);
    assert!(
        (lengths[0] / lengths[1] - small / large).abs() < 0.002,
        "{lengths:?}"
    );
}

#[test]
fn growth_with_records_is_drawn_told_and_tabled() {
    let page = render(&run());
    let scaling = section(&page, "scaling");
    let row = |id: &str| {
        let cell = format!(">{}</bdi></th>", id.replace('/', "/<wbr>"));
        let row = scaling.split("<tr>").find(|row| row.contains(&cell));
        row.unwrap_or_else(|| panic!("no row for {id}: {scaling}"))
            .to_owned()
    };
    let text = row("stream-read/text");
    assert!(text.contains("flat: constant memory"), "{text}");
    let tree = row("read/serde-pickle/own-3");
    assert!(
        tree.contains("4,368</td>") && tree.contains("grows"),
        "{tree}"
    );
    assert!(tree.contains("data-bytes=\"4368000488\""), "{tree}");
    let lines = scaling.matches("<g class=\"growth\"").count();
    assert_eq!(lines, scaling.matches("<th scope=\"row\">").count());
    let told = &page[page.find("<ul class=\"remarks\"").expect("remarks")..];
    let told = &told[..told.find("</ul>").expect("closed")];
    assert!(
        told.contains("Each further record takes 60.0 bytes (")
            && told.contains("to 4,368 bytes (serde-pickle, its own protocol 2) to read back."),
        "{told}"
    );
    assert!(told.contains(
        "Memory stays the same one record at a time: all 10 such cases take as much at 1,000,000 records as at 10,000."
    ));

    let mut few = run();
    few.cases.retain(|case| case.id == "stream-read/text");
    assert!(
        render(&few).contains("stream-read/text takes as much at 1,000,000 records as at 10,000.")
    );
    let scaled = &mut few.cases[0].scaling[0];
    scaled.peak_bytes = scaled.peak_bytes.map(|bytes| bytes / 2);
    assert!(
        render(&few)
            .contains("stream-read/text takes more memory for more records, 0.04 bytes a record.")
    );
    // Files of before it was measured have no such section.
    few.cases[0].scaling.clear();
    assert!(!render(&few).contains("id=\"scaling\""));
}

#[test]
fn growth_of_the_resident_set_stands_apart_from_that_of_the_heap() {
    let mut run = run();
    let (least, most) = (20_000_000, 500_000_000);
    for id in ["read/text", "stream-read/text"] {
        let case = run.cases.iter().find(|case| case.id == id);
        let mut case = case.expect("a case").clone();
        let few = if id == "read/text" { least } else { most };
        case.heap = None;
        case.format = "python-json".to_owned();
        case.id = id.replace("text", "python-json/load-3.11");
        case.variant = Some("load-3.11".to_owned());
        case.resident.as_mut().expect("a mark").high_water_bytes = Some(most);
        case.scaling.truncate(1);
        case.scaling[0].records = 10_000;
        case.scaling[0].peak_bytes = None;
        case.scaling[0].high_water_bytes = Some(few);
        run.cases.push(case);
    }
    let page = render(&run);
    let scaling = section(&page, "scaling");
    let (heap, resident) = scaling
        .split_once("The resident set, of cases")
        .expect("both");
    for (part, of, in_python) in [
        (heap, "peak heap against the number of records", false),
        (
            resident,
            "high-water mark against the number of records",
            true,
        ),
    ] {
        assert!(part.contains(of), "{part}");
        let mut ids = part.split("<g class=\"growth\" data-case=\"").skip(1);
        assert!(ids.all(|id| id.contains("/python-json/load-3.11") == in_python));
    }
    assert_eq!(resident.matches("<g class=\"growth\"").count(), 2);
    // What the heap does is told as without them, and they have sentences of their own.
    assert!(
        page.contains(">Each further record takes 60.0 bytes ("),
        "{page}"
    );
    let all = findings(&run);
    for sentence in [
        "By the high-water mark, each further record takes 485 bytes to read back \
         (python-json, load-3.11).",
        "By the high-water mark, stream-read/python-json/load-3.11 takes as much at 1,000,000 \
         records as at 10,000.",
    ] {
        assert!(all.iter().any(|it| it.text == sentence), "{all:?}");
    }
    // Alone, they are no heap in the heading either.
    run.cases
        .retain(|case| case.heap.is_none() || case.scaling.is_empty());
    assert!(section(&render(&run), "scaling").contains("<h2 id=\"scaling-title\">Peaks against"));
}

#[test]
fn what_stays_resident_is_drawn_against_the_most_there_was() {
    let run = run();
    let page = render(&run);
    let retained = section(&page, "retained");
    let with_both = run.cases.iter().filter_map(|case| {
        let resident = case.resident.as_ref()?;
        Some((case, resident.high_water_bytes?, resident.after_drop_bytes?))
    });
    let mut seen = 0;
    for (case, high, after) in with_both {
        assert!(
            retained.contains(&format!("<title>{}: ", escape(&case.id))),
            "{}",
            case.id
        );
        for bytes in [high, after] {
            assert!(
                retained.contains(&format!("data-bytes=\"{bytes}\"")),
                "{bytes}"
            );
        }
        seen += 1;
    }
    assert_eq!(retained.matches("role=\"img\"").count(), seen);
    assert!(
        retained.contains("Here read/serde-pickle/protocol-0 keeps the most: "),
        "{retained:.900}"
    );

    let mut unknown = run.clone();
    for case in &mut unknown.cases {
        case.resident
            .as_mut()
            .map(|resident| resident.after_drop_bytes.take());
    }
    assert!(!render(&unknown).contains("id=\"retained\""));
}

#[test]
fn speeds_are_drawn_with_their_interval_where_they_were_measured() {
    let run = run();
    let page = render(&run);
    let speed = section(&page, "speed");
    let case = run
        .cases
        .iter()
        .find(|case| case.id == "stream-read/pickle/protocol-4");
    let throughput = case
        .and_then(|case| case.throughput.as_ref())
        .expect("the fixture has it");
    let rate = throughput.records as f64 / throughput.median_seconds;
    assert!(speed.contains(&format!("data-value=\"{rate}\"")), "{rate}");
    assert!(speed.contains("95 % confidence interval"));
    let measured = run
        .cases
        .iter()
        .filter(|case| case.throughput.is_some())
        .count();
    assert_eq!(speed.matches("role=\"img\"").count(), measured);

    let mut without = run.clone();
    for case in &mut without.cases {
        case.throughput = None;
    }
    assert!(!render(&without).contains("id=\"speed\""));
    // Nonsense is left out, or shown as what it is, and never hangs the page.
    let mut absurd = run;
    for (index, case) in absurd.cases.iter_mut().enumerate() {
        if let Some(throughput) = &mut case.throughput {
            let seconds = [0.0, f64::NAN, 1e-300, 1e300, -1.0][index % 5];
            throughput.median_seconds = seconds;
            throughput.records = [0, u64::MAX][index % 2];
        }
    }
    let page = render(&absurd);
    assert!(
        !page.contains("NaN") && !page.contains("\"inf"),
        "numbers only"
    );
}

#[test]
fn the_page_says_whose_formats_it_measures_and_where_its_figures_mislead() {
    let mut run = run();
    let page = render(&run);
    let method = section(&page, "method");
    assert!(method.contains(
        "the authors of the formats <code>pickle</code> and <code>text</code> in this run"
    ));
    for setting in [
        "system (glibc 2.36)",
        "madvise",
        "MALLOC_MMAP_THRESHOLD_=131072",
        "dhat",
    ] {
        assert!(method.contains(setting), "{setting}");
    }
    run.cases.retain(|case| case.format == "serde-pickle");
    run.environment.allocator = "mimalloc".into();
    run.environment.worker_environment.clear();
    let page = render(&run);
    let method = section(&page, "method");
    assert!(method.contains("none of the formats in this run"));
    assert!(!method.contains("glibc"), "{method}");
}

#[test]
fn every_picture_says_what_it_shows() {
    let page = render(&run());
    let pictures: Vec<&str> = page.split("<svg").skip(1).collect();
    let mut shown = 0;
    for picture in pictures {
        let (head, body) = picture.split_once('>').expect("a closed tag");
        if head.contains("role=\"img\"") {
            shown += 1;
            assert!(body.trim_start().starts_with("<title>"), "{head}");
            assert!(body.contains("</title><desc>"), "{head}");
        }
    }
    assert!(shown > 60, "{shown} pictures");
}

#[test]
fn hostile_names_are_text() {
    let mut run = troubled();
    run.dataset.name = "</title><script>alert(2)</script>".into();
    run.environment.host = Some("\"><img src=x onerror=alert(3)>".into());
    run.cases[0].message = Some("<b>".into());
    let page = render(&run);
    assert_eq!(page.matches("<script").count(), 1);
    assert!(!page.contains("<img"));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    for name in page.split("\u{202e}").skip(1) {
        let before_close = &name[..name.find('<').expect("more markup")];
        assert!(
            before_close.len() < 60,
            "the override ends with its element"
        );
    }
}

#[test]
fn absent_figures_are_dashes_never_zeros() {
    let mut run = run();
    run.cases.retain(|case| case.id == "read/text");
    let case = &mut run.cases[0];
    case.heap = None;
    case.resident = None;
    case.seconds.clear();
    case.throughput = None;
    let page = render(&run);
    let row = page.split("<tr id=\"case-").nth(1).expect("a row");
    let row = &row[..row.find("</tr>").expect("closed")];
    assert_eq!(row.matches(">–</td>").count(), 10, "{row}");
    assert!(
        !page.contains("id=\"peak\""),
        "no bars without heap figures"
    );
}

#[test]
fn odd_runs_still_make_a_page() {
    let page = render(&without_cases());
    assert!(page.contains("<h1>This run has no cases.</h1>"));

    let mut failures = troubled();
    failures.cases.retain(|case| case.status != Status::Ok);
    let page = render(&failures);
    assert!(
        page.contains("<h1>None of the 5 cases finished.</h1>"),
        "{page:.3000}"
    );
    assert!(page.contains("No space left on device"));

    let mut absurd = run();
    absurd.dataset.heap_bytes = 0;
    for case in &mut absurd.cases {
        case.seconds = vec![f64::NAN, f64::INFINITY, -1.0];
        case.timeline = Some(Timeline {
            seconds: vec![f64::NAN, 0.0, -1.0],
            live_bytes: vec![u64::MAX],
        });
        for step in &mut case.steps {
            step.start_seconds = f64::NEG_INFINITY;
            step.seconds = f64::NAN;
        }
        if let Some(heap) = &mut case.heap {
            heap.peak_bytes = u64::MAX;
            heap.extra_bytes = i64::MIN;
        }
    }
    let page = render(&absurd);
    assert!(
        !page.contains("NaN") && !page.contains("\"inf"),
        "numbers only"
    );
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    assert_eq!(render(&run()), render(&run()));
}

fn without_cases() -> Run {
    let mut run = run();
    run.cases.clear();
    run
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
