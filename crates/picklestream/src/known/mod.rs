//! Objects that are known to be data, and what they are.

use crate::value::{Made, Object};

/// Whether an object is one of those that are known to be data, whatever it holds.
/// Only such objects are written.
#[must_use]
pub fn is_known(object: &Object) -> bool {
    let (Made::Call(global) | Made::New(global)) = &object.made else {
        return false;
    };
    matches!(
        (&*global.module, &*global.name),
        ("collections", "OrderedDict")
    )
}
