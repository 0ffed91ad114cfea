//! What is made by code: the few globals that stand for data, and all others,
//! which are not run.

use std::rc::Rc;

use picklestream::pickle::Result;
use picklestream::pickle::event::{self, Global};

use super::node::{NONE, Node, What};
use super::{MOST_NAMES, Name, Unpickler};
use crate::class::Class;
use crate::kind::{Form, Type};
use crate::object;
use crate::shape::Shape;

impl Unpickler {
    pub(super) fn foreign(&mut self, name: String) -> Result<()> {
        if let Some(class) = Class::find(&name) {
            self.has_arrays |= class.is_of_numpy();
            if class.is_typed() && self.numbers_of_list.is_none() {
                self.numbers_of_list = Some(Box::default());
            }
            return self.push(Node::new(What::Class(class), 0));
        }
        let name = self.name_of(&name);
        self.push(Node::new(What::Foreign(name), 0))
    }

    /// The place of a name among the names.
    pub(super) fn name_of(&mut self, name: &str) -> u32 {
        if let Some(&place) = self.places_of_names.get(name) {
            return place;
        }
        let name = if self.names.len() >= MOST_NAMES {
            "others"
        } else {
            name
        };
        let place = *self
            .places_of_names
            .entry(name.into())
            .or_insert(self.names.len() as u32);
        if place as usize == self.names.len() {
            self.names.push(Name {
                text: name.into(),
                unknown: 0,
                instances: 0,
            });
        }
        place
    }

    pub(super) fn name(&self, place: u32) -> &str {
        &self.names[place as usize].text
    }

    /// A function or class that is itself part of the data.
    pub(super) fn list_foreign(&mut self, item: &Node) -> Result<()> {
        if self.is_passing() {
            return Ok(());
        }
        match item.what {
            What::Foreign(name) => self.names[name as usize].unknown += 1,
            What::Class(class) => {
                let name = self.name_of(class.name());
                self.names[name as usize].unknown += 1;
            }
            // A tuple behind a class, which no call took.
            What::Arguments(place) => {
                let Some(items) = self.arguments.get(place).map(Rc::clone) else {
                    return Ok(());
                };
                self.live.add(&Shape::Tuple(items.len() as u64));
                for item in items.iter() {
                    self.list_foreign(item)?;
                }
            }
            What::Shape(_) | What::Container(_) | What::Known(_) => {}
        }
        Ok(())
    }

    pub(super) fn stack_global(&mut self) -> Result<()> {
        let from = self.below(2)?;
        let (Some(module), Some(name)) = (self.text_at(from), self.text_at(from + 1)) else {
            return Err(event::malformed("STACK_GLOBAL without two names"));
        };
        let global = event::global(&module, &name);
        for place in [from, from + 1] {
            let node = self.stack[place];
            self.uncount(&node, false);
        }
        self.cut(from);
        self.on(global)
    }

    /// The text at a place of the stack, if it could be a name.
    fn text_at(&self, place: usize) -> Option<String> {
        let node = &self.stack[place];
        if !node.is_text() {
            return None;
        }
        if let Some(text) = self.texts.get(node.name as usize) {
            return Some(text.to_string());
        }
        if node.is_fetched {
            return None;
        }
        self.recent_text(place).map(str::to_owned)
    }

    pub(super) fn reduce(&mut self) -> Result<()> {
        let from = self.below(2)?;
        let (callee, arguments) = (self.stack[from], self.stack[from + 1]);
        if let (What::Known(global), What::Arguments(place)) = (callee.what, arguments.what) {
            let Some(items) = self.arguments.get(place).map(Rc::clone) else {
                return Err(event::malformed("a call without its arguments"));
            };
            self.stack.truncate(from);
            if !arguments.is_fetched {
                self.drop_tuple(&arguments, items.len());
                self.call(global, &items, arguments.is_put)?;
                if !arguments.is_kept {
                    self.arguments.remove(place);
                }
                for item in items.iter() {
                    self.leave(item);
                }
                return Ok(());
            }
            return self.call(global, &items, false);
        }
        if let (What::Class(class), What::Arguments(place)) = (callee.what, arguments.what) {
            let Some(items) = self.arguments.get(place).map(Rc::clone) else {
                return Err(event::malformed("a call without its arguments"));
            };
            if class == Class::Reconstructor && self.reconstruct(&items, arguments, from)? {
                return Ok(());
            }
            let is_known = if class.is_of_numpy() {
                self.array_of(class, &items, arguments, from)?
            } else if class.is_typed() {
                self.typed_array_of(class, &items, arguments, from)?
            } else {
                self.object_of(class, &items, arguments, from)?
            };
            if is_known {
                if !arguments.is_kept && !arguments.is_fetched {
                    self.arguments.remove(place);
                }
                return Ok(());
            }
        }
        self.code("", Some(2), true)
    }

    /// `copyreg._reconstructor`, by which protocols 0 and 1 make objects: a class, its
    /// base that is written in C, and a value of that; whether it is known.
    fn reconstruct(&mut self, items: &[Node], arguments: Node, from: usize) -> Result<bool> {
        let [class, base, value] = items else {
            return Ok(false);
        };
        let (What::Foreign(name), What::Foreign(base)) = (class.what, base.what) else {
            return Ok(false);
        };
        let is_known = matches!(
            (self.name(base), value.what),
            (
                "builtins.object" | "__builtin__.object",
                What::Shape(Shape::None)
            ) | (
                "builtins.tuple" | "__builtin__.tuple",
                What::Shape(Shape::Tuple(_))
            )
        );
        if !is_known {
            self.stack.truncate(from);
            self.push(*value)?;
            return self.opaque(name, from).map(|()| true);
        }
        self.drop_tuple(&arguments, items.len());
        match value.what {
            What::Shape(Shape::Tuple(_)) => self.named_tuple(name, *value, from)?,
            _ => {
                self.uncount(value, false);
                self.instance(name, Form::Plain, from)?;
            }
        }
        Ok(true)
    }

    /// What a call makes of its arguments, which are garbage then.
    pub(super) fn call(&mut self, global: Global, arguments: &[Node], is_held: bool) -> Result<()> {
        let mut shapes = [None; 3];
        for (shape, argument) in shapes.iter_mut().zip(arguments) {
            *shape = argument.shape();
        }
        let known = arguments.len().min(shapes.len());
        let is_set = matches!(global, Global::Set | Global::FrozenSet);
        if !is_set {
            for argument in arguments {
                self.uncount(argument, is_held);
            }
        }
        let shape = match (global, &shapes[..known]) {
            (Global::Set, _) => return self.set_of(Type::Set, arguments, is_held),
            (Global::FrozenSet, []) => return self.empty_frozenset(),
            (Global::FrozenSet, _) => return self.set_of(Type::FrozenSet, arguments, is_held),
            (Global::Bytes, []) => Shape::Bytes(0, None),
            (Global::ByteArray, []) => Shape::ByteArray(0),
            (Global::Encode, [Some(Shape::Str(text)), Some(Shape::Str(_))]) => {
                let only = u8::try_from(text.widest).ok();
                Shape::Bytes(text.chars, only.filter(|_| text.chars == 1))
            }
            (Global::ByteArray, [Some(Shape::Str(text)), Some(Shape::Str(_))]) => {
                Shape::ByteArray(text.chars)
            }
            (Global::ByteArray, [Some(Shape::Bytes(len, _))]) => Shape::ByteArray(*len),
            (Global::Complex, [Some(Shape::Float), Some(Shape::Float)]) => Shape::Complex,
            _ => {
                return Err(event::malformed(
                    "a call with other arguments than data has",
                ));
            }
        };
        let repr = if self.shows_next() {
            let arguments: Vec<String> = arguments
                .iter()
                .filter_map(|argument| {
                    let shown = self.shown.get(argument.shown)?;
                    Some(shown.repr(object::MOST_TEXT))
                })
                .collect();
            call_repr(global, &arguments)
        } else {
            String::new()
        };
        self.push_new(shape, || repr)
    }

    /// `set([…])`: the items of the list, which is garbage then.
    fn set_of(&mut self, kind: Type, arguments: &[Node], is_held: bool) -> Result<()> {
        let set = self.new_container(kind)?;
        let argument = match arguments {
            [] => return Ok(()),
            [argument] => argument,
            _ => return Err(event::malformed("a set of something else than a list")),
        };
        let branch = self.take_branch(argument);
        let list = match argument.what {
            What::Container(list) => self.containers.get(list),
            _ => None,
        };
        let Some(list) = list.filter(|list| list.kind == Type::List) else {
            return Err(event::malformed("a set of something else than a list"));
        };
        let (len, children, rust_parts) = (list.len, list.children.clone(), list.rust_parts);
        if let Some(mut container) = self.containers.take_out(set) {
            let mut table = container.table;
            table.add_to_set(0, len);
            self.grow(&mut container, table);
            container.len = len;
            container.children = children;
            container.rust_parts = rust_parts;
            container.records = None;
            container.branch = branch;
            self.containers.put_back(set, container);
        }
        if let Some(node) = self.stack.last_mut() {
            node.refers_to(argument.around);
        }
        self.uncount(argument, is_held);
        Ok(())
    }

    /// `frozenset()`, of which some builds have but one.
    fn empty_frozenset(&mut self) -> Result<()> {
        self.new_container(Type::FrozenSet)?;
        self.live.empty_frozensets += 1;
        Ok(())
    }

    /// `NEWOBJ`, `OBJ`, `INST` and what else makes objects by code.
    pub(super) fn make(&mut self, name: &str, parts: Option<usize>, callable: bool) -> Result<()> {
        let from = match parts {
            Some(parts) => self.below(parts)?,
            None => self.marks.floor(),
        };
        match (&self.stack[from..], parts, callable) {
            // Without arguments.
            ([class, arguments], Some(2), true) => {
                if let (What::Foreign(name), What::Shape(Shape::Tuple(0))) =
                    (class.what, arguments.what)
                {
                    return self.instance(name, Form::Plain, from);
                }
                if let (What::Foreign(name), What::Shape(Shape::Tuple(2..))) =
                    (class.what, arguments.what)
                {
                    return self.named_tuple(name, *arguments, from);
                }
            }
            ([class], None, true) => {
                if let What::Foreign(name) = class.what {
                    self.pop_mark()?;
                    return self.instance(name, Form::OldStyle, from);
                }
            }
            ([], None, false) => {
                self.pop_mark()?;
                let name = self.name_of(name);
                return self.instance(name, Form::OldStyle, from);
            }
            _ => {}
        }
        self.code(name, parts, callable)
    }

    /// An object that only code can make: its parts are counted, itself not.
    pub(super) fn code(&mut self, name: &str, parts: Option<usize>, callable: bool) -> Result<()> {
        let from = self.from(parts)?;
        let mut name = name.to_owned();
        if callable {
            name = match self.stack.get(from).map(|node| node.what) {
                Some(What::Foreign(name)) => self.name(name).to_owned(),
                Some(What::Class(class)) => class.name().to_owned(),
                _ => "opcode REDUCE of something else than a global".to_owned(),
            };
        }
        let name = self.name_of(&name);
        let skips = callable && self.stack.len() > from;
        // What makes it is no part of it.
        if skips {
            let node = self.stack.remove(from);
            self.leave(&node);
            if let Some(watch) = &mut self.watch {
                watch.lower(from);
            }
        }
        self.opaque(name, from)
    }

    /// An object of unknown size, whose parts are above `from`.
    fn opaque(&mut self, name: u32, from: usize) -> Result<()> {
        self.names[name as usize].unknown += 1;
        for item in &mut self.stack[from..] {
            if item.around != NONE && item.around as usize >= from {
                item.around = NONE;
            }
        }
        self.collect_from(from, Type::Opaque(name))
    }

    pub(super) fn build(&mut self) -> Result<()> {
        let from = self.below(1)?;
        if let Some(under) = self.marks.below(from, 1)
            && let What::Container(place) = self.stack[under].what
            && let Some(container) = self.containers.get(place)
        {
            match container.kind {
                Type::Instance(..) | Type::SubDict(_) => return self.build_instance(place),
                Type::Array(_) | Type::Dtype(..) => return self.build_array(place),
                _ => {}
            }
        }
        self.add_state()
    }
}

/// The call as it is written, where the value is not known.
fn call_repr(global: Global, arguments: &[String]) -> String {
    match (global, arguments) {
        (Global::Bytes, _) => "b''".to_owned(),
        // Latin-1 text in its quotes is what the bytes look like.
        (Global::Encode, [text, _]) => format!("b{text}"),
        (Global::ByteArray, [text, _]) => format!("bytearray(b{text})"),
        (Global::ByteArray, [bytes]) => format!("bytearray({bytes})"),
        (Global::ByteArray, _) => "bytearray(b'')".to_owned(),
        (Global::Complex, [real, imaginary]) => format!("({real}+{imaginary}j)"),
        _ => String::new(),
    }
}
