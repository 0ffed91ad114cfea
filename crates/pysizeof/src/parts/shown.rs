//! The tree of a literal, all of whose objects are at hand.

use picklestream::literal;
use picklestream::value::Value;

use super::branch::{Branch, Spot, Stats};
use super::part::Parts;
use super::watch::Watch;
use crate::build::Sizes;
use crate::layout::Memory;
use crate::object::Object;
use crate::rust;

/// Which part of an object takes how much, `total` being the bytes of all.
pub(crate) fn parts_of(object: &Object, memory: Memory, total: Sizes) -> Parts {
    let mut watch = Watch::new(memory);
    let root = branch(object, Spot::Root, &mut watch);
    watch.finish(root, total)
}

fn branch(object: &Object, spot: Spot, watch: &mut Watch) -> Branch {
    let kind = watch.type_named(object.type_name());
    let mut branch = Branch::new(spot, kind);
    let stats = stats(object);
    if object.is_counted_before() {
        branch.add_shared(&stats);
        return branch;
    }
    let sizes = object.bytes();
    watch.count_object(kind, &sizes);
    if object.type_name() == "str" {
        let text = object.text();
        watch.note_text(text.get(1..text.len() - 1).unwrap_or_default().as_bytes());
    }
    if object.is_empty() {
        branch.add_leaf(&sizes, &stats);
        return branch;
    }
    let is_dict = object.type_name() == "dict";
    let mut key = Spot::Values;
    for (place, part) in (0..).zip(object.children()) {
        let spot = match object.type_name() {
            "list" => Spot::Item(place),
            "tuple" if object.len() <= 16 => Spot::Place(place as u32),
            "dict" if place % 2 == 0 => {
                key = spot_of_key(part);
                Spot::Keys
            }
            "dict" => std::mem::replace(&mut key, Spot::Values),
            _ => Spot::Items,
        };
        branch.adopt(self::branch(part, spot, watch));
    }
    branch.punctuate(object.len());
    let own = Stats {
        json: if is_dict { 2 } else { stats.json },
        ..stats
    };
    branch.close(&sizes, &own);
    branch
}

fn spot_of_key(key: &Object) -> Spot {
    match literal::from_str::<Value>(key.text()) {
        Ok(Value::Str(name)) => Spot::Name(name.into()),
        Ok(Value::Int(number)) => i64::try_from(number).map_or(Spot::Values, Spot::Number),
        _ => Spot::Values,
    }
}

fn stats(object: &Object) -> Stats {
    let text_bytes = object.rust_bytes() - rust::VALUE.min(object.rust_bytes());
    let written = object.text().len() as u64;
    let json = |json| Stats {
        json,
        ..Stats::default()
    };
    match object.type_name() {
        "str" | "bytes" | "bytearray" => Stats {
            json: text_bytes + 2,
            text_bytes,
            chars: object.text().chars().count().saturating_sub(2) as u64,
            ..Stats::default()
        },
        "int" => {
            let value = object.text().parse::<i128>();
            let bits = value.map_or(u32::MAX, |value| 128 - value.unsigned_abs().leading_zeros());
            Stats {
                bits,
                has_negative: object.text().starts_with('-'),
                ..json(written)
            }
        }
        "list" | "tuple" | "dict" | "set" | "frozenset" => json(2),
        _ => json(written),
    }
}
