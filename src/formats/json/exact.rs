//! Records out of JSON.
//!
//! An array is read as a list and an object as a dict, its pairs in their
//! order. Numbers are read as Python does: an int of any size where there is
//! neither point nor exponent, otherwise a float. serde_json makes a float of
//! an int beyond 64 bits, so texts with such a number are read a second time.

use std::fmt;
use std::io::BufRead;

use num_bigint::BigInt;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use picklestream::literal::LiteralLimits;
use picklestream::value::Value;

use crate::formats::lines::Lines;
use crate::formats::{Error, Fault};

/// What is wrong with a text.
pub(super) enum Wrong {
    /// It is not JSON.
    Syntax(serde_json::Error),
    /// It holds a number that is not read.
    Number(String),
}

/// Reads the value of a text.
pub(super) fn read(text: &[u8], limits: &LiteralLimits) -> Result<Value, Wrong> {
    match serde_json::from_slice(text) {
        Ok(value) if !is_doubtful(&value) => Ok(value),
        Err(error) if !error.to_string().starts_with("number out of range") => {
            Err(Wrong::Syntax(error))
        }
        _ => {
            let raw = serde_json::from_slice(text).map_err(Wrong::Syntax)?;
            exact(raw, limits.int_digits).map_err(Wrong::Number)
        }
    }
}

/// Reads the value of a line.
pub(super) fn read_line<R: BufRead>(
    lines: &Lines<R>,
    limits: &LiteralLimits,
) -> Result<Value, Error> {
    read(lines.line(), limits).map_err(|wrong| match wrong {
        Wrong::Syntax(error) => fault(lines, &error),
        Wrong::Number(message) => format!("line {}: {message}", lines.number()).into(),
    })
}

/// What serde_json says of a line, which is all that it knows of.
fn fault<R: BufRead>(lines: &Lines<R>, error: &serde_json::Error) -> Error {
    let (number, column) = (lines.number(), error.column());
    let message = without_place(error);
    Box::new(Fault {
        cause: format!("line {number}, column {column}: {message}").into(),
        offset: Some(lines.start() + (column as u64).saturating_sub(1)),
        is_format: true,
    })
}

/// What serde_json says, without the place, which it counts its own way.
pub(super) fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.rsplit_once(" at line ") {
        Some((message, _)) => message.to_owned(),
        None => message,
    }
}

/// Whether a float in it may have been written as an int: beyond 64 bits, or
/// `-0`.
fn is_doubtful(value: &Value) -> bool {
    match value {
        Value::Float(float) => {
            float.abs() >= 9_223_372_036_854_775_808.0
                || (*float == 0.0 && float.is_sign_negative())
        }
        Value::List(items) => items.iter().any(is_doubtful),
        Value::Dict(pairs) => pairs.iter().any(|(_, value)| is_doubtful(value)),
        _ => false,
    }
}

/// Reads a value whose ints may be of any size. Each level is scanned once for
/// every level above it; of these there are at most 128.
fn exact(raw: &RawValue, int_digits: usize) -> Result<Value, String> {
    let text = raw.get();
    let read_again = |raw: &&RawValue| exact(raw, int_digits);
    match text.as_bytes().first() {
        Some(b'[') => {
            let items: Vec<&RawValue> = parse(text)?;
            items
                .iter()
                .map(read_again)
                .collect::<Result<_, _>>()
                .map(Value::List)
        }
        Some(b'{') => {
            let Pairs(pairs) = parse(text)?;
            let pairs = pairs
                .iter()
                .map(|(key, raw)| Ok((Value::Str(key.clone()), read_again(raw)?)));
            pairs.collect::<Result<_, String>>().map(Value::Dict)
        }
        Some(b'-' | b'0'..=b'9') if !text.contains(['.', 'e', 'E']) => {
            let digits = text.len() - usize::from(text.starts_with('-'));
            if digits > int_digits {
                return Err(format!(
                    "an int of {digits} digits, more than {int_digits} (limit `int_digits`)"
                ));
            }
            let int: BigInt = text.parse().map_err(|_| format!("{text} is not an int"))?;
            Ok(Value::from_big_int(int))
        }
        _ => parse(text),
    }
}

fn parse<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| format!("{}: {text:.40}", without_place(&error)))
}

/// An object as its pairs, in their order.
struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Pairs<'de>, D::Error> {
        struct PairsVisitor;

        impl<'de> Visitor<'de> for PairsVisitor {
            type Value = Pairs<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Pairs<'de>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = access.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }

        deserializer.deserialize_map(PairsVisitor)
    }
}

#[cfg(test)]
mod tests {
    use picklestream::literal;

    use super::*;

    /// The first line as a Python literal, or the error.
    fn read(json: &str) -> Result<String, String> {
        let mut lines = Lines::new(json.as_bytes(), 1 << 20);
        assert!(lines.advance().unwrap());
        match read_line(&lines, &LiteralLimits::default()) {
            Ok(value) => Ok(literal::to_string(&value).unwrap()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn numbers_are_what_python_reads() {
        let wide = format!("-1{}", "0".repeat(400));
        for (json, python) in [
            ("[1, -1, 1.0, 1e2, 0.1]", "[1, -1, 1.0, 100.0, 0.1]"),
            ("18446744073709551615", "18446744073709551615"),
            ("18446744073709551616", "18446744073709551616"),
            ("-9223372036854775809", "-9223372036854775809"),
            (&wide, &wide),
            ("[-0, -0.0, -0e0]", "[0, -0.0, -0.0]"),
            (
                "{\"b\\n\": [18446744073709551616.0], \"a\": [null, 1e300, {\"c\": 18446744073709551616}]}",
                "{'b\\n': [1.8446744073709552e+19], 'a': [None, 1e+300, {'c': 18446744073709551616}]}",
            ),
        ] {
            assert_eq!(read(json).as_deref(), Ok(python), "{json}");
        }
    }

    #[test]
    fn errors_name_the_place() {
        for (json, message) in [
            ("[1, 2", "line 1, column 5: EOF while parsing a list"),
            ("[1; 2]", "line 1, column 3: expected `,` or `]`"),
            ("\n\n[NaN]", "line 3, column 2: expected value"),
            (
                "\"\\ud800\"",
                "line 1, column 8: unexpected end of hex escape",
            ),
            ("[1] [2]", "line 1, column 5: trailing characters"),
            (
                "[18446744073709551616, 1e999]",
                "line 1: number out of range: 1e999",
            ),
        ] {
            assert_eq!(read(json), Err(message.to_owned()), "{json}");
        }
        let long = "9".repeat(5000);
        let message = "line 1: an int of 5000 digits, more than 4300 (limit `int_digits`)";
        assert_eq!(read(&long), Err(message.to_owned()));
        let deep = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
        assert!(
            read(&deep)
                .unwrap_err()
                .contains("recursion limit exceeded")
        );
        let deep = format!("{}1e999", "[".repeat(100));
        assert!(read(&deep).is_err());
    }
}
