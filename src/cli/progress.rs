//! Progress on standard error: a bar if it is a terminal, else nothing but
//! messages.

use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressStyle};

use crate::job::Observer;
use plainfigures::visible_lines;

use super::output::{can_draw, say};

/// A progress bar over the parts of a run.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar that is hidden where it cannot be drawn.
    pub(super) fn new() -> Progress {
        Progress::drawn_if(can_draw())
    }

    /// A bar beside what is printed to standard output: it is hidden also where
    /// that goes to a terminal.
    pub(super) fn beside_output() -> Progress {
        Progress::drawn_if(can_draw() && !io::stdout().is_terminal())
    }

    fn drawn_if(is_drawn: bool) -> Progress {
        let bar = if is_drawn {
            ProgressBar::new(0)
        } else {
            ProgressBar::hidden()
        };
        // The template is a constant; the style that it falls back to is plain.
        let style = ProgressStyle::with_template("{bar:24} {pos}/{len} {wide_msg} {eta:>4} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style.progress_chars("━╸─"));
        Progress { bar }
    }
}

impl Observer for Progress {
    fn say(&mut self, message: &str) {
        if self.bar.is_hidden() {
            say(message);
        } else {
            self.bar.println(visible_lines(message));
        }
    }

    fn begin(&mut self, what: &str, parts: u64) {
        self.bar.inc_length(parts);
        self.bar.set_message(visible_lines(what));
    }

    fn part_done(&mut self) {
        self.bar.inc(1);
    }

    fn tick(&mut self) {
        self.bar.tick();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
