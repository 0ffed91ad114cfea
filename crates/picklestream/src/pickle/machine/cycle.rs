//! Finding an object that contains itself, where nesting goes too deep: no limit
//! could be raised for that.

use std::fmt::Write;

use super::arena::{Arena, Contents, KEPT, Node};
use crate::pickle::error::{Error, ErrorKind};

/// Steps that are shown of a long way: the first and the last so many.
const MOST_STEPS: usize = 8;

/// Characters that are shown of a key.
const MOST_KEY: usize = 40;

/// Looks at all that `roots` hold for an object that contains itself.
///
/// Every container is opened once, so that sharing costs nothing.
pub(crate) fn find(arena: &Arena, mut roots: impl Iterator<Item = Node>) -> Option<Error> {
    let mut search = Search {
        arena,
        seen: [
            vec![Seen::No; arena.batch.containers.len()],
            vec![Seen::No; arena.kept.containers.len()],
        ],
        seen_items: [
            vec![Seen::No; arena.batch.nodes.len()],
            vec![Seen::No; arena.kept.nodes.len()],
        ],
        open: Vec::new(),
    };
    roots.find_map(|root| search.enter(root).or_else(|| search.run()))
}

/// Whether a container or tuple was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    No,
    /// It is open: what is looked at lies within it.
    Open,
    Done,
}

struct Search<'a> {
    arena: &'a Arena,
    /// By container, of the batch and of what is kept.
    seen: [Vec<Seen>; 2],
    /// By the first item of a tuple.
    seen_items: [Vec<Seen>; 2],
    open: Vec<Level>,
}

/// An object that is open.
struct Level {
    node: Node,
    left: Left,
    /// Items that were looked at.
    count: u32,
    /// The place of the last one, and of the one before.
    last: u32,
    before: u32,
}

/// What is still to be looked at.
enum Left {
    Contents(Contents),
    /// From a place to another.
    Run(u32, u32),
}

impl Search<'_> {
    /// Whether an object was met, of one that has items.
    fn seen(&mut self, node: Node) -> Option<&mut Seen> {
        match (node.container(), node) {
            (Some(container), _) => {
                let seen = &mut self.seen[usize::from(container & KEPT != 0)];
                seen.get_mut((container & !KEPT) as usize)
            }
            (None, Node::Tuple { items, .. }) if items.len > 0 => {
                let seen = &mut self.seen_items[usize::from(items.is_kept())];
                seen.get_mut(items.range().start)
            }
            _ => None,
        }
    }

    /// Opens an object, if it has items and was not met; an error if it is open.
    fn enter(&mut self, node: Node) -> Option<Error> {
        let seen = self.seen(node)?;
        match seen {
            Seen::Done => return None,
            Seen::Open => return Some(self.error(node)),
            Seen::No => *seen = Seen::Open,
        }
        let left = match (node.container(), node) {
            (Some(container), _) => Left::Contents(self.arena.contents(container)),
            (None, Node::Tuple { items, .. }) => Left::Run(items.start, items.start + items.len),
            _ => return None,
        };
        self.open.push(Level {
            node,
            left,
            count: 0,
            last: 0,
            before: 0,
        });
        None
    }

    fn run(&mut self) -> Option<Error> {
        while let Some(level) = self.open.last_mut() {
            let place = match &mut level.left {
                Left::Contents(contents) => self.arena.next(contents),
                Left::Run(next, end) => (next < end).then(|| {
                    *next += 1;
                    *next - 1
                }),
            };
            match place {
                Some(place) => {
                    level.count += 1;
                    level.before = std::mem::replace(&mut level.last, place);
                    let node = *self.arena.node(place);
                    if let Some(error) = self.enter(node) {
                        return Some(error);
                    }
                }
                None => {
                    let node = level.node;
                    if let Some(seen) = self.seen(node) {
                        *seen = Seen::Done;
                    }
                    self.open.pop();
                }
            }
        }
        None
    }

    /// The error for an object that is open and was met again.
    fn error(&self, again: Node) -> Error {
        let same = |level: &Level| match (level.node, again) {
            (Node::Tuple { items, .. }, Node::Tuple { items: same, .. }) => items == same,
            (node, again) => again.container().is_some() && node.container() == again.container(),
        };
        let first = self.open.iter().position(same).unwrap_or(0);
        let what = match self.open[first].node {
            Node::List { .. } => "a list",
            Node::Tuple { .. } => "a tuple",
            Node::Dict { .. } => "a dict",
            Node::Set { .. } => "a set",
            Node::FrozenSet { .. } => "a frozenset",
            _ => "an object",
        };
        let (outer, inner) = (self.way(&self.open[..first]), self.way(&self.open));
        let what = match &*outer {
            "" => format!("{what} contains itself as {inner},"),
            outer => format!("{what} contains itself: {inner} is {outer} again,"),
        };
        Error::new(
            ErrorKind::Cycle(what),
            self.arena.offset(&self.open[first].node),
        )
    }

    /// The steps down these levels.
    fn way(&self, levels: &[Level]) -> String {
        let mut way = String::new();
        for (number, level) in levels.iter().enumerate() {
            if number == MOST_STEPS && levels.len() > 2 * MOST_STEPS {
                way.push('…');
            }
            if number < MOST_STEPS || number + MOST_STEPS >= levels.len() {
                self.step(level, &mut way);
            }
        }
        way
    }

    fn step(&self, level: &Level, way: &mut String) {
        let at = level.count.saturating_sub(1);
        let _ = match level.node {
            // The log of an object: its state is no step.
            Node::Object { .. } => Ok(()),
            Node::Dict { .. } if at % 2 == 1 => match *self.arena.node(level.before) {
                Node::Str { text, .. } => write!(way, "['{}']", shown(self.text(text))),
                Node::Int { value, .. } => write!(way, "[{value}]"),
                _ => write!(way, "[…]"),
            },
            Node::Dict { .. } => write!(way, "(key {})", at / 2),
            _ => write!(way, "[{at}]"),
        };
    }

    /// Text, whether or not the batch is complete.
    fn text(&self, text: super::arena::Span) -> &str {
        match self.arena.batch.text.is_empty() {
            true => self.arena.growing_text(text),
            false => self.arena.text(text),
        }
    }
}

fn shown(key: &str) -> String {
    let mut shown = String::new();
    for c in key.chars().take(MOST_KEY).map(plainfigures::visible_char) {
        if matches!(c, '\'' | '\\') {
            shown.push('\\');
        }
        shown.push(c);
    }
    if key.chars().nth(MOST_KEY).is_some() {
        shown.push('…');
    }
    shown
}
