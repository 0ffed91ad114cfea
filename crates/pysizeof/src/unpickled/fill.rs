//! Containers, and what goes into them.

use std::cell::RefCell;
use std::rc::Rc;

use picklestream::pickle::Result;
use picklestream::pickle::event;

use super::Unpickler;
use super::node::{Node, What};
use crate::container::{Container, Kind};
use crate::shape::Shape;

impl Unpickler {
    pub(super) fn new_container(&mut self, kind: Kind) -> Result<()> {
        self.numbers += 1;
        let mut container = Container::new(kind);
        container.number = self.numbers;
        self.total += container.sizes(self.memory);
        self.push(Node::new(What::Container(Rc::new(RefCell::new(container)))))
    }

    /// All above the mark, as a new container.
    pub(super) fn collect(&mut self, kind: Kind) -> Result<()> {
        let from = self.pop_mark()?;
        let items = self.take(from);
        let is_list = kind == Kind::List;
        self.new_container(kind)?;
        self.fill(from, items, is_list)
    }

    /// The last objects, or all above the mark, into the container below.
    pub(super) fn add_above(&mut self, count: Option<usize>, kinds: &[Kind]) -> Result<()> {
        let from = self.from(count)?;
        let under = self.marks.below(from, 1);
        let under = under.ok_or_else(|| event::malformed("an opcode without enough objects"))?;
        let fits = match &self.stack[under].what {
            What::Container(container) => match &container.borrow().kind {
                Kind::Opaque(_) => true,
                kind => kinds.contains(kind),
            },
            _ => false,
        };
        if !fits {
            return Err(event::malformed("items for an object of another type"));
        }
        let items = self.stack.split_off(from);
        self.fill(under, items, false)
    }

    /// Items into the container at `place`; `exactly` if it is made for them.
    pub(super) fn fill(&mut self, place: usize, items: Vec<Node>, exactly: bool) -> Result<()> {
        let What::Container(container) = &self.stack[place].what else {
            return Err(event::malformed("items for an object of another type"));
        };
        let container = Rc::clone(container);
        let mut filled = container.borrow_mut();
        let before = filled.sizes(self.memory);
        let mut shows = filled.shows_all();
        match filled.kind {
            Kind::List if exactly => filled.fill_list(items.len() as u64),
            Kind::List => filled.extend_list(items.len() as u64),
            Kind::Dict if items.len() % 2 == 1 => {
                return Err(event::malformed("a dict with a key and no value"));
            }
            Kind::Dict => {
                for key in items.iter().step_by(2) {
                    let is_text = |shape| matches!(shape, Shape::Str(_));
                    filled.add_to_dict(key.shape().is_some_and(is_text));
                }
            }
            Kind::Set | Kind::FrozenSet => items.iter().for_each(|_| filled.add_to_set()),
            Kind::Opaque(_) => filled.len += items.len() as u64,
        }
        let target = filled.place.unwrap_or(place);
        let mut outside = None;
        for item in &items {
            filled.rust_parts = filled.rust_parts.saturating_add(item.rust_bytes());
            filled.records = match (filled.records, item.record) {
                (Some(sum), Some(bytes)) => Some(sum.saturating_add(bytes)),
                _ => None,
            };
            // The first ones, without a gap.
            shows = shows && filled.has_room_to_show();
            if shows {
                match item.child_beside(&filled, self.memory) {
                    Some(child) => filled.children.push(child),
                    None => shows = false,
                }
            }
            if let Some(referred) = item.around {
                self.is_recursive |= referred == target;
                if referred < target {
                    outside = Some(outside.map_or(referred, |lowest| referred.min(lowest)));
                }
            }
            item.leave();
        }
        let after = filled.sizes(self.memory);
        drop(filled);
        self.total -= before;
        self.total += after;
        self.stack[place].refers_to(outside);
        for item in &items {
            self.list_foreign(item);
        }
        Ok(())
    }
}
