//! Writing whole values, and lists of any length.

use std::io::Write;

use serde::Serialize;

use super::encoder::Encoder;
use super::meaning::ValueWriter;
use crate::pickle::error::{Error, Result};
use crate::pickle::options::WriteOptions;

/// Writes one value as a pickle.
///
/// Tuples become tuples; sequences lists; maps and structs dicts; `None` and
/// `()` None; a unit variant a str, any other variant a dict of one item.
///
/// # Errors
/// The writer fails, or the value cannot be a pickle (protocols 0 to 3 and a
/// str of 4 GiB).
pub fn to_writer<W: Write, T: Serialize + ?Sized>(
    writer: W,
    value: &T,
    options: &WriteOptions,
) -> Result<()> {
    let mut encoder = Encoder::new(writer, options)?;
    value.serialize(&mut ValueWriter::new(&mut encoder))?;
    encoder.finish()
}

/// Writes records as the pickle of a list, one at a time: memory is a few KiB,
/// or a frame of 64 KiB with [`WriteMemo::Cpython`](crate::pickle::WriteMemo::Cpython), at any
/// length.
///
/// ```
/// use picklestream::pickle::{self, PickleRecords, WriteOptions};
///
/// let mut file = Vec::new();
/// let records = (0..5000).map(|n| (f64::from(n), "text"));
/// pickle::write_list(&mut file, records, &WriteOptions::default())?;
/// assert_eq!(PickleRecords::<_, (f64, String)>::from_pipe(&file[..]).count(), 5000);
/// # Ok::<(), pickle::Error>(())
/// ```
///
/// # Errors
/// See [`to_writer`].
pub fn write_list<W, I>(writer: W, records: I, options: &WriteOptions) -> Result<()>
where
    W: Write,
    I: IntoIterator,
    I::Item: Serialize,
{
    try_write_list(writer, records.into_iter().map(Ok::<_, Error>), options)
}

/// The same for records that may fail to come, as when they are read from
/// another file. What was written until then is not a complete pickle.
///
/// # Errors
/// The first error of `records`; see also [`to_writer`].
pub fn try_write_list<W, I, T, E>(writer: W, records: I, options: &WriteOptions) -> Result<(), E>
where
    W: Write,
    I: IntoIterator<Item = Result<T, E>>,
    T: Serialize,
    E: From<Error>,
{
    let mut records = records.into_iter();
    let first = records.next().transpose()?;
    // A list of one is laid out in another way.
    let second = match first {
        Some(_) => records.next().transpose()?,
        None => None,
    };
    let len = match (&first, &second) {
        (None, _) => Some(0),
        (_, None) => Some(1),
        _ => None,
    };
    let mut encoder = Encoder::new(writer, options)?;
    let mut items = encoder.begin_list(len)?;
    let mut write = |record: &T| -> Result<()> {
        encoder.before_item(&mut items);
        record.serialize(&mut ValueWriter::new(&mut encoder))?;
        encoder.after_item(&mut items);
        Ok(())
    };
    for record in [first, second].into_iter().flatten() {
        write(&record)?;
    }
    for record in records {
        write(&record?)?;
    }
    encoder.end_items(&items)?;
    encoder.finish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pickle::from_slice;

    /// The integers on both sides of each power of two.
    fn edges() -> impl Iterator<Item = i128> {
        let powers = (0..64).map(|bits| 1_i128 << bits);
        powers.flat_map(|power| [power - 1, power, power + 1, -power - 1, -power, 1 - power])
    }

    fn written<T: Serialize>(value: T, protocol: u8) -> Vec<u8> {
        let options = WriteOptions {
            protocol,
            ..WriteOptions::default()
        };
        let mut pickle = Vec::new();
        to_writer(&mut pickle, &value, &options).unwrap();
        pickle
    }

    /// As CPython's `save_long` chooses.
    fn shortest(value: i128) -> Vec<u8> {
        let digits = value.to_le_bytes();
        match value {
            0..0x100 => [b"K", &digits[..1]].concat(),
            0x100..0x1_0000 => [b"M", &digits[..2]].concat(),
            -0x8000_0000..0x8000_0000 => [b"J", &digits[..4]].concat(),
            _ => {
                let fits = |&len: &usize| value << (128 - 8 * len) >> (128 - 8 * len) == value;
                let len = (1..16).find(fits).unwrap();
                [&[0x8a, len as u8], &digits[..len]].concat()
            }
        }
    }

    #[test]
    fn an_integer_of_any_size_takes_the_shortest_opcode() {
        for value in edges() {
            let expected = [&[0x80, 2], &shortest(value)[..], b"."].concat();
            if let Ok(value) = i64::try_from(value) {
                assert_eq!(written(value, 2), expected, "{value}");
            }
            if let Ok(value) = u64::try_from(value) {
                assert_eq!(written(value, 2), expected, "{value}");
            }
            for protocol in 0..=5 {
                let read = |pickle: Vec<u8>| from_slice::<i128>(&pickle).unwrap();
                if let Ok(value) = i64::try_from(value) {
                    assert_eq!(read(written(value, protocol)), i128::from(value));
                }
                if let Ok(value) = u64::try_from(value) {
                    assert_eq!(read(written(value, protocol)), i128::from(value));
                }
            }
        }
    }
}
