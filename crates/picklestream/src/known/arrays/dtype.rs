//! What an element of an array is: numpy's `dtype`.

use std::fmt;

use crate::known::parts::{self, How, field, int, name, size, tuple};
use crate::value::{Object, Value};

/// The type of an element, and where it lies.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::known) struct Dtype {
    pub kind: Kind,
    /// Bytes of an element.
    pub size: usize,
    /// Whether its bytes are in big-endian order.
    pub is_big: bool,
}

/// The kinds of elements.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::known) enum Kind {
    Bool,
    Int,
    Uint,
    Float,
    Complex,
    /// Bytes, without the NULs at their end.
    Bytes,
    /// Text, four bytes a character.
    Text,
    /// Bytes of no type.
    Void,
    /// Python objects, which lie beside the array.
    Object,
    /// An instant.
    Instant(Unit),
    /// A length of time.
    Duration(Unit),
    /// A struct: offset and type of each field.
    Struct(Vec<(usize, Dtype)>),
    /// A small array within a struct, in C order.
    Sub(Box<Dtype>, Vec<usize>),
}

/// The unit of instants and durations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::known) struct Unit {
    pub scale: Scale,
    /// How many of them one step is.
    pub count: i64,
    /// What numpy calls it.
    name: &'static str,
}

/// What a unit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::known) enum Scale {
    Months(i64),
    /// Nanoseconds, from a week down.
    Nanoseconds(i64),
    /// Less than a nanosecond, or no unit.
    Other,
}

/// Structs within structs, at most.
const DEPTH: u32 = 8;

impl Dtype {
    /// The type that a `numpy.dtype` is, if it is one that is read.
    pub(in crate::known) fn read(value: &Value) -> Option<Dtype> {
        Dtype::of(parts::object(value)?)
    }

    /// The same of an object.
    pub(in crate::known) fn of(object: &Object) -> Option<Dtype> {
        Dtype::read_within(object, DEPTH)
    }

    fn read_within(object: &Object, depth: u32) -> Option<Dtype> {
        let depth = depth.checked_sub(1)?;
        let (class, How::Called, args) = parts::made(object)? else {
            return None;
        };
        if class.name != "dtype" || class.module != "numpy" {
            return None;
        }
        let [letters, ..] = args else { return None };
        // (version, byte order, subarray, names, fields, size, alignment, flags, unit)
        let state = match object.states.as_slice() {
            [] => &[][..],
            _ => tuple(parts::state(object)?)?,
        };
        let at = |index: usize| state.get(index).unwrap_or(&Value::None);
        let is_big = match at(1) {
            Value::None => false,
            order => match name(order)? {
                ">" => true,
                "<" | "|" | "=" => false,
                _ => return None,
            },
        };
        if let Value::Tuple(sub) = at(2) {
            let [base, shape] = sub.as_slice() else {
                return None;
            };
            return Dtype::sub(parts::object(base)?, shape, at(5), depth);
        }
        if let Value::Dict(fields) = at(4) {
            return Dtype::fields(at(3), fields, size(at(5))?, depth);
        }
        let letters = name(letters)?;
        let (kind, digits) = letters.split_at_checked(1)?;
        let width: Option<usize> = digits.parse().ok();
        let unit = || unit(at(8));
        let (kind, widths): (Kind, &[usize]) = match kind {
            "b" => (Kind::Bool, &[1]),
            "i" => (Kind::Int, &[1, 2, 4, 8]),
            "u" => (Kind::Uint, &[1, 2, 4, 8]),
            "f" => (Kind::Float, &[2, 4, 8]),
            "c" => (Kind::Complex, &[8, 16]),
            "O" => (Kind::Object, &[4, 8]),
            "M" => (Kind::Instant(unit()?), &[8]),
            "m" => (Kind::Duration(unit()?), &[8]),
            "S" | "a" | "U" | "V" => {
                let size = match int(at(5)) {
                    Some(size) if size >= 0 => usize::try_from(size).ok()?,
                    _ if kind == "U" => width?.checked_mul(4)?,
                    _ => width?,
                };
                let kind = match kind {
                    "U" if size % 4 == 0 => Kind::Text,
                    "U" => return None,
                    "V" => Kind::Void,
                    _ => Kind::Bytes,
                };
                return Some(Dtype { kind, size, is_big });
            }
            _ => return None,
        };
        let size = width.filter(|width| widths.contains(width))?;
        Some(Dtype { kind, size, is_big })
    }

    fn sub(base: &Object, shape: &Value, size_of: &Value, depth: u32) -> Option<Dtype> {
        let base = Dtype::read_within(base, depth)?;
        let shape: Vec<usize> = match shape {
            Value::Tuple(shape) => shape.iter().map(size).collect::<Option<_>>()?,
            one => vec![size(one)?],
        };
        let count = shape.iter().try_fold(1_usize, |n, &m| n.checked_mul(m))?;
        let bytes = count.checked_mul(base.size)?;
        // Where there are no bytes, nothing bounds how many elements there are.
        let is_bounded = bytes > 0 && shape.len() <= 32 && base.kind != Kind::Object;
        (is_bounded && size(size_of) == Some(bytes)).then_some(Dtype {
            kind: Kind::Sub(Box::new(base), shape),
            size: bytes,
            is_big: false,
        })
    }

    fn fields(
        names: &Value,
        fields: &[(Value, Value)],
        size_of: usize,
        depth: u32,
    ) -> Option<Dtype> {
        let mut read = Vec::new();
        let mut total = 0_usize;
        for field_name in parts::sequence(names)? {
            let found = match field_name {
                Value::Str(name) => field(fields, name),
                other => fields
                    .iter()
                    .find(|(name, _)| name == other)
                    .map(|(_, v)| v),
            };
            let [dtype, offset, ..] = tuple(found?)? else {
                return None;
            };
            let dtype = Dtype::read_within(parts::object(dtype)?, depth)?;
            let offset = size(offset)?;
            let end = offset.checked_add(dtype.size)?;
            // Fields that lie over each other would make much of few bytes.
            total = total.checked_add(dtype.size.max(1))?;
            if end > size_of || total > size_of || dtype.kind == Kind::Object {
                return None;
            }
            read.push((offset, dtype));
        }
        Some(Dtype {
            kind: Kind::Struct(read),
            size: size_of,
            is_big: false,
        })
    }

    /// Its name, as numpy shows it: `float64`, `datetime64[ns]`, `<U3`.
    pub(in crate::known) fn name(&self) -> String {
        let bits = self.size * 8;
        match &self.kind {
            Kind::Bool => "bool".to_owned(),
            Kind::Int => format!("int{bits}"),
            Kind::Uint => format!("uint{bits}"),
            Kind::Float => format!("float{bits}"),
            Kind::Complex => format!("complex{bits}"),
            Kind::Bytes => format!("S{}", self.size),
            Kind::Text => format!("U{}", self.size / 4),
            Kind::Void => format!("V{}", self.size),
            Kind::Object => "object".to_owned(),
            Kind::Instant(unit) => format!("datetime64[{unit}]"),
            Kind::Duration(unit) => format!("timedelta64[{unit}]"),
            Kind::Struct(_) => "struct".to_owned(),
            Kind::Sub(base, _) => base.name(),
        }
    }
}

/// The unit in a dtype's metadata: `(…, (unit, count, divisor, events))`.
fn unit(metadata: &Value) -> Option<Unit> {
    let [_, unit] = tuple(metadata)? else {
        return None;
    };
    let [unit, count, divisor, _] = tuple(unit)? else {
        return None;
    };
    let unit = name(unit)?;
    let (name, scale) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let count = i64::try_from(int(count)?).ok().filter(|count| *count > 0)?;
    (int(divisor)? == 1).then_some(Unit {
        scale: *scale,
        count,
        name,
    })
}

/// The units of instants and durations, by numpy's names.
const UNITS: [(&str, Scale); 14] = [
    ("Y", Scale::Months(12)),
    ("M", Scale::Months(1)),
    ("W", Scale::Nanoseconds(7 * 86_400 * 1_000_000_000)),
    ("D", Scale::Nanoseconds(86_400 * 1_000_000_000)),
    ("h", Scale::Nanoseconds(3600 * 1_000_000_000)),
    ("m", Scale::Nanoseconds(60 * 1_000_000_000)),
    ("s", Scale::Nanoseconds(1_000_000_000)),
    ("ms", Scale::Nanoseconds(1_000_000)),
    ("us", Scale::Nanoseconds(1000)),
    ("ns", Scale::Nanoseconds(1)),
    ("ps", Scale::Other),
    ("fs", Scale::Other),
    ("as", Scale::Other),
    ("generic", Scale::Other),
];

/// `ns`, `10us`
impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.count {
            1 => f.write_str(self.name),
            count => write!(f, "{count}{}", self.name),
        }
    }
}
