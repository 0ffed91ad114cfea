//! Which format a file is in: by its content first, then by its name.

use std::path::Path;

use crate::results::Operation;

use super::{FileFormat, Formats};

/// How sure a format is that a file is its own. What is surest wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Certainty(u32);

impl Certainty {
    /// Not at all.
    pub const NONE: Certainty = Certainty(0);
    /// As sure as can be: a magic number is there.
    pub const SURE: Certainty = Certainty(u32::MAX);
}

/// The beginning of a file that looks like lines of values, or nothing.
pub(super) struct Lines<'a>(&'a [u8]);

impl<'a> Lines<'a> {
    /// `prefix`, if it looks like a Python literal or a JSON value.
    pub(super) fn of(prefix: &'a [u8]) -> Lines<'a> {
        Lines(if begins_a_value(prefix) { prefix } else { b"" })
    }

    /// Surer with every line that `is_mine`: the first that is one format's and
    /// not the other's decides. At a line that is not, because it is damaged or
    /// too long to be seen whole, what only one of them has decides: `marks`.
    pub(super) fn certainty(&self, marks: &[u8], is_mine: impl Fn(&[u8]) -> bool) -> Certainty {
        let lines = self.0.split_inclusive(|byte| *byte == b'\n');
        let lines = lines
            .map(<[u8]>::trim_ascii)
            .filter(|line| !line.is_empty());
        let mut certainty = Certainty::NONE;
        for line in lines {
            if is_mine(line) {
                certainty.0 += 2;
                continue;
            }
            match line.iter().find(|byte| b"'()\"".contains(byte)) {
                Some(mark) if !marks.contains(mark) => {}
                _ => certainty.0 += 1,
            }
            break;
        }
        certainty
    }
}

impl Formats {
    /// The format of a file that begins with `prefix` and is called `name`, of
    /// those that any record can be read from. The content decides; where it
    /// fits several alike, the name, else the last of them; where it fits none,
    /// the name.
    #[must_use]
    pub fn recognise(&self, prefix: &[u8], name: &Path) -> Option<&'static dyn FileFormat> {
        let named = self.by_name(name, Operation::StreamRead);
        let surest = self.surest(prefix);
        match named {
            Some(named)
                if surest.is_empty() || surest.iter().any(|it| it.name() == named.name()) =>
            {
                Some(named)
            }
            _ => surest.last().copied(),
        }
    }

    /// The formats that the content fits best; none if it fits none.
    fn surest(&self, prefix: &[u8]) -> Vec<&'static dyn FileFormat> {
        let mut most = Certainty::NONE;
        let mut surest = Vec::new();
        for format in self.for_any_record(Operation::StreamRead) {
            let certainty = format.recognise(prefix);
            if certainty > most {
                most = certainty;
                surest.clear();
            }
            if certainty == most && most > Certainty::NONE {
                surest.push(format);
            }
        }
        surest
    }

    /// The format that a file of this name should be in, of those that can do
    /// `operation` with any record.
    #[must_use]
    pub fn by_name(&self, path: &Path, operation: Operation) -> Option<&'static dyn FileFormat> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        let extension = extension.as_str();
        self.for_any_record(operation)
            .find(|format| format.extensions().contains(&extension))
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
pub(super) fn begins_a_value(text: &[u8]) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    const PICKLE: &[&str] = &["pickle"];
    const TEXT: &[&str] = &["text"];
    const JSON: &[&str] = &["json-lines"];
    const BOTH: &[&str] = &["text", "json-lines"];

    #[test]
    fn content_tells() {
        let known: [(&[u8], &[&str]); 34] = [
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
            (b"[1, 2]\n", BOTH),
            (b"{\"a\": 1}\n", BOTH),
            (b"[1]\n[1; 2\n", BOTH),
            (b"[1]\n['a; 2\n[\"a\"]", TEXT),
            (b"", &[]),
            (b"hello, world\n", &[]),
        ];
        for (content, expected) in known {
            let found = Formats::built_in().surest(content);
            let names: Vec<_> = found.iter().map(|format| format.name()).collect();
            assert_eq!(names, expected, "{:?}", String::from_utf8_lossy(content));
        }
    }

    fn name_of(format: Option<&'static dyn FileFormat>) -> Option<&'static str> {
        format.map(|format| format.name())
    }

    #[test]
    fn names_tell() {
        for (name, expected) in [
            ("a/b.PKL", Some("pickle")),
            ("b.x.ndjson", Some("json-lines")),
            ("pkl", None),
            ("b.json", None),
        ] {
            let found = Formats::built_in().by_name(Path::new(name), Operation::StreamRead);
            assert_eq!(name_of(found), expected, "{name}");
        }
    }

    #[test]
    fn content_goes_before_names() {
        for (content, name, expected) in [
            (&b"[1, 2]\n"[..], "a.txt", Some("text")),
            (b"[1, 2]\n", "a.jsonl", Some("json-lines")),
            (b"[1, 2]\n", "a.pkl", Some("json-lines")),
            (b"[1, 2]\n", "a", Some("json-lines")),
            (b"[None]\n", "a.jsonl", Some("text")),
            (b"\x80\x04", "a.txt", Some("pickle")),
            (b"", "a.txt", Some("text")),
            (b"hello", "a", None),
        ] {
            let found = Formats::built_in().recognise(content, Path::new(name));
            assert_eq!(name_of(found), expected, "{name}");
        }
    }
}
