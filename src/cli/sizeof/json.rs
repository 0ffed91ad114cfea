//! The tree of objects as JSON.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use pysizeof::{Build, Made, Memory, Object, Sizes, Sizing};

/// Characters that are shown of a value.
const VALUE_CHARS: usize = 1000;

/// Everything that is printed. The field names are those of the JSON, a contract.
#[derive(Debug, Serialize)]
pub(super) struct Told<'s> {
    r#type: &'s str,
    repr: String,
    bytes: Figures,
    total_bytes: Figures,
    made: &'static str,
    /// Whether the bytes are those of the allocators' blocks.
    allocated: bool,
    recursive: bool,
    opaque: Vec<ToldOpaque<'s>>,
    parts: u64,
    children: Vec<ToldPart<'s>>,
}

#[derive(Debug, Serialize)]
struct ToldPart<'s> {
    r#type: &'s str,
    repr: String,
    bytes: Figures,
    counted_before: bool,
    within_itself: bool,
    /// How many parts it has; a pickle's are not all among the children.
    parts: u64,
    children: Vec<ToldPart<'s>>,
}

#[derive(Debug, Serialize)]
struct ToldOpaque<'s> {
    name: &'s str,
    count: u64,
}

/// A number for each build and for Rust, in this order.
#[derive(Debug)]
struct Figures {
    sizes: Sizes,
    rust: Option<u64>,
    record: Option<u64>,
}

impl Serialize for Figures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for build in Build::ALL {
            map.serialize_entry(build.name(), &self.sizes.of(build))?;
        }
        map.serialize_entry("rust", &self.rust)?;
        if let Some(bytes) = self.record {
            map.serialize_entry("rust-record", &bytes)?;
        }
        map.end()
    }
}

/// The JSON of a value, with its parts to a nesting depth of `depth`.
pub(super) fn told(sizing: &Sizing, depth: usize) -> Told<'_> {
    let root = part(sizing.root(), depth, &mut Vec::new());
    let opaque = sizing.opaque().iter().map(|opaque| ToldOpaque {
        name: &opaque.name,
        count: opaque.count,
    });
    Told {
        r#type: root.r#type,
        repr: root.repr,
        bytes: root.bytes,
        total_bytes: Figures {
            sizes: sizing.total(),
            rust: sizing.rust_total(),
            record: sizing.record_total(),
        },
        made: match sizing.made() {
            Made::Compiled => "compiled",
            Made::Unpickled => "unpickled",
        },
        allocated: sizing.memory() == Memory::Allocated,
        recursive: sizing.is_recursive(),
        opaque: opaque.collect(),
        parts: root.parts,
        children: root.children,
    }
}

fn part<'s>(object: &'s Object, depth: usize, around: &mut Vec<&'s Object>) -> ToldPart<'s> {
    let within_itself = object.is_within_itself(around);
    let mut children = Vec::new();
    if depth > 0 {
        around.push(object);
        let parts = object.children();
        children.extend(parts.map(|child| part(child, depth - 1, around)));
        around.pop();
    }
    ToldPart {
        r#type: object.type_name(),
        repr: object.repr(VALUE_CHARS),
        bytes: Figures {
            sizes: object.bytes(),
            rust: Some(object.rust_bytes()),
            record: object.record_bytes(),
        },
        counted_before: object.is_counted_before(),
        within_itself,
        parts: object.len(),
        children,
    }
}
