//! Colours for text in a terminal.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
pub(super) const BAD: Style = AnsiColor::Red.on_default();
pub(super) const DOUBT: Style = AnsiColor::Yellow.on_default();

/// Colours, or none: whether standard output is a terminal and what `NO_COLOR`
/// says are no business of a renderer.
pub(super) struct Paint {
    pub(super) color: bool,
}

impl Paint {
    pub(super) fn put(&self, out: &mut String, style: Style, text: &str) {
        if self.color && style != Style::new() {
            let _ = write!(out, "{style}{text}{style:#}");
        } else {
            out.push_str(text);
        }
    }

    /// The same on a line of its own.
    pub(super) fn line(&self, out: &mut String, style: Style, text: &str) {
        self.put(out, style, text);
        out.push('\n');
    }
}
