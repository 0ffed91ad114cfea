//! Objects as data: what a pickle says of an object that only code could make.

use std::fmt;

use super::model::{Global, Made, Object, Value};

impl Object {
    /// One that is made like this, of nothing yet.
    #[must_use]
    pub fn new(made: Made) -> Object {
        Object {
            made,
            args: Vec::new(),
            kwargs: Vec::new(),
            states: Vec::new(),
            items: Vec::new(),
            pairs: Vec::new(),
        }
    }

    /// What makes it, to show: `module.Class`, or of what has no such name a few
    /// words, as `persistent object` or `extension 12`.
    ///
    /// ```
    /// use picklestream::value::{Made, Object};
    ///
    /// assert_eq!(Object::new(Made::Extension(12)).class_name(), "extension 12");
    /// ```
    ///
    /// What `copyreg` makes, to which protocols 0 and 1 leave it, goes by the name of
    /// its class.
    #[must_use]
    pub fn class_name(&self) -> String {
        match (&self.made, self.args.first()) {
            (Made::Call(global), Some(Value::Object(class))) if global.makes_its_argument() => {
                class.made.to_string()
            }
            (made, _) => made.to_string(),
        }
    }

    /// Names and values of its attributes, as far as its states are what Python
    /// itself writes: a dict, or a tuple of two, `__dict__` and slots, each a dict or
    /// `None`. Any other state is not among them.
    ///
    /// ```
    /// use picklestream::value::{Made, Object, Value};
    ///
    /// let mut object = Object::new(Made::Persistent);
    /// let slots = Value::Dict(vec![(Value::Str("x".into()), Value::Int(1))]);
    /// object.states.push(Value::Tuple(vec![Value::None, slots]));
    /// let fields: Vec<_> = object.fields().collect();
    /// assert_eq!(fields, [&(Value::Str("x".into()), Value::Int(1))]);
    /// ```
    pub fn fields(&self) -> impl Iterator<Item = &(Value, Value)> {
        self.states.iter().flat_map(attributes).flatten()
    }
}

/// The attributes that a state sets: those of `__dict__`, and those in slots.
fn attributes(state: &Value) -> [&[(Value, Value)]; 2] {
    match state {
        Value::Dict(pairs) => [pairs, &[]],
        Value::Tuple(parts) => match &parts[..] {
            [Value::Dict(dict), Value::Dict(slots)] => [dict, slots],
            [Value::Dict(one), Value::None] | [Value::None, Value::Dict(one)] => [one, &[]],
            _ => [&[], &[]],
        },
        _ => [&[], &[]],
    }
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Made::Global(global) | Made::Call(global) | Made::New(global) => global.fmt(f),
            Made::CallOf(called) => match &**called {
                Value::Object(object) => write!(f, "what {} gives", object.made),
                other => write!(f, "a call of a {}", other.type_name()),
            },
            Made::Persistent => f.write_str("persistent object"),
            Made::Extension(number) => write!(f, "extension {number}"),
            Made::Buffer => f.write_str("out-of-band buffer"),
        }
    }
}

impl Global {
    /// Whether it makes an object of the class that is its first argument.
    fn makes_its_argument(&self) -> bool {
        matches!(&*self.module, "copyreg" | "copy_reg")
            && matches!(
                &*self.name,
                "_reconstructor" | "__newobj__" | "__newobj_ex__"
            )
    }
}

/// `module.name`.
impl fmt::Display for Global {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.module, self.name)
    }
}
