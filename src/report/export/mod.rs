//! A run in the formats of other programs, each in a file of its own.
//!
//! A new format is a file here and a line in [`ALL`].

mod bencher;
mod csv;
mod github_action_benchmark;
mod html;
mod markdown;

use crate::results::Run;

pub use bencher::Bencher;
pub use csv::Csv;
pub use github_action_benchmark::GithubActionBenchmark;
pub use html::Html;
pub use markdown::Markdown;

/// Turns a run into text. The same run gives the same bytes.
pub trait Exporter: Sync {
    /// The name by which it is chosen.
    fn name(&self) -> &'static str;

    /// The run in this format.
    fn render(&self, run: &Run) -> String;
}

/// All exporters, the usual one first.
pub const ALL: [&dyn Exporter; 5] = [&Html, &Markdown, &Csv, &Bencher, &GithubActionBenchmark];

/// The exporter of that name; `None` if there is none.
#[must_use]
pub fn named(name: &str) -> Option<&'static dyn Exporter> {
    ALL.into_iter().find(|exporter| exporter.name() == name)
}
