//! The text of a line of source, for a program that knows only its place.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// A line of `file`, the path being as the compiler gives it, without its
/// indentation: from the texts that were brought along, else from the disk.
/// `None` where the file is not at hand or has no such line.
pub(super) fn line(file: &str, line: u32, texts: &[(&str, &str)]) -> Option<String> {
    let index = usize::try_from(line).ok()?.checked_sub(1)?;
    let pick = |text: &str| {
        let line = text.lines().nth(index)?.trim();
        (!line.is_empty()).then(|| line.to_owned())
    };
    match texts.iter().find(|(name, _)| *name == file) {
        Some((_, text)) => pick(text),
        None => pick(&places(file).find_map(|path| fs::read_to_string(path).ok())?),
    }
}

/// Where the file may be. The compiler names it from the root of the
/// workspace; cargo names the package's folder, which lies below.
fn places(file: &str) -> impl Iterator<Item = PathBuf> {
    let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let folders: Vec<PathBuf> = package
        .iter()
        .flat_map(|folder| folder.ancestors())
        .map(Path::to_owned)
        .collect();
    let file = PathBuf::from(file);
    let below = folders.into_iter().map({
        let file = file.clone();
        move |folder| folder.join(&file)
    });
    below.chain([file])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_this_very_call() {
        let text = line(file!(), line!(), &[]);
        let expected = "let text = line(file!(), line!(), &[]);";
        assert_eq!(text.as_deref(), Some(expected));
    }

    #[test]
    fn a_text_that_was_brought_along_comes_first() {
        let texts = [(file!(), "one\n  two  \n\n")];
        assert_eq!(line(file!(), 2, &texts).as_deref(), Some("two"));
        for absent in [0, 3, 4, u32::MAX] {
            assert_eq!(line(file!(), absent, &texts), None);
        }
    }

    #[test]
    fn a_file_that_is_not_there() {
        assert_eq!(line("no/such/file.rs", 1, &[]), None);
    }
}
