//! What the same data takes in other forms: as columns of arrays, as records of a
//! compiled language, as text. Of the figures that the tree of parts has, so an
//! estimate, with what is assumed.

use std::collections::BTreeMap;

use super::build::Sizes;
use super::parts::{Label, NEWEST, Part, Parts};

/// Bytes of the object that a numpy array is, beside its data.
const ARRAY: u64 = 112;

/// Bytes of a `Vec` or `String`, beside what it points to.
const VEC: u64 = 24;

/// The data in another form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Its name, for programs: lower case with hyphens.
    pub name: &'static str,
    /// What it is, in a few words.
    pub what: &'static str,
    /// What is taken for granted, in a sentence.
    pub assumption: &'static str,
    /// Bytes of all the data. Where it takes the place of some of Python's objects
    /// only, the others are as they are in each build.
    pub bytes: Sizes,
}

/// What is known of a column, or of a part that could be one.
#[derive(Debug, Clone, Copy, Default)]
struct Column {
    numpy: Option<u64>,
    arrow: Option<u64>,
}

/// Which bytes of Python's objects become how many others.
#[derive(Debug, Default)]
struct Replaced {
    objects: Sizes,
    by: u64,
}

/// The forms that the data has, of which `total` are the bytes in Python.
pub(super) fn forms(parts: &Parts, total: Sizes) -> Vec<Form> {
    let root = parts.root();
    let mut forms = Vec::new();
    let [numpy, arrow] = [
        |column: &Column| column.numpy,
        |column: &Column| column.arrow,
    ];
    for (name, what, assumption, of) in [
        (
            "numpy",
            "lists of numbers, str and like records as numpy arrays",
            "int64, uint64 and float64, str as wide as the longest; smaller than the list, \
             or left as it is",
            numpy as fn(&Column) -> Option<u64>,
        ),
        (
            "arrow",
            "the same as pyarrow arrays",
            "int64, uint64, double and utf8 with offsets of 4 bytes, a bit for each bool and \
             each value that can be None",
            arrow,
        ),
    ] {
        let mut replaced = Replaced::default();
        replace(root, of, &mut replaced);
        if replaced.by > 0 {
            let rest = |build| total.of(build).saturating_sub(replaced.objects.of(build));
            forms.push(Form {
                name,
                what,
                assumption,
                bytes: Sizes::each(|build| rest(build) + replaced.by),
            });
        }
    }
    if let Some((slot, heap)) = typed(root) {
        forms.push(Form {
            name: "rust",
            what: "typed records in Rust",
            assumption: "dicts with few keys and tuples are structs, lists are Vec without spare \
                         room, nothing is shared",
            bytes: Sizes::each(|_| slot + heap),
        });
    }
    forms.push(Form {
        name: "json",
        what: "JSON text",
        assumption: "no spaces, 18 characters a float, no character escaped, bytes as base64, \
                     what is shared written each time",
        bytes: Sizes::each(|_| root.stats().json),
    });
    forms
}

/// Objects at a spot, shared ones too.
fn number(part: &Part) -> u64 {
    part.count() + part.shared()
}

/// Looks for lists that can be columns.
fn replace(part: &Part, of: fn(&Column) -> Option<u64>, replaced: &mut Replaced) {
    let column = if matches!(part.type_name(), "list" | "tuple") && part.count() > 0 {
        list(part)
    } else {
        Column::default()
    };
    match of(&column) {
        Some(bytes) if bytes < part.bytes().of(NEWEST) => {
            replaced.objects += part.bytes();
            replaced.by += bytes;
        }
        _ => {
            for part in part.parts() {
                replace(part, of, replaced);
            }
        }
    }
}

/// The items of a list as a column, or as many as the records among them have fields.
fn list(part: &Part) -> Column {
    let is_item = |part: &Part| matches!(part.label(), Label::Items(_) | Label::At(_));
    let items = part.parts();
    if items.is_empty() || part.is_merged() || !items.iter().all(is_item) {
        return Column::default();
    }
    let lists = part.count();
    match items {
        [records] if matches!(records.type_name(), "tuple" | "dict") && records.shared() == 0 => {
            let Some(fields) = fields(records) else {
                return Column::default();
            };
            let mut sum = Column {
                numpy: Some(0),
                arrow: Some(0),
            };
            for field in fields.values() {
                let column = scalars(field, lists);
                let number: u64 = field.iter().map(|part| number(part)).sum();
                // A record that does not have the field has nothing there.
                let is_whole = number == records.count();
                let add = |sum: Option<u64>, more: Option<u64>| Some(sum? + more?);
                sum.numpy = add(sum.numpy, column.numpy.filter(|_| is_whole));
                sum.arrow = add(sum.arrow, column.arrow.filter(|_| is_whole));
            }
            sum
        }
        items => scalars(&items.iter().collect::<Vec<_>>(), lists),
    }
}

/// The parts of records that are alike, by where they are. None where some are not
/// told apart.
fn fields(records: &Part) -> Option<BTreeMap<String, Vec<&Part>>> {
    let mut fields: BTreeMap<String, Vec<&Part>> = BTreeMap::new();
    for part in records.parts() {
        let name = match part.label() {
            Label::At(step) => format!("{step:?}"),
            Label::Place(place) => place.to_string(),
            Label::Keys => continue,
            _ => return None,
        };
        fields.entry(name).or_default().push(part);
    }
    let has_fields = !fields.is_empty() && !records.is_merged();
    has_fields.then_some(fields)
}

/// Values without parts, of so many lists, as a column in each.
fn scalars(parts: &[&Part], lists: u64) -> Column {
    let all: u64 = parts.iter().map(|part| number(part)).sum();
    let values: Vec<&&Part> = parts
        .iter()
        .filter(|part| part.type_name() != "NoneType")
        .collect();
    let some: u64 = values.iter().map(|part| number(part)).sum();
    let can_be_none = some < all;
    let (mut bits, mut has_negative, mut chars, mut text_bytes) = (0, false, 0, 0);
    for part in &values {
        let stats = part.stats();
        bits = bits.max(stats.bits);
        has_negative |= stats.has_negative;
        chars = chars.max(stats.chars);
        text_bytes += stats.text_bytes;
    }
    let is_all = |names: &[&str]| values.iter().all(|part| names.contains(&part.type_name()));
    let arrays = ARRAY * lists;
    let validity = if can_be_none { all.div_ceil(8) } else { 0 };
    let whole = |bytes: u64| (!can_be_none).then_some(arrays + bytes);
    let offsets = 4 * (all + lists);
    let nested: Vec<&Part> = values.iter().flat_map(|part| part.parts()).collect();
    let is_whole = values
        .iter()
        .all(|part| part.shared() == 0 && !part.is_merged());
    if values.is_empty() {
        Column::default()
    } else if is_all(&["list"]) && is_whole && !nested.is_empty() {
        // Lists in a column are cut out of one array of their items.
        Column {
            numpy: None,
            arrow: scalars(&nested, 1)
                .arrow
                .map(|bytes| bytes + offsets + validity),
        }
    } else if is_all(&["bool"]) {
        Column {
            numpy: whole(all),
            arrow: Some(all.div_ceil(8) + validity),
        }
    } else if is_all(&["float", "int"]) {
        let is_float = values.iter().any(|part| part.type_name() == "float");
        let fits = bits <= 63 || (bits == 64 && !has_negative);
        if !fits && !is_float {
            return Column::default();
        }
        Column {
            // None is a NaN among floats.
            numpy: whole(8 * all).or(is_float.then_some(arrays + 8 * all)),
            arrow: Some(8 * all + validity),
        }
    } else if is_all(&["str"]) {
        Column {
            numpy: whole(4 * chars * all),
            arrow: Some(text_bytes + offsets + validity),
        }
    } else if is_all(&["bytes"]) {
        Column {
            numpy: whole(chars * all),
            arrow: Some(text_bytes + offsets + validity),
        }
    } else {
        Column::default()
    }
}

/// Bytes of one of the objects where it lies, and of all of them elsewhere, as a type
/// of its own in Rust. None where none is found.
fn typed(part: &Part) -> Option<(u64, u64)> {
    let stats = part.stats();
    match part.type_name() {
        "NoneType" => Some((0, 0)),
        "bool" => Some((1, 0)),
        "float" => Some((8, 0)),
        "complex" => Some((16, 0)),
        "int" if stats.bits <= 63 || (stats.bits == 64 && !stats.has_negative) => Some((8, 0)),
        "int" if stats.bits <= 127 => Some((16, 0)),
        "str" | "bytes" | "bytearray" => Some((VEC, stats.text_bytes)),
        _ if part.shared() > 0 || part.is_merged() => None,
        "tuple" | "dict" if let Some(fields) = fields(part) => {
            let mut sum = (0_u64, 0);
            for field in fields.values() {
                let number: u64 = field.iter().map(|part| number(part)).sum();
                let (slot, heap) = one_of(field, number < part.count())?;
                // Fields lie at multiples of their sizes.
                let slot = if slot > 1 {
                    slot.next_multiple_of(8)
                } else {
                    slot
                };
                sum = (sum.0 + slot, sum.1 + heap);
            }
            Some((sum.0.next_multiple_of(8), sum.1))
        }
        "list" | "tuple" | "set" | "frozenset" => {
            let items: Vec<&Part> = part.parts().iter().collect();
            let number: u64 = items.iter().map(|part| number(part)).sum();
            let (slot, heap) = one_of(&items, false)?;
            Some((VEC, number * slot + heap))
        }
        "dict" => {
            let (keys, values): (Vec<&Part>, Vec<&Part>) = part
                .parts()
                .iter()
                .partition(|part| *part.label() == Label::Keys);
            let number: u64 = values.iter().map(|part| number(part)).sum();
            let (key, of_keys) = one_of(&keys, false)?;
            let (value, of_values) = one_of(&values, false)?;
            let slot = (key + value).next_multiple_of(8);
            Some((VEC, number * slot + of_keys + of_values))
        }
        _ => None,
    }
}

/// The same for objects of several types at one spot.
fn one_of(parts: &[&Part], can_be_missing: bool) -> Option<(u64, u64)> {
    let mut all = (0, 0);
    let mut types = 0;
    let mut can_be_none = can_be_missing;
    for part in parts {
        if part.type_name() == "NoneType" {
            can_be_none = true;
            continue;
        }
        let (slot, heap) = typed(part)?;
        types += 1;
        all = (all.0.max(slot), all.1 + heap);
    }
    // A tag beside the value; text has room for it in its capacity.
    let has_tag = types > 1 || (can_be_none && all.0 % VEC != 0 && all.0 > 1);
    Some((all.0 + if has_tag { 8 } else { 0 }, all.1))
}
