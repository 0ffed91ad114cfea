//! The depth of the schema at the end of a file, before the crate reads it.
//!
//! The crate calls itself for each group within a group, until there is no stack left.
//! So the schema is looked through here first, as it lies in the file: Thrift's compact
//! protocol, of which only the number of children of each column is wanted.

use std::io::{self, Read};

use parquet::file::reader::{ChunkReader, Length};

use crate::formats::Error;

use super::MAGIC;
use super::chunks::Chunks;

/// Groups of columns lie within each other no deeper than this: a list is two of them.
const MOST_DEPTH: usize = 200;

/// What a file ends with: the length of its metadata, and the magic number.
const END_BYTES: usize = 4 + MAGIC.len();

/// Structs within structs, in what is passed over.
const MOST_PASSED: usize = 16;

/// The field of the file's metadata that holds the columns, and that of a column which
/// holds how many are within it.
const COLUMNS: i64 = 2;
const CHILDREN: i64 = 5;

/// Thrift's types.
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const INTS: [u8; 3] = [4, 5, 6];
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LISTS: [u8; 2] = [9, 10];
const MAP: u8 = 11;
const STRUCT: u8 = 12;

/// An error if columns lie too deep, or are damaged. What else is wrong with the end of a
/// file is left to the crate.
///
/// # Errors
///
/// And if the file cannot be read.
pub(super) fn check(file: &Chunks) -> Result<(), Error> {
    let Some(end) = file.len().checked_sub(END_BYTES as u64) else {
        return Ok(());
    };
    let last = file.get_bytes(end, END_BYTES)?;
    let (length, magic) = last.split_at(END_BYTES - MAGIC.len());
    let length = length.iter().rev();
    let length = length.fold(0, |all, byte| all << 8 | u64::from(*byte));
    match end.checked_sub(length) {
        Some(start) if magic == MAGIC => Ok(Metadata(file.get_read(start)?.take(length)).check()?),
        _ => Ok(()),
    }
}

fn damaged() -> io::Error {
    io::Error::other("its schema is damaged")
}

/// What lies at the end of a file.
struct Metadata<R>(R);

impl<R: Read> Metadata<R> {
    fn check(&mut self) -> io::Result<()> {
        let mut last = 0;
        while let Some((id, kind)) = self.field(&mut last)? {
            match (id, LISTS.contains(&kind)) {
                (COLUMNS, true) => self.check_columns()?,
                _ => self.pass(kind, MOST_PASSED)?,
            }
        }
        Ok(())
    }

    fn check_columns(&mut self) -> io::Result<()> {
        let (columns, kind) = self.list()?;
        if kind != STRUCT {
            return Err(damaged());
        }
        // How many are still to come of each group that is open.
        let mut open: Vec<u64> = Vec::new();
        for _ in 0..columns {
            while open.last() == Some(&0) {
                open.pop();
            }
            if let Some(left) = open.last_mut() {
                *left -= 1;
            }
            let children = self.children()?;
            if children > 0 {
                open.push(children);
            }
            if open.len() > MOST_DEPTH {
                let told = format!("its columns lie within more than {MOST_DEPTH} others");
                return Err(io::Error::other(told));
            }
        }
        Ok(())
    }

    /// How many columns are within one, which is read.
    fn children(&mut self) -> io::Result<u64> {
        let (mut last, mut children) = (0, 0);
        while let Some((id, kind)) = self.field(&mut last)? {
            match (id, INTS.contains(&kind)) {
                (CHILDREN, true) => children = u64::try_from(self.int()?).unwrap_or(0),
                _ => self.pass(kind, MOST_PASSED)?,
            }
        }
        Ok(children)
    }

    /// Passes over a value of this type in a struct, where `depth` more may lie within it.
    fn pass(&mut self, kind: u8, depth: usize) -> io::Result<()> {
        let depth = depth.checked_sub(1).ok_or_else(damaged)?;
        match kind {
            TRUE | FALSE => Ok(()),
            BYTE => self.skip(1),
            DOUBLE => self.skip(8),
            BINARY => {
                let length = self.varint()?;
                self.skip(length)
            }
            kind if INTS.contains(&kind) => self.varint().map(drop),
            kind if LISTS.contains(&kind) => {
                let (items, kind) = self.list()?;
                (0..items).try_for_each(|_| self.pass_item(kind, depth))
            }
            MAP => {
                let pairs = self.varint()?;
                if pairs == 0 {
                    return Ok(());
                }
                let kinds = self.byte()?;
                (0..pairs).try_for_each(|_| {
                    self.pass_item(kinds >> 4, depth)?;
                    self.pass_item(kinds & 15, depth)
                })
            }
            STRUCT => {
                let mut last = 0;
                while let Some((_, kind)) = self.field(&mut last)? {
                    self.pass(kind, depth)?;
                }
                Ok(())
            }
            _ => Err(damaged()),
        }
    }

    /// In lists and maps a bool is a byte.
    fn pass_item(&mut self, kind: u8, depth: usize) -> io::Result<()> {
        match kind {
            TRUE | FALSE => self.skip(1),
            kind => self.pass(kind, depth),
        }
    }

    /// The next field of a struct, by its number and type; `None` at the end. `last` is
    /// that of the field before.
    fn field(&mut self, last: &mut i64) -> io::Result<Option<(i64, u8)>> {
        let header = self.byte()?;
        if header == 0 {
            return Ok(None);
        }
        *last = match header >> 4 {
            0 => self.int()?,
            more => last.saturating_add(more.into()),
        };
        Ok(Some((*last, header & 15)))
    }

    /// How many items a list has, and of which type.
    fn list(&mut self) -> io::Result<(u64, u8)> {
        let header = self.byte()?;
        let items = match header >> 4 {
            15 => self.varint()?,
            items => items.into(),
        };
        Ok((items, header & 15))
    }

    fn int(&mut self) -> io::Result<i64> {
        let folded = self.varint()?;
        Ok((folded >> 1) as i64 ^ -((folded & 1) as i64))
    }

    fn varint(&mut self) -> io::Result<u64> {
        let mut all = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            all |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Ok(all);
            }
        }
        Err(damaged())
    }

    fn byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.0.read_exact(&mut byte)?;
        Ok(byte[0])
    }

    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        let passed = io::copy(&mut self.0.by_ref().take(bytes), &mut io::sink())?;
        match passed == bytes {
            true => Ok(()),
            false => Err(damaged()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The metadata of a file of no rows, whose column lies within so many groups.
    fn of_depth(depth: usize) -> Vec<u8> {
        // Its name and the number of columns in it, and what comes after `repetition`.
        let group = b"\x35\x02\x18\x01x\x15\x02\0";
        let root = b"\x48\x01s\x15\x02\0";
        let leaf = b"\x15\x04\x25\x02\x18\x01y\0";
        let columns = u8::try_from(depth % 128).unwrap() | 128;
        let more = u8::try_from(depth / 128).unwrap();
        let begin = [0x15, 2, 0x19, 0xfc, columns, more];
        let end = b"\x16\0\x19\x0c\0";
        let groups = group.repeat(depth - 2);
        [&begin, &root[..], &groups, leaf, end].concat()
    }

    #[test]
    fn depth_has_a_limit() {
        for (depth, is_allowed) in [(2, true), (MOST_DEPTH + 1, true), (MOST_DEPTH + 2, false)] {
            let read = Metadata(&of_depth(depth)[..]).check();
            assert_eq!(read.is_ok(), is_allowed, "{depth}: {read:?}");
        }
        let whole = of_depth(9);
        for length in 0..whole.len() {
            assert!(Metadata(&whole[..length]).check().is_err(), "{length}");
        }
    }
}
