//! The page in a browser's window, used as a reader uses it: by pointer and by
//! keyboard, narrow and wide, light and dark. `browser.rs` has what a look at
//! the finished document tells.
//!
//! One test, because starting a browser is what takes the time.
#![cfg(unix)]

use std::path::{Path, PathBuf};

use crate::browser_support::Browser;
use crate::browser_support::checks::{is_accessible, is_quiet_and_fits};
use crate::support;
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

    let tutorial = page("tutorial.html", &support::with_tutorial());
    let trouble = page("tutorial-troubled.html", &support::with_troubled_tutorial());

    let many_run = support::many::run(250);
    let many = page("many.html", &many_run);
    let mut other = support::run();
    other.dataset.name = "words".into();
    let shapes = folder.path().join("shapes.html");
    std::fs::write(&shapes, html::render_with_shapes(&support::run(), &[other])).expect("the page");

    for file in [
        &good, &troubled, &empty, &tutorial, &trouble, &many, &shapes,
    ] {
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
    for file in [&good, &tutorial, &trouble, &many, &shapes] {
        is_accessible(&mut browser, file);
    }
    for file in [&good, &tutorial] {
        prints_well(&mut browser, file);
    }
    reads_out_what_the_table_says(&mut browser, &good);
    reads_out_by_keyboard(&mut browser, &good);
    zooms_by_pointer(&mut browser, &good);
    zooms_by_keyboard(&mut browser, &good);
    keeps_zoom_and_table_apart_in_the_hash(&mut browser, &good);
    ignores_a_hash_that_means_nothing(&mut browser, &good);
    narrows_to_families(&mut browser, &many);
    unfolds_and_skips_what_is_folded(&mut browser, &many);
    opens_fast(&mut browser, &many);
}

/// Cases of the table and bars that are seen, and the families among them.
const SEEN: &str = "(() => {
    const rows = new Map([...document.querySelectorAll('table.figures tbody tr')].map((row) => [row.dataset.case, row]));
    const families = (parts) => [...new Set(parts.map((part) => rows.get(part.dataset.case).dataset.family))].sort().join(' ');
    return families([...rows.values()].filter((row) => !row.hidden))
        + ' / ' + families([...document.querySelectorAll('#peak .bar-row:not([hidden])')]);
})()";

fn narrows_to_families(browser: &mut Browser, file: &Path) {
    browser.open(file, "");
    let chips = "[...document.querySelectorAll('.chips button')]";
    assert_eq!(
        browser.text(&format!(
            "{chips}.map((chip) => chip.value + chip.getAttribute('aria-pressed')).join(' ')"
        )),
        "textfalse binaryfalse columnarfalse zero-copyfalse pythonfalse"
    );
    browser.value(&format!("{chips}[2].focus()"));
    browser.press(" ", 32, " ");
    assert_eq!(browser.text("location.hash"), "#peak?family=columnar");
    assert_eq!(browser.text(SEEN), "columnar / columnar");
    // Those that have none of it are gone as wholes, and the count tells.
    let empty = "[...document.querySelectorAll('.group:not([hidden])')].filter((group) => group.querySelector('[data-case]') && !group.querySelector('[data-case]:not([hidden])')).length";
    assert_eq!(browser.value(empty), 0);
    assert!(
        browser
            .text("document.querySelector('.chips output').textContent")
            .contains(" of 250 cases")
    );
    browser.press("Tab", 9, "");
    browser.press("Tab", 9, "");
    browser.press("Enter", 13, "\r");
    assert_eq!(
        browser.text("location.hash"),
        "#peak?family=columnar%2Cpython"
    );
    // What another reader gets, and back to everything.
    browser.open(file, "#peak?family=columnar%2Cpython%2Cnonsense");
    assert_eq!(browser.text(SEEN), "columnar python / columnar");
    browser.value(&format!(
        "for (const chip of {chips}) if (chip.getAttribute('aria-pressed') === 'true') chip.click()"
    ));
    assert_eq!(browser.text("location.hash"), "#peak");
    assert_eq!(
        browser.value(
            "document.querySelectorAll('main [data-case][hidden], main .group[hidden]').length"
        ),
        0
    );
    assert_eq!(browser.complaints(), [""; 0]);
}

fn unfolds_and_skips_what_is_folded(browser: &mut Browser, file: &Path) {
    browser.open(file, "");
    let seen =
        "[...document.querySelectorAll('#peak .bars')].find((bars) => bars.querySelector('.rest'))";
    let count = format!(
        "[...{seen}.querySelectorAll('.bar-row')].filter((row) => row.checkVisibility()).length"
    );
    let folded = browser.value(&count).as_u64().expect("a count");
    browser.value(&format!("{seen}.querySelector('summary').focus()"));
    browser.press("Enter", 13, "\r");
    let all = browser
        .value(&format!("{seen}.querySelectorAll('.bar-row').length"))
        .as_u64();
    assert!(folded < all.expect("a count"));
    assert_eq!(browser.value(&count).as_u64(), all);
    // Arrows go round what is seen.
    browser.open(file, "");
    browser.press("Tab", 9, "");
    browser.value(&format!("{seen}.focus()"));
    for _ in 0..folded {
        browser.press("ArrowDown", 40, "");
        assert_eq!(
            browser.value(&format!("{seen}.querySelector('.told').checkVisibility()")),
            true
        );
    }
}

/// Processor time of the page's thread until it is drawn: parsing, styles,
/// layout and script. The least of three, since a busy machine only adds to it.
///
/// It is a third of a second; the limit is where something grows with the square
/// of the cases, on a machine of which others have most.
fn opens_fast(browser: &mut Browser, file: &Path) {
    let threads = serde_json::json!({"timeDomain": "threadTicks"});
    browser.call("Performance.enable", threads);
    let mut least = f64::INFINITY;
    for _ in 0..3 {
        browser.open(file, "");
        browser.value(
            "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
        );
        let answer = browser.call("Performance.getMetrics", serde_json::json!({}));
        let metrics = answer["metrics"].as_array().expect("metrics");
        let task = metrics
            .iter()
            .find(|metric| metric["name"] == "TaskDuration");
        let seconds = task.and_then(|metric| metric["value"].as_f64());
        least = least.min(seconds.expect("a figure"));
    }
    eprintln!("the page of 250 cases takes {least:.3} s to open");
    assert!(least < 1.5, "the page of 250 cases takes {least:.3} s");
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

/// A4 less its margins is 182 mm wide: nothing may be cut off, and names of
/// cases stay on one line.
fn prints_well(browser: &mut Browser, file: &Path) {
    browser.resize(688);
    browser.call(
        "Emulation.setEmulatedMedia",
        serde_json::json!({"media": "print"}),
    );
    browser.open(file, "");
    let cut = browser.text(
        "[...document.querySelectorAll('p, li, dd, td, th, figcaption, .bar-row > *, .value *')]
            .filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1)
            .map((e) => e.tagName + ': ' + e.textContent.slice(0, 40)).join('; ')",
    );
    assert_eq!(cut, "");
    let tall = browser.text(
        "[...document.querySelectorAll('.figures tbody th')]
            .filter((e) => e.getBoundingClientRect().height > 2.5 * parseFloat(getComputedStyle(e).fontSize))
            .map((e) => e.textContent).join('; ')",
    );
    assert_eq!(tall, "", "broken over several lines");
    assert_eq!(
        browser.text("[...document.querySelectorAll('button:not(.sort), input, nav, .readout')].filter((e) => e.checkVisibility()).map((e) => e.outerHTML).join()"),
        "",
        "nothing to press on paper"
    );
    browser.call(
        "Emulation.setEmulatedMedia",
        serde_json::json!({"media": ""}),
    );
    browser.resize(1280);
}

const READOUT: &str = "(() => { const r = document.querySelector('.readout'); return r.hidden ? '' : r.innerText; })()";
const PANEL: &str = "document.querySelector('#time figure.panel[data-case=\"read/text\"]')";
const VIEW: &str = "document.querySelector('#time figure.panel[data-case=\"read/text\"] svg.stretch').getAttribute('viewBox')";

/// The middle of what an expression gives, after it was scrolled to.
fn place(browser: &mut Browser, element: &str, across: f64) -> (f64, f64) {
    // What follows a scroll has happened two frames later.
    let place = browser.value(&format!(
        "new Promise((done) => {{
            const e = {element};
            e.scrollIntoView({{block: 'center', behavior: 'instant'}});
            requestAnimationFrame(() => requestAnimationFrame(() => {{
                const b = e.getBoundingClientRect();
                done([b.left + b.width * {across}, b.top + b.height / 2]);
            }}));
        }})"
    ));
    let number = |index: usize| place[index].as_f64().expect("a place");
    (number(0), number(1))
}

fn mouse(browser: &mut Browser, kind: &str, (x, y): (f64, f64), buttons: u32) {
    browser.call(
        "Input.dispatchMouseEvent",
        serde_json::json!({"type": kind, "x": x, "y": y, "button": if kind == "mouseMoved" && buttons == 0 { "none" } else { "left" },
            "buttons": buttons, "clickCount": 1}),
    );
}

fn reads_out_what_the_table_says(browser: &mut Browser, file: &Path) {
    browser.open(file, "");
    assert_eq!(browser.text(READOUT), "", "nothing is pointed at");
    let cell = "document.querySelector('tr[data-case=\"read/text\"]').cells[1].textContent";
    let peak = browser.text(cell);
    for part in [
        "#peak .bar-row[data-case=\"read/text\"]",
        "#retained .bar-row[data-case=\"read/text\"]",
        "#speed .bar-row[data-case=\"read/text\"]",
        "#trade circle[data-case=\"read/text\"]",
        "#scaling g[data-case=\"read/text\"] circle:last-child",
    ] {
        let at = place(browser, &format!("document.querySelector('{part}')"), 0.5);
        mouse(browser, "mouseMoved", at, 0);
        let told = browser.text(READOUT);
        // Marks may lie on each other: then the read-out is that of one of them.
        if part.contains("bar-row") {
            assert!(told.starts_with("read/text\n"), "{part}: {told}");
            assert!(
                told.contains(&format!("Peak heap: {peak} MiB")),
                "{part}: {told}"
            );
        } else {
            assert!(told.contains("Peak heap: "), "{part}: {told}");
        }
    }
    mouse(browser, "mouseMoved", (2.0, 2.0), 0);
    assert_eq!(browser.text(READOUT), "", "gone with the pointer");
}

fn reads_out_by_keyboard(browser: &mut Browser, file: &Path) {
    browser.open(file, "");
    let cases = "[...document.querySelectorAll('#peak .bars')].map((b) => b.querySelector('[data-case]').dataset.case)[0]";
    let first = browser.text(cases);
    // From the link to the section, Tab leads to its first chart.
    browser.value("document.querySelector('nav a[href=\"#peak\"]').click()");
    for _ in 0..40 {
        browser.press("Tab", 9, "");
        if browser.value("document.activeElement.matches('#peak .bars')") == true {
            break;
        }
    }
    let told = browser.text(READOUT);
    assert!(told.starts_with(&first), "{told}");
    browser.press("ArrowDown", 40, "");
    let next = browser.text(READOUT);
    assert!(!next.is_empty() && next != told, "{next}");
    browser.press("ArrowUp", 38, "");
    assert_eq!(browser.text(READOUT), told);
    browser.press("Escape", 27, "");
    assert_eq!(browser.text(READOUT), "");
}

fn zooms_by_pointer(browser: &mut Browser, file: &Path) {
    browser.open(file, "");
    let whole = browser.text(VIEW);
    let plot = format!("{PANEL}.querySelector('svg')");
    let (from, to) = (place(browser, &plot, 0.25), place(browser, &plot, 0.75));
    mouse(browser, "mouseMoved", from, 0);
    assert!(
        browser.text(READOUT).contains("live"),
        "the curve tells its height"
    );
    mouse(browser, "mousePressed", from, 1);
    mouse(browser, "mouseMoved", to, 1);
    mouse(browser, "mouseReleased", to, 0);
    let view: Vec<f64> = browser
        .text(VIEW)
        .split(' ')
        .map(|number| number.parse().expect("a number"))
        .collect();
    assert!(
        (view[0] - 250.0).abs() < 6.0 && (view[2] - 500.0).abs() < 6.0,
        "{view:?}"
    );
    let hash = browser.text("location.hash");
    assert!(hash.starts_with("#time?zoom=read%2Ftext%3A"), "{hash}");
    let shown = browser.text(&format!("{PANEL}.innerText"));
    assert!(shown.contains("show all"), "{shown}");
    // What another reader gets.
    let seen = browser.text(VIEW);
    browser.open(file, &hash);
    let close = |a: &str, b: &str| {
        let numbers =
            |text: &str| -> Vec<f64> { text.split(' ').filter_map(|it| it.parse().ok()).collect() };
        numbers(a)
            .iter()
            .zip(numbers(b))
            .all(|(a, b)| (a - b).abs() < 0.1)
    };
    let again = browser.text(VIEW);
    assert!(close(&seen, &again), "{seen} and {again}");
    assert_eq!(browser.text(&format!("{PANEL}.innerText")), shown);
    browser.value(&format!("{PANEL}.focus()"));
    browser.press("Escape", 27, "");
    assert!(close(&browser.text(VIEW), &whole));
    assert_eq!(browser.text("location.hash"), "#time");
    assert_eq!(browser.complaints(), [""; 0]);
}

fn zooms_by_keyboard(browser: &mut Browser, file: &Path) {
    browser.open(file, "");
    browser.value(&format!("{PANEL}.focus()"));
    browser.press("ArrowLeft", 37, "");
    assert!(browser.text(READOUT).starts_with("read/text\nafter "));
    for _ in 0..10 {
        let key = serde_json::json!({"type": "keyDown", "key": "ArrowRight", "code": "ArrowRight",
            "windowsVirtualKeyCode": 39, "modifiers": 8});
        browser.call("Input.dispatchKeyEvent", key);
    }
    assert!(browser.text(READOUT).contains("selected: "));
    browser.press("Enter", 13, "\r");
    let width = browser.text(&format!("{VIEW}.split(' ')[2]"));
    assert!(
        (width.parse::<f64>().expect("a number") - 200.0).abs() < 1.0,
        "{width}"
    );
    browser.value(&format!("{PANEL}.querySelector('button').click()"));
    assert_eq!(browser.text("location.hash"), "#time");
}

fn keeps_zoom_and_table_apart_in_the_hash(browser: &mut Browser, file: &Path) {
    let zoom = "zoom=read%2Ftext%3A0.1%7E0.2";
    browser.open(file, &format!("#figures?sort=-peak&{zoom}"));
    let view = browser.text(VIEW);
    assert!(!view.starts_with("0 0 1000"), "{view}");
    browser.value("document.querySelector('[data-column=peak] button').click()");
    assert_eq!(browser.text("location.hash"), format!("#figures?{zoom}"));
    browser.value("document.querySelector('[data-column=file] button').click()");
    assert_eq!(
        browser.text("location.hash"),
        format!("#figures?{zoom}&sort=file")
    );
    // A link within the page takes neither away.
    browser.value("document.querySelector('nav a[href=\"#peak\"]').click(); new Promise((done) => setTimeout(done, 100))");
    let hash = browser.text("location.hash");
    assert!(
        hash.starts_with("#peak?") && hash.contains(zoom) && hash.contains("sort=file"),
        "{hash}"
    );
    assert_eq!(browser.text(VIEW), view);
    // A stretch that cannot be is none.
    for nonsense in [
        "read/text:x~y",
        "read/text:5~1",
        "read/text:-1~1e9",
        "nobody:0~1",
        ":",
        "",
    ] {
        browser.open(file, &format!("#time?zoom={nonsense}"));
        assert!(browser.text(VIEW).starts_with("0 0 1000"), "{nonsense}");
        assert_eq!(browser.complaints(), [""; 0], "{nonsense}");
    }
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
