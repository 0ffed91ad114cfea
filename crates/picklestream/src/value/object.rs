//! Objects as data: what a pickle says of an object that only code could make.

use super::Value;

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
