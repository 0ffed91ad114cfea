//! Families of formats, by which the page can be narrowed.
//!
//! Results hold names and nothing more, so this is the one place that knows
//! which name is of which family. A name that is not here is of no family, and
//! shown all the same.

use super::python::PythonCase;
use crate::results::{CaseOperation, Footprint, Operation};

/// What kind of format a case is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// People can read it.
    Text,
    /// Record after record, in bytes.
    Binary,
    /// Column after column.
    Columnar,
    /// Records are used where the file lies in memory.
    ZeroCopy,
    /// Measured in Python.
    Python,
    /// A name that is not known here.
    Other,
}

/// Formats by their names, without what they are compressed with.
const NAMES: [(&str, Family); 22] = [
    ("text", Family::Text),
    ("json", Family::Text),
    ("json-lines", Family::Text),
    ("simd-json", Family::Text),
    ("sonic-rs", Family::Text),
    ("csv", Family::Text),
    ("ron", Family::Text),
    ("pickle", Family::Binary),
    ("serde-pickle", Family::Binary),
    ("messagepack", Family::Binary),
    ("cbor", Family::Binary),
    ("postcard", Family::Binary),
    ("bitcode", Family::Binary),
    ("bincode", Family::Binary),
    ("wincode", Family::Binary),
    ("borsh", Family::Binary),
    ("prost", Family::Binary),
    ("bson", Family::Binary),
    ("flexbuffers", Family::Binary),
    ("npy", Family::Binary),
    ("avro", Family::Binary),
    ("rkyv", Family::ZeroCopy),
];

/// Formats that come in several, told by how their names begin.
const COLUMNAR: [&str; 2] = ["arrow", "parquet"];

impl Family {
    /// All of them, in the order in which they are offered.
    pub(crate) const ALL: [Self; 6] = [
        Self::Text,
        Self::Binary,
        Self::Columnar,
        Self::ZeroCopy,
        Self::Python,
        Self::Other,
    ];

    /// The family of a case: that of its format, but for a file that is mapped,
    /// from which nothing is copied whatever its format.
    pub(crate) fn of(case: &Footprint) -> Self {
        if PythonCase::of(case).is_some() {
            return Self::Python;
        }
        if case.operation == CaseOperation::Known(Operation::MapRead) {
            return Self::ZeroCopy;
        }
        let (name, _) = compression(&case.format);
        if COLUMNAR.iter().any(|columnar| name.starts_with(columnar)) {
            return Self::Columnar;
        }
        NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map_or(Self::Other, |(_, family)| *family)
    }

    /// The word for it, in text and in addresses.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Binary => "binary",
            Self::Columnar => "columnar",
            Self::ZeroCopy => "zero-copy",
            Self::Python => "python",
            Self::Other => "other",
        }
    }
}

/// A format's name, and what it is compressed with: `json-lines+gzip` is
/// `json-lines` with `gzip`.
pub(crate) fn compression(format: &str) -> (&str, Option<&str>) {
    match format.split_once('+') {
        Some((name, compression)) => (name, Some(compression)),
        None => (format, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing::case;

    #[test]
    fn a_case_is_of_the_family_of_its_format() {
        for (id, family) in [
            ("read/json", Family::Text),
            ("stream-write/json-lines+gzip", Family::Text),
            ("read/pickle/protocol-4", Family::Binary),
            ("read/arrow-ipc/stream", Family::Columnar),
            ("read/parquet+zstd", Family::Columnar),
            ("read/npy", Family::Binary),
            ("map-read/npy", Family::ZeroCopy),
            ("read/rkyv", Family::ZeroCopy),
            ("read/python-json/load-3.11", Family::Python),
            ("map-read/python-npy/memmap-3.11", Family::Python),
            ("read/frames", Family::Other),
            ("empty/none", Family::Other),
        ] {
            assert_eq!(Family::of(&case(id, None)), family, "{id}");
        }
    }

    #[test]
    fn no_name_stands_twice() {
        for (index, (name, _)) in NAMES.iter().enumerate() {
            assert!(
                !NAMES[..index].iter().any(|(other, _)| other == name),
                "{name}"
            );
        }
    }
}
