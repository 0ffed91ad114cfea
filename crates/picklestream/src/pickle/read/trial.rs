//! Whether a pickle can be read from a pipe.

use std::io::{BufRead, Seek, SeekFrom};

use super::reader::Reader;
use crate::pickle::error::Result;
use crate::pickle::opcodes::input::Input;
use crate::pickle::options::{Objects, ReadOptions};
use crate::pickle::scan::first_pass::first_pass;

/// Tries whether what `reader` holds could be read from a pipe, with default
/// options: whether the memo's budget has room for all that is fetched later. Objects
/// that only code could make are read as data.
///
/// The input is scanned for what is fetched; then only as much is read as it takes
/// to see all of that kept.
///
/// ```
/// use std::io::Cursor;
/// use picklestream::pickle;
///
/// assert!(pickle::check_pipe(Cursor::new(b"](K\x01\x94K\x02h\0e.")).is_ok());
/// ```
///
/// # Errors
/// What reading it from a pipe would end with, as far as it was read:
/// [`ErrorKind::NotKept`](crate::pickle::ErrorKind::NotKept) where the budget is too
/// small.
pub fn check_pipe<R: BufRead + Seek>(mut reader: R) -> Result<()> {
    let options = ReadOptions {
        objects: Objects::AsData,
        ..ReadOptions::default()
    };
    let start = reader.stream_position()?;
    let mut input = Input::new(reader);
    let found = first_pass(&mut input, &options.limits, false)?;
    let mut reader = input.into_reader();
    reader.seek(SeekFrom::Start(start))?;
    let mut reader = Reader::pipe(reader, &options);
    while reader.skip_batch()? {
        if found.pickles <= 1 && reader.keeps(&found.wanted) {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::pickle::ErrorKind;

    /// `before` strs, a str that is fetched at the end, and `after` strs.
    fn pickle(before: usize, after: usize) -> Vec<u8> {
        let mut pickle = b"]\x94".to_vec();
        let text = |pickle: &mut Vec<u8>, at: usize| {
            let text = format!("{at:0250}");
            pickle.extend_from_slice(&[0x8c, text.len() as u8]);
            pickle.extend_from_slice(text.as_bytes());
            pickle.extend_from_slice(b"\x94a");
        };
        (0..=before).for_each(|at| text(&mut pickle, at));
        (0..after).for_each(|at| text(&mut pickle, at));
        pickle.push(b'j');
        pickle.extend_from_slice(&(before as u32 + 1).to_le_bytes());
        pickle.extend_from_slice(b"a.");
        pickle
    }

    #[test]
    fn the_answer_is_that_of_reading_all_of_it() {
        for (before, after) in [(10, 10), (10, 10_000), (10_000, 10), (10_000, 10_000)] {
            let pickle = pickle(before, after);
            let said = check_pipe(Cursor::new(&pickle));
            let mut reader = Reader::pipe(&pickle[..], &ReadOptions::default());
            let read = std::iter::from_fn(|| reader.next().transpose());
            let read: Result<Vec<_>> = read.collect();
            assert_eq!(said.is_ok(), read.is_ok(), "{before} {after}");
            if let Err(error) = said {
                assert!(matches!(error.kind(), ErrorKind::NotKept(_)), "{error}");
            }
        }
    }

    #[test]
    fn what_comes_after_the_last_fetched_object_is_not_read() {
        let mut pickle = pickle(10, 10_000);
        // A str that is not UTF-8: the scan does not see it, who reads it fails.
        let last = pickle.len() - 20;
        pickle[last] = 0xff;
        assert!(check_pipe(Cursor::new(&pickle)).is_ok());
    }
}
