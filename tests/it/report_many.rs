//! The page of many formats: folded, narrowed, small, and compared by shape.

use crate::support::{self, many, run, section};
use picklebench::report::html::{render, render_with_shapes};
use picklebench::report::{csv, export};
use picklebench::results::{Footprint, Operation, Run};

#[test]
fn many_noisy_cases_make_a_page_below_a_megabyte() {
    let run = many::run(250);
    let page = render(&run);
    let sizes: Vec<(&str, usize)> = page
        .split("<section id=\"")
        .map(|part| (part.split('"').next().unwrap_or(""), part.len()))
        .collect();
    assert!(page.len() < 1_000_000, "{} bytes: {sizes:?}", page.len());
    // Every case still has its bar and its row, and every format its curve.
    let bars = section(&page, "peak")
        .matches("<li class=\"bar-row\"")
        .count();
    let metered = run.cases.iter().filter(|case| case.heap.is_some()).count();
    assert_eq!(bars, metered);
    let rows = section(&page, "figures").matches("<tr id=\"case-").count();
    assert_eq!(rows, run.cases.len());
    let time = section(&page, "time");
    let curves = time.matches("<figure").count();
    assert!(time.contains(&format!("The curves of {} more", metered - 1 - curves)));
    for format in many::FORMATS {
        let curve = |after| {
            time.contains(&format!(
                "<figure class=\"panel\" data-case=\"read/{format}{after}"
            ))
        };
        assert!(curve('/') || curve('+'), "{format}");
    }
}

#[test]
fn many_variants_are_folded_below_the_best_of_each_format() {
    let mut run = many::run(250);
    let dear = |case: &Footprint| {
        case.id.starts_with("read/") && case.heap.is_some() && !case.id.ends_with("/protocol-3")
    };
    for case in run.cases.iter_mut().filter(|case| dear(case)) {
        case.heap.as_mut().unwrap().extra_bytes += 1 << 40;
    }
    let page = render(&run);
    let group = section(&page, "peak");
    let group = &group[group.find("<h3>Read ").unwrap()..group.find("<h3>Stream-read ").unwrap()];
    let (best, rest) = group.split_once("<details class=\"rest\">").unwrap();
    let count = |part: &str| part.matches("<li class=\"bar-row\"").count();
    assert_eq!(count(best), many::FORMATS.len());
    assert_eq!(
        best.matches("/protocol-3\"").count(),
        many::FORMATS.len(),
        "{best}"
    );
    let all = run
        .cases
        .iter()
        .filter(|case| case.id.starts_with("read/") && case.heap.is_some())
        .count();
    assert_eq!(count(best) + count(rest), all);
    assert!(rest.contains(&format!("Other variants ({})", count(rest))));
    // Few are not folded.
    assert!(!render(&support::run()).contains("class=\"rest\""));
}

#[test]
fn slack_stands_apart_in_bar_table_and_exports() {
    let mut run = run();
    let slack = 7_654_321;
    let case = run.cases.iter_mut().find(|case| case.id == "read/text");
    let heap = case.unwrap().heap.as_mut().unwrap();
    heap.slack_bytes = Some(slack);
    heap.extra_bytes = 8_000_000;
    heap.peak_bytes = run.dataset.heap_bytes + 8_000_000;
    let cost = 8_000_000 - slack;
    let page = render(&run);
    let row = section(&page, "peak").split("data-case=\"read/text\"");
    let row = row.last().unwrap();
    let row = &row[..row.find("</li>").unwrap()];
    assert!(
        row.contains("class=\"slack\"") && row.contains("more is slack"),
        "{row}"
    );
    let figures = section(&page, "figures");
    for (column, bytes) in [("slack", slack), ("cost", cost)] {
        assert!(figures.contains(&format!("data-column=\"{column}\"")));
        assert!(figures.contains(&format!("data-bytes=\"{bytes}\"")));
    }
    let csv = csv::render(&run);
    assert!(
        csv.lines()
            .next()
            .unwrap()
            .contains(",extra_bytes,slack_bytes,cost_bytes,")
    );
    assert!(csv.contains(&format!(",8000000,{slack},{cost},")), "{csv}");
    let markdown = export::named("markdown").unwrap().render(&run);
    assert!(markdown.contains("| extra | slack | without slack |"));
    assert!(
        markdown.contains("| 7.6 MiB | 7.3 MiB | 0.33 MiB |")
            || markdown.contains("| 7.6 MiB | 7.3 MiB | 337.6 KiB |"),
        "{markdown}"
    );
    // It is shown where there is some, and nowhere else.
    let page = render(&support::run());
    assert!(!page.contains("data-column=\"slack\"") && !page.contains("<rect class=\"slack\""));
}

#[test]
fn the_frontier_is_named_in_text() {
    let run = run();
    let page = render(&run);
    let trade = section(&page, "trade");
    // By definition, and slowly: nobody of the same kind is better in both.
    let figures = |case: &Footprint| {
        let heap = case.heap.as_ref().filter(|heap| heap.peak_bytes > 0)?;
        Some((
            case.median_seconds()?,
            case.file_bytes? as f64,
            heap.peak_bytes as f64,
        ))
    };
    let reads = || {
        run.cases
            .iter()
            .filter(|case| case.id.contains("read/") && case.is_ok())
    };
    let mut plots = trade.split("<figure class=\"scatter\">").skip(1).step_by(2);
    for of in [
        |(time, _, peak): (f64, f64, f64)| (time, peak),
        |(_, file, peak)| (file, peak),
    ] {
        let plot = plots.next().expect("a plot of reading");
        let key = &plot[plot.find("<ol class=\"key\">").unwrap()..];
        for case in reads() {
            let (x, peak) = of(figures(case).unwrap());
            let streams = |case: &Footprint| case.operation != Operation::Read;
            let beaten = reads()
                .filter(|other| streams(other) == streams(case))
                .any(|other| {
                    let (a, b) = of(figures(other).unwrap());
                    a <= x && b <= peak && (a < x || b < peak)
                });
            let name = format!(">{}</bdi>", case.id.replace('/', "/<wbr>"));
            assert_eq!(key.contains(&name), !beaten, "{}: {key}", case.id);
        }
    }
}

#[test]
fn runs_of_several_shapes_make_a_table() {
    let page = |others: &[Run]| render_with_shapes(&run(), others);
    assert_eq!(page(&[]), render(&run()), "one run has no such table");
    let mut words = run();
    words.dataset.name = "words".into();
    words.dataset.heap_bytes = 30_000_000;
    words.cases.retain(|case| case.format != "text");
    let page = page(&[words]);
    let shapes = section(&page, "shapes");
    for shape in ["tuples", "words"] {
        assert!(shapes.contains(&format!("<bdi>{shape}</bdi>")), "{shape}");
    }
    let read = &shapes[shapes.find("<h3>Read ").unwrap()..];
    let row = read
        .split("<tr>")
        .find(|row| row.contains(">pickle</bdi>"))
        .unwrap();
    // Both figures, in number and in colour, with the case behind them.
    assert!(
        row.contains("class=\"num heat heat-0\"") && row.contains(">1.0×<small>"),
        "{row}"
    );
    assert!(
        row.contains("class=\"num heat heat-1\"") && row.contains(">2.0×<small>"),
        "{row}"
    );
    assert!(row.contains("title=\"read/pickle/protocol-"), "{row}");
    let row = read
        .split("<tr>")
        .find(|row| row.contains(">text</bdi>"))
        .unwrap();
    assert!(row.contains("<td class=\"num absent\">–</td>"), "{row}");
}
