//! The memo: what a later opcode fetches, and what CPython's own memo takes.

use std::collections::HashMap;
use std::rc::Rc;

use picklestream::pickle::event::{self, Ranks};
use picklestream::pickle::{Error, Result};

use super::node::{NONE, Node, What};
use super::{MOST_NODES, Unpickler};

/// Objects that a later opcode may fetch.
pub(super) enum Memo {
    /// Those that are known to be fetched, by the ranks of their ids.
    Wanted(Wanted),
    /// All of them, for a pipe cannot be read beforehand.
    All(HashMap<u32, Node>),
}

/// Those that are known to be fetched.
pub(super) struct Wanted {
    ranks: Ranks,
    nodes: Vec<Option<Node>>,
    /// Bytes in Rust of each that is text, or [`NO_TEXT`]: of a node, lists of words need
    /// no more.
    texts: Vec<u64>,
}

const NO_TEXT: u64 = u64::MAX;

impl Memo {
    pub(super) fn of_wanted(ids: Vec<u32>) -> Memo {
        let len = ids.len().min(MOST_NODES);
        Memo::Wanted(Wanted {
            ranks: Ranks::new(ids),
            nodes: vec![None; len],
            texts: vec![NO_TEXT; len],
        })
    }

    /// Bytes in Rust of the text under an id, if it is one and is found fast.
    #[inline(always)]
    pub(super) fn text(&self, id: u32) -> Option<u64> {
        let Memo::Wanted(wanted) = self else {
            return None;
        };
        let text = wanted.texts.get(wanted.ranks.rank(id)).copied();
        text.filter(|&bytes| bytes != NO_TEXT)
    }

    #[inline]
    fn wants(&self, id: u32) -> bool {
        match self {
            Memo::Wanted(Wanted { ranks, nodes, .. }) => {
                !nodes.is_empty() && ranks.rank(id) < ranks.ids().len()
            }
            Memo::All(_) => true,
        }
    }

    fn insert(&mut self, id: u32, node: Node) -> Result<()> {
        match self {
            Memo::Wanted(wanted) => match wanted.ranks.rank(id) {
                rank if rank < wanted.nodes.len() => {
                    let is_text = node.is_text();
                    wanted.texts[rank] = if is_text { node.rust } else { NO_TEXT };
                    wanted.nodes[rank] = Some(node);
                }
                _ => return Err(event::malformed("too many shared objects to follow")),
            },
            Memo::All(nodes) => {
                if nodes.len() == MOST_NODES {
                    return Err(event::malformed(
                        "too many objects in the memo to follow in a pipe: use a file",
                    ));
                }
                nodes.insert(id, node);
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn get(&self, id: u32) -> Option<&Node> {
        match self {
            Memo::Wanted(wanted) => wanted.nodes.get(wanted.ranks.rank(id))?.as_ref(),
            Memo::All(nodes) => nodes.get(&id),
        }
    }
}

impl Unpickler {
    /// `MEMOIZE`: under the number of objects in the memo.
    #[inline]
    pub(super) fn memoize(&mut self) -> Result<()> {
        self.put(self.next_id)
    }

    #[inline]
    pub(super) fn put(&mut self, id: u32) -> Result<()> {
        self.next_id = self.next_id.wrapping_add(1);
        let from = self.below(1)?;
        self.stack[from].is_put = true;
        if self.loading.memo.grows_much() {
            self.snapshot_of_memo();
        }
        self.loading.memo.put(id, &self.loading.freed);
        if self.memo.wants(id) {
            return self.keep(id, from);
        }
        Ok(())
    }

    /// The same by `PUT`, whose id is text.
    pub(super) fn put_text(&mut self, id: u32) -> Result<()> {
        self.put(id)?;
        self.loading.memo.put_text(id);
        Ok(())
    }

    fn keep(&mut self, id: u32, from: usize) -> Result<()> {
        let mut node = self.stack[from];
        match node.what {
            What::Container(place) => {
                if let Some(container) = self.containers.get_mut(place) {
                    container.is_kept = true;
                }
            }
            What::Shape(_) if node.is_text() && node.name == NONE => {
                let key = || self.watch.as_ref()?.key(from);
                if let Some(text) = self.recent_text(from).or_else(key) {
                    node.name = self.texts.len() as u32;
                    self.texts.push(text.into());
                }
            }
            _ => {}
        }
        node.is_kept = true;
        let shown = self.shown.get(node.shown).map(Rc::clone);
        self.stack[from] = node;
        let mut fetched = node.fetched();
        if let Some(shown) = shown {
            fetched.shown = self.shown.add(shown);
        }
        self.memo.insert(id, fetched)
    }

    #[inline]
    pub(super) fn get(&mut self, id: u32) -> Result<()> {
        let Some(node) = self.memo.get(id) else {
            return Err(never_put(id));
        };
        if self.stack.len() == MOST_NODES {
            return Err(event::malformed("too many objects at once to follow"));
        }
        self.stack.push(*node);
        if let What::Container(place) = node.what
            && let Some(node) = self.stack.last_mut()
        {
            let container = self.containers.get(place);
            node.around = container.map_or(NONE, |container| container.place);
        }
        Ok(())
    }
}

#[cold]
fn never_put(id: u32) -> Error {
    event::malformed(format!("memo id {id} was never put"))
}
