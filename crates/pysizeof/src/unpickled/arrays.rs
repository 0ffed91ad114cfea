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
    pub(super) fn are_dimensions(&self, from: usize) -> bool {
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
            (Class::Dtype, 3) => {
                let mut chars = self.argument.chars();
                let kind = chars.next().unwrap_or('V');
                chars
                    .as_str()
                    .parse()
                    .ok()
                    .map(|size| Type::Dtype(kind, size))
            }
            (Class::Scalar, 2) => dtype(0)
                .filter(|kind| matches!(kind, Type::Dtype(kind, _) if "fiubcmM".contains(*kind))),
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
                // A scalar keeps no dtype; one that came for it is garbage.
                if !items[0].is_fetched && !arguments.is_fetched {
                    self.give_up_dtype();
                }
                let has_unit = matches!(kind, 'm' | 'M');
                let scalar = Shape::Scalar(size, has_unit);
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

    /// Takes back what was counted of a dtype that only the memo keeps.
    fn give_up_dtype(&mut self) {
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
            for item in others {
                if let What::Shape(Shape::Tuple(_)) = item.what
                    && !is_array
                {
                    // Names of fields.
                    continue;
                }
                if let What::Shape(_) = item.what {
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
