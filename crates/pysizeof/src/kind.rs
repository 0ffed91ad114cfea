//! The types of containers, as far as their sizes differ.

/// The type of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    List,
    Dict,
    OrderedDict,
    DefaultDict,
    Set,
    FrozenSet,
    /// An instance of a class written in Python, as far as its state shows: by the
    /// place of the class's name.
    Instance(u32, Form),
    /// A tuple of a class of its own, by the place of the class's name.
    NamedTuple(u32),
    /// What code would make, by the place of its name.
    Opaque(u32),
}

/// How an instance holds its attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// In a dict; of an old-style class in 2.7.
    OldStyle,
    /// In a dict.
    Plain,
    /// In so many slots, and in a dict beside them if this is said.
    Slots(u32, bool),
}

impl Form {
    /// Whether it has a `__dict__`.
    pub(super) fn has_dict(self) -> bool {
        !matches!(self, Form::Slots(_, false))
    }
}
