//! What is made by code: the few globals that stand for data, and all others,
//! which are not run.

use std::rc::Rc;

use picklestream::pickle::Result;
use picklestream::pickle::event::{self, Global};

use super::node::{Node, What};
use super::{MOST_NAMES, Unpickler};
use crate::build::Build;
use crate::container::{Container, Kind};
use crate::layout::Layout;
use crate::object;
use crate::shape::{Shape, Singleton};

impl Unpickler {
    pub(super) fn foreign(&mut self, name: String) -> Result<()> {
        if !self.allow_opaque {
            return Err(event::refused(name));
        }
        self.push(Node::new(What::Foreign(name.into())))
    }

    pub(super) fn list_opaque(&mut self, name: &str) {
        let is_full = self.opaque.len() >= MOST_NAMES && !self.opaque.contains_key(name);
        let name = if is_full { "others" } else { name };
        *self.opaque.entry(name.to_owned()).or_default() += 1;
    }

    /// A function or class that is itself part of the data.
    pub(super) fn list_foreign(&mut self, item: &Node) {
        if let What::Foreign(name) = &item.what {
            let name = Rc::clone(name);
            self.list_opaque(&name);
        }
    }

    pub(super) fn stack_global(&mut self) -> Result<()> {
        let from = self.below(2)?;
        let names = self.stack.split_off(from);
        let [Some(module), Some(name)] = [&names[0].name, &names[1].name] else {
            return Err(event::malformed("STACK_GLOBAL without two names"));
        };
        let global = event::global(module, name);
        for name in &names {
            self.uncount(name);
        }
        self.on(global)
    }

    pub(super) fn reduce(&mut self) -> Result<()> {
        let from = self.below(2)?;
        if let [
            Node {
                what: What::Known(global),
                ..
            },
            Node {
                what: What::Arguments(arguments),
                ..
            },
        ] = &self.stack[from..]
        {
            let (global, arguments) = (*global, Rc::clone(arguments));
            self.stack.truncate(from);
            return self.call(global, &arguments);
        }
        self.code(String::new(), Some(2), true)
    }

    /// What a call makes of its arguments, which are garbage then.
    pub(super) fn call(&mut self, global: Global, arguments: &[Node]) -> Result<()> {
        let shapes: Vec<Option<Shape>> = arguments.iter().map(Node::shape).collect();
        for argument in arguments {
            self.uncount(argument);
        }
        let shape = match (global, shapes.as_slice()) {
            (Global::Set, _) => return self.set_of(Kind::Set, arguments),
            (Global::FrozenSet, []) => return self.empty_frozenset(),
            (Global::FrozenSet, _) => return self.set_of(Kind::FrozenSet, arguments),
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
        let is_new = self.count(shape);
        let mut node = Node::new(What::Shape(shape));
        if self.shows_next() {
            let arguments: Vec<String> = arguments
                .iter()
                .filter_map(|argument| Some(argument.shown.as_ref()?.repr(object::MOST_TEXT)))
                .collect();
            node.shown = Some(self.without_parts(shape, call_repr(global, &arguments), is_new));
        }
        self.push(node)
    }

    /// `set([…])`: the items of the list, which is garbage then.
    pub(super) fn set_of(&mut self, kind: Kind, arguments: &[Node]) -> Result<()> {
        self.new_container(kind)?;
        let Some(What::Container(set)) = self.stack.last().map(|node| &node.what) else {
            return Ok(());
        };
        let (set, mut set_around) = (Rc::clone(set), None);
        match arguments {
            [] => {}
            [
                Node {
                    what: What::Container(list),
                    around,
                    ..
                },
            ] if list.borrow().kind == Kind::List => {
                let (mut set, list) = (set.borrow_mut(), list.borrow());
                self.total -= set.sizes(self.memory);
                for _ in 0..list.len {
                    set.add_to_set();
                }
                self.total += set.sizes(self.memory);
                set.children.clone_from(&list.children);
                set.rust_parts = list.rust_parts;
                set_around = *around;
            }
            _ => return Err(event::malformed("a set of something else than a list")),
        }
        if let Some(node) = self.stack.last_mut() {
            node.around = set_around;
        }
        Ok(())
    }

    /// `frozenset()`, of which some builds have but one.
    pub(super) fn empty_frozenset(&mut self) -> Result<()> {
        self.new_container(Kind::FrozenSet)?;
        let sizes = Container::new(Kind::FrozenSet).sizes(self.memory);
        for build in Build::ALL {
            let is_the_one = Layout::of(build).one_empty_frozenset;
            if is_the_one && !self.seen.insert((build, Singleton::EmptyFrozenSet)) {
                self.total.sub(build, sizes.of(build));
            }
        }
        Ok(())
    }

    /// An object that only code can make: its parts are counted, itself not.
    pub(super) fn code(
        &mut self,
        name: String,
        parts: Option<usize>,
        callable: bool,
    ) -> Result<()> {
        let from = self.from(parts)?;
        let mut items = self.take(from);
        let name = match items.first().map(|node| &node.what) {
            Some(What::Foreign(name)) if callable => name.to_string(),
            _ if callable => "opcode REDUCE of something else than a global".to_owned(),
            _ => name,
        };
        if callable && !items.is_empty() {
            items.remove(0);
        }
        if !self.allow_opaque {
            return Err(event::refused(name));
        }
        self.list_opaque(&name);
        self.new_container(Kind::Opaque(name.into()))?;
        self.fill(from, items, false)
    }

    pub(super) fn build(&mut self) -> Result<()> {
        if !self.allow_opaque {
            return Err(event::refused("opcode BUILD".to_owned()));
        }
        self.add_above(Some(1), &[])
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
