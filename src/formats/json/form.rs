//! What JSON is to do with what it has nothing for.

use std::fmt::{self, Write};

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use picklestream::literal;
use picklestream::value::Value;

use crate::formats::{Choice, Error};

/// The choices of those who would rather have something than an error.
pub(super) const CHOICES: &[Choice] = &[
    Choice {
        name: "keys",
        value_name: "FORM",
        values: &["str", "repr"],
        help: "Keys of dicts that are not strs, in JSON: str as Python's json.dumps has them, \
               repr by their repr() [default: an error]",
    },
    Choice {
        name: "bytes",
        value_name: "FORM",
        values: &["base64", "latin1", "hex"],
        help: "bytes and bytearrays, in JSON: a string of this form [default: an error]",
    },
    Choice {
        name: "non-finite",
        value_name: "FORM",
        values: &["null", "string"],
        help: "nan and inf, in JSON: null, or a string of Python's word [default: an error]",
    },
    Choice {
        name: "sets",
        value_name: "FORM",
        values: &["array"],
        help: "sets and frozensets, in JSON: arrays, in the order of the pickle [default: an error]",
    },
];

/// What is written where JSON has nothing of its own. By default nothing is:
/// that is an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct JsonForm {
    keys: Option<Keys>,
    bytes: Option<BytesAs>,
    pub(super) non_finite: Option<NonFinite>,
    pub(super) sets: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keys {
    Str,
    Repr,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BytesAs {
    Base64,
    Latin1,
    Hex,
}

/// What a float is written as that is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NonFinite {
    /// `null`.
    Null,
    /// `"nan"`, `"inf"`, `"-inf"`.
    Text,
}

impl JsonForm {
    /// The form of a variant such as `keys=str,bytes=hex`.
    ///
    /// # Errors
    ///
    /// If it is none.
    pub(super) fn parse(variant: Option<&str>) -> Result<JsonForm, Error> {
        let mut form = JsonForm::default();
        for word in variant.into_iter().flat_map(|variant| variant.split(',')) {
            match word {
                "keys=str" => form.keys = Some(Keys::Str),
                "keys=repr" => form.keys = Some(Keys::Repr),
                "bytes=base64" => form.bytes = Some(BytesAs::Base64),
                "bytes=latin1" => form.bytes = Some(BytesAs::Latin1),
                "bytes=hex" => form.bytes = Some(BytesAs::Hex),
                "non-finite=null" => form.non_finite = Some(NonFinite::Null),
                "non-finite=string" => form.non_finite = Some(NonFinite::Text),
                "sets=array" => form.sets = true,
                _ => return Err(format!("JSON has no variant {word:?}").into()),
            }
        }
        Ok(form)
    }

    /// The text of bytes; `None` if they have none.
    pub(super) fn text_of<'a>(&self, bytes: &'a [u8]) -> Option<impl fmt::Display + 'a> {
        Some(BytesText(bytes, self.bytes?))
    }

    /// The text of a key that is not a str; `None` if it has none.
    pub(super) fn key(&self, key: &Value) -> Option<String> {
        match (key, self.keys) {
            (Value::Bytes(bytes), _) if self.bytes.is_some() => {
                self.text_of(bytes).map(|text| text.to_string())
            }
            (_, Some(Keys::Repr)) => literal::to_string(key).ok(),
            (Value::None, Some(Keys::Str)) => Some("null".to_owned()),
            (Value::Bool(is), Some(Keys::Str)) => Some(is.to_string()),
            (Value::Float(float), Some(Keys::Str)) if float.is_nan() => Some("NaN".to_owned()),
            (Value::Float(float), Some(Keys::Str)) if float.is_infinite() => {
                let sign = if *float < 0.0 { "-" } else { "" };
                Some(format!("{sign}Infinity"))
            }
            (Value::Int(_) | Value::BigInt(_) | Value::Float(_), Some(Keys::Str)) => {
                literal::to_string(key).ok()
            }
            _ => None,
        }
    }

    /// The choice that gives a key a text.
    pub(super) fn choice_for(key: &Value) -> &'static str {
        match literal::to_string(key) {
            Ok(_) => "keys",
            Err(_) => "",
        }
    }
}

/// Bytes as text, without a copy of them.
struct BytesText<'a>(&'a [u8], BytesAs);

impl fmt::Display for BytesText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            BytesAs::Base64 => Base64Display::new(self.0, &STANDARD).fmt(f),
            BytesAs::Latin1 => self
                .0
                .iter()
                .try_for_each(|byte| f.write_char((*byte).into())),
            BytesAs::Hex => self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
        }
    }
}
