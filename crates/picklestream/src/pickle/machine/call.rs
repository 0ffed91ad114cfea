//! What `REDUCE` makes of the globals that stand for data. Nothing is called.

use super::arena::{Arena, Node, Span};
use super::bulk::What;
use crate::pickle::error::{Error, ErrorKind, Result, malformed};
use crate::pickle::opcodes::globals::Global;

#[cold]
fn unusual(what: &str) -> Error {
    Error::unplaced(ErrorKind::Refused(what.to_owned()))
}

/// What `REDUCE` makes of a global and its tuple of arguments.
pub(crate) fn call(global: Global, arguments: Node, arena: &mut Arena, at: u32) -> Result<Node> {
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
        (
            Global::ByteArray,
            &[
                Node::Bulk {
                    what: What::Bytes,
                    index,
                    ..
                },
            ],
        ) => Ok(Node::Bulk {
            what: What::ByteArray,
            at,
            index,
        }),
        (
            Global::ByteArray | Global::Encode,
            &[
                Node::Bulk {
                    what: What::Str,
                    index,
                    ..
                },
                Node::Str { text: codec, .. },
            ],
        ) => {
            let what = match global {
                Global::Encode => What::Bytes,
                _ => What::ByteArray,
            };
            large_latin_1(what, index, codec, arena, at)
        }
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
        (Global::Bytes, &[Node::Bytes { bytes, .. }]) => Ok(Node::Bytes { at, bytes }),
        (Global::Bytes, &[Node::Str { text, .. }, Node::Str { text: codec, .. }]) => {
            let bytes = latin_1(text, codec, arena)?;
            Ok(Node::Bytes { at, bytes })
        }
        (Global::List | Global::Dict, []) => {
            let container = arena.add_container()?;
            Ok(container_of(global, at, container))
        }
        (Global::List, &[Node::List { container, .. }])
        | (Global::Dict, &[Node::Dict { container, .. }]) => {
            // Both have the items that there are now.
            arena.seal(container);
            Ok(container_of(global, at, container))
        }
        (Global::Tuple, []) => tuple_of(&[], arena, at),
        (Global::Tuple, &[node @ Node::Tuple { .. }]) => Ok(node),
        (Global::Tuple, &[Node::List { container, .. }]) => {
            let items = arena.copied(Node::List { at, container })?;
            tuple_of(&items, arena, at)
        }
        (Global::List | Global::Set | Global::FrozenSet, &[node @ Node::Tuple { .. }]) => {
            let items = arena.copied(node)?;
            let container = filled(&items, arena)?;
            if global == Global::FrozenSet {
                arena.seal(container);
            }
            Ok(container_of(global, at, container))
        }
        (Global::Dict, &[node @ (Node::List { .. } | Node::Tuple { .. })]) => {
            let mut items = Vec::new();
            for pair in arena.copied(node)? {
                match pair {
                    Node::Tuple { items: pair, .. } if pair.len == 2 => {
                        items.extend_from_slice(arena.items(pair));
                    }
                    _ => return Err(unusual("builtins.dict of something else than pairs")),
                }
            }
            let container = filled(&items, arena)?;
            Ok(container_of(global, at, container))
        }
        (Global::Complex, []) => complex(&[0.0, 0.0], arena, at),
        (Global::Complex, [real]) if number(real).is_some() => {
            complex(&[number(real).unwrap_or(0.0), 0.0], arena, at)
        }
        (Global::Complex, [real, imaginary]) => match (number(real), number(imaginary)) {
            (Some(real), Some(imaginary)) => complex(&[real, imaginary], arena, at),
            _ => Err(unusual("builtins.complex of something else than numbers")),
        },
        (Global::List, _) => Err(unusual("builtins.list of something else than items")),
        (Global::Tuple, _) => Err(unusual("builtins.tuple of something else than items")),
        (Global::Dict, _) => Err(unusual("builtins.dict of something else than pairs")),
        (Global::Set, _) => Err(unusual("builtins.set of something else than a list")),
        (Global::FrozenSet, _) => Err(unusual("builtins.frozenset of something else than a list")),
        (Global::Bytes, _) => Err(unusual("builtins.bytes of something else than bytes")),
        (Global::ByteArray, _) => Err(unusual("builtins.bytearray of something else than bytes")),
        (Global::Encode, _) => Err(unusual("_codecs.encode of something else than two strs")),
        (Global::Complex, _) => Err(unusual("builtins.complex of something else than numbers")),
    }
}

fn container_of(global: Global, at: u32, container: u32) -> Node {
    match global {
        Global::Dict => Node::Dict { at, container },
        Global::Set => Node::Set { at, container },
        Global::FrozenSet => Node::FrozenSet { at, container },
        _ => Node::List { at, container },
    }
}

fn deepest(items: &[Node], arena: &Arena) -> u16 {
    let depths = items.iter().map(|&node| arena.depth(node));
    depths.max().unwrap_or(0)
}

fn filled(items: &[Node], arena: &mut Arena) -> Result<u32> {
    let container = arena.add_container()?;
    let depth = deepest(items, arena);
    arena.extend(container, items, depth)?;
    Ok(container)
}

fn tuple_of(items: &[Node], arena: &mut Arena, at: u32) -> Result<Node> {
    let depth = deepest(items, arena).saturating_add(1);
    let items = arena.add_items(items)?;
    Ok(Node::Tuple { depth, at, items })
}

fn complex(parts: &[f64; 2], arena: &mut Arena, at: u32) -> Result<Node> {
    let items = arena.add_items(&parts.map(|value| Node::Float { at, value }))?;
    Ok(Node::Complex { at, items })
}

/// A float, or an int that a float holds exactly.
fn number(node: &Node) -> Option<f64> {
    match *node {
        Node::Float { value, .. } => Some(value),
        Node::Int { value, .. } => i32::try_from(value).ok().map(f64::from),
        _ => None,
    }
}

fn is_float(node: &Node) -> bool {
    matches!(node, Node::Float { .. })
}

/// The same of a large str, in place: whoever still refers to the str finds the bytes
/// and knows what they are.
fn large_latin_1(what: What, index: u32, codec: Span, arena: &mut Arena, at: u32) -> Result<Node> {
    check_codec(codec, arena)?;
    if let Some(bulk) = arena.bulk_mut(index) {
        bulk.turn_to_latin_1()?;
    } else if !arena.bulk(index).is_latin_1() {
        // What was kept may be fetched as a str by others.
        return Err(unusual("_codecs.encode of a large str of an earlier batch"));
    }
    Ok(Node::Bulk { what, at, index })
}

fn check_codec(codec: Span, arena: &Arena) -> Result<()> {
    match arena.growing_text(codec) {
        "latin1" | "latin-1" => Ok(()),
        _ => Err(unusual("_codecs.encode with another codec than latin1")),
    }
}

/// The bytes of which `text` is the Latin-1 reading.
fn latin_1(text: Span, codec: Span, arena: &mut Arena) -> Result<Span> {
    check_codec(codec, arena)?;
    let bytes: Option<Vec<u8>> = arena
        .growing_text(text)
        .chars()
        .map(|c| u8::try_from(u32::from(c)).ok())
        .collect();
    let bytes = bytes.ok_or_else(|| malformed("bytes written as a str that is not Latin-1"))?;
    let span = arena.respell(&bytes)?;
    span.ok_or_else(|| malformed("the same str is turned into bytes again and again"))
}
