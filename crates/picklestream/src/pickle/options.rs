//! How to read and how to write: limits, memo, what a record is, protocol.

use crate::path::Path;

/// Upper bounds on what one pickle may cost. A file that you trust and that
/// exceeds one of them reads after raising it; the error names which.
///
/// Memory is taken as bytes arrive, never on the word of a length field, so
/// that generous limits cost nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickleLimits {
    /// Bytes of one str, bytes or bytearray. Default: 256 MiB. Of an input that can
    /// seek what is there may be read whatever its size, from 64 KiB on.
    pub item_bytes: u64,
    /// Bytes of memory that a batch may take: the records up to the next
    /// `APPENDS`, or the whole value where the root is not a list.
    /// Default: 1 GiB; never more than 2 GiB of text and 2^31 objects. Strs and bytes
    /// from 64 KiB on are not counted where the input can seek, which bounds them.
    pub batch_bytes: u64,
    /// Nesting depth: containers within containers. Default and maximum:
    /// [`PickleLimits::MAX_DEPTH`], since each level takes stack when the value is
    /// read.
    pub depth: u32,
    /// Bytes of memory for objects kept because of the memo.
    /// Default: 256 MiB. [`MemoPolicy::Budget`] has a budget of its own.
    pub memo_bytes: u64,
    /// Decimal digits of one integer. Default: 100,000.
    pub integer_digits: u64,
    /// Bytes of one line of protocol 0, its end included. Default: 64 MiB.
    pub line_bytes: u64,
    /// Objects that one record may visit beyond those that its batch holds,
    /// because the memo lets a few hundred bytes stand for 2^40 of them; 64
    /// bytes of a str that is visited again count as one. Default: 262,144.
    pub shared_nodes: u64,
}

impl Default for PickleLimits {
    fn default() -> PickleLimits {
        PickleLimits {
            item_bytes: 256 << 20,
            batch_bytes: 1 << 30,
            depth: PickleLimits::MAX_DEPTH,
            memo_bytes: 256 << 20,
            integer_digits: 100_000,
            line_bytes: 64 << 20,
            shared_nodes: 1 << 18,
        }
    }
}

impl PickleLimits {
    /// The greatest nesting [`depth`](PickleLimits::depth), whatever is set there: reading
    /// and writing recurse, and more levels may exhaust a stack of 2 MiB in a
    /// debug build. Python itself reads no literal that is nested deeper.
    pub const MAX_DEPTH: u32 = 200;

    /// The same with everything that would be unsafe cut down.
    pub(crate) fn clamped(&self) -> PickleLimits {
        PickleLimits {
            depth: self.depth.min(PickleLimits::MAX_DEPTH),
            ..self.clone()
        }
    }
}

/// What is kept of the memo: the objects that a later opcode may fetch again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum MemoPolicy {
    /// Scan the input once for the ids that are ever fetched, keep only these.
    /// Exact, and nothing at all for data without shared objects. Needs an
    /// input that can seek; a pipe gets [`MemoPolicy::DEFAULT_BUDGET`].
    #[default]
    TwoPass,
    /// Keep immutable objects, the first ones up to this many bytes, each of up
    /// to 1 KiB or 1/256 of that; fetching any other one after its batch is an
    /// error.
    Budget(u64),
    /// Keep nothing: any fetch is an error.
    Drop,
}

impl MemoPolicy {
    /// What a pipe keeps unless told otherwise: 1 MiB.
    pub const DEFAULT_BUDGET: MemoPolicy = MemoPolicy::Budget(1 << 20);
}

/// Which part of a pickle is read record by record, and what its records are.
///
/// Each item of a list is a record; so is, where `items` is set, each item of
/// any other container, and a dict's are pairs of a key and its value. All come
/// in the order of the file. A key that was written twice comes twice, since to
/// know that it did would take all keys before it.
///
/// Where a file holds several pickles, this goes for each of them.
///
/// ```
/// use std::io::Cursor;
/// use picklestream::pickle::{PickleRecords, ReadOptions};
///
/// // pickle.dumps({"n": 2, "rows": [1.5, 2.5]}, 2)
/// let file = b"\x80\x02}q\0(X\x01\0\0\0nq\x01K\x02X\x04\0\0\0rowsq\x02]q\x03\
///     (G?\xf8\0\0\0\0\0\0G@\x04\0\0\0\0\0\0eu.";
/// let mut options = ReadOptions::default();
/// options.records.path = "rows".parse()?;
/// let rows = PickleRecords::with_options(Cursor::new(file), &options)?;
/// let rows: Vec<f64> = rows.collect::<Result<_, _>>()?;
/// assert_eq!(rows, [1.5, 2.5]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Select {
    /// The part that is read; without steps the root, which is all of it. What
    /// comes before that part is passed over, whatever it is, and nothing of it
    /// is kept but what the part shares with it. Needs an input that can seek.
    pub path: Path,
    /// The items of any container are records, not only those of a list. A
    /// `path` with steps implies it.
    pub items: bool,
}

impl Select {
    /// Whether the items of any container are records.
    pub(crate) fn any_container(&self) -> bool {
        self.items || !self.path.is_empty()
    }
}

/// What becomes of objects that only code could make. It never runs, either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Objects {
    /// They are an error, [`ErrorKind::Refused`](crate::pickle::ErrorKind::Refused), which
    /// names the first of them.
    #[default]
    Refuse,
    /// They are data that describes them: [`Value::Object`](crate::value::Value::Object),
    /// or for a type of yours a map or struct of their attributes.
    AsData,
}

/// How the `str` of Python 2 is read, as the argument `encoding` of `pickle.load`
/// has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Encoding {
    /// As `str` where it is UTF-8, else as `bytes`.
    #[default]
    Default,
    /// As `str`; a byte that is not ASCII is an error.
    Ascii,
    /// As `str`; what is not UTF-8 is an error.
    Utf8,
    /// As `str`, each byte being a character of Latin-1.
    Latin1,
    /// As `bytes`.
    Bytes,
}

/// How to read.
///
/// ```
/// use picklestream::pickle::{MemoPolicy, ReadOptions};
///
/// let mut options = ReadOptions::default();
/// options.memo = MemoPolicy::Budget(16 << 20);
/// options.limits.depth = 20;
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ReadOptions {
    /// What one pickle may cost.
    pub limits: PickleLimits,
    /// What is kept of the memo.
    pub memo: MemoPolicy,
    /// Which part is read, and what a record is.
    pub records: Select,
    /// What becomes of objects that only code could make. Default: they are refused.
    pub objects: Objects,
    /// How the `str` of Python 2 is read.
    pub encoding: Encoding,
}

/// Which memo a writer makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum WriteMemo {
    /// None: smaller and faster, and read by every Python. What CPython
    /// writes with `Pickler.fast`, without frames.
    #[default]
    None,
    /// The memo and the frames of CPython's C pickler (3.7 to 3.14): the same
    /// bytes that `pickle.dump` writes where no two objects are one. Empty and
    /// one-character strs and bytes are such objects, and so are the names of
    /// a struct's fields; they are written once and fetched after that.
    Cpython,
    /// As [`Cpython`](WriteMemo::Cpython), where equal strs are one object, as
    /// words out of a list or interned names are: the first 4,096 different ones
    /// of up to 64 bytes are written once and fetched after that.
    CpythonInterned,
}

/// How to write.
///
/// ```
/// use picklestream::pickle::{self, WriteOptions};
///
/// let mut options = WriteOptions::default();
/// options.protocol = 0;
/// let mut file = Vec::new();
/// pickle::to_writer(&mut file, &(1, "a"), &options)?;
/// assert_eq!(file, b"(I1\nVa\nt.");
/// # Ok::<(), pickle::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WriteOptions {
    /// Protocol, 0 to 5. Default: 4, read by every Python since 3.4.
    pub protocol: u8,
    /// Memo. Default: none.
    pub memo: WriteMemo,
}

impl Default for WriteOptions {
    fn default() -> WriteOptions {
        WriteOptions {
            protocol: 4,
            memo: WriteMemo::None,
        }
    }
}
