//! A literal as CPython compiles and evaluates it, as one code object: the
//! displays of containers as their opcodes fill them, and equal constants once.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use picklestream::pickle::event::{IntSpelling, StrSpelling};
use picklestream::value::Value;

use super::build::{Build, Sizes};
use super::container::{Container, Kind};
use super::error::Error;
use super::growth::{ListRule, SetRule};
use super::layout::{Display, Layout, Memory, STACK_GUIDELINE};
use super::object::{self, Object};
use super::parts::parts_of;
use super::rust;
use super::shape::{Int, Shape};
use super::sizing::{Made, Sizing};

/// Keys and values that a dict display loads at once: half the guideline.
const MOST_PAIRS: u64 = STACK_GUIDELINE / 2;

pub(super) fn size(value: &Value, memory: Memory) -> Result<Sizing, Error> {
    let mut compiler = Compiler {
        memory,
        seen: HashSet::new(),
        total: Sizes::default(),
        rust_total: 0,
    };
    let root = compiler.object(value)?;
    let parts = parts_of(&root, memory, compiler.total);
    Ok(Sizing {
        record_total: root.record,
        root,
        total: compiler.total,
        rust_total: Some(compiler.rust_total),
        unknown: Vec::new(),
        instances: Vec::new(),
        is_recursive: false,
        cut_short: None,
        cost: None,
        parts: Some(parts),
        made: Made::Compiled,
        memory,
    })
}

struct Compiler {
    memory: Memory,
    /// Constants so far, of Python 2 and of Python 3.
    seen: HashSet<(bool, String)>,
    total: Sizes,
    rust_total: u64,
}

impl Compiler {
    fn object(&mut self, value: &Value) -> Result<Rc<Object>, Error> {
        let mut object = match value {
            Value::List(items) => self.list(items)?,
            Value::Dict(pairs) => self.dict(pairs)?,
            Value::Set(items) => self.set(items, Kind::Set)?,
            Value::FrozenSet(items) => self.set(items, Kind::FrozenSet)?,
            Value::Tuple(items) => self.tuple(items)?,
            _ => self.leaf(value),
        };
        self.count(value, &mut object);
        Ok(Rc::new(object))
    }

    /// Adds it to the totals of those builds in which it is a new object.
    fn count(&mut self, value: &Value, object: &mut Object) {
        let python_2 = constant_of_python_2(value).map(|key| (false, key));
        let python_3 = constant_of_python_3(value).map(|key| (true, key));
        let is_new_in_2 = python_2.is_none_or(|key| self.seen.insert(key));
        let is_new_in_3 = python_3.is_none_or(|key| self.seen.insert(key));
        let one_empty = matches!(value, Value::FrozenSet(items) if items.is_empty());
        let repeated = one_empty && !self.seen.insert((true, "frozenset()".to_owned()));
        self.total += Sizes::each(|build| {
            let layout = Layout::of(build);
            let is_new = if layout.plain_int_bits.is_some() {
                is_new_in_2
            } else {
                is_new_in_3
            };
            let is_that = repeated && layout.one_empty_frozenset;
            if is_new && !is_that {
                object.bytes.of(build)
            } else {
                0
            }
        });
        self.rust_total += object.rust;
        object.counted_before = !is_new_in_3;
    }

    fn leaf(&self, value: &Value) -> Object {
        let shape = shape(value);
        let text = match value {
            Value::Str(text) => object::text_repr(text),
            Value::Bytes(bytes) => object::bytes_repr(bytes),
            Value::ByteArray(bytes) => format!("bytearray({})", object::bytes_repr(bytes)),
            other => picklestream::literal::to_string(other).unwrap_or_default(),
        };
        Object {
            type_name: value.type_name().into(),
            text: object::cut(text, object::MOST_TEXT),
            bytes: shape.sizes(self.memory),
            rust: rust::own(shape),
            record: None,
            len: 0,
            children: Vec::new(),
            counted_before: false,
            number: 0,
            height: 0,
        }
    }

    fn tuple(&mut self, items: &[Value]) -> Result<Object, Error> {
        let shape = Shape::Tuple(items.len() as u64);
        let children = self.objects(items)?;
        Ok(Object {
            type_name: "tuple".into(),
            text: String::new(),
            bytes: shape.sizes(self.memory),
            rust: rust::VALUE,
            record: record(items),
            len: items.len() as u64,
            counted_before: false,
            number: 0,
            height: Object::height_above(&children),
            children,
        })
    }

    fn objects<'v>(
        &mut self,
        items: impl IntoIterator<Item = &'v Value>,
    ) -> Result<Vec<Rc<Object>>, Error> {
        items.into_iter().map(|item| self.object(item)).collect()
    }

    fn list(&mut self, items: &[Value]) -> Result<Object, Error> {
        let mut list = Container::new(Kind::List);
        let len = items.len() as u64;
        let constant = items.iter().all(is_constant);
        list.fill_list(len);
        list.slots = Sizes::each(|build| {
            let layout = Layout::of(build);
            if layout.display.extends(len, constant) {
                // Extended in place, to an even number of slots.
                len.next_multiple_of(2)
            } else if layout.display != Display::Build && len > STACK_GUIDELINE {
                one_by_one(layout.list_rule, len)
            } else {
                len
            }
        });
        list.records = items
            .iter()
            .map(|item| match item {
                Value::Tuple(items) => record(items),
                _ => None,
            })
            .sum();
        list.children = self.objects(items)?;
        Ok(list.object(self.memory))
    }

    fn set(&mut self, items: &[Value], kind: Kind) -> Result<Object, Error> {
        let mut distinct = Distinct::default();
        for item in items {
            distinct.add(item)?;
        }
        let kept = distinct.items();
        let (written, len) = (items.len() as u64, kept.len() as u64);
        let constant = items.iter().all(is_constant);
        let mut set = Container::new(kind);
        set.len = len;
        set.slots = Sizes::each(|build| {
            let layout = Layout::of(build);
            let rule: SetRule = layout.set_rule;
            let from_set = layout.display.extends(written, constant);
            match set.kind {
                // The call makes it of the set that the display makes.
                Kind::FrozenSet => rule.of_set(len),
                _ if from_set => rule.of_set(len),
                _ => rule.of_items(len),
            }
        });
        set.children = self.objects(kept)?;
        Ok(set.object(self.memory))
    }

    fn dict(&mut self, pairs: &[(Value, Value)]) -> Result<Object, Error> {
        let mut distinct = Distinct::default();
        let mut values: Vec<&Value> = Vec::new();
        for (key, value) in pairs {
            // The first key stays, the last value wins.
            match distinct.add(key)? {
                place if place < values.len() => values[place] = value,
                _ => values.push(value),
            }
        }
        let keys = distinct.items();
        let written = pairs.len() as u64;
        let all_text = pairs.iter().all(|(key, _)| matches!(key, Value::Str(_)));
        let mut dict = Container::new(Kind::Dict);
        for build in Build::ALL {
            if Layout::of(build).display == Display::Build || written <= MOST_PAIRS {
                dict.presize_dict(written, all_text, build);
            }
        }
        for key in &keys {
            dict.add_to_dict(matches!(key, Value::Str(_)));
        }
        let both = keys.into_iter().zip(values);
        dict.children = self.objects(both.flat_map(|(key, value)| [key, value]))?;
        Ok(dict.object(self.memory))
    }
}

impl Display {
    /// Whether a display of so many items, all of them constants or not,
    /// extends an empty container with one constant.
    fn extends(&self, len: u64, constant: bool) -> bool {
        let enough = constant && len > 2;
        match self {
            Display::Build => false,
            Display::Extend => enough,
            Display::ExtendFew => enough && len <= STACK_GUIDELINE,
        }
    }
}

/// The slots of a list to which `len` items were appended one by one.
fn one_by_one(rule: ListRule, len: u64) -> u64 {
    (0..len).fold(0, |slots, len| rule.resize(slots, len, len + 1))
}

fn shape(value: &Value) -> Shape {
    match value {
        Value::None => Shape::None,
        Value::Bool(value) => Shape::Bool(*value),
        Value::Int(value) => Shape::Int(match i64::try_from(*value) {
            Ok(value) => Int::small(value, IntSpelling::Plain),
            Err(_) => Int::wide(&(*value).into(), IntSpelling::Plain),
        }),
        Value::BigInt(value) => Shape::Int(Int::wide(value, IntSpelling::Plain)),
        Value::Float(_) => Shape::Float,
        Value::Complex(..) => Shape::Complex,
        Value::Str(text) => Shape::str(text, StrSpelling::Bytes),
        Value::Bytes(bytes) => Shape::bytes(bytes),
        Value::ByteArray(bytes) => Shape::ByteArray(bytes.len() as u64),
        Value::Tuple(items) | Value::List(items) | Value::Set(items) | Value::FrozenSet(items) => {
            Shape::Tuple(items.len() as u64)
        }
        Value::Dict(pairs) => Shape::Tuple(pairs.len() as u64),
        // Python keeps the surrogates as it keeps other characters of two bytes.
        Value::Surrogates(text) => {
            let text: String = text
                .code_points()
                .map(|point| char::from_u32(point).unwrap_or('\u{fffd}'))
                .collect();
            Shape::str(&text, StrSpelling::Unicode)
        }
        // No literal holds one.
        Value::Object(_) => Shape::None,
    }
}

fn record(items: &[Value]) -> Option<u64> {
    let items: &[Value; 3] = items.try_into().ok()?;
    rust::record(items.each_ref().map(shape))
}

/// Whether the compiler makes one constant of it.
fn is_constant(value: &Value) -> bool {
    match value {
        Value::Tuple(items) => items.iter().all(is_constant),
        Value::List(_)
        | Value::Dict(_)
        | Value::Set(_)
        | Value::FrozenSet(_)
        | Value::ByteArray(_) => false,
        _ => true,
    }
}

/// Constants of the same key are one object in Python 3: equal ones of the
/// same type, zeros of the same sign, and tuples of such.
fn constant_of_python_3(value: &Value) -> Option<String> {
    if !is_constant(value) {
        return None;
    }
    picklestream::literal::to_string(value).ok()
}

/// The same in Python 2, which makes a tuple that it has folded, and the sum
/// that a complex is, anew each time; and to which text is bytes.
fn constant_of_python_2(value: &Value) -> Option<String> {
    match value {
        Value::Tuple(items) if !items.is_empty() => None,
        Value::Complex(real, _) if *real != 0.0 => None,
        Value::Str(text) => Some(format!("{:?}", text.as_bytes())),
        Value::Bytes(bytes) => Some(format!("{bytes:?}")),
        other => constant_of_python_3(other),
    }
}

/// The distinct keys of a dict or items of a set, in their order.
#[derive(Default)]
struct Distinct<'v> {
    places: HashMap<String, usize>,
    items: Vec<&'v Value>,
}

impl<'v> Distinct<'v> {
    /// The place of the value among the distinct ones, to which it is added
    /// if it equals none of them.
    fn add(&mut self, value: &'v Value) -> Result<usize, Error> {
        let next = self.items.len();
        let place = *self.places.entry(equality(value)?).or_insert(next);
        if place == next {
            self.items.push(value);
        }
        Ok(place)
    }

    fn items(self) -> Vec<&'v Value> {
        self.items
    }
}

/// Equal for values that Python takes to be equal, and for no others:
/// `1 == 1.0 == True`.
fn equality(value: &Value) -> Result<String, Error> {
    let all =
        |items: &[Value]| -> Result<Vec<String>, Error> { items.iter().map(equality).collect() };
    Ok(match value {
        Value::Bool(value) => format!("n{}", i32::from(*value)),
        Value::Int(value) => format!("n{value}"),
        Value::BigInt(value) => format!("n{value}"),
        Value::Complex(real, imaginary) if *imaginary == 0.0 => equality(&Value::Float(*real))?,
        // An i128 holds it exactly below 2^127.
        Value::Float(value) if value.fract() == 0.0 && value.abs() < 1.7e38 => {
            format!("n{}", *value as i128)
        }
        Value::Tuple(items) => format!("({:?})", all(items)?),
        Value::FrozenSet(items) => {
            let mut items = all(items)?;
            items.sort();
            items.dedup();
            format!("f{items:?}")
        }
        Value::List(_) | Value::Dict(_) | Value::Set(_) | Value::ByteArray(_) => {
            return Err(Error::Unhashable(value.type_name()));
        }
        other => picklestream::literal::to_string(other).unwrap_or_default(),
    })
}
