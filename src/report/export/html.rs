//! The report as an HTML page.

use crate::report::html;
use crate::results::Run;

use super::Exporter;

/// The exporter of the page: see [`html`].
#[derive(Debug, Clone, Copy)]
pub struct Html;

impl Exporter for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn render(&self, run: &Run) -> String {
        html::render(run)
    }
}
