//! `json-lines`: one JSON value a line, through the crate serde_json.
//!
//! serde_json reads floats exactly only with its feature `float_roundtrip`;
//! without it the last digit may differ.

use std::io::Write;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use crate::dataset::Record;

use super::gather::gather;
use super::lines::Lines;
use crate::results::Operation;

use super::{Error, Format, Input, Loaded, Output, Support};

/// JSON values, one record a line.
#[derive(Debug, Clone, Copy)]
pub struct JsonLines;

impl<T: Record> Format<T> for JsonLines {
    fn name(&self) -> &'static str {
        "json-lines"
    }

    fn extension(&self) -> &'static str {
        "jsonl"
    }

    fn support(&self, _: Operation) -> Support {
        Support::Plain
    }

    fn write(&self, _: Option<&str>, records: &[T], output: &mut Output) -> Result<(), Error> {
        records.iter().try_for_each(|record| write(record, output))
    }

    fn read(&self, _: Option<&str>, input: Input) -> Result<Loaded<T>, Error> {
        let total = input.get_ref().metadata()?.len();
        Ok(Loaded::List(gather(
            Records::new(input),
            total,
            |records| records.lines.position(),
        )?))
    }

    fn stream_write(
        &self,
        _: Option<&str>,
        records: &mut dyn Iterator<Item = T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        for record in records {
            write(&record, output)?;
        }
        Ok(())
    }

    fn stream_read(
        &self,
        _: Option<&str>,
        input: Input,
        each: &mut dyn FnMut(T) -> Result<(), Error>,
    ) -> Result<(), Error> {
        Records::new(input).try_for_each(|record| each(record?))
    }
}

fn write<T: Record>(record: &T, output: &mut Output) -> Result<(), Error> {
    serde_json::to_writer(&mut *output, record)?;
    Ok(output.write_all(b"\n")?)
}

/// Reads one record a line. serde_json reads a slice many times as fast as a
/// reader, which it asks for one byte at a time.
struct Records<T> {
    lines: Lines<Input>,
    record: PhantomData<fn() -> T>,
}

impl<T> Records<T> {
    fn new(input: Input) -> Records<T> {
        Records {
            lines: Lines::new(input, Lines::<Input>::DEFAULT_LIMIT),
            record: PhantomData,
        }
    }
}

impl<T: DeserializeOwned> Iterator for Records<T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Result<T, Error>> {
        match self.lines.advance() {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => return Some(Err(error.into())),
        }
        let placed = |error| format!("line {}: {error}", self.lines.number()).into();
        Some(serde_json::from_slice(self.lines.line()).map_err(placed))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Seek;

    use super::*;
    use crate::dataset::Tuple;
    use crate::formats;

    /// Writes the records and reads them again.
    fn round_trip(records: &[Tuple]) -> Vec<Tuple> {
        let mut file = tempfile::tempfile().unwrap();
        let mut output = Output::new(file.try_clone().unwrap());
        JsonLines.write(None, records, &mut output).unwrap();
        output.flush().unwrap();
        file.rewind().unwrap();
        match JsonLines.read(None, formats::input(file)).unwrap() {
            Loaded::List(list) => list,
            Loaded::Other(_) => panic!("a list is expected"),
        }
    }

    /// Every integer, and every float to the bit: a third of these floats come
    /// back with another last digit without `float_roundtrip`.
    #[test]
    fn numbers_come_back_to_the_bit() {
        let mut records: Vec<Tuple> = [5e-324, f64::MAX, -0.0, 0.1]
            .map(|float| (float, String::new(), u64::MAX))
            .into();
        let mut bits = 1_u64;
        while records.len() < 20_000 {
            bits = bits
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let float = f64::from_bits(bits);
            if float.is_finite() {
                records.push((float, "\u{1F980}\"\\\n".to_owned(), bits));
            }
        }
        let read = round_trip(&records);
        assert_eq!(read.len(), records.len());
        for (read, written) in read.iter().zip(&records) {
            assert_eq!(read.0.to_bits(), written.0.to_bits(), "{}", written.0);
            assert_eq!((&read.1, read.2), (&written.1, written.2));
        }
    }

    #[test]
    fn errors_name_the_line() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"[1.5, \"s\", 3]\n[1.5, \"s\"\n").unwrap();
        file.rewind().unwrap();
        let mut each = |_: Tuple| Ok(());
        let error = JsonLines.stream_read(None, formats::input(file), &mut each);
        let message = error.unwrap_err().to_string();
        assert!(
            message.starts_with("line 2: EOF while parsing"),
            "{message}"
        );
    }
}
