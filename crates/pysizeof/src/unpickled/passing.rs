//! What stands for an array in a file of joblib until the array comes in its place: an
//! object with the shape and the type, which goes by `POP`.
//!
//! Source: joblib, `NumpyArrayWrapper` in `joblib/numpy_pickle.py`. As a plain pickle such
//! a file has it as an instance of `numpy.ndarray`, which numpy itself never writes.

use super::Unpickler;
use super::node::What;
use crate::kind::Type;
use crate::shape::Shape;

const ARRAY: &str = "numpy.ndarray";

impl Unpickler {
    /// An object of the class whose name is at a place was pushed.
    pub(super) fn note_passing(&mut self, name: u32) {
        if self.name(name) == ARRAY {
            self.passing = Some((self.stack.len() - 1, self.numbers));
        }
    }

    /// Whether it is on the stack: what comes is its state.
    pub(super) fn is_passing(&self) -> bool {
        let Some((place, number)) = self.passing else {
            return false;
        };
        match self.stack.get(place).map(|node| node.what) {
            Some(What::Container(place)) => {
                let container = self.containers.get(place);
                container.is_some_and(|container| container.number == number)
            }
            _ => false,
        }
    }

    /// The items above `from` go into a container, which is at `under` of the stack:
    /// they are garbage soon, if it is that object or its state. The type of the elements,
    /// which the array has too, is in the memo.
    pub(super) fn drop_passing_state(&mut self, container: u64, from: usize, under: usize) {
        let Some((place, number)) = self.passing else {
            return;
        };
        let is_it = container == number;
        if !is_it && (under != place + 1 || !self.is_passing()) {
            return;
        }
        for place in from..self.stack.len() {
            let node = self.stack[place];
            let is_dict = is_it && self.kind_of(&node) == Some(Type::Dict);
            if !node.is_kept && (is_dict || matches!(node.what, What::Shape(_))) {
                self.uncount(&node, false);
            }
        }
    }

    /// The ints above `from` become its shape.
    pub(super) fn drop_passing_dimensions(&mut self, from: usize) {
        let are_in_state = self.passing.is_some_and(|(place, _)| {
            let are_ints = self.stack[from..]
                .iter()
                .all(|node| matches!(node.what, What::Shape(Shape::Int(_))));
            are_ints && self.marks.floor() == place + 2
        });
        if are_in_state && self.is_passing() {
            for place in from..self.stack.len() {
                let size = self.stack[place];
                self.uncount(&size, false);
            }
        }
    }

    /// The object at a place of the stack is dropped.
    pub(super) fn end_passing(&mut self, place: usize) {
        if self.passing.is_some_and(|(its, _)| its == place) && self.is_passing() {
            let node = self.stack[place];
            if let Some(Type::Opaque(name)) = self.kind_of(&node) {
                let name = &mut self.names[name as usize];
                name.unknown = name.unknown.saturating_sub(1);
            }
            self.forget_branch(&node);
            self.passing = None;
        }
    }
}
