//! What lies in an [`Object`], asked for by what is expected there. Everything
//! answers `None` where the object holds something else.

use std::borrow::Cow;

use crate::value::{Global, Made, Object, Value};

/// How an object is made: by calling its class or function, or by `__new__`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// It is the class or function itself.
    Named,
    Called,
    New,
}

/// The class or function of an object, how it is used, and its arguments.
///
/// `copyreg._reconstructor(cls, object, None)` and `copyreg.__newobj__(cls, …)`, with
/// which protocols 0 and 1 say what later ones say with `NEWOBJ`, are read as that.
pub(super) fn made(object: &Object) -> Option<(&Global, How, &[Value])> {
    match &object.made {
        Made::Global(global) => Some((global, How::Named, &object.args)),
        Made::New(global) => Some((global, How::New, &object.args)),
        Made::Call(global) => match (reconstructed(object), object.args.split_first()) {
            (Some((class, base, _)), _) if is_builtin(base, "object") => {
                Some((class, How::New, &[]))
            }
            (None, Some((class, args))) if is_copyreg(global, "__newobj__") => {
                Some((class_itself(class)?, How::New, args))
            }
            _ => Some((global, How::Called, &object.args)),
        },
        _ => None,
    }
}

/// Class, base and content of `copyreg._reconstructor(class, base, content)`.
pub(super) fn reconstructed(object: &Object) -> Option<(&Global, &Global, &Value)> {
    let Made::Call(global) = &object.made else {
        return None;
    };
    if !is_copyreg(global, "_reconstructor") {
        return None;
    }
    let [class, base, content] = object.args.as_slice() else {
        return None;
    };
    Some((class_itself(class)?, class_itself(base)?, content))
}

fn is_copyreg(global: &Global, name: &str) -> bool {
    matches!(global.module.as_str(), "copyreg" | "copy_reg") && global.name == name
}

/// Whether it is the builtin of this name, in Python 2 or 3.
pub(super) fn is_builtin(global: &Global, name: &str) -> bool {
    matches!(global.module.as_str(), "builtins" | "__builtin__") && global.name == name
}

/// The class that a value is, where it is one.
pub(super) fn class_itself(value: &Value) -> Option<&Global> {
    match value {
        Value::Object(object) => match &object.made {
            Made::Global(global) => Some(global),
            _ => None,
        },
        _ => None,
    }
}

/// What an object is called in a message: of a function that makes instances of the
/// class that is its first argument, that class.
pub(super) fn class_of(object: &Object) -> String {
    let makes_its_argument = |name: &str| {
        name.starts_with("__pyx_unpickle")
            || matches!(
                name,
                "_reconstruct" | "_mareconstruct" | "_new_Index" | "_new_DatetimeIndex"
            )
    };
    match made(object) {
        Some((function, How::Called, [class, ..])) if makes_its_argument(&function.name) => {
            class_itself(class).map_or_else(|| object.class_name(), ToString::to_string)
        }
        _ => object.class_name(),
    }
}

/// Whether nothing but the arguments makes the object.
pub(super) fn is_bare(object: &Object) -> bool {
    is_filled(object) && object.states.is_empty()
}

/// Whether nothing but the arguments and a state makes the object.
pub(super) fn is_filled(object: &Object) -> bool {
    object.kwargs.is_empty() && object.items.is_empty() && object.pairs.is_empty()
}

/// The only state of an object that has nothing else but arguments.
pub(super) fn state(object: &Object) -> Option<&Value> {
    match object.states.as_slice() {
        [state] if is_filled(object) => Some(state),
        _ => None,
    }
}

/// The object that a value is.
pub(super) fn object(value: &Value) -> Option<&Object> {
    match value {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

pub(super) fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Str(text) => Some(text),
        _ => None,
    }
}

/// Text, which Python 2 may have written as bytes.
pub(super) fn name(value: &Value) -> Option<&str> {
    match value {
        Value::Str(text) => Some(text),
        Value::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
        _ => None,
    }
}

pub(super) fn int(value: &Value) -> Option<i128> {
    match value {
        Value::Int(int) => Some(*int),
        _ => None,
    }
}

pub(super) fn size(value: &Value) -> Option<usize> {
    usize::try_from(int(value)?).ok()
}

/// A bool, which old protocols write as an int.
pub(super) fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Int(0) => Some(false),
        Value::Int(1) => Some(true),
        _ => None,
    }
}

pub(super) fn tuple(value: &Value) -> Option<&[Value]> {
    match value {
        Value::Tuple(items) => Some(items),
        _ => None,
    }
}

pub(super) fn sequence(value: &Value) -> Option<&[Value]> {
    match value {
        Value::Tuple(items) | Value::List(items) => Some(items),
        _ => None,
    }
}

pub(super) fn dict(value: &Value) -> Option<&[(Value, Value)]> {
    match value {
        Value::Dict(pairs) => Some(pairs),
        _ => None,
    }
}

/// The value of a dict's key that is a str.
pub(super) fn field<'a>(pairs: &'a [(Value, Value)], key: &str) -> Option<&'a Value> {
    let mut found = pairs.iter().filter(|(name, _)| text(name) == Some(key));
    found.next().map(|(_, value)| value)
}

/// Exactly `length` bytes. Python 2 writes them as a `str`, which was read as
/// UTF-8 or Latin-1: the length tells which.
pub(super) fn payload(value: &Value, length: usize) -> Option<Cow<'_, [u8]>> {
    let bytes: Cow<'_, [u8]> = match value {
        Value::Bytes(bytes) | Value::ByteArray(bytes) => bytes.into(),
        Value::Str(text) if text.len() == length => text.as_bytes().into(),
        Value::Str(text) => {
            let bytes = text.chars().map(|c| u8::try_from(u32::from(c)).ok());
            bytes.collect::<Option<Vec<u8>>>()?.into()
        }
        _ => return None,
    };
    (bytes.len() == length).then_some(bytes)
}
