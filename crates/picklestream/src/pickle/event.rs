//! A pickle as events, one for each opcode, with their arguments decoded: for
//! those who make something else of a pickle than values.
//!
//! Nothing is built and nothing is refused here, but limits hold.

use std::io::{BufRead, Seek, SeekFrom};

use num_bigint::{BigInt, Sign};

pub use super::arena::Global;
use super::arena::Node;
use super::error::{Error, ErrorKind, Result};
use super::first_pass::first_pass;
use super::globals;
use super::input::{Input, Source};
use super::machine::Machine;
use super::memo::Memo;
use super::number;
use super::opcode as op;
use super::options::{MemoPolicy, PickleLimits};

/// What an opcode asks for.
#[derive(Debug)]
pub enum Event<'a> {
    /// A new object without parts.
    Leaf(Leaf<'a>),
    EmptyList,
    EmptyDict,
    EmptySet,
    Mark,
    PopMark,
    Pop,
    Dup,
    Stop,
    /// Puts the object on top into the memo, under the next id if none is
    /// told.
    Put(Option<u32>),
    Get(u32),
    /// A tuple of so many objects, or of all above the mark.
    Tuple(Option<usize>),
    /// A list of all objects above the mark, and so on.
    List,
    Dict,
    FrozenSet,
    /// One object into the list below it.
    Append,
    Appends,
    SetItem,
    SetItems,
    AddItems,
    /// `module.name`, and what data it stands for if it does.
    Global(Option<Global>, String),
    StackGlobal,
    /// An object made by code: from so many objects, or from all above the
    /// mark, the first of which, if `callable` says so, is what makes it.
    Code {
        name: String,
        parts: Option<usize>,
        callable: bool,
    },
    /// `REDUCE`: a callable and its tuple of arguments.
    Reduce,
    /// A state for the object below it.
    Build,
}

/// An object that has no parts.
#[derive(Debug, Clone, Copy)]
pub enum Leaf<'a> {
    None,
    Bool(bool),
    /// An int by its value.
    Int(i64, IntSpelling),
    /// Any other int: two's complement, least byte first, no byte more than
    /// needed.
    Wide(&'a [u8], IntSpelling),
    Float(f64),
    Str(&'a str, StrSpelling),
    Bytes(&'a [u8]),
    ByteArray(&'a [u8]),
}

/// How a str is spelt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StrSpelling {
    /// Python 2's `unicode`.
    Unicode,
    /// Python 2's `str`, byte by byte.
    Bytes,
    /// The same in quotes: `STRING`.
    Quoted,
}

/// How an int is spelt, which decides what an unpickler makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntSpelling {
    /// Python 2's `int`: `BININT` and its like.
    Plain,
    /// Python 2's `long`, in decimal: `LONG`.
    LongText,
    /// The same in binary: `LONG1`, `LONG4`.
    LongBinary,
}

/// The ids that `reader` fetches from the memo from here to its end, which it
/// is read to and then wound back from; ascending.
///
/// # Errors
/// The input cannot be read, or the memo would exceed its limit.
pub fn fetched_ids<R: BufRead + Seek>(reader: &mut R, limits: &PickleLimits) -> Result<Vec<u32>> {
    let start = reader.stream_position()?;
    let found = first_pass(&mut Input::new(&mut *reader), limits)?;
    reader.seek(SeekFrom::Start(start))?;
    Ok(found.wanted)
}

/// Tells `on` of every opcode of the one pickle that `reader` holds, with its
/// offset in bytes.
///
/// # Errors
/// What `on` returns; the input cannot be read, is no pickle, ends within one
/// or goes on after it, or is beyond `limits`.
pub fn events<R: BufRead>(
    reader: R,
    limits: &PickleLimits,
    mut on: impl FnMut(Event<'_>, u64) -> Result<()>,
) -> Result<()> {
    let mut input = Input::new(reader);
    let mut decoder = Decoder {
        machine: Machine::new(limits, Memo::new(MemoPolicy::Drop, Vec::new())),
        limits: limits.clone(),
        frame_end: 0,
    };
    while !decoder.one_chunk(&mut input, &mut on)? {}
    if !input.at_end()? {
        let what = "more follows the pickle, which was to be the only one; \
                    gather the records into one list first (picklebench convert)";
        return Err(Error::malformed(what, input.offset()));
    }
    Ok(())
}

/// Reads arguments.
struct Decoder {
    /// Decodes leaves; its memo is never used, its stack holds one leaf.
    machine: Machine,
    limits: PickleLimits,
    frame_end: u64,
}

impl Decoder {
    /// Goes over what is buffered; true at the end of the pickle.
    fn one_chunk<R: BufRead>(
        &mut self,
        input: &mut Input<R>,
        on: &mut impl FnMut(Event<'_>, u64) -> Result<()>,
    ) -> Result<bool> {
        let mut slice = input.chunk()?;
        let mut done = false;
        while !done && !slice.is_empty() {
            let before = slice.position();
            match self.step(&mut slice, on) {
                Ok(is_last) => done = is_last,
                Err(error) if error.is_short() => {
                    slice.rewind(before);
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        let (used, left) = (slice.position(), !slice.is_empty());
        input.consume(used);
        if !done && (left || used == 0) {
            done = self.step(input, on)?;
        }
        Ok(done)
    }

    /// One opcode. All of it is read before `on` is told, so that one cut
    /// short can be read again.
    fn step<S: Source>(
        &mut self,
        source: &mut S,
        on: &mut impl FnMut(Event<'_>, u64) -> Result<()>,
    ) -> Result<bool> {
        let offset = source.offset();
        let opcode = source.byte()?;
        let told = match self.event(opcode, source, offset) {
            Ok(Some(event)) => on(event, offset),
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        told.map_err(|error| error.or_at(offset))?;
        Ok(opcode == op::STOP)
    }

    fn event<S: Source>(
        &mut self,
        opcode: u8,
        source: &mut S,
        offset: u64,
    ) -> Result<Option<Event<'_>>> {
        Ok(Some(match opcode {
            op::MARK => Event::Mark,
            op::POP_MARK => Event::PopMark,
            op::POP => Event::Pop,
            op::DUP => Event::Dup,
            op::STOP => Event::Stop,
            op::EMPTY_LIST => Event::EmptyList,
            op::EMPTY_DICT => Event::EmptyDict,
            op::EMPTY_SET => Event::EmptySet,
            op::EMPTY_TUPLE => Event::Tuple(Some(0)),
            op::TUPLE1 => Event::Tuple(Some(1)),
            op::TUPLE2 => Event::Tuple(Some(2)),
            op::TUPLE3 => Event::Tuple(Some(3)),
            op::TUPLE => Event::Tuple(None),
            op::LIST => Event::List,
            op::DICT => Event::Dict,
            op::FROZENSET => Event::FrozenSet,
            op::APPEND => Event::Append,
            op::APPENDS => Event::Appends,
            op::SETITEM => Event::SetItem,
            op::SETITEMS => Event::SetItems,
            op::ADDITEMS => Event::AddItems,
            op::STACK_GLOBAL => Event::StackGlobal,
            op::REDUCE => Event::Reduce,
            op::BUILD => Event::Build,

            op::MEMOIZE => Event::Put(None),
            op::BINPUT => Event::Put(Some(u32::from(source.byte()?))),
            op::LONG_BINPUT => Event::Put(Some(u32::from_le_bytes(source.array()?))),
            op::PUT => Event::Put(Some(self.id(source)?)),
            op::BINGET => Event::Get(u32::from(source.byte()?)),
            op::LONG_BINGET => Event::Get(u32::from_le_bytes(source.array()?)),
            op::GET => Event::Get(self.id(source)?),

            op::PROTO => {
                let version = source.byte()?;
                if version > 5 {
                    let what = format!("protocol {version}, which does not exist");
                    return Err(Error::malformed(what, offset));
                }
                return Ok(None);
            }
            op::FRAME => {
                let len = u64::from_le_bytes(source.array()?);
                if offset < self.frame_end {
                    return Err(Error::malformed("a frame within a frame", offset));
                }
                self.frame_end = source.offset().saturating_add(len);
                return Ok(None);
            }
            op::READONLY_BUFFER => return Ok(None),

            op::GLOBAL => {
                let (module, name) = self.names(source)?;
                global(&module, &name)
            }
            op::INST => {
                let (module, name) = self.names(source)?;
                code(globals::shown(&module, &name), None, false)
            }
            op::OBJ => code(String::new(), None, true),
            op::NEWOBJ => code(String::new(), Some(2), true),
            op::NEWOBJ_EX => code(String::new(), Some(3), true),
            op::PERSID => {
                source.skip_line()?;
                code("persistent object".to_owned(), Some(0), false)
            }
            op::BINPERSID => code("persistent object".to_owned(), Some(1), false),
            op::NEXT_BUFFER => code("out-of-band buffer".to_owned(), Some(0), false),
            op::EXT1 => code(extension(u32::from(source.byte()?)), Some(0), false),
            op::EXT2 => {
                let number = u16::from_le_bytes(source.array()?);
                code(extension(u32::from(number)), Some(0), false)
            }
            op::EXT4 => {
                let number = u32::from_le_bytes(source.array()?);
                code(extension(number), Some(0), false)
            }
            _ => Event::Leaf(self.leaf(opcode, source, offset)?),
        }))
    }

    fn id<S: Source>(&mut self, source: &mut S) -> Result<u32> {
        let line = source.line(self.limits.line_bytes, &mut self.machine.scratch)?;
        number::memo_id(line)
    }

    fn names<S: Source>(&mut self, source: &mut S) -> Result<(String, String)> {
        let limit = self.limits.line_bytes;
        let scratch = &mut self.machine.scratch;
        let module = String::from_utf8_lossy(source.line(limit, scratch)?).into_owned();
        let name = String::from_utf8_lossy(source.line(limit, scratch)?).into_owned();
        Ok((module, name))
    }

    fn leaf<S: Source>(&mut self, opcode: u8, source: &mut S, offset: u64) -> Result<Leaf<'_>> {
        self.machine.arena.clear_batch(offset);
        self.machine.stack.clear();
        self.machine.run(opcode, source, offset)?;
        let arena = &self.machine.arena;
        let spelling = match opcode {
            op::LONG => IntSpelling::LongText,
            op::LONG1 | op::LONG4 => IntSpelling::LongBinary,
            _ => IntSpelling::Plain,
        };
        let of_text = match opcode {
            op::STRING => StrSpelling::Quoted,
            op::BINSTRING | op::SHORT_BINSTRING => StrSpelling::Bytes,
            _ => StrSpelling::Unicode,
        };
        Ok(match self.machine.stack.pop() {
            Some(Node::None { .. }) => Leaf::None,
            Some(Node::Bool { value, .. }) => Leaf::Bool(value),
            Some(Node::Int {
                unsigned: false,
                value,
                ..
            }) => Leaf::Int(value, spelling),
            Some(Node::Int { value, .. }) => {
                let scratch = &mut self.machine.scratch;
                scratch.clear();
                scratch.extend_from_slice(&value.to_le_bytes());
                scratch.push(0);
                Leaf::Wide(scratch, spelling)
            }
            Some(Node::Wide { bytes, .. }) => Leaf::Wide(arena.bytes(bytes), spelling),
            Some(Node::Float { value, .. }) => Leaf::Float(value),
            Some(Node::Str { text, .. }) => Leaf::Str(arena.growing_text(text), of_text),
            Some(Node::Bytes { bytes, .. }) => Leaf::Bytes(arena.bytes(bytes)),
            Some(Node::ByteArray { bytes, .. }) => Leaf::ByteArray(arena.bytes(bytes)),
            _ => {
                let what = format!("unexpected opcode {}", op::name(opcode));
                return Err(Error::malformed(what, offset));
            }
        })
    }
}

fn code<'a>(name: String, parts: Option<usize>, callable: bool) -> Event<'a> {
    Event::Code {
        name,
        parts,
        callable,
    }
}

fn extension(number: u32) -> String {
    format!("extension {number}")
}

/// A global by its two names.
pub fn global<'a>(module: &str, name: &str) -> Event<'a> {
    Event::Global(
        globals::find(module.as_bytes(), name.as_bytes()),
        globals::shown(module, name),
    )
}

/// Whether a str can be one of the two names before [`Event::StackGlobal`].
pub fn could_be_name(text: &str) -> bool {
    let of_names = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '<' | '>');
    text.len() <= 200 && text.chars().all(of_names)
}

/// The error for what would run code.
#[cold]
pub fn refused(name: String) -> Error {
    Error::unplaced(ErrorKind::Refused(name))
}

/// The error for a pickle that none is.
#[cold]
pub fn malformed(what: impl Into<String>) -> Error {
    Error::unplaced(ErrorKind::Malformed(what.into()))
}

/// The int of [`Leaf::Wide`].
pub fn wide_int(bytes: &[u8]) -> BigInt {
    debug_assert_ne!(BigInt::from_signed_bytes_le(bytes).sign(), Sign::NoSign);
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
