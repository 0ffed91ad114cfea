//! The page that `picklebench sizeof --html` makes: safe to open, complete without a
//! script, and fit for a browser's window.

use std::collections::HashSet;
use std::fs;

use crate::command::{folder_after, run, stderr};
use crate::support::tags;
use picklebench::report::sizeof::{Block, Page, Version, render};

/// A page with hostile names in every place.
fn hostile() -> String {
    let odd = "<script>alert(1)</script>\u{202e}\"'&";
    let leaf = |bytes| Block {
        path: format!("{odd}[0]"),
        step: odd.to_owned(),
        what: odd.to_owned(),
        bytes,
        parts: Vec::new(),
    };
    let root = Block {
        parts: vec![leaf(700), leaf(290), leaf(1)],
        ..leaf(1000)
    };
    let version = |name: &str, peak| Version {
        name: name.to_owned(),
        total: 1000,
        kept: peak,
        load_peak: peak,
        dump_extra: peak,
    };
    render(&Page {
        name: odd.repeat(10),
        picklebench: "1".to_owned(),
        versions: vec![version("2.7", None), version("3.14", Some(u64::MAX / 4))],
        shown: 1,
        tree: root,
        elsewhere: (1, odd.to_owned()),
        types: vec![(odd.to_owned(), 3, 1000)],
        forms: vec![(odd.to_owned(), 10, odd.to_owned())],
        advice: vec![odd.to_owned()],
        fits: vec![odd.to_owned()],
        warnings: vec![odd.to_owned()],
        ..Page::default()
    })
}

#[test]
fn nothing_is_fetched_and_nothing_is_markup() {
    for page in [hostile(), render(&Page::default())] {
        assert!(!page.contains("<script"), "{page}");
        assert!(!page.contains('\u{202e}'));
        let mut open = Vec::new();
        let mut ids = HashSet::new();
        let mut wanted = Vec::new();
        for tag in tags(&page) {
            assert!(!matches!(
                tag.name,
                "link" | "iframe" | "img" | "object" | "embed"
            ));
            for attribute in ["src", "srcset", "action", "style"] {
                assert!(
                    tag.attribute(attribute).is_none(),
                    "{attribute} in {}",
                    tag.name
                );
            }
            if let Some(target) = tag.attribute("href") {
                wanted.push(
                    target
                        .strip_prefix('#')
                        .expect("within the page")
                        .to_owned(),
                );
            }
            let labelled = tag.attribute("aria-labelledby").unwrap_or_default();
            wanted.extend(labelled.split_whitespace().map(str::to_owned));
            if let Some(id) = tag.attribute("id") {
                assert!(ids.insert(id.to_owned()), "id {id} twice");
            }
            if tag.closes {
                assert_eq!(open.pop(), Some(tag.name));
            } else if !tag.is_void() {
                open.push(tag.name);
            }
        }
        assert!(open.is_empty());
        assert!(wanted.iter().all(|id| ids.contains(id)), "{wanted:?}");
    }
    assert_eq!(hostile(), hostile());
}

#[test]
fn every_part_is_drawn_and_in_the_table() {
    let page = hostile();
    // One is too small to be seen.
    assert_eq!(page.matches("class=\"cell\"").count(), 3);
    for bytes in [1000, 700, 290] {
        assert!(page.contains(&format!("data-bytes=\"{bytes}\"")), "{bytes}");
    }
    // Heights are bytes.
    assert!(
        page.contains("height=\"440.0\"") && page.contains("height=\"308.0\""),
        "{page}"
    );
}

#[test]
#[cfg(unix)]
fn a_reader_can_use_the_page_of_a_pickle() {
    use crate::browser_support::Browser;
    use crate::browser_support::checks::{is_accessible, is_quiet_and_fits};

    let folder = folder_after(&[
        &["generate", "pickle/cpython-2", "-n", "5000", "-o", "a.pkl"],
        &[
            "generate",
            "pickle/cpython-4",
            "--dataset",
            "dicts",
            "-n",
            "5000",
            "-o",
            "b.pkl",
        ],
    ]);
    let mut browser = Browser::start();
    for (name, more) in [
        ("a.pkl", &["--fits", "5MiB"][..]),
        ("b.pkl", &[]),
        ("c.pkl", &[]),
    ] {
        fs::write(
            folder.path().join("c.pkl"),
            b"\x80\x02](cmine\nThing\n)\x81K",
        )
        .unwrap();
        let arguments = [
            &["sizeof", "--html", "-o", "page.html", "--file", name],
            more,
        ]
        .concat();
        let output = run(&folder, &arguments);
        let code = match name {
            "a.pkl" => 1,
            "b.pkl" => 0,
            _ => 2,
        };
        assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
        let path = folder.path().join("page.html");
        let page = fs::read_to_string(&path).unwrap();
        assert_eq!(page.contains("does not load in 3.12"), name == "a.pkl");
        assert_eq!(page.contains("cut short"), name == "c.pkl");
        if let Some(browser) = &mut browser {
            is_quiet_and_fits(browser, &path);
            is_accessible(browser, &path);
        }
        fs::remove_file(&path).unwrap();
    }
}
