//! The types of records that every format is compiled for.

use std::fmt;

use picklestream::value::Value;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::dataset::{Blob, Builtin, DictRecord, Mapping, Object, Own, Record, Shape, Tuple};

use super::Codec;

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

/// A format that also knows records of a type `T` that somebody wrote: any whose
/// [`Codec`] is for all records, as in `CONTRIBUTING.md`.
pub trait FormatFor<T: Serialize + DeserializeOwned + Clone + 'static>:
    FileFormat + Codec<Own<T>>
{
}

impl<T, F> FormatFor<T> for F
where
    T: Serialize + DeserializeOwned + Clone + 'static,
    F: FileFormat + Codec<Own<T>>,
{
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
