//! `picklebench compare`: what it finds, what it refuses, how it says so.

use std::fs;
use std::path::Path;

use crate::command::{run as picklebench, run_json, stderr, stdout};
use crate::support::{run, tags, troubled};
use picklebench::results::{Footprint, Run, Status};
use serde_json::Value;
use tempfile::TempDir;

/// A folder with the fixture as `base.json`, and as `new.json` after `change`.
fn runs(change: impl FnOnce(&mut Run)) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    save(folder.path(), "base.json", &run());
    let mut new = run();
    change(&mut new);
    save(folder.path(), "new.json", &new);
    folder
}

fn save(folder: &Path, name: &str, run: &Run) {
    fs::write(folder.join(name), run.to_json()).unwrap();
}

fn case<'a>(run: &'a mut Run, id: &str) -> &'a mut Footprint {
    run.cases.iter_mut().find(|case| case.id == id).unwrap()
}

/// Adds to the peak and everything that follows from it.
fn grow(run: &mut Run, id: &str, bytes: i64) {
    let heap = case(run, id).heap.as_mut().unwrap();
    heap.peak_bytes = heap.peak_bytes.checked_add_signed(bytes).unwrap();
    heap.peak_upper_bytes = heap.peak_upper_bytes.checked_add_signed(bytes).unwrap();
    heap.extra_bytes += bytes;
}

fn compare(folder: &TempDir, more: &[&str]) -> (Option<i32>, String, String) {
    let mut arguments = vec!["compare", "base.json", "new.json"];
    arguments.extend(more);
    let output = picklebench(folder, &arguments);
    (output.status.code(), stdout(&output), stderr(&output))
}

/// The comparison as JSON, with its exit code.
fn json(folder: &TempDir, more: &[&str]) -> (Option<i32>, Value) {
    let fixed = &["compare", "base.json", "new.json", "--json"];
    run_json(folder, &[fixed, more].concat())
}

fn verdict<'a>(comparison: &'a Value, id: &str) -> &'a str {
    let cases = comparison["cases"].as_array().unwrap();
    let case = cases.iter().find(|case| case["id"] == id).unwrap();
    case["verdict"].as_str().unwrap()
}

const READ: &str = "read/text";

#[test]
fn the_same_run_has_no_regression() {
    let folder = runs(|_| {});
    let (code, out, err) = compare(&folder, &[]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.contains("No regression in "), "{out}");
    let (_, comparison) = json(&folder, &[]);
    assert_eq!(comparison["regressions"], 0);
    for case in comparison["cases"].as_array().unwrap() {
        let expected = match case["new_status"].as_str().unwrap() {
            "ok" => "unchanged",
            _ => "without-figures",
        };
        assert_eq!(case["verdict"], expected, "{case}");
        for change in case["changes"].as_array().unwrap() {
            assert_eq!(change["direction"], "unchanged", "{change}");
        }
    }
}

#[test]
fn one_byte_more_is_a_regression_and_one_less_an_improvement() {
    let folder = runs(|new| {
        grow(new, READ, 1);
        grow(new, "read/pickle/protocol-4", -1);
    });
    let (code, out, _) = compare(&folder, &[]);
    assert_eq!(code, Some(1), "{out}");
    let row = out
        .lines()
        .find(|line| line.starts_with("read/text "))
        .unwrap();
    assert!(row.contains("+1 B") && row.ends_with("regressed"), "{row}");
    assert!(out.contains("read/text: regressed: peak heap "), "{out}");
    assert!(out.contains("none is allowed"), "{out}");
    assert!(out.lines().last().unwrap().starts_with("1 of "), "{out}");
    let (code, comparison) = json(&folder, &[]);
    assert_eq!(code, Some(1));
    assert_eq!(comparison["regressions"], 1);
    assert_eq!(verdict(&comparison, READ), "regressed");
    assert_eq!(verdict(&comparison, "read/pickle/protocol-4"), "improved");
}

#[test]
fn what_is_allowed_is_allowed() {
    // The fixture's peak is about 60 MB: 300 kB are half of a hundredth.
    let folder = runs(|new| grow(new, READ, 300_000));
    for (limit, code) in [
        ("1%", 0),
        ("0.1%", 1),
        ("peak-heap=1%", 0),
        ("300_000", 0),
        ("299_999", 1),
        ("1MiB", 0),
        ("1%,peak-heap=0%", 1),
    ] {
        let (found, out, _) = compare(&folder, &["--max-increase", limit]);
        assert_eq!(found, Some(code), "{limit}: {out}");
    }
}

#[test]
fn other_metrics_are_shown_and_decide_when_asked_to() {
    let folder = runs(|new| {
        case(new, READ).file_bytes = Some(70_000_000);
        case(new, READ).heap.as_mut().unwrap().allocations += 1;
    });
    let (code, out, _) = compare(&folder, &[]);
    assert_eq!(code, Some(0));
    assert!(out.contains("+5.0 %") && out.contains("+1\u{20}"), "{out}");
    for (metric, code) in [
        ("file-size", 1),
        ("allocations", 1),
        ("peak-heap,allocations", 1),
        ("allocated", 0),
        ("peak-heap,peak-upper,extra,retained", 0),
    ] {
        let (found, out, err) = compare(&folder, &["--metric", metric]);
        assert_eq!(found, Some(code), "{metric}: {out}{err}");
    }
    let limits = ["--metric", "file-size", "--max-increase", "file-size=6%"];
    assert_eq!(compare(&folder, &limits).0, Some(0));
    // What a case has in neither run decides nothing; what it has lost is said.
    let (_, comparison) = json(&folder, &["--metric", "peak-heap,file-size"]);
    assert_eq!(verdict(&comparison, "empty/none"), "unchanged");
    let lost = runs(|new| case(new, READ).heap = None);
    let (code, out, _) = compare(&lost, &[]);
    assert_eq!(code, Some(0));
    assert!(
        out.contains("read/text: not compared: not both runs have peak heap"),
        "{out}"
    );
    // To name a metric in a limit makes it decide.
    assert_eq!(
        compare(&folder, &["--max-increase", "file-size=4%"]).0,
        Some(1)
    );
}

#[test]
fn what_scatters_counts_only_beyond_its_scatter() {
    let slower = |all: &'static [f64]| move |new: &mut Run| case(new, READ).seconds = all.to_vec();
    let base = run()
        .cases
        .into_iter()
        .find(|case| case.id == READ)
        .unwrap();
    let highest = base.seconds.iter().copied().fold(0.0, f64::max);
    assert!((0.3..0.4).contains(&highest), "the figures below assume it");
    for (seconds, code) in [
        (&[0.65, 0.66, 0.67][..], 1),
        // One run was as fast as those of the base: noise, not a change.
        (&[0.32, 0.66, 0.67], 0),
        // Beyond the scatter, within the limit.
        (&[0.35, 0.36, 0.37], 0),
    ] {
        let folder = runs(slower(seconds));
        let (found, out, _) = compare(&folder, &["--metric", "time"]);
        assert_eq!(found, Some(code), "{seconds:?}: {out}");
        assert_eq!(
            compare(&folder, &[]).0,
            Some(0),
            "time does not decide by itself"
        );
    }
    let folder = runs(|new| {
        let resident = case(new, READ).resident.as_mut().unwrap();
        let high = resident.high_water_bytes.unwrap() + 20_000_000;
        resident.high_water_bytes = Some(high);
        resident.high_water_runs_bytes = vec![high, high + 4096];
    });
    assert_eq!(compare(&folder, &["--metric", "high-water"]).0, Some(1));
    assert_eq!(
        compare(&folder, &["--max-increase", "high-water=50%"]).0,
        Some(0)
    );
    // Time is no size.
    let (code, _, err) = compare(&folder, &["--max-increase", "time=64KiB"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("time=25%"), "{err}");
}

#[test]
fn the_name_of_a_folder_is_no_regression() {
    // File names lie on the heap when the window opens, and move floor and peak.
    let floor = |new: &mut Run, floor: u64, peak: i64| {
        case(new, READ).heap.as_mut().unwrap().floor_bytes += floor;
        grow(new, READ, peak);
    };
    assert_eq!(compare(&runs(|new| floor(new, 100, 100)), &[]).0, Some(0));
    assert_eq!(compare(&runs(|new| floor(new, 100, 101)), &[]).0, Some(1));
    // More than names can be is data.
    assert_eq!(compare(&runs(|new| floor(new, 5000, 5000)), &[]).0, Some(1));
}

#[test]
fn a_case_that_newly_fails_is_a_regression() {
    let folder = runs(|new| {
        let failed = case(new, READ);
        failed.status = Status::OutOfMemory;
        failed.message = Some("asked for 4 GiB".into());
        failed.heap = None;
    });
    let (code, out, _) = compare(&folder, &[]);
    assert_eq!(code, Some(1));
    assert!(
        out.contains(
            "read/text: newly failing: it was ok in the base, now out of memory: asked for 4 GiB"
        ),
        "{out}"
    );
    // The other way round it is good news.
    let swapped = ["compare", "new.json", "base.json", "--json"];
    let (code, comparison) = run_json(&folder, &swapped);
    assert_eq!(code, Some(0));
    assert_eq!(verdict(&comparison, READ), "fixed");
}

#[test]
fn cases_of_one_run_only_are_said() {
    let folder = runs(|new| {
        new.cases.retain(|case| case.id != "write/text");
        case(new, READ).id = "read/novel".into();
    });
    let (code, comparison) = json(&folder, &[]);
    assert_eq!(code, Some(0));
    assert_eq!(verdict(&comparison, "write/text"), "removed");
    assert_eq!(verdict(&comparison, READ), "removed");
    assert_eq!(verdict(&comparison, "read/novel"), "added");
    let (_, out, _) = compare(&folder, &[]);
    assert!(out.contains("1 only in new, 2 only in base"), "{out}");
}

#[test]
fn what_says_nothing_is_refused() {
    for (change, says) in [
        (
            Box::new(|new: &mut Run| new.dataset.records = 10) as Box<dyn FnOnce(&mut Run)>,
            "different records (1000000 tuples, seed 42, against 10 tuples, seed 42)",
        ),
        (
            Box::new(|new: &mut Run| new.dataset.digest = "0".repeat(64)),
            "digest 000000000000…",
        ),
        (
            Box::new(|new: &mut Run| new.cases.clear()),
            "no case in common",
        ),
        (
            Box::new(|new: &mut Run| new.cases.iter_mut().for_each(|case| case.heap = None)),
            "no case has peak-heap in both runs",
        ),
    ] {
        let folder = runs(change);
        let (code, out, err) = compare(&folder, &[]);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{says}");
        assert!(err.contains(says), "{err}");
    }
    let folder = runs(|new| new.dataset.records = 10);
    let (code, out, _) = compare(&folder, &["--force"]);
    assert_eq!(code, Some(0));
    assert!(
        out.contains("! the runs measured different records"),
        "{out}"
    );
}

#[test]
fn what_else_differs_is_said_loudly() {
    let folder = runs(|new| {
        new.environment.cpu = Some("Another CPU".into());
        new.environment.allocator = "jemalloc".into();
        new.environment.rustc = "rustc 1.96.0".into();
        new.environment.dirty = Some(true);
        new.environment.crates[0].version = "9.9.9".into();
        case(new, READ).heap.as_mut().unwrap().deterministic = Some(false);
    });
    let said = [
        "the machine differs (Example CPU @ 2.60 GHz",
        "times cannot be compared; heap figures can",
        "the allocator differs (system (glibc 2.36) → jemalloc)",
        "in the new run the peak of read/text was not the same each time",
    ];
    let (code, out, _) = compare(&folder, &[]);
    assert_eq!(code, Some(0), "heap can be compared all the same: {out}");
    for text in said {
        assert!(out.contains(text), "{text}: {out}");
    }
    assert!(
        out.contains("serde-pickle went from 1.2.0 to 9.9.9"),
        "{out}"
    );
    assert!(out.contains("changes that are in no commit"), "{out}");
    // Who does not see the table reads it all the same.
    for format in ["json", "markdown", "html"] {
        let (code, _, err) = compare(&folder, &["--format", format]);
        assert_eq!(code, Some(0));
        for text in said {
            assert!(err.contains(text), "{format}: {text}: {err}");
        }
    }
}

#[test]
fn bad_input_is_named() {
    let folder = runs(|_| {});
    let good = fs::read_to_string(folder.path().join("base.json")).unwrap();
    for (text, says) in [
        (
            good.replacen("\"schema\": 1", "\"schema\": 7", 1),
            "newer picklebench (schema 7",
        ),
        (good[..good.len() / 2].to_owned(), "damaged"),
        (r#"{"results": []}"#.to_owned(), "not a run of picklebench"),
        (
            good.replacen("\"seconds\": [", "\"seconds\": [NaN, ", 1),
            "damaged",
        ),
        (
            good.replacen("\"peak_bytes\": ", "\"peak_bytes\": -", 1),
            "damaged",
        ),
    ] {
        assert_ne!(text, good, "{says}");
        fs::write(folder.path().join("new.json"), text).unwrap();
        let (code, out, err) = compare(&folder, &[]);
        assert_eq!((code, out.as_str()), (Some(2), ""));
        assert!(err.contains("new.json") && err.contains(says), "{err}");
    }
    for wrong in [
        ["--max-increase", "lots"],
        ["--max-increase", "-1%"],
        ["--max-increase", "NaN%"],
        ["--metric", "speed"],
        ["--format", "pdf"],
    ] {
        let (code, _, err) = compare(&folder, &wrong);
        assert_eq!(code, Some(2), "{wrong:?}");
        assert!(err.contains("error: "), "{err}");
    }
    assert!(
        compare(&folder, &["--metric", "speed"])
            .2
            .contains("high-water")
    );
}

#[test]
fn a_folder_will_do_and_a_file_takes_the_output() {
    let folder = runs(|new| grow(new, READ, 5));
    for side in ["base", "new"] {
        fs::create_dir(folder.path().join(side)).unwrap();
        let from = folder.path().join(format!("{side}.json"));
        fs::rename(from, folder.path().join(side).join("run.json")).unwrap();
    }
    let output = picklebench(&folder, &["compare", "base", "new", "-o", "table.txt"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output), "");
    assert!(stderr(&output).contains("1 of "), "{}", stderr(&output));
    let table = fs::read_to_string(folder.path().join("table.txt")).unwrap();
    assert!(table.contains("regressed") && !table.contains('\u{1b}'));
}

#[test]
fn markdown_is_a_table_and_nothing_else_is_markup() {
    let folder = tempfile::tempdir().unwrap();
    let mut base = troubled();
    let hostile = "read/a|b`c*[x](http://evil.example)@everyone\n# <img src=x>";
    base.cases[1].id = hostile.into();
    let mut new = base.clone();
    for case in &mut new.cases {
        if let Some(heap) = &mut case.heap {
            heap.peak_bytes += 1_000_000;
        }
    }
    save(folder.path(), "base.json", &base);
    save(folder.path(), "new.json", &new);
    let (code, out, _) = compare(&folder, &["--format", "markdown"]);
    assert_eq!(code, Some(1));
    assert!(
        out.starts_with("<!-- picklebench compare -->\n❌ **"),
        "{out}"
    );
    for bad in ["<script", "<img", "](http", "@everyone", "\n# ", "\u{202e}"] {
        assert!(!out.contains(bad), "{bad}: {out}");
    }
    let header = out.lines().find(|line| line.starts_with("| case")).unwrap();
    let columns = header.matches('|').count();
    for line in out.lines().filter(|line| line.starts_with('|')) {
        assert_eq!(line.matches('|').count(), columns, "{line}");
    }
}

#[test]
fn hostile_names_do_not_drive_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let mut base = troubled();
    base.cases[1].id = "read/\u{1b}[2J\u{7}text".into();
    base.environment.host = Some("\u{1b}]0;x\u{7}".into());
    let mut new = base.clone();
    new.cases[1].status = Status::Failed;
    new.cases[1].message = Some("\u{1b}[31m<b>\u{202e}".into());
    new.environment.allocator = "\u{1b}[5m".into();
    save(folder.path(), "base.json", &base);
    save(folder.path(), "new.json", &new);
    for format in ["table", "markdown", "json"] {
        let (code, out, err) = compare(&folder, &["--format", format]);
        assert_eq!(code, Some(1));
        assert!(
            !out.contains('\u{1b}') && !err.contains('\u{1b}'),
            "{format}"
        );
    }
}

#[test]
fn the_page_has_the_comparison_in_it() {
    let folder = runs(|new| {
        grow(new, READ, 5_000_000);
        case(new, "write/text").id = "write/<script>alert(1)</script>\u{202e}".into();
        new.environment.allocator = "<b>".into();
    });
    let output = picklebench(
        &folder,
        &["report", "base.json", "new.json", "-o", "page.html"],
    );
    assert_eq!(output.status.code(), Some(0), "a page is no verdict");
    assert!(
        stderr(&output).contains("the allocator differs"),
        "{}",
        stderr(&output)
    );
    let page = fs::read_to_string(folder.path().join("page.html")).unwrap();
    let start = page.find("<section id=\"comparison\"").unwrap();
    let section = &page[start..start + page[start..].find("</section>").unwrap()];
    assert!(page.contains("href=\"#comparison\""));
    assert!(section.contains("1 of "), "{section}");
    assert!(
        section.contains("regressed") && section.contains("+4.8 MiB, +8.3 %"),
        "{section}"
    );
    assert!(section.contains("only in new") && section.contains("only in base"));
    assert!(section.contains("allocator differs (system (glibc 2.36) → &lt;b&gt;)"));
    assert_eq!(page.matches("<script").count(), 1);
    for tag in tags(&page) {
        assert!(tag.attribute("style").is_none(), "style in <{}>", tag.name);
    }
    // The first row is what needs a look.
    let rows: Vec<&str> = section.split("<tr>").skip(2).collect();
    assert!(rows[0].contains("regressed"), "{}", rows[0]);
    // The same two runs give the same bytes, by either command.
    let (code, out, _) = compare(&folder, &["--format", "html"]);
    assert_eq!(code, Some(1));
    assert!(out == page);
}

#[test]
fn a_run_in_which_everything_failed_says_so() {
    let fail = |run: &mut Run| {
        for case in &mut run.cases {
            case.status = Status::Failed;
            case.message = Some("no luck".into());
            case.heap = None;
        }
    };
    let folder = runs(fail);
    let (code, out, _) = compare(&folder, &[]);
    assert_eq!(code, Some(1));
    assert!(
        out.contains("newly failing: it was ok in the base, now failed: no luck"),
        "{out}"
    );
    let output = picklebench(&folder, &["report", "new.json", "-o", "page.html"]);
    assert_eq!(output.status.code(), Some(0));
    let page = fs::read_to_string(folder.path().join("page.html")).unwrap();
    assert!(page.contains("cases finished."), "{page:.2000}");
}
