//! A progress bar over bytes, for work that takes longer than people wait
//! without one.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::output::can_draw;

/// The bar appears after this time, where it can be drawn.
const PATIENCE: Duration = Duration::from_secs(2);

/// Makes a bar for so many bytes, or a hidden one.
pub(super) type MakeBar = fn(Option<u64>) -> BytesBar;

/// Counts the bytes that were read, and shows them on standard error when that
/// takes long.
pub(super) struct BytesBar {
    began: Instant,
    read: u64,
    /// The bytes to read in all; unknown for a pipe.
    total: Option<u64>,
    is_watched: bool,
    bar: Option<ProgressBar>,
}

impl BytesBar {
    pub(super) fn new(total: Option<u64>) -> BytesBar {
        BytesBar {
            began: Instant::now(),
            read: 0,
            total,
            is_watched: can_draw(),
            bar: None,
        }
    }

    /// One that is never shown: of a file among many, which have a bar of their own.
    pub(super) fn hidden(total: Option<u64>) -> BytesBar {
        let mut bar = BytesBar::new(total);
        bar.is_watched = false;
        bar
    }

    /// Notes that `bytes` more have been read.
    pub(super) fn advance(&mut self, bytes: u64) {
        self.read += bytes;
        if self.bar.is_none() && self.is_watched && self.began.elapsed() > PATIENCE {
            self.bar = Some(self.bar());
        }
        if let Some(bar) = &self.bar {
            bar.set_position(self.read);
        }
    }

    fn bar(&self) -> ProgressBar {
        // Templates are constants; the style that they fall back to is plain.
        let (bar, template) = match self.total {
            Some(total) => (
                ProgressBar::new(total),
                "{bar:24} {percent:>3} % of {binary_total_bytes}, {eta} left",
            ),
            None => (ProgressBar::new_spinner(), "{spinner} {binary_bytes} read"),
        };
        let style =
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.with_style(style.progress_chars("━╸─"))
            .with_elapsed(self.began.elapsed())
    }
}

impl Drop for BytesBar {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
