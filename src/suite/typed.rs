//! A run over records of a type that somebody wrote, in a program of their own.

use std::fmt;
use std::hint::black_box;
use std::rc::Rc;

use peakheap::Heap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::dataset::Own;
use crate::formats::{Codec, Compiled, Error, FileFormat, FormatFor, Formats};

use super::case::{Case, cases};
use super::error;
use super::opens::{Counted, Opens, Sourced};
use super::visitors::{Describe, Described, SourceVisitor, TypedSource, Work, Write};
use super::window::Measurement;

/// Records that a program of somebody's makes, by their number and a seed.
#[derive(Clone, Serialize, Deserialize)]
pub struct TypedRecords {
    name: String,
    records: u64,
    seed: u64,
    /// What makes them: every process of the program has it, and hands it on to none.
    #[serde(skip)]
    made_by: Option<Rc<dyn TypedSource>>,
}

impl TypedRecords {
    /// So many records of this source.
    pub(crate) fn new(made_by: Rc<dyn TypedSource>, records: u64, seed: u64) -> TypedRecords {
        TypedRecords {
            name: made_by.name().to_owned(),
            records,
            seed,
            made_by: Some(made_by),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.records
    }

    /// What they are called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where their random choices begin.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The first so many of them.
    pub(super) fn first(&self, records: u64) -> TypedRecords {
        TypedRecords {
            records: records.min(self.records),
            ..self.clone()
        }
    }

    /// The same in a worker, which knows what makes them.
    pub(super) fn made_by(self, made_by: Option<&Rc<dyn TypedSource>>) -> TypedRecords {
        TypedRecords {
            made_by: made_by.cloned(),
            ..self
        }
    }

    /// Does something with them, whatever their type is.
    ///
    /// # Panics
    ///
    /// If nobody said what makes them, which whoever starts a worker does.
    pub(super) fn visit<V: SourceVisitor>(&self, visitor: V) -> V::Output {
        let made_by = self.made_by.as_deref();
        let made_by = made_by.expect("the program knows what makes its records");
        visitor.visit_typed(made_by, (self.records, self.seed))
    }
}

impl fmt::Debug for TypedRecords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypedRecords")
            .field("name", &self.name)
            .field("records", &self.records)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

/// A function that makes records of type `T`.
pub(crate) struct Made<T: 'static> {
    name: String,
    /// Those of somebody's own that know the type.
    formats: Vec<&'static dyn FormatFor<T>>,
    /// Counts what a record takes.
    meter: &'static Heap,
    make: Make<T>,
}

/// Makes records by their number and a seed.
type Make<T> = Box<dyn Fn(u64, u64) -> Box<dyn Iterator<Item = T>>>;

impl<T: Serialize + DeserializeOwned + Clone + 'static> Made<T> {
    pub(crate) fn new<I: Iterator<Item = T> + 'static>(
        name: &str,
        formats: &[&'static dyn FormatFor<T>],
        meter: &'static Heap,
        make: impl Fn(u64, u64) -> I + 'static,
    ) -> Made<T> {
        Made {
            name: name.to_owned(),
            formats: formats.to_vec(),
            meter,
            make: Box::new(move |records, seed| Box::new(make(records, seed))),
        }
    }
}

impl<T: Serialize + DeserializeOwned + Clone + 'static> TypedSource for Made<T> {
    fn name(&self) -> &str {
        &self.name
    }

    fn cases(&self, formats: &Formats) -> Vec<Case> {
        cases::<Own<T>>(formats)
    }

    fn describe(&self, at: (u64, u64), visitor: Describe<'_>) -> Result<Described, error::Error> {
        visitor.visit::<Own<T>>(&At { made: self, at })
    }

    fn work(&self, at: (u64, u64), visitor: Work<'_>) -> Result<Measurement, Error> {
        visitor.visit::<Own<T>>(&At { made: self, at })
    }

    fn write(&self, at: (u64, u64), visitor: Write<'_>) -> Result<(), Error> {
        visitor.visit::<Own<T>>(&At { made: self, at })
    }
}

/// So many records with this seed.
struct At<'a, T: 'static> {
    made: &'a Made<T>,
    at: (u64, u64),
}

impl<T: Serialize + DeserializeOwned + Clone + 'static> Opens<Own<T>> for At<'_, T> {
    fn open(&self) -> Result<Sourced<Own<T>>, Error> {
        let (records, seed) = self.at;
        let made = (self.made.make)(records, seed);
        Ok(Box::new(Counted {
            records: made.map(|record| Ok(Own(record))),
            left: records,
            if_fewer: "it makes fewer records than it was asked for",
        }))
    }

    fn list_len(&self) -> u64 {
        self.at.0
    }

    fn codec(&self, format: &'static dyn FileFormat) -> &'static dyn Codec<Own<T>> {
        let mut own = self.made.formats.iter();
        match own.find(|own| own.name() == format.name()) {
            Some(own) => *own,
            None => Own::codec(format),
        }
    }

    /// What the allocator is asked for when the record is copied: a copy has no spare
    /// capacity.
    fn deep_bytes(&self, record: &Own<T>) -> usize {
        let before = self.made.meter.live_bytes();
        let copy = black_box(record.clone());
        let owned = self.made.meter.live_bytes() - before;
        drop(copy);
        size_of::<T>() + usize::try_from(owned).unwrap_or(usize::MAX / 2)
    }
}
