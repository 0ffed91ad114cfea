//! Records one after another, and whole values.

use std::io::{BufRead, Cursor, Seek};
use std::iter::FusedIterator;
use std::marker::PhantomData;

use serde::de::{self, DeserializeOwned, Deserializer, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};

use super::lend::{Borrowed, Copied};
use super::reader::Reader;
use crate::pickle::error::{Error, Result};
use crate::pickle::options::ReadOptions;
use crate::value::{Kind, name, visit_kind};

/// The records of a pickle, or of several pickles one after another, in
/// constant memory.
///
/// Where a pickle's root is a list, its items are the records; any other root
/// is itself one record. [`Select`](crate::pickle::Select) chooses otherwise.
///
/// The input should be buffered by a few dozen KiB ([`std::io::BufReader`]);
/// nothing is buffered a second time. Memory beyond that is one batch: about
/// the 1000 records that CPython writes between two `APPENDS`.
///
/// A record that does not fit `T` is an error that leaves the iterator usable:
/// the next call reads the next record. After any other error it ends.
///
/// ```
/// use std::io::Cursor;
/// use picklestream::pickle::PickleRecords;
///
/// // pickle.dumps([(0.5, "s"), (1.5, "t")], 0)
/// let file = b"(lp0\n(F0.5\nVs\np1\ntp2\na(F1.5\nVt\np3\ntp4\na.";
/// let mut sum = 0.0;
/// for record in PickleRecords::new(Cursor::new(file))? {
///     let (number, _text): (f64, String) = record?;
///     sum += number;
/// }
/// assert_eq!(sum, 2.0);
/// # Ok::<(), picklestream::pickle::Error>(())
/// ```
pub struct PickleRecords<R, T> {
    reader: Reader<R>,
    record: PhantomData<fn() -> T>,
}

impl<R: BufRead + Seek, T> PickleRecords<R, T> {
    /// Reads from an input that can seek, with default options.
    ///
    /// The whole input, from where it stands, is scanned once for what the
    /// memo must keep, then read.
    ///
    /// # Errors
    /// The input cannot be read, or the memo would exceed its limit.
    pub fn new(reader: R) -> Result<PickleRecords<R, T>> {
        PickleRecords::with_options(reader, &ReadOptions::default())
    }

    /// Reads from an input that can seek.
    ///
    /// # Errors
    /// See [`PickleRecords::new`].
    pub fn with_options(reader: R, options: &ReadOptions) -> Result<PickleRecords<R, T>> {
        Ok(PickleRecords {
            reader: Reader::seekable(reader, options)?,
            record: PhantomData,
        })
    }
}

impl<R: BufRead, T> PickleRecords<R, T> {
    /// Reads from an input that can be read only once, such as a pipe, with
    /// [`MemoPolicy::DEFAULT_BUDGET`](crate::pickle::MemoPolicy::DEFAULT_BUDGET).
    pub fn from_pipe(reader: R) -> PickleRecords<R, T> {
        PickleRecords::from_pipe_with(reader, &ReadOptions::default())
    }

    /// Reads from an input that can be read only once.
    pub fn from_pipe_with(reader: R, options: &ReadOptions) -> PickleRecords<R, T> {
        PickleRecords {
            reader: Reader::pipe(reader, options),
            record: PhantomData,
        }
    }

    /// The next record, as a type that may borrow `&str` and `&[u8]` from the
    /// batch. `None` at the end.
    ///
    /// ```
    /// use picklestream::pickle::PickleRecords;
    ///
    /// // pickle.dumps(["a", "bc"], 1)
    /// let file: &[u8] = b"]q\0(X\x01\0\0\0aq\x01X\x02\0\0\0bcq\x02e.";
    /// let mut records = PickleRecords::<_, ()>::from_pipe(file);
    /// let mut total = 0;
    /// while let Some(text) = records.next_ref::<&str>() {
    ///     total += text?.len();
    /// }
    /// assert_eq!(total, 3);
    /// # Ok::<(), picklestream::pickle::Error>(())
    /// ```
    #[inline]
    pub fn next_ref<'a, U: Deserialize<'a>>(&'a mut self) -> Option<Result<U>> {
        match self.reader.next() {
            Ok(Some(record)) => Some(self.reader.record::<Borrowed>(record, 0).read(PhantomData)),
            Ok(None) => None,
            Err(error) => Some(Err(error)),
        }
    }

    /// What follows the last pickle and begins no other (white space, zeros), once all
    /// records were read: its offset in bytes, and how many bytes there are. CPython
    /// does not look at it either.
    ///
    /// ```
    /// use picklestream::pickle::PickleRecords;
    ///
    /// let mut records = PickleRecords::<_, u8>::from_pipe(&b"](K\x01K\x02e.\n"[..]);
    /// assert_eq!(records.by_ref().count(), 2);
    /// assert_eq!(records.ignored(), Some((8, 1)));
    /// ```
    pub fn ignored(&self) -> Option<(u64, u64)> {
        self.reader.ignored()
    }

    /// Bytes of the input consumed so far, which runs ahead of the records by
    /// up to a batch: good for showing progress.
    pub fn bytes_read(&self) -> u64 {
        self.reader.offset()
    }
}

impl<R: BufRead, T: DeserializeOwned> Iterator for PickleRecords<R, T> {
    type Item = Result<T>;

    #[inline]
    fn next(&mut self) -> Option<Result<T>> {
        match self.reader.next() {
            Ok(Some(record)) => Some(self.reader.record::<Copied>(record, 0).read(PhantomData)),
            Ok(None) => None,
            Err(error) => Some(Err(error)),
        }
    }
}

impl<R: BufRead, T: DeserializeOwned> FusedIterator for PickleRecords<R, T> {}

/// Reads one pickle as a whole from an input that can seek.
///
/// Where the root is a list its items go into `T` batch by batch; any other
/// root is gathered first, at 16 bytes an object and the bytes of its text.
///
/// Of [`ReadOptions::records`] the path counts: what it names is read as a whole.
///
/// # Errors
/// Of any [`ErrorKind`](crate::pickle::ErrorKind); also if something follows the
/// pickle.
pub fn from_reader<R: BufRead + Seek, T: DeserializeOwned>(
    reader: R,
    options: &ReadOptions,
) -> Result<T> {
    whole(Reader::seekable(reader, options)?)
}

/// Reads one pickle as a whole from an input that can be read only once.
///
/// # Errors
/// See [`from_reader`].
pub fn from_pipe<R: BufRead, T: DeserializeOwned>(reader: R, options: &ReadOptions) -> Result<T> {
    whole(Reader::pipe(reader, options))
}

/// Reads one pickle as a whole, with default options.
///
/// ```
/// use picklestream::{pickle, value::Value};
///
/// let value: Value = pickle::from_slice(b"\x80\x02K\x01K\x02\x86.")?;
/// assert_eq!(value, Value::Tuple(vec![Value::Int(1), Value::Int(2)]));
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// # Errors
/// See [`from_reader`].
pub fn from_slice<T: DeserializeOwned>(pickle: &[u8]) -> Result<T> {
    from_reader(Cursor::new(pickle), &ReadOptions::default())
}

fn whole<R: BufRead, T: DeserializeOwned>(mut reader: Reader<R>) -> Result<T> {
    reader.lists_only();
    reader.begin()?;
    let value = match reader.load()? {
        Some(record) => reader.record::<Copied>(record, 0).read(PhantomData)?,
        None => {
            let value = T::deserialize(RootList(&mut reader)).map_err(|error| error.or_at(0))?;
            // A type that ignores the list has not read it.
            while reader.next_of_pickle()?.is_some() {}
            value
        }
    };
    reader.expect_end()?;
    Ok(value)
}

/// A root list whose items come batch by batch.
struct RootList<'r, R>(&'r mut Reader<R>);

impl<R: BufRead> RootList<'_, R> {
    fn visit<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let reader = self.0;
        let value = visitor.visit_seq(RootList(reader))?;
        match reader.next_of_pickle()? {
            None => Ok(value),
            Some(_) => Err(de::Error::custom("more items in the list than expected")),
        }
    }
}

impl<'de, R: BufRead> Deserializer<'de> for RootList<'_, R> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.visit(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        newtype: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        if name::is_value(newtype) {
            visit_kind(visitor, Kind::List, self)
        } else {
            visitor.visit_newtype_struct(self)
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string
        bytes byte_buf unit unit_struct seq tuple tuple_struct map struct enum
        identifier
    }
}

impl<'de, R: BufRead> de::SeqAccess<'de> for RootList<'_, R> {
    type Error = Error;

    fn next_element_seed<S: de::DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>> {
        match self.0.next_of_pickle()? {
            Some(record) => self.0.record::<Copied>(record, 1).read(seed).map(Some),
            None => Ok(None),
        }
    }

    /// Known if the list is so short that it is there as a whole.
    fn size_hint(&self) -> Option<usize> {
        self.0.known_len()
    }
}
