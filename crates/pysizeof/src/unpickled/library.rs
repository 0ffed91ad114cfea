//! What calling a class of the standard library makes.

use std::rc::Rc;

use num_bigint::BigInt;
use picklestream::pickle::Result;
use picklestream::pickle::event::IntSpelling;

use super::Unpickler;
use super::node::{Node, What};
use crate::build::Build;
use crate::class::Class;
use crate::kind::{Form, Type};
use crate::layout::Layout;
use crate::shape::{Int, Shape};

impl Unpickler {
    /// What a class makes of arguments; whether it is known. It takes the place of what
    /// is above `from`.
    pub(super) fn object_of(
        &mut self,
        class: Class,
        items: &[Node],
        arguments: Node,
        from: usize,
    ) -> Result<bool> {
        let shapes: Vec<Option<Shape>> = items.iter().map(Node::shape).collect();
        let numbers = self.numbers_of(class, &shapes);
        let is_known = match (class, &shapes[..]) {
            (Class::OrderedDict | Class::Namespace, []) => true,
            (Class::DefaultDict, [] | [_]) | (Class::Slice, [_, _, _]) => true,
            (Class::Counter, []) => true,
            (Class::Counter, [_]) => self.kind_of(&items[0]) == Some(Type::Dict),
            (Class::Deque, [] | [Some(Shape::Tuple(0))] | [Some(Shape::Tuple(0)), _]) => true,
            (Class::Deque, [_] | [_, _]) => self.kind_of(&items[0]) == Some(Type::List),
            (Class::Date | Class::Time, [_]) | (Class::DateTime, [_] | [_, _]) => true,
            (Class::TimeDelta, [_, _, _]) => true,
            (Class::TimeZone, [Some(Shape::Of(_))] | [Some(Shape::Of(_)), _]) => true,
            (Class::Decimal, [Some(Shape::Str(_))]) => true,
            (Class::Fraction | Class::Range, _) => numbers.is_some(),
            _ => false,
        };
        if !is_known {
            return Ok(false);
        }
        self.stack.truncate(from);
        self.drop_tuple(&arguments, items.len());
        if !arguments.is_fetched {
            // Of what is not told here, everything stays.
            let goes = match class {
                Class::Date | Class::DateTime | Class::Time => 1,
                Class::DefaultDict | Class::Decimal | Class::Fraction => items.len(),
                Class::Counter | Class::Deque | Class::TimeDelta => items.len(),
                _ => 0,
            };
            for item in &items[..goes] {
                self.uncount(item, arguments.is_put);
            }
        }
        match class {
            Class::OrderedDict => {
                self.live.add_unlinked();
                self.new_container(Type::OrderedDict).map(drop)
            }
            Class::DefaultDict => self.new_container(Type::DefaultDict).map(drop),
            Class::Counter => self.counter(items.first()),
            Class::Deque => self.deque(items.first()),
            Class::Namespace => {
                let name = self.name_of(class.name());
                self.instance_of(name, Form::Namespace)
            }
            Class::TimeDelta if shapes.iter().all(|shape| is_zero(*shape)) => {
                self.push_atom(Class::ZeroTimeDelta)
            }
            Class::TimeZone if shapes == [Some(Shape::Of(Class::ZeroTimeDelta))] => {
                self.utc(&items[0])
            }
            Class::Decimal => self.decimal(shapes[0]),
            Class::Fraction | Class::Range => {
                for number in numbers.iter().flatten() {
                    self.live.add(&Shape::Int(*number));
                }
                self.push_atom(class)
            }
            _ => self.push_atom(class),
        }?;
        if !arguments.is_kept && !arguments.is_fetched {
            for item in items {
                self.leave(item);
            }
        }
        Ok(true)
    }

    fn push_atom(&mut self, class: Class) -> Result<()> {
        self.push_new(Shape::Of(class), || format!("{}(…)", class.name()))
    }

    pub(super) fn kind_of(&self, node: &Node) -> Option<Type> {
        let What::Container(place) = node.what else {
            return None;
        };
        self.containers.get(place).map(|container| container.kind)
    }

    /// A Counter of a dict, whose table it gets; 2.7 makes one for all items at once.
    fn counter(&mut self, dict: Option<&Node>) -> Result<()> {
        let kind = Type::SubDict(self.name_of(Class::Counter.name()));
        let counter = self.new_container(kind)?;
        let Some(What::Container(dict)) = dict.map(|dict| dict.what) else {
            return Ok(());
        };
        let Some(dict) = self.containers.get(dict) else {
            return Ok(());
        };
        let (len, rust_parts, children) = (dict.len, dict.rust_parts, dict.children.clone());
        let dict = dict.table;
        if let Some(mut container) = self.containers.take_out(counter) {
            let mut table = container.table;
            table.merge(&dict, len);
            self.grow(&mut container, table);
            container.len = len;
            container.rust_parts = rust_parts;
            container.children = children;
            self.containers.put_back(counter, container);
        }
        Ok(())
    }

    /// A deque of a list, or without items.
    fn deque(&mut self, list: Option<&Node>) -> Result<()> {
        let deque = self.new_container(Type::Deque)?;
        for build in Build::ALL {
            let layout = Layout::of(build);
            self.live.add_parts(build, layout.deque(), 1);
            let blocks = layout.deque_blocks(0);
            self.live.add_parts(build, layout.deque_block(), blocks);
        }
        self.live.note(1);
        let Some(What::Container(list)) = list.map(|list| list.what) else {
            return Ok(());
        };
        let Some(list) = self.containers.get(list) else {
            return Ok(());
        };
        let (len, rust_parts, children) = (list.len, list.rust_parts, list.children.clone());
        self.add_blocks(0, len);
        if let Some(container) = self.containers.get_mut(deque) {
            container.len = len;
            container.rust_parts = rust_parts;
            container.children = children;
        }
        Ok(())
    }

    /// The blocks that a deque of `len` items gets when it has `new_len`.
    pub(super) fn add_blocks(&mut self, len: u64, new_len: u64) {
        for build in Build::ALL {
            let layout = Layout::of(build);
            let more = layout.deque_blocks(new_len) - layout.deque_blocks(len);
            self.live.add_parts(build, layout.deque_block(), more);
        }
    }

    /// `datetime.timezone.utc`, which exists once, with its offset.
    fn utc(&mut self, offset: &Node) -> Result<()> {
        let utc = Shape::Of(Class::Utc);
        let is_new = !std::mem::replace(&mut self.has_utc, true);
        self.push_atom(Class::Utc)?;
        if !is_new {
            self.live.sub(&utc);
            self.uncount(offset, false);
        }
        Ok(())
    }

    fn decimal(&mut self, text: Option<Shape>) -> Result<()> {
        let chars = match text {
            Some(Shape::Str(text)) => text.chars,
            _ => 0,
        };
        let coefficient = self.argument.trim_start_matches(['-', '+', '0', '.']);
        let coefficient = coefficient.split(['e', 'E']).next().unwrap_or_default();
        let digits = coefficient.bytes().filter(u8::is_ascii_digit).count() as u64;
        let is_known = !self.argument.is_empty();
        let digits = if is_known { digits } else { chars };
        for build in Build::ALL {
            let parts = Layout::of(build).decimal_digits(digits);
            self.live.add_parts(build, parts, 1);
        }
        self.push_new(Shape::Decimal(digits), || "Decimal(…)".to_owned())
    }

    /// The ints that an object of a class has, made of its arguments.
    fn numbers_of(&self, class: Class, shapes: &[Option<Shape>]) -> Option<Vec<Int>> {
        match (class, shapes) {
            (Class::Fraction, [Some(Shape::Int(numerator)), Some(Shape::Int(denominator))]) => {
                Some(reduced(*numerator, *denominator))
            }
            (Class::Fraction, [Some(Shape::Str(_))]) => {
                let text = &self.argument;
                let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
                Some(reduced(int_of(numerator)?, int_of(denominator)?))
            }
            // Its length.
            (
                Class::Range,
                [
                    Some(Shape::Int(start)),
                    Some(Shape::Int(stop)),
                    Some(Shape::Int(step)),
                ],
            ) => {
                let [start, stop, step] = [start, stop, step].map(|int| int.value.map(i128::from));
                let (start, stop, step) = (start?, stop?, step?);
                let distance = if step < 0 { start - stop } else { stop - start };
                let step = step.unsigned_abs().max(1);
                let len = u128::try_from(distance).map_or(0, |distance| distance.div_ceil(step));
                let len = i64::try_from(len).ok()?;
                Some(vec![Int::small(len, IntSpelling::Plain)])
            }
            _ => None,
        }
    }

    /// Keeps the text of the first argument of a call, where it says what the object
    /// takes.
    pub(super) fn keep_argument(&mut self, from: usize) {
        self.argument.clear();
        let is_looked_at = matches!(
            self.stack[from - 1].what,
            What::Class(Class::Decimal | Class::Fraction | Class::Dtype)
        );
        if is_looked_at && from < self.stack.len() {
            let text = self.recent_argument(from).map(Rc::<str>::from);
            self.argument.push_str(text.as_deref().unwrap_or_default());
        }
    }
}

/// Numerator and denominator, after both were divided by what they have in common:
/// if one is Python 2's `long`, both are.
fn reduced(numerator: Int, denominator: Int) -> Vec<Int> {
    let both = [numerator, denominator];
    let spelling = match both.iter().all(|int| int.value.is_some()) {
        true => IntSpelling::Plain,
        false => IntSpelling::LongText,
    };
    both.map(|int| int.spelt(spelling)).into()
}

fn is_zero(shape: Option<Shape>) -> bool {
    matches!(shape, Some(Shape::Int(int)) if int.value == Some(0))
}

fn int_of(digits: &str) -> Option<Int> {
    if let Ok(value) = digits.parse() {
        return Some(Int::small(value, IntSpelling::Plain));
    }
    let value: BigInt = digits.parse().ok()?;
    Some(Int::wide(&value, IntSpelling::Plain))
}
