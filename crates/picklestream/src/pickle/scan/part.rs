//! Parts of a pickle, and where one of them is to be found.

/// A part of a pickle: the opcodes that make one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    /// Offset of the first.
    pub(crate) start: u64,
    /// Offset of what follows the last.
    pub(crate) end: u64,
    /// All memo ids that were put before it are below.
    pub(crate) next_id: u32,
}

/// What is known of the target of a tail of the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// The object has nothing under the first step.
    Absent,
    /// It has something there, in which the other steps lead nowhere.
    Nothing,
    /// It is this part.
    Part(Part),
    /// The same as in the object that the memo had under this id.
    Fetched(u32),
    /// To be found by reading only.
    Unclear,
}
