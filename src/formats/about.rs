//! What a format's figures are figures of.

/// Which code a format's figures are those of, and what its files are. Each is a
/// clause that people read beside the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// The crate that encodes and decodes, as `Cargo.lock` calls it; of our own
    /// code, ours.
    pub library: &'static str,
    /// The calls that write and read a list.
    pub calls: &'static str,
    /// What is held at a time beside records and the buffer that every format
    /// has.
    pub holds: &'static str,
    /// What a reader has to know beforehand.
    pub schema: &'static str,
    /// Whether strings that are read are copies, or lie in the file.
    pub strings: &'static str,
    /// What the records lose on the way.
    pub loses: &'static str,
}

impl About {
    /// Of a format of which nobody said anything.
    pub const UNKNOWN: About = About {
        library: "",
        calls: "",
        holds: "",
        schema: "",
        strings: "",
        loses: "",
    };
}

/// What most formats say of strings.
pub(super) const COPIES: &str = "copies";

/// What most formats say of losses.
pub(super) const NOTHING: &str = "nothing";

/// What formats say whose files tell the types of what they hold.
pub(super) const SELF_DESCRIBING: &str = "nothing: its files tell types";

/// What formats say whose files do not.
pub(super) const TYPES: &str = "the types of all fields, in their order";
