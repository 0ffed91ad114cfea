//! What becomes of objects that are not known.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use crate::value::{Made, Object, Value};

use super::parts::class_of;
use super::{Known, containers, each_inner, read};

/// What to do with an object that is not in the table of known data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Policy {
    /// The record is an error, which names the class.
    #[default]
    Refuse,
    /// It becomes a dict: `"__class__"` first, its dotted name; then what there is of
    /// `"__args__"` (a list), `"__kwargs__"`, `"__items__"` (what was appended or
    /// added), `"__pairs__"` (keys and values that were set), `"__state__"` (a state
    /// that is no dict); and then the fields of its state, those in slots too. A
    /// class or function itself becomes its dotted name.
    Fields,
    /// It becomes `None`.
    Null,
    /// The record that it lies in is left out.
    Skip,
}

/// An object, or more of one class, that a record was refused for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The class of the first one, by its dotted name.
    pub class: String,
    /// How many of this class there are in the record.
    pub count: u64,
    /// Where the first one lies in the record, such as `users[3].created`; empty if
    /// it is the record.
    pub path: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object of class {}", self.class)?;
        if !self.path.is_empty() {
            write!(f, " at {}", self.path)?;
        }
        match self.count {
            0 | 1 => Ok(()),
            count => write!(f, ", {count} of them in this record"),
        }
    }
}

impl std::error::Error for Refusal {}

/// What was met in all records so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// What plain formats write as strings though it is none, by what it is:
    /// `datetime.date`, `decimal.Decimal`.
    pub strings: BTreeMap<String, u64>,
    /// Objects that are not known, by the dotted names of their classes.
    pub unknown: BTreeMap<String, u64>,
    /// Records that were left out.
    pub skipped: u64,
}

impl Tally {
    /// How many strings there are for what is no string.
    #[must_use]
    pub fn strings(&self) -> u64 {
        self.strings.values().sum()
    }
}

impl Policy {
    /// Makes of a record what the policy says. `None` if it is left out.
    ///
    /// Known data stays as it is, but for named tuples, which become tuples; what
    /// lies in it is treated like the rest. A record without objects is looked at
    /// and not changed, and needs no memory for that.
    ///
    /// # Errors
    ///
    /// Under [`Policy::Refuse`], if there is an object that is not known.
    pub fn apply(self, record: Value, tally: &mut Tally) -> Result<Option<Value>, Refusal> {
        let mut record = record;
        let mut pass = Pass {
            policy: self,
            tally,
            path: Vec::new(),
            refused: None,
        };
        pass.value(&mut record);
        match pass.refused {
            None => Ok(Some(record)),
            Some(_) if self == Policy::Skip => {
                tally.skipped += 1;
                Ok(None)
            }
            Some(refusal) => Err(refusal),
        }
    }
}

/// One step from a value to one that lies in it.
enum Step {
    Index(usize),
    Key(String),
}

struct Pass<'t> {
    policy: Policy,
    tally: &'t mut Tally,
    path: Vec<Step>,
    refused: Option<Refusal>,
}

impl Pass<'_> {
    fn value(&mut self, value: &mut Value) {
        match value {
            Value::List(items)
            | Value::Tuple(items)
            | Value::Set(items)
            | Value::FrozenSet(items) => self.items(items),
            Value::Dict(pairs) => {
                for (key, inner) in pairs {
                    if is_plain(key) && is_plain(inner) {
                        continue;
                    }
                    self.path.push(Step::Key(shown(key)));
                    self.value(key);
                    self.value(inner);
                    self.path.pop();
                }
            }
            Value::Object(_) => self.object(value),
            _ => {}
        }
    }

    fn items(&mut self, items: &mut [Value]) {
        for (n, item) in items.iter_mut().enumerate() {
            if is_plain(item) {
                continue;
            }
            self.path.push(Step::Index(n));
            self.value(item);
            self.path.pop();
        }
    }

    fn object(&mut self, value: &mut Value) {
        let Value::Object(object) = value else {
            return;
        };
        if let Some(list) = containers::named_tuple(object) {
            let mut items: Vec<Value> = list.items.cloned().collect();
            self.items(&mut items);
            *value = Value::Tuple(items);
            return;
        }
        let class = match read(object) {
            // A table is only known where all of its columns are.
            Some(Known::Frame(frame)) if !frame.refused().is_empty() => {
                frame.refused()[0].class.clone()
            }
            Some(known) => {
                let strings = known.strings();
                if strings > 0 {
                    let class = class_of(object);
                    *self.tally.strings.entry(class).or_default() += strings;
                }
                let mut n = 0;
                let _ = each_inner(object, &mut |inner| {
                    if !is_plain(inner) {
                        self.path.push(Step::Index(n));
                        self.value(inner);
                        self.path.pop();
                    }
                    n += 1;
                    Ok::<(), fmt::Error>(())
                });
                return;
            }
            None => class_of(object),
        };
        self.unknown(value, class);
    }

    fn unknown(&mut self, value: &mut Value, class: String) {
        *self.tally.unknown.entry(class.clone()).or_default() += 1;
        match self.policy {
            Policy::Null => *value = Value::None,
            Policy::Fields => {
                if let Value::Object(object) = std::mem::replace(value, Value::None) {
                    *value = fields(*object);
                }
                self.value(value);
            }
            Policy::Refuse | Policy::Skip => match &mut self.refused {
                Some(refusal) if refusal.class == class => refusal.count += 1,
                Some(_) => {}
                None => {
                    self.refused = Some(Refusal {
                        class,
                        count: 1,
                        path: self.path(),
                    });
                }
            },
        }
    }

    /// The way to where the pass is: `users[3].created`.
    fn path(&self) -> String {
        let mut out = String::new();
        for step in &self.path {
            let _ = match step {
                Step::Index(n) => write!(out, "[{n}]"),
                Step::Key(key) if out.is_empty() || key.starts_with('[') => write!(out, "{key}"),
                Step::Key(key) => write!(out, ".{key}"),
            };
            if out.len() > 200 {
                out = out.chars().take(200).chain(['…']).collect();
                break;
            }
        }
        out
    }
}

/// Whether no object can lie in a value.
fn is_plain(value: &Value) -> bool {
    !matches!(
        value,
        Value::List(_)
            | Value::Tuple(_)
            | Value::Set(_)
            | Value::FrozenSet(_)
            | Value::Dict(_)
            | Value::Object(_)
    )
}

/// A key as a step of a path: `name`, or `['a key.with dots']`.
fn shown(key: &Value) -> String {
    let is_name = |text: &str| {
        !text.is_empty()
            && text.chars().all(|c| c.is_alphanumeric() || c == '_')
            && !text.starts_with(|c: char| c.is_ascii_digit())
    };
    match key {
        Value::Str(text) if is_name(text) && text.len() <= 100 => text.clone(),
        Value::Str(_) | Value::Int(_) => {
            let key = crate::literal::to_string(key).unwrap_or_default();
            let short: String = key.chars().take(100).collect();
            format!("[{short}]")
        }
        other => format!("[{}]", other.type_name()),
    }
}

/// An object as a dict of what is known of it.
fn fields(object: Object) -> Value {
    let class = object.class_name();
    if let Made::Global(_) = object.made {
        return Value::Str(class);
    }
    let text = |text: &str| Value::Str(text.to_owned());
    let mut pairs = vec![(text("__class__"), Value::Str(class))];
    if !object.args.is_empty() {
        pairs.push((text("__args__"), Value::List(object.args)));
    }
    if !object.kwargs.is_empty() {
        pairs.push((text("__kwargs__"), Value::Dict(object.kwargs)));
    }
    if !object.items.is_empty() {
        pairs.push((text("__items__"), Value::List(object.items)));
    }
    if !object.pairs.is_empty() {
        pairs.push((text("__pairs__"), Value::Dict(object.pairs)));
    }
    for state in object.states {
        match state {
            Value::Dict(fields) => pairs.extend(fields),
            Value::None => {}
            Value::Tuple(parts) if is_slots(&parts) => {
                for part in parts {
                    if let Value::Dict(fields) = part {
                        pairs.extend(fields);
                    }
                }
            }
            other => pairs.push((text("__state__"), other)),
        }
    }
    Value::Dict(pairs)
}

/// Whether a state is that of a class with slots: `__dict__`, and the slots.
fn is_slots(parts: &[Value]) -> bool {
    matches!(
        parts,
        [Value::Dict(_) | Value::None, Value::Dict(_)] | [Value::Dict(_), Value::None]
    )
}
