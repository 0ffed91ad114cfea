//! `text`: one Python literal a line, as `print(record, file=f)` writes it.

use std::io::Write;

use picklestream::known::Form;
use picklestream::literal::{self, LiteralRecords};
use picklestream::value::Value;
use serde::Serialize;

use crate::dataset::Record;

use super::about::{About, COPIES, NOTHING, SELF_DESCRIBING};
use super::certainty::{Certainty, FirstLines};
use super::{Codec, Error, Format, Given, Input, Output, Placed, ReadLimits, Take};

/// Bytes that gather before they go on.
const BATCH_BYTES: usize = 4 << 10;

/// Python literals, one record a line.
#[derive(Debug, Clone, Copy)]
pub struct Text;

impl Format for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn about(&self) -> About {
        About {
            library: "picklestream",
            calls: "literal::append_line / LiteralRecords",
            holds: "a line",
            schema: SELF_DESCRIBING,
            strings: COPIES,
            loses: NOTHING,
        }
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["txt", "text"]
    }

    fn recognise(&self, prefix: &[u8]) -> Certainty {
        let lines = FirstLines::of(prefix);
        lines.certainty(b"'()", |line| literal::from_slice::<Value>(line).is_ok())
    }

    fn is_text(&self) -> bool {
        true
    }

    fn form(&self) -> Form {
        Form::Python
    }
}

impl<T: Record> Codec<T> for Text {
    fn write_records(
        &self,
        _: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        write(records, output)
    }

    /// Without a step for each record between the list and the codec.
    fn write_list(&self, _: Option<&str>, list: &[T], output: &mut Output) -> Result<(), Error> {
        write(list.iter().map(Ok), output)
    }

    fn read_records(
        &self,
        _: Option<&str>,
        input: Input,
        limits: &ReadLimits,
        take: &mut Take<'_, T>,
    ) -> Result<(), Error> {
        let records = LiteralRecords::with_limits(input, limits.lines.clone());
        take(&mut Placed(records, LiteralRecords::position))
    }
}

/// As [`literal::Writer`], but several lines in one piece: to pass on each by
/// itself means to read what has only just been written, for which a processor
/// has to wait.
fn write(
    records: impl IntoIterator<Item = Result<impl Serialize, Error>>,
    output: &mut Output,
) -> Result<(), Error> {
    // Room for the line that goes beyond the batch, unless it is a long one.
    let mut lines = Vec::with_capacity(BATCH_BYTES + BATCH_BYTES / 32);
    for record in records {
        literal::append_line_through(&mut lines, output, &record?)?;
        if lines.len() >= BATCH_BYTES {
            output.write_all(&lines)?;
            lines.clear();
        }
    }
    Ok(output.write_all(&lines)?)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Batches change no byte: lines that end at, before and behind their
    /// ends, and one longer than several.
    #[test]
    fn lines_reach_the_file_one_after_another() {
        for len in (BATCH_BYTES - 8..BATCH_BYTES + 8).chain([1, 100, 5 * BATCH_BYTES]) {
            let records: Vec<_> = (0..300_u64)
                .map(|number| match number {
                    7 => "x".repeat(len),
                    _ => number.to_string(),
                })
                .collect();
            let mut lines = literal::Writer::new(Vec::new());
            for record in &records {
                lines.write(record).unwrap();
            }
            let file = tempfile::NamedTempFile::new().unwrap();
            let mut output = Output::new(file.reopen().unwrap());
            write(records.iter().map(Ok), &mut output).unwrap();
            output.flush().unwrap();
            assert!(
                fs::read(file.path()).unwrap() == lines.into_inner(),
                "{len}"
            );
        }
    }
}
