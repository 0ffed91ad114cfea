//! The place of an error in a text, with a caret under it.

use std::io::{Read, Seek, SeekFrom};

use plainfigures::{visible_char, width};

use crate::formats::InputFile;

/// Characters that are shown before and after the place.
const BEFORE: usize = 50;
const AFTER: usize = 25;

/// The line around byte `offset` of a file, and a caret under that byte, from
/// the next line on. Nothing if the file can no longer be read.
pub(super) fn excerpt(mut file: InputFile, offset: u64) -> String {
    // A character has at most four bytes.
    let start = offset.saturating_sub(4 * BEFORE as u64);
    let mut around = Vec::new();
    let read = file.seek(SeekFrom::Start(start)).and_then(|_| {
        file.take(4 * (BEFORE + AFTER) as u64)
            .read_to_end(&mut around)
    });
    match read {
        Ok(_) => point_at(&around, (offset - start) as usize),
        Err(_) => String::new(),
    }
}

/// The line around byte `place` of a text, and a caret under that byte, from
/// the next line on.
pub(crate) fn point_at(around: &[u8], place: usize) -> String {
    let (before, after) = around.split_at(place.min(around.len()));
    let before = before
        .rsplit(|byte| *byte == b'\n')
        .next()
        .unwrap_or(before);
    let after = after.split(|byte| *byte == b'\n').next().unwrap_or(after);
    let before: Vec<char> = shown(before).collect();
    let left: String = before[before.len().saturating_sub(BEFORE)..]
        .iter()
        .collect();
    let right: String = shown(after).take(AFTER).collect();
    let indent = " ".repeat(width(&left));
    format!("\n  {left}{}\n  {indent}^", right.trim_end())
}

/// Nothing that moves the cursor, or does worse to a terminal.
fn shown(bytes: &[u8]) -> impl Iterator<Item = char> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let characters: Vec<char> = text.chars().collect();
    characters.into_iter().map(visible_char)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_is_under_the_place() {
        assert_eq!(point_at(b"[1]\n[1; 2]\n[3]\n", 6), "\n  [1; 2]\n    ^");
        assert_eq!(point_at(b"[1]\n", 3), "\n  [1]\n     ^");
        assert_eq!(point_at(b"", 9), "\n  \n  ^");
        assert_eq!(point_at("['é' 1]".as_bytes(), 6), "\n  ['é' 1]\n       ^");
        assert_eq!(
            point_at(b"\x1b[2J!\xff", 4),
            "\n  \u{FFFD}[2J!\u{FFFD}\n      ^"
        );
        let long = [&b"x"[..]; 500].concat();
        let shown = point_at(&long, 200);
        let caret = format!("\n  {}^", " ".repeat(50));
        assert!(shown.ends_with(&caret), "{shown}");
        assert_eq!(shown.lines().nth(1).unwrap().len(), 2 + 75);
    }
}
