//! Python objects as opcodes, in the layout of CPython's pickler.
//!
//! Source: `Modules/_pickle.c`, whose choices are followed opcode by opcode,
//! so that with its memo the bytes are the same.

use std::collections::HashMap;
use std::io::Write;

use num_bigint::BigInt;

use super::output::Output;
use super::shared::{Shared, shared_str};
use crate::pickle::error::{Error, ErrorKind, Result};
use crate::pickle::opcodes::opcode as op;
use crate::pickle::options::{PickleLimits, WriteMemo, WriteOptions};
use crate::value::{float, surrogates};

/// Ids given out, and those of shared objects.
#[derive(Debug, Default)]
struct Memo {
    next: u32,
    shared: HashMap<Shared, u32>,
    /// Those of strs, where equal ones are one object.
    interned: Option<HashMap<Box<str>, u32>>,
}

/// Strs that are kept to be found again: so many, of so many bytes.
const MOST_INTERNED: usize = 4096;
const MOST_INTERNED_BYTES: usize = 64;

/// Writes objects.
#[derive(Debug)]
pub(crate) struct Encoder<W> {
    pub(crate) out: Output<W>,
    pub(crate) protocol: u8,
    memo: Option<Memo>,
    scratch: Vec<u8>,
    /// Containers of the data that are open.
    depth: u32,
    /// How many objects known to be data are being made at this place.
    pub(super) within_known: u32,
    /// What comes before the arguments that are written next.
    pub(super) class: Option<(String, String)>,
}

impl<W: Write> Encoder<W> {
    /// Writes the head of a pickle.
    pub(crate) fn new(writer: W, options: &WriteOptions) -> Result<Encoder<W>> {
        let protocol = options.protocol;
        if protocol > 5 {
            let what = format!("there is no protocol {protocol}: the newest is 5");
            return Err(Error::unplaced(ErrorKind::Data(what)));
        }
        let mut out = Output::new(writer);
        if protocol >= 2 {
            out.put(&[op::PROTO, protocol]);
        }
        let memo = match options.memo {
            WriteMemo::None => None,
            WriteMemo::Cpython => Some(Memo::default()),
            WriteMemo::CpythonInterned => Some(Memo {
                interned: Some(HashMap::new()),
                ..Memo::default()
            }),
        };
        if memo.is_some() && protocol >= 4 {
            out.start_framing()?;
        }
        Ok(Encoder {
            out,
            protocol,
            memo,
            scratch: Vec::new(),
            depth: 0,
            within_known: 0,
            class: None,
        })
    }

    /// A container of the data begins.
    #[inline]
    pub(crate) fn enter(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > PickleLimits::MAX_DEPTH {
            return Err(too_deep());
        }
        Ok(())
    }

    /// The innermost container of the data ends.
    #[inline]
    pub(crate) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Writes the end of the pickle.
    pub(crate) fn finish(mut self) -> Result<()> {
        self.out.put(&[op::STOP]);
        self.out.finish()
    }

    /// Notes the object just written.
    #[inline]
    pub(crate) fn memoize(&mut self, shared: Option<Shared>) -> Result<()> {
        match &self.memo {
            None => Ok(()),
            Some(_) => self.put_in_memo(shared),
        }
    }

    fn put_in_memo(&mut self, shared: Option<Shared>) -> Result<()> {
        let Some(memo) = &mut self.memo else {
            return Ok(());
        };
        let id = memo.next;
        memo.next = id.checked_add(1).ok_or_else(|| {
            let what = "more than 2^32 objects to memoize; write without memo".to_owned();
            Error::unplaced(ErrorKind::Data(what))
        })?;
        if let Some(shared) = shared {
            memo.shared.insert(shared, id);
        }
        match (self.protocol, u8::try_from(id)) {
            (0, _) => self.put_line(op::PUT, itoa::Buffer::new().format(id).as_bytes(), b""),
            (4.., _) => self.out.put(&[op::MEMOIZE]),
            (_, Ok(id)) => self.out.put(&[op::BINPUT, id]),
            (_, Err(_)) => {
                let [a, b, c, d] = id.to_le_bytes();
                self.out.put(&[op::LONG_BINPUT, a, b, c, d]);
            }
        }
        Ok(())
    }

    /// Fetches a shared object if it was written before.
    #[inline]
    fn fetch(&mut self, shared: Option<Shared>) -> bool {
        match shared {
            Some(shared) if self.memo.is_some() => self.fetch_shared(shared),
            _ => false,
        }
    }

    fn fetch_shared(&mut self, shared: Shared) -> bool {
        let known = self.memo.as_ref().and_then(|memo| memo.shared.get(&shared));
        let Some(&id) = known else {
            return false;
        };
        self.get(id);
        true
    }

    /// Fetches a str if it is interned, and was written before.
    fn fetch_interned(&mut self, text: &str) -> bool {
        let memo = self.memo.as_ref();
        let interned = memo.and_then(|memo| memo.interned.as_ref());
        match interned.and_then(|interned| interned.get(text)) {
            Some(&id) => {
                self.get(id);
                true
            }
            None => false,
        }
    }

    /// Notes under which id a str will be, if strs are interned.
    fn intern(&mut self, text: &str) {
        if let Some(memo) = &mut self.memo
            && let Some(interned) = &mut memo.interned
            && interned.len() < MOST_INTERNED
            && text.len() <= MOST_INTERNED_BYTES
        {
            interned.insert(text.into(), memo.next);
        }
    }

    /// Fetches what is in the memo under an id.
    fn get(&mut self, id: u32) {
        match (self.protocol, u8::try_from(id)) {
            (0, _) => self.put_line(op::GET, itoa::Buffer::new().format(id).as_bytes(), b""),
            (_, Ok(id)) => self.out.put(&[op::BINGET, id]),
            (_, Err(_)) => {
                let [a, b, c, d] = id.to_le_bytes();
                self.out.put(&[op::LONG_BINGET, a, b, c, d]);
            }
        }
    }

    fn put_line(&mut self, opcode: u8, text: &[u8], suffix: &[u8]) {
        self.out.put(&[opcode]);
        self.out.put(text);
        self.out.put(suffix);
        self.out.put(b"\n");
    }

    #[inline]
    pub(crate) fn none(&mut self) -> Result<()> {
        self.out.boundary()?;
        self.out.put_opcode(op::NONE);
        Ok(())
    }

    #[inline]
    pub(crate) fn bool(&mut self, value: bool) -> Result<()> {
        self.out.boundary()?;
        match (self.protocol, value) {
            (0 | 1, false) => self.out.put(b"I00\n"),
            (0 | 1, true) => self.out.put(b"I01\n"),
            (_, false) => self.out.put(&[op::NEWFALSE]),
            (_, true) => self.out.put(&[op::NEWTRUE]),
        }
        Ok(())
    }

    #[inline]
    pub(crate) fn float(&mut self, value: f64) -> Result<()> {
        self.out.boundary()?;
        if self.protocol == 0 {
            self.float_line(value);
            return Ok(());
        }
        let mut bytes = [op::BINFLOAT; 9];
        bytes[1..].copy_from_slice(&value.to_be_bytes());
        self.out.put(&bytes);
        Ok(())
    }

    #[inline]
    fn float_line(&mut self, value: f64) {
        self.scratch.clear();
        self.scratch.push(op::FLOAT);
        float::push_repr(&mut self.scratch, value);
        self.scratch.push(b'\n');
        self.out.put(&self.scratch);
    }

    #[inline]
    pub(crate) fn int(&mut self, value: i64) -> Result<()> {
        if self.protocol < 2 {
            return self.old_int(value);
        }
        // One bit more for the sign.
        let bits = 65 - (value ^ (value >> 63)).leading_zeros();
        self.number(value as u64, i32::try_from(value).is_ok(), bits)
    }

    #[inline]
    pub(crate) fn unsigned(&mut self, value: u64) -> Result<()> {
        if self.protocol < 2 {
            return match i64::try_from(value) {
                Ok(value) => self.old_int(value),
                Err(_) => self.long_line(itoa::Buffer::new().format(value).as_bytes()),
            };
        }
        let bits = 65 - value.leading_zeros();
        self.number(value, i32::try_from(value).is_ok(), bits)
    }

    /// An integer of so many bits, the sign among them: `low`, and a zero if there
    /// is one bit more; `is_small` of those that 32 bits hold.
    ///
    /// Nothing branches on its size, which no processor could guess where integers
    /// are of many sizes.
    #[inline]
    fn number(&mut self, low: u64, is_small: bool, bits: u32) -> Result<()> {
        self.out.boundary()?;
        let (fixed, fixed_bytes) = match low {
            0..=0xff => (op::BININT1, 1),
            0x100..=0xffff => (op::BININT2, 2),
            _ => (op::BININT, 4),
        };
        let long_bytes = bits.div_ceil(8);
        let counted = u64::from(op::LONG1) | u64::from(long_bytes) << 8;
        let (head, head_bytes, bytes) = match is_small {
            true => (fixed.into(), 1, fixed_bytes),
            false => (counted, 2, long_bytes),
        };
        let all = u128::from(low) << (8 * head_bytes) | u128::from(head);
        // All are copied, which is faster than to copy the right number.
        let len = head_bytes + bytes;
        self.out.put_start(&all.to_le_bytes(), len as usize);
        Ok(())
    }

    /// An integer before protocol 2.
    #[inline(never)]
    fn old_int(&mut self, value: i64) -> Result<()> {
        let Ok(small) = i32::try_from(value) else {
            return self.long_line(itoa::Buffer::new().format(value).as_bytes());
        };
        if self.protocol == 0 {
            self.out.boundary()?;
            self.put_line(op::INT, itoa::Buffer::new().format(small).as_bytes(), b"");
            return Ok(());
        }
        // Of 32 bits it is as it was later.
        self.number(value as u64, true, 32)
    }

    pub(crate) fn big_int(&mut self, value: &BigInt) -> Result<()> {
        if let Ok(value) = i64::try_from(value) {
            return self.int(value);
        }
        if self.protocol < 2 {
            return self.long_line(value.to_string().as_bytes());
        }
        self.long(&value.to_signed_bytes_le())
    }

    fn long_line(&mut self, digits: &[u8]) -> Result<()> {
        self.out.boundary()?;
        self.put_line(op::LONG, digits, b"L");
        Ok(())
    }

    /// Two's complement, little-endian, with or without bytes that only
    /// repeat the sign.
    #[inline]
    fn long(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.boundary()?;
        let mut digits = bytes;
        while let [rest @ .., before, last] = digits {
            let repeats = match last {
                0 => *before < 0x80,
                0xff => *before >= 0x80,
                _ => false,
            };
            if !repeats {
                break;
            }
            digits = &digits[..rest.len() + 1];
        }
        match (u8::try_from(digits.len()), i32::try_from(digits.len())) {
            (Ok(len), _) => {
                self.out.put(&[op::LONG1, len]);
                self.out.put(digits);
                Ok(())
            }
            (_, Ok(len)) => {
                let [a, b, c, d] = len.to_le_bytes();
                self.out.put(&[op::LONG4, a, b, c, d]);
                self.out.put(digits);
                Ok(())
            }
            _ => Err(Error::unplaced(ErrorKind::Data(
                "an integer of more than 2 GiB".to_owned(),
            ))),
        }
    }

    /// A str from the data.
    #[inline]
    pub(crate) fn str(&mut self, text: &str) -> Result<()> {
        if let Ok(len) = u8::try_from(text.len())
            && self.memo.is_none()
            && self.protocol >= 4
        {
            self.out.boundary()?;
            self.out.put(&[op::SHORT_BINUNICODE, len]);
            self.out.put_short(text.as_bytes());
            return Ok(());
        }
        self.any_str(text)
    }

    #[inline]
    fn any_str(&mut self, text: &str) -> Result<()> {
        let shared = (text.len() <= 2).then(|| shared_str(text)).flatten();
        self.str_as(text, shared)
    }

    /// A str from the program, such as the name of a field.
    pub(crate) fn name(&mut self, text: &'static str) -> Result<()> {
        if self.memo.is_none() {
            return self.str(text);
        }
        let shared = shared_str(text).unwrap_or(Shared::Name(text));
        self.str_as(text, Some(shared))
    }

    #[inline]
    fn str_as(&mut self, text: &str, shared: Option<Shared>) -> Result<()> {
        self.out.boundary()?;
        if self.fetch(shared) || (self.memo.is_some() && self.fetch_interned(text)) {
            return Ok(());
        }
        if self.memo.is_some() {
            self.intern(text);
        }
        self.text(text.as_bytes(), shared)
    }

    /// A str with surrogates: UTF-8 in which they take three bytes each.
    pub(crate) fn surrogates(&mut self, text: &[u8]) -> Result<()> {
        self.out.boundary()?;
        self.text(text, None)
    }

    #[inline]
    fn text(&mut self, data: &[u8], shared: Option<Shared>) -> Result<()> {
        match (self.protocol, u8::try_from(data.len())) {
            (0, _) => self.unicode_line(data),
            (4.., Ok(len)) => {
                self.out.put(&[op::SHORT_BINUNICODE, len]);
                self.out.put(data);
            }
            _ => self.data(op::BINUNICODE, op::BINUNICODE8, data)?,
        }
        self.memoize(shared)
    }

    /// Data with a length of four bytes, or of eight if need be.
    fn data(&mut self, opcode: u8, opcode_8: u8, data: &[u8]) -> Result<()> {
        if let Ok(len) = u32::try_from(data.len()) {
            let [a, b, c, d] = len.to_le_bytes();
            return self.out.put_data(&[opcode, a, b, c, d], data);
        }
        if self.protocol < 4 {
            let what = "data of 4 GiB or more needs protocol 4".to_owned();
            return Err(Error::unplaced(ErrorKind::Data(what)));
        }
        self.data_8(opcode_8, data)
    }

    fn data_8(&mut self, opcode: u8, data: &[u8]) -> Result<()> {
        let mut header = [opcode; 9];
        header[1..].copy_from_slice(&(data.len() as u64).to_le_bytes());
        self.out.put_data(&header, data)
    }

    /// Python's codec `raw_unicode_escape`, and escapes for what would end
    /// the line or not survive a text file.
    fn unicode_line(&mut self, text: &[u8]) {
        self.scratch.clear();
        self.scratch.push(op::UNICODE);
        let is_plain = |&byte: &u8| byte.is_ascii() && !needs_escape(byte);
        let plain = text.iter().take_while(|&byte| is_plain(byte)).count();
        self.scratch.extend_from_slice(&text[..plain]);
        for point in surrogates::code_points(&text[plain..]) {
            match (u8::try_from(point), u16::try_from(point)) {
                (Ok(byte), _) if !needs_escape(byte) => self.scratch.push(byte),
                (_, Ok(_)) => {
                    self.scratch.extend_from_slice(b"\\u");
                    push_hex(&mut self.scratch, point, 4);
                }
                _ => {
                    self.scratch.extend_from_slice(b"\\U");
                    push_hex(&mut self.scratch, point, 8);
                }
            }
        }
        self.scratch.push(b'\n');
        self.out.put(&self.scratch);
        self.scratch.clear();
        self.scratch.shrink_to(64 * 1024);
    }

    pub(crate) fn bytes(&mut self, data: &[u8]) -> Result<()> {
        let shared = match data {
            [] => Some(Shared::EmptyBytes),
            [byte] => Some(Shared::Byte(*byte)),
            _ => None,
        };
        self.out.boundary()?;
        if self.fetch(shared) {
            return Ok(());
        }
        match (self.protocol, u8::try_from(data.len())) {
            (0..3, Ok(0)) => {
                self.global("builtins", "bytes")?;
                self.empty_tuple()?;
                self.out.put(&[op::REDUCE]);
            }
            (0..3, _) => {
                self.global("_codecs", "encode")?;
                self.begin_tuple(2)?;
                let text: String = data.iter().copied().map(char::from).collect();
                self.str(&text)?;
                self.name("latin1")?;
                self.end_tuple(2)?;
                self.out.put(&[op::REDUCE]);
            }
            (_, Ok(len)) => {
                self.out.put(&[op::SHORT_BINBYTES, len]);
                self.out.put(data);
            }
            _ => self.data(op::BINBYTES, op::BINBYTES8, data)?,
        }
        self.memoize(shared)
    }

    pub(crate) fn byte_array(&mut self, data: &[u8]) -> Result<()> {
        self.out.boundary()?;
        if self.protocol >= 5 {
            self.data_8(op::BYTEARRAY8, data)?;
            return self.memoize(None);
        }
        self.global("builtins", "bytearray")?;
        if data.is_empty() {
            self.empty_tuple()?;
        } else {
            self.begin_tuple(1)?;
            self.bytes(data)?;
            self.end_tuple(1)?;
        }
        self.reduce()
    }

    /// Before the tuple of both parts, after which comes [`Encoder::reduce`].
    pub(crate) fn begin_complex(&mut self) -> Result<()> {
        self.out.boundary()?;
        self.global("builtins", "complex")
    }

    pub(crate) fn reduce(&mut self) -> Result<()> {
        self.out.put(&[op::REDUCE]);
        self.memoize(None)
    }

    pub(crate) fn global(&mut self, module: &'static str, name: &'static str) -> Result<()> {
        self.out.boundary()?;
        let shared = Some(Shared::Global(module, name));
        if self.fetch(shared) {
            return Ok(());
        }
        if self.protocol >= 4 {
            self.name(module)?;
            self.name(name)?;
            self.out.put(&[op::STACK_GLOBAL]);
        } else {
            let old_name = self.protocol < 3 && module == "builtins";
            let module = if old_name { "__builtin__" } else { module };
            self.out.put(&[op::GLOBAL]);
            self.out.put(module.as_bytes());
            self.out.put(b"\n");
            self.out.put(name.as_bytes());
            self.out.put(b"\n");
        }
        self.memoize(shared)
    }

    fn empty_tuple(&mut self) -> Result<()> {
        self.begin_tuple(0)?;
        self.end_tuple(0)
    }

    #[inline]
    pub(crate) fn begin_tuple(&mut self, len: usize) -> Result<()> {
        self.out.boundary()?;
        if self.tuple_needs_mark(len) {
            self.out.put(&[op::MARK]);
        }
        Ok(())
    }

    #[inline]
    fn tuple_needs_mark(&self, len: usize) -> bool {
        match len {
            0 => self.protocol == 0,
            1..=3 => self.protocol < 2,
            _ => true,
        }
    }

    #[inline]
    pub(crate) fn end_tuple(&mut self, len: usize) -> Result<()> {
        let opcode = match len {
            _ if self.tuple_needs_mark(len) => op::TUPLE,
            0 => op::EMPTY_TUPLE,
            1 => op::TUPLE1,
            2 => op::TUPLE2,
            _ => op::TUPLE3,
        };
        self.out.put_opcode(opcode);
        // There is only one empty tuple, and it is shorter than a fetch.
        if len == 0 { Ok(()) } else { self.memoize(None) }
    }
}

/// Whether a byte would end a line of protocol 0, or not survive a text file.
fn needs_escape(byte: u8) -> bool {
    matches!(byte, b'\\' | 0 | b'\n' | b'\r' | 0x1a)
}

#[cold]
fn too_deep() -> Error {
    let what = format!(
        "more than {} containers within each other",
        PickleLimits::MAX_DEPTH
    );
    Error::unplaced(ErrorKind::Data(what))
}

fn push_hex(out: &mut Vec<u8>, value: u32, digits: u32) {
    for place in (0..digits).rev() {
        out.push(b"0123456789abcdef"[(value >> (4 * place)) as usize & 15]);
    }
}
