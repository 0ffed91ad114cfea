//! Passing over a pickle without building anything: the first pass of a
//! [`MemoPolicy::TwoPass`](super::MemoPolicy::TwoPass) reader, and the
//! [`summary`](super::summary()).

use std::io::BufRead;

use super::error::{Error, ErrorKind, Result};
use super::input::{Input, Slice, Source};
use super::number;
use super::opcode::{self as op, ARGUMENTS, Argument};

/// What an opcode does to the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing.
    None,
    /// One more object.
    Push,
    /// An open mark.
    Mark,
    /// So many objects become one.
    Replace(u8),
    /// So many objects go, into another object or away.
    Take(u8),
    /// All objects above the mark become one, and the mark goes.
    Collect,
    /// All objects above the mark go, and the mark.
    Drain,
    /// An object goes, or the mark if nothing is above it.
    Pop,
    /// The object on top, once more.
    Dup,
    /// The end of the pickle.
    Stop,
}

impl Effect {
    #[inline]
    pub(super) fn of(opcode: u8) -> Effect {
        EFFECTS[usize::from(opcode)]
    }

    const fn find(opcode: u8) -> Effect {
        match opcode {
            op::MARK => Effect::Mark,
            op::STOP => Effect::Stop,
            op::POP => Effect::Pop,
            op::DUP => Effect::Dup,
            op::POP_MARK | op::APPENDS | op::SETITEMS | op::ADDITEMS => Effect::Drain,
            op::TUPLE | op::LIST | op::DICT | op::FROZENSET | op::INST | op::OBJ => Effect::Collect,
            op::APPEND | op::BUILD => Effect::Take(1),
            op::SETITEM => Effect::Take(2),
            op::TUPLE1 | op::BINPERSID => Effect::Replace(1),
            op::TUPLE2 | op::REDUCE | op::NEWOBJ | op::STACK_GLOBAL => Effect::Replace(2),
            op::TUPLE3 | op::NEWOBJ_EX => Effect::Replace(3),
            op::PUT
            | op::BINPUT
            | op::LONG_BINPUT
            | op::MEMOIZE
            | op::PROTO
            | op::FRAME
            | op::READONLY_BUFFER => Effect::None,
            _ => Effect::Push,
        }
    }
}

/// The effect of every opcode.
static EFFECTS: [Effect; 256] = {
    let mut table = [Effect::None; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = Effect::find(byte as u8);
        byte += 1;
    }
    table
};

/// Looks on.
pub(super) trait Observer {
    /// An opcode at `at`, whose argument ends before `end`. An error ends the
    /// walk.
    fn opcode(&mut self, opcode: u8, at: u64, end: u64) -> Result<()>;

    /// The memo id of the opcode that is told next.
    fn id(&mut self, opcode: u8, id: u32) -> Result<()>;

    /// The length of a frame.
    fn frame(&mut self, _len: u64) {}

    /// A protocol.
    fn protocol(&mut self, _version: u8) {}

    /// The two names of the opcode that is told next.
    fn names(&mut self, _at: u64, _module: &[u8], _name: &[u8]) {}

    /// Text, which may be one of the two names that come before
    /// `STACK_GLOBAL`.
    fn text(&mut self, _text: &[u8]) {}

    /// Takes whole records at once, if it knows their shape.
    fn records(&mut self, _slice: &mut Slice<'_>) {}

    /// Whether [`Observer::names`] and [`Observer::text`] are wanted.
    const WANTS_TEXT: bool = false;
}

/// Names longer than this are cut.
const NAME_BYTES: u64 = 1024;

/// Tells `observer` of every opcode up to the end of the input.
pub(super) fn walk<R: BufRead, O: Observer>(input: &mut Input<R>, observer: &mut O) -> Result<()> {
    let mut scratch = Vec::new();
    while !input.at_end()? {
        let mut slice = input.chunk()?;
        loop {
            observer.records(&mut slice);
            if slice.is_empty() {
                break;
            }
            let before = slice.position();
            match step(&mut slice, observer, &mut scratch) {
                Ok(()) => {}
                Err(error) if error.is_short() => {
                    slice.rewind(before);
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        let (used, left) = (slice.position(), !slice.is_empty());
        input.consume(used);
        if left {
            step(input, observer, &mut scratch)?;
        }
    }
    Ok(())
}

#[inline]
fn step<S: Source, O: Observer>(
    source: &mut S,
    observer: &mut O,
    scratch: &mut Vec<u8>,
) -> Result<()> {
    let at = source.offset();
    let opcode = source.byte()?;
    match opcode {
        op::BINGET | op::BINPUT => {
            let id = u32::from(source.byte()?);
            observer.id(opcode, id)?;
        }
        op::LONG_BINGET | op::LONG_BINPUT => {
            let id = u32::from_le_bytes(source.array()?);
            observer.id(opcode, id)?;
        }
        op::GET => {
            let line = source.line(NAME_BYTES, scratch)?;
            let id = number::memo_id(line).map_err(|error| error.or_at(at))?;
            observer.id(opcode, id)?;
        }
        op::FRAME => {
            let len = u64::from_le_bytes(source.array()?);
            observer.frame(len);
        }
        op::PROTO => {
            let version = source.byte()?;
            observer.protocol(version);
        }
        op::GLOBAL | op::INST if O::WANTS_TEXT => {
            let module = source.line(NAME_BYTES, scratch)?.to_owned();
            let name = source.line(NAME_BYTES, scratch)?;
            observer.names(at, &module, name);
        }
        op::SHORT_BINUNICODE if O::WANTS_TEXT => {
            let len = u64::from(source.byte()?);
            scratch.clear();
            source.bytes(len, scratch)?;
            observer.text(scratch);
        }
        _ => match ARGUMENTS[usize::from(opcode)] {
            Argument::None => {}
            Argument::Fixed(count) => source.skip(u64::from(count))?,
            Argument::Line => source.skip_line()?,
            Argument::TwoLines => {
                // Both at once, or an incomplete one would be told twice.
                source.skip_line()?;
                source.skip_line()?;
            }
            Argument::Length1 => {
                let len = u64::from(source.byte()?);
                source.skip(len)?;
            }
            Argument::Length4 => {
                let len = u64::from(u32::from_le_bytes(source.array()?));
                source.skip(len)?;
            }
            Argument::Signed4 => {
                let len = i32::from_le_bytes(source.array()?);
                let len = u64::try_from(len)
                    .map_err(|_| Error::malformed(format!("negative length {len}"), at))?;
                source.skip(len)?;
            }
            Argument::Length8 => {
                let len = u64::from_le_bytes(source.array()?);
                source.skip(len)?;
            }
            Argument::Unknown => {
                let what = format!("unknown opcode {opcode:#04x}");
                return Err(Error::new(ErrorKind::Malformed(what), at));
            }
        },
    }
    observer.opcode(opcode, at, source.offset())
}
