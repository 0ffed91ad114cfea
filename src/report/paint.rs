//! Colours and padding for text in a terminal.

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

pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}

pub(super) fn pad_left(text: &str, to: usize) -> String {
    format!("{}{text}", " ".repeat(to.saturating_sub(width(text))))
}

pub(super) fn pad_right(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(width(text))))
}
