//! What is known of a run's records before anything is measured, and the check of
//! what was measured against it.

use std::any::Any;

use picklestream::value::Value;

use crate::dataset::{Digester, Measured};
use crate::formats::Compiled;
use crate::job::{Observer, interrupt};
use crate::results::Dataset;

use super::case::Case;
use super::error::Error;
use super::opens::Opens;
use super::source::RecordSource;
use super::visitors::{Describe, Described, SourceVisitor, TypedSource};
use super::window::Measurement;

/// The figures of a dataset, from one pass over its records.
///
/// # Errors
///
/// If there are no records, they cannot be read, or an interrupt came.
pub fn describe(records: &RecordSource, observer: &mut dyn Observer) -> Result<Dataset, Error> {
    Described::of(records, observer).map(|described| described.dataset)
}

impl Described {
    /// From one pass over the records.
    ///
    /// # Errors
    ///
    /// As [`describe`].
    pub(super) fn of(
        records: &RecordSource,
        observer: &mut dyn Observer,
    ) -> Result<Described, Error> {
        if records.records() == 0 {
            return Err(Error::NoRecords);
        }
        observer.begin("records", 1);
        let dataset = Dataset {
            name: records.name().to_owned(),
            records: records.records(),
            seed: records.seed(),
            digest: String::new(),
            heap_bytes: 0,
            source: None,
        };
        records.visit(Describe { dataset, observer })
    }

    /// Whether what a run of a case wrote or read is right: `Ok` with what its format
    /// lost of the records, if it did.
    ///
    /// # Errors
    ///
    /// What is wrong, for people.
    pub(super) fn check(
        &self,
        case: &Case,
        found: &Measurement,
    ) -> Result<Option<&'static str>, &'static str> {
        match case.task.of_format() {
            Some(task) => self.loss(found.digest.as_deref(), task.format.keeps_tuples()),
            None => Ok(None),
        }
    }

    /// Whether records with this digest are the dataset's: `Ok` with what they lost, if
    /// they did. Whoever `keeps_tuples` is not forgiven for lists.
    ///
    /// # Errors
    ///
    /// What is wrong, for people.
    pub(super) fn loss(
        &self,
        digest: Option<&str>,
        keeps_tuples: bool,
    ) -> Result<Option<&'static str>, &'static str> {
        match digest {
            None => Err("it gave no digest of its records"),
            Some(digest) if digest == self.dataset.digest => Ok(None),
            Some(_) if !keeps_tuples && self.as_lists.as_deref() == digest => {
                Ok(Some("tuples come back as lists"))
            }
            Some(_) => Err("its records are not the dataset's"),
        }
    }
}

impl SourceVisitor for Describe<'_> {
    type Output = Result<Described, Error>;

    fn visit<T: Measured + Compiled>(self, source: &dyn Opens<T>) -> Result<Described, Error> {
        let Describe { dataset, observer } = self;
        let mut digester = Digester::new();
        let mut as_lists = Digester::new();
        let mut heap_bytes = 0;
        for (at, record) in source.open().map_err(Error::Records)?.enumerate() {
            if at % 65_536 == 0 {
                interrupt::check()?;
                observer.tick();
            }
            let record = record.map_err(Error::Records)?;
            heap_bytes += source.deep_bytes(&record) as u64;
            let mut add = || {
                digester.add(&record)?;
                if let Some(value) = (&record as &dyn Any).downcast_ref::<Value>() {
                    as_lists.add(&with_lists(value.clone()))?;
                }
                Ok::<_, picklestream::literal::Error>(())
            };
            add().map_err(|error| Error::Records(error.into()))?;
        }
        let has_lists = as_lists.records() > 0;
        let (digest, as_lists) = (digester.finish(), as_lists.finish());
        Ok(Described {
            as_lists: (has_lists && as_lists != digest).then_some(as_lists),
            dataset: Dataset {
                digest,
                heap_bytes,
                ..dataset
            },
        })
    }

    fn visit_typed(self, source: &dyn TypedSource, at: (u64, u64)) -> Self::Output {
        source.describe(at, self)
    }
}

/// The value with a list in the place of each tuple.
fn with_lists(value: Value) -> Value {
    let all = |items: Vec<Value>| items.into_iter().map(with_lists).collect();
    match value {
        Value::Tuple(items) | Value::List(items) => Value::List(all(items)),
        Value::Dict(pairs) => Value::Dict(
            pairs
                .into_iter()
                .map(|(key, value)| (key, with_lists(value)))
                .collect(),
        ),
        other => other,
    }
}
