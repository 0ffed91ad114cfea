//! Objects of which CPython has only one.

/// Objects of which CPython has only one, so that its memo finds them again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Shared {
    /// `''`
    EmptyStr,
    /// A str of one character up to U+00FF.
    Char(u8),
    /// `b''`
    EmptyBytes,
    /// bytes of length one.
    Byte(u8),
    /// A name that is part of the program, not of the data.
    Name(&'static str),
    /// A global, by module and name.
    Global(&'static str, &'static str),
}

/// The strs of which CPython has only one.
pub(super) fn shared_str(text: &str) -> Option<Shared> {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (None, _) => Some(Shared::EmptyStr),
        (Some(c), None) => u8::try_from(u32::from(c)).ok().map(Shared::Char),
        _ => None,
    }
}
