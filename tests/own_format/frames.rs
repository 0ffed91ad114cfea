//! `frames`: Python literals, each behind its length in bytes (u32,
//! little-endian).

use std::io::{Read, Write};
use std::iter;

use picklebench::dataset::Record;
use picklebench::formats::{
    Codec, Error, Format, Given, Input, Output, ReadLimits, Take, Unplaced,
};
use picklestream::literal;

/// Python literals behind their lengths.
pub struct Frames;

impl Format for Frames {
    fn name(&self) -> &'static str {
        "frames"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["frames"]
    }
}

impl<T: Record> Codec<T> for Frames {
    fn write_records(
        &self,
        _variant: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        for record in records {
            let text = literal::to_string(&*record?)?;
            output.write_all(&u32::try_from(text.len())?.to_le_bytes())?;
            output.write_all(text.as_bytes())?;
        }
        Ok(())
    }

    fn read_records(
        &self,
        _variant: Option<&str>,
        mut input: Input,
        _limits: &ReadLimits,
        take: &mut Take<'_, T>,
    ) -> Result<(), Error> {
        take(&mut Unplaced(iter::from_fn(|| {
            read(&mut input).transpose()
        })))
    }
}

/// The next record; `None` at the end of the file.
fn read<T: Record>(input: &mut Input) -> Result<Option<T>, Error> {
    let mut length = [0; 4];
    match input.read(&mut length)? {
        0 => return Ok(None),
        read => input.read_exact(&mut length[read..])?,
    }
    // Nothing is allocated on a length's word.
    let length = u32::from_le_bytes(length).into();
    let mut text = Vec::new();
    if input.take(length).read_to_end(&mut text)? as u64 != length {
        return Err("it ends within a record".into());
    }
    Ok(Some(literal::from_slice(&text)?))
}
