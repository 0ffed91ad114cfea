//! A place in a text, and how to say what was found there.

use super::error::{Error, ErrorKind};

/// Reads bytes from front to back.
#[derive(Debug)]
pub(super) struct Cursor<'de> {
    pub(super) text: &'de [u8],
    /// Offset of the next byte, never past the end of `text`.
    pub(super) at: usize,
}

impl<'de> Cursor<'de> {
    pub(super) fn new(text: &'de [u8]) -> Cursor<'de> {
        Cursor { text, at: 0 }
    }

    /// The next byte.
    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// What is left.
    #[inline]
    pub(super) fn rest(&self) -> &'de [u8] {
        &self.text[self.at..]
    }

    /// Moves on over bytes that were seen before.
    #[inline]
    pub(super) fn skip(&mut self, bytes: usize) {
        self.at = (self.at + bytes).min(self.text.len());
    }

    /// Moves on over `byte` if it is next.
    #[inline]
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Moves on over white space between tokens, and gives the byte after it.
    #[inline]
    pub(super) fn next_token(&mut self) -> Option<u8> {
        while let Some(byte) = self.peek() {
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c') {
                return Some(byte);
            }
            self.at += 1;
        }
        None
    }

    /// Moves on over white space and `byte`, which must be there.
    pub(super) fn expect(&mut self, byte: u8) -> Result<(), Error> {
        if self.next_token() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(self.unexpected(&format!("'{}'", byte as char)))
    }

    /// The letters, digits and underscores that are next.
    pub(super) fn word(&self) -> &'de [u8] {
        let rest = self.rest();
        let end = rest.iter().position(|&byte| !is_word(byte));
        &rest[..end.unwrap_or(rest.len())]
    }

    /// An error at the next byte: `expected` is not what is there.
    #[cold]
    pub(super) fn unexpected(&self, expected: &str) -> Error {
        let rest = self.rest();
        let Some(&first) = rest.first() else {
            let message = format!("expected {expected}, found the end of the text");
            return Error::at(ErrorKind::Incomplete, self.at, message);
        };
        let (kind, found) = match first {
            b'#' => (
                ErrorKind::Unsupported,
                "a comment, which is not read".to_owned(),
            ),
            b'\'' | b'"' => (
                ErrorKind::Unsupported,
                "a string (adjacent strings are not joined)".to_owned(),
            ),
            b' '..=b'~' if is_word(first) => (ErrorKind::Syntax, self.shown_word()),
            b' '..=b'~' => (ErrorKind::Syntax, format!("'{}'", first as char)),
            b'\n' | b'\r' => (ErrorKind::Syntax, "the end of the line".to_owned()),
            b'\0'..=b'\x7f' => (ErrorKind::Syntax, format!("the byte 0x{first:02x}")),
            _ => (ErrorKind::Syntax, first_character(rest)),
        };
        Error::at(kind, self.at, format!("expected {expected}, found {found}"))
    }

    /// The next word for a message, cut short if it is long.
    pub(super) fn shown_word(&self) -> String {
        let word = String::from_utf8_lossy(self.word());
        match word.char_indices().nth(30) {
            Some((end, _)) => format!("'{}…'", &word[..end]),
            None => format!("'{word}'"),
        }
    }
}

/// Whether a byte can be part of a name or number.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Names the character that is not ASCII at the start of `text`.
fn first_character(text: &[u8]) -> String {
    let head = &text[..text.len().min(4)];
    let valid = match str::from_utf8(head) {
        Ok(valid) => valid,
        Err(error) => str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default(),
    };
    match valid.chars().next() {
        Some(c) => format!("'{}' (U+{:04X})", c.escape_debug(), u32::from(c)),
        None => format!("the byte 0x{:02x}, which is not UTF-8", text[0]),
    }
}
