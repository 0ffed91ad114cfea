//! The few globals that CPython writes for plain data under old protocols.
//!
//! Each of them is recognised as the data that it stands for; nothing is ever
//! looked up or called. Everything else is refused by name.

use crate::pickle::error::{Error, ErrorKind};

/// The globals by which CPython writes plain data under old protocols. Called
/// with what CPython writes beside them they make data, and nothing runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Global {
    /// `set`, of a list, a tuple or of nothing.
    Set,
    /// `frozenset`, of a list, a tuple or of nothing.
    FrozenSet,
    /// `_codecs.encode`, of a str and `'latin1'`: bytes.
    Encode,
    /// `bytes`, of nothing, of bytes, or of a str and `'latin-1'`.
    Bytes,
    /// `bytearray`, of nothing, of bytes, or of a str and `'latin-1'`.
    ByteArray,
    /// `complex`, of two floats.
    Complex,
    /// `list`, of nothing, a list or a tuple.
    List,
    /// `tuple`, of nothing, a list or a tuple.
    Tuple,
    /// `dict`, of nothing, a dict, or a list or tuple of pairs.
    Dict,
}

/// The meaning of a global, if it stands for data.
pub(crate) fn find(module: &[u8], name: &[u8]) -> Option<Global> {
    Some(match (module, name) {
        (b"_codecs", b"encode") => Global::Encode,
        (b"builtins" | b"__builtin__", name) => match name {
            b"set" => Global::Set,
            b"frozenset" => Global::FrozenSet,
            b"bytes" => Global::Bytes,
            b"bytearray" => Global::ByteArray,
            b"complex" => Global::Complex,
            b"list" => Global::List,
            b"tuple" => Global::Tuple,
            b"dict" => Global::Dict,
            _ => return None,
        },
        _ => return None,
    })
}

impl Global {
    /// The module and the name that Python 3 has it under.
    pub(crate) fn words(self) -> (&'static str, &'static str) {
        let name = match self {
            Global::Encode => return ("_codecs", "encode"),
            Global::Set => "set",
            Global::FrozenSet => "frozenset",
            Global::Bytes => "bytes",
            Global::ByteArray => "bytearray",
            Global::Complex => "complex",
            Global::List => "list",
            Global::Tuple => "tuple",
            Global::Dict => "dict",
        };
        ("builtins", name)
    }

    /// Whether CPython itself writes data by it.
    pub(crate) fn is_of_cpython(self) -> bool {
        !matches!(self, Global::List | Global::Tuple | Global::Dict)
    }
}

/// The error for any other global.
#[cold]
pub(crate) fn refuse(module: &str, name: &str) -> Error {
    Error::unplaced(ErrorKind::Refused(shown(module, name)))
}

/// The name of a global, which may be megabytes long and hold anything.
pub(crate) fn shown(module: &str, name: &str) -> String {
    format!("{module}.{name}")
        .chars()
        .take(200)
        .map(plainfigures::visible_char)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_globals_have_one_name_each() {
        assert_eq!(find(b"builtins", b"set"), Some(Global::Set));
        assert_eq!(find(b"__builtin__", b"set"), Some(Global::Set));
        assert_eq!(find(b"builtins", b"eval"), None);
    }
}
