//! The items of a root that are no list's: keys and values of a dict, and what was
//! done to an object.

use crate::pickle::machine::arena::{Arena, Contents, Node, Span};
use crate::pickle::machine::how::Part;

/// A record of the batch at hand.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Record {
    /// An item of the root, by its place.
    Item(u32),
    /// A key of the root and its value.
    Pair,
    /// The root itself.
    Root,
}

/// Items that are not handed out yet.
#[derive(Debug, Clone)]
pub(super) struct Items {
    contents: Contents,
    /// What was done with the next so many nodes.
    part: Part,
    left: u32,
    /// The key and the value that were handed out last, as a tuple.
    pub(super) pair: Node,
}

impl Items {
    pub(super) const NOTHING: Items = Items {
        contents: Contents::NOTHING,
        part: Part::Items,
        left: 0,
        pair: Node::HandedOut,
    };

    /// Of a dict.
    pub(super) fn of_dict(contents: Contents) -> Items {
        let left = contents.len() as u32;
        Items {
            contents,
            part: Part::Pairs,
            left,
            ..Items::NOTHING
        }
    }

    /// Of an object, whose first nodes, `head` of them, say what it is.
    pub(super) fn of_object(arena: &Arena, mut contents: Contents, head: usize) -> Items {
        for _ in 0..head {
            arena.next(&mut contents);
        }
        Items {
            contents,
            ..Items::NOTHING
        }
    }

    /// The next item, or pair of a key and its value.
    pub(super) fn next(&mut self, arena: &Arena) -> Option<Record> {
        loop {
            let place = arena.next(&mut self.contents)?;
            match (*arena.node(place), self.left) {
                (Node::Part { part, count }, 0) => (self.part, self.left) = (part, count),
                _ => self.left = self.left.saturating_sub(1),
            }
            if let Node::Part { .. } = arena.node(place) {
                continue;
            }
            match self.part {
                Part::Items => return Some(Record::Item(place)),
                Part::Pairs => {
                    // Keys and values come in twos: the value lies beside its key.
                    arena.next(&mut self.contents)?;
                    self.left = self.left.saturating_sub(1);
                    self.pair = pair(arena, place);
                    return Some(Record::Pair);
                }
                // Attributes are not among the items.
                Part::State => {}
            }
        }
    }
}

fn pair(arena: &Arena, key: u32) -> Node {
    let offset = arena.offset(arena.node(key));
    Node::Tuple {
        depth: 1,
        at: arena.at(offset),
        items: Span { start: key, len: 2 },
    }
}
