//! How objects are made that only code could make, and what is done to them.

/// How an object is made, and with that what its head is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// It is a class or function itself: module and name.
    Global,
    /// By a call: what is called, a tuple of arguments.
    Call,
    /// By `__new__`: the class, a tuple of arguments.
    New,
    /// The same with a dict of named arguments behind.
    NewWithNames,
    /// By the program, of an id.
    Persistent,
    /// By the program, of a number.
    Extension,
    /// By the program, of nothing.
    Buffer,
}

impl How {
    /// How many nodes the head has.
    pub(crate) fn head(self) -> usize {
        match self {
            How::Global | How::Call | How::New => 2,
            How::NewWithNames => 3,
            How::Persistent | How::Extension => 1,
            How::Buffer => 0,
        }
    }

    /// Whether the first node of the head is what makes it.
    pub(crate) fn is_of_callable(self) -> bool {
        matches!(self, How::Call | How::New | How::NewWithNames)
    }
}

/// What was done to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Objects were appended or added.
    Items,
    /// Keys and values were set.
    Pairs,
    /// A state was handed to it.
    State,
}
