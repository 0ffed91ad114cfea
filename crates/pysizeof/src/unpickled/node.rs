//! An object on the unpickler's stack.

use std::cell::RefCell;
use std::rc::Rc;

use picklestream::pickle::event::Global;

use crate::container::{Container, Kind};
use crate::layout::Memory;
use crate::object::{MOST_HEIGHT, Object};
use crate::rust;
use crate::shape::Shape;

/// What an entry of the stack is.
#[derive(Debug, Clone)]
pub(super) enum What {
    Shape(Shape),
    Container(Rc<RefCell<Container>>),
    /// A global that stands for data.
    Known(Global),
    /// Any other global, by its name.
    Foreign(Rc<str>),
    /// The tuple of arguments for a global that stands for data.
    Arguments(Rc<[Node]>),
}

/// An entry of the stack.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) what: What,
    /// Bytes of its parts in Rust, for a tuple.
    pub(super) rust_parts: u64,
    /// Bytes of it as a record, if it is one.
    pub(super) record: Option<u64>,
    /// Text that could be the name of a global.
    pub(super) name: Option<Rc<str>>,
    /// What is shown of it; of containers it is made when it is needed.
    pub(super) shown: Option<Rc<Object>>,
    /// The lowest place on the stack of a container that it refers to: of one
    /// around it, therefore, which then contains itself.
    pub(super) around: Option<usize>,
    /// It was fetched from the memo, or duplicated: it is counted already.
    pub(super) is_fetched: bool,
    /// The memo keeps it, because it is fetched later.
    pub(super) is_kept: bool,
}

impl Node {
    pub(super) fn new(what: What) -> Node {
        Node {
            what,
            rust_parts: 0,
            record: None,
            name: None,
            shown: None,
            around: None,
            is_fetched: false,
            is_kept: false,
        }
    }

    /// The same object once more.
    pub(super) fn fetched(&self) -> Node {
        Node {
            is_fetched: true,
            ..self.clone()
        }
    }

    pub(super) fn shape(&self) -> Option<Shape> {
        match self.what {
            What::Shape(shape) => Some(shape),
            _ => None,
        }
    }

    /// Bytes in Rust, with all that it refers to.
    pub(super) fn rust_bytes(&self) -> u64 {
        match &self.what {
            What::Shape(shape) => rust::own(*shape).saturating_add(self.rust_parts),
            What::Container(container) => match container.try_borrow() {
                Ok(container) => container.rust_bytes(),
                // It contains itself; the total is withdrawn.
                Err(_) => 0,
            },
            _ => 0,
        }
    }

    /// Notes that it also refers to a container at `place` of the stack.
    pub(super) fn refers_to(&mut self, place: Option<usize>) {
        self.around = match (self.around, place) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }

    /// Notes that it is no longer on the stack.
    pub(super) fn leave(&self) {
        if let (What::Container(container), false) = (&self.what, self.is_fetched)
            && let Ok(mut container) = container.try_borrow_mut()
        {
            container.place = None;
        }
    }

    /// What is shown of it with its parts; nothing of what is not an object of
    /// the data.
    pub(super) fn object(&self, memory: Memory) -> Option<Rc<Object>> {
        match &self.what {
            What::Container(container) => Some(Rc::new(container.borrow().object(memory))),
            What::Foreign(name) => Some(Rc::new(
                Container::new(Kind::Opaque(Rc::clone(name))).object(memory),
            )),
            What::Shape(_) => self.shown.clone(),
            What::Known(_) | What::Arguments(_) => None,
        }
    }

    /// What is shown of it as a part of something else: if it is there
    /// already, without its parts.
    pub(super) fn child(&self, memory: Memory) -> Option<Rc<Object>> {
        let object = self.object(memory)?;
        if self.is_fetched {
            return Some(Rc::new(seen(&object)));
        }
        (object.height < MOST_HEIGHT).then_some(object)
    }

    /// What is shown of it as a part of `container`, which may be itself.
    pub(super) fn child_beside(&self, container: &Container, memory: Memory) -> Option<Rc<Object>> {
        if let What::Container(own) = &self.what
            && own.try_borrow().is_err()
        {
            return Some(Rc::new(seen(&container.object(memory))));
        }
        self.child(memory)
    }
}

/// An object that was counted before, without its parts.
fn seen(object: &Object) -> Object {
    Object {
        children: Vec::new(),
        counted_before: true,
        type_name: object.type_name.clone(),
        text: object.text.clone(),
        alive: object.alive.clone(),
        height: 0,
        ..*object
    }
}
