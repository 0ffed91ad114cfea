//! `lengths`: a format of our own: each record as JSON, behind its length in bytes (u32,
//! little-endian).

use std::io::{Read, Write};
use std::iter;

use picklebench::dataset::Record;
use picklebench::formats::{
    Codec, Error, Format, Given, Input, Output, ReadLimits, Take, Unplaced,
};

/// JSON behind its length.
pub struct Lengths;

impl Format for Lengths {
    fn name(&self) -> &'static str {
        "lengths"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["lengths"]
    }
}

/// For records of any type: the orders, and the datasets of picklebench.
impl<T: Record> Codec<T> for Lengths {
    fn write_records(
        &self,
        _variant: Option<&str>,
        records: &mut Given<'_, T>,
        output: &mut Output,
    ) -> Result<(), Error> {
        for record in records {
            let json = serde_json::to_vec(&*record?)?;
            output.write_all(&u32::try_from(json.len())?.to_le_bytes())?;
            output.write_all(&json)?;
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
    let mut json = Vec::new();
    if input.take(length).read_to_end(&mut json)? as u64 != length {
        return Err("it ends within a record".into());
    }
    Ok(Some(serde_json::from_slice(&json)?))
}
