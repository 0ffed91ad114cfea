//! The shapes of records, and how each is read without owning anything.

use std::fmt;
use std::hint::black_box;
use std::io::{BufRead, Seek};
use std::marker::PhantomData;

use picklebench::dataset::{Blob, Builtin, DictRecord, Mapping, Object, Shape, Tuple};
use picklebench::formats::Compiled;
use picklestream::pickle::{PickleRecords, Result};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

/// A built-in dataset as this bench needs it.
pub trait Panel: Builtin + Compiled {
    /// Reads all records of a pickle as a type that borrows its strs and bytes;
    /// gives their number. `None` for a shape that has none.
    const BORROWED: Option<Read> = None;
}

/// Reads all records of a file; gives their number.
pub type Read = fn(&mut dyn Source) -> Result<u64>;

/// An input that can be read twice.
pub trait Source: BufRead + Seek {}

impl<R: BufRead + Seek> Source for R {}

/// So many records that CPython takes about a tenth of a second to load them.
pub fn records(shape: Shape) -> u64 {
    match shape {
        Shape::Tuples => 200_000,
        Shape::Dicts | Shape::Words | Shape::Objects => 50_000,
        Shape::Mapping => 100_000,
        Shape::Floats | Shape::Integers => 1_000_000,
        Shape::Strings => 500_000,
        Shape::Blobs => 5_000,
    }
}

/// Reads as a type with a lifetime.
macro_rules! borrowed {
    ($type:ty) => {
        Some(|input: &mut dyn Source| {
            let mut records = PickleRecords::<_, ()>::new(input)?;
            let mut count = 0;
            while let Some(record) = records.next_ref::<$type>() {
                black_box(record?);
                count += 1;
            }
            Ok(count)
        })
    };
}

impl Panel for Tuple {
    const BORROWED: Option<Read> = borrowed!((f64, &str, u64));
}

impl Panel for DictRecord {
    const BORROWED: Option<Read> = borrowed!(DictRef<'_>);
}

/// Of any depth: there is no type that borrows.
impl Panel for Object {}

impl Panel for f64 {
    const BORROWED: Option<Read> = borrowed!(f64);
}

impl Panel for i64 {
    const BORROWED: Option<Read> = borrowed!(i64);
}

impl Panel for String {
    const BORROWED: Option<Read> = borrowed!(&str);
}

impl Panel for Vec<String> {
    const BORROWED: Option<Read> = borrowed!(Vec<&str>);
}

impl Panel for Blob {
    const BORROWED: Option<Read> = borrowed!(&[u8]);
}

impl Panel for Mapping {
    const BORROWED: Option<Read> = borrowed!(Pairs<&str, Vec<f64>>);
}

/// A [`DictRecord`] as it lies in a batch.
#[expect(dead_code, reason = "reading is what is measured")]
#[derive(Deserialize)]
struct DictRef<'a> {
    active: bool,
    city: &'a str,
    id: i64,
    name: &'a str,
    score: f64,
    #[serde(borrow)]
    tags: Vec<&'a str>,
}

/// The items of a dict, in their order.
struct Pairs<K, V>(#[expect(dead_code, reason = "reading is what is measured")] Vec<(K, V)>);

impl<'de, K: Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for Pairs<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor(PhantomData))
    }
}

struct PairsVisitor<K, V>(PhantomData<(K, V)>);

impl<'de, K: Deserialize<'de>, V: Deserialize<'de>> Visitor<'de> for PairsVisitor<K, V> {
    type Value = Pairs<K, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a dict")
    }

    fn visit_map<A: MapAccess<'de>>(
        self,
        mut items: A,
    ) -> std::result::Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = items.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}
