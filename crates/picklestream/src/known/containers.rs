//! Dicts, lists and tuples by other names.

use crate::value::{Made, Object, Value};

use super::Known;
use super::Part;
use super::parts::{
    dict, int, is_bare, is_builtin, is_filled, reconstructed, sequence, state, tuple,
};

/// Keys and values of one of Python's dicts.
#[derive(Debug, Clone)]
pub struct Pairs<'a>(Source<'a>);

#[derive(Debug, Clone)]
enum Source<'a> {
    Pairs(std::slice::Iter<'a, (Value, Value)>),
    /// Lists or tuples of two: what Python 2 writes of an `OrderedDict`.
    Lists(std::slice::Iter<'a, Value>),
}

impl<'a> Pairs<'a> {
    pub(super) fn new(pairs: &'a [(Value, Value)]) -> Pairs<'a> {
        Pairs(Source::Pairs(pairs.iter()))
    }

    /// Out of lists of two, if each of them is one.
    fn of_lists(lists: &'a [Value]) -> Option<Pairs<'a>> {
        let all_pairs = lists
            .iter()
            .all(|list| sequence(list).is_some_and(|pair| pair.len() == 2));
        all_pairs.then(|| Pairs(Source::Lists(lists.iter())))
    }
}

impl<'a> Iterator for Pairs<'a> {
    type Item = (&'a Value, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Source::Pairs(pairs) => pairs.next().map(|(key, value)| (key, value)),
            Source::Lists(lists) => match sequence(lists.next()?) {
                Some([key, value]) => Some((key, value)),
                _ => None,
            },
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Source::Pairs(pairs) => pairs.size_hint(),
            Source::Lists(lists) => lists.size_hint(),
        }
    }
}

impl ExactSizeIterator for Pairs<'_> {}

/// Items of one of Python's lists or tuples.
#[derive(Debug, Clone)]
pub struct Items<'a> {
    first: &'a [Value],
    then: &'a [Value],
}

impl<'a> Items<'a> {
    pub(super) fn new(items: &'a [Value]) -> Items<'a> {
        Items {
            first: items,
            then: &[],
        }
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = &'a Value;

    fn next(&mut self) -> Option<&'a Value> {
        if self.first.is_empty() {
            self.first = std::mem::take(&mut self.then);
        }
        let (item, rest) = self.first.split_first()?;
        self.first = rest;
        Some(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = self.first.len() + self.then.len();
        (len, Some(len))
    }
}

impl ExactSizeIterator for Items<'_> {}

/// What a dict is besides a dict.
#[derive(Debug, Clone, Copy)]
pub(super) enum DictKind<'a> {
    OrderedDict,
    /// With what makes a missing value.
    DefaultDict(&'a Value),
    Counter,
    Namespace,
}

/// `OrderedDict()` and its items; `OrderedDict([[key, value], …])` in Python 2.
pub(super) fn ordered_dict<'a>(object: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    if !object.states.is_empty() || !object.items.is_empty() || !object.kwargs.is_empty() {
        return None;
    }
    let pairs = match args {
        [] => Pairs::new(&object.pairs),
        [lists] if object.pairs.is_empty() => Pairs::of_lists(sequence(lists)?)?,
        _ => return None,
    };
    Some(Known::Dict(Dict {
        kind: DictKind::OrderedDict,
        pairs,
    }))
}

/// `defaultdict(factory)` and its items.
pub(super) fn default_dict<'a>(object: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    if !object.states.is_empty() || !object.items.is_empty() || !object.kwargs.is_empty() {
        return None;
    }
    let factory = match args {
        [] => &Value::None,
        // It is named, and never called: any class or function will do.
        [factory @ (Value::None | Value::Object(_))] => factory,
        _ => return None,
    };
    Some(Known::Dict(Dict {
        kind: DictKind::DefaultDict(factory),
        pairs: Pairs::new(&object.pairs),
    }))
}

/// `Counter({…})`.
pub(super) fn counter<'a>(object: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    let pairs = match args {
        [counts] if is_bare(object) => dict(counts)?,
        _ => return None,
    };
    Some(Known::Dict(Dict {
        kind: DictKind::Counter,
        pairs: Pairs::new(pairs),
    }))
}

/// `SimpleNamespace()` with its fields as state.
pub(super) fn namespace<'a>(object: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    if !args.is_empty() {
        return None;
    }
    let pairs = match object.states.as_slice() {
        [] if is_filled(object) => &[],
        _ => dict(state(object)?)?,
    };
    Some(Known::Dict(Dict {
        kind: DictKind::Namespace,
        pairs: Pairs::new(pairs),
    }))
}

/// A dict of one of Python's kinds.
#[derive(Debug, Clone)]
pub struct Dict<'a> {
    pub(super) kind: DictKind<'a>,
    /// Its keys and values, in the order of the pickle.
    pub pairs: Pairs<'a>,
}

impl<'a> Dict<'a> {
    pub(super) fn python(&self) -> Part<'a> {
        let pairs = Part::Pairs(self.pairs.clone());
        let is_empty = self.pairs.len() == 0;
        match self.kind {
            DictKind::OrderedDict if is_empty => Part::Code("OrderedDict()".to_owned()),
            DictKind::OrderedDict => Part::wrapped("OrderedDict(", pairs, ")"),
            DictKind::Counter if is_empty => Part::Code("Counter()".to_owned()),
            DictKind::Counter => Part::wrapped("Counter(", self.by_count(), ")"),
            DictKind::DefaultDict(factory) => {
                let factory = match factory {
                    Value::Object(object) => class_repr(object),
                    _ => "None".to_owned(),
                };
                Part::wrapped(format!("defaultdict({factory}, "), pairs, ")")
            }
            DictKind::Namespace => {
                let mut parts = vec![Part::Code("namespace(".to_owned())];
                for (n, (key, value)) in self.pairs.clone().enumerate() {
                    let comma = if n > 0 { ", " } else { "" };
                    match key {
                        Value::Str(key) => parts.push(Part::Code(format!("{comma}{key}="))),
                        _ => return pairs,
                    }
                    parts.push(Part::Nested(value));
                }
                parts.push(Part::Code(")".to_owned()));
                Part::Joined(parts)
            }
        }
    }

    /// The commonest first, as `Counter` shows itself. Counts that are not all
    /// numbers stay in their order, as there.
    fn by_count(&self) -> Part<'a> {
        let count = |value: &Value| match value {
            Value::Int(int) => Some(*int as f64),
            Value::Float(float) => Some(*float),
            Value::Bool(flag) => Some(f64::from(u8::from(*flag))),
            _ => None,
        };
        let mut pairs: Vec<_> = self.pairs.clone().collect();
        if pairs.iter().all(|(_, value)| count(value).is_some()) {
            pairs.sort_by(|(_, one), (_, other)| {
                let order = count(other).partial_cmp(&count(one));
                order.unwrap_or(std::cmp::Ordering::Equal)
            });
        }
        let mut parts = vec![Part::Code("{".to_owned())];
        for (n, (key, value)) in pairs.into_iter().enumerate() {
            if n > 0 {
                parts.push(Part::Code(", ".to_owned()));
            }
            parts.push(Part::Nested(key));
            parts.push(Part::Code(": ".to_owned()));
            parts.push(Part::Nested(value));
        }
        parts.push(Part::Code("}".to_owned()));
        Part::Joined(parts)
    }
}

/// A class as its `repr` shows it: builtins without their module.
fn class_repr(object: &Object) -> String {
    let name = object.class_name();
    let short = name
        .strip_prefix("builtins.")
        .or_else(|| name.strip_prefix("__builtin__."));
    format!("<class '{}'>", short.unwrap_or(&name))
}

/// A list of one of Python's kinds.
#[derive(Debug, Clone)]
pub struct List<'a> {
    is_tuple: bool,
    maxlen: Option<i128>,
    /// Its items.
    pub items: Items<'a>,
}

impl<'a> List<'a> {
    pub(super) fn python(&self) -> Part<'a> {
        let items = Part::Items(self.items.clone());
        if self.is_tuple {
            // A tuple's brackets and commas, which a list of parts has not.
            let mut parts = vec![Part::Code("(".to_owned())];
            for (n, item) in self.items.clone().enumerate() {
                if n > 0 {
                    parts.push(Part::Code(", ".to_owned()));
                }
                parts.push(Part::Nested(item));
            }
            let comma = if self.items.len() == 1 { ",)" } else { ")" };
            parts.push(Part::Code(comma.to_owned()));
            return Part::Joined(parts);
        }
        match self.maxlen {
            None => Part::wrapped("deque(", items, ")"),
            Some(most) => Part::wrapped("deque(", items, &format!(", maxlen={most})")),
        }
    }

    /// Whether it is a named tuple.
    #[must_use]
    pub fn is_tuple(&self) -> bool {
        self.is_tuple
    }
}

/// `deque((), maxlen)` and its items; `deque([…], maxlen)` in Python 2.
pub(super) fn deque<'a>(object: &'a Object, args: &'a [Value]) -> Option<Known<'a>> {
    if !object.states.is_empty() || !object.pairs.is_empty() || !object.kwargs.is_empty() {
        return None;
    }
    let (first, maxlen) = match args {
        [] => (&[][..], None),
        [items] => (sequence(items)?, None),
        [items, Value::None] => (sequence(items)?, None),
        [items, maxlen] => (sequence(items)?, Some(int(maxlen)?)),
        _ => return None,
    };
    let mut items = Items {
        first,
        then: &object.items,
    };
    if let Some(maxlen) = maxlen {
        // The last ones stay, as if they were appended one after another.
        let most = usize::try_from(maxlen).ok()?;
        for _ in most..items.len() {
            items.next();
        }
    }
    Some(Known::List(List {
        is_tuple: false,
        maxlen,
        items,
    }))
}

/// An instance of a class that is not in the table, as a named tuple, if it looks
/// like one.
///
/// `collections.namedtuple` and `typing.NamedTuple` write `NEWOBJ(class, *fields)`
/// and no state, or below protocol 2 `copyreg._reconstructor(class, tuple, fields)`;
/// the names of the fields are not in the pickle. With one argument alone it could
/// as well be a subclass of `str`, `int` or `tuple`, and is not read.
pub(super) fn named_tuple(object: &Object) -> Option<List<'_>> {
    let items = match reconstructed(object) {
        Some((_, base, content)) if is_builtin(base, "tuple") => tuple(content)?,
        _ => match &object.made {
            Made::New(_) if object.args.len() > 1 => &object.args[..],
            _ => return None,
        },
    };
    is_bare(object).then(|| List {
        is_tuple: true,
        maxlen: None,
        items: Items::new(items),
    })
}

/// Visits the values that lie in a dict or list of these kinds: arguments, items,
/// pairs and state. A class among the arguments is what makes missing values.
pub(super) fn each_inner<E>(
    object: &mut Object,
    visit: &mut impl FnMut(&mut Value) -> Result<(), E>,
) -> Result<(), E> {
    for arg in &mut object.args {
        each_within(arg, visit)?;
    }
    for state in &mut object.states {
        each_within(state, visit)?;
    }
    for item in &mut object.items {
        visit(item)?;
    }
    for (key, value) in &mut object.pairs {
        visit(key)?;
        visit(value)?;
    }
    Ok(())
}

/// Visits the values of an argument that is a list, tuple or dict.
fn each_within<E>(
    arg: &mut Value,
    visit: &mut impl FnMut(&mut Value) -> Result<(), E>,
) -> Result<(), E> {
    match arg {
        Value::List(items) | Value::Tuple(items) => items.iter_mut().try_for_each(visit),
        Value::Dict(pairs) => pairs.iter_mut().try_for_each(|(key, value)| {
            visit(key)?;
            visit(value)
        }),
        _ => Ok(()),
    }
}
