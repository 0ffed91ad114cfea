//! One object of the answer: its sizes, its value, its parts.

use std::borrow::Cow;
use std::fmt::Write;
use std::rc::Rc;

use super::build::Sizes;

/// Characters that are kept of the text of one object.
pub(super) const MOST_TEXT: usize = 1000;

/// An object of a literal or of a pickle.
#[derive(Debug, Clone)]
pub struct Object {
    pub(super) type_name: Cow<'static, str>,
    /// The value of an object without parts, as `repr` writes it.
    pub(super) text: String,
    pub(super) bytes: Sizes,
    pub(super) rust: u64,
    pub(super) record: Option<u64>,
    pub(super) len: u64,
    pub(super) children: Vec<Rc<Object>>,
    pub(super) counted_before: bool,
    /// Identity of a container of a pickle; 0 for others.
    pub(super) number: u64,
    /// Levels of parts below it.
    pub(super) height: u32,
}

/// Parts of an object of a pickle that are kept to be shown; of a dict as many
/// keys, with their values.
pub const KEPT_CHILDREN: usize = 10;

/// Levels of objects within each other that are shown: what walks over them
/// recurses.
pub(super) const MOST_HEIGHT: u32 = 200;

impl Object {
    pub(super) fn height_above(children: &[Rc<Object>]) -> u32 {
        let heights = children.iter().map(|child| child.height + 1);
        heights.max().unwrap_or(0)
    }

    /// The name of its type in Python 3.
    #[must_use]
    pub fn type_name(&self) -> &str {
        &self.type_name
    }

    /// Its own bytes, without what it refers to: `sys.getsizeof`.
    #[must_use]
    pub fn bytes(&self) -> Sizes {
        self.bytes
    }

    /// Bytes of the [`Value`](picklestream::value::Value) that holds it, with its
    /// text but without its items.
    #[must_use]
    pub fn rust_bytes(&self) -> u64 {
        self.rust
    }

    /// Bytes of the same as a record `(f64, String, u64)`, or as a list of
    /// such records, with all it refers to. Absent where it is neither.
    #[must_use]
    pub fn record_bytes(&self) -> Option<u64> {
        self.record
    }

    /// The value of an object without parts.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// How many parts it has: items, or for a dict keys and values.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether it has no parts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Its first parts: all of a literal; of a pickle at most
    /// [`KEPT_CHILDREN`], or as many keys with their
    /// values, and none if the object was counted before.
    pub fn children(&self) -> impl ExactSizeIterator<Item = &Object> {
        self.children.iter().map(|child| &**child)
    }

    /// Whether this very object occurs before, so that the total does not
    /// count it again. Of the newest build, where builds differ.
    #[must_use]
    pub fn is_counted_before(&self) -> bool {
        self.counted_before
    }

    /// Whether it is a container that contains itself, `ancestors` being the
    /// objects around it.
    #[must_use]
    pub fn is_within_itself(&self, ancestors: &[&Object]) -> bool {
        let is_it = |around: &&Object| around.number == self.number;
        self.number > 0 && ancestors.iter().any(is_it)
    }

    /// The value as Python's `repr` writes it, cut after `most` characters;
    /// an ellipsis stands for what is left out.
    #[must_use]
    pub fn repr(&self, most: usize) -> String {
        let mut text = String::new();
        self.append_repr(&mut text, most);
        cut(text, most)
    }

    fn append_repr(&self, out: &mut String, most: usize) {
        // Bytes are at least characters: enough is enough.
        if out.len() > 4 * most {
            return;
        }
        let (open, close) = match &*self.type_name {
            "list" => ("[", "]"),
            "tuple" => ("(", ")"),
            "dict" => ("{", "}"),
            "set" if self.len == 0 => ("set(", ")"),
            "set" => ("{", "}"),
            "frozenset" if self.len == 0 => ("frozenset(", ")"),
            "frozenset" => ("frozenset({", "})"),
            _ => {
                out.push_str(&self.text);
                return;
            }
        };
        out.push_str(open);
        let is_dict = self.type_name == "dict";
        for (index, child) in self.children.iter().enumerate() {
            if index > 0 {
                let is_value = is_dict && index % 2 == 1;
                out.push_str(if is_value { ": " } else { ", " });
            }
            child.append_repr(out, most);
            if out.len() > 4 * most {
                break;
            }
        }
        if (self.children.len() as u64) < self.len {
            out.push_str(if self.children.is_empty() {
                "…"
            } else {
                ", …"
            });
        } else if self.len == 1 && self.type_name == "tuple" {
            out.push(',');
        }
        out.push_str(close);
    }
}

/// Cuts a text down to `most` characters, the last of them an ellipsis.
pub(super) fn cut(mut text: String, most: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(most) {
        let last = text[..end].char_indices().next_back();
        text.truncate(last.map_or(0, |(start, _)| start));
        text.push('…');
    }
    text
}

/// The `repr` of bytes, cut after [`MOST_TEXT`] of them.
pub(super) fn bytes_repr(bytes: &[u8]) -> String {
    let mut text = String::from("b'");
    for &byte in bytes.iter().take(MOST_TEXT) {
        match byte {
            b'\t' => text.push_str("\\t"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\\' | b'\'' => {
                text.push('\\');
                text.push(char::from(byte));
            }
            b' '..=b'~' => text.push(char::from(byte)),
            _ => {
                let _ = write!(text, "\\x{byte:02x}");
            }
        }
    }
    if bytes.len() > MOST_TEXT {
        text.push('…');
    }
    text.push('\'');
    text
}

/// The `repr` of text, cut after [`MOST_TEXT`] characters.
pub(super) fn text_repr(text: &str) -> String {
    let end = text.char_indices().nth(MOST_TEXT);
    let shown = end.map_or(text, |(end, _)| &text[..end]);
    let mut repr = picklestream::literal::to_string(shown).unwrap_or_default();
    if end.is_some() {
        repr.insert(repr.len() - 1, '…');
    }
    repr
}

/// The `repr` of a float.
pub(super) fn float_repr(float: f64) -> String {
    let mut out = Vec::new();
    picklestream::value::float::push_repr(&mut out, float);
    String::from_utf8(out).unwrap_or_default()
}
