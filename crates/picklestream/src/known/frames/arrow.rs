//! Strings as Arrow lays them down, in which pandas 3 keeps text where pyarrow is
//! installed: one buffer of UTF-8, and where each string ends.

use std::borrow::Cow;

use crate::known::parts::{How, made, name, object, sequence, size, tuple};
use crate::value::{Object, Value};

/// Strings, each of which may be missing.
#[derive(Debug, Clone)]
pub(super) struct Strings<'a> {
    /// A bit for each string that is there, lowest bit first.
    present: Option<&'a [u8]>,
    /// Ends of the strings, behind the beginning of the first: 4 or 8 bytes each.
    ends: &'a [u8],
    width: usize,
    text: &'a [u8],
    /// Where the first string lies among those of the buffers.
    offset: usize,
    len: usize,
}

impl<'a> Strings<'a> {
    /// `_restore_array((type, length, missing, offset, buffers, …))`.
    pub(super) fn read(array: &'a Object) -> Option<Strings<'a>> {
        let args = called(array, "_restore_array")?;
        let parts = match args {
            [one] => tuple(one)?,
            all => all,
        };
        let [dtype, len, _, offset, buffers, ..] = parts else {
            return None;
        };
        let alias = called(object(dtype)?, "type_for_alias")?;
        let width = match name(alias.first()?)? {
            "large_string" | "large_utf8" => 8,
            "string" | "utf8" => 4,
            _ => return None,
        };
        let [present, ends, text] = sequence(buffers)? else {
            return None;
        };
        let (len, offset) = (size(len)?, size(offset)?);
        let end = offset.checked_add(len)?;
        let ends = buffer(ends)?;
        let present = match present {
            Value::None => None,
            present => Some(buffer(present)?),
        };
        let fits = end.checked_add(1)?.checked_mul(width)? <= ends.len()
            && present.is_none_or(|bits| end.div_ceil(8) <= bits.len());
        fits.then_some(Strings {
            present,
            ends,
            width,
            text: match text {
                Value::None => &[],
                text => buffer(text)?,
            },
            offset,
            len,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Bytes of the buffers.
    pub(super) fn byte_len(&self) -> u64 {
        (self.ends.len() + self.text.len() + self.present.map_or(0, <[u8]>::len)) as u64
    }

    /// The string at this row; `None` where it is missing. One that lies outside of
    /// the buffer is missing too.
    pub(super) fn get(&self, row: usize) -> Option<Cow<'a, str>> {
        let at = self.offset + row;
        if let Some(bits) = self.present
            && bits.get(at / 8)? >> (at % 8) & 1 == 0
        {
            return None;
        }
        let text = self.text.get(self.end(at)?..self.end(at + 1)?)?;
        Some(String::from_utf8_lossy(text))
    }

    fn end(&self, at: usize) -> Option<usize> {
        let bytes = self.ends.get(at * self.width..(at + 1) * self.width)?;
        let mut wide = [0; 8];
        wide[..self.width].copy_from_slice(bytes);
        usize::try_from(u64::from_le_bytes(wide)).ok()
    }
}

/// Arguments of a call of this function of pyarrow's.
fn called<'a>(object: &'a Object, function: &str) -> Option<&'a [Value]> {
    let (global, How::Called, args) = made(object)? else {
        return None;
    };
    (global.module == "pyarrow.lib" && global.name == function).then_some(args)
}

/// `py_buffer(bytes)`.
fn buffer(value: &Value) -> Option<&[u8]> {
    match called(object(value)?, "py_buffer")? {
        [Value::Bytes(bytes) | Value::ByteArray(bytes)] => Some(bytes),
        [Value::Str(text)] => Some(text.as_bytes()),
        _ => None,
    }
}
