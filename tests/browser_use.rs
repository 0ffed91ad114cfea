//! The page in a browser's window, used as a reader uses it: by pointer and by
//! keyboard, narrow and wide, light and dark. `browser.rs` has what a look at
//! the finished document tells.
//!
//! One test, because starting a browser is what takes the time.
#![cfg(unix)]

mod browser_support;
mod support;

use std::path::{Path, PathBuf};

use browser_support::Browser;
use browser_support::checks::{is_accessible, is_quiet_and_fits};
use picklebench::report::html;
use picklebench::results::Run;

const SHOWN: &str = "[...document.querySelectorAll('table.figures tbody tr:not([hidden])')].map((row) => row.dataset.case).join(' ')";

#[test]
fn a_reader_can_use_the_page() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder for the pages");
    let page = |name: &str, run: &Run| -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, html::render(run)).expect("the page is written");
        path
    };
    let good = page("run.html", &support::run());
    let troubled = page("troubled.html", &support::troubled());
    let mut empty = support::run();
    empty.cases.clear();
    let empty = page("empty.html", &empty);

    for file in [&good, &troubled, &empty] {
        is_quiet_and_fits(&mut browser, file);
    }
    sorts(&mut browser, &good);
    filters(&mut browser, &good);
    keeps_its_state_in_the_hash(&mut browser, &good);
    compares_with_a_baseline(&mut browser, &good);
    changes_units(&mut browser, &good);
    hides_columns(&mut browser, &good);
    works_by_keyboard(&mut browser, &good);
    copies_commands(&mut browser, &troubled);
    is_accessible(&mut browser, &good);
    ignores_a_hash_that_means_nothing(&mut browser, &good);
}

fn sorts(browser: &mut Browser, file: &Path) {
    browser.open(file, "");
    let before = browser.text(SHOWN);
    let click = "document.querySelector('[data-column=peak] button').click()";
    let peaks = "[...document.querySelectorAll('table.figures tbody tr')].filter((r) => r.cells.length > 5).map((r) => Number(r.cells[1].dataset.bytes))";
    browser.value(click);
    assert_eq!(
        browser.value(&format!(
            "{peaks}.every((v, i, all) => i === 0 || all[i - 1] <= v)"
        )),
        true
    );
    assert_eq!(
        browser.text("document.querySelector('[data-column=peak]').getAttribute('aria-sort')"),
        "ascending"
    );
    browser.value(click);
    assert_eq!(
        browser.value(&format!(
            "{peaks}.every((v, i, all) => i === 0 || all[i - 1] >= v)"
        )),
        true
    );
    assert!(browser.text(SHOWN).ends_with("column-read/serde-pickle"));
    browser.value(click);
    assert_eq!(
        browser.text(SHOWN),
        before,
        "a third click restores the order of the run"
    );
}

fn filters(browser: &mut Browser, file: &Path) {
    browser.open(file, "");
    browser.value("document.querySelector('.controls [type=search]').focus()");
    browser.call("Input.insertText", serde_json::json!({"text": "READ text"}));
    assert_eq!(
        browser.text(SHOWN),
        "read/text stream-read/text column-read/text"
    );
    assert_eq!(
        browser.text("document.querySelector('.controls output').textContent"),
        format!("3 of {} cases", support::run().cases.len())
    );
    assert_eq!(browser.text("location.hash"), "#figures?filter=READ+text");
    browser.value("[...document.querySelectorAll('.controls > button')].pop().click()");
    assert_eq!(browser.text("location.hash"), "#figures");
}

fn keeps_its_state_in_the_hash(browser: &mut Browser, file: &Path) {
    let hash = "#figures?sort=-seconds&filter=read&hide=extra%2Cretained&unit=MB&base=read%2Ftext";
    browser.open(file, hash);
    let shown = browser.text(SHOWN);
    assert!(shown.starts_with("read/serde-pickle/"), "{shown}");
    assert!(!shown.contains("write"), "{shown}");
    assert_eq!(browser.text("location.hash"), hash);
    // Nothing that is shown is lost on the way to another reader.
    let html = "document.querySelector('#figures').innerText";
    let seen = browser.text(html);
    let link = browser.text("location.hash");
    browser.open(file, &link);
    assert_eq!(browser.text(html), seen);
    assert_eq!(browser.complaints(), [""; 0]);
}

fn compares_with_a_baseline(browser: &mut Browser, file: &Path) {
    browser.open(file, "#figures?base=read%2Ftext");
    let peak = |case: &str| {
        format!("document.querySelector('tr[data-case=\"{case}\"]').cells[1].textContent")
    };
    assert_eq!(browser.text(&peak("read/text")), "1×");
    let own = browser.text(&peak("read/serde-pickle/own-3"));
    let times: f64 = own.trim_end_matches('×').parse().expect("a multiple");
    let run = support::run();
    let bytes = |id: &str| {
        let case = run.cases.iter().find(|case| case.id == id);
        let heap = case.and_then(|case| case.heap.as_ref());
        heap.expect("the fixture has it").peak_bytes as f64
    };
    let expected = bytes("read/serde-pickle/own-3") / bytes("read/text");
    assert!(
        (times - expected).abs() <= 0.5,
        "{own} is not {expected:.1} times"
    );
}

fn changes_units(browser: &mut Browser, file: &Path) {
    browser.open(file, "");
    let cell = "document.querySelector('tr[data-case=\"read/serde-pickle/own-3\"]').cells[1]";
    let before = browser.text(&format!("{cell}.textContent"));
    let bytes = browser.text(&format!("{cell}.dataset.bytes"));
    let bytes: f64 = bytes.parse().expect("a number");
    browser.value("{ const s = document.querySelector('.controls select'); s.value = 'MB'; s.dispatchEvent(new Event('change')); }");
    let after = browser.text(&format!("{cell}.textContent"));
    let megabytes: f64 = after.replace(',', "").parse().expect("a number");
    assert!((megabytes - bytes / 1e6).abs() < 0.06, "{after}");
    assert_eq!(
        browser.text("document.querySelector('[data-column=peak] small').textContent"),
        "MB"
    );
    browser.value("{ const s = document.querySelector('.controls select'); s.value = 'MiB'; s.dispatchEvent(new Event('change')); }");
    assert_eq!(browser.text(&format!("{cell}.textContent")), before);
}

fn hides_columns(browser: &mut Browser, file: &Path) {
    browser.open(file, "");
    browser.value("document.querySelector('.chooser input[value=extra]').click()");
    assert_eq!(browser.text("location.hash"), "#figures?hide=extra");
    assert_eq!(
        browser.value(
            "[...document.querySelectorAll('table.figures tr')].every((row) => row.cells.length < 5 || row.cells[[...row.closest('table').tHead.rows[0].cells].findIndex((c) => c.dataset.column === 'extra')].hidden)"
        ),
        true
    );
}

fn works_by_keyboard(browser: &mut Browser, file: &Path) {
    browser.open(file, "");
    browser.value("document.querySelector('.controls [type=search]').focus()");
    let mut seen = Vec::new();
    for _ in 0..8 {
        browser.press("Tab", 9, "");
        seen.push(browser.text("document.activeElement.tagName"));
    }
    for control in ["SELECT", "SUMMARY", "BUTTON"] {
        assert!(seen.iter().any(|it| it == control), "{control} in {seen:?}");
    }
    browser.value("document.querySelector('[data-column=peak] button').focus()");
    browser.press("Enter", 13, "\r");
    assert_eq!(browser.text("location.hash"), "#figures?sort=peak");
    assert_eq!(
        browser.text("document.activeElement.parentElement.dataset.column"),
        "peak",
        "the focus stays where it was"
    );
}

fn copies_commands(browser: &mut Browser, file: &Path) {
    browser.open(file, "");
    // What a shell would act upon arrives quoted.
    let titles = browser
        .text("[...document.querySelectorAll('.copy')].map((button) => button.title).join('\\n')");
    assert!(
        titles.contains("--exact 'read/text/<script>alert(1)</script>'"),
        "{titles}"
    );
    assert!(titles.contains("--exact read/text\n"), "{titles}");
}

fn ignores_a_hash_that_means_nothing(browser: &mut Browser, file: &Path) {
    browser.open(
        file,
        "#figures?sort=nonsense&base=%3Cscript%3E&unit=furlong&hide=case,,x",
    );
    assert_eq!(browser.complaints(), [""; 0]);
    assert_eq!(
        browser.text("document.querySelector('.controls output').textContent"),
        format!("{0} of {0} cases", support::run().cases.len())
    );
}
