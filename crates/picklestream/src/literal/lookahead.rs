//! Which container a bracket opens, which shows only after its first item.
//!
//! `(1)` is an int and `(1,)` a tuple, `{1}` a set and `{1: 2}` a dict. Serde
//! has to be told before the item is read, so this looks for the first comma
//! or colon that belongs to the bracket, without reading what lies between.

/// What was found after the first item within a bracket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    Comma,
    Colon,
    /// The bracket closes after one item.
    Close,
    /// The bracket closes at once.
    Empty,
    /// The text ends first, or is nested too deep for anyone to read on.
    Nothing,
}

/// Looks at the text behind an opening bracket; `depth` bounds the brackets
/// within it.
pub(super) fn first_separator(text: &[u8], depth: usize) -> Separator {
    let mut at = 0;
    let mut open = 0;
    let mut empty = true;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'(' | b'[' | b'{' if open == depth => return Separator::Nothing,
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' if open == 0 && empty => return Separator::Empty,
            b')' | b']' | b'}' if open == 0 => return Separator::Close,
            b')' | b']' | b'}' => open -= 1,
            b',' if open == 0 => return Separator::Comma,
            b':' if open == 0 => return Separator::Colon,
            b'\'' | b'"' => match string_end(&text[at..]) {
                Some(length) => {
                    at += length;
                    empty = false;
                    continue;
                }
                None => return Separator::Nothing,
            },
            _ => {}
        }
        empty &= byte.is_ascii_whitespace();
        at += 1;
    }
    Separator::Nothing
}

/// The length of the string, quotes included, that `text` starts with. A
/// backslash hides the next character, in raw strings too.
pub(super) fn string_end(text: &[u8]) -> Option<usize> {
    let quote = *text.first()?;
    let width = quote_width(text);
    let mut at = width;
    loop {
        at += memchr::memchr2(quote, b'\\', text.get(at..)?)?;
        if text[at] == b'\\' {
            at += 2;
        } else if text[at..]
            .iter()
            .take(width)
            .filter(|&&b| b == quote)
            .count()
            == width
        {
            return Some(at + width);
        } else {
            at += 1;
        }
    }
}

/// 3 if `text` starts with three of one quote, otherwise 1.
#[inline]
pub(super) fn quote_width(text: &[u8]) -> usize {
    match text {
        [a, b, c, ..] if a == b && b == c => 3,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators() {
        for (text, separator) in [
            ("1)", Separator::Close),
            ("1 , 2)", Separator::Comma),
            ("1: 2}", Separator::Colon),
            (" )", Separator::Empty),
            ("(1, 2), 3)", Separator::Comma),
            ("(1, 2): 3}", Separator::Colon),
            ("{1: 2})", Separator::Close),
            ("'a,)' )", Separator::Close),
            (r"'\',' )", Separator::Close),
            (r#"'''a'b,''' )"#, Separator::Close),
            ("'')", Separator::Close),
            ("'' '',", Separator::Comma),
            ("''", Separator::Nothing),
            ("'", Separator::Nothing),
            ("'\\", Separator::Nothing),
            ("'''a'", Separator::Nothing),
            ("", Separator::Nothing),
            ("1", Separator::Nothing),
            ("((((1,))))", Separator::Nothing),
            ("(((1,))),", Separator::Comma),
        ] {
            assert_eq!(first_separator(text.as_bytes(), 3), separator, "{text}");
        }
    }
}
