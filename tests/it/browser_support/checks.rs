//! What every page of ours has to pass.

use std::path::Path;

use super::Browser;

/// No message, no request, nothing wider than the window at any usual width.
pub fn is_quiet_and_fits(browser: &mut Browser, file: &Path) {
    for width in [400, 640, 1280] {
        browser.resize(width);
        browser.open(file, "");
        assert_eq!(
            browser.complaints(),
            [""; 0],
            "{} at {width}",
            file.display()
        );
        let wide = browser.value("document.documentElement.scrollWidth");
        assert!(
            wide.as_u64() <= Some(u64::from(width)),
            "{} is {wide} wide in a window of {width}",
            file.display()
        );
        // Text that its box cuts off, without a way to scroll to it.
        let clipped = browser.text(
            "[...document.querySelectorAll('h1, h2, h3, p, li, dt, dd, .tiles > div, figcaption, .bar-row > *')]
                .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, nav'))
                .map((e) => e.tagName + ': ' + e.textContent.slice(0, 40)).join('; ')",
        );
        assert_eq!(clipped, "", "{} at {width}", file.display());
    }
    browser.resize(1280);
}

/// What a screen reader needs, and text that stands out from its ground.
pub fn is_accessible(browser: &mut Browser, file: &Path) {
    for scheme in ["light", "dark"] {
        browser.call(
            "Emulation.setEmulatedMedia",
            serde_json::json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]}),
        );
        browser.open(file, "");
        let flaws = browser.text(include_str!("accessibility.js"));
        assert_eq!(flaws, "", "in {scheme}");
    }
    browser.call(
        "Emulation.setEmulatedMedia",
        serde_json::json!({"features": []}),
    );
}
