//! Instances of classes whose definition is not in the pickle. What the pickle
//! gives them shows what they are: without arguments, and with a dict as their
//! state, they are taken to be of a class written in Python that has neither a base
//! nor a `__setstate__` of its own.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use picklestream::pickle::Result;
use picklestream::pickle::event;

use super::Unpickler;
use super::node::{Node, State, What};
use crate::blocks::Parts;
use crate::build::{Build, Sizes};
use crate::kind::{Form, Type};
use crate::layout::Layout;
use crate::shape::Shape;
use crate::shared_keys::{SharedKeys, SharedRule};
use crate::table::Table;

/// Modules whose classes are not what they look like: their objects are made in C,
/// or make something else of their state.
const NOT_PLAIN: [&str; 2] = ["pandas.", "numpy."];

/// What instances have to do with each other.
pub(super) struct Known {
    /// By the places of the classes' names.
    pub(super) classes: HashMap<u32, Class>,
    /// Places of the names of attributes among the texts.
    pub(super) attributes: HashMap<Rc<str>, u32>,
    /// Those that are interned.
    pub(super) interned: HashSet<u32>,
    /// A state that is used again.
    pub(super) spare: Option<Box<State>>,
}

/// A class.
pub(super) struct Class {
    /// As they are in 3.8, and from 3.11 on.
    pub(super) keys: [SharedKeys; 2],
    /// Dicts that share their keys, from 3.11 on.
    pub(super) sharing: u64,
    /// What was told of the values of those that are in the tree of parts, each when it
    /// was made: the first have more room than all have in the end.
    pub(super) told: Sizes,
    /// Its base is dict.
    pub(super) is_dict: bool,
}

impl Class {
    pub(super) fn new() -> Class {
        Class {
            keys: [SharedRule::Ordered, SharedRule::AnyOrder].map(SharedKeys::new),
            sharing: 0,
            told: Sizes::default(),
            is_dict: false,
        }
    }

    pub(super) fn values(&self, build: Build) -> u64 {
        let rule = Layout::of(build).shared_rule();
        rule.map_or(0, |rule| self.keys[rule as usize].slots())
    }

    /// Bytes that were told of values for which there is no room in the end.
    pub(super) fn told_too_much(&self) -> Sizes {
        Sizes::each(|build| {
            let values = Layout::of(build).told_values(self.values(build));
            self.told.of(build).saturating_sub(self.sharing * values)
        })
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
        let shares = |class: &&Class| !class.is_dict || layout.shared_rule_of_dicts().is_some();
        let classes = self.classes.values().filter(shares);
        let told = classes.map(|class| class.sharing * layout.told_values(class.values(build)));
        told.sum()
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
            self.new_container(Type::Opaque(name))?;
            self.note_passing(name);
            return Ok(());
        }
        if self.name(name) == "uuid.UUID" {
            return self.instance_of(name, Form::Uuid);
        }
        self.names[name as usize].instances += 1;
        self.instance_of(name, form)
    }

    /// The same, on top of the stack.
    pub(super) fn instance_of(&mut self, name: u32, form: Form) -> Result<()> {
        let classes = &mut self.instances.classes;
        let class = classes.entry(name).or_insert_with(Class::new);
        if !class.is_dict {
            for keys in &mut class.keys {
                keys.instance();
            }
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
        let branch = self.take_tuple(self.stack.len() - 1, len);
        self.uncount(&tuple, false);
        self.cut(from);
        for build in Build::ALL {
            let parts = Layout::of(build).named_tuple(len);
            self.live.add_parts(build, parts, 1);
        }
        self.live.note(1);
        self.names[name as usize].instances += 1;
        let place = self.new_container(Type::NamedTuple(name))?;
        if let Some(container) = self.containers.get_mut(place) {
            container.len = len;
            container.children = shown.map_or_else(Vec::new, |shown| shown.children.clone());
            container.rust_parts = tuple.rust.saturating_sub(crate::rust::VALUE);
            container.records = None;
            container.branch = branch;
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
        let len = container.len;
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
            let parts = |form| match form {
                Some(form) => layout.instance(form, values),
                None => [layout.named_tuple(len), Parts::one(0)],
            };
            for parts in parts(before) {
                self.live.add_parts(build, parts, u64::MAX);
            }
            for parts in form.into_iter().flat_map(|form| parts(Some(form))) {
                self.live.add_parts(build, parts, 1);
            }
        }
        if form.is_none() {
            self.live.note(u64::MAX);
            let name = &mut self.names[name as usize];
            name.unknown += 1;
            // Those of the standard library are no guess.
            if !matches!(before, Some(Form::Namespace | Form::Uuid)) {
                name.instances -= 1;
            }
        }
    }

    /// An instance turns out to have a base with items: a dict if this is said.
    pub(super) fn give_base(&mut self, place: u32, is_dict: bool) {
        let empty = self.containers.get(place).filter(|own| own.len == 0);
        let kind = empty.map(|container| container.kind);
        let Some(Type::Instance(name, Form::Plain)) = kind.filter(|_| is_dict) else {
            return self.reform(place, None);
        };
        self.reform(place, None);
        if let Some(class) = self.instances.classes.get_mut(&name) {
            class.is_dict = true;
            for keys in &mut class.keys {
                keys.free_all();
            }
        }
        let of_name = &mut self.names[name as usize];
        of_name.unknown -= 1;
        of_name.instances += 1;
        let kind = Type::SubDict(name);
        if let Some(container) = self.containers.get_mut(place) {
            container.kind = kind;
            container.table = Table::empty(kind);
            self.live.add_container(kind, &container.table, 1);
        }
    }
}
