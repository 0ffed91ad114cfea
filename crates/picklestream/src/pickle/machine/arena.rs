//! Where the objects of a batch lie: flat vectors that are cleared and used
//! again, so that a record costs no allocation.
//!
//! An object is a [`Node`] of 16 bytes. What does not fit is elsewhere in the
//! same [`Store`], and the node says where; a copy of a node is therefore a
//! reference to the same object, as the memo and `DUP` need it. There are two
//! stores: one for the batch, one for what the memo keeps beyond it.

use super::bulk::{Bulk, What};
use super::how::{How, Part};
use crate::pickle::error::{Error, Result, exceeded};
use crate::pickle::opcodes::globals::Global;
use crate::value::surrogates::Spelt;

/// Set in every index that points into the store of kept objects.
pub(crate) const KEPT: u32 = 1 << 31;

/// Text of which so many bytes count as one object, where it is visited
/// again.
pub(crate) const TEXT_PER_NODE: u64 = 64;

/// No segment.
pub(crate) const NONE: u32 = u32::MAX;

/// A Python object. `at` is its place in the input, in bytes from the start
/// of the batch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Node {
    None {
        at: u32,
    },
    Bool {
        at: u32,
        value: bool,
    },
    /// An integer from -2^63 to 2^64 - 1: `value`, or from 2^63 on, where
    /// `unsigned`, its bits read without sign. One variant for both: which of
    /// them a random integer is would be an unpredictable branch.
    Int {
        unsigned: bool,
        at: u32,
        value: i64,
    },
    /// Any other integer: two's complement, little-endian, no byte more
    /// than needed.
    Wide {
        at: u32,
        bytes: Span,
    },
    Float {
        at: u32,
        value: f64,
    },
    /// Two floats.
    Complex {
        at: u32,
        items: Span,
    },
    Str {
        at: u32,
        text: Span,
    },
    /// A str with surrogates, as UTF-8 in which they take three bytes each.
    Surrogates {
        at: u32,
        bytes: Span,
    },
    Bytes {
        at: u32,
        bytes: Span,
    },
    ByteArray {
        at: u32,
        bytes: Span,
    },
    /// A large str or bytes: see [`bulk`](super::bulk).
    Bulk {
        what: What,
        at: u32,
        index: u32,
    },
    Tuple {
        depth: u16,
        at: u32,
        items: Span,
    },
    List {
        at: u32,
        container: u32,
    },
    Dict {
        at: u32,
        container: u32,
    },
    Set {
        at: u32,
        container: u32,
    },
    FrozenSet {
        at: u32,
        container: u32,
    },
    /// An object that only code could make: see [`object`](super::object).
    Object {
        how: How,
        at: u32,
        container: u32,
    },
    /// What the objects that follow it were to the object that holds them.
    Part {
        part: Part,
        count: u32,
    },
    /// One of the globals that stand for data; not data itself.
    Global {
        at: u32,
        global: Global,
    },
    /// What the memo holds of a list whose items were handed out.
    HandedOut,
}

impl Node {
    #[inline]
    pub(crate) fn signed(at: u32, value: i64) -> Node {
        let unsigned = false;
        Node::Int {
            unsigned,
            at,
            value,
        }
    }

    /// Whether it cannot hold others.
    #[inline]
    pub(crate) fn is_leaf(&self) -> bool {
        !matches!(
            self,
            Node::Tuple { .. }
                | Node::List { .. }
                | Node::Dict { .. }
                | Node::Set { .. }
                | Node::FrozenSet { .. }
        )
    }

    #[inline]
    pub(crate) fn unsigned(at: u32, value: u64) -> Node {
        let value = value as i64;
        Node::Int {
            unsigned: value < 0,
            at,
            value,
        }
    }
}

/// A stretch of one of the vectors of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) len: u32,
}

impl Span {
    pub(crate) const EMPTY: Span = Span { start: 0, len: 0 };

    #[inline]
    pub(crate) fn is_kept(self) -> bool {
        self.start & KEPT != 0
    }

    #[inline]
    pub(crate) fn range(self) -> std::ops::Range<usize> {
        let start = (self.start & !KEPT) as usize;
        start..start + self.len as usize
    }
}

/// An object that can grow: its items lie in a chain of segments.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Container {
    pub(crate) first: u32,
    pub(crate) last: u32,
    pub(crate) len: u32,
    pub(crate) depth: u16,
    /// May not change any more.
    pub(crate) sealed: bool,
}

/// A run of items, and the segment that follows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Segment {
    pub(crate) items: Span,
    pub(crate) next: u32,
}

/// The vectors behind the nodes.
#[derive(Debug, Default)]
pub(crate) struct Store {
    pub(crate) nodes: Vec<Node>,
    pub(crate) segments: Vec<Segment>,
    pub(crate) containers: Vec<Container>,
    pub(crate) text: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) bulk: Vec<Bulk>,
    /// Bytes of these.
    pub(super) bulk_bytes: u64,
}

impl Store {
    fn clear(&mut self) {
        self.nodes.clear();
        self.segments.clear();
        self.containers.clear();
        self.text.clear();
        self.bytes.clear();
        self.bulk.clear();
        self.bulk_bytes = 0;
    }

    /// Adds a large str or bytes and tells its place.
    pub(crate) fn add_bulk(&mut self, bulk: Bulk) -> usize {
        self.bulk_bytes += bulk.len() as u64;
        self.bulk.push(bulk);
        self.bulk.len() - 1
    }

    fn used_bytes(&self) -> u64 {
        let nodes = size_of_val(self.nodes.as_slice());
        let segments = size_of_val(self.segments.as_slice());
        let containers = size_of_val(self.containers.as_slice());
        let bulk = size_of_val(self.bulk.as_slice()) as u64 + self.bulk_bytes;
        (nodes + segments + containers + self.text.len() + self.bytes.len()) as u64 + bulk
    }
}

/// Place of an object of `len` bytes or items that begins at `start`.
#[inline]
pub(crate) fn span(start: usize, len: usize) -> Result<Span> {
    match (u32::try_from(start), u32::try_from(len)) {
        (Ok(start), Ok(len)) if start.checked_add(len).is_some_and(|end| end < KEPT) => {
            Ok(Span { start, len })
        }
        _ => Err(full()),
    }
}

#[cold]
fn full() -> Error {
    exceeded("batch_bytes", u64::from(KEPT))
}

/// Both stores.
#[derive(Debug, Default)]
pub(crate) struct Arena {
    pub(crate) batch: Store,
    pub(crate) kept: Store,
    /// The text of the batch while it grows, always valid UTF-8. It becomes
    /// `batch.text` all at once, which is checked faster than in pieces.
    pub(super) growing: Vec<u8>,
    /// Bytes of the batch that are another spelling of its text.
    pub(super) respelt: u64,
    /// Items of the batch that are a copy of others.
    pub(super) copied: u64,
    /// Objects of the batch, and its text counted in objects.
    nodes_and_text: u64,
    /// Offset in the input that `at` counts from.
    pub(crate) base: u64,
}

impl Arena {
    #[inline]
    pub(super) fn of(&self, index: u32) -> &Store {
        if index & KEPT == 0 {
            &self.batch
        } else {
            &self.kept
        }
    }

    /// Bytes in use for the batch.
    pub(crate) fn batch_bytes(&self) -> u64 {
        self.batch.used_bytes() + self.growing.len() as u64
    }

    /// What visiting each object of the batch once spends, once it is complete: see
    /// [`Budget`](super::budget::Budget).
    #[inline]
    pub(crate) fn batch_nodes(&self) -> u64 {
        self.nodes_and_text
    }

    /// Bytes in use for kept objects.
    pub(crate) fn kept_bytes(&self) -> u64 {
        self.kept.used_bytes()
    }

    /// Forgets the batch. What is still wanted was kept before.
    pub(crate) fn clear_batch(&mut self, base: u64) {
        self.batch.clear();
        if self.growing.capacity() == 0 {
            self.growing = std::mem::take(&mut self.batch.text).into_bytes();
        }
        self.growing.clear();
        self.respelt = 0;
        self.copied = 0;
        self.base = base;
    }

    /// Forgets what was kept.
    pub(crate) fn clear_kept(&mut self) {
        self.kept.clear();
    }

    /// `offset` relative to the start of the batch, as nodes hold it.
    #[inline]
    pub(crate) fn at(&self, offset: u64) -> u32 {
        u32::try_from(offset - self.base).unwrap_or(u32::MAX)
    }

    /// Where a node lies in the input.
    pub(crate) fn offset(&self, node: &Node) -> u64 {
        let at = match *node {
            Node::None { at }
            | Node::Bool { at, .. }
            | Node::Int { at, .. }
            | Node::Wide { at, .. }
            | Node::Float { at, .. }
            | Node::Complex { at, .. }
            | Node::Str { at, .. }
            | Node::Surrogates { at, .. }
            | Node::Bytes { at, .. }
            | Node::ByteArray { at, .. }
            | Node::Bulk { at, .. }
            | Node::Tuple { at, .. }
            | Node::List { at, .. }
            | Node::Dict { at, .. }
            | Node::Set { at, .. }
            | Node::FrozenSet { at, .. }
            | Node::Object { at, .. }
            | Node::Global { at, .. } => at,
            Node::Part { .. } | Node::HandedOut => 0,
        };
        self.base + u64::from(at)
    }

    #[inline]
    pub(crate) fn text(&self, span: Span) -> &str {
        &self.of(span.start).text[span.range()]
    }

    /// Text while the batch still grows.
    pub(crate) fn growing_text(&self, span: Span) -> &str {
        if span.is_kept() {
            return self.text(span);
        }
        str::from_utf8(&self.growing[span.range()]).unwrap_or_default()
    }

    /// The batch is complete: [`Arena::text`] can be asked for its text.
    pub(crate) fn finish_text(&mut self) -> Result<()> {
        let text = String::from_utf8(std::mem::take(&mut self.growing));
        self.batch.text =
            text.map_err(|_| Error::malformed("a str that is not UTF-8", self.base))?;
        let text = (self.batch.text.len() + self.batch.bytes.len()) as u64;
        let text = text + self.batch.bulk_bytes;
        self.nodes_and_text = self.batch.nodes.len() as u64 + text / TEXT_PER_NODE;
        Ok(())
    }

    #[inline]
    pub(crate) fn bytes(&self, span: Span) -> &[u8] {
        &self.of(span.start).bytes[span.range()]
    }

    #[inline]
    pub(crate) fn items(&self, span: Span) -> &[Node] {
        &self.of(span.start).nodes[span.range()]
    }

    /// All items of a container, in order.
    pub(crate) fn contents(&self, container: u32) -> Contents {
        let found = self.container(container);
        Contents {
            segment: found.first | (container & KEPT),
            next: 0,
            end: 0,
            left: found.len,
        }
    }

    #[inline]
    pub(super) fn container(&self, index: u32) -> &Container {
        &self.of(index).containers[(index & !KEPT) as usize]
    }

    /// The place of the next item of a container, for [`Arena::node`].
    #[inline]
    pub(crate) fn next(&self, contents: &mut Contents) -> Option<u32> {
        if contents.next == contents.end && !self.next_segment(contents) {
            return None;
        }
        let place = contents.next;
        contents.next += 1;
        contents.left -= 1;
        Some(place)
    }

    /// The next run of items of a container, as long as there are any.
    pub(crate) fn next_run(&self, contents: &mut Contents) -> Option<&[Node]> {
        if !self.next_segment(contents) {
            return None;
        }
        let items = Span {
            start: contents.next,
            len: contents.end - contents.next,
        };
        contents.next = contents.end;
        contents.left -= items.len;
        Some(self.items(items))
    }

    /// The object at a place.
    #[inline]
    pub(crate) fn node(&self, place: u32) -> &Node {
        &self.of(place).nodes[(place & !KEPT) as usize]
    }

    fn next_segment(&self, contents: &mut Contents) -> bool {
        if contents.left == 0 {
            return false;
        }
        let store = self.of(contents.segment);
        let segment = store.segments[(contents.segment & !KEPT) as usize];
        contents.next = segment.items.start;
        contents.end = segment.items.start + segment.items.len;
        contents.segment = segment.next | (contents.segment & KEPT);
        true
    }

    /// Levels of containers of which `node` is the outermost.
    #[inline]
    pub(crate) fn depth(&self, node: Node) -> u16 {
        match node {
            Node::Tuple { depth, .. } => depth,
            node => match node.container() {
                Some(container) => self.container(container).depth,
                None => 0,
            },
        }
    }

    /// The side buffer for text, and where an addition to it would begin.
    #[inline]
    pub(crate) fn text_mut(&mut self) -> (&mut Vec<u8>, usize) {
        let start = self.growing.len();
        (&mut self.growing, start)
    }

    /// What was added to the text since `start`.
    #[inline]
    pub(crate) fn text_since(&self, start: usize) -> Result<Span> {
        span(start, self.growing.len() - start)
    }

    /// The str that was added to the text since `start`, wherever it belongs.
    #[inline]
    pub(crate) fn str_since(&mut self, start: usize, spelt: Spelt, at: u32) -> Result<Node> {
        match spelt {
            Spelt::Text => Ok(Node::Str {
                at,
                text: self.text_since(start)?,
            }),
            Spelt::Surrogates => {
                let from = self.batch.bytes.len();
                self.batch.bytes.extend_from_slice(&self.growing[start..]);
                self.growing.truncate(start);
                let bytes = self.bytes_since(from)?;
                Ok(Node::Surrogates { at, bytes })
            }
        }
    }

    /// The side buffer for bytes, and where an addition to it would begin.
    pub(crate) fn bytes_mut(&mut self) -> (&mut Vec<u8>, usize) {
        let start = self.batch.bytes.len();
        (&mut self.batch.bytes, start)
    }

    /// What was added to the bytes since `start`.
    pub(crate) fn bytes_since(&self, start: usize) -> Result<Span> {
        span(start, self.batch.bytes.len() - start)
    }

    /// Adds items that belong together.
    #[inline]
    pub(crate) fn add_items(&mut self, items: &[Node]) -> Result<Span> {
        let start = self.batch.nodes.len();
        self.batch.nodes.extend_from_slice(items);
        span(start, items.len())
    }

    /// Adds an empty container.
    pub(crate) fn add_container(&mut self) -> Result<u32> {
        let place = span(self.batch.containers.len(), 1)?;
        self.batch.containers.push(Container {
            first: NONE & !KEPT,
            last: NONE,
            len: 0,
            depth: 1,
            sealed: false,
        });
        Ok(place.start)
    }

    /// No more changes from here on.
    pub(crate) fn seal(&mut self, container: u32) {
        if container & KEPT == 0 {
            self.batch.containers[container as usize].sealed = true;
        }
    }

    /// Whether a container may still change.
    pub(crate) fn is_sealed(&self, container: u32) -> bool {
        container & KEPT != 0 || self.container(container).sealed
    }

    /// Appends to a container that is not sealed, `depth` being that of the
    /// deepest item.
    pub(crate) fn extend(&mut self, container: u32, items: &[Node], depth: u16) -> Result<()> {
        if items.is_empty() {
            return Ok(());
        }
        let items = self.add_items(items)?;
        let store = &mut self.batch;
        let found = &mut store.containers[container as usize];
        found.depth = found.depth.max(depth.saturating_add(1));
        found.len = found.len.checked_add(items.len).ok_or_else(full)?;
        if let Some(last) = store.segments.get_mut(found.last as usize)
            && last.items.start + last.items.len == items.start
        {
            last.items.len += items.len;
            return Ok(());
        }
        let index = span(store.segments.len(), 1)?.start;
        match store.segments.get_mut(found.last as usize) {
            Some(last) => last.next = index,
            None => found.first = index,
        }
        found.last = index;
        store.segments.push(Segment {
            items,
            next: NONE & !KEPT,
        });
        Ok(())
    }
}

/// How far a container has been read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Contents {
    /// The segment after the one at hand, in the same store.
    pub(super) segment: u32,
    /// What is left of the one at hand.
    pub(super) next: u32,
    pub(super) end: u32,
    pub(super) left: u32,
}

impl Contents {
    pub(crate) const NOTHING: Contents = Contents {
        segment: 0,
        next: 0,
        end: 0,
        left: 0,
    };

    pub(crate) fn len(&self) -> usize {
        self.left as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_takes_16_bytes() {
        assert_eq!(size_of::<Node>(), 16);
        assert_eq!(size_of::<Container>(), 16);
    }
}
