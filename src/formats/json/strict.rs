//! A record as JSON, if that is possible without losing any of it.
//!
//! | Python | JSON |
//! |---|---|
//! | `None`, `bool`, `str` | the same, a lone surrogate as the escape `\udce9` |
//! | `int` of any size | a number without point |
//! | `float` | a number with point or exponent |
//! | `list`, `tuple` | an array |
//! | `dict` whose keys are strs | an object, in the dict's order |
//! | known data, such as dates and arrays | its plain form (`picklestream::known`) |
//!
//! Everything else is refused, unless `form.rs` has a form for it that was chosen.
//! (serde_json by itself would write a NaN as null,
//! bytes as an array of numbers, and keys that are ints as strings.)

use serde::ser::{Error, Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use picklestream::known::{self, Form, Pairs, Show};
use picklestream::value::{Surrogates, Value};

use super::form::{JsonForm, NonFinite};

/// Writes its value as JSON, or says in a clause such as `holds bytes, …` why
/// it cannot, and which choice there is.
pub(super) struct Json<'a>(pub(super) &'a Value, pub(super) &'a JsonForm);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Json(value, form) = *self;
        let refused = |what: &str, choice: &str| Err(refusal(what, choice));
        let refused_value =
            |choice| refused(&format!("a value of type {}", value.type_name()), choice);
        match value {
            Value::None | Value::Bool(_) | Value::Int(_) | Value::Str(_) => {
                value.serialize(serializer)
            }
            Value::BigInt(int) => RawValue::from_string(int.to_string())
                .map_err(S::Error::custom)?
                .serialize(serializer),
            Value::Float(float) if float.is_finite() => serializer.serialize_f64(*float),
            Value::Float(float) => match form.non_finite {
                Some(NonFinite::Null) => serializer.serialize_none(),
                Some(NonFinite::Text) if float.is_nan() => serializer.serialize_str("nan"),
                Some(NonFinite::Text) => serializer.collect_str(float),
                None if float.is_nan() => refused("the float nan", "non-finite"),
                None => refused(&format!("the float {float}"), "non-finite"),
            },
            Value::List(items) | Value::Tuple(items) => {
                serializer.collect_seq(items.iter().map(|item| Json(item, form)))
            }
            Value::Set(items) | Value::FrozenSet(items) if form.sets => {
                serializer.collect_seq(items.iter().map(|item| Json(item, form)))
            }
            Value::Dict(pairs) => dict(pairs.iter().map(|(k, v)| (k, v)), form, serializer),
            Value::Bytes(bytes) | Value::ByteArray(bytes) => match form.text_of(bytes) {
                Some(text) => serializer.collect_str(&text),
                None => refused_value("bytes"),
            },
            Value::Set(_) | Value::FrozenSet(_) => refused_value("sets"),
            Value::Complex(..) => refused_value(""),
            Value::Surrogates(text) => RawValue::from_string(escaped(text))
                .map_err(S::Error::custom)?
                .serialize(serializer),
            Value::Object(object) => match known::read(object) {
                Some(known) => known.part(Form::Plain).shown(form).serialize(serializer),
                None => refused(&format!("an object of {}", object.class_name()), ""),
            },
        }
    }
}

/// Known data, such as dates and arrays, holds values as a list or dict does.
impl Show for JsonForm {
    fn value<S: Serializer>(&self, value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
        Json(value, self).serialize(serializer)
    }

    fn dict<S: Serializer>(&self, pairs: Pairs<'_>, serializer: S) -> Result<S::Ok, S::Error> {
        dict(pairs, self, serializer)
    }
}

fn dict<'v, S: Serializer>(
    pairs: impl ExactSizeIterator<Item = (&'v Value, &'v Value)>,
    form: &JsonForm,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(pairs.len()))?;
    for (key, value) in pairs {
        match key {
            Value::Str(key) => map.serialize_entry(key, &Json(value, form))?,
            _ => match form.key(key) {
                Some(key) => map.serialize_entry(&key, &Json(value, form))?,
                None => {
                    let what = format!("a dict with a key of type {}", key.type_name());
                    return Err(refusal(&what, JsonForm::choice_for(key)));
                }
            },
        }
    }
    map.end()
}

/// The error for what JSON has no form for, and which choice there is.
fn refusal<E: Error>(what: &str, choice: &str) -> E {
    let choice = match choice {
        "" => String::new(),
        choice => format!(" (choice `{choice}`)"),
    };
    E::custom(format_args!(
        "holds {what}, which JSON cannot; text and pickle can{choice}"
    ))
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
    use picklestream::value::{Global, Made, Object};

    fn write(python: &str) -> Result<String, String> {
        write_as(None, python)
    }

    fn write_as(variant: Option<&str>, python: &str) -> Result<String, String> {
        let value: Value = literal::from_str(python).unwrap();
        let form = JsonForm::parse(variant).unwrap();
        serde_json::to_string(&Json(&value, &form)).map_err(|error| error.to_string())
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
    fn known_data_has_its_plain_form() {
        let object = |module: &str, name: &str, fill: &dyn Fn(&mut Object)| {
            let made = Made::Call(Global {
                module: module.to_owned(),
                name: name.to_owned(),
            });
            let mut object = Object::new(made);
            fill(&mut object);
            Value::Object(Box::new(object))
        };
        let price = object("decimal", "Decimal", &|object| {
            object.args = vec![Value::Str("1.50".to_owned())];
        });
        let ordered = |key: Value, value: Value| {
            object("collections", "OrderedDict", &|object| {
                object.pairs = vec![(key.clone(), value.clone())];
            })
        };
        let form = JsonForm::default();
        let write = |value: &Value| {
            serde_json::to_string(&Json(value, &form)).map_err(|error| error.to_string())
        };
        let nested = ordered(Value::Str("a".to_owned()), price);
        assert_eq!(write(&nested).as_deref(), Ok(r#"{"a":"1.50"}"#));
        let odd = ordered(Value::Int(1), Value::None);
        assert!(
            write(&odd)
                .unwrap_err()
                .contains("a dict with a key of type int")
        );
        let bytes = ordered(Value::Str("a".to_owned()), Value::Bytes(Vec::new()));
        assert!(write(&bytes).unwrap_err().contains("a value of type bytes"));
        let unknown = object("a", "B", &|_| ());
        assert!(write(&unknown).unwrap_err().contains("an object of a.B"));
    }

    #[test]
    fn what_json_cannot_hold_is_refused() {
        for (python, what, choice) in [
            ("nan", "the float nan", "non-finite"),
            ("[1, (-inf,)]", "the float -inf", "non-finite"),
            ("b''", "a value of type bytes", "bytes"),
            ("bytearray(b'')", "a value of type bytearray", "bytes"),
            ("{1}", "a value of type set", "sets"),
            ("frozenset({1})", "a value of type frozenset", "sets"),
            ("1j", "a value of type complex", ""),
            ("{'a': {1: 2}}", "a dict with a key of type int", "keys"),
            ("{None: 2}", "a dict with a key of type NoneType", "keys"),
        ] {
            let message = format!("holds {what}, which JSON cannot; text and pickle can");
            let message = match choice {
                "" => message,
                choice => format!("{message} (choice `{choice}`)"),
            };
            assert_eq!(write(python), Err(message), "{python}");
        }
    }

    /// As `json.dumps` of CPython 3.13 has keys, and `base64`, `bytes.hex` and
    /// `bytes.decode("latin1")` have bytes.
    #[test]
    fn what_is_chosen_is_written() {
        for (variant, python, json) in [
            (
                "keys=str",
                "{0: 1, -5: 1, 1.5: 1, 1e16: 1, True: 1, None: 1, 'a': 1, nan: 1, -inf: 1}",
                r#"{"0":1,"-5":1,"1.5":1,"1e+16":1,"true":1,"null":1,"a":1,"NaN":1,"-Infinity":1}"#,
            ),
            (
                "keys=repr",
                "{(1, 'a'): {b'x': None}, 'a': 1, frozenset(): 2}",
                r#"{"(1, 'a')":{"b'x'":null},"a":1,"frozenset()":2}"#,
            ),
            (
                "bytes=base64",
                r"[b'', bytearray(b'\xff\x00a')]",
                r#"["","/wBh"]"#,
            ),
            ("bytes=hex", r"b'\xff\x00a'", r#""ff0061""#),
            ("bytes=latin1", r#"b'\xe9\x00"'"#, r#""é\u0000\"""#),
            ("bytes=hex", "{b'k': b''}", r#"{"6b":""}"#),
            ("non-finite=null", "[nan, inf, 1.0]", "[null,null,1.0]"),
            (
                "non-finite=string",
                "[nan, inf, -inf]",
                r#"["nan","inf","-inf"]"#,
            ),
            (
                "sets=array",
                "[{1}, frozenset({'a'}), set()]",
                r#"[[1],["a"],[]]"#,
            ),
            (
                "keys=str,sets=array,bytes=hex",
                "{1: {b'a'}}",
                r#"{"1":["61"]}"#,
            ),
        ] {
            assert_eq!(
                write_as(Some(variant), python).as_deref(),
                Ok(json),
                "{python}"
            );
        }
        // json.dumps refuses it as well.
        let message = "holds a dict with a key of type tuple, which JSON cannot; \
                       text and pickle can (choice `keys`)";
        for variant in [None, Some("keys=str"), Some("bytes=hex")] {
            let written = write_as(variant, "{(1, 2): 3}");
            assert_eq!(written, Err(message.to_owned()));
        }
        assert!(JsonForm::parse(Some("keys=int")).is_err());
    }
}
