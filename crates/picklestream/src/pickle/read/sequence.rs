//! The items of a node, for serde: one by one, or in pairs.

use std::marker::PhantomData;

use serde::de::{self, DeserializeSeed, Visitor};

use super::lend::Lend;
use super::node::NodeReader;
use crate::pickle::error::{Error, ErrorKind, Result};
use crate::pickle::machine::arena::{Arena, Contents, Node};
use crate::pickle::machine::state::Machine;

/// Items side by side.
pub(super) type Run<'a> = std::slice::Iter<'a, Node>;

/// Items of a container, run by run.
#[derive(Clone)]
pub(super) struct Chain<'a> {
    arena: &'a Arena,
    run: Run<'a>,
    contents: Contents,
}

impl<'a> Chain<'a> {
    pub(super) fn new(arena: &'a Arena, container: u32) -> Chain<'a> {
        Chain {
            arena,
            run: [].iter(),
            contents: arena.contents(container),
        }
    }
}

impl<'a> Iterator for Chain<'a> {
    type Item = &'a Node;

    #[inline]
    fn next(&mut self) -> Option<&'a Node> {
        if let Some(node) = self.run.next() {
            return Some(node);
        }
        self.run = self.arena.next_run(&mut self.contents)?.iter();
        self.run.next()
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = self.run.len() + self.contents.len();
        (len, Some(len))
    }
}

impl ExactSizeIterator for Chain<'_> {}

/// Gives serde the items of a node one by one, or in pairs.
pub(super) struct Sequence<'a, I, M> {
    machine: &'a Machine,
    pub(super) items: I,
    lend: PhantomData<M>,
}

impl<I, M> Drop for Sequence<'_, I, M> {
    #[inline]
    fn drop(&mut self) {
        self.machine.budget.leave();
    }
}

impl<'a, I: ExactSizeIterator<Item = &'a Node>, M: Copy> Sequence<'a, I, M> {
    /// Counts all items at once, which is as good as one by one.
    #[inline(always)]
    pub(super) fn open(machine: &'a Machine, items: I) -> Result<Self> {
        machine.budget.spend(items.len() as u64)?;
        machine.budget.enter()?;
        Ok(Sequence {
            machine,
            items,
            lend: PhantomData,
        })
    }

    #[inline(always)]
    fn next(&mut self) -> Option<NodeReader<'a, M>> {
        let node = self.items.next()?;
        Some(NodeReader::new(self.machine, node))
    }

    #[inline(always)]
    pub(super) fn visit<'de, V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value>
    where
        M: Lend<'a, 'de>,
    {
        // In place, like `NodeReader::read`.
        let mut result = visitor.visit_seq(&mut self);
        if self.items.len() > 0 && result.is_ok() {
            result = Err(self.not_at_end());
        }
        result
    }

    pub(super) fn visit_map<'de, V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value>
    where
        M: Lend<'a, 'de>,
    {
        let result = visitor.visit_map(&mut self);
        if self.items.len() > 0 && result.is_ok() {
            return Err(self.not_at_end());
        }
        result
    }

    /// Data that a type leaves unread would be lost without a word.
    #[cold]
    fn not_at_end(&self) -> Error {
        let what = format!("{} items more than expected", self.items.len());
        Error::unplaced(ErrorKind::Data(what))
    }
}

impl<'a, 'de, I: ExactSizeIterator<Item = &'a Node>, M: Lend<'a, 'de>> de::SeqAccess<'de>
    for Sequence<'a, I, M>
{
    type Error = Error;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>> {
        match self.next() {
            Some(reader) => reader.read(seed).map(Some),
            None => Ok(None),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

impl<'a, 'de, I: ExactSizeIterator<Item = &'a Node>, M: Lend<'a, 'de>> de::MapAccess<'de>
    for Sequence<'a, I, M>
{
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>> {
        match self.next() {
            Some(reader) => reader.read(seed).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value> {
        match self.next() {
            Some(reader) => reader.read(seed),
            None => Err(de::Error::custom("a dict with a key and no value")),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len() / 2)
    }
}
