//! Objects without parts, and tuples: counted once, when they are made.

use std::rc::Rc;

use picklestream::pickle::Result;
use picklestream::pickle::event::{self, Leaf, Long};

use super::node::{NONE, Node, What};
use super::{MANY_ITEMS, MOST_NODES, MOST_SHOWN, Unpickler};
use crate::build::Build;
use crate::census::Census;
use crate::object::{self, KEPT_CHILDREN, Object};
use crate::rust;
use crate::shape::{Int, Shape};
use crate::text::Text;

impl Unpickler {
    /// Takes back what was counted of an object that is garbage now, unless
    /// CPython's memo keeps it until the end; it does if `is_held`.
    pub(super) fn uncount(&mut self, node: &Node, is_held: bool) {
        if node.is_fetched {
            return;
        }
        let is_held = is_held || node.is_put;
        match node.what {
            What::Shape(shape) => {
                if let Some(watch) = &mut self.watch {
                    watch.uncount(&shape, 1);
                }
                self.live.sub(&shape);
                self.garbage(is_held).add(&shape);
            }
            What::Container(place) => {
                if let Some(container) = self.containers.get_mut(place) {
                    container.is_garbage = true;
                    let (kind, table, len) = (container.kind, container.table, container.len);
                    self.live.add_container(kind, &table, u64::MAX);
                    self.live.add_untouched(kind, &table, len, u64::MAX);
                    let garbage = self.garbage(is_held);
                    garbage.add_container(kind, &table, 1);
                    garbage.add_untouched(kind, &table, len, 1);
                }
            }
            What::Arguments(_) | What::Known(_) | What::Class(_) | What::Foreign(_) => {}
        }
    }

    /// The tuple of `len` items that something was made of is garbage now. One that was
    /// fetched is counted elsewhere.
    pub(super) fn drop_tuple(&mut self, tuple: &Node, len: usize) {
        if !tuple.is_fetched {
            self.garbage(tuple.is_put).add(&Shape::Tuple(len as u64));
        }
    }

    /// Where garbage is counted.
    pub(super) fn garbage(&mut self, is_held: bool) -> &mut Census {
        if is_held {
            &mut self.held
        } else {
            &mut self.dropped
        }
    }

    /// Whether the next object can be among those that are shown.
    #[inline]
    pub(super) fn shows_next(&self) -> bool {
        let height = self.marks.floor();
        // Few are shown of a container, and nothing that comes late in a
        // batch can be among them.
        let early = self.stack.len() - height < 4 * KEPT_CHILDREN;
        early && self.marks.note().is_none_or(|&show| show) && self.may_show()
    }

    fn may_show(&self) -> bool {
        self.shown.len() < MOST_SHOWN
    }

    /// Pushes a new object without parts, `text` being its `repr`.
    #[inline]
    pub(super) fn push_new(&mut self, shape: Shape, text: impl FnOnce() -> String) -> Result<()> {
        let mut node = Node::of_shape(shape);
        if self.shows_next() {
            let is_new = self.is_new(shape);
            node.shown = self.shown.add(self.without_parts(shape, text(), is_new));
        }
        if let Some(watch) = &mut self.watch {
            watch.count(&shape);
        }
        self.live.add(&shape);
        self.push(node)
    }

    /// Whether the newest build has no such object yet, if it has but one of them.
    fn is_new(&mut self, shape: Shape) -> bool {
        let newest = Build::ALL[Build::ALL.len() - 1];
        shape.singleton(newest).is_none() || self.live.count_of(&shape) == 0
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
        match leaf {
            Leaf::Str(text, _) => {
                self.note_text(text.as_bytes());
                self.read_large(text.len());
                self.loading.written_at_once(self.length, text.len());
            }
            Leaf::Bytes(bytes) | Leaf::ByteArray(bytes) => {
                self.loading.written_at_once(self.length, bytes.len());
            }
            _ => {}
        }
        self.push_new(shape, || text(leaf))?;
        if let Leaf::Str(text, _) = leaf
            && !self.instances.are_none()
        {
            self.name_attribute(text);
        }
        Ok(())
    }

    /// A str or bytes that is told by its counts.
    pub(super) fn long(&mut self, long: Long<'_>) -> Result<()> {
        let (shape, text, len) = match long {
            Long::Str {
                utf8_bytes,
                chars,
                utf16_units,
                widest,
                spelling,
                start,
            } => {
                let text = Text {
                    chars,
                    utf8_bytes,
                    utf16_units,
                    widest,
                    spelling,
                };
                (Shape::Str(text), object::text_repr(start), utf8_bytes)
            }
            Long::Bytes { len, start } => (Shape::Bytes(len, None), object::bytes_repr(start), len),
            Long::ByteArray { len, start } => {
                let text = format!("bytearray({})", object::bytes_repr(start));
                (Shape::ByteArray(len), text, len)
            }
        };
        self.loading.written_at_once(self.length, len as usize);
        if let Long::Str { .. } = long {
            self.read_large(len as usize);
        }
        self.push_new(shape, || object::cut(text, object::MOST_TEXT))
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
        })
    }

    #[inline]
    pub(super) fn tuple(&mut self, from: usize) -> Result<()> {
        if from > 0
            && let What::Known(_) | What::Class(_) = self.stack[from - 1].what
        {
            return self.arguments(from);
        }
        if !self.instances.are_none() && from > 0 && self.are_slots(from) {
            return self.arguments(from);
        }
        if self.has_arrays && self.are_state_of_array(from) {
            return self.arguments(from);
        }
        if self.has_arrays {
            self.drop_dimensions(from);
        }
        if self.passing.is_some() {
            self.drop_passing_dimensions(from);
        }
        let count = self.stack.len() - from;
        let shape = Shape::Tuple(count as u64);
        let mut node = Node::of_shape(shape);
        let mut around = NONE;
        let mut is_plain = true;
        let mut unshared = 0;
        for item in &self.stack[from..] {
            let rust = match item.what {
                What::Shape(shape) => {
                    unshared += u64::from(is_unshared(item, shape));
                    item.rust
                }
                What::Container(place) => {
                    let container = self.containers.get(place);
                    container.map_or(0, |container| container.rust_bytes())
                }
                _ => {
                    is_plain = false;
                    0
                }
            };
            node.rust = node.rust.saturating_add(rust);
            // Those beside each other are not around each other.
            if item.around != NONE && (item.around as usize) < from {
                around = around.min(item.around);
            }
        }
        self.loading.unshared += unshared;
        node.refers_to(around);
        if let [a, b, c] = &self.stack[from..]
            && let (Some(a), Some(b), Some(c)) = (a.shape(), b.shape(), c.shape())
        {
            node.is_record = rust::is_record([a, b, c]);
        }
        if !is_plain {
            for place in from..self.stack.len() {
                let item = self.stack[place];
                self.list_foreign(&item)?;
            }
        }
        if self.shows_above(from) {
            node.shown = self.show_tuple(from, &node, shape);
        }
        if self.watch.is_some() {
            self.note_tuple(from, shape);
        }
        if count >= MANY_ITEMS {
            // The stack is as high as ever, and the tuple beside it.
            let stack = self.stack.len() as u64;
            self.loading.stack_most = self.loading.stack_most.max(stack);
            self.live.add(&shape);
            self.snapshot(|_| 0);
        } else {
            self.live.add(&shape);
        }
        self.cut(from);
        self.push(node)
    }

    /// Whether an object that takes the place of those above `from` can be shown.
    #[inline]
    fn shows_above(&self, from: usize) -> bool {
        let early = from - self.marks.floor().min(from) < 4 * KEPT_CHILDREN;
        early && self.marks.note().is_none_or(|&show| show) && self.may_show()
    }

    fn show_tuple(&mut self, from: usize, node: &Node, shape: Shape) -> u32 {
        let items = self.stack[from..].iter().take(KEPT_CHILDREN);
        let children: Vec<Rc<Object>> = items.map_while(|item| self.child(item)).collect();
        let count = self.stack.len() - from;
        let is_new = count > 0 || self.is_new(shape);
        self.shown.add(Rc::new(Object {
            type_name: "tuple".into(),
            text: String::new(),
            bytes: shape.sizes(self.memory),
            rust: rust::VALUE,
            record: node.record(),
            len: count as u64,
            counted_before: !is_new,
            number: 0,
            height: Object::height_above(&children),
            children,
        }))
    }

    /// The arguments of a call, a tuple that does not last.
    fn arguments(&mut self, from: usize) -> Result<()> {
        self.keep_argument(from);
        let mut items: Vec<Node> = self.stack[from..].to_vec();
        for item in &mut items {
            // A tuple behind a class that no call took.
            if let What::Arguments(_) = item.what {
                let tuple = *item;
                self.list_foreign(&tuple)?;
                self.leave(&tuple);
                *item = Node {
                    what: What::Shape(Shape::Tuple(0)),
                    is_fetched: true,
                    ..tuple
                };
            }
        }
        // Not cut: containers and what is shown go with the arguments.
        self.stack.truncate(from);
        if self.arguments.len() == MOST_NODES {
            return Err(event::malformed("too many calls at once to follow"));
        }
        let place = self.arguments.add(items.into());
        self.push(Node::new(What::Arguments(place), 0))
    }
}

/// Whether 2.7's pickler leaves an object out of its memo as a part of a tuple or
/// a dict: for nothing else refers to it.
#[inline]
pub(super) fn is_unshared(item: &Node, shape: Shape) -> bool {
    is_noted(shape) && !item.is_fetched && !item.is_kept
}

/// Whether a pickler's memo notes such an object.
#[inline]
fn is_noted(shape: Shape) -> bool {
    match shape {
        Shape::Str(_) | Shape::Bytes(..) | Shape::ByteArray(_) | Shape::Complex => true,
        Shape::Tuple(len) => len > 0,
        Shape::None | Shape::Bool(_) | Shape::Int(_) | Shape::Float => false,
        Shape::Of(_) | Shape::Decimal(_) | Shape::Scalar(..) | Shape::TypedArray(..) => true,
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
