//! The tree of objects as JSON.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use pysizeof::{Build, Cost, Made, Memory, Object, Part, Parts, Sizes, Sizing};

use super::fits::Fits;
use super::less::advice;
use super::part_path::PartPath;

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
    dump_extra_least_bytes: Option<ByBuild>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dump_extra_most_bytes: Option<ByBuild>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fits: Option<&'s Fits>,
    tree: Option<ToldTreePart<'s>>,
    /// Bytes of the total that the tree does not hold: of what the interpreter has
    /// but one of.
    elsewhere_bytes: Option<PerBuild>,
    types: Vec<ToldType<'s>>,
    other_forms: Vec<ToldForm>,
    equal_strings: Option<ToldEqual>,
    advice: Vec<String>,
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

/// A part of the data, or many that are alike, with all below it.
#[derive(Debug, Serialize)]
struct ToldTreePart<'s> {
    /// To be read: an ellipsis where it stands for many.
    shown_path: String,
    /// To be typed; null where it stands for many.
    path: Option<String>,
    r#type: &'s str,
    /// Objects that are counted here.
    count: u64,
    /// References to objects that are counted elsewhere.
    shared: u64,
    total_bytes: PerBuild,
    own_bytes: PerBuild,
    /// The smallest and the largest of the objects, in the newest build.
    range_bytes: (u64, u64),
    /// Some of its parts are not told apart, for there were too many.
    merged: bool,
    parts: Vec<ToldTreePart<'s>>,
}

#[derive(Debug, Serialize)]
struct ToldType<'s> {
    r#type: &'s str,
    count: u64,
    bytes: PerBuild,
}

#[derive(Debug, Serialize)]
struct ToldForm {
    name: &'static str,
    what: &'static str,
    assumption: &'static str,
    bytes: PerBuild,
}

/// Strings that are equal to another one.
#[derive(Debug, Serialize)]
struct ToldEqual {
    count: u64,
    bytes: u64,
    /// It is an estimate, by a sample of one in so many.
    one_in: u64,
}

/// A number for each build.
#[derive(Debug)]
struct PerBuild(Sizes);

impl Serialize for PerBuild {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(Build::ALL.map(|build| (build.name(), self.0.of(build))))
    }
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
        dump_extra_least_bytes: by_build(|cost| cost.dump_extra_range().0),
        dump_extra_most_bytes: by_build(|cost| cost.dump_extra_range().1),
        fits,
        tree: sizing
            .parts()
            .map(|parts| tree_part(parts.root(), &PartPath::root(), depth)),
        elsewhere_bytes: sizing.parts().map(|parts| PerBuild(parts.elsewhere())),
        types: types(sizing),
        other_forms: forms(sizing),
        equal_strings: sizing.parts().map(|parts| {
            let equal = parts.repeated();
            ToldEqual {
                count: equal.count,
                bytes: equal.bytes,
                one_in: equal.one_in,
            }
        }),
        advice: advice_of_newest(sizing),
        parts: root.parts,
        children: root.children,
    }
}

fn tree_part<'s>(part: &'s Part, path: &PartPath, depth: usize) -> ToldTreePart<'s> {
    let mut parts = Vec::new();
    if depth > 0 {
        let below = part.parts().iter();
        parts.extend(below.map(|part| tree_part(part, &path.to(part), depth - 1)));
    }
    ToldTreePart {
        shown_path: path.shown().to_owned(),
        path: path.exact().map(str::to_owned),
        r#type: part.type_name(),
        count: part.count(),
        shared: part.shared(),
        total_bytes: PerBuild(part.bytes()),
        own_bytes: PerBuild(part.own_bytes()),
        range_bytes: part.range(),
        merged: part.is_merged(),
        parts,
    }
}

fn types(sizing: &Sizing) -> Vec<ToldType<'_>> {
    let types = sizing.parts().map_or(&[][..], Parts::types);
    let told = types.iter().map(|one| ToldType {
        r#type: &one.type_name,
        count: one.count,
        bytes: PerBuild(one.bytes),
    });
    told.collect()
}

fn forms(sizing: &Sizing) -> Vec<ToldForm> {
    let told = sizing.forms().into_iter().map(|form| ToldForm {
        name: form.name,
        what: form.what,
        assumption: form.assumption,
        bytes: PerBuild(form.bytes),
    });
    told.collect()
}

/// What would take less, in the newest build.
fn advice_of_newest(sizing: &Sizing) -> Vec<String> {
    let newest = Build::ALL[Build::ALL.len() - 1];
    let cost = sizing.cost();
    cost.map_or_else(Vec::new, |cost| advice(sizing, cost, newest, None))
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
