//! Dicts with the same six keys: what most people's records are.
//!
//! The keys are in alphabetical order, so that a format which sorts them loses
//! nothing.

use serde::{Deserialize, Serialize};

use super::builtin::{Builtin, Drawn};
use super::columns::NoColumns;
use super::draw::Draw;
use super::shape::Shape;
use super::{Fixed, Measured, Record, RecordKind, Typed};

/// A record of [`Shape::Dicts`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "more-formats",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize, prost::Message),
    prost(skip_debug)
)]
pub struct DictRecord {
    /// True of half of them.
    #[cfg_attr(feature = "more-formats", prost(bool, tag = "1"))]
    pub active: bool,
    /// One of 100.
    #[cfg_attr(feature = "more-formats", prost(string, tag = "2"))]
    pub city: String,
    /// From 0 on.
    #[cfg_attr(feature = "more-formats", prost(int64, tag = "3"))]
    pub id: i64,
    /// 5 to 20 letters.
    #[cfg_attr(feature = "more-formats", prost(string, tag = "4"))]
    pub name: String,
    /// In [0, 100).
    #[cfg_attr(feature = "more-formats", prost(double, tag = "5"))]
    pub score: f64,
    /// Three of 3 to 8 letters.
    #[cfg_attr(feature = "more-formats", prost(string, repeated, tag = "6"))]
    pub tags: Vec<String>,
}

/// A [`DictRecord`] in a file.
#[derive(Debug, Deserialize)]
#[allow(missing_docs, reason = "they are those of the record")]
pub struct BorrowedDict<'file> {
    pub active: bool,
    pub city: &'file str,
    pub id: i64,
    pub name: &'file str,
    pub score: f64,
    #[serde(borrow)]
    pub tags: Vec<&'file str>,
}

impl Record for DictRecord {
    const KIND: RecordKind = RecordKind::Built(Shape::Dicts);
    type Borrowed<'file> = BorrowedDict<'file>;
}

impl Typed for DictRecord {}

impl Fixed for DictRecord {}

impl Measured for DictRecord {
    type Columns = NoColumns;

    fn owned_bytes(&self) -> usize {
        let tags = self.tags.iter().map(|tag| size_of::<String>() + tag.len());
        self.city.len() + self.name.len() + tags.sum::<usize>()
    }
}

impl Builtin for DictRecord {
    const SHAPE: Shape = Shape::Dicts;
    type Source = Drawn<DictRecord>;

    fn source(records: u64, seed: u64) -> Drawn<DictRecord> {
        Drawn::new(Shape::Dicts, records, seed, make)
    }
}

fn make(draw: &mut Draw, at: u64) -> DictRecord {
    DictRecord {
        active: draw.below(2) == 1,
        city: format!("City {:02}", draw.below(100)),
        id: at as i64,
        name: word(draw, 5, 20),
        score: draw.float() * 100.0,
        tags: (0..3).map(|_| word(draw, 3, 8)).collect(),
    }
}

fn word(draw: &mut Draw, least: u32, most: u32) -> String {
    let len = draw.between(least, most);
    draw.letters(len, b'a', 26)
}
