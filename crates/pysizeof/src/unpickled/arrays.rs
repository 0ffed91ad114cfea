//! numpy's arrays, the types of their elements, and scalars.

use std::rc::Rc;

use picklestream::pickle::Result;

use super::Unpickler;
use super::node::{Node, What};
use crate::build::Build;
use crate::class::Class;
use crate::kind::Type;
use crate::layout::{COPIED, Layout};
use crate::shape::Shape;
use crate::table::Table;

/// Where the state of a dtype tells the unit of instants.
const PLACE_OF_UNIT: usize = 8;

impl Unpickler {
    /// Whether the objects above `from` are the state of an array or of a dtype.
    pub(super) fn are_state_of_array(&self, from: usize) -> bool {
        let count = self.stack.len() - from;
        match from.checked_sub(1).and_then(|place| self.kind_at(place)) {
            Some(Type::Array(_)) => count == 5,
            Some(Type::Dtype(..)) => count >= 8,
            _ => false,
        }
    }

    /// Whether they are the dimensions of an array, which nothing keeps as a tuple.
    fn are_dimensions(&self, from: usize) -> bool {
        let below = |count: usize| from.checked_sub(count);
        let class = |count| match below(count).map(|place| self.stack[place].what) {
            Some(What::Class(class)) => Some(class),
            _ => None,
        };
        let is_state = matches!(
            below(2).and_then(|place| self.kind_at(place)),
            Some(Type::Array(_))
        );
        is_state || class(2) == Some(Class::Array) || class(3) == Some(Class::FromBuffer)
    }

    /// Takes back what nothing keeps of a tuple above `from`: dimensions, or the unit of a
    /// type of instants, or this behind metadata.
    pub(super) fn drop_dimensions(&mut self, from: usize) {
        let instant = |below: usize| {
            let place = from.checked_sub(below + PLACE_OF_UNIT)?;
            matches!(self.kind_at(place), Some(Type::Dtype('m' | 'M', _))).then_some(place)
        };
        let above = &self.stack[from..];
        let of_metadata = instant(1).filter(|_| above.len() == 2);
        let is_unit = above.len() == 4 && instant(2).is_some();
        if of_metadata.is_none() && !is_unit && !self.are_dimensions(from) {
            return;
        }
        let has_metadata = above.first().and_then(|first| self.kind_of(first)) == Some(Type::Dict);
        if let Some(What::Container(dtype)) = of_metadata.map(|place| self.stack[place].what)
            && let Some(dtype) = self.containers.get_mut(dtype)
        {
            dtype.len = u64::from(has_metadata);
        }
        for place in from..self.stack.len() {
            let number = self.stack[place];
            if let What::Shape(_) = number.what {
                self.uncount(&number, false);
            }
        }
    }

    fn kind_at(&self, place: usize) -> Option<Type> {
        self.kind_of(&self.stack[place])
    }

    /// What one of numpy's functions makes of arguments; whether it is known. It takes
    /// the place of what is above `from`.
    pub(super) fn array_of(
        &mut self,
        class: Class,
        items: &[Node],
        arguments: Node,
        from: usize,
    ) -> Result<bool> {
        let shape = |index: usize| items.get(index).and_then(Node::shape);
        let dtype = |index: usize| items.get(index).and_then(|item| self.kind_of(item));
        let made = match (class, items.len()) {
            (Class::Array, 3) => Some(Type::Array(0)),
            (Class::FromBuffer, 4) => match (shape(0), shape(2)) {
                (Some(Shape::Bytes(..) | Shape::ByteArray(_)), Some(Shape::Tuple(count))) => {
                    Some(Type::Array(count as u32))
                }
                _ => None,
            },
            // Of a class: `numpy.record`.
            (Class::Dtype, 3) if matches!(items[0].what, What::Foreign(_)) => {
                Some(Type::Dtype('V', 0))
            }
            (Class::Dtype, 3) => {
                let mut chars = self.argument.chars();
                let kind = chars.next().unwrap_or('V');
                chars
                    .as_str()
                    .parse()
                    .ok()
                    .map(|size| Type::Dtype(kind, size))
            }
            (Class::Scalar, 2) => dtype(0).filter(
                |kind| matches!(kind, Type::Dtype(kind, _) if "fiubcmMVSU".contains(*kind)),
            ),
            _ => None,
        };
        let Some(made) = made else {
            return Ok(false);
        };
        self.stack.truncate(from);
        self.drop_tuple(&arguments, items.len());
        if !arguments.is_fetched {
            for (index, item) in items.iter().enumerate() {
                let stays = class == Class::FromBuffer && index == 0;
                if let (What::Shape(_), false) = (item.what, stays) {
                    self.uncount(item, arguments.is_put);
                }
            }
        }
        match (class, made) {
            (Class::Scalar, Type::Dtype(kind, size)) => {
                // No scalar but a record keeps its dtype; one that came for it is garbage.
                if kind != 'V' && !items[0].is_fetched && !arguments.is_fetched {
                    self.give_up_dtype(&items[0]);
                }
                let unknown = match (kind, size) {
                    // How wide its characters are is not looked at.
                    ('U', _) => Some("numpy.str_"),
                    ('V', 0) => Some("numpy.record"),
                    _ => None,
                };
                if let Some(unknown) = unknown {
                    let name = self.name_of(unknown);
                    self.names[name as usize].unknown += 1;
                }
                let scalar = Shape::Scalar(kind, size);
                self.push_new(scalar, || "numpy.generic(…)".to_owned())?;
            }
            (_, made) => {
                self.new_container(made)?;
            }
        }
        match made {
            Type::Dtype(..) if class == Class::Dtype => {
                for build in Build::ALL {
                    self.live.add_parts(build, Layout::of(build).dtype(), 1);
                }
                self.live.note(1);
            }
            Type::Array(_) if class == Class::Array => self.note_subclass(&items[0]),
            Type::Array(dimensions) if class == Class::FromBuffer => {
                self.count_array(dimensions.into(), 0);
                self.count_array(1, 0);
                for build in Build::ALL {
                    let view = Layout::of(build).array_view();
                    self.live.add_parts(build, view, 1);
                }
            }
            _ => {}
        }
        if !arguments.is_kept && !arguments.is_fetched {
            for item in items {
                self.leave(item);
            }
        }
        Ok(true)
    }

    /// An array of another class than numpy's own has more than one of that: how much is
    /// not known.
    fn note_subclass(&mut self, class: &Node) {
        let name = match class.what {
            What::Foreign(name) => name,
            _ => self.name_of("numpy.ndarray"),
        };
        if !matches!(
            (class.what, self.name(name)),
            (What::Foreign(_), "numpy.ndarray")
        ) {
            self.names[name as usize].unknown += 1;
        }
    }

    /// Takes back what was counted of a dtype that only the memo keeps.
    fn give_up_dtype(&mut self, dtype: &Node) {
        if let What::Container(place) = dtype.what
            && let Some(dtype) = self.containers.get(place)
            && dtype.len > 0
        {
            // Its metadata.
            let metadata = Table::empty(Type::Dict);
            self.live.add_container(Type::Dict, &metadata, u64::MAX);
            self.held.add_container(Type::Dict, &metadata, 1);
        }
        for build in Build::ALL {
            let dtype = Layout::of(build).dtype();
            self.live.add_parts(build, dtype, u64::MAX);
            self.held.add_parts(build, dtype, 1);
        }
    }

    /// `BUILD` of an array or a dtype at a place among the containers.
    pub(super) fn build_array(&mut self, place: u32) -> Result<()> {
        let from = self.below(1)?;
        let state = self.stack[from];
        let kind = self.containers.get(place).map(|container| container.kind);
        let items = match state.what {
            What::Arguments(items) => self.arguments.get(items).map(Rc::clone),
            _ => None,
        };
        let is_array = matches!(kind, Some(Type::Array(_)));
        let items = items.filter(|items| !is_array || items.len() == 5);
        let Some(items) = items else {
            let name = self.name_of("numpy.ndarray");
            self.names[name as usize].unknown += 1;
            return self.add_state();
        };
        self.stack.truncate(from);
        self.drop_tuple(&state, items.len());
        let data = items.last().copied().filter(|_| is_array);
        let others = &items[..items.len() - usize::from(is_array)];
        if !state.is_fetched {
            for (index, item) in others.iter().enumerate() {
                let is_names = !is_array && index < PLACE_OF_UNIT;
                if let What::Shape(shape) = item.what
                    && !(is_names && matches!(shape, Shape::Tuple(_)))
                {
                    self.uncount(item, state.is_put);
                }
            }
        }
        if let Some(data) = data {
            let dimensions = match items[1].what {
                What::Shape(Shape::Tuple(count)) => count,
                _ => 0,
            };
            self.fill_array(place, dimensions, &data, state.is_put);
        }
        if let What::Arguments(arguments) = state.what
            && !state.is_kept
            && !state.is_fetched
        {
            for item in items.iter() {
                self.leave(item);
            }
            self.arguments.remove(arguments);
        }
        Ok(())
    }

    fn fill_array(&mut self, place: u32, dimensions: u64, data: &Node, is_held: bool) {
        let mut own = 0;
        let mut parts = None;
        match data.what {
            What::Shape(Shape::Bytes(len, _)) if len <= COPIED => own = len,
            What::Shape(Shape::Str(text)) if text.utf8_bytes <= COPIED => own = text.utf8_bytes,
            What::Container(list) => {
                if let Some(list) = self.containers.get(list) {
                    own = 8 * list.len;
                    parts = Some((list.len, list.rust_parts, list.children.clone()));
                }
            }
            _ => {}
        }
        let branch = match own > 0 && parts.is_none() {
            true => None,
            false => self.branch_of_data(data),
        };
        if own > 0 || parts.is_some() {
            self.uncount(data, is_held);
        }
        self.count_array(dimensions, own);
        if let Some(container) = self.containers.get_mut(place) {
            container.kind = Type::Array(dimensions as u32);
            container.table.slots = [own; 3];
            container.branch = branch;
            if let Some((len, rust_parts, children)) = parts {
                container.len = len;
                container.rust_parts = rust_parts;
                container.children = children;
            }
        }
        if let Some(node) = self.stack.last_mut() {
            node.refers_to(data.around);
        }
    }

    /// An array of so many dimensions, which has so many bytes of data itself.
    fn count_array(&mut self, dimensions: u64, data: u64) {
        for build in Build::ALL {
            let (array, block) = Layout::of(build).array(dimensions);
            self.live.add_parts(build, array, 1);
            self.live.add_malloc(build, block);
            self.live.add_malloc(build, data);
        }
        self.live.note(1);
    }
}
