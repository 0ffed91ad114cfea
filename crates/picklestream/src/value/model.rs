//! Any Python object that is plain data, as one type, and any other as a description.

use num_bigint::BigInt;

use super::surrogates::Surrogates;

/// Any value that plain Python data can take.
///
/// Equality is structural and keeps order: two dicts or sets with the same
/// items in another order are not equal, `1` and `1.0` and `True` are three
/// different values, and a NaN equals nothing.
///
/// Not `non_exhaustive` on purpose: what converts or sizes values has to handle
/// each kind, so a new kind is a breaking change that the compiler points out.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `None`
    None,
    /// `True` or `False`
    Bool(bool),
    /// An integer that fits 128 bits with its sign.
    Int(i128),
    /// An integer that does not fit [`Value::Int`], and only such a one.
    BigInt(Box<BigInt>),
    /// `float`, with infinities and NaN.
    Float(f64),
    /// `complex`: real and imaginary part.
    Complex(f64, f64),
    /// `str`, but for the next.
    Str(String),
    /// A `str` with lone surrogates, and only such a one.
    Surrogates(Surrogates),
    /// `bytes`
    Bytes(Vec<u8>),
    /// `bytearray`
    ByteArray(Vec<u8>),
    /// `tuple`
    Tuple(Vec<Value>),
    /// `list`
    List(Vec<Value>),
    /// `dict`, in the order in which it was written; readers leave each key once,
    /// as Python does.
    Dict(Vec<(Value, Value)>),
    /// `set`, in the order in which it was written.
    Set(Vec<Value>),
    /// `frozenset`, in the order in which it was written.
    FrozenSet(Vec<Value>),
    /// Any other object, described and not made.
    Object(Box<Object>),
}

impl Value {
    /// An integer of any size, in the variant that it belongs to.
    ///
    /// ```
    /// use num_bigint::BigInt;
    /// use picklestream::value::Value;
    ///
    /// assert_eq!(Value::from_big_int(BigInt::from(7)), Value::Int(7));
    /// let wide = BigInt::from(2).pow(200);
    /// assert_eq!(Value::from_big_int(wide.clone()), Value::BigInt(Box::new(wide)));
    /// ```
    #[must_use]
    pub fn from_big_int(int: BigInt) -> Value {
        match i128::try_from(&int) {
            Ok(small) => Value::Int(small),
            Err(_) => Value::BigInt(Box::new(int)),
        }
    }

    /// The name of the Python type, as `type(x).__name__` gives it; `object` for a
    /// [`Value::Object`], whose own name is [`Object::class_name`].
    ///
    /// ```
    /// # use picklestream::value::Value;
    /// assert_eq!(Value::Tuple(vec![]).type_name(), "tuple");
    /// assert_eq!(Value::None.type_name(), "NoneType");
    /// ```
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::None => "NoneType",
            Value::Bool(_) => "bool",
            Value::Int(_) | Value::BigInt(_) => "int",
            Value::Float(_) => "float",
            Value::Complex(..) => "complex",
            Value::Str(_) | Value::Surrogates(_) => "str",
            Value::Bytes(_) => "bytes",
            Value::ByteArray(_) => "bytearray",
            Value::Tuple(_) => "tuple",
            Value::List(_) => "list",
            Value::Dict(_) => "dict",
            Value::Set(_) => "set",
            Value::FrozenSet(_) => "frozenset",
            Value::Object(_) => "object",
        }
    }
}

/// An object that a pickle describes and that was not made: the name of what
/// would make it, and what that would be given. Nothing was looked up, imported,
/// or called.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// What would make it, and how.
    pub made: Made,
    /// Arguments by position: of the call, or of `__new__`.
    pub args: Vec<Value>,
    /// Arguments by name, which only `NEWOBJ_EX` has.
    pub kwargs: Vec<(Value, Value)>,
    /// What `BUILD` hands to it, in order: nearly always nothing or one state.
    pub states: Vec<Value>,
    /// What is appended to it (`APPENDS`) or added (`ADDITEMS`).
    pub items: Vec<Value>,
    /// Keys and values that are set in it (`SETITEMS`).
    pub pairs: Vec<(Value, Value)>,
}

/// What makes an [`Object`], and how.
#[derive(Debug, Clone, PartialEq)]
pub enum Made {
    /// The class or function itself, which is found and not called.
    Global(Global),
    /// By calling it (`REDUCE`, `INST`, `OBJ`).
    Call(Global),
    /// By its `__new__` (`NEWOBJ`, `NEWOBJ_EX`): instances since Python 2.
    New(Global),
    /// By calling what another object is: the result of a call, for example.
    CallOf(Box<Value>),
    /// By the program's own `persistent_load`, which is given the only argument.
    Persistent,
    /// By the program's registry of extension codes, under this number.
    Extension(u32),
    /// By the program, which has it in a buffer outside of the pickle (PEP 574).
    Buffer,
}

/// The dotted name of a class or function.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Global {
    /// The module, such as `collections`.
    pub module: String,
    /// The name within it, such as `OrderedDict`; `Outer.Inner` since protocol 4.
    pub name: String,
}
