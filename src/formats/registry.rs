//! Which formats there are.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::dataset::{Fixed, Own};
use crate::results::Operation;

use super::compiled::{Compiled, FileFormat};
use super::packed::{Packed, Packing};
use super::{Codec, MadeBy, RecordKind};
use super::{bitcode, cbor, csv, json, messagepack, npy, pickle, postcard, serde_pickle, text};

/// A list of formats, and a function that gives them for any type of record.
macro_rules! formats {
    ($(#[$about:meta])* $list:ident, $codecs:ident: [$($format:expr,)*]) => {
        $(#[$about])*
        const $list: &[&dyn FileFormat] = &[$(&$format,)*];

        fn $codecs<T: Fixed + Compiled>() -> Vec<&'static dyn Codec<T>> {
            vec![$(&$format,)*]
        }
    };
    // Those of a feature: without it there are none.
    ($feature:literal => $list:ident, $codecs:ident: [$($format:expr,)*]) => {
        #[cfg(feature = $feature)]
        formats! { $list, $codecs: [$($format,)*] }
        #[cfg(not(feature = $feature))]
        formats! { $list, $codecs: [] }
    };
}

formats! {
    /// Every format of this crate, in the order in which the report lists them.
    /// Formats from elsewhere: see [`Formats::and`].
    BUILT_IN, built_in: [
    pickle::Pickle,
    serde_pickle::SerdePickle,
    text::Text,
    json::Json,
    json::JsonLines,
    csv::Csv,
    messagepack::MessagePack,
    cbor::Cbor,
    postcard::Postcard,
    bitcode::Bitcode,
    npy::Npy,
    Packed {
        name: "pickle+gzip",
        extensions: &["pkl.gz"],
        inner: &pickle::Pickle,
        variants: Some(&["protocol-4"]),
        packing: Packing::Gzip,
    },
    Packed {
        name: "json-lines+gzip",
        extensions: &["jsonl.gz"],
        inner: &json::JsonLines,
        variants: None,
        packing: Packing::Gzip,
    },
    Packed {
        name: "csv+gzip",
        extensions: &["csv.gz"],
        inner: &csv::Csv,
        variants: None,
        packing: Packing::Gzip,
    },
    Packed {
        name: "messagepack+gzip",
        extensions: &["msgpack.gz"],
        inner: &messagepack::MessagePack,
        variants: Some(&["concatenated"]),
        packing: Packing::Gzip,
    },
    Packed {
        name: "pickle+lz4",
        extensions: &["pkl.lz4"],
        inner: &pickle::Pickle,
        variants: Some(&["protocol-4"]),
        packing: Packing::Lz4,
    },
    Packed {
        name: "json-lines+lz4",
        extensions: &["jsonl.lz4"],
        inner: &json::JsonLines,
        variants: None,
        packing: Packing::Lz4,
    },
    Packed {
        name: "messagepack+lz4",
        extensions: &["msgpack.lz4"],
        inner: &messagepack::MessagePack,
        variants: Some(&["concatenated"]),
        packing: Packing::Lz4,
    },
    ]
}

formats! {
    "more-formats" => MORE, more: [
    super::sonic_rs::SonicRs,
    super::simd_json::SimdJson,
    super::ron::Ron,
    super::bson::Bson,
    super::flexbuffers::Flexbuffers,
    Packed {
        name: "json-lines+zstd-1",
        extensions: &["jsonl.zst"],
        inner: &json::JsonLines,
        variants: None,
        packing: Packing::Zstd(1),
    },
    Packed {
        name: "json-lines+zstd-3",
        extensions: &["jsonl.zst"],
        inner: &json::JsonLines,
        variants: None,
        packing: Packing::Zstd(3),
    },
    Packed {
        name: "json-lines+zstd-19",
        extensions: &["jsonl.zst"],
        inner: &json::JsonLines,
        variants: None,
        packing: Packing::Zstd(19),
    },
    Packed {
        name: "pickle+zstd-3",
        extensions: &["pkl.zst"],
        inner: &pickle::Pickle,
        variants: Some(&["protocol-4"]),
        packing: Packing::Zstd(3),
    },
    ]
}

// Those of the feature `columnar`, each of which is a feature of its own.
formats! { "arrow-ipc" => ARROW, arrow: [super::columnar::ArrowIpc,] }
formats! { "parquet" => PARQUET, parquet: [super::columnar::Parquet,] }
formats! { "avro" => AVRO, avro: [super::columnar::Avro,] }

/// Those that need a derive of their own, and so only know the types of this crate.
#[cfg(not(feature = "more-formats"))]
const DERIVED: &[&dyn FileFormat] = &[];
#[cfg(feature = "more-formats")]
const DERIVED: &[&dyn FileFormat] = &[
    &super::borsh::Borsh,
    &super::wincode::Wincode,
    &super::prost::Prost,
    &super::rkyv::Rkyv,
];

impl<T: Serialize + DeserializeOwned + Clone + 'static> Compiled for Own<T> {
    /// # Panics
    ///
    /// If the format is from elsewhere, or says of such records that it cannot.
    fn codec(format: &'static dyn FileFormat) -> &'static dyn Codec<Own<T>> {
        let name = format.name();
        let columnar = arrow().into_iter().chain(parquet()).chain(avro());
        let all = built_in().into_iter().chain(more()).chain(columnar);
        all.into_iter()
            .find(|codec: &&dyn Codec<Own<T>>| codec.name() == name)
            .expect("a format of this crate that any type goes through")
    }
}

/// The registry: all formats that a program knows.
///
/// ```
/// use picklebench::formats::{Format, Formats};
///
/// let formats = Formats::built_in();
/// assert_eq!(formats.find("text").unwrap().extensions()[0], "txt");
/// ```
#[derive(Debug, Clone)]
pub struct Formats {
    built_in: [&'static [&'static dyn FileFormat]; 6],
    more: Vec<&'static dyn FileFormat>,
}

impl Formats {
    /// Those of this crate.
    #[must_use]
    pub const fn built_in() -> Formats {
        Formats {
            built_in: [BUILT_IN, MORE, DERIVED, ARROW, PARQUET, AVRO],
            more: Vec::new(),
        }
    }

    /// None at all, to begin with.
    #[must_use]
    pub const fn none() -> Formats {
        Formats {
            built_in: [&[]; 6],
            more: Vec::new(),
        }
    }

    /// These, and one from elsewhere, which is then measured, generated,
    /// converted, recognised and reported as they are.
    ///
    /// # Panics
    ///
    /// If there is one of this name already.
    #[must_use]
    pub fn and(mut self, format: &'static dyn FileFormat) -> Formats {
        let name = format.name();
        assert!(self.find(name).is_none(), "there are two formats {name:?}");
        self.more.push(format);
        self
    }

    /// All of them, in the order in which the report lists them.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &'static dyn FileFormat> {
        let built_in = self.built_in.iter().copied().flatten();
        built_in.chain(&self.more).copied()
    }

    /// Those that are not of this crate.
    pub(super) fn others(&self) -> impl Iterator<Item = &'static dyn FileFormat> {
        self.more.iter().copied()
    }

    /// The format of this name, if there is one.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&'static dyn FileFormat> {
        self.iter().find(|format| format.name() == name)
    }

    /// The file that a [`MadeBy`] means, if its format is there.
    #[must_use]
    pub fn file(&self, made_by: MadeBy) -> Option<FileKind> {
        Some(FileKind {
            format: self.find(made_by.format)?,
            variant: made_by.variant,
        })
    }

    /// Those that can do `operation` with records of any shape, if need be of one shape
    /// that is told beforehand.
    pub fn for_any_record(
        &self,
        operation: Operation,
    ) -> impl Iterator<Item = &'static dyn FileFormat> {
        let can = move |format: &&'static dyn FileFormat| {
            let streams = matches!(operation, Operation::StreamWrite | Operation::StreamRead);
            let support = format.support(operation, RecordKind::Any);
            support.is_there() || streams && format.table().is_some()
        };
        self.iter().filter(can)
    }
}

/// A kind of file: a format, and which of the forms that it writes.
#[derive(Debug, Clone)]
pub struct FileKind {
    /// The format.
    pub format: &'static dyn FileFormat,
    /// Its variant, where it has several.
    pub variant: Option<String>,
}

impl FileKind {
    /// Whether both are of one format and variant.
    #[must_use]
    pub fn is(&self, other: &FileKind) -> bool {
        self.format.name() == other.format.name() && self.variant == other.variant
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.format.name())?;
        match &self.variant {
            Some(variant) => write!(f, "/{variant}"),
            None => Ok(()),
        }
    }
}
