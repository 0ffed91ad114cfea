//! How sure a format is that a file is its own, by the beginning of it.

/// How sure a format is that a file is its own. What is surest wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Certainty(u32);

impl Certainty {
    /// Not at all.
    pub const NONE: Certainty = Certainty(0);
    /// Nearly: it can hardly be anything else.
    pub const LIKELY: Certainty = Certainty(u32::MAX - 1);
    /// As sure as can be: a magic number is there.
    pub const SURE: Certainty = Certainty(u32::MAX);
}

/// The beginning of a file that looks like lines of values, or nothing.
pub(super) struct FirstLines<'a>(&'a [u8]);

impl<'a> FirstLines<'a> {
    /// `prefix`, if it looks like a Python literal or a JSON value.
    pub(super) fn of(prefix: &'a [u8]) -> FirstLines<'a> {
        FirstLines(if begins_a_value(prefix) { prefix } else { b"" })
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
