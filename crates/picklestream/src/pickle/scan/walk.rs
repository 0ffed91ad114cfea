//! Passing over a pickle without building anything: the first pass of a
//! [`MemoPolicy::TwoPass`](crate::pickle::MemoPolicy::TwoPass) reader, and the
//! [`summary`](crate::pickle::summary()).

use std::io::BufRead;
use std::ops::ControlFlow;

use crate::pickle::error::{Error, ErrorKind, Result};
use crate::pickle::opcodes::decimal;
use crate::pickle::opcodes::input::{Input, Slice, Source};
use crate::pickle::opcodes::opcode::{self as op, Argument};
use crate::pickle::opcodes::record::begins_pickle;
use crate::pickle::opcodes::run::{Interpreter, run};

/// What is told of each opcode.
pub(crate) trait Observer {
    /// An opcode at `at`, whose argument ends before `end`. An error ends the
    /// walk.
    fn opcode(&mut self, opcode: u8, at: u64, end: u64) -> Result<()>;

    /// The memo id of the opcode that is told next.
    fn id(&mut self, opcode: u8, id: u32) -> Result<()>;

    /// The memo id of the `PUT` that is told next.
    fn put(&mut self, _id: u32) {}

    /// The length of a frame.
    fn frame(&mut self, _len: u64) {}

    /// A protocol.
    fn protocol(&mut self, _version: u8) {}

    /// The two names of the opcode that is told next.
    fn names(&mut self, _at: u64, _module: &[u8], _name: &[u8]) {}

    /// Text, which may be one of the two names that come before
    /// `STACK_GLOBAL`.
    fn text(&mut self, _text: &[u8]) {}

    /// Takes as many opcodes at once as it knows; it may take none.
    fn records(&mut self, _slice: &mut Slice<'_>) -> Result<()> {
        Ok(())
    }

    /// Whether [`Observer::names`], [`Observer::text`] and [`Observer::put`] are
    /// wanted.
    const WANTS_TEXT: bool = false;
}

/// Names longer than this are cut.
const NAME_BYTES: u64 = 1024;

/// Tells `observer` of every opcode up to the end of the input, or to where after a
/// pickle none begins.
pub(crate) fn walk<R: BufRead, O: Observer>(input: &mut Input<R>, observer: &mut O) -> Result<()> {
    let scratch = Vec::new();
    let mut walk = Walk { observer, scratch };
    while run(input, &mut walk)? == End::Pickle && input.peek()?.is_some_and(begins_pickle) {}
    Ok(())
}

/// Why a walk ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Input,
    Pickle,
}

/// Passes from opcode to opcode.
struct Walk<'o, O> {
    observer: &'o mut O,
    scratch: Vec<u8>,
}

impl<O: Observer> Interpreter for Walk<'_, O> {
    type End = End;

    #[inline]
    fn step<S: Source>(&mut self, source: &mut S) -> Result<ControlFlow<End>> {
        Ok(match step(source, self.observer, &mut self.scratch)? {
            op::STOP => ControlFlow::Break(End::Pickle),
            _ => ControlFlow::Continue(()),
        })
    }

    #[inline]
    fn leap(&mut self, slice: &mut Slice<'_>) -> Result<()> {
        self.observer.records(slice)
    }

    fn between<R: BufRead>(&mut self, input: &mut Input<R>) -> Result<ControlFlow<End>> {
        Ok(match input.at_end()? {
            true => ControlFlow::Break(End::Input),
            false => ControlFlow::Continue(()),
        })
    }
}

/// Takes one opcode and returns it.
#[inline]
fn step<S: Source, O: Observer>(
    source: &mut S,
    observer: &mut O,
    scratch: &mut Vec<u8>,
) -> Result<u8> {
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
            let id = decimal::memo_id(line).map_err(|error| error.or_at(at))?;
            observer.id(opcode, id)?;
        }
        op::PUT if O::WANTS_TEXT => {
            let line = source.line(NAME_BYTES, scratch)?;
            if let Ok(id) = decimal::memo_id(line) {
                observer.put(id);
            }
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
        _ => skip_argument(source, opcode, at)?,
    }
    observer.opcode(opcode, at, source.offset())?;
    Ok(opcode)
}

/// Passes over the argument of the opcode at `at`.
#[inline]
pub(super) fn skip_argument<S: Source>(source: &mut S, opcode: u8, at: u64) -> Result<()> {
    match op::argument(opcode) {
        Argument::None => Ok(()),
        Argument::Fixed(count) => source.skip(u64::from(count)),
        Argument::Line => source.skip_line(),
        Argument::TwoLines => {
            // Both at once, or an incomplete one would be told twice.
            source.skip_line()?;
            source.skip_line()
        }
        Argument::Length1 => {
            let len = u64::from(source.byte()?);
            source.skip(len)
        }
        Argument::Length4 => {
            let len = u64::from(u32::from_le_bytes(source.array()?));
            source.skip(len)
        }
        Argument::Signed4 => {
            let len = i32::from_le_bytes(source.array()?);
            let len = u64::try_from(len)
                .map_err(|_| Error::malformed(format!("negative length {len}"), at))?;
            source.skip(len)
        }
        Argument::Length8 => {
            let len = u64::from_le_bytes(source.array()?);
            source.skip(len)
        }
        Argument::Unknown => {
            let what = format!("unknown opcode {opcode:#04x}");
            Err(Error::new(ErrorKind::Malformed(what), at))
        }
    }
}
