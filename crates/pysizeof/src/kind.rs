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
    /// What code would make, by the place of its name.
    Opaque(u32),
}
