//! Python's grammar of strings and bytes.
//!
//! <https://docs.python.org/3/reference/lexical_analysis.html#string-and-bytes-literals>

use std::borrow::Cow;

use super::cursor::Cursor;
use super::error::{Error, ErrorKind};
use super::lookahead::{quote_width, string_end};
use super::words;
use crate::value::surrogates;

/// The letters before a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prefix {
    pub(super) bytes: bool,
    raw: bool,
    length: usize,
}

/// Reads a `str` written in the plainest way: no prefix, no escapes, no
/// controls. `None`, and nothing is moved, for anything else.
#[inline]
pub(super) fn plain_str<'de>(cursor: &mut Cursor<'de>) -> Option<&'de str> {
    let rest = cursor.rest();
    let (&quote, body) = rest.split_first()?;
    if !matches!(quote, b'\'' | b'"') {
        return None;
    }
    let end = words::first_special(body, quote)?;
    let opens_three = end == 0 && body.get(1) == Some(&quote);
    if body[end] != quote || opens_three {
        return None;
    }
    let text = str::from_utf8(&body[..end]).ok()?;
    cursor.skip(end + 2);
    Some(text)
}

/// A copy of the text around a short string, aligned for whole words.
#[derive(Default)]
#[repr(align(16))]
pub(super) struct Short([u8; 32]);

/// As [`plain_str`], for a string of less than 32 bytes that is followed by
/// enough text, which is ASCII mostly.
///
/// UTF-8 is checked in `copy`, whole words at a time: in half the instructions
/// that it takes where the string begins, byte by byte (54 of 107 under
/// callgrind).
#[inline]
pub(super) fn short_str<'a>(cursor: &mut Cursor<'_>, copy: &'a mut Short) -> Option<&'a str> {
    let (&quote, body) = cursor.rest().split_first()?;
    if !matches!(quote, b'\'' | b'"') {
        return None;
    }
    copy.0 = *body.first_chunk()?;
    let end = words::first_special(&copy.0, quote)?;
    let opens_three = end == 0 && body[1] == quote;
    if body[end] != quote || opens_three {
        return None;
    }
    let text = str::from_utf8(&copy.0).ok()?.get(..end)?;
    cursor.skip(end + 2);
    Some(text)
}

/// The prefix, if a string is next; an error if it is of a sort that is not
/// read.
pub(super) fn prefix(cursor: &Cursor<'_>) -> Result<Option<Prefix>, Error> {
    let word = cursor.word();
    let quoted = matches!(cursor.text.get(cursor.at + word.len()), Some(b'\'' | b'"'));
    if !quoted {
        return Ok(None);
    }
    let (bytes, raw) = match word.to_ascii_lowercase().as_slice() {
        b"" | b"u" => (false, false),
        b"r" => (false, true),
        b"b" => (true, false),
        b"br" | b"rb" => (true, true),
        b"f" | b"fr" | b"rf" | b"t" | b"tr" | b"rt" => {
            let message = "an f-string or t-string, which is code and no literal";
            return Err(Error::at(ErrorKind::Unsupported, cursor.at, message));
        }
        _ => return Ok(None),
    };
    Ok(Some(Prefix {
        bytes,
        raw,
        length: word.len(),
    }))
}

/// What a `str` is read as.
pub(super) enum Text<'de> {
    Str(Cow<'de, str>),
    /// UTF-8 with surrogates, as [`Surrogates`](crate::value::Surrogates) has it.
    Surrogates(Vec<u8>),
}

/// Reads a `str` that has no lone surrogates, whose prefix is known.
pub(super) fn read_str<'de>(
    cursor: &mut Cursor<'de>,
    prefix: Prefix,
) -> Result<Cow<'de, str>, Error> {
    let start = cursor.at;
    match read_text(cursor, prefix)? {
        Text::Str(text) => Ok(text),
        Text::Surrogates(_) => {
            let message =
                "a str with a lone surrogate, which no String can hold; read it as a Value";
            Err(Error::at(ErrorKind::Data, start, message))
        }
    }
}

/// Reads a `str`, whose prefix is known.
pub(super) fn read_text<'de>(cursor: &mut Cursor<'de>, prefix: Prefix) -> Result<Text<'de>, Error> {
    let body = body(cursor, prefix)?;
    let content = match str::from_utf8(body.content) {
        Ok(content) => content,
        Err(error) => {
            let at = body.start + error.valid_up_to();
            let message = format!("the byte 0x{:02x} is not UTF-8", cursor.text[at]);
            return Err(Error::at(ErrorKind::Syntax, at, message));
        }
    };
    if body.as_it_is() {
        return Ok(Text::Str(Cow::Borrowed(content)));
    }
    let mut out = Vec::with_capacity(content.len());
    unescape(&body, prefix, &mut out)?;
    // Escapes were written as whole characters, the rest was UTF-8 before: what is
    // not UTF-8 now has surrogates in it.
    Ok(match String::from_utf8(out) {
        Ok(text) => Text::Str(Cow::Owned(text)),
        Err(error) => Text::Surrogates(error.into_bytes()),
    })
}

/// Reads `bytes`, whose prefix is known.
pub(super) fn read_bytes<'de>(
    cursor: &mut Cursor<'de>,
    prefix: Prefix,
) -> Result<Cow<'de, [u8]>, Error> {
    let body = body(cursor, prefix)?;
    if let Some(place) = body.content.iter().position(|byte| !byte.is_ascii()) {
        let message = "bytes may hold only ASCII as it is; write \\x and two digits";
        return Err(Error::at(ErrorKind::Syntax, body.start + place, message));
    }
    if body.as_it_is() {
        return Ok(Cow::Borrowed(body.content));
    }
    let mut out = Vec::with_capacity(body.content.len());
    unescape(&body, prefix, &mut out)?;
    Ok(Cow::Owned(out))
}

/// What lies between the quotes.
struct Body<'de> {
    content: &'de [u8],
    /// Offset of `content`.
    start: usize,
    raw: bool,
}

impl Body<'_> {
    /// Whether the content stands for itself. A `\r` never does: Python reads
    /// every line end as `\n`.
    fn as_it_is(&self) -> bool {
        memchr::memchr(b'\r', self.content).is_none()
            && (self.raw || memchr::memchr(b'\\', self.content).is_none())
    }
}

/// Moves past the string and returns its content, in which no line ends where
/// none may.
fn body<'de>(cursor: &mut Cursor<'de>, prefix: Prefix) -> Result<Body<'de>, Error> {
    let opening = cursor.at;
    cursor.skip(prefix.length);
    let width = quote_width(cursor.rest());
    let start = cursor.at + width;
    let end = string_end(cursor.rest()).map(|length| cursor.at + length - width);
    let content = &cursor.text[start.min(cursor.text.len())..end.unwrap_or(cursor.text.len())];
    let mut hidden = false;
    for (place, &byte) in content.iter().enumerate() {
        if byte == b'\0' {
            let message = "a NUL byte, which Python does not accept; write \\x00";
            return Err(Error::at(ErrorKind::Syntax, start + place, message));
        }
        let line_end = matches!(byte, b'\n' | b'\r');
        // The `\n` of a hidden `\r\n` is hidden with it.
        let second_half = byte == b'\n' && place > 0 && content[place - 1] == b'\r';
        if width == 1 && line_end && !hidden && !second_half {
            let message = "the line ends within a string";
            return Err(Error::at(ErrorKind::Syntax, start + place, message));
        }
        hidden = byte == b'\\' && !hidden;
    }
    let Some(end) = end else {
        let message = "a string that begins here does not end";
        return Err(Error::at(ErrorKind::Incomplete, opening, message));
    };
    cursor.at = end + width;
    Ok(Body {
        content,
        start,
        raw: prefix.raw,
    })
}

/// Appends what `body` stands for to `out`.
fn unescape(body: &Body<'_>, prefix: Prefix, out: &mut Vec<u8>) -> Result<(), Error> {
    let content = body.content;
    let mut at = 0;
    while let Some(length) = memchr::memchr2(b'\\', b'\r', &content[at..]) {
        out.extend_from_slice(&content[at..at + length]);
        at += length;
        if content[at] == b'\r' {
            out.push(b'\n');
            at += 1 + usize::from(content.get(at + 1) == Some(&b'\n'));
        } else if body.raw {
            out.push(b'\\');
            at += 1;
        } else {
            at += escape(body, at, prefix.bytes, out)?;
        }
    }
    out.extend_from_slice(&content[at..]);
    Ok(())
}

/// Appends what the backslash at `at` stands for, and returns the length of
/// the escape.
fn escape(body: &Body<'_>, at: usize, bytes: bool, out: &mut Vec<u8>) -> Result<usize, Error> {
    let rest = &body.content[at + 1..];
    let Some(&letter) = rest.first() else {
        // A string cannot end in a lone backslash: it would hide the quote.
        return Ok(1);
    };
    let place = body.start + at;
    let plain = match letter {
        b'\r' if rest.get(1) == Some(&b'\n') => return Ok(3),
        b'\n' | b'\r' => return Ok(2),
        b'\\' | b'\'' | b'"' => letter,
        b'a' => b'\x07',
        b'b' => b'\x08',
        b'f' => b'\x0c',
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => b'\x0b',
        b'0'..=b'7' => {
            let length = rest
                .iter()
                .take(3)
                .take_while(|b| matches!(b, b'0'..=b'7'))
                .count();
            let code = number(&rest[..length], 8);
            push(code, bytes, place, out)?;
            return Ok(1 + length);
        }
        b'x' => return hex(rest, 2, bytes, place, out),
        b'u' if !bytes => return hex(rest, 4, bytes, place, out),
        b'U' if !bytes => return hex(rest, 8, bytes, place, out),
        b'N' if !bytes => {
            let message = "a character by its name (\\N) is not read; write \\u and four digits";
            return Err(Error::at(ErrorKind::Unsupported, place, message));
        }
        // As Python does, with a warning: the backslash stands for itself.
        _ => {
            out.push(b'\\');
            return Ok(1);
        }
    };
    out.push(plain);
    Ok(2)
}

/// An escape of a letter and a fixed number of hexadecimal digits.
fn hex(
    rest: &[u8],
    digits: usize,
    bytes: bool,
    place: usize,
    out: &mut Vec<u8>,
) -> Result<usize, Error> {
    match rest.get(1..=digits) {
        Some(text) if text.iter().all(u8::is_ascii_hexdigit) => {
            push(number(text, 16), bytes, place, out)?;
            Ok(2 + digits)
        }
        _ => {
            let letter = rest[0] as char;
            let message = format!("expected {digits} hexadecimal digits after \\{letter}");
            Err(Error::at(ErrorKind::Syntax, place, message))
        }
    }
}

/// The value of at most eight digits.
fn number(digits: &[u8], radix: u32) -> u32 {
    digits.iter().fold(0, |number, &digit| {
        number * radix + (digit as char).to_digit(radix).unwrap_or_default()
    })
}

fn push(code: u32, bytes: bool, place: usize, out: &mut Vec<u8>) -> Result<(), Error> {
    if bytes {
        // Python keeps the low eight bits of an octal escape above \377.
        out.push(code as u8);
        return Ok(());
    }
    surrogates::push_point(out, code).ok_or_else(|| {
        let message = format!("\\U{code:08x} is beyond the last character, \\U0010ffff");
        Error::at(ErrorKind::Syntax, place, message)
    })
}
