//! Which built-in datasets there are.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What the records of a built-in dataset look like. What a format needs
/// depends on that more than on anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// The tutorial's: a float, a string of 20 characters, an integer.
    Tuples,
    /// Dicts with the same six keys.
    Dicts,
    /// Lists mixed with `None` and with dicts, to a nesting depth of 4.
    Objects,
    /// Floats.
    Floats,
    /// Integers: small, of 32 bits, and of 64, mixed.
    Integers,
    /// Distinct strings of 5 to 60 characters, a tenth of them not ASCII.
    Strings,
    /// Lists of ten words out of 1,000.
    Words,
    /// Bytes, 1 to 16 KiB of them.
    Blobs,
    /// One dict, from strings to lists of eight floats: no list at all.
    Mapping,
}

impl Shape {
    /// All of them.
    pub const ALL: [Shape; 9] = [
        Shape::Tuples,
        Shape::Dicts,
        Shape::Objects,
        Shape::Floats,
        Shape::Integers,
        Shape::Strings,
        Shape::Words,
        Shape::Blobs,
        Shape::Mapping,
    ];

    /// Its name, as in `--dataset`: lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Shape::Tuples => "tuples",
            Shape::Dicts => "dicts",
            Shape::Objects => "objects",
            Shape::Floats => "floats",
            Shape::Integers => "integers",
            Shape::Strings => "strings",
            Shape::Words => "words",
            Shape::Blobs => "blobs",
            Shape::Mapping => "mapping",
        }
    }

    /// How many records there are unless somebody says; of a mapping, items.
    #[must_use]
    pub fn usual_records(self) -> u64 {
        match self {
            // 85 MB.
            Shape::Blobs => 10_000,
            // A record that is held whole, and a line of 10 MB as text.
            Shape::Mapping => 50_000,
            _ => 1_000_000,
        }
    }

    /// The number of its stream of random words, which never changes.
    pub(super) fn stream(self) -> u8 {
        match self {
            Shape::Tuples => 0,
            Shape::Dicts => 1,
            Shape::Objects => 2,
            Shape::Floats => 3,
            Shape::Integers => 4,
            Shape::Strings => 5,
            Shape::Words => 6,
            Shape::Blobs => 7,
            Shape::Mapping => 8,
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Shape {
    type Err = String;

    fn from_str(text: &str) -> Result<Shape, String> {
        let found = Shape::ALL.into_iter().find(|shape| shape.name() == text);
        found.ok_or_else(|| format!("there is no dataset {text:?}"))
    }
}

/// Which records exactly: the same on every machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipe {
    /// What they look like.
    pub shape: Shape,
    /// How many there are; of a mapping, items.
    pub records: u64,
    /// Where they begin.
    pub seed: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_has_a_name_and_a_stream_of_its_own() {
        for (at, shape) in Shape::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(shape.stream()), at);
            assert_eq!(shape.name().parse(), Ok(shape));
            let json = serde_json::to_value(shape).unwrap();
            assert_eq!(json, shape.name());
        }
        assert!("tuple".parse::<Shape>().is_err());
    }
}
