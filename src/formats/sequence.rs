//! Lists as serde writes and reads them: one record after the other goes
//! through, and no list of them is ever there.
//!
//! A format whose crate writes any `Serialize` is given a [`Sequence`]; one
//! whose crate is a `Deserializer` is given to [`read`]. Both know that some
//! records are the whole file ([`Record::IS_ROOT`]).

use std::cell::RefCell;
use std::fmt;
use std::hint::black_box;
use std::iter;
use std::marker::PhantomData;

use serde::de::{self, DeserializeOwned, Deserializer, SeqAccess, Visitor};
use serde::ser::{self, Serialize, SerializeSeq, Serializer};

use crate::dataset::Record;

use super::watched::Spot;
use super::{Error, Given, Records, Take};

/// How many records there will be, if that is known for certain.
pub(super) fn exact_len<T: Record>(records: &Given<'_, T>) -> Option<usize> {
    match records.size_hint() {
        (least, Some(most)) if least == most => Some(least),
        _ => None,
    }
}

/// What records are written as.
pub(super) trait WriteAs<T> {
    /// Writes one.
    ///
    /// # Errors
    ///
    /// If it has no form there.
    fn write<S: Serializer>(&self, record: &T, serializer: S) -> Result<S::Ok, S::Error>;
}

/// As they are.
pub(super) struct AsTheyAre;

impl<T: Serialize> WriteAs<T> for AsTheyAre {
    fn write<S: Serializer>(&self, record: &T, serializer: S) -> Result<S::Ok, S::Error> {
        record.serialize(serializer)
    }
}

/// A record, as it is written.
struct Written<'w, T, W>(&'w T, &'w W);

impl<T, W: WriteAs<T>> Serialize for Written<'_, T, W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.1.write(self.0, serializer)
    }
}

/// Records as a list, written as they come.
pub(super) struct Sequence<'r, 'g, T: Record, W = AsTheyAre> {
    records: RefCell<&'r mut Given<'g, T>>,
    len: Option<usize>,
    failed: RefCell<Option<Error>>,
    write_as: W,
}

impl<'r, 'g, T: Record> Sequence<'r, 'g, T> {
    /// With its length told to the serializer, if that is known.
    pub(super) fn told(records: &'r mut Given<'g, T>) -> Sequence<'r, 'g, T> {
        let len = exact_len(records);
        Sequence {
            len,
            ..Sequence::untold(records)
        }
    }

    /// Without its length, whether it is known or not.
    pub(super) fn untold(records: &'r mut Given<'g, T>) -> Sequence<'r, 'g, T> {
        Sequence {
            records: RefCell::new(records),
            len: None,
            failed: RefCell::new(None),
            write_as: AsTheyAre,
        }
    }
}

impl<'r, 'g, T: Record, W: WriteAs<T>> Sequence<'r, 'g, T, W> {
    /// The same, its records written in another way.
    pub(super) fn written_as<V>(self, write_as: V) -> Sequence<'r, 'g, T, V> {
        Sequence {
            records: self.records,
            len: self.len,
            failed: self.failed,
            write_as,
        }
    }

    /// Has `write` write it: as a list, or the only record by itself.
    ///
    /// # Errors
    ///
    /// The first of the records, and that of `write`.
    pub(super) fn write<E: Into<Error>>(
        self,
        write: impl FnOnce(&Self) -> Result<(), E>,
    ) -> Result<(), Error> {
        let written = write(&self);
        match self.failed.into_inner() {
            Some(error) => Err(error),
            None => written.map_err(Into::into),
        }
    }

    /// Keeps the error for [`write`](Sequence::write): serde's own has no room
    /// for it.
    fn fail<E: ser::Error>(&self, error: Error) -> E {
        let told = E::custom(&error);
        *self.failed.borrow_mut() = Some(error);
        told
    }
}

impl<T: Record, W: WriteAs<T>> Serialize for Sequence<'_, '_, T, W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut records = self.records.borrow_mut();
        if T::IS_ROOT {
            let record = records
                .next()
                .ok_or_else(|| "there is nothing to write".into());
            let record = record.and_then(|record| record);
            let record = record.map_err(|error| self.fail(error))?;
            return self.write_as.write(&*record, serializer);
        }
        let mut list = serializer.serialize_seq(self.len)?;
        let mut written = 0;
        for record in &mut **records {
            let record = record.map_err(|error| self.fail(error))?;
            list.serialize_element(&Written(&*record, &self.write_as))?;
            written += 1;
        }
        match self.len {
            // The length is in the file already.
            Some(len) if len != written => {
                let message = format!("{len} records were promised, and there are {written}");
                Err(self.fail(message.into()))
            }
            _ => list.end(),
        }
    }
}

/// Hands the records of a list that `deserializer` is about to read to `take`,
/// or the only one, if it is a root. `spot` is where its input stands.
///
/// # Errors
///
/// If it is no list; and what `take` returns.
pub(super) fn read<'de, T: Record, D: Deserializer<'de>>(
    deserializer: D,
    spot: &Spot,
    take: &mut Take<'_, T>,
) -> Result<(), Error> {
    match T::IS_ROOT {
        true => read_root(deserializer, spot, take),
        false => read_items(deserializer, spot, take),
    }
}

/// Hands what `deserializer` is about to read to `take` as the only record.
///
/// # Errors
///
/// What `take` returns.
pub(super) fn read_root<'de, T: DeserializeOwned, D: Deserializer<'de>>(
    deserializer: D,
    spot: &Spot,
    take: &mut Take<'_, T>,
) -> Result<(), Error> {
    spot.begin_record();
    let record = T::deserialize(deserializer).map_err(|error| spot.fault(&error));
    take(&mut One(iter::once(record), spot))
}

/// Hands the items of the list that `deserializer` is about to read to `take`.
///
/// # Errors
///
/// As [`read`].
pub(super) fn read_items<'de, T: DeserializeOwned, D: Deserializer<'de>>(
    deserializer: D,
    spot: &Spot,
    take: &mut Take<'_, T>,
) -> Result<(), Error> {
    let mut outcome = None;
    let list = ListVisitor {
        spot,
        take,
        outcome: &mut outcome,
    };
    let read = deserializer.deserialize_seq(list);
    match (outcome, read) {
        (Some(Ok(())), Err(error)) => Err(spot.fault(&error)),
        (Some(outcome), _) => outcome,
        (None, Err(error)) => Err(spot.fault(&error)),
        (None, Ok(())) => Err("no list was read".into()),
    }
}

/// Uses each record of the list that `deserializer` is about to read, borrowed
/// from the file that it reads; gives how many there were.
///
/// # Errors
///
/// If it is no list of such records.
pub(super) fn use_borrowed<'file, T: Record, D: Deserializer<'file>>(
    deserializer: D,
) -> Result<u64, D::Error> {
    deserializer.deserialize_seq(BorrowedVisitor(PhantomData::<T>))
}

/// Uses the items of the list that it visits.
struct BorrowedVisitor<T>(PhantomData<T>);

impl<'file, T: Record> Visitor<'file> for BorrowedVisitor<T> {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of records")
    }

    fn visit_seq<A: SeqAccess<'file>>(self, mut items: A) -> Result<u64, A::Error> {
        let mut seen = 0;
        while let Some(record) = items.next_element::<T::Borrowed<'file>>()? {
            black_box(&record);
            seen += 1;
        }
        Ok(seen)
    }
}

/// Hands the items of the list that it visits on.
struct ListVisitor<'v, 't, T> {
    spot: &'v Spot,
    take: &'v mut Take<'t, T>,
    outcome: &'v mut Option<Result<(), Error>>,
}

impl<'de, T: DeserializeOwned> Visitor<'de> for ListVisitor<'_, '_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, access: A) -> Result<(), A::Error> {
        let mut items = Items {
            access,
            spot: self.spot,
            record: PhantomData,
        };
        let taken = (self.take)(&mut items);
        let is_taken = taken.is_ok();
        *self.outcome = Some(taken);
        // Its text is not read by anybody: the outcome is.
        is_taken
            .then_some(())
            .ok_or_else(|| de::Error::custom("stopped"))
    }
}

/// The items of a list, one after the other.
struct Items<'s, A, T> {
    access: A,
    spot: &'s Spot,
    record: PhantomData<T>,
}

impl<'de, T: DeserializeOwned, A: SeqAccess<'de>> Iterator for Items<'_, A, T> {
    type Item = Result<T, Error>;

    #[inline]
    fn next(&mut self) -> Option<Result<T, Error>> {
        self.spot.begin_record();
        let item = self.access.next_element();
        item.map_err(|error| self.spot.fault(&error)).transpose()
    }
}

impl<'de, T: DeserializeOwned, A: SeqAccess<'de>> Records<T> for Items<'_, A, T> {
    fn bytes_read(&self) -> Option<u64> {
        Some(self.spot.position())
    }
}

/// A record by itself.
struct One<'s, T>(iter::Once<Result<T, Error>>, &'s Spot);

impl<T> Iterator for One<'_, T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Result<T, Error>> {
        self.0.next()
    }
}

impl<T> Records<T> for One<'_, T> {
    fn bytes_read(&self) -> Option<u64> {
        Some(self.1.position())
    }
}
