//! A pickle as events, one for each opcode, with their arguments decoded: for
//! those who make something else of a pickle than values.
//!
//! Nothing is built, so memory does not depend on the pickle; nothing is
//! refused, so that what would run code is told like anything else. The stack
//! and the memo are yours to keep, with [`Marks`] for the marks. An event is
//! told once its opcode was read whole; limits hold.
//!
//! ```
//! use picklestream::pickle::PickleLimits;
//! use picklestream::pickle::event::{self, Event, Leaf};
//!
//! // pickle.dumps([1.5, "a", 2.5], 2)
//! let pickle: &[u8] = b"\x80\x02]q\0(G?\xf8\0\0\0\0\0\0X\x01\0\0\0aq\x01G@\x04\0\0\0\0\0\0e.";
//! let mut sum = 0.0;
//! event::events(pickle, &PickleLimits::default(), |event, _offset| {
//!     if let Event::Leaf(Leaf::Float(float)) = event {
//!         sum += float;
//!     }
//!     Ok(())
//! })?;
//! assert_eq!(sum, 4.0);
//! # Ok::<(), picklestream::pickle::Error>(())
//! ```

mod decoder;
mod measure;

use std::io::{BufRead, Seek, SeekFrom};
use std::ops::ControlFlow;

use num_bigint::BigInt;

use super::first_pass::first_pass;
use crate::pickle::error::{self, Error, ErrorKind, Result};
use crate::pickle::opcodes::globals;
use crate::pickle::opcodes::input::{Input, Slice, Source};
use crate::pickle::opcodes::opcode as op;
use crate::pickle::opcodes::record::begins_pickle;
use crate::pickle::opcodes::run::{Interpreter, run};
use crate::pickle::options::PickleLimits;

pub(super) use decoder::Decoder;

pub use crate::pickle::opcodes::globals::Global;
pub use crate::pickle::opcodes::ids::Ranks;
pub use crate::pickle::opcodes::marks::Marks;

/// What an opcode asks for. "The top" is the object pushed last.
///
/// Not `non_exhaustive` on purpose: what follows a pickle has to follow each of
/// these, so a new one is a breaking change that the compiler points out.
#[derive(Debug)]
pub enum Event<'a> {
    /// Pushes a new object without parts.
    Leaf(Leaf<'a>),
    /// Pushes a new list without items.
    EmptyList,
    /// Pushes a new dict without items.
    EmptyDict,
    /// Pushes a new set without items.
    EmptySet,
    /// Pushes a new object without parts that is too long to be held: only for a
    /// follower that [measures](Follower::MEASURES).
    Long(Long<'a>),
    /// Opens a mark.
    Mark,
    /// Drops all objects above the innermost mark, and the mark.
    PopMark,
    /// Drops the top, or the innermost mark if nothing is above it: see
    /// [`Marks::pop`].
    Pop,
    /// Pushes the top once more.
    Dup,
    /// Ends the pickle, whose root is the only object left.
    Stop,
    /// Puts the top into the memo, which keeps it on the stack: under this id,
    /// or if there is none under the number of objects in the memo.
    Put(Option<u32>),
    /// Pushes what the memo has under this id.
    Get(u32),
    /// Makes a tuple of the last so many objects, or without a number of all
    /// above the mark.
    Tuple(Option<usize>),
    /// Makes a list of all objects above the mark.
    List,
    /// Makes a dict of all objects above the mark: keys and values in turn.
    Dict,
    /// Makes a frozenset of all objects above the mark.
    FrozenSet,
    /// Moves the top into the list below it.
    Append,
    /// Moves all objects above the mark into the list below it.
    Appends,
    /// Moves a key and its value into the dict below them.
    SetItem,
    /// Moves the keys and values above the mark into the dict below it.
    SetItems,
    /// Moves all objects above the mark into the set below it.
    AddItems,
    /// Pushes a global, `module.name`: what data it stands for if it does, and
    /// its name to show.
    Global(Option<Global>, String),
    /// Makes a global of two strs, the module and the name: see [`global`].
    StackGlobal,
    /// Makes an object that only code can make.
    Code {
        /// What makes it, to show; empty where `callable`.
        name: String,
        /// The last so many objects are its parts, or without a number all above
        /// the mark.
        parts: Option<usize>,
        /// The first of the parts is what makes it.
        callable: bool,
    },
    /// Calls a callable with the tuple of arguments above it; the result takes
    /// the place of both.
    Reduce,
    /// Hands the top, a state, to the object below it.
    Build,
}

/// An object that has no parts. Not `non_exhaustive`, like [`Event`].
#[derive(Debug, Clone, Copy)]
pub enum Leaf<'a> {
    /// `None`
    None,
    /// `True` or `False`
    Bool(bool),
    /// An int that fits 64 bits with its sign.
    Int(i64, IntSpelling),
    /// Any other int: two's complement, little-endian, no byte more than
    /// needed. [`wide_int`] makes a number of it.
    Wide(&'a [u8], IntSpelling),
    /// `float`
    Float(f64),
    /// `str`, or Python 2's `str` that is UTF-8. In the place of each lone surrogate it
    /// has U+FFFD, which takes as much room in UTF-8 and in Python.
    Str(&'a str, StrSpelling),
    /// `bytes`, or Python 2's `str` that is not UTF-8.
    Bytes(&'a [u8]),
    /// `bytearray`
    ByteArray(&'a [u8]),
}

/// A long str or bytes by its counts, with its beginning. Not `non_exhaustive`, like
/// [`Event`].
#[derive(Debug, Clone, Copy)]
pub enum Long<'a> {
    /// `str`, or Python 2's `str` that is UTF-8.
    Str {
        /// Bytes in UTF-8.
        utf8_bytes: u64,
        /// Characters.
        chars: u64,
        /// Units of two bytes in UTF-16.
        utf16_units: u64,
        /// A character that takes as much room in Python as the widest one.
        widest: char,
        /// How it is spelt.
        spelling: StrSpelling,
        /// The beginning, with U+FFFD in the place of each lone surrogate.
        start: &'a str,
    },
    /// `bytes`, or Python 2's `str` that is not UTF-8.
    Bytes {
        /// How many.
        len: u64,
        /// The beginning.
        start: &'a [u8],
    },
    /// `bytearray`
    ByteArray {
        /// How many.
        len: u64,
        /// The beginning.
        start: &'a [u8],
    },
}

/// How a str is spelt, which decides what an unpickler makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StrSpelling {
    /// As text: `str`, Python 2's `unicode`.
    Unicode,
    /// Python 2's `str`, byte by byte: `BINSTRING`, `SHORT_BINSTRING`.
    Bytes,
    /// Python 2's `str` in quotes: `STRING`.
    Quoted,
}

/// How an int is spelt, which decides what an unpickler makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntSpelling {
    /// Python 2's `int`: `BININT` and its like.
    Plain,
    /// Python 2's `long`, in decimal: `LONG`.
    LongText,
    /// Python 2's `long`, in binary: `LONG1`, `LONG4`.
    LongBinary,
}

/// The memo ids that are ever fetched from where `reader` stands to its end,
/// ascending. The reader is read to its end, or to the first fault, and then
/// put back to where it stood.
///
/// ```
/// use picklestream::pickle::{PickleLimits, event};
///
/// let mut pickle = std::io::Cursor::new(b"](K\x01\x94K\x02\x94h\x01e.");
/// assert_eq!(event::fetched_ids(&mut pickle, &PickleLimits::default())?, [1]);
/// assert_eq!(pickle.position(), 0);
/// # Ok::<(), picklestream::pickle::Error>(())
/// ```
///
/// # Errors
/// The input cannot be read or put back, or the ids take more memory than
/// [`PickleLimits::memo_bytes`].
pub fn fetched_ids<R: BufRead + Seek>(reader: &mut R, limits: &PickleLimits) -> Result<Vec<u32>> {
    let start = reader.stream_position()?;
    let found = first_pass(&mut Input::new(&mut *reader), limits, false)?;
    reader.seek(SeekFrom::Start(start))?;
    Ok(found.wanted)
}

/// Tells `on` of every opcode of the one pickle that `reader` holds, with the
/// offset of the opcode in bytes. `PROTO`, `FRAME` and `READONLY_BUFFER`, which
/// change nothing, are not told. Gives how many bytes follow that begin no other
/// pickle, and are ignored.
///
/// # Errors
/// What `on` returns; the input cannot be read, is not a pickle, ends within one
/// or goes on after it ([`ErrorKind::Trailing`]), or is beyond `limits`. An error
/// of `on` that has no offset gets that of the opcode.
pub fn events<R: BufRead>(
    reader: R,
    limits: &PickleLimits,
    on: impl FnMut(Event<'_>, u64) -> Result<()>,
) -> Result<u64> {
    follow(reader, limits, &mut EachEvent(on))
}

/// What follows a pickle: [`events`] for those in a hurry.
pub trait Follower {
    /// Whether strs and bytes from some 64 KiB on come as [`Event::Long`], so that
    /// none of them is held, and no limit on an item's bytes applies; but one to the
    /// line that Python 2's `str` in quotes is.
    const MEASURES: bool = false;

    /// An opcode that [`Follower::leap`] left, at `offset`.
    ///
    /// # Errors
    /// What [`follow`] is to end with.
    fn event(&mut self, event: Event<'_>, offset: u64) -> Result<()>;

    /// Takes as many whole opcodes at the beginning of `bytes` as it likes, by
    /// itself, and moves `at` behind each of them. It may take none; what is left
    /// comes as an event, which alone checks what `PROTO` and `FRAME` say: these,
    /// and an opcode that does not end within `bytes`, are never to be taken.
    ///
    /// # Errors
    /// What [`follow`] is to end with; `at` then stands at the opcode.
    #[inline(always)]
    fn leap(&mut self, _bytes: &[u8], _at: &mut usize) -> Result<()> {
        Ok(())
    }
}

/// Tells of every event.
struct EachEvent<F>(F);

impl<F: FnMut(Event<'_>, u64) -> Result<()>> Follower for EachEvent<F> {
    fn event(&mut self, event: Event<'_>, offset: u64) -> Result<()> {
        (self.0)(event, offset)
    }
}

/// [`events`] for a [`Follower`].
///
/// # Errors
/// As [`events`].
pub fn follow<R: BufRead, F: Follower>(
    reader: R,
    limits: &PickleLimits,
    follower: &mut F,
) -> Result<u64> {
    let mut input = Input::new(reader);
    let decoder = Decoder::new(limits);
    run(&mut input, &mut Teller { decoder, follower })?;
    if input.peek()?.is_some_and(begins_pickle) {
        let what = "more follows the pickle, which was to be the only one";
        let kind = ErrorKind::Trailing(what.to_owned());
        return Err(Error::new(kind, input.offset()));
    }
    input.skip_all()
}

/// Tells of opcodes.
struct Teller<'f, F> {
    decoder: Decoder,
    follower: &'f mut F,
}

impl<F: Follower> Interpreter for Teller<'_, F> {
    /// The pickle is complete.
    type End = ();

    fn step<S: Source>(&mut self, source: &mut S) -> Result<ControlFlow<()>> {
        let offset = source.offset();
        let opcode = source.byte()?;
        let decoded = match self.decoder.long::<F, S>(opcode, source, offset) {
            Ok(true) => self.decoder.measured(opcode).map(Some),
            Ok(false) => self.decoder.event(opcode, source, offset),
            Err(error) => Err(error),
        };
        let told = match decoded {
            Ok(Some(event)) => self.follower.event(event, offset),
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        told.map_err(|error| error.or_at(offset))?;
        Ok(match opcode {
            op::STOP => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        })
    }

    #[inline]
    fn leap(&mut self, slice: &mut Slice<'_>) -> Result<()> {
        let mut at = 0;
        let left = self.follower.leap(slice.rest(), &mut at);
        slice.advance(at);
        left.map_err(|error| error.or_at(slice.offset()))
    }
}

/// The event of the global `module.name`, which stands for data only where CPython
/// writes it so, for who follows
/// [`Event::StackGlobal`].
///
/// ```
/// use picklestream::pickle::event::{Event, Global, global};
///
/// assert!(matches!(global("builtins", "set"), Event::Global(Some(Global::Set), _)));
/// assert!(matches!(global("os", "system"), Event::Global(None, name) if name == "os.system"));
/// ```
#[must_use]
pub fn global<'a>(module: &str, name: &str) -> Event<'a> {
    Event::Global(
        globals::find(module.as_bytes(), name.as_bytes()).filter(|global| global.is_of_cpython()),
        globals::shown(module, name),
    )
}

/// Whether a str can be one of the two names before [`Event::StackGlobal`]:
/// who follows a pickle need not keep the text of any other.
#[must_use]
pub fn could_be_name(text: &str) -> bool {
    let of_names = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '<' | '>');
    text.len() <= 200 && text.chars().all(of_names)
}

/// The error for what would run code: [`ErrorKind::Refused`] with what is asked
/// for, placed at the opcode once [`events`] passes it on.
#[cold]
#[must_use]
pub fn refused(name: String) -> Error {
    Error::unplaced(ErrorKind::Refused(name))
}

/// The error for events that no pickle has in this order:
/// [`ErrorKind::Malformed`] with what is wrong, placed at the opcode once
/// [`events`] passes it on.
#[cold]
#[must_use]
pub fn malformed(what: impl Into<String>) -> Error {
    error::malformed(what)
}

/// The int of [`Leaf::Wide`].
#[must_use]
pub fn wide_int(bytes: &[u8]) -> BigInt {
    BigInt::from_signed_bytes_le(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(pickle: &[u8]) -> Result<Vec<String>> {
        let mut told = Vec::new();
        let cut = std::io::BufReader::with_capacity(3, pickle);
        events(cut, &PickleLimits::default(), |event, offset| {
            told.push(format!("{offset} {event:?}"));
            Ok(())
        })?;
        Ok(told)
    }

    #[test]
    fn opcodes_are_told_with_their_arguments() {
        let pickle = b"\x80\x04](K\x07L8L\n\x8a\x01\x09U\x01ah\x03cos\nsystem\nN\x94e.";
        assert_eq!(
            told(pickle).unwrap(),
            [
                "2 EmptyList",
                "3 Mark",
                "4 Leaf(Int(7, Plain))",
                "6 Leaf(Int(8, LongText))",
                "10 Leaf(Int(9, LongBinary))",
                "13 Leaf(Str(\"a\", Bytes))",
                "16 Get(3)",
                "18 Global(None, \"os.system\")",
                "29 Leaf(None)",
                "30 Put(None)",
                "31 Appends",
                "32 Stop",
            ]
        );
    }

    #[test]
    fn only_one_whole_pickle_will_do() {
        for (pickle, says) in [
            (&b""[..], "the input ends at byte 0"),
            (b"K\x01", "the input ends at byte 2"),
            (b"K\x01.K\x02.", "not a pickle at byte 3: more follows"),
            (b"\xfe", "not a pickle at byte 0: unknown opcode"),
            (b"\x80\x06", "protocol 6"),
        ] {
            let error = told(pickle).unwrap_err().to_string();
            assert!(error.contains(says), "{says}: {error}");
        }
    }
}
