//! For random values: only what can be a key in Python is one, and each once.

use std::collections::HashSet;

use picklestream::value::Value;

/// The items of a set made of `items`.
pub fn items(items: Vec<Value>) -> Vec<Value> {
    let mut seen = HashSet::new();
    let is_new = |item: &Value| coarse(item).is_some_and(|name| seen.insert(name));
    items.into_iter().filter(is_new).collect()
}

/// The items of a dict made of `pairs`.
pub fn pairs(pairs: Vec<(Value, Value)>) -> Vec<(Value, Value)> {
    let mut seen = HashSet::new();
    let is_new = |(key, _): &(Value, Value)| coarse(key).is_some_and(|name| seen.insert(name));
    pairs.into_iter().filter(is_new).collect()
}

/// The same text for keys that Python finds equal, and now and then for others;
/// `None` where it finds none.
fn coarse(key: &Value) -> Option<String> {
    let all = |items: &[Value]| items.iter().map(coarse).collect::<Option<Vec<String>>>();
    Some(match key {
        Value::None => "None".to_owned(),
        Value::Bool(value) => format!("{:e}", f64::from(u8::from(*value))),
        Value::Int(value) => format!("{:e}", *value as f64 + 0.0),
        Value::BigInt(value) => format!("{:e}", value.to_string().parse::<f64>().ok()?),
        Value::Float(value) => format!("{:e}", value + 0.0),
        Value::Complex(real, 0.0) => format!("{:e}", real + 0.0),
        Value::Complex(real, imaginary) => format!("{:e} {:e}", real + 0.0, imaginary + 0.0),
        Value::Str(text) => format!("{text:?}"),
        Value::Bytes(bytes) => format!("b{bytes:?}"),
        Value::Tuple(items) => format!("tuple{:?}", all(items)?),
        Value::FrozenSet(items) => {
            let mut items = all(items)?;
            items.sort();
            format!("set{items:?}")
        }
        _ => return None,
    })
}
