//! The states of instances. `BUILD` sets the items of a state in the instance's
//! `__dict__`, by keys that it interns; the state itself is garbage then. Of a state
//! for slots, so are the keys.

use std::rc::Rc;

use picklestream::pickle::Result;
use picklestream::pickle::event;

use super::Unpickler;
use super::instance::Class;
use super::node::{Container, MOST_KEYS, NONE, Node, State, What};
use crate::build::{Build, Sizes};
use crate::census::Census;
use crate::kind::{Form, Type};
use crate::layout::Layout;
use crate::object::{KEPT_CHILDREN, Object};
use crate::shape::Shape;
use crate::shared_keys::{Keeping, SharedRule, UNKNOWN};

/// Names of attributes that are told apart.
const MOST_ATTRIBUTES: usize = 1 << 16;

/// States, while they are read.
impl Unpickler {
    /// Where the next object is the state of an instance: what a dict notes then.
    pub(super) fn state(&mut self) -> Option<Box<State>> {
        // A state for slots comes behind another one, or None.
        let mut above = self.stack.iter().rev().take(2);
        let is_state = above.any(|node| match node.what {
            What::Container(place) => {
                let container = self.containers.get(place);
                container.is_some_and(|container| {
                    matches!(container.kind, Type::Instance(..) | Type::SubDict(_))
                })
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

impl Unpickler {
    /// `BUILD` of an instance at a place among the containers.
    pub(super) fn build_instance(&mut self, place: u32) -> Result<()> {
        let from = self.below(1)?;
        let state = self.stack[from];
        match state.what {
            What::Container(dict) if self.is_dict(dict) && self.is_uuid(place) => {
                self.set_uuid(state, dict);
                self.add_state()
            }
            What::Container(dict) if self.is_dict(dict) => {
                let shown = self.set_dict(place, state, dict);
                self.add_state()?;
                self.show_dict(place, shown);
                Ok(())
            }
            What::Arguments(states) if self.slots_of(states).is_some() => {
                let Some(items) = self.slots_of(states) else {
                    return Err(event::malformed("an instance without its state"));
                };
                self.stack.truncate(from);
                if !state.is_fetched {
                    self.garbage(state.is_put).add(&Shape::Tuple(2));
                }
                if !state.is_kept {
                    self.arguments.remove(states);
                }
                self.set_slots(place, items)
            }
            _ => {
                self.reform(place, None);
                self.add_state()
            }
        }
    }

    fn is_uuid(&self, place: u32) -> bool {
        let kind = self.containers.get(place).map(|container| container.kind);
        matches!(kind, Some(Type::Instance(_, Form::Uuid)))
    }

    /// The items of a state go into the slots of a UUID; 2.7 has a dict for them.
    fn set_uuid(&mut self, node: Node, dict: u32) {
        let container = self.containers.get_mut(dict);
        let state = container.and_then(|dict| {
            dict.is_garbage = true;
            dict.state.take()
        });
        let state = state.unwrap_or_default();
        self.give_up(&node);
        for key in &state.keys {
            self.give_up_key(key);
            self.forget_key_of(dict, key);
        }
        self.instances.spare = Some(state);
        for build in Build::ALL {
            let layout = Layout::of(build);
            if layout.shared_rule().is_none() {
                self.live.add_parts(build, layout.dict(8, false), 1);
            }
        }
    }

    /// How much room for values an instance began with.
    fn room(&self, place: u32) -> u64 {
        let container = self.containers.get(place);
        container.map_or(0, |container| container.table.before[0])
    }

    fn is_dict(&self, place: u32) -> bool {
        let container = self.containers.get(place);
        container.is_some_and(|container| container.kind == Type::Dict)
    }

    /// Counts what CPython's memo keeps of a state, which no dump makes again.
    fn hold(&mut self, add: impl FnOnce(&mut Census)) {
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
        let (name, room) = match kind {
            Type::Instance(name, _) => (name, self.room(place)),
            Type::SubDict(name) => (name, 0),
            _ => return None,
        };
        let is_shared =
            kind.is_dict() || matches!(kind, Type::Instance(_, form) if form.has_dict());
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
                self.forget_key_of(dict, key);
            }
        }
        let are_texts = !state.has_others;
        let known = &keys[..state.keys.len()];
        let class = self
            .instances
            .classes
            .entry(name)
            .or_insert_with(Class::new);
        let filled = class.keys.each_mut().map(|keys| match is_shared {
            true => keys.fill(known, len, are_texts),
            false => Keeping::Own {
                slots: table.slots[keys.dict_rule().index()],
                text_keys: table.text_keys,
            },
        });
        if filled[SharedRule::AnyOrder as usize] == Keeping::Shared {
            class.sharing += 1;
            if self.watch.is_some() {
                class.told += Sizes::each(|build| {
                    let values = class.values(build);
                    Layout::of(build).told_values(values)
                });
            }
        }
        let keeping = |layout: &Layout| {
            let rule = match kind.is_dict() {
                true => layout.shared_rule_of_dicts(),
                false => layout.shared_rule(),
            };
            rule.map_or(
                Keeping::Own {
                    slots: table.slots[layout.dict_rule.index()],
                    text_keys: table.text_keys,
                },
                |rule| filled[rule as usize],
            )
        };
        let told = Sizes::each(|build| {
            let layout = Layout::of(build);
            let values = class.values(build);
            match keeping(layout) {
                Keeping::Shared => {
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
            match keeping(layout) {
                Keeping::Shared => {
                    let parts = layout.sharing_dict(class.values(build));
                    self.live.add_parts(build, parts, 1);
                }
                Keeping::Own { slots, text_keys } => {
                    self.live.add_parts(build, layout.dict(slots, text_keys), 1);
                    if let Type::Instance(_, form) = kind
                        && form.has_dict()
                    {
                        self.live
                            .add_parts(build, layout.given_back(room), u64::MAX);
                    }
                }
            }
        }
        self.live.note(1);
        self.instances.spare = Some(state);
        if let Some(container) = self.containers.get_mut(dict) {
            container.becomes = Some(Box::new(told));
        }
        Some(told)
    }

    /// Shows the dict in the place of the state.
    fn show_dict(&mut self, place: u32, bytes: Option<Sizes>) {
        if let (Some(bytes), Some(container)) = (bytes, self.containers.get_mut(place))
            && !container.is_dict()
            && let Some(child) = container.children.last_mut()
        {
            *child = Rc::new(Object {
                bytes,
                ..Object::clone(child)
            });
        }
    }

    /// The two parts of a state for slots.
    fn slots_of(&self, arguments: u32) -> Option<[Node; 2]> {
        let &[attributes, slots] = &**self.arguments.get(arguments)? else {
            return None;
        };
        let is_dict = matches!(slots.what, What::Container(dict) if self.is_dict(dict));
        is_dict.then_some([attributes, slots])
    }

    /// The state is a dict or None, and a dict for slots.
    fn set_slots(&mut self, place: u32, [attributes, slots]: [Node; 2]) -> Result<()> {
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
        self.uncount(&slots, false);
        for key in &state.keys {
            self.give_up_key(key);
            self.forget_key_of(dict, key);
        }
        self.instances.spare = Some(state);
        if let What::Container(dict) = attributes.what {
            let shown = self.set_dict(place, attributes, dict);
            self.push(attributes)?;
            self.add_state()?;
            self.show_dict(place, shown);
        } else {
            self.uncount(&attributes, false);
            self.leave(&attributes);
        }
        let shown = self
            .containers
            .get(place)
            .map_or(0, |own| own.children.len());
        self.push(slots)?;
        self.add_state()?;
        // The slots are the instance's own: their values take the dict's place.
        if let Some(container) = self.containers.get_mut(place) {
            container.len = (container.len + u64::from(count)).saturating_sub(1);
            let dict = container.children.get(shown).map(Rc::clone);
            container.children.truncate(shown);
            let values = dict
                .iter()
                .flat_map(|dict| dict.children.iter().skip(1).step_by(2));
            let room = KEPT_CHILDREN.saturating_sub(shown);
            container.children.extend(values.take(room).map(Rc::clone));
        }
        Ok(())
    }
}

/// No name.
const _: () = assert!(NONE == UNKNOWN);
