//! The large strs and bytes of an arena, and which of them more than one object refers
//! to.

use super::arena::{Arena, Contents, KEPT, Node, Span, span};
use super::bulk::{Bulk, What, is_large};
use crate::pickle::error::Result;

impl Arena {
    /// Those of large strs and bytes among them.
    pub(crate) fn batch_bulk_bytes(&self) -> u64 {
        self.batch.bulk_bytes
    }

    /// A large str or bytes.
    pub(crate) fn bulk(&self, index: u32) -> &Bulk {
        &self.of(index).bulk[(index & !KEPT) as usize]
    }

    /// The same of the batch, to be changed.
    pub(crate) fn bulk_mut(&mut self, index: u32) -> Option<&mut Bulk> {
        (index & KEPT == 0).then(|| &mut self.batch.bulk[index as usize])
    }

    /// Adds a large str or bytes to the batch.
    pub(crate) fn add_bulk(&mut self, what: What, bytes: Vec<u8>, at: u32) -> Result<Node> {
        let index = span(self.batch.bulk.len(), 1)?.start;
        self.batch.add_bulk(Bulk::new(bytes));
        Ok(Node::Bulk { what, at, index })
    }

    /// Whether a str or bytes of `len` bytes is to be a large one.
    #[inline]
    pub(crate) fn is_large(&self, len: u64) -> bool {
        let text = self.growing.len() + self.batch.bytes.len();
        is_large(usize::try_from(len).unwrap_or(usize::MAX), text)
    }
}

/// Finds out which of the large strs and bytes of a batch more than one object refers
/// to: those may not be moved out. `roots` are handed out, `wanted` may be fetched
/// once more.
pub(crate) fn mark(
    arena: &Arena,
    roots: impl Iterator<Item = Node>,
    wanted: impl Iterator<Item = Node>,
) {
    let mut marker = Marker {
        arena,
        containers: vec![Met::No; arena.batch.containers.len()],
        tuples: vec![Met::No; arena.batch.nodes.len()],
        bulk: vec![Met::No; arena.batch.bulk.len()],
        open: Vec::new(),
    };
    roots.for_each(|root| marker.mark(root, false));
    wanted.for_each(|node| marker.mark(node, true));
}

/// How often something was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Met {
    No,
    Once,
    Again,
}

struct Marker<'a> {
    arena: &'a Arena,
    containers: Vec<Met>,
    /// By the first item.
    tuples: Vec<Met>,
    bulk: Vec<Met>,
    /// What has yet to be opened, and whether it is shared.
    open: Vec<(Inner, bool)>,
}

enum Inner {
    Contents(Contents),
    Run(Span),
}

impl Marker<'_> {
    fn mark(&mut self, root: Node, shared: bool) {
        self.meet(root, shared);
        while let Some((inner, shared)) = self.open.pop() {
            let arena = self.arena;
            match inner {
                Inner::Run(items) => {
                    for &node in arena.items(items) {
                        self.meet(node, shared);
                    }
                }
                Inner::Contents(mut contents) => {
                    while let Some(run) = arena.next_run(&mut contents) {
                        for &node in run {
                            self.meet(node, shared);
                        }
                    }
                }
            }
        }
    }

    fn meet(&mut self, node: Node, shared: bool) {
        let (met, inner) = match node {
            Node::Bulk { index, .. } if index & KEPT == 0 => {
                let met = &mut self.bulk[index as usize];
                if shared || *met != Met::No {
                    self.arena.batch.bulk[index as usize].share();
                }
                *met = Met::Once;
                return;
            }
            Node::Tuple { items, .. } if items.len > 0 && !items.is_kept() => {
                (&mut self.tuples[items.start as usize], Inner::Run(items))
            }
            Node::List { container, .. }
            | Node::Dict { container, .. }
            | Node::Set { container, .. }
            | Node::FrozenSet { container, .. }
            | Node::Object { container, .. }
                if container & KEPT == 0 =>
            {
                let contents = self.arena.contents(container);
                (
                    &mut self.containers[container as usize],
                    Inner::Contents(contents),
                )
            }
            _ => return,
        };
        // What is met again is opened again, once, as something shared.
        let now = match (*met, shared) {
            (Met::No, false) => Met::Once,
            _ => Met::Again,
        };
        if now > *met {
            *met = now;
            self.open.push((inner, now == Met::Again));
        }
    }
}
