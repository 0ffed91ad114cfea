//! Lists mixed with `None` and with dicts within each other: what JSON makes of
//! programs' objects.
//!
//! A dict's keys are in alphabetical order, so that a format which sorts them
//! loses nothing.

use picklestream::value::Value;
use serde::{Deserialize, Serialize};

use super::builtin::{Builtin, Drawn};
use super::columns::NoColumns;
use super::draw::Draw;
use super::shape::Shape;
use super::value::owned_bytes;
use super::{Measured, Record, RecordKind, Typed};

/// Containers within containers, the record itself counted.
const DEPTH: u32 = 4;

/// A record of [`Shape::Objects`]: a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Object(pub Value);

impl Record for Object {
    const KIND: RecordKind = RecordKind::Built(Shape::Objects);
    type Borrowed<'file> = Object;
    const SHARES_STRINGS: bool = true;
}

impl Typed for Object {}

impl Measured for Object {
    type Columns = NoColumns;

    fn owned_bytes(&self) -> usize {
        owned_bytes(&self.0)
    }
}

impl Builtin for Object {
    const SHAPE: Shape = Shape::Objects;
    type Source = Drawn<Object>;

    fn source(records: u64, seed: u64) -> Drawn<Object> {
        Drawn::new(Shape::Objects, records, seed, |draw, _| {
            Object(list(draw, DEPTH))
        })
    }
}

fn list(draw: &mut Draw, depth: u32) -> Value {
    let len = draw.between(2, 4);
    Value::List((0..len).map(|_| item(draw, depth - 1)).collect())
}

fn dict(draw: &mut Draw, depth: u32) -> Value {
    const KEYS: [&str; 4] = ["count", "items", "name", "parent"];
    let len = draw.between(1, 4) as usize;
    let keys = KEYS.iter().take(len);
    let pairs = keys.map(|key| (Value::Str((*key).to_owned()), item(draw, depth - 1)));
    Value::Dict(pairs.collect())
}

/// With room for `depth` more containers.
fn item(draw: &mut Draw, depth: u32) -> Value {
    let kinds = if depth == 0 { 5 } else { 8 };
    match draw.below(kinds) {
        0 => Value::None,
        1 => Value::Int(draw.below(1000).into()),
        2 => Value::Float(draw.float()),
        3 => Value::Bool(draw.below(2) == 1),
        4 => {
            let len = draw.between(3, 12);
            Value::Str(draw.letters(len, b'a', 26))
        }
        5 | 6 => dict(draw, depth),
        _ => list(draw, depth),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(value: &Value) -> u32 {
        match value {
            Value::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
            Value::Dict(pairs) => 1 + pairs.iter().map(|(_, item)| depth(item)).max().unwrap_or(0),
            _ => 0,
        }
    }

    #[test]
    fn they_are_nested_to_the_depth_that_is_told() {
        let depths: Vec<u32> = Object::source(2_000, 1).map(|it| depth(&it.0)).collect();
        assert_eq!(depths.iter().max(), Some(&DEPTH));
        assert_eq!(depths.iter().min(), Some(&1));
    }
}
