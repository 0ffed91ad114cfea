//! What is there once more as something else: bytes as text, text as bytes, the items
//! of a list as those of a tuple. What fetches can repeat is bounded.

use super::arena::{Arena, Node, Span};
use crate::pickle::error::{Error, Result};

/// So many items may be copied in any case.
const COPIED: u64 = 1 << 16;

impl Arena {
    /// Moves bytes that were just added to the text, if they are UTF-8.
    pub(crate) fn bytes_to_text(&mut self, bytes: Span) -> Result<Option<Span>> {
        let Ok(text) = str::from_utf8(&self.batch.bytes[bytes.range()]) else {
            return Ok(None);
        };
        let start = self.growing.len();
        self.growing.extend_from_slice(text.as_bytes());
        self.batch.bytes.truncate(bytes.range().start);
        self.text_since(start).map(Some)
    }

    /// The items of a tuple or list, to become those of something else.
    ///
    /// There can be no more of such copies than of other objects: fetches that
    /// repeat a long list would otherwise take any amount of memory.
    pub(crate) fn copied(&mut self, node: Node) -> Result<Vec<Node>> {
        let mut items = Vec::new();
        let len = match node {
            Node::Tuple { items, .. } => items.len,
            Node::List { container, .. } => self.container(container).len,
            _ => 0,
        };
        self.copied += u64::from(len);
        if 2 * self.copied > (self.batch.nodes.len() + self.kept.nodes.len()) as u64 + COPIED {
            let what = "the same items become another object again and again";
            return Err(Error::malformed(what, self.offset(&node)));
        }
        match node {
            Node::Tuple { items: run, .. } => items.extend_from_slice(self.items(run)),
            Node::List { container, .. } => {
                let mut contents = self.contents(container);
                while let Some(run) = self.next_run(&mut contents) {
                    items.extend_from_slice(run);
                }
            }
            _ => {}
        }
        Ok(items)
    }

    /// Moves bytes that were just added to the text, each as a character of Latin-1.
    pub(crate) fn latin_1_to_text(&mut self, bytes: Span) -> Result<Span> {
        let start = self.growing.len();
        for &byte in &self.batch.bytes[bytes.range()] {
            let mut spelt = [0; 2];
            let text = char::from(byte).encode_utf8(&mut spelt);
            self.growing.extend_from_slice(text.as_bytes());
        }
        self.batch.bytes.truncate(bytes.range().start);
        self.text_since(start)
    }

    /// Adds bytes that spell in another way what is there as text already.
    ///
    /// No writer does so twice for the same text, so that there can be no
    /// more of them than text: a few bytes of memo fetches that repeat a long
    /// text would otherwise take any amount of memory.
    pub(crate) fn respell(&mut self, bytes: &[u8]) -> Result<Option<Span>> {
        self.respelt += bytes.len() as u64;
        if self.respelt > (self.growing.len() + self.kept.text.len()) as u64 {
            return Ok(None);
        }
        let start = self.batch.bytes.len();
        self.batch.bytes.extend_from_slice(bytes);
        self.bytes_since(start).map(Some)
    }
}
