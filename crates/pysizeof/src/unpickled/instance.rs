//! Instances of classes whose definition is not in the pickle. What the pickle
//! gives them shows what they are: without arguments, and with a dict as their
//! state, they are taken to be of a class written in Python that has neither a base
//! nor a `__setstate__` of its own.
//!
//! `BUILD` sets the items of the state in the instance's `__dict__`, by keys that it
//! interns; the state itself is garbage then. Of a state for slots, so are the keys.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use picklestream::pickle::Result;
use picklestream::pickle::event;

use super::Unpickler;
use super::node::{Container, NONE, Node, What};
use crate::build::{Build, Sizes};
use crate::kind::{Form, Type};
use crate::layout::Layout;
use crate::object::Object;
use crate::shape::Shape;
use crate::shared_keys::{Keeping, SharedKeys, SharedRule, UNKNOWN};

/// Keys of a state that are looked at one by one: more are never shared.
const MOST_KEYS: usize = 32;

/// Names of attributes that are told apart.
const MOST_ATTRIBUTES: usize = 1 << 16;

/// Modules whose classes are not what they look like: their objects are made in C,
/// or make something else of their state.
const NOT_PLAIN: [&str; 2] = ["pandas.", "numpy."];

/// The keys of a dict that is the state of an instance.
#[derive(Debug, Default)]
pub(super) struct State {
    /// The first of them.
    keys: Vec<Node>,
    /// Whether all so far are text.
    has_others: bool,
}

/// What instances have to do with each other.
pub(super) struct Known {
    /// By the places of the classes' names.
    classes: HashMap<u32, Class>,
    /// Places of the names of attributes among the texts.
    attributes: HashMap<Rc<str>, u32>,
    /// Those that are interned.
    interned: HashSet<u32>,
    /// A state that is used again.
    spare: Option<Box<State>>,
}

/// A class.
struct Class {
    /// As they are in 3.8, and from 3.11 on.
    keys: [SharedKeys; 2],
    /// Dicts that share their keys, from 3.11 on.
    sharing: u64,
}

impl Class {
    fn new() -> Class {
        Class {
            keys: [SharedRule::Ordered, SharedRule::AnyOrder].map(SharedKeys::new),
            sharing: 0,
        }
    }

    fn values(&self, build: Build) -> u64 {
        let rule = Layout::of(build).shared_rule();
        rule.map_or(0, |rule| self.keys[rule as usize].slots())
    }
}

impl Known {
    pub(super) fn new() -> Known {
        Known {
            classes: HashMap::new(),
            attributes: HashMap::new(),
            interned: HashSet::new(),
            spare: None,
        }
    }

    /// Whether there was none yet: what only matters for their states need not be
    /// looked at.
    #[inline]
    pub(super) fn are_none(&self) -> bool {
        self.classes.is_empty()
    }

    /// Bytes that `sys.getsizeof` tells of the values of all dicts that share their
    /// keys: how many, every new instance of a class changes for all.
    pub(super) fn told_values(&self, build: Build) -> u64 {
        let layout = Layout::of(build);
        let classes = self.classes.values();
        let told = classes.map(|class| class.sharing * layout.told_values(class.values(build)));
        told.sum()
    }
}

/// States, while they are read.
impl Unpickler {
    /// Where the next object is the state of an instance: what a dict notes then.
    pub(super) fn state(&mut self) -> Option<Box<State>> {
        // A state for slots comes behind another one, or None.
        let mut above = self.stack.iter().rev().take(2);
        let is_state = above.any(|node| match node.what {
            What::Container(place) => {
                let container = self.containers.get(place);
                container.is_some_and(|container| matches!(container.kind, Type::Instance(..)))
            }
            _ => false,
        });
        if !is_state {
            return None;
        }
        let mut state = self.instances.spare.take().unwrap_or_default();
        state.keys.clear();
        state.has_others = false;
        Some(state)
    }

    /// Text was pushed: gives it the name of an attribute if it is the key of a state.
    pub(super) fn name_attribute(&mut self, text: &str) {
        let Some(place) = self.stack.len().checked_sub(1) else {
            return;
        };
        let floor = self.marks.floor();
        let dict = if place > floor {
            place.checked_sub(1)
        } else {
            None
        };
        let dict = dict.filter(|&dict| self.is_state(dict)).or_else(|| {
            let is_key = (place - floor.min(place)).is_multiple_of(2);
            floor
                .checked_sub(1)
                .filter(|&dict| is_key && self.is_state(dict))
        });
        if dict.is_none() || !event::could_be_name(text) {
            return;
        }
        if let Some(name) = self.attribute(text) {
            self.stack[place].name = name;
        }
    }

    fn is_state(&self, place: usize) -> bool {
        let What::Container(container) = self.stack[place].what else {
            return false;
        };
        let container = self.containers.get(container);
        container.is_some_and(|container| container.state.is_some())
    }

    /// The place of an attribute's name among the texts.
    fn attribute(&mut self, text: &str) -> Option<u32> {
        if let Some(&place) = self.instances.attributes.get(text) {
            return Some(place);
        }
        if self.instances.attributes.len() == MOST_ATTRIBUTES {
            return None;
        }
        let place = self.texts.len() as u32;
        let text: Rc<str> = text.into();
        self.texts.push(Rc::clone(&text));
        self.instances.attributes.insert(text, place);
        Some(place)
    }

    /// The same for a key that may have been named before it was one.
    fn attribute_of(&mut self, key: &Node) -> u32 {
        let Some(text) = self.texts.get(key.name as usize).map(Rc::clone) else {
            return UNKNOWN;
        };
        self.attribute(&text).unwrap_or(UNKNOWN)
    }

    /// Whether the objects above `from` are a state for slots.
    pub(super) fn are_slots(&self, from: usize) -> bool {
        let [first, second] = &self.stack[from..] else {
            return false;
        };
        let is_none = matches!(first.what, What::Shape(Shape::None));
        let is_dict = |node: &Node| match node.what {
            What::Container(place) => {
                let container = self.containers.get(place);
                container.is_some_and(|container| container.kind == Type::Dict)
            }
            _ => false,
        };
        let is_below = matches!(self.stack[from - 1].what, What::Container(place)
            if self.containers.get(place).is_some_and(|container|
                matches!(container.kind, Type::Instance(_, Form::Plain))));
        is_below && (is_none || is_dict(first)) && is_dict(second)
    }
}

impl State {
    /// Keys that come to it.
    pub(super) fn add<'n>(&mut self, keys: impl Iterator<Item = &'n Node>) {
        for key in keys {
            self.has_others |= !key.is_text();
            if self.keys.len() < MOST_KEYS {
                self.keys.push(*key);
            }
        }
    }
}

impl Unpickler {
    /// An instance of the class whose name is at a place, made without arguments. It
    /// takes the place of what is above `from`.
    pub(super) fn instance(&mut self, name: u32, form: Form, from: usize) -> Result<()> {
        for place in from..self.stack.len() {
            let node = self.stack[place];
            self.uncount(&node, false);
        }
        self.cut(from);
        let not_plain = NOT_PLAIN
            .iter()
            .any(|module| self.name(name).starts_with(module));
        if not_plain {
            self.names[name as usize].unknown += 1;
            return self.new_container(Type::Opaque(name)).map(drop);
        }
        self.names[name as usize].instances += 1;
        let classes = &mut self.instances.classes;
        let class = classes.entry(name).or_insert_with(Class::new);
        for keys in &mut class.keys {
            keys.instance();
        }
        for build in Build::ALL {
            let values = class.values(build);
            for parts in Layout::of(build).instance(form, values) {
                self.live.add_parts(build, parts, 1);
            }
        }
        self.live.note(1);
        // How much room there was for values.
        let room = class.keys[SharedRule::AnyOrder as usize].slots();
        let place = self.new_container(Type::Instance(name, form))?;
        if let Some(container) = self.containers.get_mut(place) {
            container.table.before = [room; 3];
        }
        Ok(())
    }

    /// A tuple of the class whose name is at a place, made of the items of another
    /// tuple. It takes the place of what is above `from`.
    pub(super) fn named_tuple(&mut self, name: u32, tuple: Node, from: usize) -> Result<()> {
        let What::Shape(Shape::Tuple(len)) = tuple.what else {
            return Err(event::malformed("a tuple of something else than items"));
        };
        let shown = self.shown.get(tuple.shown).map(Rc::clone);
        self.uncount(&tuple, false);
        self.cut(from);
        self.live.add(&Shape::Tuple(len));
        self.names[name as usize].instances += 1;
        let place = self.new_container(Type::NamedTuple(name))?;
        if let Some(container) = self.containers.get_mut(place) {
            container.len = len;
            container.children = shown.map_or_else(Vec::new, |shown| shown.children.clone());
            container.rust_parts = tuple.rust.saturating_sub(crate::rust::VALUE);
            container.records = None;
        }
        if let Some(node) = self.stack.last_mut()
            && (tuple.around as usize) < from
        {
            node.refers_to(tuple.around);
        }
        Ok(())
    }

    /// Takes back what was counted of an instance, and counts it as another one.
    pub(super) fn reform(&mut self, place: u32, form: Option<Form>) {
        let Some(container) = self.containers.get_mut(place) else {
            return;
        };
        let (name, before) = match container.kind {
            Type::Instance(name, form) => (name, Some(form)),
            Type::NamedTuple(name) => (name, None),
            _ => return,
        };
        if before.is_none() {
            self.live.sub(&Shape::Tuple(container.len));
        }
        container.kind = match form {
            Some(form) => Type::Instance(name, form),
            None => Type::Opaque(name),
        };
        let [room, ..] = container.table.before;
        for build in Build::ALL {
            let layout = Layout::of(build);
            let values = match layout.shared_rule() {
                Some(SharedRule::AnyOrder) => room,
                _ => 0,
            };
            for parts in before
                .into_iter()
                .flat_map(|form| layout.instance(form, values))
            {
                self.live.add_parts(build, parts, u64::MAX);
            }
            for parts in form
                .into_iter()
                .flat_map(|form| layout.instance(form, values))
            {
                self.live.add_parts(build, parts, 1);
            }
        }
        if form.is_none() {
            self.live.note(if before.is_some() { u64::MAX } else { 0 });
            let name = &mut self.names[name as usize];
            name.instances -= 1;
            name.unknown += 1;
        }
    }

    /// `BUILD` of an instance at a place among the containers.
    pub(super) fn build_instance(&mut self, place: u32) -> Result<()> {
        let from = self.below(1)?;
        let state = self.stack[from];
        match state.what {
            What::Container(dict) if self.is_dict(dict) => {
                let shown = self.set_dict(place, state, dict);
                self.add_above(Some(1), &[])?;
                self.show_dict(place, shown);
                Ok(())
            }
            What::Arguments(states) => {
                let Some(items) = self.arguments.get(states).map(Rc::clone) else {
                    return Err(event::malformed("an instance without its state"));
                };
                self.stack.truncate(from);
                if !state.is_fetched {
                    let tuple = Shape::Tuple(items.len() as u64);
                    if state.is_put {
                        self.hold(|held| held.add(&tuple));
                    }
                }
                if !state.is_kept {
                    self.arguments.remove(states);
                }
                self.set_slots(place, &items)
            }
            _ => {
                self.reform(place, None);
                self.add_above(Some(1), &[])
            }
        }
    }

    fn is_dict(&self, place: u32) -> bool {
        let container = self.containers.get(place);
        container.is_some_and(|container| container.kind == Type::Dict)
    }

    /// Counts what CPython's memo keeps of a state, which no dump makes again.
    fn hold(&mut self, add: impl FnOnce(&mut crate::census::Census)) {
        add(&mut self.held);
        self.held.note(u64::MAX);
    }

    /// Takes back what was counted of a dict whose items go elsewhere.
    fn give_up(&mut self, node: &Node) {
        if let (false, What::Container(place)) = (node.is_fetched, node.what)
            && let Some(dict) = self.containers.get(place)
        {
            let (kind, table) = (dict.kind, dict.table);
            self.live.add_container(kind, &table, u64::MAX);
            if node.is_put {
                self.hold(|held| held.add_container(kind, &table, 1));
            }
        }
    }

    /// Takes back what was counted of a key that nothing refers to any longer.
    fn give_up_key(&mut self, key: &Node) {
        if let (false, What::Shape(shape)) = (key.is_fetched, key.what) {
            self.live.sub(&shape);
            if key.is_put {
                self.hold(|held| held.add(&shape));
            }
        }
    }

    /// Moves the items of a state into the `__dict__` of an instance, whose bytes are
    /// the answer.
    fn set_dict(&mut self, place: u32, node: Node, dict: u32) -> Option<Sizes> {
        let &Container { kind, .. } = self.containers.get(place)?;
        let Type::Instance(name, _) = kind else {
            return None;
        };
        let room = self
            .containers
            .get(place)
            .map_or(0, |own| own.table.before[0]);
        let container = self.containers.get_mut(dict)?;
        let (len, table) = (container.len, container.table);
        let state = container.state.take().unwrap_or_default();
        self.give_up(&node);
        let mut keys = [UNKNOWN; MOST_KEYS];
        for (number, key) in keys.iter_mut().zip(&state.keys) {
            *number = self.attribute_of(key);
            let is_new = *number == UNKNOWN || self.instances.interned.insert(*number);
            // One that is fetched later may be the very object that was interned.
            if !is_new && !key.is_kept {
                self.give_up_key(key);
            }
        }
        let are_texts = !state.has_others;
        let known = &keys[..state.keys.len()];
        let class = self
            .instances
            .classes
            .entry(name)
            .or_insert_with(Class::new);
        let filled = class
            .keys
            .each_mut()
            .map(|keys| keys.fill(known, len, are_texts));
        if filled[SharedRule::AnyOrder as usize] == Keeping::Shared {
            class.sharing += 1;
        }
        let told = Sizes::each(|build| {
            let layout = Layout::of(build);
            let rule = layout.shared_rule();
            let keeping = rule.map_or(
                Keeping::Own {
                    slots: table.slots(Type::Dict).of(build),
                    text_keys: false,
                },
                |rule| filled[rule as usize],
            );
            match keeping {
                Keeping::Shared => {
                    let values = class.values(build);
                    let parts = layout.sharing_dict(values);
                    layout.size(parts, self.memory) + layout.told_values(values)
                }
                Keeping::Own { slots, text_keys } => {
                    layout.size(layout.dict(slots, text_keys), self.memory)
                }
            }
        });
        for build in Build::ALL {
            let layout = Layout::of(build);
            let rule = layout.shared_rule();
            match rule.map(|rule| filled[rule as usize]) {
                Some(Keeping::Shared) => {
                    let parts = layout.sharing_dict(class.values(build));
                    self.live.add_parts(build, parts, 1);
                }
                Some(Keeping::Own { slots, text_keys }) => {
                    self.live.add_parts(build, layout.dict(slots, text_keys), 1);
                    self.live
                        .add_parts(build, layout.given_back(room), u64::MAX);
                }
                None => {
                    let slots = table.slots(Type::Dict).of(build);
                    self.live.add_parts(build, layout.dict(slots, false), 1);
                }
            }
        }
        self.live.note(1);
        self.instances.spare = Some(state);
        Some(told)
    }

    /// Shows the dict in the place of the state.
    fn show_dict(&mut self, place: u32, bytes: Option<Sizes>) {
        if let (Some(bytes), Some(container)) = (bytes, self.containers.get_mut(place))
            && let Some(child) = container.children.last_mut()
        {
            *child = Rc::new(Object {
                bytes,
                ..Object::clone(child)
            });
        }
    }

    /// The state is a dict or None, and a dict for slots.
    fn set_slots(&mut self, place: u32, items: &[Node]) -> Result<()> {
        let [attributes, slots] = items else {
            return Err(event::malformed("an instance with an odd state"));
        };
        let What::Container(dict) = slots.what else {
            return Err(event::malformed("an instance with an odd state"));
        };
        let Some(container) = self.containers.get_mut(dict) else {
            return Err(event::malformed("an instance without its state"));
        };
        let count = u32::try_from(container.len).unwrap_or(u32::MAX);
        let state = container.state.take().unwrap_or_default();
        let has_dict = !matches!(attributes.what, What::Shape(_));
        self.reform(place, Some(Form::Slots(count, has_dict)));
        self.give_up(slots);
        for key in &state.keys {
            self.give_up_key(key);
        }
        self.instances.spare = Some(state);
        if let What::Container(dict) = attributes.what {
            let shown = self.set_dict(place, *attributes, dict);
            self.push(*attributes)?;
            self.add_above(Some(1), &[])?;
            self.show_dict(place, shown);
        } else {
            self.uncount(attributes, false);
            self.leave(attributes);
        }
        let shown = self
            .containers
            .get(place)
            .map_or(0, |own| own.children.len());
        self.push(*slots)?;
        self.add_above(Some(1), &[])?;
        // The slots are the instance's own: their values take the dict's place.
        if let Some(container) = self.containers.get_mut(place) {
            container.len += u64::from(count) - 1;
            let dict = container.children.get(shown).map(Rc::clone);
            container.children.truncate(shown);
            let values = dict
                .iter()
                .flat_map(|dict| dict.children.iter().skip(1).step_by(2));
            let room = crate::object::KEPT_CHILDREN.saturating_sub(shown);
            container.children.extend(values.take(room).map(Rc::clone));
        }
        Ok(())
    }
}

/// No name.
const _: () = assert!(NONE == UNKNOWN);
