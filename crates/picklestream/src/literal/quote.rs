//! Strings and bytes in quotes, as Python's `repr` writes them.

use super::printable::is_printable;
use super::words::is_plain;
use crate::value::surrogates;

/// Appends `text` as `repr(str)` gives it.
#[inline]
pub(super) fn push_str(out: &mut Vec<u8>, text: &str) {
    if is_plain(text.as_bytes()) {
        out.push(b'\'');
        out.extend_from_slice(text.as_bytes());
        out.push(b'\'');
    } else {
        push_str_with_care(out, text);
    }
}

/// Appends `bytes` as `repr(bytes)` gives it.
pub(super) fn push_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    let quote = best_quote(bytes);
    push_quoted_bytes(out, bytes, quote, quote);
}

/// Appends `bytes` as `repr(bytearray)` gives it: unlike `bytes`, it has a
/// backslash before every single quote, even between double quotes.
pub(super) fn push_byte_array(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(b"bytearray(");
    push_quoted_bytes(out, bytes, best_quote(bytes), b'\'');
    out.push(b')');
}

fn push_quoted_bytes(out: &mut Vec<u8>, bytes: &[u8], quote: u8, escaped: u8) {
    out.extend_from_slice(&[b'b', quote]);
    for &byte in bytes {
        match byte {
            b' '..=b'~' => push_ascii(out, byte, escaped),
            _ => push_control(out, byte),
        }
    }
    out.push(quote);
}

#[cold]
fn push_str_with_care(out: &mut Vec<u8>, text: &str) {
    let quote = best_quote(text.as_bytes());
    out.push(quote);
    text.chars().for_each(|c| push_char(out, c, quote));
    out.push(quote);
}

/// Appends the str of which `text` is UTF-8 with surrogates, as `repr(str)` gives it.
pub(super) fn push_surrogates(out: &mut Vec<u8>, text: &[u8]) {
    let quote = best_quote(text);
    out.push(quote);
    for point in surrogates::code_points(text) {
        match char::from_u32(point) {
            Some(c) => push_char(out, c, quote),
            None => push_hex(out, b'u', point, 4),
        }
    }
    out.push(quote);
}

fn push_char(out: &mut Vec<u8>, c: char, quote: u8) {
    match c {
        ' '..='~' => push_ascii(out, c as u8, quote),
        '\0'..='\u{ff}' if !is_printable(c) => push_control(out, c as u8),
        _ if is_printable(c) => {
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        '\0'..='\u{ffff}' => push_hex(out, b'u', c.into(), 4),
        _ => push_hex(out, b'U', c.into(), 8),
    }
}

/// Single quotes, unless that would need an escape which double quotes avoid.
fn best_quote(bytes: &[u8]) -> u8 {
    if memchr::memchr(b'\'', bytes).is_some() && memchr::memchr(b'"', bytes).is_none() {
        b'"'
    } else {
        b'\''
    }
}

fn push_ascii(out: &mut Vec<u8>, byte: u8, escaped: u8) {
    if byte == escaped || byte == b'\\' {
        out.push(b'\\');
    }
    out.push(byte);
}

/// A byte or character below 256 that does not stand for itself.
fn push_control(out: &mut Vec<u8>, byte: u8) {
    match byte {
        b'\t' => out.extend_from_slice(br"\t"),
        b'\n' => out.extend_from_slice(br"\n"),
        b'\r' => out.extend_from_slice(br"\r"),
        _ => push_hex(out, b'x', byte.into(), 2),
    }
}

fn push_hex(out: &mut Vec<u8>, letter: u8, code: u32, digits: u32) {
    out.extend_from_slice(&[b'\\', letter]);
    for digit in (0..digits).rev() {
        out.push(b"0123456789abcdef"[(code >> (4 * digit)) as usize & 0xF]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_quoted_as_by_repr() {
        for (text, quoted) in [
            ("", "''"),
            ("spam", "'spam'"),
            ("it's", "\"it's\""),
            ("say \"x\"", "'say \"x\"'"),
            ("it's \"x\"", r#"'it\'s "x"'"#),
            ("a\\b", r"'a\\b'"),
            ("\t\n\r\0\x1b\x7f", r"'\t\n\r\x00\x1b\x7f'"),
            ("é\u{a0}\u{ad}ß", r"'é\xa0\xadß'"),
            ("\u{2028}中\u{feff}", r"'\u2028中\ufeff'"),
            ("😀\u{e0001}\u{10ffff}", r"'😀\U000e0001\U0010ffff'"),
        ] {
            let mut out = Vec::new();
            push_str(&mut out, text);
            assert_eq!(String::from_utf8(out).unwrap(), quoted);
        }
    }

    #[test]
    fn one_odd_character_at_any_place_is_seen() {
        for length in [1, 20, 63, 64, 65, 130] {
            for place in 0..length {
                let mut text = vec![b'x'; length];
                text[place] = b'\\';
                let mut out = Vec::new();
                push_str(&mut out, &String::from_utf8(text).unwrap());
                assert_eq!(out.len(), length + 3, "{place} of {length}");
            }
        }
    }

    #[test]
    fn bytes_are_quoted_as_by_repr() {
        for (bytes, quoted) in [
            (&b""[..], "b''"),
            (b"it's", "b\"it's\""),
            (b"'\"\\", r#"b'\'"\\'"#),
            (b"\t\n\r\0\x7f\x80\xff~", r"b'\t\n\r\x00\x7f\x80\xff~'"),
        ] {
            let mut out = Vec::new();
            push_bytes(&mut out, bytes);
            assert_eq!(String::from_utf8(out).unwrap(), quoted);
        }
    }
}
