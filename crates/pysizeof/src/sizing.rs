//! The answer: an object with its parts, and the totals over all of them.

use std::rc::Rc;

use super::build::Sizes;
use super::cost::Cost;
use super::forms::{self, Form};
use super::layout::Memory;
use super::object::Object;
use super::parts::Parts;
use super::savings::{self, TuplesForDicts};

/// How the object is taken to have been made, on which its size depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// Compiled and evaluated by CPython, as a literal is.
    Compiled,
    /// Built by CPython's C unpickler.
    Unpickled,
}

/// How much is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detail {
    /// The totals, and the first parts.
    #[default]
    Totals,
    /// Also which part takes how much: [`Sizing::parts`]. It takes longer, and some
    /// tens of MiB at the most.
    Parts,
}

/// Objects of a pickle that exist only once code has run, such as instances of
/// a class. Nothing is run, so their own size is not known and counts as 0;
/// the arguments and the state that the pickle gives them are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// `module.name` of the class or function that would make them; where there
    /// is none, the opcode.
    pub name: String,
    /// How many of them the pickle has.
    pub count: u64,
}

/// Objects of a class that is not in the pickle, of which only their state shows what
/// they are: made without arguments and with a dict of attributes, of slots, or with the
/// items of a dict, they are taken to be of a class written in Python without a
/// `__setstate__`, of which the process made none before; made of several arguments and
/// without a state, to be named tuples. Their sizes are then known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instances {
    /// `module.name` of the class.
    pub class: String,
    /// How many of them the pickle has.
    pub count: u64,
}

/// The sizes of an object and of all that it refers to.
#[derive(Debug, Clone)]
pub struct Sizing {
    pub(super) root: Rc<Object>,
    pub(super) total: Sizes,
    pub(super) rust_total: Option<u64>,
    pub(super) record_total: Option<u64>,
    pub(super) unknown: Vec<Unknown>,
    pub(super) instances: Vec<Instances>,
    pub(super) is_recursive: bool,
    pub(super) cut_short: Option<u64>,
    pub(super) cost: Option<Cost>,
    pub(super) parts: Option<Parts>,
    pub(super) made: Made,
    pub(super) memory: Memory,
}

impl Sizing {
    /// The object, with its parts.
    #[must_use]
    pub fn root(&self) -> &Object {
        &self.root
    }

    /// Bytes of it and all that it refers to, each object once. What is
    /// [unknown](Unknown) adds nothing but its parts: see [`Sizing::is_at_least`].
    #[must_use]
    pub fn total(&self) -> Sizes {
        self.total
    }

    /// Bytes of it as a [`Value`](picklestream::value::Value). Absent where none can
    /// hold it: a container that contains itself, an instance, an object of unknown size.
    #[must_use]
    pub fn rust_total(&self) -> Option<u64> {
        self.rust_total
    }

    /// Bytes of it as a record `(f64, String, u64)`, or as a `Vec` of such.
    /// Absent where it is neither.
    #[must_use]
    pub fn record_total(&self) -> Option<u64> {
        self.record_total
    }

    /// The objects of unknown size, in the order of their names.
    #[must_use]
    pub fn unknown(&self) -> &[Unknown] {
        &self.unknown
    }

    /// The objects that are taken to be instances of classes written in Python, in the
    /// order of their classes.
    #[must_use]
    pub fn instances(&self) -> &[Instances] {
        &self.instances
    }

    /// Whether the figures are lower bounds, because something is
    /// [unknown](Unknown) or the pickle is cut short.
    #[must_use]
    pub fn is_at_least(&self) -> bool {
        !self.unknown.is_empty() || self.cut_short.is_some()
    }

    /// The byte at which the pickle ends, where it ends too early. The figures are
    /// then of what came before, and the root is its first object.
    #[must_use]
    pub fn cut_short(&self) -> Option<u64> {
        self.cut_short
    }

    /// Whether a container contains itself.
    #[must_use]
    pub fn is_recursive(&self) -> bool {
        self.is_recursive
    }

    /// What loading and dumping it costs a process. Absent for a literal, which
    /// is loaded by no unpickler.
    #[must_use]
    pub fn cost(&self) -> Option<&Cost> {
        self.cost.as_ref()
    }

    /// Which part takes how much, where [`Detail::Parts`] was asked for.
    #[must_use]
    pub fn parts(&self) -> Option<&Parts> {
        self.parts.as_ref()
    }

    /// What it takes in other forms, as far as the tree of parts tells; none without
    /// that.
    #[must_use]
    pub fn forms(&self) -> Vec<Form> {
        let parts = self.parts.as_ref();
        parts.map_or_else(Vec::new, |parts| forms::forms(parts, self.total))
    }

    /// What tuples would save that take the place of dicts with the same keys.
    #[must_use]
    pub fn tuples_for_dicts(&self) -> TuplesForDicts {
        let parts = self.parts.as_ref();
        let saving = parts.map(|parts| savings::tuples_for_dicts(parts.root(), self.memory));
        saving.unwrap_or_default()
    }

    /// How it is taken to have been made.
    #[must_use]
    pub fn made(&self) -> Made {
        self.made
    }

    /// Which bytes were counted.
    #[must_use]
    pub fn memory(&self) -> Memory {
        self.memory
    }
}
