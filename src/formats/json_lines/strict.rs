//! A record as JSON, if that is possible without losing any of it.
//!
//! | Python | JSON |
//! |---|---|
//! | `None`, `bool`, `str` | the same, a lone surrogate as the escape `\udce9` |
//! | `int` of any size | a number without point |
//! | `float` | a number with point or exponent |
//! | `list`, `tuple` | an array |
//! | `dict` whose keys are strs | an object, in the dict's order |
//!
//! Everything else is refused. (serde_json by itself would write a NaN as null,
//! bytes as an array of numbers, and keys that are ints as strings.)

use serde::ser::{Error, Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use picklestream::value::{Surrogates, Value};

/// Writes its value as JSON, or says in a clause such as `holds bytes, …` why
/// it cannot.
pub(super) struct Json<'a>(pub(super) &'a Value);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let refused = |what: &str| {
            Err(S::Error::custom(format_args!(
                "holds {what}, which JSON cannot; text and pickle can"
            )))
        };
        match self.0 {
            Value::None | Value::Bool(_) | Value::Int(_) | Value::Str(_) => {
                self.0.serialize(serializer)
            }
            Value::BigInt(int) => RawValue::from_string(int.to_string())
                .map_err(S::Error::custom)?
                .serialize(serializer),
            Value::Float(float) if float.is_finite() => serializer.serialize_f64(*float),
            Value::Float(float) if float.is_nan() => refused("the float nan"),
            Value::Float(float) => refused(&format!("the float {float}")),
            Value::List(items) | Value::Tuple(items) => {
                serializer.collect_seq(items.iter().map(Json))
            }
            Value::Dict(pairs) => {
                let mut map = serializer.serialize_map(Some(pairs.len()))?;
                for (key, value) in pairs {
                    match key {
                        Value::Str(key) => map.serialize_entry(key, &Json(value))?,
                        _ => {
                            let what = format!("a dict with a key of type {}", key.type_name());
                            return refused(&what);
                        }
                    }
                }
                map.end()
            }
            Value::Bytes(_) | Value::ByteArray(_) => {
                refused(&format!("a value of type {}", self.0.type_name()))
            }
            Value::Complex(..) | Value::Set(_) | Value::FrozenSet(_) => {
                refused(&format!("a value of type {}", self.0.type_name()))
            }
            Value::Surrogates(text) => RawValue::from_string(escaped(text))
                .map_err(S::Error::custom)?
                .serialize(serializer),
            Value::Object(object) => refused(&format!("an object of {}", object.class_name())),
        }
    }
}

/// A str with lone surrogates as JSON has it, quotes included: an escape for each
/// surrogate, as Python's `json` writes it.
fn escaped(text: &Surrogates) -> String {
    let mut json = String::from("\"");
    for point in text.code_points() {
        match char::from_u32(point) {
            Some(c @ ('"' | '\\')) => json.extend(['\\', c]),
            Some(c) if c >= ' ' => json.push(c),
            _ => json.push_str(&format!("\\u{point:04x}")),
        }
    }
    json + "\""
}

#[cfg(test)]
mod tests {
    use super::*;
    use picklestream::literal;

    fn write(python: &str) -> Result<String, String> {
        let value: Value = literal::from_str(python).unwrap();
        serde_json::to_string(&Json(&value)).map_err(|error| error.to_string())
    }

    #[test]
    fn what_json_can_hold() {
        let wide = "9".repeat(400);
        for (python, json) in [
            ("(None, True, [1, 'é\"\\n'])", r#"[null,true,[1,"é\"\n"]]"#),
            ("{'b': 1.0, 'a': {}}", r#"{"b":1.0,"a":{}}"#),
            (
                "170141183460469231731687303715884105728",
                "170141183460469231731687303715884105728",
            ),
            ("-18446744073709551616", "-18446744073709551616"),
            (&wide, &wide),
            ("(5e-324, -0.0, 1e+16)", "[5e-324,-0.0,1e+16]"),
        ] {
            assert_eq!(write(python).as_deref(), Ok(json), "{python}");
        }
    }

    #[test]
    fn what_json_cannot_hold_is_refused() {
        for (python, what) in [
            ("nan", "the float nan"),
            ("[1, (-inf,)]", "the float -inf"),
            ("b''", "a value of type bytes"),
            ("bytearray(b'')", "a value of type bytearray"),
            ("{1}", "a value of type set"),
            ("frozenset({1})", "a value of type frozenset"),
            ("1j", "a value of type complex"),
            ("{'a': {1: 2}}", "a dict with a key of type int"),
            ("{None: 2}", "a dict with a key of type NoneType"),
        ] {
            let message = format!("holds {what}, which JSON cannot; text and pickle can");
            assert_eq!(write(python), Err(message), "{python}");
        }
    }
}
