//! What single objects take, as `show_sizeof` shows them.
//!
//! The layout tables answer for builds that are not at hand; a Python that is
//! at hand is asked with `sys.getsizeof`.

use pysizeof::{Build, Memory};

use crate::results::ObjectSizes;

use super::then;

/// The tutorial's objects with the bytes that the layout tables give for each
/// build. A literal that they have no model of is left without.
pub(super) fn modelled() -> Vec<ObjectSizes> {
    let mut objects = then::objects();
    for object in &mut objects {
        let Ok(sizing) = pysizeof::of_literal(&object.literal, Memory::Requested) else {
            continue;
        };
        for build in Build::ALL {
            let bytes = sizing.root().bytes().of(build);
            object.modelled_bytes.insert(build.name().to_owned(), bytes);
        }
    }
    objects
}
