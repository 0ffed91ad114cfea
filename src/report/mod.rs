//! What a run found, for people: a table in the terminal, a page, a picture.
//!
//! Everything here reads a [`Run`] and nothing else. It starts no case, opens no
//! file and asks for neither the time nor the machine, so the same run always
//! gives the same bytes.
//!
//! - [`terminal`]: the table at the end of a run
//! - [`growth_table`]: how peaks grow, and by which law; `growth_json` the same as data
//! - [`fit_table`]: the least limit of each case
//! - [`tutorial_table`]: the tutorial's experiments, line by line
//! - [`html`]: the page that people send each other
//! - [`svg`]: the picture for a README
//! - [`csv`]: the figures, a line for each case
//! - [`export`]: the run in the shape that other programs want
//! - [`comparison`]: two runs beside each other
//! - [`index`]: the page of all published runs
//! - [`sizeof`]: the page of what some data takes in Python
//! - [`findings`]: the sentences on top of all of them, computed from the run

pub mod comparison;
pub mod csv;
pub mod export;
pub mod findings;
pub mod fit_table;
pub mod growth_json;
pub mod growth_table;
pub mod html;
pub mod index;
pub mod sizeof;
pub mod svg;
pub mod terminal;
pub mod tutorial_table;

mod chart;
mod choices;
mod family;
mod figures;
mod growth;
mod law;
mod least_squares;
mod markup;
mod operation;
mod paint;
mod place;
mod python;
#[cfg(test)]
mod testing;
mod warnings;

use crate::results::{JSON_SCHEMA, Run};

/// What the records of a run look like, in a word: the name of the built-in
/// dataset, or of the file that they are from. Runs of different shapes stand
/// beside each other ([`html::render_with_shapes`]), runs of one are compared.
#[must_use]
pub fn shape(run: &Run) -> &str {
    figures::shape(&run.dataset)
}

/// What lies beside a `run.json`, all made from it: file names and contents.
#[must_use]
pub fn files(run: &Run) -> [(&'static str, String); 4] {
    [
        ("run.schema.json", JSON_SCHEMA.to_owned()),
        ("peak-heap.svg", svg::render(run)),
        ("figures.csv", csv::render(run)),
        ("report.html", html::render(run)),
    ]
}
