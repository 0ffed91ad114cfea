//! The answer: which part takes how much.

use std::cmp::Reverse;
use std::rc::Rc;

use picklestream::path::Step;

use super::branch::{Branch, NEWEST, Spot, Stats};
use super::names::Names;
use super::repeats::RepeatedTexts;
use crate::build::{Build, Sizes};

/// Parts of their own that differ less than this from the others of their type are
/// put to them.
const UNLIKE: u64 = 4;

/// Others there have to be for that.
const MANY: u64 = 8;

/// How much each part of the data takes, and each type of objects.
#[derive(Debug, Clone)]
pub struct Parts {
    pub(super) root: Part,
    pub(super) types: Vec<TypeTotal>,
    pub(super) elsewhere: Sizes,
    pub(super) untyped: Sizes,
    pub(super) repeated: RepeatedTexts,
}

/// All objects of one type.
#[derive(Debug, Clone)]
pub struct TypeTotal {
    /// Its name in Python 3.
    pub type_name: Rc<str>,
    /// How many objects there are, without those of which the interpreter has but
    /// one, such as small ints.
    pub count: u64,
    /// What they take by themselves, without what they refer to.
    pub bytes: Sizes,
}

/// Where a part is within the one above it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Label {
    /// The data itself.
    Root,
    /// Under this key or index.
    At(Step),
    /// At this place of each of the tuples that are alike.
    Place(u32),
    /// Items that are not told apart; by itself, the index.
    Items(Option<u64>),
    /// What a dict has under keys that are not told apart.
    Values,
    /// Keys of a dict.
    Keys,
    /// The state of an object.
    State,
    /// Parts of a pickle that is cut short, before they came to a place.
    Loose,
}

/// A part of the data: one object, or many that are alike, with all below. An object
/// is counted where it occurs first.
#[derive(Debug, Clone)]
pub struct Part {
    label: Label,
    type_name: Rc<str>,
    count: u64,
    shared: u64,
    bytes: Sizes,
    range: (u64, u64),
    stats: Stats,
    parts: Vec<Part>,
    is_merged: bool,
}

impl Parts {
    /// The data itself.
    #[must_use]
    pub fn root(&self) -> &Part {
        &self.root
    }

    /// All types, the largest first.
    #[must_use]
    pub fn types(&self) -> &[TypeTotal] {
        &self.types
    }

    /// Bytes of the total that the tree holds nowhere: of what the interpreter has
    /// but one of, `None` and small ints.
    #[must_use]
    pub fn elsewhere(&self) -> Sizes {
        self.elsewhere
    }

    /// Bytes of the total that no type holds, for the same reason.
    #[must_use]
    pub fn untyped(&self) -> Sizes {
        self.untyped
    }

    /// How many strs are equal to another one.
    #[must_use]
    pub fn repeated(&self) -> RepeatedTexts {
        self.repeated
    }
}

impl Part {
    pub(super) fn new(mut branch: Branch, names: &Names) -> Part {
        branch.tidy();
        let count = branch.count + branch.shared;
        let label = match branch.spot {
            Spot::Root => Label::Root,
            Spot::Item(index) => Label::At(Step::Index(i128::from(index))),
            Spot::Place(place) => Label::Place(place),
            Spot::Name(name) => Label::At(Step::Name(name.to_string())),
            Spot::Number(number) => Label::At(Step::Index(i128::from(number))),
            Spot::Items => Label::Items((count == 1).then_some(branch.first)),
            Spot::Values => Label::Values,
            Spot::Keys => Label::Keys,
            Spot::State => Label::State,
            Spot::Loose => Label::Loose,
        };
        let parts = branch.parts.into_iter().map(|part| Part::new(part, names));
        let mut parts: Vec<Part> = parts.collect();
        parts.sort_by_key(|part| Reverse(part.bytes.of(NEWEST)));
        Part {
            label,
            type_name: names.name(branch.kind),
            count: branch.count,
            shared: branch.shared,
            bytes: branch.total,
            range: (branch.least.min(branch.most), branch.most),
            stats: branch.stats,
            parts,
            is_merged: branch.is_merged,
        }
    }

    /// Where it is within the part above.
    #[must_use]
    pub fn label(&self) -> &Label {
        &self.label
    }

    /// The name of its type in Python 3.
    #[must_use]
    pub fn type_name(&self) -> &str {
        &self.type_name
    }

    /// How many objects are counted here.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// How many more times objects are referred to here that are counted elsewhere.
    #[must_use]
    pub fn shared(&self) -> u64 {
        self.shared
    }

    /// Bytes of the objects counted here, with all that is below them.
    #[must_use]
    pub fn bytes(&self) -> Sizes {
        self.bytes
    }

    /// Bytes of the objects by themselves, without their parts.
    #[must_use]
    pub fn own_bytes(&self) -> Sizes {
        let below = |build| self.parts.iter().map(|part| part.bytes.of(build)).sum();
        Sizes::each(|build: Build| self.bytes.of(build).saturating_sub(below(build)))
    }

    /// Bytes of the smallest and the largest of the objects, in the newest build.
    #[must_use]
    pub fn range(&self) -> (u64, u64) {
        self.range
    }

    /// Its parts, those with the most bytes first.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Whether some of its parts are not told apart, for there were too many.
    #[must_use]
    pub fn is_merged(&self) -> bool {
        self.is_merged
    }

    /// What other forms follow from.
    pub(crate) fn stats(&self) -> &Stats {
        &self.stats
    }
}

impl Branch {
    /// Puts parts that were kept by themselves, but are like the many others, to
    /// these.
    fn tidy(&mut self) {
        let mut place = 0;
        while place < self.parts.len() {
            let part = &self.parts[place];
            let others = part.spot.among_others();
            let is_alone = part.spot != others && !matches!(part.spot, Spot::Place(_));
            let same = |other: &&Branch| other.spot == others && other.kind == part.kind;
            let many = self.parts.iter().find(same);
            let many = many.filter(|many| many.count + many.shared >= MANY);
            let is_like = many.is_some_and(|many| {
                let mean = many.bytes() / (many.count + many.shared);
                part.bytes() / UNLIKE <= mean.max(many.most)
            });
            if is_alone && is_like {
                self.demote(place);
                // Others took its place.
                place = 0;
            } else {
                place += 1;
            }
        }
    }
}
