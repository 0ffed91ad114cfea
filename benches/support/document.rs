//! The part of a page under `docs/` that a bench writes.

use std::path::Path;
use std::{fs, io};

/// Puts `text` between the lines `<!-- NAME -->` and `<!-- end of NAME -->` of a
/// page, in place of what is there.
///
/// # Errors
///
/// If the page cannot be read or written, or has no such lines.
pub fn replace_part(page: &Path, name: &str, text: &str) -> io::Result<()> {
    let (begin, end) = (
        format!("<!-- {name} -->\n"),
        format!("<!-- end of {name} -->"),
    );
    let old = fs::read_to_string(page)?;
    let parts = old.split_once(&begin).and_then(|(before, rest)| {
        let at = rest.find(&end)?;
        Some((before, &rest[at..]))
    });
    let Some((before, after)) = parts else {
        return Err(io::Error::other(format!(
            "{} has no lines {begin:?} and {end:?}",
            page.display()
        )));
    };
    let new = format!("{before}{begin}\n{}\n\n{after}", text.trim());
    picklebench::files::replace(page, new.as_bytes()).map_err(io::Error::other)
}
