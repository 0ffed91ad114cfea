//! What would take less, of the figures that the tree of parts has.

use super::build::{Build, Sizes};
use super::layout::{Layout, Memory};
use super::parts::{Label, Part};
use super::shape::Shape;

/// Dicts that are alike, from which on they are called records.
const MANY: u64 = 100;

/// What tuples save that take the place of dicts with the same keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TuplesForDicts {
    /// How many dicts there are that are like many others.
    pub count: u64,
    /// Bytes that they take more than tuples of as many items.
    pub bytes: Sizes,
}

pub(super) fn tuples_for_dicts(part: &Part, memory: Memory) -> TuplesForDicts {
    let mut saving = TuplesForDicts::default();
    collect(part, memory, &mut saving);
    saving
}

fn collect(part: &Part, memory: Memory, saving: &mut TuplesForDicts) {
    let has_others = part
        .parts()
        .iter()
        .any(|part| *part.label() == Label::Values);
    if part.type_name() == "dict" && part.count() >= MANY && !has_others && !part.is_merged() {
        let values = part
            .parts()
            .iter()
            .filter(|part| *part.label() != Label::Keys);
        let values: u64 = values.map(|part| part.count() + part.shared()).sum();
        let tuple = Shape::Tuple(values.div_ceil(part.count()));
        let own = part.own_bytes();
        saving.count += part.count();
        saving.bytes += Sizes::each(|build: Build| {
            let layout = Layout::of(build);
            let tuples = part.count() * layout.size(tuple.parts(layout), memory);
            own.of(build).saturating_sub(tuples)
        });
    }
    for part in part.parts() {
        collect(part, memory, saving);
    }
}
