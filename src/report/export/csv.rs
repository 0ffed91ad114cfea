//! The figures as comma-separated values.

use crate::report::csv;
use crate::results::Run;

use super::Exporter;

/// The exporter of a line for each case: see [`csv`].
#[derive(Debug, Clone, Copy)]
pub struct Csv;

impl Exporter for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn render(&self, run: &Run) -> String {
        csv::render(run)
    }
}
