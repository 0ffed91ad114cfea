//! Pages of more than one run in a browser's window: a comparison, and the page
//! of all published runs.
//!
//! One test, because starting a browser is what takes the time.
#![cfg(unix)]

use std::fs;
use std::path::Path;

use crate::browser_support::Browser;
use crate::browser_support::checks::{is_accessible, is_quiet_and_fits};
use crate::command::{run as picklebench, stderr};
use crate::support;
use picklebench::results::Run;
use tempfile::TempDir;

#[test]
fn a_reader_can_use_the_pages_of_many_runs() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();

    let compared = folder.path().join("compared.html");
    for (base, new) in [
        (support::run(), changed(support::run())),
        (support::troubled(), changed(support::troubled())),
    ] {
        save(folder.path(), "base.json", &base);
        save(folder.path(), "new.json", &new);
        let arguments = ["report", "base.json", "new.json", "-o", "compared.html"];
        let output = picklebench(&folder, &arguments);
        assert!(output.status.success(), "{}", stderr(&output));
        is_quiet_and_fits(&mut browser, &compared);
        is_accessible(&mut browser, &compared);
    }

    publish(&folder, &support::run(), "2026-11-20T10:14:07Z", "one");
    let index = folder.path().join("results/index.html");
    is_quiet_and_fits(&mut browser, &index);
    is_accessible(&mut browser, &index);
    let single = browser.value("document.querySelector('.controls')");
    assert!(single.is_null(), "one machine leaves no choice");

    publish(
        &folder,
        &changed(support::run()),
        "2026-11-21T10:14:07Z",
        "two",
    );
    publish(
        &folder,
        &changed(support::run()),
        "2026-11-22T10:14:07Z",
        "one",
    );
    publish(
        &folder,
        &support::troubled(),
        "2026-11-19T10:14:07Z",
        "<b>\u{202e}x",
    );
    is_quiet_and_fits(&mut browser, &index);
    is_accessible(&mut browser, &index);
    chooses_a_machine(&mut browser, &index);
    leads_to_the_runs(&mut browser, &index);
}

/// Regressions, improvements, failures and what else a comparison shows.
fn changed(mut run: Run) -> Run {
    for (index, case) in run.cases.iter_mut().enumerate() {
        if let Some(heap) = &mut case.heap {
            match index % 4 {
                0 => heap.peak_bytes += 2_000_000,
                1 => heap.allocations += 17,
                _ => {}
            }
        }
    }
    run.cases.remove(2);
    run.cases[3].id = "read/something-new".into();
    run.environment.allocator = "jemalloc 5.3".into();
    run.environment.rustc = "rustc 1.96.0".into();
    run
}

fn save(folder: &Path, name: &str, run: &Run) {
    fs::write(folder.join(name), run.to_json()).unwrap();
}

fn publish(folder: &TempDir, run: &Run, started: &str, host: &str) {
    let mut run = run.clone();
    run.environment.started = started.into();
    run.environment.host = Some(host.into());
    save(folder.path(), "run.json", &run);
    let output = picklebench(folder, &["publish", "run.json", "--allow-dirty"]);
    assert!(output.status.success(), "{}", stderr(&output));
}

const SHOWN: &str = "[...document.querySelectorAll('table.runs tbody tr')].filter((row) => row.checkVisibility()).map((row) => row.cells[0].textContent).join(' ')";

fn chooses_a_machine(browser: &mut Browser, index: &Path) {
    browser.open(index, "");
    assert_eq!(browser.text(SHOWN).matches("2026-").count(), 4);
    let series = "[...document.querySelectorAll('.series')].filter((it) => getComputedStyle(it).display !== 'none').length";
    let all = browser.value(series);
    browser.value("{ const s = document.querySelector('.controls select'); s.value = [...s.options].find((o) => o.value.startsWith('one,')).value; s.dispatchEvent(new Event('change')); }");
    let shown = browser.text(SHOWN);
    assert!(
        shown.starts_with("2026-11-22") && shown.contains(" 2026-11-20 10:14"),
        "{shown}"
    );
    assert_eq!(
        browser.text("document.querySelector('.controls output').textContent"),
        "2 of 4 runs"
    );
    assert!(browser.value(series).as_u64() < all.as_u64());
    // A link shows what the sender saw.
    let link = browser.text("location.hash");
    assert!(link.starts_with("#machine=one"), "{link}");
    browser.open(index, &link);
    assert_eq!(browser.text(SHOWN), shown);
    assert_eq!(browser.complaints(), [""; 0]);
    // By keyboard as well: the skip link, the choice, the table that scrolls.
    browser.open(index, "");
    let mut reached = Vec::new();
    for _ in 0..3 {
        browser.press("Tab", 9, "");
        reached.push(
            browser.text("document.activeElement.className || document.activeElement.tagName"),
        );
    }
    assert_eq!(reached, ["skip", "SELECT", "scroll"]);
    browser.open(index, "#machine=%3Cscript%3E");
    assert_eq!(browser.text(SHOWN).matches("2026-").count(), 4);
}

fn leads_to_the_runs(browser: &mut Browser, index: &Path) {
    browser.open(index, "");
    let links = browser
        .text("[...document.querySelectorAll('table.runs a')].map((a) => a.href).join('\\n')");
    assert_eq!(links.lines().count(), 8, "{links}");
    for link in links.lines() {
        let file = link.strip_prefix("file://").expect("beside the page");
        assert!(Path::new(file).exists(), "{file}");
    }
}
