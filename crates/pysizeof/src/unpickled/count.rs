//! Objects without parts, and tuples: counted once, when they are made.

use std::rc::Rc;

use picklestream::pickle::Result;
use picklestream::pickle::event::{self, Leaf};

use super::node::{Node, What};
use super::{MOST_SHOWN, Unpickler};
use crate::build::Build;
use crate::object::{self, KEPT_CHILDREN, Object};
use crate::rust;
use crate::shape::{Int, Shape};

impl Unpickler {
    /// Counts an object without parts in those builds in which it is new, and
    /// says whether it is new in the newest.
    pub(super) fn count(&mut self, shape: Shape) -> bool {
        let sizes = shape.sizes(self.memory);
        let mut is_new = true;
        let seen = &mut self.seen;
        for build in Build::ALL {
            is_new = shape
                .singleton(build)
                .is_none_or(|singleton| seen.insert((build, singleton)));
            if is_new {
                self.total.add(build, sizes.of(build));
            }
        }
        is_new
    }

    /// Counts the first argument of a call, which will be garbage. An object of
    /// the interpreter it leaves alone.
    pub(super) fn count_argument(&mut self, shape: Shape) -> bool {
        let sizes = shape.sizes(self.memory);
        for build in Build::ALL {
            if shape.singleton(build).is_none() {
                self.total.add(build, sizes.of(build));
            }
        }
        true
    }

    /// Takes back what was counted of an object that is garbage now.
    pub(super) fn uncount(&mut self, node: &Node) {
        if node.is_fetched {
            return;
        }
        match &node.what {
            What::Shape(shape) => {
                let sizes = shape.sizes(self.memory);
                for build in Build::ALL {
                    if shape.singleton(build).is_none() {
                        self.total.sub(build, sizes.of(build));
                    }
                }
            }
            What::Container(container) => self.total -= container.borrow().sizes(self.memory),
            What::Arguments(_) | What::Known(_) | What::Foreign(_) => {}
        }
    }

    /// Whether the next object can be among those that are shown.
    pub(super) fn shows_next(&self) -> bool {
        let height = self.marks.floor();
        let show = self.marks.note().is_none_or(|&show| show);
        // Few are shown of a container, and nothing that comes late in a
        // batch can be among them.
        let early = self.stack.len() - height < 4 * KEPT_CHILDREN;
        show && early && Rc::strong_count(&self.alive) < MOST_SHOWN
    }

    pub(super) fn leaf(&mut self, leaf: Leaf<'_>) -> Result<()> {
        let shape = match leaf {
            Leaf::None => Shape::None,
            Leaf::Bool(value) => Shape::Bool(value),
            Leaf::Int(value, spelling) => Shape::Int(Int::small(value, spelling)),
            Leaf::Wide(bytes, spelling) => Shape::Int(Int::wide(&event::wide_int(bytes), spelling)),
            Leaf::Float(_) => Shape::Float,
            Leaf::Str(text, spelling) => Shape::str(text, spelling),
            Leaf::Bytes(bytes) => Shape::bytes(bytes),
            Leaf::ByteArray(bytes) => Shape::ByteArray(bytes.len() as u64),
        };
        let show = self.shows_next();
        let is_new = match self.stack.last().map(|node| &node.what) {
            Some(What::Known(_)) => self.count_argument(shape),
            _ => self.count(shape),
        };
        let mut node = Node::new(What::Shape(shape));
        if let Leaf::Str(text, _) = leaf {
            node.name = event::could_be_name(text).then(|| text.into());
        }
        if show {
            node.shown = Some(self.without_parts(shape, text(leaf), is_new));
        }
        self.push(node)
    }

    /// What is shown of an object without parts, `text` being its `repr`.
    pub(super) fn without_parts(&self, shape: Shape, text: String, is_new: bool) -> Rc<Object> {
        Rc::new(Object {
            type_name: shape.type_name().into(),
            text,
            bytes: shape.sizes(self.memory),
            rust: rust::own(shape),
            record: None,
            len: 0,
            children: Vec::new(),
            counted_before: !is_new,
            number: 0,
            height: 0,
            alive: Some(Rc::clone(&self.alive)),
        })
    }

    pub(super) fn tuple(&mut self, from: usize) -> Result<()> {
        if let Some(What::Known(_)) = self.stack[..from].last().map(|node| &node.what) {
            // The arguments of a call, a tuple that does not last.
            let items = self.stack.split_off(from);
            for item in &items {
                item.leave();
                if let What::Arguments(_) | What::Known(_) = item.what {
                    return Err(event::malformed("a call as the argument of a call"));
                }
            }
            return self.push(Node::new(What::Arguments(items.into())));
        }
        let items = self.take(from);
        let show = self.shows_next();
        let shape = Shape::Tuple(items.len() as u64);
        let is_new = self.count(shape);
        let mut node = Node::new(What::Shape(shape));
        for item in &items {
            node.rust_parts = node.rust_parts.saturating_add(item.rust_bytes());
            node.refers_to(item.around);
            item.leave();
            self.list_foreign(item);
        }
        if let [a, b, c] = items.as_slice()
            && let (Some(a), Some(b), Some(c)) = (a.shape(), b.shape(), c.shape())
        {
            node.record = rust::record([a, b, c]);
        }
        if show {
            let children = items.iter().take(KEPT_CHILDREN);
            let children = children.map_while(|item| item.child(self.memory));
            let children: Vec<Rc<Object>> = children.collect();
            node.shown = Some(Rc::new(Object {
                type_name: "tuple".into(),
                text: String::new(),
                bytes: shape.sizes(self.memory),
                rust: rust::VALUE,
                record: node.record,
                len: items.len() as u64,
                counted_before: !is_new,
                number: 0,
                height: Object::height_above(&children),
                children,
                alive: Some(Rc::clone(&self.alive)),
            }));
        }
        self.push(node)
    }
}

/// The `repr` of an object without parts, cut where it is too long to show.
fn text(leaf: Leaf<'_>) -> String {
    let text = match leaf {
        Leaf::None => "None".to_owned(),
        Leaf::Bool(true) => "True".to_owned(),
        Leaf::Bool(false) => "False".to_owned(),
        Leaf::Int(value, _) => value.to_string(),
        // Decimal digits of a long int take time that grows with its square.
        Leaf::Wide(bytes, _) if bytes.len() > object::MOST_TEXT => {
            format!("<int of {} bytes>", bytes.len())
        }
        Leaf::Wide(bytes, _) => event::wide_int(bytes).to_string(),
        Leaf::Float(value) => object::float_repr(value),
        Leaf::Str(text, _) => object::text_repr(text),
        Leaf::Bytes(bytes) => object::bytes_repr(bytes),
        Leaf::ByteArray(bytes) => format!("bytearray({})", object::bytes_repr(bytes)),
    };
    object::cut(text, object::MOST_TEXT)
}
