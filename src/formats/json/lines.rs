//! `json-lines`: one JSON value a line, through the crate serde_json.
//!
//! serde_json reads floats exactly only with its feature `float_roundtrip`;
//! without it the last digit may differ.
//!
//! A record whose type is known goes straight through serde_json. A [`Value`]
//! may hold what JSON cannot: `strict.rs` writes it or says why not, and
//! `exact.rs` reads ints of any size.

use std::io::{self, Write};

use picklestream::literal::LiteralLimits;
use picklestream::value::Value;

use crate::dataset::{Record, Typed};

use crate::formats::about::{About, COPIES, SELF_DESCRIBING};
use crate::formats::certainty::{Certainty, FirstLines};
use crate::formats::lines::Lines;
use crate::formats::{
    Choice, Chosen, Codec, Error, Format, Given, Input, Output, Placed, ReadLimits, Take,
};

use super::form::{self, JsonForm};
use super::{exact, strict};

/// JSON values, one record a line.
#[derive(Debug, Clone, Copy)]
pub struct JsonLines;

impl Format for JsonLines {
    fn name(&self) -> &'static str {
        "json-lines"
    }

    fn title(&self) -> &'static str {
        "JSON"
    }

    fn about(&self) -> About {
        About {
            library: "serde_json",
            calls: "to_writer / from_slice, of each line",
            holds: "a line",
            schema: SELF_DESCRIBING,
            strings: COPIES,
            loses: "NaN and infinities, which become null; that a list was a tuple",
        }
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["jsonl", "ndjson"]
    }

    fn recognise(&self, prefix: &[u8]) -> Certainty {
        let lines = FirstLines::of(prefix);
        lines.certainty(b"\"", |line| serde_json::from_slice::<Value>(line).is_ok())
    }

    fn keeps_tuples(&self) -> bool {
        false
    }

    fn is_text(&self) -> bool {
        true
    }

    fn choices(&self) -> &'static [Choice] {
        form::CHOICES
    }

    fn variant(&self, chosen: &Chosen) -> Option<String> {
        chosen.as_variant()
    }
}

impl<T: Typed> Codec<T> for JsonLines {
    fn write_records(
        &self,
        _: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        for record in records {
            serde_json::to_writer(&mut *output, &*record?)?;
            output.write_all(b"\n")?;
        }
        Ok(())
    }

    fn read_records(
        &self,
        _: Option<&str>,
        input: Input,
        limits: &ReadLimits,
        take: &mut Take<'_, T>,
    ) -> Result<(), Error> {
        read(input, limits, take, |lines, _| {
            let placed = |error| format!("line {}: {error}", lines.number()).into();
            serde_json::from_slice(lines.line()).map_err(placed)
        })
    }
}

impl Codec<Value> for JsonLines {
    fn write_records(
        &self,
        variant: Option<&str>,
        records: &mut Given<'_, Value>,
        output: &mut Output,
    ) -> Result<(), Error> {
        let mut line = Line {
            text: Vec::new(),
            output,
        };
        let form = JsonForm::parse(variant)?;
        for record in records {
            line.text.clear();
            serde_json::to_writer(&mut line, &strict::Json(&*record?, &form))?;
            line.text.push(b'\n');
            line.hand_on()?;
        }
        Ok(())
    }

    fn read_records(
        &self,
        _: Option<&str>,
        input: Input,
        limits: &ReadLimits,
        take: &mut Take<'_, Value>,
    ) -> Result<(), Error> {
        read(input, limits, take, exact::read_line)
    }
}

/// Text of more bytes is handed on while the rest of its line is yet to come.
const LONG: usize = 1 << 20;

/// A line is handed on as a whole, so that what has no form in JSON leaves no half
/// of one, unless it is [`LONG`]: then all of it is never there as text.
struct Line<'a> {
    text: Vec<u8>,
    output: &'a mut Output,
}

impl Line<'_> {
    fn hand_on(&mut self) -> io::Result<()> {
        self.output.write_all(&self.text)?;
        self.text.clear();
        Ok(())
    }
}

impl Write for Line<'_> {
    #[inline]
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(text);
        if self.text.len() > LONG {
            self.hand_on()?;
        }
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

/// Reads a line.
type ReadLine<T> = fn(&Lines<Input>, &LiteralLimits) -> Result<T, Error>;

fn read<T: Record>(
    input: Input,
    limits: &ReadLimits,
    take: &mut Take<'_, T>,
    read_line: ReadLine<T>,
) -> Result<(), Error> {
    let records = JsonRecords {
        lines: Lines::new(input, limits.lines.line_bytes as u64),
        limits: limits.lines.clone(),
        read_line,
    };
    take(&mut Placed(records, |records| records.lines.position()))
}

/// Reads one record a line. serde_json reads a slice many times as fast as a
/// reader, which it asks for one byte at a time.
struct JsonRecords<T> {
    lines: Lines<Input>,
    limits: LiteralLimits,
    read_line: ReadLine<T>,
}

impl<T> Iterator for JsonRecords<T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Result<T, Error>> {
        match self.lines.advance() {
            Ok(true) => Some((self.read_line)(&self.lines, &self.limits)),
            Ok(false) => None,
            Err(error) => {
                let number = self.lines.number();
                Some(Err(format!("line {number}: {error}").into()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Seek;

    use super::*;
    use crate::dataset::Tuple;
    use crate::formats::{self, InputFile, Loaded};

    fn input(file: File) -> Input {
        formats::input(InputFile::new(file, String::new()).unwrap())
    }

    /// Writes the records and reads them again.
    fn round_trip(records: &[Tuple]) -> Vec<Tuple> {
        let mut file = tempfile::tempfile().unwrap();
        let mut output = Output::new(file.try_clone().unwrap());
        JsonLines.write_list(None, records, &mut output).unwrap();
        output.flush().unwrap();
        file.rewind().unwrap();
        match JsonLines.read_list(None, input(file)).unwrap() {
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
        let error = JsonLines.for_each(None, input(file), &mut each);
        let message = error.unwrap_err().to_string();
        assert!(
            message.starts_with("line 2: EOF while parsing"),
            "{message}"
        );
    }
}
