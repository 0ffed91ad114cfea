//! The counts of a str that its size depends on, in every build.

use picklestream::pickle::event::StrSpelling;

/// A str by its characters, in the units of each build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) chars: u64,
    pub(super) utf8_bytes: u64,
    pub(super) utf16_units: u64,
    /// The character with the highest number; NUL if there is none.
    pub(super) widest: char,
    pub(super) spelling: StrSpelling,
}

impl Text {
    pub(super) fn new(text: &str, spelling: StrSpelling) -> Text {
        let len = text.len() as u64;
        if text.is_ascii() {
            return Text {
                chars: len,
                utf8_bytes: len,
                utf16_units: len,
                // Which one it is matters only if it is alone.
                widest: text.chars().next().unwrap_or('\0'),
                spelling,
            };
        }
        Text {
            chars: text.chars().count() as u64,
            utf8_bytes: len,
            utf16_units: text.encode_utf16().count() as u64,
            widest: text.chars().max().unwrap_or('\0'),
            spelling,
        }
    }

    /// Whether it is a `str` in Python 2, which is bytes.
    pub(super) fn is_bytes_in_python_2(&self) -> bool {
        self.spelling != StrSpelling::Unicode
    }
}
