//! What is known of an array before its bytes come, and the opcodes that make it of
//! them as numpy does.

use std::cell::Cell;
use std::rc::Rc;

use crate::pickle::opcodes::opcode as op;

/// The type of an array's elements.
#[derive(Debug)]
pub(super) struct Dtype {
    /// As numpy names it: `f8`, `U5`, `V16`.
    code: Box<str>,
    /// Whether its elements hold objects; unknown of records until their state came.
    pub(super) has_objects: Cell<Option<bool>>,
    /// Where the memo has it, by its new id.
    pub(super) id: Cell<Option<u32>>,
}

impl Dtype {
    /// The type of this name; `None` of a text that is none.
    pub(super) fn new(code: &str) -> Option<Dtype> {
        let (kind, _) = split(code)?;
        let has_objects = match kind {
            'O' => Some(true),
            'V' => None,
            _ => Some(false),
        };
        Some(Dtype {
            code: code.into(),
            has_objects: Cell::new(has_objects),
            id: Cell::new(None),
        })
    }

    /// Bytes of an element.
    fn size(&self) -> Option<u64> {
        let (kind, size) = split(&self.code)?;
        match kind {
            // Four bytes a character.
            'U' => size.checked_mul(4),
            _ => Some(size),
        }
    }
}

/// Whether a text may be the name of a type.
pub(super) fn is_dtype(code: &str) -> bool {
    split(code).is_some()
}

/// Kind and size; numpy always writes both.
fn split(code: &str) -> Option<(char, u64)> {
    let code = code.trim_start_matches(['<', '>', '=', '|']);
    let mut characters = code.chars();
    let kind = characters.next()?;
    let digits = characters.as_str();
    let is_number = digits.len() <= 19 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || !"biufcmMOSUV".contains(kind) {
        return None;
    }
    Some((kind, digits.parse().ok()?))
}

/// What the state of an object that stands for an array says of it.
#[derive(Debug, Default, Clone)]
pub(super) struct Fields {
    pub(super) shape: Option<Rc<[u64]>>,
    pub(super) is_fortran: Option<bool>,
    pub(super) dtype: Option<Rc<Dtype>>,
    /// Whether a byte tells how many more come before those of the array.
    pub(super) is_padded: bool,
}

/// An array whose bytes come next.
#[derive(Debug)]
pub(super) enum Array {
    /// So many bytes, after the padding if there is any.
    Bytes {
        length: u64,
        is_padded: bool,
        /// What makes the array, up to its bytes; then comes [`CLOSING`].
        opening: Vec<u8>,
    },
    /// A pickle of its own.
    Pickle,
}

/// What makes an array of all that was opened, and its bytes.
pub(super) const CLOSING: &[u8] = &[op::TUPLE, op::BUILD];

/// The class of numpy's arrays, with its opcode.
pub(super) const ARRAY_CLASS: &[u8] = b"cnumpy\nndarray\n";

/// Why the bytes of an array cannot be counted.
pub(super) type Unknown = &'static str;

impl Fields {
    /// The array that they tell of.
    pub(super) fn array(&self) -> Result<Array, Unknown> {
        let dtype = self.dtype.as_ref().ok_or("their type is not known")?;
        let has_objects = dtype.has_objects.get();
        if has_objects.ok_or("whether they are objects is not known")? {
            return Ok(Array::Pickle);
        }
        let shape = self.shape.as_ref().ok_or("their number is not known")?;
        let id = dtype.id.get().ok_or("their type is not in the memo")?;
        let length = shape
            .iter()
            .try_fold(dtype.size().unwrap_or(0), |n, &m| n.checked_mul(m))
            .ok_or("they are more than 2^64")?;
        let is_fortran = self.is_fortran.ok_or("their order is not known")?;
        Ok(Array::Bytes {
            length,
            is_padded: self.is_padded,
            opening: opening(shape, id, is_fortran, length),
        })
    }
}

/// `_reconstruct(ndarray, (0,), b'b')` and its state up to the bytes, with the type
/// from the memo.
fn opening(shape: &[u64], dtype: u32, is_fortran: bool, length: u64) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend_from_slice(b"cnumpy.core.multiarray\n_reconstruct\n");
    out.extend_from_slice(ARRAY_CLASS);
    out.extend_from_slice(&[op::BININT1, 0, op::TUPLE1, op::SHORT_BINBYTES, 1, b'b']);
    out.extend_from_slice(&[op::TUPLE3, op::REDUCE, op::MARK, op::BININT1, 1, op::MARK]);
    for size in shape {
        // Nine bytes: the highest bit is that of the sign.
        out.extend_from_slice(&[op::LONG1, 9]);
        out.extend_from_slice(&size.to_le_bytes());
        out.push(0);
    }
    out.extend_from_slice(&[op::TUPLE, op::LONG_BINGET]);
    out.extend_from_slice(&dtype.to_le_bytes());
    out.push(match is_fortran {
        true => op::NEWTRUE,
        false => op::NEWFALSE,
    });
    out.push(op::BINBYTES8);
    out.extend_from_slice(&length.to_le_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_tell_their_size() {
        for (code, size) in [
            ("f8", 8),
            ("<i4", 4),
            ("|b1", 1),
            ("U5", 20),
            ("S5", 5),
            ("c16", 16),
            ("M8", 8),
            ("V24", 24),
        ] {
            assert_eq!(Dtype::new(code).unwrap().size(), Some(size), "{code}");
        }
        for wrong in ["", "f", "x8", "f8x", "<", "é8", "U99999999999999999999"] {
            assert!(Dtype::new(wrong).is_none(), "{wrong}");
        }
        assert_eq!(Dtype::new("U9999999999999999999").unwrap().size(), None);
    }
}
