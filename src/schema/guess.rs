//! What a text would be if it were a number: for files whose cells are text.

/// What a text reads as.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Guess {
    Nothing,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text,
}

/// What a cell looks like. An int with zeros before it is text, such as a postal code, and
/// so is anything that Python would not write as a number.
pub(super) fn guess(text: &str) -> Guess {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let begins_as_number = match digits.as_bytes() {
        [b'0', b'0'..=b'9', ..] => false,
        [b'0'..=b'9', ..] => true,
        _ => false,
    };
    match text {
        "" => Guess::Nothing,
        "True" | "true" => Guess::Bool(true),
        "False" | "false" => Guess::Bool(false),
        "nan" | "inf" | "-inf" => float(text).map_or(Guess::Text, Guess::Float),
        _ if !begins_as_number => Guess::Text,
        _ if digits.bytes().all(|byte| byte.is_ascii_digit()) => match text {
            // It would lose its sign.
            "-0" => Guess::Text,
            _ => int(text).map_or(Guess::Text, Guess::Int),
        },
        _ if digits.ends_with('.') => Guess::Text,
        _ => float(text).map_or(Guess::Text, Guess::Float),
    }
}

/// The bool that a text is, in a column of them.
pub(super) fn bool(text: &str) -> Option<bool> {
    match guess(text) {
        Guess::Bool(bool) => Some(bool),
        _ => None,
    }
}

/// The int that a text is, in a column of them.
pub(super) fn int(text: &str) -> Option<i128> {
    text.parse().ok()
}

/// The float that a text is, in a column of them.
pub(super) fn float(text: &str) -> Option<f64> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_written_as_a_number_is_one() {
        for (text, expected) in [
            ("", Guess::Nothing),
            ("0", Guess::Int(0)),
            ("-17", Guess::Int(-17)),
            ("18446744073709551616", Guess::Int(1 << 64)),
            ("0.5", Guess::Float(0.5)),
            ("-1e5", Guess::Float(-1e5)),
            ("1E-3", Guess::Float(1e-3)),
            ("-inf", Guess::Float(f64::NEG_INFINITY)),
            ("True", Guess::Bool(true)),
            ("false", Guess::Bool(false)),
        ] {
            assert_eq!(guess(text), expected, "{text:?}");
        }
        let digits = "9".repeat(50);
        for text in [
            "01", "00", "-01", "+1", "1.", ".5", "1_000", "1,5", " 1", "1 ", "0x10", "e5", "NaN",
            "infinity", "TRUE", "-", "-0", "1e", "٣", &digits,
        ] {
            assert_eq!(guess(text), Guess::Text, "{text:?}");
        }
        assert!(matches!(guess("nan"), Guess::Float(float) if float.is_nan()));
    }
}
