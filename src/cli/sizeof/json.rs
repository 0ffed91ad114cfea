//! The tree of objects as JSON.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use pysizeof::{Build, Cost, Made, Memory, Object, Sizes, Sizing};

use super::fits::Fits;

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
    /// Whether the figures are lower bounds, because something is unknown or cut off.
    at_least: bool,
    /// The byte at which a pickle ends too early.
    cut_short_at: Option<u64>,
    unknown: Vec<ToldUnknown<'s>>,
    /// What is taken to be of classes written in Python.
    instances: Vec<ToldInstances<'s>>,
    /// Of a pickle.
    #[serde(skip_serializing_if = "Option::is_none")]
    protocol: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_bytes: Option<ByBuild>,
    #[serde(skip_serializing_if = "Option::is_none")]
    load_peak_bytes: Option<ByBuild>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dump_extra_bytes: Option<ByBuild>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fits: Option<&'s Fits>,
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
struct ToldUnknown<'s> {
    name: &'s str,
    count: u64,
}

#[derive(Debug, Serialize)]
struct ToldInstances<'s> {
    class: &'s str,
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

/// A number for each build that can read the pickle.
#[derive(Debug)]
struct ByBuild {
    sizes: Sizes,
    cost: Cost,
}

impl Serialize for ByBuild {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let figure = |build| {
            let can_load = self.cost.can_load(build);
            can_load.then(|| self.sizes.of(build))
        };
        serializer.collect_map(Build::ALL.map(|build| (build.name(), figure(build))))
    }
}

/// The JSON of a value, with its parts to a nesting depth of `depth`.
pub(super) fn told<'s>(sizing: &'s Sizing, depth: usize, fits: Option<&'s Fits>) -> Told<'s> {
    let root = part(sizing.root(), depth, &mut Vec::new());
    let unknown = sizing.unknown().iter().map(|unknown| ToldUnknown {
        name: &unknown.name,
        count: unknown.count,
    });
    let instances = sizing.instances().iter().map(|instances| ToldInstances {
        class: &instances.class,
        count: instances.count,
    });
    let by_build = |sizes: fn(&Cost) -> Sizes| {
        let cost = *sizing.cost()?;
        let sizes = sizes(&cost);
        Some(ByBuild { sizes, cost })
    };
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
        at_least: sizing.is_at_least(),
        cut_short_at: sizing.cut_short(),
        unknown: unknown.collect(),
        instances: instances.collect(),
        protocol: sizing.cost().map(Cost::protocol),
        kept_bytes: by_build(Cost::kept),
        load_peak_bytes: by_build(Cost::load_peak),
        dump_extra_bytes: by_build(Cost::dump_extra),
        fits,
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
