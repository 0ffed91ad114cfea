//! Python's own `array.array`, in the three forms in which it was written.

use std::borrow::Cow;

use crate::known::Part;
use crate::known::containers::Items;
use crate::known::parts::{class_itself, is_bare, name, size};
use crate::known::{Form, Known};
use crate::value::{Object, Value};

use super::Array;
use super::dtype::{Dtype, Kind};
use super::element::{of_points, text};

/// An `array.array`: its type code, and what it holds.
#[derive(Debug, Clone)]
pub struct Typed<'a> {
    pub(in crate::known) code: char,
    pub(in crate::known) content: Content<'a>,
}

/// What an `array.array` holds.
#[derive(Debug, Clone)]
pub(in crate::known) enum Content<'a> {
    Items(Items<'a>),
    Numbers(Array<'a>),
    /// Type codes `u` and `w`.
    Text(Value),
}

impl Typed<'_> {
    /// As a list of numbers, or text; in Python's notation a call of `array`.
    pub(in crate::known) fn part(&self, form: Form) -> Part<'_> {
        let (content, is_empty) = match &self.content {
            Content::Items(items) => (Part::Items(items.clone()), items.len() == 0),
            Content::Numbers(array) => (array.part(form), array.count() == 0),
            Content::Text(text) => {
                let is_empty = *text == Value::Str(String::new());
                (Part::Value(text.clone()), is_empty)
            }
        };
        let code = self.code;
        match form {
            Form::Plain => content,
            Form::Python if is_empty => Part::Code(format!("array('{code}')")),
            Form::Python => Part::wrapped(format!("array('{code}', "), content, ")"),
        }
    }
}

/// The type code, if it is one.
fn code(value: &Value) -> Option<char> {
    let text = name(value)?;
    let code = text.chars().next()?;
    (text.len() == 1 && "cbBuwhHiIlLqQfd".contains(code)).then_some(code)
}

/// `array(code, [item, …])`, below protocol 3; in Python 2.6 and before
/// `array(code, 'bytes')`, of the machine that wrote it: read as little-endian, and
/// not at all for the codes whose size is another on other systems.
pub(in crate::known) fn array_array<'a>(
    object: &'a Object,
    args: &'a [Value],
) -> Option<Known<'a>> {
    is_bare(object).then_some(())?;
    let (code, items) = match args {
        [one] => (code(one)?, Content::Items(Items::new(&[]))),
        [one, Value::List(items)] => (code(one)?, of_list(code(one)?, items)?),
        [one, Value::Str(text)] if matches!(code(one), Some('u' | 'w')) => {
            (code(one)?, Content::Text(Value::Str(text.clone())))
        }
        [one, data] => {
            let (kind, width) = match code(one)? {
                'b' => (Kind::Int, 1),
                'B' => (Kind::Uint, 1),
                'h' => (Kind::Int, 2),
                'H' => (Kind::Uint, 2),
                'i' => (Kind::Int, 4),
                'I' => (Kind::Uint, 4),
                'f' => (Kind::Float, 4),
                'd' => (Kind::Float, 8),
                _ => return None,
            };
            (
                code(one)?,
                Content::Numbers(numbers(kind, width, false, data)?),
            )
        }
        _ => return None,
    };
    Some(Known::Typed(Typed {
        code,
        content: items,
    }))
}

/// Items that are what the code says: numbers, or for `c`, `u` and `w` characters.
fn of_list(code: char, items: &[Value]) -> Option<Content<'_>> {
    let fits = |item: &Value| match (code, item) {
        ('c' | 'u' | 'w', Value::Str(text)) => text.chars().count() == 1,
        ('c', Value::Bytes(bytes)) => bytes.len() == 1,
        ('f' | 'd', Value::Float(_)) => true,
        (_, Value::Int(_)) => !matches!(code, 'c' | 'u' | 'w'),
        _ => false,
    };
    if !items.iter().all(fits) {
        return None;
    }
    if matches!(code, 'u' | 'w') {
        let chars = items.iter().filter_map(name).collect();
        return Some(Content::Text(Value::Str(chars)));
    }
    Some(Content::Items(Items::new(items)))
}

fn numbers(kind: Kind, size_of: usize, is_big: bool, data: &Value) -> Option<Array<'_>> {
    let bytes: Cow<'_, [u8]> = match data {
        Value::Bytes(bytes) | Value::ByteArray(bytes) => bytes.into(),
        Value::Str(text) => text.as_bytes().into(),
        _ => return None,
    };
    let shape = vec![bytes.len() / size_of];
    let dtype = Dtype {
        kind,
        size: size_of,
        is_big,
    };
    Array::of_bytes(dtype, bytes, shape, false)
}

/// `_array_reconstructor(array, code, format, bytes)`: since Python 3.
pub(in crate::known) fn array_reconstructor<'a>(
    object: &'a Object,
    args: &'a [Value],
) -> Option<Known<'a>> {
    let [class, one, format, data] = args else {
        return None;
    };
    let class = class_itself(class)?;
    let is_array = class.module == "array" && class.name == "array";
    (is_array && is_bare(object)).then_some(())?;
    let format = size(format)?;
    let is_big = format % 2 == 1;
    // The numbers of `enum machine_format_code` in Modules/arraymodule.c.
    let (kind, width) = match format {
        0 => (Kind::Uint, 1),
        1 => (Kind::Int, 1),
        2 | 3 => (Kind::Uint, 2),
        4 | 5 => (Kind::Int, 2),
        6 | 7 => (Kind::Uint, 4),
        8 | 9 => (Kind::Int, 4),
        10 | 11 => (Kind::Uint, 8),
        12 | 13 => (Kind::Int, 8),
        14 | 15 => (Kind::Float, 4),
        16 | 17 => (Kind::Float, 8),
        18..=21 => return of_text(code(one)?, format, data),
        _ => return None,
    };
    // The first two have no order.
    let is_big = is_big && format > 1;
    Some(Known::Typed(Typed {
        code: code(one)?,
        content: Content::Numbers(numbers(kind, width, is_big, data)?),
    }))
}

fn of_text(code: char, format: usize, data: &Value) -> Option<Known<'_>> {
    let bytes = match data {
        Value::Bytes(bytes) | Value::ByteArray(bytes) => bytes,
        _ => return None,
    };
    let is_big = format % 2 == 1;
    let text = if format < 20 {
        let (units, rest) = bytes.as_chunks::<2>();
        let unit = |&unit: &[u8; 2]| match is_big {
            true => u16::from_be_bytes(unit),
            false => u16::from_le_bytes(unit),
        };
        let chars = char::decode_utf16(units.iter().map(unit));
        let points =
            chars.map(|c| c.map_or_else(|lone| lone.unpaired_surrogate().into(), u32::from));
        rest.is_empty().then(|| of_points(points))?
    } else {
        (bytes.len() % 4 == 0).then(|| text(bytes, is_big))?
    };
    Some(Known::Typed(Typed {
        code,
        content: Content::Text(text),
    }))
}
