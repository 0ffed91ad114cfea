//! Known data: objects of Python's standard library, numpy and pandas that are data
//! and nothing else, read as what they are.
//!
//! A pickle says of a `datetime` only which function to call with which ten bytes.
//! [`read()`] knows what comes of it, by a table of such classes, and nothing is
//! called. What is known is written in Python's notation as `repr` of the newest
//! Python 3 shows it (of an array, the nested list that `tolist` gives), in other
//! formats as what they have (a date as ISO 8601, a `Decimal` as a string, an array
//! as arrays), and to a pickle as what it was. All of that happens by itself when a
//! [`Value`] is serialised; [`Known`] is for who wants to look.
//!
//! [`Policy`] says what becomes of the objects that are not in the table.
//!
//! ```
//! use picklestream::known;
//! use picklestream::value::{Global, Made, Object, Value};
//!
//! let class = Global { module: "decimal".into(), name: "Decimal".into() };
//! let mut price = Object::new(Made::Call(class));
//! price.args.push(Value::Str("1.25".into()));
//! assert!(known::is_known(&price));
//!
//! let price = Value::Object(Box::new(price));
//! assert_eq!(picklestream::literal::to_string(&price)?, "Decimal('1.25')");
//! assert_eq!(serde_json::to_string(&price)?, "\"1.25\"");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Arrays and tables are views of the bytes that the pickle holds: they are
//! written element by element and never copied. What does not add up (a shape that
//! the bytes do not fill, a date that there is not) is not known, and so treated as
//! any other object; nothing is reserved or repeated on a number's word alone.

mod arrays;
mod atoms;
mod calendar;
mod containers;
mod durations;
mod frames;
mod make;
mod parts;
mod policy;
mod table;
mod transport;
mod zones;

use serde::ser::{Error, Serialize, SerializeMap, SerializeTupleVariant, Serializer};

use crate::value::{Object, Value, name};

pub use arrays::{Array, Slice, Typed};
pub use atoms::{Atom, Moment};
pub use containers::{Dict, Items, List, Pairs};
pub use frames::{Column, Frame, Refused, Rows};
pub use policy::{Policy, Refusal, Tally};
pub use table::{ROWS, Row};
pub use zones::Zone;

/// For whom something is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For Python: as `repr` shows it, or in a pickle.
    Python,
    /// For formats that know numbers, texts, lists and maps only.
    Plain,
}

/// An object that is known, as what it is.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Known<'a> {
    /// A dict: `OrderedDict`, `defaultdict`, `Counter`, `SimpleNamespace`.
    Dict(Dict<'a>),
    /// A list or tuple: `deque`, named tuples.
    List(List<'a>),
    /// What no other value lies in: dates, exact numbers, paths, scalars.
    Atom(Atom<'a>),
    /// A time zone: `datetime.timezone` and the like.
    Zone(Zone<'a>),
    /// An array of numpy's.
    Array(Array<'a>),
    /// Python's own `array.array`.
    Typed(Typed<'a>),
    /// A `DataFrame` or a `Series`.
    Frame(Frame<'a>),
}

/// What an object is, if that is known.
#[must_use]
pub fn read(object: &Object) -> Option<Known<'_>> {
    table::read(object)
}

/// Whether `name`, such as `collections.OrderedDict`, is in the table, or that of a part
/// of what is, as `numpy.ndarray` is of an array: an object that it makes may be known
/// data.
///
/// ```
/// assert!(picklestream::known::is_name("collections.OrderedDict"));
/// assert!(picklestream::known::is_name("numpy.ndarray"));
/// assert!(!picklestream::known::is_name("os.system"));
/// ```
#[must_use]
pub fn is_name(name: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(module, name)| table::is_name(module, name))
}

/// Whether an object is in the table of known data, and complete, or a part of such
/// data, as a dtype is of an array: then it may be written to a pickle as what it
/// was.
///
/// A named tuple is not: its class could be any.
#[must_use]
pub fn is_known(object: &Object) -> bool {
    match read(object) {
        Some(Known::List(list)) => !list.is_tuple(),
        known => known.is_some() || table::is_structure(object),
    }
}

impl Known<'_> {
    /// What it is written as.
    #[must_use]
    pub fn part(&self, form: Form) -> Part<'_> {
        match (self, form) {
            (Known::Dict(dict), Form::Python) => dict.python(),
            (Known::Dict(dict), Form::Plain) => Part::Pairs(dict.pairs.clone()),
            (Known::List(list), Form::Python) => list.python(),
            (Known::List(list), Form::Plain) => Part::Items(list.items.clone()),
            (Known::Atom(atom), Form::Python) => atom.python(),
            (Known::Atom(atom), Form::Plain) => atom.plain(),
            (Known::Zone(zone), Form::Python) => Part::Code(zone.repr()),
            (Known::Zone(zone), Form::Plain) => Part::Value(Value::Str(zone.plain())),
            (Known::Array(array), form) => array.part(form),
            (Known::Typed(array), form) => array.part(form),
            (Known::Frame(frame), form) => Part::Rows(frame.rows(form)),
        }
    }

    /// How many strings its own plain form has for what is no string: dates,
    /// decimals, paths. Those of values that lie in it do not count.
    #[must_use]
    pub fn strings(&self) -> u64 {
        match self {
            Known::Atom(atom) => atom.is_string().into(),
            Known::Array(array) => array.strings(),
            Known::Zone(_) => 1,
            Known::Frame(frame) => frame.strings(),
            Known::Dict(_) | Known::List(_) | Known::Typed(_) => 0,
        }
    }
}

/// An object in Python's notation, if it is known: what `repr` gives.
///
/// # Errors
///
/// Where the literal cannot be written: what lies in it is an object that is not
/// known, or lies too deep.
pub fn repr(object: &Object) -> Option<Result<String, crate::literal::Error>> {
    let known = read(object)?;
    Some(crate::literal::to_string(&known.part(Form::Python)))
}

/// All values that lie in known data as data: the items of a deque, the objects of
/// an array. What only makes it, such as its dtype, is not among them.
fn each_inner<E>(
    object: &mut Object,
    visit: &mut impl FnMut(&mut Value) -> Result<(), E>,
) -> Result<(), E> {
    table::each_inner(object, visit)
}

/// One thing as it is written; what lies in it comes out of an iterator.
///
/// Serde sees numbers, texts, sequences and maps. Who has rules of their own for the
/// values in it writes it by [`Part::shown`].
#[derive(Debug, Clone)]
pub enum Part<'a> {
    /// A value that is made for this: a number, a text, `None`.
    Value(Value),
    /// A value of the record itself.
    Nested(&'a Value),
    /// A dict.
    Pairs(Pairs<'a>),
    /// A list.
    Items(Items<'a>),
    /// A dict with names of our own, such as `start` of a range.
    Fields(Vec<(&'static str, &'a Value)>),
    /// A list: the numbers of an array, or its rows.
    Array(Slice<'a>),
    /// A list of dicts: the rows of a table.
    Rows(Rows<'a>),
    /// Only in Python's notation: an expression, such as `Decimal('1.5')`.
    Code(String),
    /// Only in Python's notation: parts without anything between them.
    Joined(Vec<Part<'a>>),
}

impl<'a> Part<'a> {
    /// `before`, a part, `after`, as one expression.
    fn wrapped(before: impl Into<String>, part: Part<'a>, after: &str) -> Part<'a> {
        Part::Joined(vec![
            Part::Code(before.into()),
            part,
            Part::Code(after.to_owned()),
        ])
    }
}

impl Part<'_> {
    /// The same, with rules of somebody's own for the values in it.
    pub fn shown<'p, W: Show>(&'p self, show: &'p W) -> Shown<'p, W> {
        Shown { part: self, show }
    }
}

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.shown(&AsTheyAre).serialize(serializer)
    }
}

/// Rules for the values that lie in known data, for formats that cannot write all of
/// them as they are: JSON has neither bytes nor keys that are numbers.
pub trait Show {
    /// Writes any value: an item, a number of an array, a row of a table.
    ///
    /// # Errors
    ///
    /// Where the format cannot write it.
    fn value<S: Serializer>(&self, value: &Value, serializer: S) -> Result<S::Ok, S::Error>;

    /// Writes a dict.
    ///
    /// # Errors
    ///
    /// Where the format cannot write one of its keys or values.
    fn dict<S: Serializer>(&self, pairs: Pairs<'_>, serializer: S) -> Result<S::Ok, S::Error>;
}

/// No rules.
struct AsTheyAre;

impl Show for AsTheyAre {
    fn value<S: Serializer>(&self, value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }

    fn dict<S: Serializer>(&self, pairs: Pairs<'_>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(pairs)
    }
}

/// A [`Part`] whose values are written by somebody's own rules.
#[derive(Debug)]
pub struct Shown<'p, W> {
    part: &'p Part<'p>,
    show: &'p W,
}

impl<W: Show> Serialize for Shown<'_, W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let show = self.show;
        match self.part {
            Part::Value(value) => show.value(value, serializer),
            Part::Nested(value) => show.value(value, serializer),
            Part::Pairs(pairs) => show.dict(pairs.clone(), serializer),
            Part::Items(items) => {
                serializer.collect_seq(items.clone().map(|item| One(Part::Nested(item), show)))
            }
            Part::Fields(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    map.serialize_entry(name, &One(Part::Nested(value), show))?;
                }
                map.end()
            }
            Part::Array(slice) => serializer.collect_seq(slice.clone().map(|part| One(part, show))),
            Part::Rows(rows) => match rows.refused() {
                Some(refused) => Err(S::Error::custom(format_args!(
                    "a table with {refused}, which is not read"
                ))),
                None => serializer.collect_seq(rows.clone().map(|row| One(Part::Value(row), show))),
            },
            Part::Code(code) => serializer.serialize_newtype_struct(name::CODE, code),
            Part::Joined(parts) => {
                let len = parts.len();
                let mut tuple = serializer.serialize_tuple_variant(name::JOINED, 0, "", len)?;
                for part in parts {
                    tuple.serialize_field(&part.shown(show))?;
                }
                tuple.end()
            }
        }
    }
}

/// One of many parts.
struct One<'p, W>(Part<'p>, &'p W);

impl<W: Show> Serialize for One<'_, W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.shown(self.1).serialize(serializer)
    }
}
