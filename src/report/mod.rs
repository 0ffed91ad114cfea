//! What a run found, for people: a table in the terminal, a page, a picture.
//!
//! Everything here reads a [`Run`](crate::results::Run) and nothing else. It
//! starts no case, opens no file and asks for neither the time nor the
//! machine, so the same run always gives the same bytes.
//!
//! - [`terminal`]: the table at the end of a run
//! - [`html`]: the page that people send each other
//! - [`svg`]: the picture for a README
//! - [`csv`]: one line a case, for a spreadsheet
//! - [`findings`]: the sentences on top of all of them, computed from the run

pub mod csv;
pub mod findings;
pub mod html;
pub mod svg;
pub mod terminal;

mod chart;
mod figures;
