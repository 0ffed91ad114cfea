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
        if text.is_ascii() {
            return Text::ascii(text.as_bytes(), spelling);
        }
        let len = text.len() as u64;
        Text {
            chars: text.chars().count() as u64,
            utf8_bytes: len,
            utf16_units: text.encode_utf16().count() as u64,
            widest: text.chars().max().unwrap_or('\0'),
            spelling,
        }
    }

    /// ASCII text.
    #[inline]
    pub(super) fn ascii(text: &[u8], spelling: StrSpelling) -> Text {
        let len = text.len() as u64;
        Text {
            chars: len,
            utf8_bytes: len,
            utf16_units: len,
            // Which one it is matters only if it is alone.
            widest: text.first().map_or('\0', |&byte| char::from(byte)),
            spelling,
        }
    }

    /// Text of so many characters up to `widest`, which is ASCII or alone.
    pub(super) fn of_widest(chars: u64, widest: char, spelling: StrSpelling) -> Text {
        Text {
            chars,
            utf8_bytes: chars * widest.len_utf8() as u64,
            utf16_units: chars,
            widest,
            spelling,
        }
    }

    /// Whether it is a `str` in Python 2, which is bytes.
    pub(super) fn is_bytes_in_python_2(&self) -> bool {
        self.spelling != StrSpelling::Unicode
    }
}
