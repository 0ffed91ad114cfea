//! Finding where the target of a path lies in a pickle: one pass over its
//! opcodes, or a few where the way leads through objects that the memo gave.

use std::io::BufRead;
use std::ops::ControlFlow;

use super::event::{Decoder, Leaf};
use super::first_pass::first_pass_of_part;
use super::part::{Found, Part};
use super::shadow::{Shadow, Unclear, What};
use super::walk::skip_argument;
use crate::path::{Path, Step, equals};
use crate::pickle::error::{Error, Result};
use crate::pickle::machine::arena::{Arena, Node};
use crate::pickle::machine::integer::narrow;
use crate::pickle::machine::string;
use crate::pickle::opcodes::decimal;
use crate::pickle::opcodes::ids::IdSet;
use crate::pickle::opcodes::input::{Input, Source};
use crate::pickle::opcodes::opcode::{self as op, Effect};
use crate::pickle::opcodes::run::{Interpreter, run};
use crate::pickle::options::{Encoding, PickleLimits, ReadOptions};

/// So often a pickle is looked through for objects that are shared: each time
/// for what those found before share in their turn.
const MOST_PASSES: usize = 16;

/// Where the target of a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// There is none.
    Absent,
    /// This part of the pickle.
    Part(Part),
    /// To be found by reading the pickle as a whole.
    Unclear,
}

/// Finds the target of `path` in the pickle that begins at `start`: where it
/// is, and where the pickle ends. Leaves the input anywhere.
///
/// # Errors
/// The input cannot be read, ends within the pickle or is none as far as that
/// can be seen, or a limit does not allow to follow it.
pub(crate) fn locate<R: BufRead>(
    input: &mut Input<R>,
    path: &Path,
    start: u64,
    options: &ReadOptions,
) -> Result<(Target, u64)> {
    let mut followed = Vec::new();
    loop {
        let mut locator = Locator::new(path, &followed, options);
        let found = locator.look_through(input, start)?;
        let target = match found {
            Found::Fetched(id) if !followed.contains(&id) && followed.len() < MOST_PASSES => {
                followed.push(id);
                continue;
            }
            Found::Part(part) => Target::Part(part),
            Found::Absent | Found::Nothing => Target::Absent,
            Found::Fetched(_) | Found::Unclear => Target::Unclear,
        };
        return Ok((target, input.offset()));
    }
}

/// What a part of a pickle needs beside itself.
#[derive(Debug)]
pub(crate) struct Needs {
    /// The parts before it that it shares, in their order, none within another.
    pub(crate) parts: Vec<Part>,
    /// Memo ids to be kept.
    pub(crate) wanted: IdSet,
    /// Its first container turns out to be part of something else.
    pub(crate) hold: bool,
}

/// Finds what `part` of the pickle that begins at `start` fetches and what was
/// put before it. `None` where that is not clear.
///
/// # Errors
/// See [`locate`].
pub(crate) fn needs<R: BufRead>(
    input: &mut Input<R>,
    part: Part,
    start: u64,
    options: &ReadOptions,
) -> Result<Option<Needs>> {
    let limits = &options.limits;
    input.jump(part.start)?;
    input.end_at(part.end);
    let found = first_pass_of_part(input, limits)?;
    let mut wanted = found.wanted;
    let mut parts = Vec::new();
    let mut shared = IdSet::default();
    // What the part fetches, then what the parts fetch that it shares.
    let mut more = put_before(part, &wanted, &shared);
    for _ in 0..MOST_PASSES {
        if more.is_empty() {
            return Ok(Some(Needs {
                parts,
                wanted,
                hold: found.hold,
            }));
        }
        for id in more.drain(..) {
            shared.insert(id);
        }
        let Some(found) = parts_of(input, &shared.ascending(), part, start, options)? else {
            return Ok(None);
        };
        parts = found;
        for &shared_part in &parts {
            input.jump(shared_part.start)?;
            input.end_at(shared_part.end);
            let fetched = first_pass_of_part(input, limits)?.wanted;
            more.extend(put_before(shared_part, &fetched, &shared));
            for id in fetched.ascending() {
                wanted.insert(id);
            }
        }
    }
    Ok(None)
}

/// Those of the ids that were put before a part and are not known yet.
fn put_before(part: Part, ids: &IdSet, known: &IdSet) -> Vec<u32> {
    let ids = ids.ascending().into_iter();
    ids.take_while(|&id| id < part.next_id)
        .filter(|&id| !known.contains(id))
        .collect()
}

/// The parts that the pickle put into the memo under some ids before `part`.
fn parts_of<R: BufRead>(
    input: &mut Input<R>,
    ids: &[u32],
    part: Part,
    start: u64,
    options: &ReadOptions,
) -> Result<Option<Vec<Part>>> {
    let path = Path::default();
    let mut locator = Locator::new(&path, ids, options);
    if locator.look_through(input, start)? == Found::Unclear {
        return Ok(None);
    }
    let mut found = Vec::new();
    for &id in ids {
        match locator.shadow.followed(id) {
            // It contains the part that it is in.
            Some((shared, _)) if shared.end > part.start => return Ok(None),
            Some((shared, _)) => found.push(shared),
            // That it was never put is said when it is fetched.
            None => {}
        }
    }
    // An outer one before those within it.
    found.sort_by_key(|part| (part.start, u64::MAX - part.end));
    let mut end = 0;
    found.retain(|part| {
        let is_outer = part.end > end;
        end = end.max(part.end);
        is_outer
    });
    Ok(Some(found))
}

/// Passes over a pickle with a [`Shadow`] of its stack.
struct Locator<'p> {
    shadow: Shadow<'p>,
    /// Of numbers.
    decoder: Decoder,
    /// For texts.
    arena: Arena,
    scratch: Vec<u8>,
    limits: PickleLimits,
    encoding: Encoding,
    /// A line that spells a name that is a step has at most so many bytes.
    most_line: usize,
    /// Some step is an index, so that numbers may be keys.
    numbers: bool,
    /// The pickle cannot be followed any more, only to its end.
    is_unclear: bool,
}

impl<'p> Locator<'p> {
    fn new(path: &'p Path, followed: &[u32], options: &ReadOptions) -> Locator<'p> {
        let longest = path.steps().iter().map(|step| match step {
            Step::Name(name) => name.len(),
            Step::Bytes(bytes) => bytes.len(),
            Step::Index(_) | Step::None => 0,
        });
        Locator {
            shadow: Shadow::new(path, followed),
            decoder: Decoder::new(&options.limits),
            arena: Arena::default(),
            scratch: Vec::new(),
            limits: options.limits.clone(),
            encoding: options.encoding,
            // An escape takes up to ten bytes.
            most_line: 10 * longest.max().unwrap_or(0) + 64,
            numbers: path
                .steps()
                .iter()
                .any(|step| matches!(step, Step::Index(_))),
            is_unclear: false,
        }
    }

    fn look_through<R: BufRead>(&mut self, input: &mut Input<R>, start: u64) -> Result<Found> {
        input.jump(start)?;
        run(input, self)
    }

    /// The key that `is_key` tells.
    fn key(&self, is_key: impl Fn(&Step) -> bool) -> Option<u32> {
        let keys = self.shadow.keys();
        keys.iter()
            .position(|key| is_key(key))
            .map(|place| place as u32)
    }

    /// Reads the argument of a leaf: which key of the path it is.
    fn leaf<S: Source>(&mut self, source: &mut S, opcode: u8, at: u64) -> Result<Option<u32>> {
        let len = match opcode {
            op::NONE => return Ok(self.key(|key| *key == Step::None)),
            op::SHORT_BINUNICODE | op::SHORT_BINSTRING | op::SHORT_BINBYTES => {
                u64::from(source.byte()?)
            }
            op::BINUNICODE | op::BINBYTES => u64::from(u32::from_le_bytes(source.array()?)),
            op::BINUNICODE8 | op::BINBYTES8 => u64::from_le_bytes(source.array()?),
            op::BINSTRING => {
                let len = i32::from_le_bytes(source.array()?);
                let wrong = |_| Error::malformed(format!("negative length {len}"), at);
                u64::try_from(len).map_err(wrong)?
            }
            op::BININT1 if self.numbers => return Ok(self.index(i128::from(source.byte()?))),
            op::BINFLOAT if self.numbers => {
                let float = f64::from_be_bytes(source.array()?);
                return Ok(self.key(|key| is_float(key, float)));
            }
            op::INT
            | op::LONG
            | op::FLOAT
            | op::BININT
            | op::BININT2
            | op::LONG1
            | op::LONG4
            | op::NEWTRUE
            | op::NEWFALSE
                if self.numbers =>
            {
                return self.number(source, opcode, at);
            }
            op::UNICODE | op::STRING if !self.shadow.keys().is_empty() => {
                return self.line(source, opcode);
            }
            _ => {
                skip_argument(source, opcode, at)?;
                return Ok(None);
            }
        };
        let is_python_2 = matches!(opcode, op::SHORT_BINSTRING | op::BINSTRING);
        let is_latin_1 = is_python_2 && self.encoding == Encoding::Latin1;
        let has_len = |key: &Step| match key {
            Step::Name(name) if is_latin_1 => name.chars().count() as u64 == len,
            Step::Name(name) => name.len() as u64 == len,
            Step::Bytes(bytes) => bytes.len() as u64 == len,
            _ => false,
        };
        if self.key(has_len).is_none() {
            source.skip(len)?;
            return Ok(None);
        }
        if is_python_2 {
            self.arena.clear_batch(0);
            let (out, start) = self.arena.bytes_mut();
            source.bytes(len, out)?;
            let bytes = self.arena.bytes_since(start)?;
            let node = string::decoded(bytes, self.encoding, &mut self.arena, 0)?;
            return Ok(self.text(node));
        }
        self.scratch.clear();
        source.bytes(len, &mut self.scratch)?;
        let is_bytes = matches!(opcode, op::SHORT_BINBYTES | op::BINBYTES | op::BINBYTES8);
        Ok(self.key(|key| match key {
            Step::Name(name) => !is_bytes && name.as_bytes() == self.scratch,
            Step::Bytes(bytes) => is_bytes && *bytes == self.scratch,
            _ => false,
        }))
    }

    /// The same of a text that is a line.
    fn line<S: Source>(&mut self, source: &mut S, opcode: u8) -> Result<Option<u32>> {
        let line = source.short_line(self.most_line, &mut self.scratch)?;
        let Some(line) = line else {
            return Ok(None);
        };
        self.arena.clear_batch(0);
        let node = match opcode {
            op::UNICODE => string::raw_unicode_escape(line, &mut self.arena, 0)?,
            _ => string::quoted(line, self.encoding, &mut self.arena, 0)?,
        };
        Ok(self.text(node))
    }

    /// The key that a text is.
    fn text(&self, node: Node) -> Option<u32> {
        let arena = &self.arena;
        self.key(|key| match (key, node) {
            (Step::Name(name), Node::Str { text, .. }) => name == arena.growing_text(text),
            (Step::Bytes(bytes), Node::Bytes { bytes: found, .. }) => bytes == arena.bytes(found),
            _ => false,
        })
    }

    fn index(&self, int: i128) -> Option<u32> {
        self.key(|key| *key == Step::Index(int))
    }

    /// Reads a number as the machine reads it: which key of the path it is.
    fn number<S: Source>(&mut self, source: &mut S, opcode: u8, at: u64) -> Result<Option<u32>> {
        let keys = self.shadow.keys();
        let is_key = |key: &Step, leaf: &Leaf<'_>| match (key, leaf) {
            (Step::Index(index), Leaf::Int(int, _)) => *index == i128::from(*int),
            (Step::Index(index), Leaf::Wide(bytes, _)) => Some(*index) == narrow(bytes),
            (Step::Index(index), Leaf::Bool(bool)) => *index == i128::from(*bool),
            (key, Leaf::Float(float)) => is_float(key, *float),
            _ => false,
        };
        let leaf = self.decoder.leaf(opcode, source, at)?;
        let key = keys.iter().position(|key| is_key(key, &leaf));
        Ok(key.map(|place| place as u32))
    }

    fn id<S: Source>(&mut self, source: &mut S, opcode: u8) -> Result<u32> {
        match opcode {
            op::BINPUT | op::BINGET => Ok(u32::from(source.byte()?)),
            op::LONG_BINPUT | op::LONG_BINGET => Ok(u32::from_le_bytes(source.array()?)),
            _ => decimal::memo_id(source.line(self.limits.line_bytes, &mut self.scratch)?),
        }
    }

    /// Takes an opcode, of which nothing is changed unless all of it is there.
    fn take<S: Source>(
        &mut self,
        source: &mut S,
        opcode: u8,
        at: u64,
    ) -> Result<Result<(), Unclear>> {
        use What::{Dict, Leaf, List, Object, Set, Tuple};

        let effect = op::effect(opcode);
        match opcode {
            op::PUT | op::BINPUT | op::LONG_BINPUT => {
                let id = self.id(source, opcode)?;
                return Ok(self.shadow.put(Some(id), source.offset()));
            }
            op::GET | op::BINGET | op::LONG_BINGET => {
                let id = self.id(source, opcode)?;
                self.shadow.get(id, at, source.offset());
                return Ok(Ok(()));
            }
            _ if effect == Effect::Push => {
                let key = self.leaf(source, opcode, at)?;
                let what = match opcode {
                    op::EMPTY_LIST => List,
                    op::EMPTY_DICT => Dict,
                    op::EMPTY_SET => Set,
                    op::EMPTY_TUPLE => Tuple,
                    _ => Leaf,
                };
                self.shadow.push(what, key, at, source.offset());
                return Ok(Ok(()));
            }
            _ => skip_argument(source, opcode, at)?,
        }
        let end = source.offset();
        let shadow = &mut self.shadow;
        Ok(match opcode {
            op::MEMOIZE => shadow.put(None, end),
            op::TUPLE1 => shadow.make(Tuple, Some(1), at),
            op::TUPLE2 => shadow.make(Tuple, Some(2), at),
            op::TUPLE3 => shadow.make(Tuple, Some(3), at),
            op::TUPLE => shadow.make(Tuple, None, at),
            op::LIST => shadow.make(List, None, at),
            op::DICT => shadow.make(Dict, None, at),
            op::FROZENSET => shadow.make(Leaf, None, at),
            op::STACK_GLOBAL => shadow.make(Leaf, Some(2), at),
            op::BINPERSID => shadow.make(Object(false), Some(1), at),
            op::REDUCE | op::NEWOBJ => shadow.call(Some(2), at, end),
            op::NEWOBJ_EX => shadow.call(Some(3), at, end),
            op::OBJ | op::INST => shadow.call(None, at, end),
            op::APPEND => shadow.extend(List, Some(1), end),
            op::APPENDS => shadow.extend(List, None, end),
            op::SETITEM => shadow.extend(Dict, Some(2), end),
            op::SETITEMS => shadow.extend(Dict, None, end),
            op::ADDITEMS => shadow.extend(Set, None, end),
            op::BUILD => shadow.build(end),
            op::POP => shadow.pop(),
            op::POP_MARK => shadow.pop_mark(),
            op::DUP => shadow.dup(),
            op::MARK => {
                shadow.mark(at);
                Ok(())
            }
            // They change nothing.
            _ => Ok(()),
        })
    }
}

impl Interpreter for Locator<'_> {
    /// The pickle is complete.
    type End = Found;

    #[inline]
    fn step<S: Source>(&mut self, source: &mut S) -> Result<ControlFlow<Found>> {
        let at = source.offset();
        let opcode = source.byte()?;
        if self.is_unclear {
            skip_argument(source, opcode, at)?;
        } else if opcode != op::STOP {
            let taken = self.take(source, opcode, at);
            self.is_unclear = taken.map_err(|error| error.or_at(at))?.is_err();
        }
        if opcode != op::STOP {
            return Ok(ControlFlow::Continue(()));
        }
        let found = match self.is_unclear {
            true => Found::Unclear,
            false => self.shadow.stop().unwrap_or(Found::Unclear),
        };
        Ok(ControlFlow::Break(found))
    }

    fn between<R: BufRead>(&mut self, input: &mut Input<R>) -> Result<ControlFlow<Found>> {
        if self.shadow.used_bytes() > self.limits.batch_bytes {
            let limit = self.limits.batch_bytes;
            return Err(Error::limit("batch_bytes", limit, input.offset()));
        }
        Ok(ControlFlow::Continue(()))
    }
}

fn is_float(key: &Step, float: f64) -> bool {
    matches!(key, Step::Index(index) if equals(*index, float))
}
