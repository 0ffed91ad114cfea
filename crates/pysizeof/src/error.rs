//! Why a literal or a pickle has no size.

use picklestream::{literal, pickle};

/// Why a literal or a pickle has no size.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The literal cannot be read.
    #[error(transparent)]
    Literal(#[from] literal::Error),
    /// A dict key, or an item of a set, of a type that Python refuses there.
    #[error("unhashable type: '{0}'; a dict key or an item of a set cannot be changeable")]
    Unhashable(&'static str),
    /// The pickle cannot be read.
    #[error(transparent)]
    Pickle(#[from] pickle::Error),
}
