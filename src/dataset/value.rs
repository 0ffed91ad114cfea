//! Records of which nobody wrote the type: whatever a file holds.

use picklestream::value::{Object, Value};

use super::columns::NoColumns;
use super::{Measured, Record, RecordKind};

impl Record for Value {
    const KIND: RecordKind = RecordKind::Any;
    type Borrowed<'file> = Value;
}

impl Measured for Value {
    type Columns = NoColumns;

    fn owned_bytes(&self) -> usize {
        owned_bytes(self)
    }
}

/// Heap bytes that belong to a value beyond its own `size_of`, tight.
pub(super) fn owned_bytes(value: &Value) -> usize {
    match value {
        Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Complex(..) => 0,
        Value::BigInt(int) => {
            let words = usize::try_from(int.bits().div_ceil(64)).unwrap_or(usize::MAX / 8);
            size_of_val(&**int) + words * size_of::<u64>()
        }
        Value::Str(text) => text.len(),
        Value::Surrogates(text) => text.as_bytes().len(),
        Value::Bytes(bytes) | Value::ByteArray(bytes) => bytes.len(),
        Value::Tuple(items) | Value::List(items) | Value::Set(items) | Value::FrozenSet(items) => {
            of_items(items)
        }
        Value::Dict(pairs) => of_pairs(pairs),
        Value::Object(object) => {
            let Object {
                args,
                kwargs,
                states,
                items,
                pairs,
                ..
            } = &**object;
            let lists = [args, states, items].map(|items| of_items(items));
            size_of::<Object>() + lists.iter().sum::<usize>() + of_pairs(kwargs) + of_pairs(pairs)
        }
    }
}

fn of_items(items: &[Value]) -> usize {
    size_of_val(items) + items.iter().map(owned_bytes).sum::<usize>()
}

fn of_pairs(pairs: &[(Value, Value)]) -> usize {
    let within = pairs.iter();
    let within = within.map(|(key, item)| owned_bytes(key) + owned_bytes(item));
    size_of_val(pairs) + within.sum::<usize>()
}
