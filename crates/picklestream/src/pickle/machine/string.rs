//! The spellings of str that are not plain UTF-8: protocol 0's escapes and
//! what Python 2 called str.

use super::arena::{Arena, Node, Span};
use super::bulk::{What, from_latin_1};
use crate::pickle::error::{Error, ErrorKind, Result, malformed};
use crate::pickle::options::Encoding;
use crate::value::surrogates::{self, Spelt};

/// A line of `UNICODE`: Latin-1 with `\u` and `\U` escapes, as Python's codec
/// `raw_unicode_escape` reads it. A backslash that begins no such escape
/// stands for itself, and so does the byte after it.
#[inline]
pub(crate) fn raw_unicode_escape(line: &[u8], arena: &mut Arena, at: u32) -> Result<Node> {
    let (out, start) = arena.text_mut();
    let mut spelt = Spelt::Text;
    if line.is_ascii() && memchr::memchr(b'\\', line).is_none() {
        out.extend_from_slice(line);
    } else {
        match unescape(line, out) {
            Ok(found) => spelt = found,
            Err(error) => {
                out.truncate(start);
                return Err(error);
            }
        }
    }
    arena.str_since(start, spelt, at)
}

fn push_char(out: &mut Vec<u8>, c: char) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

fn unescape(line: &[u8], out: &mut Vec<u8>) -> Result<Spelt> {
    let mut spelt = Spelt::Text;
    let mut rest = line;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            push_char(out, char::from(byte));
            continue;
        }
        let digits = match rest.first() {
            Some(b'u') => 4,
            Some(b'U') => 8,
            // Not an escape: both bytes stand for themselves.
            Some(&other) => {
                out.push(b'\\');
                push_char(out, char::from(other));
                rest = &rest[1..];
                continue;
            }
            None => {
                out.push(b'\\');
                continue;
            }
        };
        let escape = rest
            .get(1..=digits)
            .and_then(hex)
            .ok_or_else(|| malformed("a \\u escape that is cut short"))?;
        surrogates::push_point(out, escape)
            .ok_or_else(|| malformed(format!("there is no character {escape:#x}")))?;
        if let 0xd800..=0xdfff = escape {
            spelt = Spelt::Surrogates;
        }
        rest = &rest[digits + 1..];
    }
    Ok(spelt)
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |value, &digit| {
        let digit = char::from(digit).to_digit(16)?;
        value.checked_mul(16)?.checked_add(digit)
    })
}

/// A line of `STRING`: a str of Python 2 as its `repr` writes it.
pub(crate) fn quoted(line: &[u8], encoding: Encoding, arena: &mut Arena, at: u32) -> Result<Node> {
    let line = line.trim_ascii_end();
    let inner = match line {
        [b'\'', inner @ .., b'\''] | [b'"', inner @ .., b'"'] => inner,
        _ => return Err(malformed("a STRING without quotes")),
    };
    let (out, start) = arena.bytes_mut();
    let mut rest = inner;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let Some((&escape, after)) = rest.split_first() else {
            return Err(malformed("a STRING that ends in a backslash"));
        };
        rest = after;
        match escape {
            b'\\' | b'\'' | b'"' => out.push(escape),
            b'a' => out.push(7),
            b'b' => out.push(8),
            b't' => out.push(b'\t'),
            b'n' => out.push(b'\n'),
            b'v' => out.push(11),
            b'f' => out.push(12),
            b'r' => out.push(b'\r'),
            b'x' => {
                let value = rest.get(..2).and_then(hex);
                let value = value.ok_or_else(|| malformed("a \\x escape that is cut short"))?;
                out.push(value as u8);
                rest = &rest[2..];
            }
            b'0'..=b'7' => {
                let mut value = u32::from(escape - b'0');
                for _ in 0..2 {
                    if let [digit @ b'0'..=b'7', after @ ..] = rest {
                        value = value * 8 + u32::from(digit - b'0');
                        rest = after;
                    }
                }
                out.push(value as u8);
            }
            other => out.extend_from_slice(&[b'\\', other]),
        }
    }
    let bytes = arena.bytes_since(start)?;
    decoded(bytes, encoding, arena, at)
}

/// What Python 2 called str is text to one program and binary to the next. These
/// are its bytes, which were just added.
///
/// # Errors
/// It does not keep to an encoding that is strict.
pub(crate) fn decoded(bytes: Span, encoding: Encoding, arena: &mut Arena, at: u32) -> Result<Node> {
    let strict = match encoding {
        Encoding::Default => None,
        Encoding::Bytes => return Ok(Node::Bytes { at, bytes }),
        Encoding::Latin1 => {
            let text = arena.latin_1_to_text(bytes)?;
            return Ok(Node::Str { at, text });
        }
        Encoding::Ascii if !arena.bytes(bytes).is_ascii() => return Err(undecodable("ASCII")),
        Encoding::Ascii => Some("ASCII"),
        Encoding::Utf8 => Some("UTF-8"),
    };
    match (arena.bytes_to_text(bytes)?, strict) {
        (Some(text), _) => Ok(Node::Str { at, text }),
        (None, None) => Ok(Node::Bytes { at, bytes }),
        (None, Some(encoding)) => Err(undecodable(encoding)),
    }
}

/// The same of a large one.
pub(crate) fn decoded_large(bytes: Vec<u8>, encoding: Encoding) -> Result<(What, Vec<u8>)> {
    let is_text = str::from_utf8(&bytes).is_ok();
    match encoding {
        Encoding::Latin1 => Ok((What::Str, from_latin_1(&bytes).into_bytes())),
        Encoding::Ascii if !bytes.is_ascii() => Err(undecodable("ASCII")),
        Encoding::Utf8 if !is_text => Err(undecodable("UTF-8")),
        Encoding::Bytes => Ok((What::Bytes, bytes)),
        _ if is_text => Ok((What::Str, bytes)),
        _ => Ok((What::Bytes, bytes)),
    }
}

#[cold]
fn undecodable(encoding: &str) -> Error {
    Error::unplaced(ErrorKind::Data(format!(
        "a str of Python 2 that is not {encoding}; other encodings are the default (UTF-8, \
         else bytes), Latin-1 and bytes"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unicode(line: &[u8]) -> Option<String> {
        let mut arena = Arena::default();
        match raw_unicode_escape(line, &mut arena, 0) {
            Ok(Node::Str { text, .. }) => Some(arena.growing_text(text).to_owned()),
            _ => None,
        }
    }

    #[test]
    fn escapes_are_read_as_python_reads_them() {
        // Checked against bytes.decode("raw_unicode_escape") of CPython 3.11.
        assert_eq!(unicode(b"a\\u005cb").as_deref(), Some("a\\b"));
        assert_eq!(unicode(b"\\\\u0041").as_deref(), Some("\\\\u0041"));
        assert_eq!(unicode(b"\\\\\\u0041").as_deref(), Some("\\\\A"));
        assert_eq!(unicode(b"\xe9\\U0001f600").as_deref(), Some("é😀"));
        assert_eq!(unicode(b"\\n\\").as_deref(), Some("\\n\\"));
        assert_eq!(unicode(b"\xc3\xa9").as_deref(), Some("Ã©"));
        for wrong in ["\\u12", "\\u12g4", "\\U00110000"] {
            assert_eq!(unicode(wrong.as_bytes()), None, "{wrong}");
        }
    }

    #[test]
    fn surrogates_stay_as_many_as_they_are() {
        let mut arena = Arena::default();
        let node = raw_unicode_escape(b"a\\ud83d\\ude00", &mut arena, 0).unwrap();
        let Node::Surrogates { bytes, .. } = node else {
            panic!("{node:?}");
        };
        assert_eq!(arena.bytes(bytes), b"a\xed\xa0\xbd\xed\xb8\x80");
        assert_eq!(unicode(b"b").as_deref(), Some("b"));
    }

    #[test]
    fn python_2_strs_are_text_if_they_are_utf_8() {
        let mut arena = Arena::default();
        let Node::Str { text, .. } =
            quoted(b"'a\\'\\x41\\n\\101\\q'", Encoding::Default, &mut arena, 0).unwrap()
        else {
            panic!("not a str");
        };
        assert_eq!(arena.growing_text(text), "a'A\nA\\q");
        let Node::Bytes { bytes, .. } =
            quoted(b"\"\\xff'\"", Encoding::Default, &mut arena, 0).unwrap()
        else {
            panic!("not bytes");
        };
        assert_eq!(arena.bytes(bytes), b"\xff'");
        for wrong in ["", "'", "'a", "a'", "'a\"", "'\\'", "'\\x4'"] {
            assert!(
                quoted(wrong.as_bytes(), Encoding::Default, &mut arena, 0).is_err(),
                "{wrong}"
            );
        }
    }
}
