//! `text`: one Python literal a line, as `print(record, file=f)` writes it.

use std::io::Write;

use serde::Serialize;

use crate::dataset::Record;
use picklestream::literal;

use super::gather::gather;
use crate::results::Operation;

use super::{Error, Format, Input, Loaded, Output, Support};

/// Bytes that gather before they go on.
const BATCH_BYTES: usize = 4 << 10;

/// Python literals, one record a line.
#[derive(Debug, Clone, Copy)]
pub struct Text;

impl<T: Record> Format<T> for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn extension(&self) -> &'static str {
        "txt"
    }

    fn support(&self, _: Operation) -> Support {
        Support::Plain
    }

    fn write(&self, _: Option<&str>, records: &[T], output: &mut Output) -> Result<(), Error> {
        write(records, output)
    }

    fn read(&self, _: Option<&str>, input: Input) -> Result<Loaded<T>, Error> {
        let total = input.get_ref().metadata()?.len();
        let records = literal::LiteralRecords::new(input);
        Ok(Loaded::List(gather(
            records,
            total,
            literal::LiteralRecords::position,
        )?))
    }

    fn stream_write(
        &self,
        _: Option<&str>,
        records: &mut dyn Iterator<Item = T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        write(records, output)
    }

    fn stream_read(
        &self,
        _: Option<&str>,
        input: Input,
        each: &mut dyn FnMut(T) -> Result<(), Error>,
    ) -> Result<(), Error> {
        literal::LiteralRecords::new(input).try_for_each(|record| each(record?))
    }
}

/// As [`literal::Writer`], but several lines in one piece: to pass on each by
/// itself means to read what has only just been written, for which a processor
/// has to wait.
fn write<T: Serialize>(
    records: impl IntoIterator<Item = T>,
    output: &mut Output,
) -> Result<(), Error> {
    // Room for the line that goes beyond the batch, unless it is a long one.
    let mut lines = Vec::with_capacity(BATCH_BYTES + BATCH_BYTES / 32);
    for record in records {
        literal::append_line(&mut lines, &record)?;
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
            write(&records, &mut output).unwrap();
            output.flush().unwrap();
            assert!(
                fs::read(file.path()).unwrap() == lines.into_inner(),
                "{len}"
            );
        }
    }
}
