//! Records on their way out of a file: one after the other, or into a list that
//! is tight.
//!
//! A `Vec` left to itself doubles: at 700,000 records it has room for 1,048,576
//! and its reader peaks at a third more than the data. Counting the records
//! first would cost a second pass. So the list starts small and, when it is
//! full, is given the room that the file will need if it goes on as it has so
//! far, and 1/128 more. That costs four or five reallocations for a million
//! records. The guess is never trusted far: room grows at most 16-fold, so
//! memory follows what was really read, and at least by 1/64.

use super::Error;

/// The records of a file, one after the other.
pub trait Records<T>: Iterator<Item = Result<T, Error>> {
    /// Bytes of the file that the records so far took; `None` where the reader
    /// does not tell, or has no file.
    fn bytes_read(&self) -> Option<u64>;

    /// Bytes after the last record that are none and were passed over, once all
    /// records were read.
    fn bytes_ignored(&self) -> u64 {
        0
    }
}

/// A reader that does not tell how far it is.
pub struct Unplaced<I>(
    /// Its records.
    pub I,
);

/// A reader that tells how far it is.
pub struct Placed<I>(
    /// Its records.
    pub I,
    /// Bytes that it has read.
    pub fn(&I) -> u64,
);

impl<T, E: Into<Error>, I: Iterator<Item = Result<T, E>>> Iterator for Unplaced<I> {
    type Item = Result<T, Error>;

    #[inline]
    fn next(&mut self) -> Option<Result<T, Error>> {
        Some(self.0.next()?.map_err(Into::into))
    }
}

impl<T, E: Into<Error>, I: Iterator<Item = Result<T, E>>> Iterator for Placed<I> {
    type Item = Result<T, Error>;

    #[inline]
    fn next(&mut self) -> Option<Result<T, Error>> {
        Some(self.0.next()?.map_err(Into::into))
    }
}

impl<T, E: Into<Error>, I: Iterator<Item = Result<T, E>>> Records<T> for Unplaced<I> {
    fn bytes_read(&self) -> Option<u64> {
        None
    }
}

impl<T, E: Into<Error>, I: Iterator<Item = Result<T, E>>> Records<T> for Placed<I> {
    fn bytes_read(&self) -> Option<u64> {
        Some((self.1)(&self.0))
    }
}

/// Collects `records`, from an input that has `total` bytes in all. Where that
/// or the position is not known, the list doubles like any other.
///
/// # Errors
///
/// The first error of `records`.
pub(super) fn gather<T>(records: &mut dyn Records<T>, total: Option<u64>) -> Result<Vec<T>, Error> {
    let mut list = Vec::new();
    while let Some(record) = records.next() {
        if list.len() == list.capacity()
            && let Some(read) = records.bytes_read()
            && let Some(total) = total
        {
            let room = room(list.len(), read, total);
            list.reserve_exact(room - list.len());
        }
        list.push(record?);
    }
    Ok(list)
}

/// How many records to have room for, after `len` records took `read` of
/// `total` bytes. More than `len`.
fn room(len: usize, read: u64, total: u64) -> usize {
    let in_proportion = len as u128 * u128::from(total) / u128::from(read.max(1));
    let guess = in_proportion + in_proportion / 128 + 1;
    let least = len + len / 64 + 16;
    let most = len.max(4).saturating_mul(16).max(least);
    usize::try_from(guess)
        .unwrap_or(usize::MAX)
        .clamp(least, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of `count` records of 10 bytes each.
    fn gather_even(count: u32) -> Vec<u32> {
        struct Even(u32, u32);

        impl Iterator for Even {
            type Item = Result<u32, Error>;

            fn next(&mut self) -> Option<Result<u32, Error>> {
                self.0 += 1;
                (self.0 <= self.1).then_some(Ok(self.0 - 1))
            }
        }

        impl Records<u32> for Even {
            fn bytes_read(&self) -> Option<u64> {
                Some(u64::from(self.0) * 10)
            }
        }

        gather(&mut Even(0, count), Some(u64::from(count) * 10)).unwrap()
    }

    #[test]
    fn the_list_is_tight() {
        for count in [1, 63, 64, 1000, 65_536, 65_537, 700_000, 1_000_000] {
            let list = gather_even(count);
            assert_eq!(list.len(), count as usize);
            let spare = list.capacity() - list.len();
            assert!(spare <= 32 + list.len() / 64, "{count}: {spare} to spare");
        }
    }

    #[test]
    fn a_wrong_guess_costs_little() {
        // The first records are long, the others short: every guess is low.
        assert_eq!(room(1600, 1_000_000, 1_000_001), 1600 + 25 + 16);
        // The first records are short: the guess is absurdly high.
        assert_eq!(room(64, 64, 1 << 40), 1024);
        assert_eq!(room(0, 0, 0), 16);
        assert_eq!(room(usize::MAX / 4, 1, u64::MAX), usize::MAX);
    }

    #[test]
    fn the_first_error_ends_it() {
        let records = [Ok(1), Err("broken"), Ok(2)].into_iter();
        let error = gather(&mut Unplaced(records), None).unwrap_err();
        assert_eq!(error.to_string(), "broken");
    }
}
