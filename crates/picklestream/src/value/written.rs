//! Values in whose dicts and sets a key may come twice, as it does in what was read.

use serde::de::{Deserialize, Deserializer};

use super::model::Value;

/// A value whose dicts and sets hold each key as often as it was written, where
/// [`Value`] by itself leaves each once.
///
/// It is for what was written: how many pairs a display has decides how large
/// CPython makes the dict, however many of them are left.
///
/// ```
/// use picklestream::literal;
/// use picklestream::value::{AsWritten, Value};
///
/// let text = "{1: 'a', True: 'b'}";
/// let AsWritten(Value::Dict(pairs)) = literal::from_str(text)? else { panic!() };
/// assert_eq!(pairs.len(), 2);
/// let merged: Value = literal::from_str(text)?;
/// assert_eq!(literal::to_string(&merged)?, "{1: 'b'}");
/// # Ok::<(), literal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct AsWritten(pub Value);

impl<'de> Deserialize<'de> for AsWritten {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<AsWritten, D::Error> {
        Tree::<false>::deserialize(deserializer).map(|tree| AsWritten(tree.0))
    }
}

/// A value, in whose dicts and sets each key is once if they are `MERGED`, and as
/// often as it was written if not.
#[repr(transparent)]
pub(super) struct Tree<const MERGED: bool>(pub(super) Value);
