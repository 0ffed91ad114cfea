//! Containers, and what goes into them.

use std::rc::Rc;

use picklestream::pickle::Result;
use picklestream::pickle::event;

use super::count::is_unshared;
use super::node::{Container, NONE, Node, What};
use super::{MOST_NODES, Unpickler};
use crate::kind::Type;
use crate::object::{MOST_HEIGHT, Object};
use crate::shape::Shape;
use crate::table::Table;

/// Slots of a table from which on its growing is looked at by itself.
const MANY_SLOTS: u64 = 1 << 13;

impl Unpickler {
    /// An empty container of a kind: its place among the containers.
    #[inline]
    pub(super) fn new_container(&mut self, kind: Type) -> Result<u32> {
        if self.containers.len() == MOST_NODES {
            return Err(event::malformed("too many containers at once to follow"));
        }
        self.numbers += 1;
        let mut container = Container::new(kind, self.numbers);
        if kind == Type::Dict && !self.instances.are_none() {
            container.state = self.state();
        }
        container.place = self.stack.len() as u32;
        self.live.add_container(kind, &container.table, 1);
        let place = self.containers.add(container);
        self.push(Node::new(What::Container(place), 0))?;
        Ok(place)
    }

    /// All above the mark, as a new container.
    pub(super) fn collect(&mut self, kind: Type) -> Result<()> {
        let from = self.pop_mark()?;
        self.collect_from(from, kind)
    }

    /// All above `from`, as a new container. It takes their place on the stack.
    pub(super) fn collect_from(&mut self, from: usize, kind: Type) -> Result<()> {
        if self.stack.len() == from {
            self.new_container(kind)?;
            return Ok(());
        }
        // The objects beside each other are not around each other.
        for item in &mut self.stack[from..] {
            if item.around != NONE && item.around as usize >= from {
                item.around = NONE;
            }
        }
        let place = self.new_container(kind)?;
        let container = self.stack.pop();
        if let Some(container) = self.containers.get_mut(place) {
            container.place = from as u32;
        }
        let around = self.fill(place, from, from, kind == Type::List)?;
        if let Some(mut node) = container {
            node.refers_to(around);
            self.push(node)?;
        }
        Ok(())
    }

    /// The last objects, or all above the mark, into the container below, if it is one
    /// that takes them.
    #[inline]
    pub(super) fn add_above(
        &mut self,
        count: Option<usize>,
        takes: impl Fn(Type) -> bool,
    ) -> Result<()> {
        let from = self.from(count)?;
        let Some(under) = self.marks.below(from, 1) else {
            return Err(event::malformed("an opcode without enough objects"));
        };
        let What::Container(place) = self.stack[under].what else {
            return Err(event::malformed("items for an object of another type"));
        };
        match self.containers.get(place).map(|container| container.kind) {
            Some(kind) if takes(kind) => {}
            Some(Type::Opaque(_)) => {}
            // What has items has a base.
            Some(Type::Instance(..) | Type::NamedTuple(_)) => {
                self.give_base(place, takes(Type::Dict));
            }
            _ => return Err(event::malformed("items for an object of another type")),
        }
        let around = self.fill(place, from, under, false)?;
        self.stack[under].refers_to(around);
        Ok(())
    }

    /// The top as a part of the object below it, which is no container of data.
    pub(super) fn add_state(&mut self) -> Result<()> {
        let from = self.below(1)?;
        let Some(under) = self.marks.below(from, 1) else {
            return Err(event::malformed("an opcode without enough objects"));
        };
        let What::Container(place) = self.stack[under].what else {
            return Err(event::malformed("a state for an object of another type"));
        };
        let around = match self.containers.get(place).map(|container| container.kind) {
            Some(Type::Opaque(_) | Type::Instance(..)) => self.fill(place, from, under, false)?,
            Some(Type::List | Type::Dict | Type::Set | Type::FrozenSet) | None => {
                return Err(event::malformed("a state for an object of another type"));
            }
            // Its items are what is shown of it.
            Some(_) => {
                let around = self.stack[from].around;
                self.is_recursive |= around as usize == under;
                self.cut(from);
                if (around as usize) < under {
                    around
                } else {
                    NONE
                }
            }
        };
        self.stack[under].refers_to(around);
        Ok(())
    }

    /// Moves what is above `from` into the container at `place`, which stands at
    /// `under` of the stack; `exactly` if it is made for them. Tells the lowest
    /// place on the stack of a container below that it refers to.
    fn fill(&mut self, place: u32, from: usize, under: usize, exactly: bool) -> Result<u32> {
        let Some(mut container) = self.containers.take_out(place) else {
            return Err(event::malformed("items for an object of another type"));
        };
        let filled = self.fill_taken(&mut container, from, under, exactly);
        self.containers.put_back(place, container);
        self.cut(from);
        filled
    }

    fn fill_taken(
        &mut self,
        container: &mut Container,
        from: usize,
        under: usize,
        exactly: bool,
    ) -> Result<u32> {
        let shows = container.shows_all();
        let len = container.len;
        let more = (self.stack.len() - from) as u64;
        let mut table = container.table;
        match container.kind {
            Type::List if exactly => table = Table::of_list(more),
            Type::List => table.extend_list(len, more),
            _ if container.is_dict() && more % 2 == 1 => {
                return Err(event::malformed("a dict with a key and no value"));
            }
            _ if container.is_dict() => {
                let keys = self.stack[from..].iter().step_by(2);
                table.add_to_dict(len, keys.clone().map(Node::is_text));
                if let Some(state) = &mut container.state {
                    state.add(keys);
                }
            }
            Type::Set | Type::FrozenSet => table.add_to_set(len, more),
            Type::Deque => self.add_blocks(len, len + more),
            Type::Dict
            | Type::OrderedDict
            | Type::DefaultDict
            | Type::SubDict(_)
            | Type::Instance(..)
            | Type::Array(_)
            | Type::Dtype(..)
            | Type::NamedTuple(_)
            | Type::Opaque(_) => {}
        }
        self.grow(container, table);
        if container.kind == Type::OrderedDict {
            self.live.add_links(len, more / 2);
        }
        container.len += match container.kind {
            _ if container.is_dict() => more / 2,
            _ => more,
        };
        self.live
            .add_untouched(container.kind, &container.table, container.len, 1);
        let target = match container.place {
            NONE => under as u32,
            place => place,
        };
        let mut outside = NONE;
        let mut has_foreign = false;
        for item in &self.stack[from..] {
            let rust = match item.what {
                What::Container(place) => match self.containers.get(place) {
                    Some(container) => container.rust_bytes(),
                    // It contains itself; the total is withdrawn.
                    None => 0,
                },
                _ => item.rust,
            };
            container.rust_parts = container.rust_parts.saturating_add(rust);
            container.records = match (container.records, item.record()) {
                (Some(sum), Some(bytes)) => Some(sum.saturating_add(bytes)),
                _ => None,
            };
            if item.around != NONE {
                self.is_recursive |= item.around == target;
                if item.around < target {
                    outside = outside.min(item.around);
                }
            }
            has_foreign |= matches!(
                item.what,
                What::Foreign(_) | What::Class(_) | What::Arguments(_)
            );
        }
        match container.kind {
            Type::Dict => {
                let shapes = self.stack[from..].iter();
                let unshared = shapes.filter(|item| {
                    let shape = item.shape();
                    shape.is_some_and(|shape| is_unshared(item, shape))
                });
                self.loading.unshared_in_dicts += unshared.count() as u64;
            }
            Type::List => {
                if self.numbers_of_list.is_some() {
                    self.note_numbers(container.number, from, under);
                }
                let last = self.stack.last().and_then(Node::shape);
                if let Some(Shape::Float | Shape::Int(_)) = last {
                    self.loading.split(more);
                }
            }
            _ => {}
        }
        if self.passing.is_some() {
            self.drop_passing_state(container.number, from, under);
        }
        if self.watch.is_some() {
            self.note_items(container, from, len);
        }
        if shows && container.has_room_to_show() {
            self.show_parts(container, from);
        }
        if has_foreign {
            for place in from..self.stack.len() {
                let item = self.stack[place];
                self.list_foreign(&item)?;
            }
        }
        Ok(outside)
    }

    /// Counts the table that a container now has.
    #[inline]
    pub(super) fn grow(&mut self, container: &mut Container, table: Table) {
        self.live
            .add_untouched(container.kind, &container.table, container.len, u64::MAX);
        if table == container.table {
            return;
        }
        let is_hashed =
            container.is_dict() || matches!(container.kind, Type::Set | Type::FrozenSet);
        if is_hashed && table.slots.iter().any(|&slots| slots >= MANY_SLOTS) {
            self.snapshot_of_growth(container.kind, &container.table, &table);
        }
        self.live
            .add_container(container.kind, &container.table, u64::MAX);
        container.table = table;
        self.live.add_container(container.kind, &table, 1);
    }

    /// Shows the first parts, without a gap.
    fn show_parts(&mut self, container: &mut Container, from: usize) {
        for place in from..self.stack.len() {
            if !container.has_room_to_show() {
                return;
            }
            let item = self.stack[place];
            let own = match item.what {
                What::Container(place) => self.containers.get(place).is_none(),
                _ => false,
            };
            let child = if own {
                Some(Rc::new(seen(&container.object(self.memory, ""))))
            } else {
                self.child(&item)
            };
            match child {
                Some(child) => container.children.push(child),
                None => return,
            }
        }
    }

    /// What is shown of an object as a part of something else: if it is there
    /// already, without its parts.
    pub(super) fn child(&self, node: &Node) -> Option<Rc<Object>> {
        let object = self.object(node)?;
        if node.is_fetched {
            return Some(Rc::new(seen(&object)));
        }
        (object.height < MOST_HEIGHT).then_some(object)
    }

    /// What is shown of an object with its parts; nothing of what is not an object
    /// of the data.
    pub(super) fn object(&self, node: &Node) -> Option<Rc<Object>> {
        match node.what {
            What::Container(place) => {
                let container = self.containers.get(place)?;
                let name = match container.kind {
                    Type::Instance(name, _)
                    | Type::SubDict(name)
                    | Type::NamedTuple(name)
                    | Type::Opaque(name) => self.name(name),
                    _ => "",
                };
                Some(Rc::new(container.object(self.memory, name)))
            }
            What::Foreign(name) => {
                let container = Container::new(Type::Opaque(name), 0);
                Some(Rc::new(container.object(self.memory, self.name(name))))
            }
            What::Shape(_) => self.shown.get(node.shown).map(Rc::clone),
            What::Class(class) => {
                let container = Container::new(Type::Opaque(NONE), 0);
                Some(Rc::new(container.object(self.memory, class.name())))
            }
            What::Known(_) | What::Arguments(_) => None,
        }
    }
}

/// An object that was counted before, without its parts.
fn seen(object: &Object) -> Object {
    Object {
        children: Vec::new(),
        counted_before: true,
        type_name: object.type_name.clone(),
        text: object.text.clone(),
        height: 0,
        ..*object
    }
}
