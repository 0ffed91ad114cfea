//! Moving what the memo still wants out of a batch that is forgotten.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use super::arena::{Arena, Container, KEPT, NONE, Node, Segment, Span, Store, span};
use super::hash::QuickHash;
use crate::pickle::error::Result;

/// Copies objects from the batch to the store of kept ones, each once.
#[derive(Debug, Default)]
pub(crate) struct Keeper {
    items: Forward,
    text: Forward,
    bytes: Forward,
    containers: Forward,
    bulk: Forward,
}

/// From a place in the batch to its place among the kept.
type Forward = HashMap<Span, Span, QuickHash>;

impl Hash for Span {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (u64::from(self.start) << 32 | u64::from(self.len)).hash(state);
    }
}

impl Keeper {
    /// Copies all that `nodes` refer to and makes them refer to the copy.
    ///
    /// Works through the copied nodes in order, so that no depth of nesting
    /// and no cycle can do harm.
    pub(crate) fn keep<'n>(
        &mut self,
        arena: &mut Arena,
        nodes: impl Iterator<Item = &'n mut Node>,
    ) -> Result<()> {
        let mut next = arena.kept.nodes.len();
        for node in nodes {
            *node = self.copy(arena, *node)?;
        }
        while let Some(&node) = arena.kept.nodes.get(next) {
            let copy = self.copy(arena, node)?;
            arena.kept.nodes[next] = copy;
            next += 1;
        }
        Ok(())
    }

    fn copy(&mut self, arena: &mut Arena, node: Node) -> Result<Node> {
        let Arena { batch, kept, .. } = arena;
        // A place in the input means nothing to a later batch.
        let at = 0;
        Ok(match node {
            Node::None { .. } => Node::None { at },
            Node::Bool { value, .. } => Node::Bool { at, value },
            Node::Int {
                unsigned, value, ..
            } => Node::Int {
                unsigned,
                at,
                value,
            },
            Node::Float { value, .. } => Node::Float { at, value },
            Node::Global { global, .. } => Node::Global { at, global },
            Node::Part { .. } | Node::HandedOut => node,
            Node::Bulk { what, index, .. } => {
                let key = Span {
                    start: index,
                    len: 1,
                };
                let place = forward(&mut self.bulk, key, || {
                    kept.add_bulk(batch.bulk[index as usize].keep())
                })?;
                let index = place.start;
                Node::Bulk { what, at, index }
            }
            Node::Str { text, .. } => Node::Str {
                at,
                text: forward(&mut self.text, text, || {
                    let start = kept.text.len();
                    kept.text.push_str(&batch.text[text.range()]);
                    start
                })?,
            },
            Node::Wide { bytes, .. } => Node::Wide {
                at,
                bytes: self.copy_bytes(batch, kept, bytes)?,
            },
            Node::Surrogates { bytes, .. } => Node::Surrogates {
                at,
                bytes: self.copy_bytes(batch, kept, bytes)?,
            },
            Node::Bytes { bytes, .. } => Node::Bytes {
                at,
                bytes: self.copy_bytes(batch, kept, bytes)?,
            },
            Node::ByteArray { bytes, .. } => Node::ByteArray {
                at,
                bytes: self.copy_bytes(batch, kept, bytes)?,
            },
            Node::Complex { items, .. } => Node::Complex {
                at,
                items: self.copy_items(batch, kept, items)?,
            },
            Node::Tuple { depth, items, .. } => Node::Tuple {
                depth,
                at,
                items: self.copy_items(batch, kept, items)?,
            },
            Node::List { container, .. } => Node::List {
                at,
                container: self.copy_container(batch, kept, container)?,
            },
            Node::Dict { container, .. } => Node::Dict {
                at,
                container: self.copy_container(batch, kept, container)?,
            },
            Node::Set { container, .. } => Node::Set {
                at,
                container: self.copy_container(batch, kept, container)?,
            },
            Node::FrozenSet { container, .. } => Node::FrozenSet {
                at,
                container: self.copy_container(batch, kept, container)?,
            },
            Node::Object { how, container, .. } => Node::Object {
                how,
                at,
                container: self.copy_container(batch, kept, container)?,
            },
        })
    }

    fn copy_bytes(&mut self, batch: &Store, kept: &mut Store, bytes: Span) -> Result<Span> {
        forward(&mut self.bytes, bytes, || {
            let start = kept.bytes.len();
            kept.bytes.extend_from_slice(&batch.bytes[bytes.range()]);
            start
        })
    }

    fn copy_items(&mut self, batch: &Store, kept: &mut Store, items: Span) -> Result<Span> {
        forward(&mut self.items, items, || {
            let start = kept.nodes.len();
            kept.nodes.extend_from_slice(&batch.nodes[items.range()]);
            start
        })
    }

    fn copy_container(&mut self, batch: &Store, kept: &mut Store, index: u32) -> Result<u32> {
        let key = Span {
            start: index,
            len: 1,
        };
        let place = forward(&mut self.containers, key, || {
            let found = batch.containers[index as usize];
            let start = kept.nodes.len();
            let mut segment = found.first;
            while let Some(run) = batch.segments.get(segment as usize) {
                kept.nodes
                    .extend_from_slice(&batch.nodes[run.items.range()]);
                segment = run.next;
            }
            let first = kept.segments.len() as u32;
            kept.segments.push(Segment {
                items: Span {
                    start: start as u32 | KEPT,
                    len: found.len,
                },
                next: NONE & !KEPT,
            });
            kept.containers.push(Container {
                first,
                last: first,
                sealed: true,
                ..found
            });
            kept.containers.len() - 1
        })?;
        Ok(place.start)
    }
}

/// The place where `from` is kept, copied there by `copy` if it is not yet.
fn forward(known: &mut Forward, from: Span, copy: impl FnOnce() -> usize) -> Result<Span> {
    if from.len == 0 {
        // Its place in the batch will mean nothing.
        return Ok(Span::EMPTY);
    }
    if from.is_kept() {
        return Ok(from);
    }
    if let Some(&to) = known.get(&from) {
        return Ok(to);
    }
    let mut to = span(copy(), from.len as usize)?;
    to.start |= KEPT;
    known.insert(from, to);
    Ok(to)
}
