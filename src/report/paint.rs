//! Colours for text in a terminal.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
pub(super) const BAD: Style = AnsiColor::Red.on_default();
pub(super) const DOUBT: Style = AnsiColor::Yellow.on_default();

/// Writes text in colours, or without. The caller decides: a renderer does not
/// know whether standard output is a terminal, nor what `NO_COLOR` says.
pub(super) struct Paint {
    pub(super) color: bool,
}

impl Paint {
    /// Writes `text` in `style`.
    pub(super) fn put(&self, out: &mut String, style: Style, text: &str) {
        if self.color && style != Style::new() {
            let _ = write!(out, "{style}{text}{style:#}");
        } else {
            out.push_str(text);
        }
    }

    /// Writes `text` and a line break.
    pub(super) fn line(&self, out: &mut String, style: Style, text: &str) {
        self.put(out, style, text);
        out.push('\n');
    }
}
