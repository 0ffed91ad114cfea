//! The page's script in a real browser, where there is one.

use std::process::Command;

use crate::support::{run, troubled};
use picklebench::report::html::render;

const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// The page after its script ran, as markup, and what the browser complained
/// about. `None` where there is no browser.
fn open(page: &str, fragment: &str) -> Option<(String, String)> {
    let browser = BROWSERS.iter().find(|name| {
        let version = Command::new(name).arg("--version").output();
        version.is_ok_and(|output| output.status.success())
    });
    let Some(browser) = browser else {
        eprintln!("SKIPPED: no Chromium here, so the page's script was not tested");
        return None;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("report.html");
    std::fs::write(&file, page).expect("a page");
    let output = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .args([
            "--enable-logging=stderr",
            "--virtual-time-budget=2000",
            "--dump-dom",
        ])
        .arg(format!(
            "--user-data-dir={}",
            folder.path().join("profile").display()
        ))
        .arg(format!("file://{}{fragment}", file.display()))
        .output()
        .expect("the browser runs");
    let complaints: Vec<String> = String::from_utf8_lossy(&output.stderr)
        .lines()
        .filter(|line| line.contains("CONSOLE"))
        .map(ToString::to_string)
        .collect();
    Some((
        String::from_utf8_lossy(&output.stdout).into_owned(),
        complaints.join("\n"),
    ))
}

/// The rows of the table as the browser has them: id, and whether it is hidden.
fn rows(page: &str) -> Vec<(&str, bool)> {
    page.split("<tr id=\"case-")
        .skip(1)
        .map(|row| {
            let tag = &row[..row.find('>').expect("closed")];
            let id = tag.split("data-case=\"").nth(1).expect("an id");
            (
                &id[..id.find('"').expect("quoted")],
                tag.contains("hidden=\"\""),
            )
        })
        .collect()
}

#[test]
fn a_link_shows_what_the_sender_saw() {
    let page = render(&run());
    let fragment = "#figures?sort=-peak&filter=read+pickle&base=read%2Ftext&hide=upper";
    let Some((seen, complaints)) = open(&page, fragment) else {
        return;
    };
    assert_eq!(complaints, "");

    let shown: Vec<&str> = rows(&seen)
        .into_iter()
        .filter(|row| !row.1)
        .map(|row| row.0)
        .collect();
    assert!(shown[0].starts_with("read/serde-pickle/own-"), "{shown:?}");
    assert!(
        shown
            .iter()
            .all(|id| id.contains("read") && id.contains("pickle")),
        "{shown:?}"
    );
    assert_eq!(
        shown.last(),
        Some(&"column-read/serde-pickle"),
        "without figures, last"
    );
    assert!(seen.contains(&format!(
        ">{} of {} cases</output>",
        shown.len(),
        run().cases.len()
    )));
    assert!(seen.contains("aria-sort=\"descending\""));
    assert!(seen.contains("data-column=\"upper\" hidden=\"\""));
    let table = seen.split("<table class=\"figures\"").nth(1);
    let row = table
        .expect("the table")
        .split("data-case=\"read/serde-pickle/protocol-2\"")
        .nth(1)
        .expect("a row");
    let row = &row[..row.find("</tr>").expect("closed")];
    assert!(row.contains(">6.0×</td>"), "relative to read/text: {row}");
}

#[test]
fn the_policy_stops_any_other_script() {
    let more = "</footer><script>document.title = 'taken';</script>";
    let page = render(&run()).replace("</footer>", more);
    let Some((seen, complaints)) = open(&page, "") else {
        return;
    };
    assert!(!seen.contains("<title>taken</title>"));
    assert!(
        complaints.contains("Content Security Policy"),
        "{complaints}"
    );
}

#[test]
fn without_choices_the_figures_stay_as_they_were() {
    for run in [run(), troubled()] {
        let page = render(&run);
        let Some((seen, complaints)) = open(&page, "") else {
            return;
        };
        assert_eq!(complaints, "");
        assert_eq!(rows(&seen).len(), run.cases.len());
        assert!(rows(&seen).iter().all(|row| !row.1), "nothing is hidden");
        let figures = |page: &str| -> Vec<String> {
            let table = page
                .split("<table class=\"figures\"")
                .nth(1)
                .expect("the table");
            let table = &table[..table.find("</table>").expect("closed")];
            table
                .split("<td data-")
                .skip(1)
                .map(|cell| {
                    cell[cell.find('>').expect("open") + 1..cell.find("</td>").expect("closed")]
                        .to_string()
                })
                .collect()
        };
        assert_eq!(figures(&page), figures(&seen));
    }
}
