//! The picture for a README: peak heap of each case, on its own.

use crate::results::Run;

/// A stand-alone SVG.
#[must_use]
pub fn render(_run: &Run) -> String {
    String::new()
}
