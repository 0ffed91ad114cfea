//! Paths into data: `users[3].events`, `['a key.with dots'][0]`.
//!
//! One grammar for all that names a part of some data. A step is one of
//!
//! - a name, `users`: what a dict has under this str, or what an object has
//!   under it. A dot stands between a name and what comes before it;
//! - an index, `[3]`: an item of a list or tuple, counted from 0, or what a dict
//!   has under this int;
//! - a key in brackets, written as Python writes it: `['a key']`, `[b'raw']`,
//!   `[None]`. A str in brackets is the same step as a name, for those that no
//!   name can be.
//!
//! A name is anything without dots, brackets, quotes and spaces that does not
//! begin with a digit.
//!
//! ```
//! use picklestream::literal;
//! use picklestream::path::Path;
//! use picklestream::value::Value;
//!
//! let data: Value = literal::from_str("{'users': [{'a b': 1}, {'a b': 2}]}")?;
//! let path: Path = "users[1]['a b']".parse()?;
//! assert_eq!(path.find(&data), Some(&Value::Int(2)));
//!
//! let error = "users[1".parse::<Path>().unwrap_err();
//! assert_eq!(error.to_string(), "column 8: expected ] after the index");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;
use std::str::FromStr;

use crate::literal;
use crate::value::{Object, Value};

/// The way from some data to a part of it. Without steps, the data itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Path {
    steps: Vec<Step>,
}

/// One step of a [`Path`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// `name` or `['name']`: a key of a dict that is this str, or what an object
    /// has under it.
    Name(String),
    /// `[3]`: an item of a list or tuple, from 0; or a key of a dict that equals
    /// this int, as `True` and `1.0` equal 1.
    Index(i128),
    /// `[b'raw']`: a key that is these bytes.
    Bytes(Vec<u8>),
    /// `[None]`: a key that is `None`.
    None,
}

impl Step {
    /// Whether a dict's key is the one that this step names.
    #[must_use]
    pub fn is_key(&self, key: &Value) -> bool {
        match (self, key) {
            (Step::Name(name), Value::Str(text)) => name == text,
            (Step::Index(index), Value::Int(int)) => index == int,
            (Step::Index(index), Value::Bool(bool)) => *index == i128::from(*bool),
            (Step::Index(index), Value::Float(float)) => equals(*index, *float),
            (Step::Bytes(bytes), Value::Bytes(key)) => bytes == key,
            (Step::None, Value::None) => true,
            _ => false,
        }
    }

    /// The place in a list or tuple that this step names.
    #[must_use]
    pub fn place(&self) -> Option<u64> {
        match self {
            Step::Index(index) => u64::try_from(*index).ok(),
            _ => None,
        }
    }
}

/// Whether an int and a float are equal, as Python has it: by their exact values.
pub(crate) fn equals(int: i128, float: f64) -> bool {
    // A float that is whole and in range becomes an int without loss.
    let in_range = float >= -(2.0_f64.powi(127)) && float < 2.0_f64.powi(127);
    in_range && float.fract() == 0.0 && float as i128 == int
}

impl Path {
    /// The steps, the outermost first.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether it names the data itself.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The part of `value` that this names, if it is there. Of a key that a
    /// dict has twice, the last. An object has what its state has under a name
    /// (a dict, or one of fields and one of slots), the keys that are set in it,
    /// and the items that are appended to it.
    #[must_use]
    pub fn find<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        let mut found = value;
        for step in &self.steps {
            found = match found {
                Value::List(items) | Value::Tuple(items) => {
                    items.get(usize::try_from(step.place()?).ok()?)?
                }
                Value::Dict(pairs) => {
                    let mut pairs = pairs.iter().rev();
                    &pairs.find(|(key, _)| step.is_key(key))?.1
                }
                Value::Object(object) => of_object(object, step)?,
                _ => return None,
            };
        }
        Some(found)
    }
}

/// What an object has under a step: by its state, else by what was set in it,
/// else among what was appended to it.
fn of_object<'v>(object: &'v Object, step: &Step) -> Option<&'v Value> {
    let last = |pairs: &'v [(Value, Value)]| {
        let mut pairs = pairs.iter().rev();
        pairs
            .find(|(key, _)| step.is_key(key))
            .map(|(_, value)| value)
    };
    let in_state = |state: &'v Value| match state {
        Value::Dict(fields) => last(fields),
        Value::Tuple(parts) => match parts.as_slice() {
            [Value::Dict(fields), Value::Dict(slots)] => last(slots).or_else(|| last(fields)),
            [Value::None, Value::Dict(fields)] | [Value::Dict(fields), Value::None] => last(fields),
            _ => None,
        },
        _ => None,
    };
    let mut states = object.states.iter().rev();
    states
        .find_map(in_state)
        .or_else(|| last(&object.pairs))
        .or_else(|| object.items.get(usize::try_from(step.place()?).ok()?))
}

impl From<Vec<Step>> for Path {
    fn from(steps: Vec<Step>) -> Path {
        Path { steps }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.steps.iter().enumerate() {
            match step {
                Step::Name(name) if is_identifier(name) => {
                    let dot = if place == 0 { "" } else { "." };
                    write!(f, "{dot}{name}")?;
                }
                Step::Name(name) => write!(f, "[{}]", written(&Value::Str(name.clone())))?,
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Bytes(bytes) => write!(f, "[{}]", written(&Value::Bytes(bytes.clone())))?,
                Step::None => f.write_str("[None]")?,
            }
        }
        Ok(())
    }
}

/// As Python's `repr` gives it.
fn written(key: &Value) -> String {
    literal::to_string(key).unwrap_or_default()
}

/// Whether a name can stand without brackets wherever it is read: a narrower
/// notion than what is accepted.
fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    let first = characters.next();
    first.is_some_and(|c| c.is_alphabetic() || c == '_')
        && characters.all(|c| c.is_alphanumeric() || c == '_')
}

/// What is wrong with the text of a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {what}")]
pub struct PathError {
    column: usize,
    what: String,
}

impl PathError {
    /// Where: characters from the first on, which is column 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }
}

impl FromStr for Path {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Path, PathError> {
        let mut parser = Parser { text, at: 0 };
        let mut steps = Vec::new();
        while parser.at < text.len() {
            steps.push(parser.step(steps.is_empty())?);
        }
        Ok(Path { steps })
    }
}

struct Parser<'a> {
    text: &'a str,
    /// In bytes.
    at: usize,
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    /// The error at what comes next.
    fn fault(&self, what: impl Into<String>) -> PathError {
        PathError {
            column: self.text[..self.at].chars().count() + 1,
            what: what.into(),
        }
    }

    fn step(&mut self, is_first: bool) -> Result<Step, PathError> {
        if self.rest().starts_with('[') {
            self.at += 1;
            return self.in_brackets();
        }
        if !is_first {
            if !self.rest().starts_with('.') {
                return Err(self.fault("expected . or ["));
            }
            self.at += 1;
        }
        let ends = |c: char| matches!(c, '.' | '[' | ']' | '\'' | '"') || c.is_whitespace();
        let len = self.rest().find(ends).unwrap_or(self.rest().len());
        let name = self.rest()[..len].to_owned();
        match name.chars().next() {
            None if is_first => Err(self.fault("expected a name or [")),
            None => Err(self.fault("expected a name after the dot")),
            Some(first) if first.is_ascii_digit() => Err(self.fault(format!(
                "a name cannot begin with a digit: [{name}] is an index, ['{name}'] a key"
            ))),
            Some(_) => {
                self.at += len;
                if let Some(c @ ('\'' | '"' | ']')) = self.rest().chars().next() {
                    return Err(self.fault(format!("{c} cannot be part of a name: ['…'] can")));
                }
                if self.rest().starts_with(char::is_whitespace) {
                    return Err(self.fault("a space cannot be part of a name: ['…'] can"));
                }
                Ok(Step::Name(name))
            }
        }
    }

    fn in_brackets(&mut self) -> Result<Step, PathError> {
        let len = literal_len(self.rest());
        let step = step_of(&self.rest()[..len]).map_err(|what| self.fault(what))?;
        self.at += len;
        if !self.rest().starts_with(']') {
            let what = match step {
                Step::Index(_) => "index",
                _ => "key",
            };
            return Err(self.fault(format!("expected ] after the {what}")));
        }
        self.at += 1;
        Ok(step)
    }
}

/// The length of the literal that `text` begins with: a string to its closing
/// quote, anything else to the bracket.
fn literal_len(text: &str) -> usize {
    let prefix = text.find(|c: char| !matches!(c, 'b' | 'B' | 'r' | 'R' | 'u' | 'U'));
    let start = prefix.unwrap_or(text.len());
    let Some(quote @ (b'\'' | b'"')) = text.as_bytes().get(start) else {
        return text.find(']').unwrap_or(text.len());
    };
    let mut is_escaped = false;
    for (place, byte) in text.bytes().enumerate().skip(start + 1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            _ if byte == *quote => return place + 1,
            _ => {}
        }
    }
    text.len()
}

/// The step of what stands in brackets, or what is wrong with it.
fn step_of(text: &str) -> Result<Step, String> {
    let expected = "expected an int, None, or a str or bytes in quotes";
    if text.is_empty() {
        return Err(expected.to_owned());
    }
    match literal::from_str::<Value>(text) {
        Ok(Value::Str(name)) => Ok(Step::Name(name)),
        Ok(Value::Int(index)) => Ok(Step::Index(index)),
        Ok(Value::Bytes(bytes)) => Ok(Step::Bytes(bytes)),
        Ok(Value::None) => Ok(Step::None),
        Ok(other) => Err(format!(
            "{expected}; a {} cannot be a step",
            other.type_name()
        )),
        Err(_) if text.starts_with(['\'', '"']) => {
            Err("the str in quotes has no end, or an escape is wrong".to_owned())
        }
        Err(_) => Err(format!("{expected}; the key of that name is ['{text}']")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> Vec<Step> {
        let path: Path = text.parse().unwrap_or_else(|e| panic!("{text}: {e}"));
        path.steps().to_vec()
    }

    fn name(name: &str) -> Step {
        Step::Name(name.to_owned())
    }

    #[test]
    fn steps_are_names_indices_and_keys() {
        assert_eq!(parsed(""), []);
        assert_eq!(
            parsed("users[3].events"),
            [name("users"), Step::Index(3), name("events")]
        );
        assert_eq!(
            parsed("['a key.with dots'][0]"),
            [name("a key.with dots"), Step::Index(0)]
        );
        assert_eq!(parsed("data.rows"), [name("data"), name("rows")]);
        assert_eq!(parsed("user-id.größe"), [name("user-id"), name("größe")]);
        assert_eq!(parsed(r#"a["it's ]"]"#), [name("a"), name("it's ]")]);
        assert_eq!(parsed(r"['\'\u00e9']"), [name("'é")]);
        assert_eq!(parsed("[-1]"), [Step::Index(-1)]);
        assert_eq!(
            parsed(r"[b'\xff'][None]"),
            [Step::Bytes(vec![0xff]), Step::None]
        );
    }

    #[test]
    fn an_error_says_where_and_what_is_expected() {
        for (text, says) in [
            (".a", "column 1: expected a name or ["),
            ("a..b", "column 3: expected a name after the dot"),
            ("a.", "column 3: expected a name after the dot"),
            ("a[0]b", "column 5: expected . or ["),
            (
                "a b",
                "column 2: a space cannot be part of a name: ['…'] can",
            ),
            ("a'b", "column 2: ' cannot be part of a name: ['…'] can"),
            ("a]", "column 2: ] cannot be part of a name: ['…'] can"),
            ("ä[0", "column 4: expected ] after the index"),
            ("['a'", "column 5: expected ] after the key"),
            ("['a' ]", "column 5: expected ] after the key"),
            (
                "a.3",
                "column 3: a name cannot begin with a digit: [3] is an index, ['3'] a key",
            ),
            (
                "a[]",
                "column 3: expected an int, None, or a str or bytes in quotes",
            ),
            (
                "a[b]",
                "column 3: expected an int, None, or a str or bytes in quotes; \
                 the key of that name is ['b']",
            ),
            (
                "[1.5]",
                "column 2: expected an int, None, or a str or bytes in quotes; \
                 a float cannot be a step",
            ),
            (
                "['a",
                "column 2: the str in quotes has no end, or an escape is wrong",
            ),
        ] {
            let error = text.parse::<Path>().unwrap_err();
            assert_eq!(error.to_string(), says, "{text}");
        }
    }

    #[test]
    fn what_is_found_is_what_python_would_find() {
        let data = "{'a': [(1, {1: 'one', b'k': 'raw', None: 'none'})], 'a b': {1.0: 2}}";
        let data: Value = literal::from_str(data).unwrap();
        let found = |path: &str| path.parse::<Path>().unwrap().find(&data).map(written);
        assert_eq!(found("a[0][1][1]").as_deref(), Some("'one'"));
        assert_eq!(found("a[0][1][b'k']").as_deref(), Some("'raw'"));
        assert_eq!(found("a[0][1][None]").as_deref(), Some("'none'"));
        assert_eq!(found("['a b'][1]").as_deref(), Some("2"));
        assert_eq!(found("a[0][0].b"), None);
        assert_eq!(found("a[-1]"), None);
        assert_eq!(found("a[1]"), None);
        assert_eq!(found("a['0']"), None);
        let twice = Value::Dict(vec![
            (Value::Bool(true), Value::Int(1)),
            (Value::Int(1), Value::Int(2)),
        ]);
        let path: Path = "[1]".parse().unwrap();
        assert_eq!(path.find(&twice), Some(&Value::Int(2)));
    }

    #[test]
    fn ints_equal_floats_by_their_exact_values() {
        assert!(equals(1, 1.0) && equals(0, -0.0) && equals(1 << 100, 2.0_f64.powi(100)));
        assert!(!equals(1, 1.5) && !equals(0, f64::NAN) && !equals(i128::MAX, f64::INFINITY));
        assert!(!equals((1 << 53) + 1, 2.0_f64.powi(53)));
        assert!(!equals(i128::MAX, 2.0_f64.powi(127)));
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            ".*".prop_map(Step::Name),
            "[a-z_]{1,8}".prop_map(Step::Name),
            any::<i128>().prop_map(Step::Index),
            (0..20_i128).prop_map(Step::Index),
            any::<Vec<u8>>().prop_map(Step::Bytes),
            Just(Step::None),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(steps in prop::collection::vec(step(), 0..6)) {
            let path = Path::from(steps);
            prop_assert_eq!(path.to_string().parse::<Path>(), Ok(path));
        }

        #[test]
        fn any_text_is_a_path_or_an_error(text in r#"[\PC\[\]'"\\.b0-9]*"#) {
            if let Ok(path) = text.parse::<Path>() {
                prop_assert_eq!(path.to_string().parse::<Path>(), Ok(path));
            }
        }
    }
}
