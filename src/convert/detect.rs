//! Which format a file is in: by its content, or by its name.

use std::path::Path;

use super::{Error, FileFormat, Input};
use picklestream::literal;
use picklestream::value::Value;

/// What the first bytes of a file say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Guess {
    Is(FileFormat),
    /// Lines that are the same in both.
    TextOrJson,
    Unknown,
}

/// The format of an input: by its content first, then by its name.
pub(crate) fn detect(input: &mut Input) -> Result<FileFormat, Error> {
    let prefix = input
        .peek()
        .map_err(|cause| Error::read(input.name(), cause))?;
    let named = by_name(Path::new(input.name()));
    match (by_content(&prefix), named) {
        (Guess::Is(format), _) => Ok(format),
        (Guess::TextOrJson, Some(format)) if format != FileFormat::Pickle => Ok(format),
        (Guess::TextOrJson, _) => Ok(FileFormat::JsonLines),
        (Guess::Unknown, Some(format)) => Ok(format),
        (Guess::Unknown, None) => Err(Error::UnknownFormat {
            name: input.name().to_owned(),
            why: if prefix.is_empty() {
                ", which is empty"
            } else {
                " by its content or its name"
            },
            flag: "--from",
        }),
    }
}

/// The format that a file of this name should be in.
pub(crate) fn by_name(path: &Path) -> Option<FileFormat> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    match extension.as_str() {
        "pkl" | "pickle" | "p" => Some(FileFormat::Pickle),
        "txt" | "text" => Some(FileFormat::Text),
        "jsonl" | "ndjson" => Some(FileFormat::JsonLines),
        _ => None,
    }
}

fn by_content(prefix: &[u8]) -> Guess {
    // Where UTF-8 has a byte that only goes on, pickle has the opcodes of
    // protocols 2 to 5, PROTO before all.
    if let Some(0x80..=0x98) = prefix.first() {
        return Guess::Is(FileFormat::Pickle);
    }
    if begins_a_value(prefix) {
        return text_or_json(prefix);
    }
    // The opcodes of protocols 0 and 1 that a pickle can begin with.
    match prefix.first() {
        Some(b'(' | b']' | b'}' | b')') => Guess::Is(FileFormat::Pickle),
        Some(b'I' | b'L' | b'F' | b'S' | b'V' | b'N' | b'c' | b'P') => {
            Guess::Is(FileFormat::Pickle)
        }
        Some(b'K' | b'J' | b'M' | b'G' | b'X' | b'T' | b'U') => Guess::Is(FileFormat::Pickle),
        _ => Guess::Unknown,
    }
}

/// Words that a Python literal or a JSON value begins with. The letters of a
/// few are opcodes too, which no pickle has in this order.
const WORDS: [&str; 11] = [
    "None",
    "True",
    "False",
    "null",
    "true",
    "false",
    "nan",
    "inf",
    "set(",
    "frozenset(",
    "bytearray(",
];

/// Whether this looks like a Python literal or a JSON value, rather than a
/// pickle of protocol 0 or 1, which may begin with `(` too.
fn begins_a_value(text: &[u8]) -> bool {
    let inner = text
        .iter()
        .position(|byte| *byte != b'(' && !byte.is_ascii_whitespace())
        .map_or(&[][..], |start| &text[start..]);
    let in_brackets = text.trim_ascii_start().first() == Some(&b'(');
    match inner {
        [
            b'0'..=b'9' | b'-' | b'+' | b'.' | b'\'' | b'"' | b'[' | b'{',
            ..,
        ] => true,
        [b')', b',' | b')' | b'\r' | b'\n' | b' ', ..] | [b')'] => in_brackets,
        [prefix, b'\'' | b'"', ..] | [prefix, _, b'\'' | b'"', ..]
            if b"bBrRuU".contains(prefix) =>
        {
            true
        }
        _ => WORDS.iter().any(|word| inner.starts_with(word.as_bytes())),
    }
}

/// The first line that is one and not the other decides.
fn text_or_json(prefix: &[u8]) -> Guess {
    for line in prefix.split_inclusive(|byte| *byte == b'\n') {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        let text = literal::from_slice::<Value>(line).is_ok();
        let json = serde_json::from_slice::<Value>(line).is_ok();
        match (text, json) {
            (true, true) => {}
            (true, false) => return Guess::Is(FileFormat::Text),
            (false, true) => return Guess::Is(FileFormat::JsonLines),
            (false, false) => return by_marks(line),
        }
    }
    Guess::TextOrJson
}

/// For a line that is damaged, or too long to be seen whole: what only one of
/// them has.
fn by_marks(line: &[u8]) -> Guess {
    let only_text = |byte: &u8| b"'()".contains(byte);
    match line.iter().find(|byte| only_text(byte) || **byte == b'"') {
        Some(b'"') => Guess::Is(FileFormat::JsonLines),
        Some(_) => Guess::Is(FileFormat::Text),
        None => Guess::TextOrJson,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICKLE: Guess = Guess::Is(FileFormat::Pickle);
    const TEXT: Guess = Guess::Is(FileFormat::Text);
    const JSON: Guess = Guess::Is(FileFormat::JsonLines);

    #[test]
    fn content_tells() {
        let known: [(&[u8], Guess); 32] = [
            (b"\x80\x04\x95", PICKLE),
            (b"(lp0\n(F0.5\nVs\np1\ntp2\na.", PICKLE),
            (b"]q\0(X\x01\0\0\0aq\x01e.", PICKLE),
            (b"(I1\nVa\nt.", PICKLE),
            (b"(F0.5\nt.", PICKLE),
            (b"((I1\nI2\ntp0\nI3\nt.", PICKLE),
            (b"()K\x01t.", PICKLE),
            (b"N.", PICKLE),
            (b"I01\n.", PICKLE),
            (b"cbuiltins\neval\n.", PICKLE),
            (b"(dp0\nVa\nI1\ns.", PICKLE),
            (b"\x8c\x01a.", PICKLE),
            (b"(0.5, 'a', 1)\n", TEXT),
            (b"((1, 2), 3)\n", TEXT),
            (b"()\n", TEXT),
            (b"((), 1)\n", TEXT),
            (b"None\n", TEXT),
            (b"(None, 1)\n", TEXT),
            (b"(True, 1)\n(", TEXT),
            (b"b'x'\n", TEXT),
            (b"(b'x',)\n", TEXT),
            (b"{'a': 1}\n", TEXT),
            (b"set()\n", TEXT),
            (b"[1, 2]\n['a']\n", TEXT),
            (b"(0.5, 'cut short", TEXT),
            (b"{\"a\": null}\n", JSON),
            (b"[1, 2]\n[null]\n", JSON),
            (b"[\"a\", \"cut short", JSON),
            (b"[1, 2]\n", Guess::TextOrJson),
            (b"{\"a\": 1}\n", Guess::TextOrJson),
            (b"", Guess::Unknown),
            (b"hello, world\n", Guess::Unknown),
        ];
        for (content, guess) in known {
            let shown = String::from_utf8_lossy(content);
            assert_eq!(by_content(content), guess, "{shown:?}");
        }
    }

    #[test]
    fn names_tell() {
        assert_eq!(by_name(Path::new("a/b.PKL")), Some(FileFormat::Pickle));
        assert_eq!(
            by_name(Path::new("b.x.ndjson")),
            Some(FileFormat::JsonLines)
        );
        assert_eq!(by_name(Path::new("pkl")), None);
        assert_eq!(by_name(Path::new("b.json")), None);
    }
}
