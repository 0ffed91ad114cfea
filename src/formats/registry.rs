//! Which formats there are.

use std::fmt;

use picklestream::value::Value;

use crate::dataset::{Blob, Builtin, DictRecord, Mapping, Object, Record, Shape, Tuple};
use crate::results::Operation;

use super::{Codec, MadeBy, RecordKind};
use super::{json_lines, pickle, serde_pickle, text};

/// Every format of this crate, in the order in which the report lists them.
/// Formats from elsewhere: see [`Formats::and`].
const BUILT_IN: &[&dyn FileFormat] = &[
    &pickle::Pickle,
    &serde_pickle::SerdePickle,
    &text::Text,
    &json_lines::JsonLines,
];

/// The types of records that every format is compiled for, and which dataset is
/// of which.
///
/// Each combination of a format and a type is compiled by itself: that is the
/// price of measuring a format as its users have it, without a layer between it
/// and the record.
macro_rules! compiled {
    ($($shape:ident => $type:ty,)*) => {
        /// A format for every type of record that there is.
        pub trait FileFormat: Codec<Value> $(+ Codec<$type>)* {}

        impl<F: Codec<Value> $(+ Codec<$type>)*> FileFormat for F {}

        $(impl Compiled for $type {
            fn codec(format: &'static dyn FileFormat) -> &'static dyn Codec<$type> {
                format
            }
        })*

        /// Does something with the type of a shape's records.
        pub fn with_records_of<V: ShapeVisitor>(shape: Shape, visitor: V) -> V::Output {
            match shape {
                $(Shape::$shape => visitor.visit::<$type>(),)*
            }
        }
    };
}

compiled! {
    Tuples => Tuple,
    Dicts => DictRecord,
    Objects => Object,
    Floats => f64,
    Integers => i64,
    Strings => String,
    Words => Vec<String>,
    Blobs => Blob,
    Mapping => Mapping,
}

/// What is done with the type of a shape's records: a function that is generic
/// over it.
pub trait ShapeVisitor {
    /// What comes of it.
    type Output;

    /// Does it.
    fn visit<T: Builtin + Compiled>(self) -> Self::Output;
}

impl fmt::Debug for dyn FileFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A type of record that every [`FileFormat`] knows.
pub trait Compiled: Record {
    /// The format as one for records of this type.
    fn codec(format: &'static dyn FileFormat) -> &'static dyn Codec<Self>;
}

impl Compiled for Value {
    fn codec(format: &'static dyn FileFormat) -> &'static dyn Codec<Value> {
        format
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
#[derive(Debug, Clone, Default)]
pub struct Formats {
    more: Vec<&'static dyn FileFormat>,
}

impl Formats {
    /// Those of this crate.
    #[must_use]
    pub const fn built_in() -> Formats {
        Formats { more: Vec::new() }
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
        BUILT_IN.iter().chain(&self.more).copied()
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

    /// Those that can do `operation` with records of any shape.
    pub fn for_any_record(
        &self,
        operation: Operation,
    ) -> impl Iterator<Item = &'static dyn FileFormat> {
        let can = move |format: &&'static dyn FileFormat| {
            let support = format.support(operation, RecordKind::Any);
            support.is_there()
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
