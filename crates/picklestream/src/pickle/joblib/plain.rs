//! A file of joblib, passed on as the pickle that it would be.

use std::io::{self, BufRead, Read};

use super::array::{ARRAY_CLASS, Array, CLOSING, Fields};
use super::error::Error;
use super::ids::Ids;
use super::stack::{Found, MOST_TEXT, Stack};
use crate::pickle::opcodes::decimal;
use crate::pickle::opcodes::opcode::{self as op, Argument};
use crate::pickle::opcodes::record::begins_pickle;

/// Bytes that are made ready at once, at least.
const READY: usize = 4096;

/// A line of more bytes is passed on in parts; none that matters is so long.
const MOST_LINE: usize = 1024;

/// More marks are open at no time in what anybody reads.
const MOST_MARKS: usize = 1 << 20;

/// Reads a file of joblib as a plain pickle: the bytes of each array come where numpy
/// has them, in a `numpy.ndarray`, and what else is there stays what it was. Any other
/// pickle comes out as it is, but for its frames.
///
/// Arrays of objects, which are pickles within the pickle, become part of it. Memory is
/// constant: an array is passed on as it is read.
///
/// What is damaged or cut short comes out so, for whoever reads on to say where.
///
/// # Errors
/// What the reader gives, and [`Error`] where the bytes of an array cannot be counted.
///
/// Source: joblib, `joblib/numpy_pickle.py`: `NumpyArrayWrapper.read_array`.
#[derive(Debug)]
pub struct Plain<R> {
    reader: R,
    /// Bytes taken from it.
    offset: u64,
    /// What is to be handed out before anything else.
    ready: Vec<u8>,
    handed_out: usize,
    passing: Passing,
    /// An opcode and its argument.
    piece: Vec<u8>,
    stack: Stack,
    ids: Ids,
    /// What comes after what is ready.
    failed: Option<io::Error>,
}

/// What of the reader is passed on as it is.
#[derive(Debug)]
enum Passing {
    /// Nothing before it was looked at.
    Nothing,
    /// So many bytes, after which comes something else.
    Bytes(u64, &'static [u8]),
    /// So many lines.
    Lines(u8),
    /// All that there is.
    All,
}

/// Whether all of an opcode was there.
enum Piece {
    Whole,
    CutShort,
}

impl<R: BufRead> Plain<R> {
    /// From where `reader` stands, which is the beginning of a pickle.
    #[must_use]
    pub fn new(reader: R) -> Plain<R> {
        Plain {
            reader,
            offset: 0,
            ready: Vec::new(),
            handed_out: 0,
            passing: Passing::Nothing,
            piece: Vec::new(),
            stack: Stack::default(),
            ids: Ids::default(),
            failed: None,
        }
    }

    /// Passes on what is passed on as it is.
    fn pass(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (most, is_line) = match self.passing {
            Passing::Nothing => return Ok(0),
            Passing::Bytes(left, _) => (usize::try_from(left).unwrap_or(usize::MAX), false),
            Passing::Lines(_) => (usize::MAX, true),
            Passing::All => (usize::MAX, false),
        };
        let mut bytes = self.reader.fill_buf()?;
        bytes = &bytes[..bytes.len().min(most).min(buffer.len())];
        if is_line && let Some(end) = memchr::memchr(b'\n', bytes) {
            bytes = &bytes[..=end];
        }
        let (count, ends_line) = (bytes.len(), bytes.last() == Some(&b'\n'));
        buffer[..count].copy_from_slice(bytes);
        self.reader.consume(count);
        self.offset += count as u64;
        self.passing = match self.passing {
            _ if count == 0 => Passing::All,
            Passing::Bytes(left, after) if left == count as u64 => {
                self.ready.extend_from_slice(after);
                Passing::Nothing
            }
            Passing::Bytes(left, after) => Passing::Bytes(left - count as u64, after),
            Passing::Lines(1) if ends_line => Passing::Nothing,
            Passing::Lines(left) => Passing::Lines(left - u8::from(ends_line)),
            Passing::All => Passing::All,
            Passing::Nothing => Passing::Nothing,
        };
        Ok(count)
    }

    /// Adds the next bytes to the piece.
    fn take(&mut self, mut count: usize) -> io::Result<Piece> {
        while count > 0 {
            let bytes = self.reader.fill_buf()?;
            if bytes.is_empty() {
                return Ok(Piece::CutShort);
            }
            let taken = bytes.len().min(count);
            self.piece.extend_from_slice(&bytes[..taken]);
            self.consume(taken);
            count -= taken;
        }
        Ok(Piece::Whole)
    }

    /// Adds the rest of a line with its end to the piece. It is cut short as well where
    /// it is too long.
    fn take_line(&mut self) -> io::Result<Piece> {
        loop {
            let bytes = self.reader.fill_buf()?;
            let end = memchr::memchr(b'\n', bytes);
            let room = (MOST_LINE + 1).saturating_sub(self.piece.len());
            let taken = end.map_or(bytes.len(), |end| end + 1).min(room);
            if taken == 0 {
                return Ok(Piece::CutShort);
            }
            self.piece.extend_from_slice(&bytes[..taken]);
            self.consume(taken);
            if end.is_some_and(|end| end < taken) {
                return Ok(Piece::Whole);
            }
        }
    }

    fn consume(&mut self, count: usize) {
        self.reader.consume(count);
        self.offset += count as u64;
    }

    /// Passes on the piece as it is.
    fn keep(&mut self) {
        self.ready.extend_from_slice(&self.piece);
    }

    /// Passes on everything as it is from now on.
    fn give_up(&mut self) {
        self.keep();
        self.passing = Passing::All;
    }

    /// Takes an opcode.
    fn step(&mut self) -> io::Result<()> {
        self.piece.clear();
        if let Piece::CutShort = self.take(1)? {
            self.passing = Passing::All;
            return Ok(());
        }
        let opcode = self.piece[0];
        let whole = match op::argument(opcode) {
            Argument::None => Piece::Whole,
            Argument::Fixed(count) => self.take(count.into())?,
            Argument::Line => return self.lines(opcode, 1),
            Argument::TwoLines => return self.lines(opcode, 2),
            Argument::Length1 => return self.counted(opcode, 1),
            Argument::Length4 | Argument::Signed4 => return self.counted(opcode, 4),
            Argument::Length8 => return self.counted(opcode, 8),
            Argument::Unknown => Piece::CutShort,
        };
        match whole {
            Piece::Whole => self.run(opcode, Some(1..self.piece.len()))?,
            Piece::CutShort => self.give_up(),
        }
        Ok(())
    }

    /// Takes the lines that follow an opcode.
    fn lines(&mut self, opcode: u8, count: u8) -> io::Result<()> {
        for left in (1..=count).rev() {
            if let Piece::CutShort = self.take_line()? {
                // Too long for what matters, unless there is no more.
                self.run(opcode, None)?;
                if let Passing::Nothing = self.passing {
                    self.passing = Passing::Lines(left);
                }
                return Ok(());
            }
        }
        self.run(opcode, Some(1..self.piece.len() - 1))
    }

    /// Takes the length that follows an opcode, and what it is the length of.
    fn counted(&mut self, opcode: u8, size: usize) -> io::Result<()> {
        if let Piece::CutShort = self.take(size)? {
            self.give_up();
            return Ok(());
        }
        let mut length = [0; 8];
        length[..size].copy_from_slice(&self.piece[1..]);
        let length = u64::from_le_bytes(length);
        if length > MOST_TEXT {
            self.run(opcode, None)?;
            self.passing = Passing::Bytes(length, &[]);
            return Ok(());
        }
        match self.take(length as usize)? {
            Piece::Whole => self.run(opcode, Some(1 + size..self.piece.len())),
            Piece::CutShort => {
                self.give_up();
                Ok(())
            }
        }
    }

    /// Does what an opcode does, and passes on what becomes of it. The argument lies in
    /// the piece, unless it is too long to be looked at.
    fn run(&mut self, opcode: u8, argument: Option<std::ops::Range<usize>>) -> io::Result<()> {
        let argument = argument.and_then(|range| self.piece.get(range));
        match opcode {
            // The lengths of frames would have to be told anew, and they are no need.
            op::FRAME => {}
            op::PROTO if self.ids.is_inner() => {}
            op::STOP if self.ids.end_inner() => {}
            op::STOP => {
                self.keep();
                self.stack = Stack::default();
                self.ids = Ids::default();
                if !self
                    .reader
                    .fill_buf()?
                    .first()
                    .is_some_and(|&byte| begins_pickle(byte))
                {
                    self.passing = Passing::All;
                }
            }
            op::MEMOIZE => {
                let id = self.ids.next();
                self.put(Some(id));
            }
            op::PUT | op::BINPUT | op::LONG_BINPUT => {
                let id = argument.and_then(|it| id(opcode, it));
                self.put(id);
            }
            op::GET | op::BINGET | op::LONG_BINGET => {
                let id = argument.and_then(|it| id(opcode, it));
                self.get(id);
            }
            _ if self.ids.is_inner() => {
                self.stack.apply(op::effect(opcode));
                self.keep();
            }
            _ => {
                let found = self.stack.run(opcode, argument);
                match found {
                    Found::Nothing => self.keep(),
                    // What a reader is told of then is an array, as it is in a
                    // pickle of numpy's.
                    Found::Class => {
                        if opcode == op::STACK_GLOBAL {
                            self.ready.extend_from_slice(&[op::POP, op::POP]);
                        }
                        self.ready.extend_from_slice(ARRAY_CLASS);
                    }
                    Found::Array(fields) => {
                        self.keep();
                        return self.array(&fields);
                    }
                }
            }
        }
        if self.stack.open_marks() > MOST_MARKS {
            self.passing = Passing::All;
        }
        Ok(())
    }

    fn put(&mut self, id: Option<u32>) {
        let Some((id, new_id)) = id.and_then(|id| Some((id, self.ids.new_id(id)?))) else {
            self.give_up();
            return;
        };
        if !self.ids.is_inner() {
            self.stack.put(id, new_id);
        }
        self.renumber(op::LONG_BINPUT, new_id);
        self.ids.put(id);
    }

    fn get(&mut self, id: Option<u32>) {
        let Some((id, new_id)) = id.and_then(|id| Some((id, self.ids.new_id(id)?))) else {
            self.give_up();
            return;
        };
        match self.ids.is_inner() {
            true => self.stack.apply(op::effect(op::BINGET)),
            false => self.stack.get(id),
        }
        self.renumber(op::LONG_BINGET, new_id);
    }

    /// Passes on an opcode that has an id.
    fn renumber(&mut self, opcode: u8, id: u32) {
        if self.ids.are_kept() {
            self.keep();
            return;
        }
        self.ready.push(opcode);
        self.ready.extend_from_slice(&id.to_le_bytes());
    }

    /// The bytes of an array come next: in place of what stood for it comes the array.
    fn array(&mut self, fields: &Fields) -> io::Result<()> {
        let offset = self.offset;
        let array = fields.array().map_err(|what| Error { offset, what })?;
        self.ready.push(op::POP);
        match array {
            // Its opcodes push what was taken away.
            Array::Pickle => {
                self.stack.apply(op::effect(op::POP));
                self.ids.begin_inner();
            }
            Array::Bytes {
                length,
                is_padded,
                opening,
            } => {
                self.ready.extend_from_slice(&opening);
                if is_padded {
                    self.pass_over_padding()?;
                }
                self.passing = Passing::Bytes(length, CLOSING);
                if length == 0 {
                    self.ready.extend_from_slice(CLOSING);
                    self.passing = Passing::Nothing;
                }
            }
        }
        Ok(())
    }

    /// A byte tells how many more there are. Where they end too early, so does the
    /// array that comes after them.
    fn pass_over_padding(&mut self) -> io::Result<()> {
        self.piece.clear();
        if let Piece::Whole = self.take(1)? {
            self.take(self.piece[0].into())?;
        }
        Ok(())
    }
}

/// The memo id that is the argument of an opcode.
fn id(opcode: u8, argument: &[u8]) -> Option<u32> {
    match opcode {
        op::PUT | op::GET => decimal::memo_id(argument).ok(),
        op::BINPUT | op::BINGET => argument.first().copied().map(u32::from),
        _ => Some(u32::from_le_bytes(*argument.first_chunk()?)),
    }
}

impl<R: BufRead> Read for Plain<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let ready = &self.ready[self.handed_out..];
            if !ready.is_empty() {
                let count = ready.len().min(buffer.len());
                buffer[..count].copy_from_slice(&ready[..count]);
                self.handed_out += count;
                return Ok(count);
            }
            self.ready.clear();
            self.handed_out = 0;
            match self.passing {
                Passing::All => return self.pass(buffer),
                Passing::Bytes(..) | Passing::Lines(_) => match self.pass(buffer)? {
                    0 if buffer.is_empty() => return Ok(0),
                    0 => {}
                    count => return Ok(count),
                },
                Passing::Nothing => {
                    if let Some(error) = self.failed.take() {
                        return Err(error);
                    }
                    while self.ready.len() < READY
                        && self.failed.is_none()
                        && matches!(self.passing, Passing::Nothing)
                    {
                        self.failed = self.step().err();
                    }
                }
            }
        }
    }
}
