//! Opcodes with their arguments, decoded.

use super::measure::Measure;
use super::{Event, Follower, IntSpelling, Leaf, Long, StrSpelling, global};
use crate::pickle::error::{Error, Result};
use crate::pickle::machine::arena::Node;
use crate::pickle::machine::bulk::What;
use crate::pickle::machine::memo::Memo;
use crate::pickle::machine::state::Machine;
use crate::pickle::opcodes::decimal;
use crate::pickle::opcodes::globals;
use crate::pickle::opcodes::input::Source;
use crate::pickle::opcodes::opcode as op;
use crate::pickle::options::{MemoPolicy, PickleLimits};
use crate::value::surrogates;

/// Reads arguments.
pub(in super::super) struct Decoder {
    /// Decodes leaves; its memo is never used, its stack holds one leaf.
    machine: Machine,
    limits: PickleLimits,
    frame_end: u64,
    /// A str whose surrogates were replaced.
    replaced: String,
    /// An item that may be too long to be held.
    measure: Measure,
}

impl Decoder {
    pub(in super::super) fn new(limits: &PickleLimits) -> Decoder {
        Decoder {
            machine: Machine::new(limits, Memo::new(MemoPolicy::Drop, Vec::new())),
            limits: limits.clone(),
            frame_end: 0,
            replaced: String::new(),
            measure: Measure::default(),
        }
    }

    /// Measures the str or bytes that comes next, if that is to be done: those that
    /// lie in one piece are short.
    pub(super) fn long<F: Follower, S: Source>(
        &mut self,
        opcode: u8,
        source: &mut S,
        offset: u64,
    ) -> Result<bool> {
        if !F::MEASURES || !source.can_wait() {
            return Ok(false);
        }
        let len = match opcode {
            op::BINUNICODE | op::BINBYTES => u64::from(u32::from_le_bytes(source.array()?)),
            op::BINUNICODE8 | op::BINBYTES8 | op::BYTEARRAY8 => u64::from_le_bytes(source.array()?),
            op::BINSTRING => {
                let len = i32::from_le_bytes(source.array()?);
                let negative = |_| Error::malformed(format!("negative length {len}"), offset);
                u64::try_from(len).map_err(negative)?
            }
            op::UNICODE => {
                self.measure.clear();
                self.measure.line(source)?;
                self.measure.end();
                return Ok(true);
            }
            _ => return Ok(false),
        };
        let measure = &mut self.measure;
        measure.clear();
        let is_text = !matches!(opcode, op::BINBYTES | op::BINBYTES8 | op::BYTEARRAY8);
        source.each_of(len, &mut |bytes| {
            match is_text {
                true => measure.push_text(bytes),
                false => measure.push_bytes(bytes),
            }
            Ok(())
        })?;
        measure.end();
        if is_text && opcode != op::BINSTRING && !measure.is_text {
            return Err(Error::malformed("a str that is not UTF-8", offset));
        }
        Ok(true)
    }

    /// What was measured.
    pub(super) fn measured(&mut self, opcode: u8) -> Result<Event<'_>> {
        let measure = &self.measure;
        let start = &*measure.start;
        let spelling = match opcode {
            op::BINSTRING => StrSpelling::Bytes,
            _ => StrSpelling::Unicode,
        };
        let is_bytes = matches!(opcode, op::BINBYTES | op::BINBYTES8) || !measure.is_text;
        Ok(match (measure.is_whole(), opcode) {
            (true, op::BYTEARRAY8) => Event::Leaf(Leaf::ByteArray(start)),
            (false, op::BYTEARRAY8) => Event::Long(Long::ByteArray {
                len: measure.len,
                start,
            }),
            (true, _) if is_bytes => Event::Leaf(Leaf::Bytes(start)),
            (false, _) if is_bytes => Event::Long(Long::Bytes {
                len: measure.len,
                start,
            }),
            (is_whole, _) => {
                let start = match measure.has_surrogates {
                    true => replaced(&mut self.replaced, start),
                    false => str::from_utf8(start).unwrap_or_default(),
                };
                if is_whole {
                    return Ok(Event::Leaf(Leaf::Str(start, spelling)));
                }
                Event::Long(Long::Str {
                    utf8_bytes: measure.len,
                    chars: measure.chars,
                    utf16_units: measure.utf16_units(),
                    widest: measure.widest(),
                    spelling,
                    start,
                })
            }
        })
    }

    pub(super) fn event<S: Source>(
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
        decimal::memo_id(line)
    }

    fn names<S: Source>(&mut self, source: &mut S) -> Result<(String, String)> {
        let limit = self.limits.line_bytes;
        let scratch = &mut self.machine.scratch;
        let module = String::from_utf8_lossy(source.line(limit, scratch)?).into_owned();
        let name = String::from_utf8_lossy(source.line(limit, scratch)?).into_owned();
        Ok((module, name))
    }

    /// The leaf of an opcode that was read at `offset`; its argument comes next.
    pub(in super::super) fn leaf<S: Source>(
        &mut self,
        opcode: u8,
        source: &mut S,
        offset: u64,
    ) -> Result<Leaf<'_>> {
        self.machine.arena.clear_batch(offset);
        self.machine.stack.clear();
        // No leaf ends a pickle.
        let _ = self.machine.run(opcode, source, offset)?;
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
            Some(Node::Surrogates { bytes, .. }) => {
                Leaf::Str(replaced(&mut self.replaced, arena.bytes(bytes)), of_text)
            }
            Some(Node::Bytes { bytes, .. }) => Leaf::Bytes(arena.bytes(bytes)),
            Some(Node::Bulk { what, index, .. }) => {
                let bytes = arena.bulk(index).lent();
                match what {
                    What::Str => Leaf::Str(str::from_utf8(bytes).unwrap_or_default(), of_text),
                    What::Surrogates => Leaf::Str(replaced(&mut self.replaced, bytes), of_text),
                    What::Bytes => Leaf::Bytes(bytes),
                    What::ByteArray => Leaf::ByteArray(bytes),
                }
            }
            Some(Node::ByteArray { bytes, .. }) => Leaf::ByteArray(arena.bytes(bytes)),
            _ => {
                let what = format!("unexpected opcode {}", op::name(opcode));
                return Err(Error::malformed(what, offset));
            }
        })
    }
}

/// The str that `bytes` spell, with U+FFFD in the place of surrogates.
fn replaced<'a>(out: &'a mut String, bytes: &[u8]) -> &'a str {
    let points = surrogates::code_points(bytes);
    out.clear();
    out.extend(points.map(|point| char::from_u32(point).unwrap_or('\u{fffd}')));
    out
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
