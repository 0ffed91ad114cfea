//! Which format a file is in: by its content first, then by its name.

use std::io;
use std::path::Path;

use crate::results::Operation;

use super::certainty::Certainty;
use super::compiled::FileFormat;
use super::input::{Expansion, InputFile};
use super::registry::Formats;

/// What is looked for in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Records, in any format.
    Records,
    /// A pickle or text: a table is named as what it is.
    Pickle,
}

impl Formats {
    /// The format of a file that begins with `prefix` and is called `name`, of
    /// those that any record can be read from. The content decides; where it
    /// fits several alike, the name, else the last of them; where it fits none,
    /// the name. A format of which no content can tell goes by the name, unless
    /// the content is certainly another's.
    #[must_use]
    pub fn recognise(&self, prefix: &[u8], name: &Path) -> Option<&'static dyn FileFormat> {
        let named = self.by_name(name, Operation::StreamRead);
        let surest = self.surest(prefix);
        let is_certain = surest
            .iter()
            .any(|it| it.recognise(prefix) == Certainty::SURE);
        match named {
            Some(named)
                if surest.is_empty()
                    || surest.iter().any(|it| it.name() == named.name())
                    || !named.is_told_by_content() && !is_certain =>
            {
                Some(named)
            }
            _ => surest.last().copied(),
        }
    }

    /// Looks into a file of records ([`InputFile::look_into`]).
    ///
    /// # Errors
    ///
    /// As [`InputFile::look_into`].
    pub fn look_into(&self, input: InputFile, expansion: Expansion) -> io::Result<InputFile> {
        input.look_into(expansion, self.is_own(Wanted::Records))
    }

    /// Whether a file that begins so is left as it is: one of a format from elsewhere, or
    /// a table, which is packed in its own way, where it can be read.
    pub fn is_own(&self, wanted: Wanted) -> impl Fn(&[u8]) -> bool + 'static {
        let formats = self.clone();
        move |prefix| {
            let mut others = formats.others();
            let mut tables = formats.iter().filter(|format| format.table().is_some());
            others.any(|format| format.recognise(prefix) > Certainty::NONE)
                || wanted == Wanted::Records
                    && tables.any(|format| format.recognise(prefix) == Certainty::SURE)
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
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let ends = |end: &str| {
            let before = name.strip_suffix(end).and_then(|it| it.strip_suffix('.'));
            before.is_some_and(|it| !it.is_empty())
        };
        self.for_any_record(operation)
            .find(|format| format.extensions().iter().any(|end| ends(end)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICKLE: &[&str] = &["pickle"];
    const TEXT: &[&str] = &["text"];
    const JSON: &[&str] = &["json"];
    const LINES: &[&str] = &["json-lines"];
    const EITHER: &[&str] = &["json", "json-lines"];
    const ANY: &[&str] = &["text", "json", "json-lines"];
    const BOTH: &[&str] = &["text", "json-lines"];

    #[test]
    fn content_tells() {
        let known: &[(&[u8], &[&str])] = &[
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
            (b"{\"a\": null}\n", EITHER),
            (b"[1, 2]\n[null]\n", LINES),
            (b"{\"a\": 1}\n{\"a\": 1}\n", BOTH),
            (b"[\"a\", \"cut short", EITHER),
            (b"[1, 2]\n", ANY),
            (b"{\"a\": 1}\n", ANY),
            (b"[\n1,\n2\n]\n", JSON),
            (b"[\n", JSON),
            (b" {\"a\": [\n  1, 2", JSON),
            (b"[\n1,\n[2; 3\n", JSON),
            (b"[1]\n[1; 2\n", BOTH),
            (b"[1]\n['a; 2\n[\"a\"]", TEXT),
            (b"", &[]),
            (b"hello, world\n", &[]),
        ];
        for (content, expected) in known {
            let found = Formats::built_in().surest(content);
            let names: Vec<_> = found.iter().map(|format| format.name()).collect();
            assert_eq!(names, *expected, "{:?}", String::from_utf8_lossy(content));
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
            ("b.json", Some("json")),
            ("b.msgpack", Some("messagepack")),
            (".pkl", None),
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
            (b"[1, 2]\n", "a.json", Some("json")),
            (b"[1]\n[2]\n", "a.json", Some("json-lines")),
            (b"\x93\x01\x02\x03", "a.msgpack", Some("messagepack")),
            (b"\x83aa\x01", "a.cbor", Some("cbor")),
            (b"\x80\x04\x95", "a.cbor", Some("pickle")),
            (b"(1)", "a.csv", Some("csv")),
        ] {
            let found = Formats::built_in().recognise(content, Path::new(name));
            assert_eq!(name_of(found), expected, "{name}");
        }
    }
}
