//! Text from anywhere, made fit for a line in a terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The text with `�` in the place of each character that would drive a
/// terminal (a line break among them) or change the direction of what stands
/// beside it: names come from files, and files from anybody.
///
/// ```
/// use plainfigures::visible;
///
/// assert_eq!(visible("caf\u{e9}"), "caf\u{e9}");
/// assert_eq!(visible("\u{1b}[2J"), "\u{fffd}[2J");
/// assert_eq!(visible("exe.\u{202e}txt"), "exe.\u{fffd}txt");
/// ```
#[must_use]
pub fn visible(text: &str) -> String {
    text.chars().map(visible_char).collect()
}

/// [`visible`] of a text whose lines stay lines, such as a message or a page.
///
/// ```
/// assert_eq!(plainfigures::visible_lines("two\nlines\r"), "two\nlines\u{fffd}");
/// ```
#[must_use]
pub fn visible_lines(text: &str) -> String {
    let visible = |char| match char {
        '\n' => char,
        _ => visible_char(char),
    };
    text.chars().map(visible).collect()
}

/// [`visible`] of a single character.
#[must_use]
pub fn visible_char(char: char) -> char {
    match char {
        // Marks, embeddings, overrides and isolates of bidirectional text.
        '\u{61c}' | '\u{200e}' | '\u{200f}' => '\u{fffd}',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        _ if char.is_control() => '\u{fffd}',
        _ => char,
    }
}

/// Columns of a terminal that the text takes: two for most East Asian
/// characters, none for an accent that lies on the letter before it.
///
/// ```
/// assert_eq!(plainfigures::width("漢字"), 4);
/// assert_eq!(plainfigures::width("cafe\u{301}"), 4);
/// ```
#[must_use]
pub fn width(text: &str) -> usize {
    text.width()
}

/// A text that takes more than `columns` of a terminal without its middle, for
/// which `…` stands: both ends of a name tell something.
///
/// ```
/// use plainfigures::shorten;
///
/// assert_eq!(shorten("read/serde-pickle/protocol-0", 15), "read/se…tocol-0");
/// assert_eq!(shorten("read/text", 15), "read/text");
/// ```
#[must_use]
pub fn shorten(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let room = columns.saturating_sub(1);
    let fitting = |chars: &mut dyn Iterator<Item = char>, room: usize| -> usize {
        let mut taken = 0;
        chars
            .take_while(|char| {
                taken += char.width().unwrap_or(1);
                taken <= room
            })
            .map(char::len_utf8)
            .sum()
    };
    let end = room / 2;
    let first = fitting(&mut text.chars(), room - end);
    let last = fitting(&mut text.chars().rev(), end);
    format!("{}…{}", &text[..first], &text[text.len() - last..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_reorder_the_line_is_seen() {
        for char in "\u{202a}\u{202e}\u{2066}\u{2069}\u{200e}\u{61c}\t\n\u{7f}\u{85}\u{9b}".chars()
        {
            assert_eq!(visible_char(char), '\u{fffd}', "{char:?}");
        }
        for char in "aé表\u{301}\u{200b}\u{fffd}".chars() {
            assert_eq!(visible_char(char), char);
        }
    }

    #[test]
    fn shortened_text_fits() {
        for text in [
            "0123456789",
            "表表表表表",
            "e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}",
        ] {
            for columns in 1..12 {
                let short = shorten(text, columns);
                assert!(width(&short) <= columns, "{short} in {columns}");
                assert_eq!(short == text, width(text) <= columns, "{short}");
            }
        }
        assert_eq!(shorten("0123456789", 6), "012…89");
        assert_eq!(shorten("0123456789", 0), "…");
    }
}
