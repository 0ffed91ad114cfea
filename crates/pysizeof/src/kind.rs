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
    /// A dict of a class of its own, by the place of the class's name.
    SubDict(u32),
    /// `collections.deque`
    Deque,
    /// An array of numpy with so many dimensions.
    Array(u32),
    /// The type of an array's elements: its letter and the bytes of one.
    Dtype(char, u32),
    /// A tuple of a class of its own, by the place of the class's name.
    NamedTuple(u32),
    /// What code would make, by the place of its name.
    Opaque(u32),
}

impl Type {
    /// Whether it has keys and values.
    #[inline]
    pub(super) fn is_dict(self) -> bool {
        matches!(
            self,
            Type::Dict | Type::OrderedDict | Type::DefaultDict | Type::SubDict(_)
        )
    }

    /// Whether `APPENDS` fills it.
    #[inline]
    pub(super) fn is_list(self) -> bool {
        matches!(self, Type::List | Type::Deque)
    }
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
    /// In a dict that shares no keys: `types.SimpleNamespace`.
    Namespace,
    /// In two slots: `uuid.UUID`; 2.7 has a dict there.
    Uuid,
}

impl Form {
    /// Whether it has a `__dict__` that shares its keys.
    pub(super) fn has_dict(self) -> bool {
        matches!(self, Form::OldStyle | Form::Plain | Form::Slots(_, true))
    }
}
