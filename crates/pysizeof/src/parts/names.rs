//! Types by their numbers.

use std::collections::HashMap;
use std::rc::Rc;

/// The number of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TypeId(pub(super) u16);

/// Types with a number of their own; all others are one.
const MOST: usize = 400;

/// What all others are called.
const OTHERS: &str = "others";

/// The types so far.
#[derive(Debug)]
pub(super) struct Names {
    names: Vec<Rc<str>>,
    numbers: HashMap<Rc<str>, u16>,
}

/// The first types, which have the same number always.
const FIRST: [&str; 9] = [
    OTHERS, "float", "int", "str", "bytes", "tuple", "list", "dict", "set",
];

impl TypeId {
    pub(crate) const OTHERS: TypeId = TypeId(0);
    pub(crate) const FLOAT: TypeId = TypeId(1);
    pub(crate) const INT: TypeId = TypeId(2);
    pub(crate) const STR: TypeId = TypeId(3);
    pub(crate) const BYTES: TypeId = TypeId(4);
    pub(crate) const TUPLE: TypeId = TypeId(5);
    pub(crate) const LIST: TypeId = TypeId(6);
    pub(crate) const DICT: TypeId = TypeId(7);
    pub(crate) const SET: TypeId = TypeId(8);
}

impl Names {
    pub(super) fn new() -> Names {
        let mut names = Names {
            names: Vec::new(),
            numbers: HashMap::new(),
        };
        for name in FIRST {
            names.number(name);
        }
        names
    }

    pub(super) fn number(&mut self, name: &str) -> TypeId {
        if let Some(&number) = self.numbers.get(name) {
            return TypeId(number);
        }
        if self.names.len() >= MOST {
            return TypeId::OTHERS;
        }
        let number = self.names.len() as u16;
        let name: Rc<str> = name.into();
        self.names.push(Rc::clone(&name));
        self.numbers.insert(name, number);
        TypeId(number)
    }

    pub(super) fn name(&self, TypeId(number): TypeId) -> Rc<str> {
        Rc::clone(&self.names[usize::from(number)])
    }
}
