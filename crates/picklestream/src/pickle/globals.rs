//! The few globals that CPython writes for plain data under old protocols.
//!
//! Each of them is recognised as the data that it stands for; nothing is ever
//! looked up or called. Everything else is refused by name.

use super::arena::{Arena, Global, Node, Span};
use super::error::{Error, ErrorKind, Result};

/// The meaning of a global, if it stands for data.
pub(super) fn find(module: &[u8], name: &[u8]) -> Option<Global> {
    Some(match (module, name) {
        (b"_codecs", b"encode") => Global::Encode,
        (b"builtins" | b"__builtin__", name) => match name {
            b"set" => Global::Set,
            b"frozenset" => Global::FrozenSet,
            b"bytes" => Global::Bytes,
            b"bytearray" => Global::ByteArray,
            b"complex" => Global::Complex,
            _ => return None,
        },
        _ => return None,
    })
}

/// The error for any other global.
#[cold]
pub(super) fn refuse(module: &str, name: &str) -> Error {
    Error::unplaced(ErrorKind::Refused(shown(module, name)))
}

/// The name of a global, which may be megabytes long and hold anything.
pub(super) fn shown(module: &str, name: &str) -> String {
    format!("{module}.{name}")
        .chars()
        .take(200)
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}

#[cold]
fn unusual(what: &str) -> Error {
    Error::unplaced(ErrorKind::Refused(what.to_owned()))
}

/// What `REDUCE` makes of a global and its tuple of arguments.
pub(super) fn call(global: Global, arguments: Node, arena: &mut Arena, at: u32) -> Result<Node> {
    let Node::Tuple { items, .. } = arguments else {
        return Err(unusual("opcode REDUCE without a tuple"));
    };
    let arguments = arena.items(items);
    match (global, arguments) {
        (Global::Set, []) => {
            let container = arena.add_container()?;
            Ok(Node::Set { at, container })
        }
        (Global::Set, &[Node::List { container, .. }]) => {
            // The set has the items that the list has now.
            arena.seal(container);
            Ok(Node::Set { at, container })
        }
        (Global::FrozenSet, []) => {
            let container = arena.add_container()?;
            Ok(Node::FrozenSet { at, container })
        }
        (Global::FrozenSet, &[Node::List { container, .. }]) => {
            arena.seal(container);
            Ok(Node::FrozenSet { at, container })
        }
        (Global::Bytes, []) => Ok(Node::Bytes {
            at,
            bytes: Span::EMPTY,
        }),
        (Global::ByteArray, []) => Ok(Node::ByteArray {
            at,
            bytes: Span::EMPTY,
        }),
        (Global::ByteArray, &[Node::Bytes { bytes, .. }]) => Ok(Node::ByteArray { at, bytes }),
        (Global::ByteArray, &[Node::Str { text, .. }, Node::Str { text: codec, .. }]) => {
            let bytes = latin_1(text, codec, arena)?;
            Ok(Node::ByteArray { at, bytes })
        }
        (Global::Encode, &[Node::Str { text, .. }, Node::Str { text: codec, .. }]) => {
            let bytes = latin_1(text, codec, arena)?;
            Ok(Node::Bytes { at, bytes })
        }
        (Global::Complex, [real, imaginary]) if is_float(real) && is_float(imaginary) => {
            Ok(Node::Complex { at, items })
        }
        (Global::Set, _) => Err(unusual("builtins.set of something else than a list")),
        (Global::FrozenSet, _) => Err(unusual("builtins.frozenset of something else than a list")),
        (Global::Bytes, _) => Err(unusual("builtins.bytes with arguments")),
        (Global::ByteArray, _) => Err(unusual("builtins.bytearray of something else than bytes")),
        (Global::Encode, _) => Err(unusual("_codecs.encode of something else than two strs")),
        (Global::Complex, _) => Err(unusual(
            "builtins.complex of something else than two floats",
        )),
    }
}

fn is_float(node: &Node) -> bool {
    matches!(node, Node::Float { .. })
}

/// The bytes of which `text` is the Latin-1 reading.
fn latin_1(text: Span, codec: Span, arena: &mut Arena) -> Result<Span> {
    if !matches!(arena.growing_text(codec), "latin1" | "latin-1") {
        return Err(unusual("_codecs.encode with another codec than latin1"));
    }
    let bytes: Option<Vec<u8>> = arena
        .growing_text(text)
        .chars()
        .map(|c| u8::try_from(u32::from(c)).ok())
        .collect();
    let bytes = bytes.ok_or_else(|| malformed("bytes written as a str that is not Latin-1"))?;
    let span = arena.respell(&bytes)?;
    span.ok_or_else(|| malformed("the same str is turned into bytes again and again"))
}

#[cold]
fn malformed(what: &str) -> Error {
    Error::unplaced(ErrorKind::Malformed(what.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_globals_have_one_name_each() {
        assert_eq!(find(b"builtins", b"set"), Some(Global::Set));
        assert_eq!(find(b"__builtin__", b"set"), Some(Global::Set));
        assert_eq!(find(b"builtins", b"eval"), None);
    }
}
